"""What was handed in, and where: a learner's folder goes in, and the one notebook that is graded
comes out, or the reason why there is none.

search (archives, kinds) -> decide (whose, where), else reasons (commands) -> learners
"""

from autograder.handins.items import HandIn
from autograder.handins.learners import chosen_learners, hand_ins, loose_files
from autograder.handins.spelling import shown

__all__ = ["HandIn", "chosen_learners", "hand_ins", "loose_files", "shown"]
