"""Mistakes in the config, in what is built from it, and in what a run costs."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
config, carbon = bank.exercise("TrainConfig"), bank.exercise("carbon_grams")
optimizers, schedules = bank.exercise("build_optimizer"), bank.exercise("build_scheduler")


@config.observe("refuses")
def refuses(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Whether each was refused, and with a ValueError."""
    return {
        where: "a ValueError" if "ValueError" in getattr(came, "classes", ()) else _other(came)
        for where, came in raw.items()
    }


def _other(came: Any) -> str:
    return "a config" if isinstance(came, str) else "another error"


AT_LEAST_1 = '("epochs", "batch_size", "accumulation_steps", "patience")'
PARTS = '("momentum", "label_smoothing", "ema_decay")'
ABOVE_0 = '("lr", "max_grad_norm")'
ONE, PART = "value is None or value >= 1", "value is None or 0 <= value < 1"
ABOVE, WARM = "value is None or value > 0", "self.warmup_steps >= 0"
NAMES, RAISE = "getattr(self, name) in values", "raise ValueError("

OF_CONFIGS: Mistakes = {
    ("one_is_allowed_as_a_part", (PART, "value is None or 0 <= value <= 1")): (
        "1 passes for momentum, label_smoothing and ema_decay. A momentum of 1 never forgets, and "
        "an average with decay 1 never moves: the interval is open on that side."
    ),
    ("zero_is_refused_as_a_part", (PART, "value is None or 0 < value < 1")): (
        "0 is refused for momentum, label_smoothing or ema_decay. It is a choice, namely to have "
        "none of it: the interval is closed at 0."
    ),
    ("a_rate_of_zero_passes", (ABOVE, "value is None or value >= 0")): (
        "0 passes for lr and max_grad_norm. With a rate of 0 nothing is ever learned, and clipping "
        "to 0 takes every gradient away: both have to be above it."
    ),
    ("zero_epochs_pass", (ONE, "value is None or value >= 0")): (
        "0 passes for epochs, batch_size, accumulation_steps and patience. There has to be at "
        "least one of each."
    ),
    ("one_is_refused_as_a_count", (ONE, "value is None or value > 1")): (
        "1 is refused for epochs, batch_size, accumulation_steps or patience. One epoch, one batch "
        "to a step: these are the simplest runs there are."
    ),
    ("none_is_compared", (ONE, "value >= 1"), (PART, "0 <= value < 1"), (ABOVE, "value > 0")): (
        "None is compared with a number, which raises a TypeError. It means that there is no "
        "patience, no clipping or no average: ask for None first."
    ),
    ("patience_not_checked", (AT_LEAST_1, AT_LEAST_1.replace(', "patience"', ""))): (
        "patience is not checked. A given one below 1 would stop every run after its first epoch, "
        "or before: it has to be at least 1."
    ),
    ("clipping_not_checked", (ABOVE_0, '("lr",)')): (
        "max_grad_norm is not checked. At 0 or below, clipping takes the gradient away or turns it "
        "around: a given one has to be above 0."
    ),
    ("ema_decay_not_checked", (PARTS, PARTS.replace(', "ema_decay"', ""))): (
        "ema_decay is not checked. Outside of [0, 1) an average stands still or runs away from the "
        "weights: look at a given one as well."
    ),
    ("names_not_checked", (NAMES, "True")): (
        "Any name passes for optimizer, schedule and precision, so a typing error shows hours "
        "later, or never. Compare each with the names that there are."
    ),
    ("upper_case_names_pass", (NAMES, "getattr(self, name).lower() in values")): (
        "Names pass in capitals as well, but are kept as they came: whoever compares them later "
        "with the documented name takes another branch. Refuse them."
    ),
    ("warmup_steps_not_checked", (WARM, "True")): (
        "warmup_steps is not checked. A warm-up can be left out with 0, but it can't be negative."
    ),
    ("a_warm_up_is_required", (WARM, "self.warmup_steps > 0")): (
        "warmup_steps=0 is refused. It says that there is no warm-up, which every schedule of "
        "lesson 06 allows."
    ),
}
for (name, *edits), text in OF_CONFIGS.items():
    config.edit(name, text, *edits, about="anything")
config.by_exceptions(
    "zero_is_refused_as_a_part", "one_is_refused_as_a_count", "a_warm_up_is_required"
)
config.edit(
    "another_error",
    "Nonsense raises, but not a ValueError: asserts vanish under `python -O`, and a TypeError or "
    "KeyError says something else. Raise ValueError with the field's name and value.",
    (RAISE, "raise AssertionError("),
    about="anything",
)
config.edit(
    "capture_refused_at_once",
    "capture with accumulation or float16 is refused when the config is made. What goes with it "
    "depends on the device, so that is for fit to say.",
    (
        f'        self.require("warmup_steps", "at least 0", {WARM})\n',
        f'        self.require("warmup_steps", "at least 0", {WARM})\n'
        '        self.require("capture", "off", not self.capture)\n',
    ),
    about="anything",
)

BARE = "bare = {id(p) for m in model.modules() if isinstance(m, norms) for p in m.parameters()}"
WITHOUT = 'without = id(parameter) in bare or name.rpartition(".")[2] == "bias"'
LOOP = "for name, parameter in model.named_parameters():"
PLAIN = '{"params": plain, "weight_decay": 0.0}'
SGD = "torch.optim.SGD(groups, lr=lr, momentum=config.momentum, **options)"
ADAMW = "torch.optim.AdamW(groups, lr=lr, capturable=config.capture, **options)"
OF_OPTIMIZERS: Mistakes = {
    ("everything_decays", (WITHOUT, "without = False")): (
        "Every parameter decays, biases and norm layers too. Nothing says that those should be "
        "near 0: give them a group with weight_decay=0.0."
    ),
    ("norms_decay", (WITHOUT, 'without = name.rpartition(".")[2] == "bias"')): (
        "The scales of norm layers decay. They multiply what was just brought to size 1: pulling "
        "them to 0 takes the signal away. Only their name gives no hint; their module does."
    ),
    ("biases_decay", (WITHOUT, "without = id(parameter) in bare")): (
        "The biases of linear and convolutional layers decay. Only matrices and kernels are meant "
        "to: a parameter whose own name is bias has none."
    ),
    ("bias_anywhere_in_the_name", (WITHOUT, 'without = id(parameter) in bare or "bias" in name')): (
        "A parameter goes without decay if its full name has `bias` anywhere, so the weight of a "
        "module called `unbiased` does too. Look at what stands behind the last dot."
    ),
    ("by_number_of_axes", (WITHOUT, "without = parameter.dim() < 2")): (
        "Whatever has one axis goes without decay. That catches biases and norms, and a scale of "
        "the model's own besides, which should decay: ask for name and module."
    ),
    (
        "batch_norms_only",
        ("norms = nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm",
         "norms = (nn.modules.batchnorm._BatchNorm,)"),
    ): (
        "Only batch norms are taken for norm layers. Layer, group, instance and RMS norms have "
        "scales, too, and they decay here."
    ),
    ("groups_swapped", (WITHOUT, WITHOUT.replace("without = ", "without = not (") + ")")): (
        "The two groups are swapped: biases and norms decay, matrices and kernels don't. Look at "
        "which list gets weight_decay=0.0."
    ),
    ("frozen_left_out", (LOOP, LOOP + "\n        if not parameter.requires_grad:\n"
                               "            continue")): (
        "Frozen parameters are in no group, so they stay frozen for this optimizer when somebody "
        "thaws them later. Every parameter is asked for: without a gradient none of them moves."
    ),
    ("shared_ones_twice", (LOOP, LOOP.replace("()", "(remove_duplicate=False)"))): (
        "A shared parameter is in the groups twice, and PyTorch refuses that, or steps it twice. "
        "named_parameters gives each once, unless told otherwise."
    ),
    ("no_momentum", (SGD, SGD.replace("momentum=config.momentum, ", ""))): (
        "SGD runs without momentum, whatever the config says. Hand config.momentum over to "
        "torch.optim.SGD, whose own default is 0."
    ),
    ("nesterov", (SGD, SGD.replace("momentum=config.momentum", "momentum=config.momentum, "
                                   "nesterov=True"))): (
        "SGD looks ahead, by Nesterov's rule. The config asks for plain momentum: everything else "
        "is as torch has it by default."
    ),
    ("adam_for_adamw", (ADAMW, ADAMW.replace("AdamW", "Adam"))): (
        "Adam is built in place of AdamW: its decay is added to the gradient and then divided by "
        "the gradient's size. AdamW shrinks the weights by themselves (lesson 05)."
    ),
    ("always_adamw", ('if config.optimizer == "sgd":', "if False:")): (
        "AdamW is built whatever the config says. For `sgd` it has to be torch.optim.SGD with the "
        "config's momentum."
    ),
    ("default_decay", ("\"weight_decay\": config.weight_decay", "\"weight_decay\": 0.01")): (
        "weight_decay is 0.01 whatever the config says. That is only the default of both: take the "
        "config's own number."
    ),
    ("own_rate_for_the_others", (PLAIN, PLAIN.replace("0.0}", '0.0, "lr": 2 * config.lr}'))): (
        "Biases and norms get a rate of their own. The config has one rate, for all groups."
    ),
    ("default_rate", ("lr, options = config.lr, ", "lr, options = 1e-3, ")): (
        "The rate is 0.001 whatever the config says. It is config.lr, the top of the schedule."
    ),
}  # fmt: skip
for (name, *edits), text in OF_OPTIMIZERS.items():
    optimizers.edit(name, text, *edits, about="anything")

TOTAL = "total, lr = config.epochs * steps_per_epoch, config.lr"
WARMUP = "return warmup_cosine(step, lr, config.warmup_steps, total, config.min_lr)"
CYCLE, CONSTANT = "return one_cycle(step, lr, total)", "            return lr\n"
WRITTEN = "rate = self.rate_at(self.taken)"
GROUPS = "for group in self.optimizer.param_groups:  # a load puts new groups there"
OF_SCHEDULES: Mistakes = {
    ("total_in_epochs", (TOTAL, "total, lr = config.epochs, config.lr")): (
        "The schedule's length is counted in epochs, and it is stepped once for each optimizer "
        "step, so it is over after as many steps. Multiply by steps_per_epoch."
    ),
    ("one_epoch_long", (TOTAL, "total, lr = steps_per_epoch, config.lr")): (
        "The schedule is over after one epoch. Its length is the whole run: epochs times "
        "steps_per_epoch."
    ),
    ("warm_up_added_to_the_total",
     (WARMUP, WARMUP.replace("total", "config.warmup_steps + total"))): (
        "The warm-up comes on top of the run's steps, so the rate never gets down to min_lr. The "
        "total contains the warm-up."
    ),
    ("min_lr_ignored", (WARMUP, WARMUP.replace(", config.min_lr", ""))): (
        "The cosine falls to 0 whatever min_lr is. Pass the config's min_lr on: it is where the "
        "schedule ends."
    ),
    ("no_warm_up", (WARMUP, WARMUP.replace("config.warmup_steps", "0"))): (
        "There is no warm-up: the first step is taken at the full rate. The config's warmup_steps "
        "say how long the climb is."
    ),
    ("one_step_behind",
     (WRITTEN, "rate = self.rate_at(max(0, self.taken - 1))")): (
        "The rates come one step late: the first is used twice. After n calls of `step`, the rate "
        "is that of step n, counted from 0."
    ),
    ("one_step_ahead",
     (WRITTEN, "rate = self.rate_at(self.taken + 1)")): (
        "The rates come one step early, so the first is never used. Building the schedule sets the "
        "rate of step 0."
    ),
    ("first_rate_not_written", ("rate_at, 0\n        self.write()", "rate_at, 0")): (
        "The first step runs at the optimizer's own rate, as nothing is written before `step` is "
        "called. A schedule writes its first rate when it is built."
    ),
    ("constant_with_a_warm_up", (CONSTANT, CONSTANT.replace("lr", "linear_up(step)")),
     (TOTAL, TOTAL + "\n\n    def linear_up(step):\n"
             "        return lr * min(1.0, (step + 1) / max(1, config.warmup_steps))")): (
        "A constant rate begins with a warm-up. It is config.lr from the first step on: "
        "warmup_steps belongs to warmup_cosine."
    ),
    ("one_cycle_by_the_warm_up",
     (CYCLE, CYCLE.replace("total)", "total, max(2, config.warmup_steps) / total)"))): (
        "one_cycle climbs for warmup_steps. It has a place of its own for the peak, 0.3 of the "
        "run: warmup_steps and min_lr don't count for it."
    ),
    ("cosine_for_one_cycle", ('if config.schedule == "one_cycle":', "if False:")): (
        "one_cycle is taken for warm-up and cosine. It begins at a 25th of the rate, climbs and "
        "falls in a cosine, and ends near 0: lesson 06's one_cycle."
    ),
    ("first_group_only", (GROUPS, "for group in self.optimizer.param_groups[:1]:")): (
        "Only the first group gets the rates; the other stays at config.lr throughout. Write into "
        "every group."
    ),
    ("stepped_twice", ("self.taken += 1", "self.taken += 2")): (
        "The schedule moves two steps at a time, and is over after half of the run. Each call of "
        "`step` is one optimizer step."
    ),
}  # fmt: skip
for (name, *edits), text in OF_SCHEDULES.items():
    schedules.edit(name, text, *edits)
schedules.edit(
    "state_not_loaded",
    "A loaded schedule begins again: the number of steps taken isn't in its state, or isn't read "
    "from it. After a resume there would be a second warm-up.",
    ('self.taken = state["taken"]', "pass"),
)
schedules.edit(
    "momentum_cycled",
    "Momentum, or beta1, changes along with the rate, as torch's OneCycleLR does by default. Only "
    "the rate may change: cycle_momentum=False, or rates of your own.",
    (
        '                group["lr"] = rate\n',
        '                group["lr"] = rate\n'
        '                if "momentum" in group:\n'
        '                    group["momentum"] *= 1.01\n'
        '                if "betas" in group:\n'
        '                    group["betas"] = (group["betas"][0] * 0.99, group["betas"][1])\n',
    ),
    about="anything",
)

KWH = "kilowatt_hours = power_watts * devices * hours / 1000"
COSTS = "return kilowatt_hours * pue * grams_per_kwh"
OF_COSTS: Mistakes = {
    ("watt_hours", (KWH, KWH.replace(" / 1000", ""))): (
        "Watts times hours are watt-hours, and grams_per_kwh wants kilowatt-hours: the result is "
        "a thousand times too large."
    ),
    ("one_device_only", (KWH, KWH.replace(" * devices", ""))): (
        "The number of devices doesn't count here. power_watts is the power of one of them: "
        "multiply by how many there are."
    ),
    ("divided_by_pue", (COSTS, COSTS.replace("* pue", "/ pue"))): (
        "PUE divides the energy. But the building draws *more* than the devices, by that factor: "
        "multiply."
    ),
    ("without_the_building", (COSTS, COSTS.replace(" * pue", ""))): (
        "What the building draws for cooling and conversion is left out. PUE says by which factor "
        "it is more than the devices'."
    ),
    ("pue_added", (COSTS, COSTS.replace("kilowatt_hours * pue", "(kilowatt_hours + pue)"))): (
        "PUE is added to the energy. It is a ratio, of what the building draws to what reaches the "
        "devices: multiply."
    ),
    ("in_kilograms", (COSTS, COSTS + " / 1000")): (
        "The result is in kilograms. Grams are asked for, as the function's name says: leave the "
        "last division out."
    ),
    ("seconds_for_hours", (KWH, KWH.replace("hours / 1000", "hours / 3600 / 1000"))): (
        "The time is taken for seconds, and divided by 3600. It comes in hours, as the parameter "
        "is named."
    ),
}
for (name, *edits), text in OF_COSTS.items():
    carbon.edit(name, text, *edits)
