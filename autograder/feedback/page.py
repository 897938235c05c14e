"""What a feedback page says, as one value: nothing in it is HTML yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.judging.verdict import Verdict


@dataclass(frozen=True)
class Grade:
    """The points of one exercise or question, as the gradebook has them.

    Attributes:
        by_hand: a person gave them, or added to them.
        waits: nobody has given any yet.
        again: given for what was handed in before, and to be looked at again.
    """

    score: float = 0.0
    max_score: float = 0.0
    by_hand: bool = False
    waits: bool = False
    again: bool = False


@dataclass(frozen=True)
class Grades:
    """What the gradebook has of one submission: grades by `grade_id` of graded and task cells, a
    person's comments by that of solution and task cells."""

    score: float
    max_score: float
    late_penalty: float = 0.0
    by_id: Mapping[str, Grade] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Picture:
    """An image that a browser decodes and does nothing else with: `source` is a data URI."""

    source: str
    alt: str


@dataclass(frozen=True)
class Shown:
    """One thing that a cell put out: text, or a picture."""

    text: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Written:
    """A cell of the learner's.

    Attributes:
        attachments: of a text, its pictures by name and MIME type.
    """

    source: str
    is_code: bool = True
    shown: tuple[Shown, ...] = ()
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class ExercisePart:
    """An exercise: its verdict, and the cells that answer it.

    Attributes:
        question: of a prediction, the text above it, in Markdown.
        comments: a person's.
    """

    verdict: Verdict
    grade: Grade
    cells: tuple[Written, ...] = ()
    question: str = ""
    comments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The exercise's key."""
        return self.verdict.exercise


@dataclass(frozen=True)
class QuestionPart:
    """A question that a person grades; `text` and `scheme` are Markdown."""

    name: str
    text: str
    scheme: str
    grade: Grade
    cells: tuple[Written, ...] = ()
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """One submission.

    Attributes:
        problem: why it could not be graded, in Markdown; then there are no parts.
        moved: what was not where, or not as, the lesson has it, and was found.
        unread: what was left out of it.
        others: cells that belong to no exercise and no question.
    """

    title: str
    student: str
    score: float
    max_score: float
    late_penalty: float = 0.0
    problem: str = ""
    moved: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    exercises: tuple[ExercisePart, ...] = ()
    questions: tuple[QuestionPart, ...] = ()
    others: tuple[Written, ...] = ()
