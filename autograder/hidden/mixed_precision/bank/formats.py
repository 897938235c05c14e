"""Mistakes in the formats and in what underflows, and what the predictions' runs show."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
formats, underflow = bank.exercise("float_format"), bank.exercise("underflow_fraction")

bank.exercise("prediction_adam_in_half").shows(
    "Most gradients become 0 in the backward pass, before Adam sees them, and 0 divided by its own "
    "size is 0. What Adam can rescale has to be there."
)
bank.exercise("prediction_bytes_held").shows(
    "Autocast casts copies, inside the forward pass. Weights, gradients and Adam's averages stay "
    "in float32: 16 bytes. What shrinks is what the forward pass keeps for backward."
)
bank.exercise("prediction_clip_first").shows(
    "The norm that is clipped is 65,536 times the true one, so every step is clipped. Unscaling "
    "then leaves a norm of at most 1 / 65,536, and SGD takes steps of that size."
)

BIAS = "bias = 2 ** (exponent_bits - 1) - 1"
EPS, LARGEST = "eps = 2.0**-fraction_bits", "largest = (2 - eps) * 2.0**bias"
SMALLEST = '"smallest_normal": 2.0 ** (1 - bias)'
TOO_LARGE = "bias = 2 ** (exponent_bits - 1)"
FROM_THE_FIELD = "largest = (2 - eps) * 2.0 ** (2**exponent_bits - 2 - bias)"
WIDTHS = "{torch.float16: 5, torch.bfloat16: 8, torch.float32: 8}"
FRACTIONS = "{torch.float16: 10, torch.bfloat16: 7, torch.float32: 23}"
RETURN = f'return {{"max": largest, {SMALLEST}, "eps": eps}}'

OF_FORMATS: Mistakes = {
    ("largest_is_a_power_of_two", (LARGEST, "largest = 2.0 ** (bias + 1)")): (
        "The largest number is a power of two, the first that does not fit any more. The largest "
        "that fits has all its fraction bits set, and is a little below that power."
    ),
    ("largest_without_fraction", (LARGEST, "largest = 2.0**bias")): (
        "The largest number has the largest exponent and an empty fraction. All fraction bits can "
        "be set as well, which nearly doubles it."
    ),
    ("reserved_exponent_used", (LARGEST, "largest = (2 - eps) * 2.0 ** (bias + 1)")): (
        "The largest number uses the exponent field of all ones. That one is reserved for inf and "
        "nan, so the largest exponent is one lower."
    ),
    ("bias_too_large", (BIAS, "bias = 2 ** (exponent_bits - 1)")): (
        "The bias is a power of two. It is one less: the field of 1.0 is 01...1 and not 10...0, "
        "and every exponent is off by one with it."
    ),
    ("bias_too_large_at_both_ends", (BIAS, TOO_LARGE), (LARGEST, FROM_THE_FIELD)): (
        "The bias is a power of two, so every number comes out half as large as it is. The bias is "
        "one less: then the field of 1.0 is 01...1, and not 10...0."
    ),
    (
        "hidden_bit_counted",
        (FRACTIONS, "{torch.float16: 11, torch.bfloat16: 8, torch.float32: 24}"),
    ): (
        "The leading 1 is counted as a bit of the fraction. It isn't stored: float16 has ten "
        "fraction bits, bfloat16 seven and float32 twenty-three, and eps follows from those."
    ),
    ("lowest_for_smallest", (SMALLEST, '"smallest_normal": -largest')): (
        "The number given as the smallest is the lowest, far below zero (finfo calls that one "
        "`min`). Asked for is the smallest positive normal number, the one next to zero."
    ),
    ("smallest_subnormal", (SMALLEST, '"smallest_normal": 2.0 ** (1 - bias) * eps')): (
        "The smallest number is the smallest subnormal one. Normal numbers, which keep all their "
        "fraction bits, end earlier: at an exponent field of 1 and an empty fraction."
    ),
    ("field_of_zero_is_normal", (SMALLEST, '"smallest_normal": 2.0**-bias')): (
        "The smallest normal number is given the exponent field 0. That field is reserved for zero "
        "and subnormals; the normal numbers begin at field 1, twice as high."
    ),
    ("smallest_is_eps", (SMALLEST, '"smallest_normal": eps')): (
        "The smallest normal number is said to be eps. Eps is a spacing, that of the numbers just "
        "above 1; how small a number can be is decided by the exponent bits."
    ),
    ("rounding_unit", (EPS, "eps = 2.0 ** -(fraction_bits + 1)"), ("(2 - eps)", "(2 - 2 * eps)")): (
        "Eps is half of the spacing above 1: the largest error of rounding, and the spacing below "
        "1. Asked for is the distance from 1 to the next larger number."
    ),
    (
        "sign_bit_counted",
        (EPS, "eps = 2.0 ** (1 - fraction_bits)"),
        ("(2 - eps)", "(2 - eps / 2)"),
    ): (
        "Eps is twice the spacing above 1, as if one of the fraction bits were not there. The "
        "sign has a bit of its own: all m bits of the fraction count."
    ),
    (
        "halves_mixed_up",
        (WIDTHS, "{torch.float16: 8, torch.bfloat16: 5, torch.float32: 8}"),
        (FRACTIONS, "{torch.float16: 7, torch.bfloat16: 10, torch.float32: 23}"),
    ): (
        "float16 and bfloat16 have each other's numbers. bfloat16 is the one with float32's eight "
        "exponent bits: the first half of a float32."
    ),
    (
        "decimal_digits",
        (EPS, "eps = float(torch.finfo(dtype).resolution)"),
        (LARGEST, "largest = torch.finfo(dtype).max"),
    ): (
        "Eps is finfo's `resolution`, a power of ten that says how many decimal digits a format "
        "holds. The spacing above 1 is a power of two, and has its own entry."
    ),
    ("lowest_for_largest", (LARGEST, "largest = -(2 - eps) * 2.0**bias")): (
        "The number given as the largest is the lowest, below zero. Both have the same magnitude; "
        "look at its sign."
    ),
}
for (name, *edits), text in OF_FORMATS.items():
    formats.edit(name, text, *edits)

AS_TENSORS = (
    f"return {{name: torch.tensor(x) for name, x in {RETURN.removeprefix('return ')}.items()}}"
)
formats.edit(
    "tensors_for_floats",
    "The three numbers come back as tensors where Python floats are asked for. They are to be "
    "printed and compared as plain numbers: take them out of the tensors.",
    (RETURN, AS_TENSORS),
    about="anything",
)

COUNTS, LOST = "counts = g != 0", "lost += (counts & (g.to(dtype) == 0)).sum().item()"
TOTAL, RESULT = "nonzero += counts.sum().item()", "return lost / nonzero if nonzero else 0.0"
ALL_ZEROS, OF_ALL = "lost += (g.to(dtype) == 0).sum().item()", (TOTAL, "nonzero += g.numel()")
ZERO_SHARE = f"{ALL_ZEROS} / max(g.numel(), 1)"
OR_INF = "lost += (counts & ((g.to(dtype) == 0) | g.to(dtype).isinf())).sum().item()"
SUBNORMAL = "smallest_normal * torch.finfo(dtype).eps"
SMALL = "lost += (counts & ({} < torch.finfo(dtype).{})).sum().item()"

OF_UNDERFLOW: Mistakes = {
    ("zeros_in_the_denominator", OF_ALL): (
        "The share is taken of all values, zeros included. A ReLU makes many exact zeros, which "
        "lose nothing in any format: count the values that are not zero."
    ),
    ("zeros_count_as_lost", (LOST, ALL_ZEROS)): (
        "Values that were zero from the start are counted as lost. Only what is not zero before "
        "and zero afterwards has underflowed."
    ),
    ("all_zeros_over_all", (LOST, ALL_ZEROS), OF_ALL): (
        "This is the share of zeros after rounding among all values. It counts zeros from before "
        "on both sides: leave them out, above and below the line."
    ),
    ("subnormals_count_as_lost", (LOST, SMALL.format("g.abs()", "smallest_normal"))): (
        "Whatever is below the smallest normal number counts as lost. Below it come the subnormal "
        "numbers, with fewer bits, but not zero: let the rounding itself say where zero begins."
    ),
    ("eps_for_the_floor", (LOST, SMALL.format("g.abs()", "eps"))): (
        "Whatever is below eps counts as lost. Eps is the spacing at 1; small numbers have a much "
        "finer one. Round a copy and look at what became 0."
    ),
    ("smallest_subnormal_for_the_floor", (LOST, SMALL.format("g.abs().double()", SUBNORMAL))): (
        "Whatever is below the smallest subnormal number counts as lost. What is above half of it "
        "rounds up to it, and is not zero: let the rounding decide."
    ),
    ("sign_forgotten", (LOST, SMALL.format("g", "smallest_normal"))): (
        "Values are compared with the smallest normal number without their sign, so that every "
        "negative one counts as lost, however large. And subnormals are not zero."
    ),
    ("mean_of_shares", (LOST, f"{LOST} / max(counts.sum().item(), 1)"), (TOTAL, "nonzero += 1")): (
        "The shares of the tensors are averaged: a bias of ten values weighs as much as a matrix "
        "of ten thousand. Add up counts over all tensors, and divide once."
    ),
    ("mean_of_shares_of_zeros", (LOST, ZERO_SHARE), (TOTAL, "nonzero += 1")): (
        "The share of zeros is taken of each tensor, and the shares are averaged. Leave out what "
        "was zero before, add up counts over all tensors, and divide once."
    ),
    ("mean_of_shares_of_all", (LOST, f"{LOST} / max(g.numel(), 1)"), (TOTAL, "nonzero += 1")): (
        "The share is taken of all values of each tensor, zeros included, and the shares are "
        "averaged. Count what isn't zero, over all tensors, and divide once."
    ),
    ("overflow_counts_as_lost", (LOST, OR_INF)): (
        "Values that become inf count as lost, too. That is overflow, at the other end of the "
        "range: underflow is what becomes 0."
    ),
    ("positive_only", (COUNTS, "counts = g > 0")): (
        "Only positive values are looked at. A gradient is as often negative, and underflows as "
        "easily: what counts is that it is not zero."
    ),
    ("count_for_share", (RESULT, "return float(lost)")): (
        "The number of values that underflow comes back. Asked for is their share of all values "
        "that are not zero, between 0 and 1."
    ),
    ("in_percent", (RESULT, "return 100 * lost / nonzero if nonzero else 0.0")): (
        "The share comes back in percent. Asked for is a fraction in [0, 1]; a printout can make "
        "percent of it."
    ),
    ("what_survives", (RESULT, "return 1 - lost / nonzero if nonzero else 0.0")): (
        "The share that survives comes back. Asked for is what becomes zero: one less that."
    ),
    ("always_float16", (LOST, "lost += (counts & (g.half() == 0)).sum().item()")): (
        "Values are rounded to float16, whatever format is asked for. bfloat16 and float32 reach "
        "much further down: use the argument."
    ),
    ("last_tensor_only", (LOST, LOST.replace("+=", "=")), (TOTAL, TOTAL.replace("+=", "="))): (
        "The counts are overwritten by each tensor, and only the last one's share comes back. Add "
        "them up over all tensors."
    ),
}  # fmt: skip
for (name, *edits), text in OF_UNDERFLOW.items():
    underflow.edit(name, text, *edits)

OF_UNDERFLOW_ANYTHING: Mistakes = {
    ("rounded_before_counting", (COUNTS, "g = g.to(dtype)\n        counts = g != 0")): (
        "Values are rounded before they are counted, so those that underflow are no longer among "
        "the values that are not zero. Count first, then look at a rounded copy."
    ),
    ("rounded_to_float32_first", (COUNTS, "g = g.float()\n        counts = g != 0")): (
        "Values go through float32 first, where those of a float64 tensor may become 0 before they "
        "are counted. Count them in the format in which they come."
    ),
    ("changed_counts_as_lost", (LOST, LOST.replace("== 0", "!= g"))): (
        "Every value that rounding changes counts as lost. Nearly all of them change in the last "
        "digits; underflow means that nothing is left."
    ),
    ("nan_for_nothing", (RESULT, 'return lost / nonzero if nonzero else float("nan")')): (
        "Where no value is different from zero, nan comes back: 0 divided by 0. Nothing was there "
        "to be lost, so the answer is 0.0."
    ),
    ("fails_for_nothing", (RESULT, "return lost / nonzero")): (
        "Where no value is different from zero, the division by 0 raises. Nothing was there to be "
        "lost, so the answer is 0.0: look at the count before you divide."
    ),
    ("none_not_skipped", ("        if g is None:\n            continue\n", "")): (
        "Where a gradient is None, it is taken for a tensor. A parameter that took no part in the "
        "loss has none: skip it."
    ),
    ("length_asked", ("lost, nonzero = 0, 0", "lost, nonzero = 0, 0 * len(grads)")): (
        "A generator is asked for what only a list has, its length for one, or a second pass. Go "
        "through the tensors once, and count as they come by."
    ),
    ("no_single_tensor", ("grads = [grads]", "grads = list(grads)")): (
        "A single tensor is gone through along its first axis, and one without axes raises. Put a "
        "single tensor into a list of its own first."
    ),
    ("tensor_for_a_number", (RESULT, "return torch.tensor(lost / nonzero if nonzero else 0.0)")): (
        "A tensor comes back where a plain number is asked for. The value is right: take the "
        "number out of it."
    ),
    ("rounds_in_place", (LOST, "lost += (counts & (g.copy_(g.to(dtype)) == 0)).sum().item()")): (
        "The gradients themselves are rounded, and whoever steps with them afterwards steps with "
        "less. Look at a rounded copy, and leave them as they are."
    ),
}
for (name, *edits), text in OF_UNDERFLOW_ANYTHING.items():
    underflow.edit(name, text, *edits, about="anything")
underflow.by_exceptions("none_not_skipped", "length_asked")
