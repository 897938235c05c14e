"""Sentences that batch norm and layer norm share."""

OUTSIDE = (
    "eps is added to the deviation, after the root. It belongs inside, with the variance; with "
    "a large eps the two are far apart."
)
VARIANCE = (
    "The distances from the mean are divided by the variance, which does not give variance 1. "
    "Divide by the deviation, its root."
)
TURNED = (
    "In dx the term through the {} is added, and should be subtracted. Nudge one x and compare "
    "with the numerical gradient: both corrections reduce dout."
)
EPS_FIXED = (
    "A number written into the code is added to the variance, so the argument eps has no effect. "
    "Look at what the caller passes in."
)
DGAMMA_WITH_GAMMA = (
    "dgamma has a factor gamma too many. The output is gamma times the normalised x, so its "
    "derivative with respect to gamma is the normalised x alone."
)
DGAMMA_FROM_DOUT = (
    "dgamma is the sum of dout, which is dbeta. gamma multiplies the normalised x, so its "
    "gradient is the sum of dout times that."
)
SHIFT_LEFT_OUT = (
    "beta is never added, so the output keeps mean 0. The output is gamma times the normalised x, "
    "plus beta."
)
SHIFT_SCALED = (
    "beta is added before gamma multiplies, so the shift is scaled, too. The output is gamma "
    "times the normalised x, plus beta."
)
GUARDS = ("1e-5", "1e-6", "1e-8")
