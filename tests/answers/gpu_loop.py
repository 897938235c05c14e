"""Answers to lesson 13, right and wrong, written in other ways than the reference and the bank."""

from ..lessons.helpers import merged
from . import gpu_loop_fits as fits
from . import gpu_loop_parts as parts
from . import gpu_loop_trainers as trainers

RIGHT = merged(parts.RIGHT, fits.RIGHT)
WRONG = merged(parts.WRONG, fits.WRONG, trainers.WRONG)
NAMED = merged(parts.NAMED, fits.NAMED, trainers.NAMED)
