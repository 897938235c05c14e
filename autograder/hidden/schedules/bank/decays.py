"""Mistakes in step_decay and exponential_decay."""

from autograder.api import Bank
from autograder.hidden.schedules.bank.rows import Rows, table

SOURCES = {"no_stairs": "keras.optimizers.schedules.ExponentialDecay with staircase=False"}
bank = Bank()
step = bank.exercise("step_decay")
exponential = bank.exercise("exponential_decay")
POWER = "gamma ** (step // step_size))"
CUTS = "step // step_size))"
LATE = (
    "The first step of each stair still has the rate of the stair before it. Step step_size is "
    "the first one after a cut: look at where the whole-number division turns over."
)

for (name, factor), text in {
    ("first_step_decayed", "gamma ** (step + 1)"): (
        "Step 0 already has one factor of gamma, as if steps were counted from 1. The first step "
        "has the base rate: as many factors as steps lie behind."
    ),
    ("one_step_late", "gamma ** max(step - 1, 0)"): (
        "Steps 0 and 1 both have the base rate, and every later step one factor of gamma too few. "
        "Step 1 has one step behind it, and so one factor."
    ),
    ("e_to_the_minus_gamma", "np.exp(-gamma * step)"): (
        "The rate falls by exp(-gamma) at every step, another way to write an exponential, where a "
        "small gamma is slow. Here gamma itself is the factor of one step."
    ),
    ("gamma_is_taken_away", "(1 - gamma) ** step"): (
        "Each step keeps 1 - gamma of the rate, so that gamma = 0.99 leaves a hundredth after one "
        "step. Gamma is the part that stays."
    ),
    ("inverse_time", "1 / (1 + gamma * step)"): (
        "The rate is divided by 1 + gamma * step, the decay with time of older optimizers, which "
        "slows down ever more. The exponential has one factor of gamma a step."
    ),
    ("gamma_once", "(gamma if step > 0 else 1)"): (
        "There is one factor of gamma, whatever the step, so that the rate falls once and then "
        "stays. The number of steps is the exponent."
    ),
    ("gamma_once_and_at_0", "gamma"): (
        "There is one factor of gamma at every step, step 0 included: the step has no effect. The "
        "number of steps is the exponent, and any number to the power of 0 is 1."
    ),
    ("steps_multiplied", "gamma * step"): (
        "Gamma is multiplied by the step, so that the rate is 0 at step 0 and then grows. The "
        "number of steps is an exponent: two steps are gamma times gamma."
    ),
    ("steps_taken_off", "(1 - gamma * step)"): (
        "Every step takes the same amount off, gamma times the base rate, and soon the rate is "
        "negative. Gamma is a factor: what each step leaves of the one before."
    ),
    ("step_and_gamma_exchanged", "step**gamma"): (
        "The step is raised to gamma, so that the rate is 0 at step 0 and then grows. Gamma is "
        "the factor of each step, and the step is its exponent."
    ),
    ("divided_by_gamma", "gamma**-step"): (
        "The rate is divided by gamma at every step, and grows, since gamma is below 1. Multiply "
        "by it: look at the sign of the exponent."
    ),
    ("straight_line", "np.maximum(0.0, 1 - (1 - gamma) * step)"): (
        "The same amount, (1 - gamma) of the base rate, is taken off at every step, which is a "
        "straight line and ends at 0. A factor takes less off the smaller the rate is."
    ),
}.items():
    exponential.edit(name, text, ("gamma**step)", f"{factor})"))

STAIRS: Rows = {
    ("cut_a_step_early", (CUTS, "(step + 1) // step_size))")): (
        "The last step of each stair is already cut: the steps are counted from 1, although the "
        "first one is step 0. Steps 0 to step_size - 1 are one stair."
    ),
    ("cut_a_step_late", (CUTS, "max(step - 1, 0) // step_size))")): LATE,
    ("cut_a_step_late_from_above", (CUTS, "(step - 1) // step_size))")): LATE,
    ("first_stair_cut", (CUTS, "step // step_size + 1))")): (
        "Every stair is one cut too low, the first one included. Steps 0 to step_size - 1 have the "
        "base rate: the exponent counts the stairs that lie behind, and there are none yet."
    ),
    ("no_stairs", (CUTS, "step / step_size))")): (
        "The exponent is step / step_size, not rounded, so that the rate glides down between the "
        "cuts. A stair is level: only whole cuts count."
    ),
    ("rounded_to_the_nearest", (CUTS, "int(step / step_size + 0.5)))")): (
        "The number of cuts is rounded to the nearest, so cuts come half a stair early. Round down."
    ),
    ("rounded_up", (CUTS, "-(-step // step_size)))")): (
        "The number of cuts is rounded up, so that only step 0 has the base rate, and each stair "
        "is cut before it begins. It is rounded down: count the cuts that are over."
    ),
    ("one_cut_only", (POWER, "(gamma if step >= step_size else 1))")): (
        "There is one cut, after the first stair, and then no more. Every further stair brings "
        "another factor of gamma: count how many stairs lie behind the step."
    ),
    ("cut_only_at_the_multiples", (POWER, f"({POWER[:-1]} if step % step_size == 0 else 1))")): (
        "The rate is cut at the steps that step_size divides, and back at its old height one step "
        "later. A cut lasts: the step needs the number of all cuts before it."
    ),
    ("one_factor_at_the_multiples", (POWER, "(gamma if step and step % step_size == 0 else 1))")): (
        "The rate has one factor of gamma at the steps that step_size divides, and none at others. "
        "Nothing is kept from call to call: each call needs all cuts up to its step."
    ),
    ("one_factor_at_the_multiples_and_at_0", (POWER, "(gamma if step % step_size == 0 else 1))")): (
        "The rate has one factor of gamma at the steps that step_size divides, step 0 included, "
        "and none at others. Each call needs all cuts before its step, and step 0 has none."
    ),
    ("gamma_is_taken_away", ("float(base_lr * gamma", "float(base_lr * (1 - gamma)")): (
        "Each cut takes the part gamma away and keeps the rest, so that gamma = 0.1 keeps nine "
        "tenths. Gamma is what a cut leaves over."
    ),
    ("cuts_multiplied", (POWER, "gamma * (step // step_size))")): (
        "Gamma is multiplied by the number of cuts, not raised to it, and that number is 0 on the "
        "first stair. Two cuts are gamma times gamma: the count is an exponent."
    ),
    ("cuts_taken_off", (POWER, "(1 - gamma * (step // step_size)))")): (
        "Each cut takes the same amount, gamma times the base rate, off the rate, which falls "
        "below 0 in the end. A cut is a factor: gamma times the rate before it."
    ),
    ("gamma_subtracted", ("base_lr * " + POWER, "base_lr - gamma * (step // step_size))")): (
        "Each cut takes gamma itself off the rate, whatever the rate is, so that it soon is "
        "negative. Gamma is a factor: multiply by it once for each cut."
    ),
    ("remainder", (CUTS, "step % step_size))")): (
        "The exponent is the remainder of step by step_size, so that the rate falls within each "
        "stair and leaps up after it. The number of cuts is the quotient, rounded down."
    ),
    ("inverse_time", (POWER, "1 / (1 + gamma * (step // step_size)))")): (
        "The rate is divided by 1 + gamma times the number of cuts, which slows down ever more. "
        "Each cut multiplies by gamma: the number of cuts is its exponent."
    ),
    ("e_to_the_minus_gamma", (POWER, "np.exp(-gamma * (step // step_size)))")): (
        "Each cut multiplies by exp(-gamma), another way to write an exponential, where a small "
        "gamma cuts little. Here gamma itself is the factor of one cut."
    ),
    ("cut_at_every_step", (CUTS, "step))")): (
        "The exponent is the step itself, so that the rate is cut at every step and step_size has "
        "no effect. That is the exponential decay, which comes next."
    ),
    ("divided_by_gamma", ("float(base_lr * gamma", "float(base_lr / gamma")): (
        "Each cut divides by gamma, which is below 1, so that the rate grows. Multiply by it."
    ),
}
table(step, STAIRS, SOURCES)

SLOPES: Rows = {
    ("rate_in_the_power", ("base_lr * gamma**step)", "(base_lr * gamma) ** step)")): (
        "The product of rate and gamma is raised to the step, so that the base rate is multiplied "
        "in at every step. Only gamma stands under the exponent."
    ),
}
table(exponential, SLOPES, SOURCES)
