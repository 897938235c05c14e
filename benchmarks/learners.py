"""A class: of five learners three have solved the lesson, one has some answers wrong, one is at the
beginning. No two of their notebooks are the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course.cells import Kind, kind
from autograder.course.lesson import Lesson
from autograder.demo.mistakes import stands_alone
from autograder.demo.run import LESSON as HANDWRITTEN
from autograder.demo.sample_answers import answers
from autograder.demo.students import fill_in, right_sources
from autograder.harness.probe import load_probes
from autograder.judging.bank import load_bank
from autograder.judging.misconception import Misconception

SOLVED, WRONG, BLANK = "solved", "wrong", "blank"
KINDS = (SOLVED, SOLVED, WRONG, SOLVED, BLANK)
MISTAKES = 3  # exercises of a notebook that has some answers wrong


@dataclass(frozen=True)
class Learner:
    """Who handed in, what kind of notebook, and the notebook."""

    name: str
    kind: str
    notebook: NotebookNode


def class_of(lesson: Lesson, count: int, kinds: tuple[str, ...] = KINDS) -> Iterator[Learner]:
    """The first `count` learners of a class that could go on for ever."""
    right = right_sources(lesson)
    hands = [right]
    if lesson.id == HANDWRITTEN:
        hands += [{**right, **sources} for sources in answers().values()]
    mistakes = _mistakes(lesson)
    for number, what in enumerate(islice(cycle(kinds), count)):
        sources = dict(hands[number % len(hands)])
        if what == WRONG:
            for key, misconception in islice(cycle(mistakes), number, number + MISTAKES):
                first, *rest = lesson.exercises[key].solution_ids
                sources[first] = misconception.code(lesson)
                sources.update(dict.fromkeys(rest, "pass"))
        yield Learner(f"{what}-{number:03}", what, _typed(lesson, sources, what, number))


def without_demos(learner: Learner) -> Learner:
    """The same learner with a notebook from which the release's demo cells are gone."""
    cells = [cell for cell in learner.notebook.cells if kind(cell) is not Kind.DEMO]
    return Learner(learner.name, learner.kind, NotebookNode({**learner.notebook, "cells": cells}))


def _typed(lesson: Lesson, sources: dict[str, str], what: str, number: int) -> NotebookNode:
    """A notebook with a remark of its owner's wherever something was written, so that what is kept
    of one learner's is of no use for another's."""
    remark = f"# written by learner {number}"
    if what == BLANK:
        notebook = lesson.release()
        notebook.cells.append(new_code_cell(remark, id=f"learner-{number}"))
        return notebook
    return fill_in(lesson, {name: f"{code}\n\n{remark}" for name, code in sources.items()})


def _mistakes(lesson: Lesson) -> list[tuple[str, Misconception]]:
    """The bank's, one of each exercise after another, so that neighbours are of several exercises;
    of those that need nothing but what a learner's notebook has."""
    bank = load_bank(lesson, load_probes(lesson.slug)).by_exercise
    usable = {key: [m for m in some if stands_alone(lesson, m)] for key, some in bank.items()}
    longest = max(map(len, usable.values()))
    return [
        (key, some[place])
        for place in range(longest)
        for key, some in usable.items()
        if some[place:]
    ]
