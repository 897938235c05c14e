"""Mistakes in cosine, and the same ones in the cosine of warmup_cosine."""

from autograder.api import Bank
from autograder.hidden.schedules.bank.rows import Rows, table

SOURCES = {
    "min_lr_as_a_share": "keras.optimizers.schedules.CosineDecay, alpha",
    "rises_after_the_end": "torch.optim.lr_scheduler.CosineAnnealingLR",
    "restarts": "Loshchilov and Hutter 2017, SGDR",
}
bank = Bank()
cosine = bank.exercise("cosine")
both = bank.exercise("warmup_cosine")
END = "    if step >= total_steps:\n        return float(min_lr)\n"
COSINE = "cosine(step - warmup_steps, base_lr, total_steps - warmup_steps, min_lr)"
IS_CLIMB = "if step < warmup_steps:"
HEIGHT = "(1 + np.cos(np.pi * step / total_steps)) / 2"
RATE = "min_lr + (base_lr - min_lr) * height"
STOPS = " if step < total_steps else min_lr"
RISES = (
    "After total_steps the cosine goes on, up its other side, and the rate rises again. At and "
    "after total_steps the answer is min_lr, without any cosine."
)
NO_LIST = (
    "The rates are looked up in a list of total_steps, which fails at every step after it. A run "
    "may last longer than planned: from total_steps on the rate is min_lr."
)
ZERO = "At and after total_steps the rate is 0, whatever min_lr is. It should stay at min_lr."
PAST, LENGTH = "(step - warmup_steps)", "(total_steps - warmup_steps)"

# What becomes of the rate: in both exercises.
RATES = {
    ("min_lr_on_top", "min_lr + base_lr * height"): (
        "The whole base_lr swings, and min_lr is added to it, so that the run starts above the "
        "base rate. What swings is the distance from min_lr up to base_lr."
    ),
    ("min_lr_as_a_floor", "max(min_lr, base_lr * height)"): (
        "The cosine goes all the way to 0, and is cut off where it falls below min_lr. It should "
        "come to rest on min_lr: only the part above min_lr swings."
    ),
    ("min_lr_forgotten", "base_lr * height"): (
        "The cosine goes down to 0 and not to min_lr, as if there were none. Only the part above "
        "min_lr swings: look at what the height is multiplied by, and at what is added."
    ),
    ("sum_swings", "min_lr + (base_lr + min_lr) * height"): (
        "The sum of both rates swings on top of min_lr, so that the run starts above the base "
        "rate. What swings is their distance: base_lr minus min_lr."
    ),
    ("bracket_lost", "min_lr + (base_lr - min_lr) / 2 + np.cos(np.pi * step / total_steps)"): (
        "The bracket around 1 + cos is missing, so that a bare cosine from 1 to -1 is added, "
        "whatever the rate. The distance of the rates multiplies all of the bracket."
    ),
    ("min_lr_not_added_back", "(base_lr - min_lr) * height"): (
        "The distance from min_lr up to base_lr swings, but min_lr is not added to it again, so "
        "that the rate starts too low and ends at 0. The swing stands on min_lr."
    ),
}
# What becomes of the height, from 1 down to 0.
HEIGHTS = {
    ("ends_a_step_early", "(1 + np.cos(np.pi * step / max(total_steps - 1, 1))) / 2"): (
        "The cosine is stretched over total_steps - 1 steps, so that min_lr is reached one step "
        "too early. Step total_steps is the one where the angle is pi."
    ),
    ("whole_turn", "(1 + np.cos(2 * np.pi * step / total_steps)) / 2"): (
        "The angle goes through a whole turn, 2 pi, so that the rate is lowest in the middle and "
        "high again at the end. Half a turn leads from top to bottom."
    ),
    ("quarter_turn", "np.cos(np.pi / 2 * step / total_steps)"): (
        "The angle goes through a quarter turn, where the cosine itself falls from 1 to 0. It "
        "drops steeply at the end. Half a turn of 1 + cos lands flat."
    ),
    ("half_forgotten", "1 + np.cos(np.pi * step / total_steps)"): (
        "The bracket goes from 2 down to 0, and is not halved, so that the cosine starts at twice "
        "its height above min_lr. Look at the factor in front of it."
    ),
    ("bare_cosine", "np.cos(np.pi * step / total_steps)"): (
        "The cosine is used as it is, from 1 down to -1, so that the rate falls far below min_lr. "
        "One is added and the sum halved, which makes it go from 1 to 0."
    ),
    ("climbs", "(1 - np.cos(np.pi * step / total_steps)) / 2"): (
        "The cosine has a minus sign, so that the rate begins at min_lr and climbs. At step 0 the "
        "cosine is 1, and that is where the rate is highest."
    ),
    ("straight_line", "1 - step / total_steps"): (
        "This is a straight line from base_lr to min_lr. It meets the cosine at both ends and in "
        "the middle; elsewhere the cosine is flatter first and last, and steeper in between."
    ),
    ("angle_in_degrees", "(1 + np.cos(180 * step / total_steps)) / 2"): (
        "The angle is counted in degrees, and the cosine expects radians, so that the rate swings "
        "wildly from step to step. Half a turn is pi."
    ),
    ("pi_forgotten", "(1 + np.cos(step / total_steps)) / 2"): (
        "The angle goes from 0 to 1, without pi, so that the rate hardly comes down and then leaps "
        "to min_lr. Half a turn is pi: the part of the way behind is multiplied by it."
    ),
}


def after_the_climb(rate: str) -> str:
    """A rate of cosine's as warmup_cosine has it: steps, and their number, count from the top."""
    return rate.replace("total_steps", LENGTH).replace("step ", f"{PAST} ")


for (name, rate), text in RATES.items():
    cosine.edit(name, text, (RATE, rate))
    down = after_the_climb(rate.replace("height", HEIGHT))
    both.edit(f"cosine_{name}", text, (f"return {COSINE}", f"return {down}{STOPS}"))
    text += " After total_steps it rises again."
    # IS_CLIMB as it is: no pair with what stands there, which decides of the end as well.
    edits = (f"return {COSINE}", f"return {down}"), (IS_CLIMB, IS_CLIMB)
    both.edit(f"cosine_{name}_and_rises", text, *edits)
for (name, height), text in HEIGHTS.items():
    cosine.edit(name, text, (HEIGHT, height))
    down = after_the_climb(RATE.replace("height", f"({height})"))
    both.edit(f"cosine_{name}", text, (f"return {COSINE}", f"return {down}{STOPS}"))

ENDS: Rows = {
    ("rises_after_the_end", (END, "")): RISES,
    ("restarts", (END, "    step = step % total_steps\n")): (
        "At total_steps the rate leaps back to base_lr and comes down again: the cosine with warm "
        "restarts. This one comes down once, and then stays at min_lr."
    ),
    (
        "min_lr_as_a_share",
        ("return float(min_lr)", "return float(base_lr * min_lr)"),
        (RATE, "base_lr * (min_lr + (1 - min_lr) * height)"),
    ): (
        "min_lr is taken for a share of base_lr, as in Keras' CosineDecay, so that the lowest rate "
        "is their product. Here it is a rate itself, and where the cosine ends."
    ),
    ("a_step_ahead", (HEIGHT, "(1 + np.cos(np.pi * (step + 1) / total_steps)) / 2")): (
        "The angle is that of the next step, so step 0 has begun to descend. Count steps from 0."
    ),
    ("nothing_after_the_end", (END, "    range(total_steps)[step]\n")): NO_LIST,
    ("ends_at_zero", ("return float(min_lr)", "return 0.0")): ZERO,
}
table(cosine, ENDS, SOURCES, about="anything")
cosine.by_exceptions("nothing_after_the_end")
