"""Adam's mistakes, for all who write its rule: `adam_step`, `adamw_step`, the class `Adam`."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.optimizers.bank.adam_mistakes import IN_PLACE, MISTAKES, UNCHECKED


def declare_in(
    bank: Bank,
    exercise: str,
    call: str,
    *,
    indent: int,
    param: str = "param",
    t: str = "t",
    pure: bool = True,
) -> None:
    """Declare every mistake of the rule where `call`, a line of the reference, stands for the rule.

    Args:
        param, t: what the rule's `param` and `t` are called there.
        pure: a pure function is asked for: mistakes about its inputs and its t count as well.
    """
    own = [m for m in MISTAKES if pure or m.name != "corrected_by_beta_alone"]
    for mistake in (*own, *((IN_PLACE, UNCHECKED) if pure else ())):
        body = mistake.body().replace("return param", f"return {param}")
        lines = f"t = {t}\n{body}" if t != "t" else body
        inlined = lines.replace("\n", "\n" + " " * indent)
        bank.edit(
            exercise,
            mistake.name,
            mistake.text,
            (call, inlined),
            source=mistake.source,
            about=mistake.about,
        )


def declare(bank: Bank) -> None:
    """The mistakes of `adam_step`, as edits of its lines."""
    for mistake in (*MISTAKES, IN_PLACE, UNCHECKED):
        edits = tuple(indented(edit) for edit in mistake.edits)
        bank.edit(
            "adam_step",
            mistake.name,
            mistake.text,
            *edits,
            source=mistake.source,
            about=mistake.about,
        )


def indented(edit: tuple[str, str]) -> tuple[str, str]:
    """An edit of the rule as it stands in a function."""
    old, new = (lines.replace("\n", "\n    ") for lines in edit)
    return old, new
