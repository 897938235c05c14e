"""What was handed in, and where: a learner's folder goes in, and the one notebook that is graded
comes out, or the reason why there is none.

search (archives, kinds) -> whose -> decide, with commands -> learners
"""

from autograder.handins.decide import HandIn
from autograder.handins.learners import chosen_learners, hand_ins, loose_files
from autograder.handins.spelling import shown

__all__ = ["HandIn", "chosen_learners", "hand_ins", "loose_files", "shown"]
