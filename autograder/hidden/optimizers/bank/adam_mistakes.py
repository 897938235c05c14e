"""A mistake in Adam's rule, for all who write it or call it."""

import textwrap
from typing import Any

RULE = """def adam_step(param, grad, m, v, t, lr, beta1, beta2, eps):
    if t < 1:
        raise ValueError(f"t counts from 1, got {t}")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    step = lr * m_hat / (np.sqrt(v_hat) + eps)
    return param - step, m, v
"""


class Mistake:
    """Edits of the rule's lines, and what to say of them.

    Args:
        call: an edit of `adam_step(param, grad, m, v, {t}, lr, beta1, beta2, eps)`, where whoever
            calls the rule can make the same mistake there.
        more: `source` and `about`, as in a bank.
    """

    def __init__(
        self, name: str, text: str, *edits: tuple[str, str], call: Any = None, **more: Any
    ) -> None:
        self.name, self.text, self.edits, self.call, self.more = name, text, edits, call, more

    def called(self, above: str, indent: int, t: str = "t") -> tuple[str, str]:
        """The same mistake where the rule is called: in the call itself, or in a rule of its own
        that is defined under the line `above`, so that what else is wrong can stand beside it."""
        if self.call:
            old, new = (piece.replace("{t}", t) for piece in self.call)
            return old, new
        rule = RULE
        for old, new in self.edits:
            rule = rule.replace(old, new)
        return above, above + textwrap.indent(rule, " " * indent)
