"""`survivors.toml`: the changes of a reference that no probe needs to see, each with its reason.

It stands beside a lesson's probes, and no kernel ever reads it:

    [[adam_step]]
    kind = "equivalent"
    was = "m = beta1 * m + (1 - beta1) * grad"
    becomes = ["m = (1 - beta1) * grad + beta1 * m"]
    why = "The order of a sum changes nothing but rounding."

`kind` is "equivalent", or "ungraded", whose reason quotes the contract. `within` names the function
(`Adam.step`) where the same statement stands in several.
"""

from __future__ import annotations

import ast
import contextlib
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from autograder.authoring.mutation.errors import SurvivorsError
from autograder.authoring.mutation.mutants import Mutant
from autograder.course.hidden_tests import search_path
from autograder.course.lesson import Lesson

FILE = "survivors.toml"
Kind = Literal["equivalent", "ungraded"]
FIELDS = {"kind", "was", "becomes", "why", "within"}
REQUIRED = {"kind", "was", "becomes", "why"}


@dataclass(frozen=True)
class Explained:
    """One declared survivor: the change of one statement, and why it may survive."""

    exercise: str
    kind: Kind
    was: str
    becomes: str
    why: str
    within: str = ""

    def fits(self, mutant: Mutant) -> bool:
        """Whether this is the change that it speaks of."""
        return (self.exercise, self.was, self.becomes) == (
            mutant.exercise,
            mutant.was,
            mutant.becomes,
        ) and self.within in ("", mutant.where)


def read_survivors(lesson: Lesson) -> list[Explained]:
    """What a lesson declares; nothing where it has no such file.

    Raises:
        SurvivorsError: it is not TOML, or an entry has an unknown exercise, field or kind.
    """
    for folder in search_path():
        path = Path(folder) / lesson.slug / FILE
        if path.is_file():
            return parse_survivors(path.read_text(encoding="utf-8"), lesson.exercises, str(path))
    return []


def parse_survivors(text: str, exercises: Collection[str], of: str = FILE) -> list[Explained]:
    """The entries of a file's text; see `read_survivors`."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SurvivorsError(f"{of}: {error}") from error
    found: list[Explained] = []
    for exercise, entries in content.items():
        if exercise not in exercises:
            raise SurvivorsError(f"{of}: no exercise {exercise!r}; there are: {_list(exercises)}")
        if not isinstance(entries, list):
            raise SurvivorsError(f"{of}: an entry starts with [[{exercise}]], in two brackets")
        for number, entry in enumerate(entries, 1):
            found.extend(_entry(exercise, entry, f"{of}: entry {number} of {exercise}"))
    return found


def _entry(exercise: str, entry: dict[str, Any], at: str) -> Iterator[Explained]:
    if unknown := entry.keys() - FIELDS:
        raise SurvivorsError(f"{at} has unknown fields: {_list(unknown)}")
    if missing := REQUIRED - entry.keys():
        raise SurvivorsError(f"{at} has no {_list(missing)}")
    becomes = entry["becomes"] if isinstance(entry["becomes"], list) else [entry["becomes"]]
    texts = [*becomes, *(value for name, value in entry.items() if name != "becomes")]
    if not becomes or not all(isinstance(text, str) and text.strip() for text in texts):
        raise SurvivorsError(f"{at}: every field is a text that is not empty")
    if entry["kind"] not in get_args(Kind):
        raise SurvivorsError(f"{at}: its kind is {entry['kind']!r}, not {_list(get_args(Kind))}")
    for text in becomes:
        yield Explained(
            exercise,
            entry["kind"],
            normal(entry["was"]),
            normal(text),
            entry["why"],
            entry.get("within", ""),
        )


def normal(statement: str) -> str:
    """A statement as `ast.unparse` writes it, so that quotes and spaces are the author's choice."""
    for whole in (statement, f"{statement}\n    pass"):
        with contextlib.suppress(SyntaxError):
            return ast.unparse(ast.parse(whole)).removesuffix("\n    pass")
    return statement.strip()


def _list(names: Any) -> str:
    return ", ".join(sorted(names))
