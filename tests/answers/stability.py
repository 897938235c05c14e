"""Answers to lesson 11, right and wrong, written in other ways than the reference and the bank."""

from ..lessons.helpers import merged
from . import stability_accumulated as accumulated
from . import stability_checkpoints as checkpoints
from . import stability_checkpoints_wrong as wrong_checkpoints
from . import stability_clips as clips
from . import stability_people as people
from . import stability_stops as stops

RIGHT = merged(clips.RIGHT, accumulated.RIGHT, stops.RIGHT, checkpoints.RIGHT, people.RIGHT)
WRONG = merged(clips.WRONG, accumulated.WRONG, stops.WRONG, wrong_checkpoints.WRONG, people.WRONG)
NAMED = merged(clips.NAMED, accumulated.NAMED, stops.NAMED, wrong_checkpoints.NAMED, people.NAMED)
