"""Mistakes in dropout: its backward, and the check of p."""

from autograder.api import Bank
from autograder.hidden.generalization.bank.dropping import BACK, CHECK

bank = Bank()
dropout = bank.exercise("dropout_forward__dropout_backward")

dropout.edit(
    "backward_without_mask",
    "The backward hands dout on as it is, so elements that were off get a gradient. They had no "
    "part in the loss: multiply by the mask.",
    (BACK, "return 1.0 * dout"),
)
dropout.edit(
    "backward_without_scale",
    "The backward passes the gradient where the mask is not 0, but without its factor. out was "
    "scaled by 1 / (1 - p), and so is the gradient.",
    (BACK, "return dout * (mask > 0)"),
)
dropout.edit(
    "backward_undoes_the_scale",
    "The backward divides by the mask's factor. The derivative of a product is the factor itself: "
    "the gradient is multiplied by what x was multiplied by.",
    (BACK, "return np.where(mask > 0, dout / np.where(mask > 0, mask, 1.0), 0.0)"),
)
dropout.edit(
    "backward_of_what_was_dropped",
    "The backward subtracts the masked gradient from dout, which passes it where the unit was off. "
    "A unit that was on passes it, scaled: multiply by the mask.",
    (BACK, "return dout - dout * mask"),
)
dropout.edit(
    "backward_scales_twice",
    "The backward multiplies by the mask twice, so its factor is squared. The mask holds 1 / (1 - "
    "p) already: multiply by it once.",
    (BACK, "return dout * mask * mask"),
)
dropout.edit(
    "mask_handed_back",
    "The backward returns the mask alone. The chain rule is a product: the local derivative, which "
    "is the mask, times dout.",
    (BACK, "return mask.copy()"),
)
dropout.edit(
    "p_of_1_accepted",
    "p = 1 is accepted, and 1 / (1 - p) divides by 0. The range is [0, 1): 1 itself is refused "
    "with a ValueError.",
    (CHECK, "if not 0 <= p <= 1:"),
    about="anything",
)
dropout.edit(
    "p_not_checked",
    "p is never looked at: with p below 0 nothing is dropped and everything shrinks, and p = 1 "
    "divides by 0. Refuse what is outside [0, 1).",
    (CHECK, "if False:"),
    about="anything",
)
dropout.edit(
    "p_checked_in_training_only",
    "In evaluation a wrong p passes unseen, and the error comes hours later, with the first "
    "training step. Check p before asking for the mode.",
    (CHECK, "if training and not 0 <= p < 1:"),
    about="anything",
)
