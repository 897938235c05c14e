"""A mistake in Adam's rule, for all who write it or call it."""

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

    def called(self, head: str, t: str = "t") -> tuple[tuple[str, str], ...]:
        """The same mistake in the definition that starts with `head` and calls the rule: in that
        call, or as a rule of its own above it, so that what else is wrong can stand beside it."""
        if self.call:
            old, new = (piece.replace("{t}", t) for piece in self.call)
            return ((old, new),)
        own, rule = f"rule_of_{head.split()[1].strip('(:')}(", RULE.replace("adam_step(", "{own}")
        for old, new in self.edits:
            rule = rule.replace(old, new)
        return (head, rule.replace("{own}", own) + head), ("adam_step(", own)
