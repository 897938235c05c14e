"""Mistakes in linear_warmup, the same ones in the climb of warmup_cosine, and where its two parts
meet. What becomes of its cosine stands with cosine's own mistakes."""

from autograder.api import Bank
from autograder.hidden.schedules.bank import cosines as c
from autograder.hidden.schedules.bank.cosines import COSINE, IS_CLIMB, after_the_climb
from autograder.hidden.schedules.bank.rows import Rows, table

bank = Bank()
warmup = bank.exercise("linear_warmup")
both = bank.exercise("warmup_cosine")
FULL = "float(base_lr)"
IS_TOP = "if step >= warmup_steps"
TOP = "    if step >= warmup_steps:\n        return float(base_lr)\n"
LINE = "base_lr * (step + 1) / warmup_steps"
CLIMB = "linear_warmup(step, base_lr, warmup_steps)"
FROM_0 = "cosine(step, base_lr, total_steps, min_lr)"

AT_0 = (
    "The first step has the rate 0, and a whole batch moves nothing: step / warmup_steps is "
    "one step behind. The climb begins at base_lr / warmup_steps."
)
ONCE = (
    "The step right after the climb is still counted as part of it, and gets a rate above "
    "base_lr. Look at the comparison: step warmup_steps is no longer warm-up."
)

# What becomes of the rate during the climb: in both exercises.
for (name, rate), text in {
    ("starts_at_zero", "base_lr * step / warmup_steps"): AT_0,
    ("starts_at_zero_ends_on_time", "base_lr * step / max(warmup_steps - 1, 1)"): (
        "The climb runs from 0 at step 0 to the top at the last warm-up step, in steps that are a "
        "little too high. The first rate is never 0: all steps of the climb are equal."
    ),
    ("one_step_too_long", "base_lr * (step + 1) / (warmup_steps + 1)"): (
        "The climb is divided into warmup_steps + 1 steps, and the last warm-up step is still "
        "below the top. Step warmup_steps - 1 has the base rate."
    ),
    ("first_step_repeated", "base_lr * max(step, 1) / warmup_steps"): (
        "Only step 0 is kept from being 0, so that steps 0 and 1 have the same rate and the rest "
        "lags one step behind. Count every step from 1."
    ),
    ("waits_at_the_first_rate", "base_lr / warmup_steps"): (
        "The rate stays at base_lr / warmup_steps for the whole warm-up and then leaps to the top: "
        "a constant warm-up. A gradual one climbs by the same amount every step."
    ),
    ("half_a_cosine", "base_lr * (1 - np.cos(np.pi * (step + 1) / warmup_steps)) / 2"): (
        "The climb follows half a cosine, flat at both ends. It should rise evenly, step by step."
    ),
    ("quadratic", "base_lr * ((step + 1) / warmup_steps) ** 2"): (
        "The part of the climb is squared, so that the rate stays low for long and catches up at "
        "the end. A linear warm-up rises by the same amount at every step."
    ),
    ("whole_division", "base_lr * ((step + 1) // warmup_steps)"): (
        "The part of the climb is rounded down to 0 until its last step. Divide by / and not by //."
    ),
    ("starts_at_a_third", "base_lr * (1 / 3 + 2 / 3 * step / warmup_steps)"): (
        "The climb starts at a third of the rate, as LinearLR does by default. Here it starts at "
        "base_lr / warmup_steps, and every step adds as much again."
    ),
    ("base_rate_forgotten", "(step + 1) / warmup_steps"): (
        "The part of the climb comes back without base_lr, so it ends at 1. Multiply it by base_lr."
    ),
}.items():
    warmup.edit(name, text, (LINE, rate), about="anything")
    both.edit(name, text, (f"return {CLIMB}", f"return {rate}"), about="anything")

FACTOR = "min(1.0, step / max(1, warmup_steps))"
BOTH = (
    "Warm-up and cosine are multiplied, so that during the climb the cosine already comes down "
    "and the top is never reached. One follows the other."
)
SHORT = f"    {IS_CLIMB}\n        return {CLIMB}\n"
FROM_THE_START = (
    "The cosine counts from step 0, so that it has already come down a good way when the climb "
    "ends, and the rate leaps. It begins at the end of the warm-up."
)
for (name, part, new), text in {
    ("cosine_from_the_start", COSINE, FROM_0): FROM_THE_START,
    (
        "cosine_from_the_start_and_up_again",
        COSINE,
        c.RATE.replace("height", c.HEIGHT),
    ): FROM_THE_START,
    (
        "warmup_on_top_of_the_run",
        COSINE,
        "cosine(step - warmup_steps, base_lr, total_steps, min_lr)",
    ): (
        "The cosine begins after the climb but still takes total_steps, so that min_lr comes "
        "warmup_steps too late. The whole run has total_steps, the climb included."
    ),
    (
        "only_the_length_shortened",
        COSINE,
        "cosine(step, base_lr, total_steps - warmup_steps, min_lr)",
    ): (
        "The cosine is shortened by the warm-up but counts from step 0: it leaps at the end of the "
        "climb and is over warmup_steps too early. Both of its times move."
    ),
    (
        "a_step_ahead_after_the_climb",
        COSINE,
        COSINE.replace("warmup_steps,", "warmup_steps + 1,", 1),
    ): (
        "The first step after the climb is already below the top: the cosine is asked for one step "
        "too many. At step warmup_steps its own time is 0."
    ),
    (
        "cosine_begins_at_the_last_climbing_step",
        COSINE,
        COSINE.replace("warmup_steps,", "max(warmup_steps - 1, 0),"),
    ): (
        "The climb is taken to end one step earlier, so that the cosine begins at step "
        "warmup_steps - 1 and runs ahead. It begins at step warmup_steps."
    ),
    ("rises_after_the_end", COSINE, after_the_climb(c.RATE.replace("height", c.HEIGHT))): c.RISES,
    (
        "restarts",
        COSINE,
        COSINE.replace("step - warmup_steps", after_the_climb("step % total_steps")),
    ): ("After total_steps the cosine begins again at the top. It comes down once, to min_lr."),
    ("never_comes_down", COSINE, "base_lr"): (
        "After the climb the rate stays at base_lr, as in linear_warmup alone. From step "
        "warmup_steps on it is the cosine's, counted from there."
    ),
    ("min_lr_forgotten", COSINE, COSINE.replace(", min_lr)", ")")): (
        "min_lr is not handed on, so that the cosine goes down to 0. Look at its last argument."
    ),
    ("climb_lifted_to_min_lr", CLIMB, f"max(min_lr, {CLIMB})"): (
        "During the climb the rate is kept from falling below min_lr. The warm-up does not look at "
        "min_lr: it begins at base_lr / warmup_steps, even if that is lower."
    ),
    (
        "climb_from_min_lr",
        CLIMB,
        "min_lr + linear_warmup(step, base_lr - min_lr, warmup_steps)",
    ): (
        "The climb starts from min_lr and covers the distance up to base_lr. Here it starts from 0 "
        "and its first step is base_lr / warmup_steps, whatever min_lr is."
    ),
    ("climb_at_min_lr_first", CLIMB, "min_lr + (base_lr - min_lr) * step / warmup_steps"): (
        "The climb has min_lr at step 0 and goes in a straight line to base_lr. Here its first "
        "step is base_lr / warmup_steps, whatever min_lr is, and its last one is at the top."
    ),
}.items():
    both.edit(name, text, (f"return {part}", f"return {new}"), about="anything")

WARMUPS: Rows = {
    (
        "starts_at_zero_and_divides",
        (TOP, ""),
        (LINE, "base_lr * min(1, step / warmup_steps)"),
    ): AT_0,
    (
        "starts_at_zero_without_climb_too",
        (TOP, ""),
        (LINE, "base_lr * min(1, step / max(1, warmup_steps))"),
    ): AT_0,
    ("overshoots_once", (IS_TOP, "if step > warmup_steps or warmup_steps == 0")): ONCE,
    ("overshoots_once_and_divides", (IS_TOP, "if step > warmup_steps")): ONCE,
    ("divides_by_no_steps", (TOP, ""), (LINE, "base_lr * min(1, (step + 1) / warmup_steps)")): (
        "The division by warmup_steps comes before it is known whether there is a climb, and fails "
        "with 0 warm-up steps. Decide first, divide then."
    ),
    ("never_stops_climbing", (TOP, ""), (LINE, "base_lr * (step + 1) / max(warmup_steps, 1)")): (
        "The rate goes on climbing for ever. From the last step of the warm-up on it is base_lr."
    ),
    (
        "falls_after_the_climb",
        (FULL, "base_lr * (warmup_steps / max(step + 1, warmup_steps, 1)) ** 0.5"),
    ): (
        "After the climb the rate falls with the root of the step, as in the schedule of the first "
        "Transformer. A warm-up alone stays at the top."
    ),
    ("nothing_after_the_climb", (FULL, "base_lr if warmup_steps == 0 else 0.0")): (
        "After the warm-up the rate is 0. The climb ends at the top, and the rate stays there."
    ),
    ("no_climb_no_rate", (FULL, "base_lr if warmup_steps > 0 else 0.0")): (
        "With warmup_steps = 0 the rate stays 0. Without a climb the full rate is there at once."
    ),
}
table(warmup, WARMUPS, about="anything")
RUNS: Rows = {
    (
        "overshoots_once",
        (IS_CLIMB, "if step <= warmup_steps > 0:"),
        (f"return {CLIMB}", f"return {LINE}"),
    ): ONCE,
    (
        "multiplied",
        (SHORT, ""),
        (f"return {COSINE}", f"return linear_warmup(step, 1.0, warmup_steps) * {FROM_0}"),
    ): BOTH,
    (
        "multiplied_from_zero",
        (SHORT, ""),
        (f"return {COSINE}", f"return {FACTOR} * {FROM_0}"),
    ): BOTH,
    ("the_lower_of_the_two", (SHORT, ""), (f"return {COSINE}", f"return min({CLIMB}, {FROM_0})")): (
        "The rate is the lower of warm-up and of a cosine that counts from step 0. The top is cut "
        "off. The cosine begins where the climb ends."
    ),
    (
        "nothing_after_the_run",
        (IS_CLIMB, f"step = range(total_steps)[step]\n    {IS_CLIMB}"),
    ): c.NO_LIST,
    (
        "ends_at_zero",
        (IS_CLIMB, f"if step >= total_steps:\n        return 0.0\n    {IS_CLIMB}"),
    ): c.ZERO,
    ("up_and_down_again", (IS_CLIMB, f"step = step % total_steps\n    {IS_CLIMB}")): (
        "After total_steps the schedule begins anew. It runs once, and the rate stays at min_lr."
    ),
}
table(both, RUNS, about="anything")
both.by_exceptions("nothing_after_the_run")
