"""How well a run learns: what all right answers share."""

from typing import Any

import numpy as np

from autograder.api import Bank
from autograder.hidden.numpy_trainer.probes.nets import logits_of

bank = Bank()
fit = bank.exercise("fit")


@fit.observe("predicts")
def predicts(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Whether 95 of 100 are right; images and labels are here, and in no kernel."""
    said = np.argmax(logits_of(raw, secrets["images"]), axis=1)
    right = float(np.mean(said == secrets["labels"]))
    return {"at least 95 % of the held-out images are right": right >= 0.95}
