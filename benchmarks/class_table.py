"""A class of one lesson, graded by `autograder grade` and by nbgrader as it comes, in one run.

Each round grades every class anew, all of them in folders of their own. What nbgrader costs is
measured on small classes; where a larger one is held against ours, its cost is scaled from the two
largest, and the table says so.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import RenderableType
from rich.table import Table

from autograder.course.course import Course
from autograder.course.lesson import Lesson
from benchmarks.cost import CannotCount, Cost
from benchmarks.graders import Grader, Ours, Plain, handed_in
from benchmarks.learners import KINDS, class_of, without_demos
from benchmarks.turns import spread

LESSON, LARGE_LESSON = "05_optimizers", "12_mixed_precision"
SMALL = 20  # a class of both of these
SHIPPED_AIM, SAME_CELLS_AIM, LARGE_AIM, AGAIN_AIM = 12.0, 5.0, 2.0, 10.0
Costs = dict[int, list[Cost]]  # of each round, by the size of the class


@dataclass
class Repeats:
    """What a class costs that was graded before, in each round: unchanged; and with every result
    kept, but gradebook and pages lost."""

    unchanged: list[Cost] = field(default_factory=list)
    entered_anew: list[Cost] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes:
        sizes: of the classes that our side grades.
        plain: of those that nbgrader grades.
        rounds: how often, each time anew.
    """

    sizes: tuple[int, ...] = (40, 100)
    plain: tuple[int, ...] = (5, 10)
    rounds: int = 3

    def __post_init__(self) -> None:
        """Raises: ValueError: nbgrader's side could not be scaled."""
        if min((*self.sizes, *self.plain, self.rounds), default=0) < 1:
            raise ValueError("sizes and rounds begin at 1")
        if len(set(self.plain)) < 2 and not set(self.sizes) <= set(self.plain):
            raise ValueError("nbgrader's side needs two sizes, or those of our side")


def class_tables(course: Course, plan: Plan) -> Iterator[RenderableType]:
    """As both ship; the same cells without feedback; what depends on our side alone. Or one line
    that says why there is none of them."""
    lesson = course.lesson(LESSON)
    try:
        _grade(Ours(), course, lesson, 1)  # once, so that files are in memory and compiled
    except CannotCount as error:
        yield f"The tables of a class are left out: {error}"
        return
    said = f"{LESSON}, {len(KINDS)} learners: {', '.join(KINDS)}, and so on"
    repeats = Repeats()
    ours, plain = _rounds(course, lesson, plan, repeats=repeats)
    title = f"a class of {said}; as both ship, from file to feedback"
    yield comparison(title, plan, ours, plain, SHIPPED_AIM)
    ours, plain = _rounds(course, lesson, plan, feedback=False)
    title = "the same class; on both sides no demo cells and no feedback, scores in the gradebook"
    yield comparison(title, plan, ours, plain, SAME_CELLS_AIM)
    yield _ours_alone(course, plan, repeats)


def _rounds(
    course: Course,
    lesson: Lesson,
    plan: Plan,
    *,
    feedback: bool = True,
    repeats: Repeats | None = None,
) -> tuple[Costs, Costs]:
    """Both sides in turns, the larger classes after the smaller; `repeats` takes what the largest
    class costs afterwards."""
    ours: Costs = {size: [] for size in sorted(plan.sizes)}
    plain: Costs = {size: [] for size in sorted(plan.plain)}
    for number in range(plan.rounds):
        sides: list[Callable[[], None]] = [
            lambda: _side(Ours(), course, lesson, ours, feedback, repeats),
            lambda: _side(Plain(), course, lesson, plain, feedback, None),
        ]
        for side in sides if number % 2 == 0 else reversed(sides):
            side()
    return ours, plain


def _side(
    grader: Grader,
    course: Course,
    lesson: Lesson,
    costs: Costs,
    feedback: bool,
    repeats: Repeats | None,
) -> None:
    for size, measured in costs.items():
        of_this = repeats if size == max(costs) else None
        measured.append(_grade(grader, course, lesson, size, feedback=feedback, repeats=of_this))


def _grade(
    grader: Grader,
    course: Course,
    lesson: Lesson,
    size: int,
    *,
    feedback: bool = True,
    repeats: Repeats | None = None,
) -> Cost:
    """A class that nobody has graded; without feedback, one without demo cells."""
    learners = class_of(lesson, size)
    chosen = learners if feedback else map(without_demos, learners)
    with handed_in(grader, course, lesson, chosen) as handed:
        cost = handed.grade(feedback=feedback)
        _tell(f"{grader.name}, {lesson.id}, {size}", cost)
        if repeats is not None:
            repeats.unchanged.append(handed.grade(feedback=feedback))
            _tell(f"{grader.name}, {lesson.id}, {size} again", repeats.unchanged[-1])
            handed.lose_gradebook()
            repeats.entered_anew.append(handed.grade(feedback=feedback))
            _tell(f"{grader.name}, {lesson.id}, {size} entered anew", repeats.entered_anew[-1])
    return cost


def _tell(name: str, cost: Cost) -> None:
    """A line for who waits: a table comes when all of it was measured."""
    print(f"{name}: wall {cost.wall:.1f} s, CPU {cost.cpu:.1f} s", file=sys.stderr, flush=True)


def comparison(title: str, plan: Plan, ours: Costs, plain: Costs, aim: float) -> Table:
    """Seconds of both sides, then how many times less ours are."""
    table = _seconds(title)
    for name, costs in ((Ours().name, ours), (Plain().name, plain)):
        for size, some in costs.items():
            _row(table, f"{name}, {size} submissions", some, size)
    for size in ours:
        how = "" if size in plain else f", scaled to {size}"
        ratios = [
            [
                scaled({n: read(costs[number]) for n, costs in plain.items()}, size)
                / read(ours[size][number])
                for number in range(plan.rounds)
            ]
            for read in (_wall, _cpu)
        ]
        verdict = f"CPU {aim:g} {'reached' if statistics.median(ratios[1]) >= aim else 'missed'}"
        _ratio_row(table, f"nbgrader{how} / autograder, {size}", ratios, verdict)
    if len(plain) > 1:
        before, last = sorted(plain)[-2:]
        ratios = [
            [read(two) / read(one) for one, two in zip(plain[before], plain[last], strict=True)]
            for read in (_wall, _cpu)
        ]
        linear = f"{last / before:.2f} if each costs the same"
        _ratio_row(table, f"nbgrader, {last} / {before} submissions", ratios, linear)
    return table


def scaled(by_size: Mapping[int, float], size: int) -> float:
    """The cost of a class: measured, or on the line through the two largest that were."""
    if size in by_size:
        return by_size[size]
    one, two = sorted(by_size)[-2:]
    each = (by_size[two] - by_size[one]) / (two - one)
    return by_size[two] + each * (size - two)


def _ours_alone(course: Course, plan: Plan, repeats: Repeats) -> Table:
    """A regrade, and a lesson whose kernels hold torch."""
    table = _seconds("autograder grade: a class again, unchanged; a large lesson against a small")
    size = max(plan.sizes)
    again = repeats.unchanged
    reached = "reached" if statistics.median(map(_wall, again)) < AGAIN_AIM else "missed"
    _row(table, f"{LESSON}, {size} again", again, size, f"wall {AGAIN_AIM:g} {reached}")
    _row(table, f"{LESSON}, {size} entered anew", repeats.entered_anew, size)
    costs: dict[str, list[Cost]] = {LESSON: [], LARGE_LESSON: []}
    for _ in range(plan.rounds):
        for lesson_id, some in costs.items():
            some.append(_grade(Ours(), course, course.lesson(lesson_id), SMALL))
    for lesson_id, some in costs.items():
        _row(table, f"{lesson_id}, {SMALL}", some, SMALL)
    pairs = list(zip(costs[LARGE_LESSON], costs[LESSON], strict=True))
    ratios = [[read(large) / read(small) for large, small in pairs] for read in (_wall, _cpu)]
    reached = "reached" if statistics.median(ratios[1]) <= LARGE_AIM else "missed"
    _ratio_row(table, "the second / the first", ratios, f"CPU at most {LARGE_AIM:g} {reached}")
    return table


def _wall(cost: Cost) -> float:
    return cost.wall


def _cpu(cost: Cost) -> float:
    return cost.cpu


def _seconds(title: str) -> Table:
    table = Table(title=title)
    table.add_column("seconds")
    for column in ("n", "wall min", "median", "max", "CPU min", "median", "max", "CPU each"):
        table.add_column(column, justify="right")
    table.add_column("aim")
    return table


def _row(table: Table, name: str, costs: Sequence[Cost], size: int, aim: str = "") -> None:
    wall, cpu = (spread([read(cost) for cost in costs], 1) for read in (_wall, _cpu))
    each = f"{statistics.median(map(_cpu, costs)) / size:.2f}"
    table.add_row(name, *wall, *cpu[1:], each, aim)


def _ratio_row(table: Table, name: str, ratios: Sequence[Sequence[float]], aim: str) -> None:
    wall, cpu = (spread(values, 2) for values in ratios)
    table.add_row(name, *wall, *cpu[1:], "", aim)
