"""Mistakes in the steps and epochs of `fit`."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
fit = bank.exercise("fit")

CLEAR = "    run.optimizer.zero_grad()\n    loss = backward(run, group)\n"
WEIGHED = "loss = loss * (len(targets) / samples)"
SEVERAL = "        if len(group) > 1:\n"
UNSCALE = "    if run.scaler is not None:\n        run.scaler.unscale_(run.optimizer)\n"
NORM = "    norm = nn.utils.get_total_norm(gradients)\n"
FACTOR = "factor = (run.config.max_grad_norm / (norm + 1e-6)).clamp(max=1.0)"
CLIP = "        torch._foreach_mul_(gradients, factor)\n"
CLIPPING = "    if run.config.max_grad_norm is not None:\n"
TAKE = "    run.scaler.step(run.optimizer)\n    run.scaler.update()\n"
TOLD = 'return loss, norm, run.scaler.state_dict()["scale"] >= before'
SMOOTHING = ", label_smoothing=run.config.label_smoothing"
LAST_GROUP = "    if group:\n        yield group\n"
SKIPPED = "            skipped += 1\n            continue\n"
SCHEDULE = "        run.schedule.step()\n"
AVERAGE = "        if run.ema is not None:\n            run.ema.update(run.model)\n"
WEIGHTS = "weights = torch.tensor(sizes, dtype=torch.float64)"
TRAIN = "    into_training_mode(run.model)\n"
BACKWARD_DONE = "        total = total + loss.detach()\n"
STEPS = "math.ceil(len(train_loader) / config.accumulation_steps)"
SEED = "    seed_everything(config.seed)\n"
AUTOCAST = (
    "    return torch.autocast(run.device.type, run.dtype, cache_enabled=not run.config.capture)\n"
)

VALUES: Mistakes = {
    ("never_clipped", (CLIP, "")): (
        "Nothing is clipped, whatever max_grad_norm says. Shorten gradients that are longer, all "
        "by one factor, between backward and step."
    ),
    ("always_rescaled", (FACTOR, FACTOR.replace(".clamp(max=1.0)", ""))): (
        "Gradients shorter than max_grad_norm are stretched to it. Clipping only ever shortens: "
        "the factor is at most 1."
    ),
    ("clipped_by_value", (CLIP, "        [g.clamp_(-run.config.max_grad_norm, "
                                "run.config.max_grad_norm) for g in gradients]\n")): (
        "Each value is clipped at max_grad_norm, which turns the gradient. It is its norm that is "
        "to be at most that: one factor for all (lesson 11)."
    ),
    ("default_clipping", (CLIPPING, "    if True:\n"),
     (FACTOR, FACTOR.replace("run.config.max_grad_norm", "(run.config.max_grad_norm or 1.0)"))): (
        "With max_grad_norm=None the gradients are clipped all the same. None means no "
        "clipping at all."
    ),
    ("smoothing_ignored", (SMOOTHING, "")): (
        "label_smoothing changes nothing: the training loss is plain cross-entropy. "
        "F.cross_entropy takes it as an argument."
    ),
    ("last_group_never_stepped", (LAST_GROUP, "")): (
        "The last group of batches isn't full, and its step never comes: those samples are "
        "forgotten. After the loop, ask whether any are held (lesson 11)."
    ),
    ("divided_by_the_steps", (WEIGHED, "loss = loss / run.config.accumulation_steps"),
     (SEVERAL, "        if run.config.accumulation_steps > 1:\n")): (
        "Each batch's loss is divided by accumulation_steps, so a last group that is short takes "
        "too small a step. Divide by what is in the group, sample by sample."
    ),
    ("not_divided", (WEIGHED, "pass")): (
        "The gradients of a group's batches are added and never divided, so the step is longer by "
        "their number. The large batch takes the mean."
    ),
    ("batches_weigh_the_same", (WEIGHED, "loss = loss / len(group)")): (
        "Each batch of a group weighs the same, so the samples of a small batch count too much. "
        "Each sample has to weigh the same (lesson 11)."
    ),
    ("accumulation_ignored", ("group, size = [], run.config.accumulation_steps",
                              "group, size = [], 1")): (
        "The optimizer steps after every batch: accumulation_steps changes nothing. Collect that "
        "many batches to a step."
    ),
    ("old_gradients_kept", (CLEAR, "    loss = backward(run, group)\n")): (
        "Gradients are never cleared, so each step repeats all those before it. Clear them before "
        "a group begins."
    ),
    ("total_in_batches", (STEPS, "len(train_loader)")): (
        "The schedule is as long as there are batches, but it is stepped once for each group, so "
        "the run ends in the middle of it. Count optimizer steps, the last short group included."
    ),
    ("scheduled_every_epoch", (SCHEDULE, ""), (WEIGHTS, "run.schedule.step()\n    " + WEIGHTS)): (
        "The schedule steps once an epoch, and was made for one step of the optimizer at a time: "
        "the rate hardly gets through its warm-up. Step it after each optimizer step."
    ),
    ("never_scheduled", (SCHEDULE, "")): (
        "The schedule is never stepped, so the whole run has the rate of its first step. Step it "
        "after each step of the optimizer."
    ),
    ("scheduled_before_the_step", (SCHEDULE, ""), (CLEAR, "    run.schedule.step()\n" + CLEAR)): (
        "The schedule steps before the optimizer, so the first rate is never used. Step it when "
        "the optimizer has."
    ),
    ("no_averages", (AVERAGE, "")): (
        "The averages are never updated: they stay at the weights of the beginning, and that is "
        "what is validated. Update them after each step that was taken."
    ),
    ("averages_every_batch", (BACKWARD_DONE, BACKWARD_DONE + "        run.ema and run.ema.update("
                              "run.model)\n"), (AVERAGE, "")): (
        "The averages are updated once for each batch, before the step is taken. Weights only "
        "change at a step: update once after each, whatever accumulation_steps is."
    ),
    ("cleared_before_the_step", (NORM, NORM + "    run.optimizer.zero_grad()\n")): (
        "The gradients are cleared between backward and step, so the step has none and nothing is "
        "learned. Clear them before backward, or after the step."
    ),
    ("cleared_once_an_epoch", (CLEAR, "    loss = backward(run, group)\n"),
     (TRAIN, TRAIN + "    run.optimizer.zero_grad()\n")): (
        "Gradients are cleared once an epoch, so each step in it repeats those before. Clear them "
        "for every group."
    ),
    ("scheduled_every_batch", (SCHEDULE, "        for _ in group:\n    " + SCHEDULE)): (
        "The schedule steps once for each batch, and was made for steps of the optimizer: with "
        "accumulation it is through long before the run. Step it once for each group."
    ),
    ("total_rounded_down", (STEPS, STEPS.replace("math.ceil(", "max(1, ").replace("/", "//"))): (
        "The number of steps in an epoch is rounded down, so the short last group of each is "
        "missing from the schedule, which ends too early. Round up."
    ),
}  # fmt: skip
for (name, *edits), text in VALUES.items():
    fit.edit(name, text, *edits)

ANYTHING: Mistakes = {
    ("steps_on_overflow", (TAKE, "    run.optimizer.step()\n    run.scaler.update()\n")): (
        "The optimizer steps without asking the scaler, so a gradient that overflowed goes into "
        "the weights. With a scaler, its `step` decides."
    ),
    ("no_scaler", ('scaler=DynamicLossScaler() if name == "float16" else None', "scaler=None")): (
        "float16 runs without a scaler: small gradients become 0, and one overflow ruins the "
        "weights. Scale the loss, and skip what overflows (lesson 12)."
    ),
    ("clips_scaled_gradients", (UNSCALE, ""), (CLIP, CLIP + "    if run.scaler is not None:\n"
                                               "        run.scaler.unscale_(run.optimizer)\n")): (
        "Gradients are clipped while they are scaled: they are 65,536 times too long, so nearly "
        "nothing is left of them. Unscale, then clip."
    ),
    ("skip_moves_the_schedule", (SKIPPED, "            skipped += 1\n" + "            "
                                          "run.schedule.step()\n            continue\n")): (
        "A skipped step moves the schedule on. It wasn't taken, and its rate is still to be used: "
        "step the schedule after steps that were taken."
    ),
    ("skip_moves_the_averages", (SKIPPED, SKIPPED.replace("continue", "run.ema and run.ema.update("
                                                          "run.model)\n            continue"))): (
        "A skipped step moves the averages: the old weights count once more. Update them after "
        "steps that were taken."
    ),
    ("no_autocast", (AUTOCAST, "    return nullcontext()\n")): (
        "The forward pass runs in float32 whatever precision says. It belongs under "
        "torch.autocast, together with the loss."
    ),
    ("float32_is_cast_too", ("    if run.dtype == torch.float32:\n        return nullcontext()\n",
                             "    if run.dtype == torch.float32:\n        return torch.autocast("
                             "run.device.type, torch.bfloat16)\n")): (
        "With float32 asked for, the forward pass still runs in 16 bits: a bare autocast is "
        "bfloat16 on a CPU. Switch it off then."
    ),
    ("weights_cast", ("    optimizer = build_optimizer(model, config)\n    return Run(",
        '    if name == "bfloat16":\n        model.to(torch.bfloat16)\n'
        "    optimizer = build_optimizer(model, config)\n    return Run(")): (
        "The model itself is cast to 16 bits, where small updates round away. Autocast casts "
        "copies, and the weights stay in float32."
    ),
    ("seed_ignored", (SEED, "")): (
        "Nothing is seeded: two runs with one seed differ, as the random state is whatever it "
        "was. Seed before anything is drawn."
    ),
    ("skip_by_what_step_returns", (TAKE, "    returned = run.scaler.step(run.optimizer)\n"
                                         "    run.scaler.update()\n"),
     (TOLD, "return loss, norm, returned is not None")): (
        "Whether a step was skipped is read from what the scaler's `step` returns. It returns None "
        "either way, so every step counts as skipped: compare the scale before and after update."
    ),
}  # fmt: skip
for (name, *edits), text in ANYTHING.items():
    fit.edit(name, text, *edits, about="anything")
