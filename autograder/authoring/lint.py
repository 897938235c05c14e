"""What `build` asks of a lesson's source before it makes notebooks of it.

Each rule takes the cells and yields problems; each problem is one line with file and line.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

from autograder.authoring.bring_cells import lint_brings
from autograder.authoring.presentation import lint_figures, lint_folds, lint_next
from autograder.authoring.source_cells import Found, Rule, SourceCell, locate
from autograder.course import cells, delimiters
from autograder.course.cells import PREDICTION, Kind
from autograder.course.given import PREFIX, TAG
from autograder.course.lesson import Lesson
from autograder.static_analysis.names import bound_names, defined_names, used_names

POINTS = (1, 2, 4, 6)
COMMON_KEYS = {"grade", "grade_id", "locked", "schema_version", "solution", "task"}
# A call with one of these names ends a graded cell without a value that nbgrader reads as a score.
VALUELESS = re.compile(r"assert\w*|print|grade|raises|backward|manual_seed|seed")


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def problems(lesson: Lesson) -> list[Problem]:
    """Everything that is wrong with a lesson's source, in the order of its lines."""
    source_cells = locate(lesson)
    found = {item for rule in RULES for item in rule(lesson, source_cells)}
    return [Problem(lesson.source_path, line, text) for line, text in sorted(found)]


def lint_kinds(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """Every code cell is setup, bring, solution (or prediction), graded or demo."""
    for cell in source_cells:
        if cell.kind is Kind.UNKNOWN:
            kinds = "setup, bring, solution, prediction, graded or demo"
            yield cell.line, f"a code cell is {kinds}: tag it"
        if cell.kind is Kind.CHECK:
            yield cell.line, "a source has no check cells: the release puts them in"
        if cell.cell.cell_type == "raw":
            yield cell.line, "a lesson has no raw cells"


def lint_metadata(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """The metadata for nbgrader is complete, its names are unique, its points are ours."""
    names = Counter(cell.grade_id for cell in source_cells if cell.grade_id)
    ids = Counter(str(cell.cell.get("id")) for cell in source_cells)
    for cell in source_cells:
        meta = cells.nbgrader_of(cell.cell)
        if not meta:
            continue
        scored = bool(meta.get("grade") or meta.get("task"))
        wanted = COMMON_KEYS | ({"points"} if scored else set())
        if set(meta) != wanted:
            odd = ", ".join(sorted(set(meta) ^ wanted))
            yield cell.line, f"nbgrader metadata needs exactly {sorted(wanted)}; look at: {odd}"
        if names[cell.grade_id] > 1:
            yield cell.line, f"grade_id {cell.grade_id!r} is used {names[cell.grade_id]} times"
        elif ids[str(cell.cell.get("id"))] > 1:
            yield cell.line, f"grade_id {cell.grade_id!r} looks like a numbered one: rename it"
        if cell.grade_id.startswith(cells.CHECK_ID):
            yield cell.line, f"grade_id {cell.grade_id!r} looks like a check cell's: rename it"
        if cell.kind is Kind.GRADED and meta.get("points") not in POINTS:
            yield cell.line, f"points have to be one of {POINTS}, got {meta.get('points')}"
        if bool(meta.get("locked")) != (cell.kind in (Kind.GRADED, Kind.TASK, Kind.PROSE)):
            yield cell.line, "graded and task cells are locked, solution cells are not"


def lint_delimiters(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """Delimiters are exact, balanced, and in cells of the kind they belong to."""
    places = {
        delimiters.SOLUTION: Kind.SOLUTION,
        delimiters.HIDDEN: Kind.GRADED,
        delimiters.SCHEME: Kind.TASK,
    }
    for cell in source_cells:
        for pair, place in places.items():
            try:
                regions = delimiters.regions(cell.source, pair)
            except delimiters.DelimiterError as error:
                yield cell.line + error.line - 1, str(error)
                continue
            if regions and cell.kind is not place:
                yield cell.line + regions[0].begin, f"{pair.begin!r} outside a {place.value} cell"
            if cell.kind is place and not regions:
                yield cell.line, f"a {place.value} cell has to have {pair.begin!r}"


def lint_hidden(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """The hidden region holds the import and the call with the cell's key, and nothing else."""
    for cell in source_cells:
        if cell.kind is not Kind.GRADED:
            continue
        if not cell.grade_id.startswith("test_"):
            yield cell.line, f"a graded cell is named test_<key>, not {cell.grade_id!r}"
            continue
        key = cell.grade_id.removeprefix("test_")
        wanted = [f"from autograder.hidden.{lesson.slug} import grade", f'grade("{key}")']
        for region in _regions(cell, delimiters.HIDDEN):
            if [line for line in region.body(cell.source) if line.strip()] != wanted:
                yield cell.line + region.begin, f"hidden tests have to be {' and '.join(wanted)}"


def lint_endings(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """The visible part of a graded cell does not end in a value: nbgrader takes it for a score."""
    for cell in source_cells:
        if cell.kind is not Kind.GRADED or not _balanced(cell):
            continue
        try:
            tree = ast.parse(delimiters.without(cell.source, delimiters.HIDDEN))
        except SyntaxError as error:
            yield cell.line + (error.lineno or 1) - 1, f"graded cell: {error.msg}"
            continue
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not _valueless(tree.body[-1]):
            line = cell.line + tree.body[-1].lineno - 1
            yield line, "a graded cell ends in a statement, never in an expression with a value"


def lint_exercises(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """Every exercise has its names defined above its graded cell, and the other way round."""
    lines = {cell.grade_id: cell.line for cell in source_cells if cell.grade_id}
    wanted: set[str] = set()
    for exercise in lesson.exercises.values():
        wanted.update(exercise.solution_ids)
        line = lines.get(exercise.test_id, 1)
        above = [c for c in source_cells if c.grade_id in exercise.solution_ids and c.line < line]
        defined = {name for cell in above for name in defined_names(cell.source)}
        for name in exercise.names:
            if name not in defined:
                yield line, f"no solution cell above defines {name} for {exercise.test_id}"
    for cell in source_cells:
        if cell.kind is Kind.SOLUTION and cell.grade_id not in wanted:
            yield cell.line, f"no graded cell asks for the solution cell {cell.grade_id!r}"


def lint_demos(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """Grading leaves demo cells out: no other cell may need what only they bind."""
    code = [cell for cell in source_cells if cell.cell.cell_type == "code"]
    others = [cell for cell in code if cell.kind is not Kind.DEMO]
    elsewhere = {name for cell in others for name in bound_names(cell.source)}
    demos = {n for cell in code if cell.kind is Kind.DEMO for n in bound_names(cell.source)}
    for cell in others:
        for name in sorted(used_names(cell.source) & (demos - elsewhere)):
            yield cell.line, f"{name} is bound only in a demo cell, which grading leaves out"


def lint_experiments(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """Only solution cells bind what an exercise asks for: the last definition is the one that
    `%check` judges, and a lesson's own experiments must not be that."""
    asked_for = {name for exercise in lesson.exercises.values() for name in exercise.names}
    for cell in source_cells:
        if cell.cell.cell_type == "code" and cell.kind is not Kind.SOLUTION:
            for name in sorted(bound_names(cell.source) & asked_for):
                text = f"a {cell.kind.value} cell binds {name}, which an exercise asks for"
                yield cell.line, f"{text}: use another name"


def lint_given(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """What is given to be mended stands in a setup cell, above the exercise that has it mended."""
    slots = {cell.grade_id: cell.line for cell in source_cells if cell.kind is Kind.SOLUTION}
    for cell in source_cells:
        if TAG not in cells.tags(cell.cell):
            continue
        if cell.kind is not Kind.SETUP:
            yield cell.line, f"the tag {TAG} is for setup cells"
            continue
        for name in sorted(bound_names(cell.source)):
            if slots.get(name.removeprefix(PREFIX), 0) <= cell.line or not name.startswith(PREFIX):
                yield cell.line, f"{name} is no {PREFIX}<name> of a solution cell below"


def lint_predictions(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """The text right above a prediction offers letters, from (a) on without a gap."""
    for cell in source_cells:
        exercise = lesson.exercises.get(cell.grade_id)
        if exercise is None or not exercise.is_prediction:
            continue
        offered = "".join(exercise.offered)
        if len(offered) < 2 or offered != ascii_lowercase[: len(offered)]:
            said = ", ".join(f"({letter})" for letter in offered) or "none"
            yield cell.line, f"the text above offers {said}: offer (a), (b) and so on, each once"


def lint_experiments_of_predictions(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """What is tagged with a prediction's name is one experiment, and stands below its cells."""
    graded = {cell.grade_id: cell.line for cell in source_cells if cell.grade_id}
    seen: set[str] = set()
    for cell in source_cells:
        for tag in cells.tags(cell.cell):
            if not tag.startswith(PREDICTION):
                continue
            if cell.kind is not Kind.DEMO or graded.get(f"test_{tag}", cell.line) >= cell.line:
                yield cell.line, f"the tag {tag} is for a demo below the prediction of that name"
            if tag in seen:
                yield cell.line, f"two cells are tagged {tag}: one experiment shows the letter"
            seen.add(tag)


RULES: tuple[Rule, ...] = (
    lint_kinds,
    lint_metadata,
    lint_delimiters,
    lint_hidden,
    lint_endings,
    lint_exercises,
    lint_demos,
    lint_experiments,
    lint_given,
    lint_brings,
    lint_predictions,
    lint_experiments_of_predictions,
    lint_folds,
    lint_figures,
    lint_next,
)


def _balanced(cell: SourceCell) -> bool:
    try:
        delimiters.regions(cell.source, delimiters.HIDDEN)
    except delimiters.DelimiterError:
        return False
    return True


def _regions(cell: SourceCell, pair: delimiters.Delimiters) -> list[delimiters.Region]:
    return delimiters.regions(cell.source, pair) if _balanced(cell) else []


def _valueless(statement: ast.Expr) -> bool:
    """A call of something that, by its name, returns None."""
    match statement.value:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return bool(VALUELESS.fullmatch(name))
    return False
