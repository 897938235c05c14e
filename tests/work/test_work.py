"""`work/`: filled once, never overwritten, and a new edition comes with what was written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.authoring.build import BuildError, build, write_release
from autograder.course import files
from autograder.course.cells import check_cell
from autograder.course.course import Course
from autograder.course.notebooks import release_path, to_bytes
from autograder.work import workplace
from autograder.work.blank import written_in
from autograder.work.working_copy import read, ready
from autograder.work.workplace import fill
from tests.helpers.writing import change, write

FIXTURES = Path(__file__).parents[1] / "fixtures"
TINY = "90_tiny"
ANSWER = "def double(x):\n    return x + x"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The tiny course, its release built."""
    shutil.copytree(FIXTURES / "tiny_course", tmp_path / "course")
    (tmp_path / "course" / "nbgrader_config.py").touch()
    course = Course(tmp_path / "course")
    write_release(course, course.lesson(TINY))
    return course


def mine(course: Course) -> Path:
    return course.work / TINY / "tiny.ipynb"


def cells(path: Path) -> dict[str, NotebookNode]:
    return {cell.id: cell for cell in read(path.read_bytes()).cells}


def new_edition(
    course: Course, old: str = "# A tiny lesson", new: str = "# A small lesson"
) -> None:
    """What an author, or `git pull`, brings."""
    source = course.solutions / TINY / "tiny.py"
    text = source.read_text()
    assert old in text
    source.write_text(text.replace(old, new, 1))
    write_release(course, course.lesson(TINY))


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def beside(course: Course) -> list[Path]:
    return sorted(mine(course).parent.glob("tiny (before *.ipynb"))


def test_it_is_filled_once(course: Course) -> None:
    assert fill(course).said == ["1 lesson put into work/."]
    assert mine(course).read_bytes() == to_bytes(ready(course.lesson(TINY).release()))
    before = snapshot(course.work)
    assert fill(course) == workplace.Filled()
    assert snapshot(course.work) == before


def test_what_was_written_stays_as_it_is(course: Course) -> None:
    fill(course)
    write(mine(course), double=ANSWER)
    before = mine(course).read_bytes(), mine(course).stat().st_mtime_ns
    assert fill(course) == workplace.Filled()
    assert (mine(course).read_bytes(), mine(course).stat().st_mtime_ns) == before


def test_ready_check_cells_and_no_others() -> None:
    sources = ["# %check double", "# %check double", "x = 1\n# %check double", "# check"]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    for cell in [made.cells[0], *made.cells[2:]]:
        cell.metadata["tags"] = ["check"]
    assert [cell.source for cell in ready(made).cells] == ["%check double", *sources[1:]]


def test_an_edition_that_nobody_began_is_replaced(course: Course) -> None:
    fill(course)
    new_edition(course)
    assert fill(course).said == ["90_tiny is a new edition; you had not begun the one before."]
    assert mine(course).read_bytes() == to_bytes(ready(course.lesson(TINY).release()))
    assert beside(course) == []


def test_opening_and_saving_is_not_writing(course: Course) -> None:
    fill(course)
    change(mine(course), lambda n: n.metadata.language_info.update(version="3.12.1"))
    new_edition(course)
    fill(course)
    assert beside(course) == []


def test_what_was_written_is_carried_into_a_new_edition(course: Course) -> None:
    fill(course)

    def work(notebook: NotebookNode) -> None:
        [double] = [cell for cell in notebook.cells if cell.id == "double"]
        double.source, double.execution_count = ANSWER, 3
        at = notebook.cells.index(double)
        own = nbformat.v4.new_code_cell("double(21)", id="abcd1234", execution_count=4)
        own.outputs = [nbformat.v4.new_output("stream", text="42\n")]
        notebook.cells[at + 1 : at + 1] = [own, nbformat.v4.new_markdown_cell("A note.", id="n0te")]

    change(mine(course), work)
    before = mine(course).read_bytes()
    new_edition(course)
    [said] = fill(course).said
    [kept] = beside(course)
    assert kept.name in said
    assert kept.read_bytes() == before
    now = cells(mine(course))
    assert now["start-1"].source.startswith("# A small lesson")
    assert (now["double"].source, now["double"].execution_count) == (ANSWER, 3)
    assert now["abcd1234"].outputs[0].text == "42\n"
    order = list(now)
    assert order.index("double") + 1 == order.index("abcd1234") == order.index("n0te") - 1
    nbformat.validate(nbformat.reads(mine(course).read_text(), as_version=4))


def test_a_second_fill_after_a_new_edition_changes_nothing(course: Course) -> None:
    fill(course)
    write(mine(course), double=ANSWER)
    new_edition(course)
    fill(course)
    before = snapshot(course.work)
    assert fill(course) == workplace.Filled()
    assert snapshot(course.work) == before


STEPS = ["create", "replace"]


@pytest.mark.parametrize("survived", range(5))
def test_a_crash_at_any_point_loses_nothing(
    course: Course, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    fill(course)
    write(mine(course), double=ANSWER)
    before = mine(course).read_bytes()
    new_edition(course)
    done = 0

    def until_then(step: Callable[..., None]) -> Callable[..., None]:
        def run(*args: object, **kwargs: object) -> None:
            nonlocal done
            if done == survived:
                raise KeyboardInterrupt
            done += 1
            step(*args, **kwargs)

        return run

    with monkeypatch.context() as patched, suppress(KeyboardInterrupt):
        for step in STEPS:
            patched.setattr(files, step, until_then(getattr(files, step)))
        fill(course)
    assert cells(mine(course))["double"].source == ANSWER
    fill(course)
    assert cells(mine(course))["double"].source == ANSWER
    assert cells(mine(course))["start-1"].source.startswith("# A small lesson")
    assert [kept.read_bytes() for kept in beside(course)] == [before]


def test_a_file_that_changes_meanwhile_is_not_replaced(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(course)
    write(mine(course), double=ANSWER)
    new_edition(course)
    carry = workplace.carry_over

    def slowly(*notebooks: NotebookNode) -> NotebookNode:
        write(mine(course), double=f"{ANSWER}  # saved a moment ago")
        return carry(*notebooks)

    monkeypatch.setattr(workplace, "carry_over", slowly)
    [problem] = fill(course).problems
    assert "being written" in problem
    assert "a moment ago" in cells(mine(course))["double"].source


@pytest.mark.parametrize("content", [b"", b"{", b"<<<<<<< HEAD\n{}", b"[]", b'{"cells": 3}'])
def test_what_is_no_notebook_is_left_alone(course: Course, content: bytes) -> None:
    fill(course)
    mine(course).write_bytes(content)
    new_edition(course)
    [problem] = fill(course).problems
    assert problem.startswith("work/90_tiny/tiny.ipynb was left as it is: it is no notebook")
    assert mine(course).read_bytes() == content


def test_what_was_written_in_notebooks_is_found_again(course: Course) -> None:
    release = release_path(course, course.lesson(TINY))
    write(release, double=ANSWER)
    before = release.read_bytes()
    [_, said] = fill(course).said
    assert said.startswith("What you wrote in notebooks/90_tiny has been copied to work/90_tiny")
    assert cells(mine(course))["double"].source == ANSWER
    assert release.read_bytes() == before


def test_a_conflict_in_notebooks_does_not_keep_a_lesson_away(course: Course) -> None:
    release_path(course, course.lesson(TINY)).write_bytes(b"<<<<<<< Updated upstream\n")
    [_, said] = fill(course).said
    assert "is blank, for the one in notebooks/90_tiny cannot be read" in said
    assert mine(course).read_bytes() == to_bytes(ready(course.lesson(TINY).release()))


def test_what_was_written_in_an_edition_that_is_gone_is_found_again(course: Course) -> None:
    release = release_path(course, course.lesson(TINY))
    write(release, double=ANSWER)
    written = release.read_bytes()
    new_edition(course, '"the shape stays"', '"its shape stays"')
    release.write_bytes(written)
    fill(course)
    assert cells(mine(course))["double"].source == ANSWER
    assert '"its shape stays' in cells(mine(course))["test_double"].source


def test_a_copy_of_notebooks_is_as_good(course: Course) -> None:
    shutil.copytree(course.notebooks, course.work)
    write(mine(course), double=ANSWER, test_double_1="double(7)")
    before = read(mine(course).read_bytes())
    fill(course)
    assert mine(course).read_bytes() == to_bytes(ready(before))
    assert beside(course) == []


def test_a_copy_of_earlier_notebooks_comes_into_the_present_edition(course: Course) -> None:
    """Cells that nbgrader does not sign came in between, so that every other id is another's."""
    shutil.copytree(course.notebooks, course.work)
    write(mine(course), double=ANSWER)
    before = mine(course).read_bytes()
    demo = '# %% tags=["demo"]'
    new_edition(course, demo, f"{demo}\ntripled = 3\n\n# %% [markdown]\n# More.\n\n{demo}")
    fill(course)
    expected = read(release_path(course, course.lesson(TINY)).read_bytes())
    wanted = {cell.id: cell.source for cell in expected.cells} | {"double": ANSWER}
    assert {name: cell.source for name, cell in cells(mine(course)).items()} == wanted
    assert [kept.read_bytes() for kept in beside(course)] == [before]


@pytest.mark.parametrize(
    "edit",
    [
        lambda n: n.cells[[c.id for c in n.cells].index("double")].update(source=ANSWER),
        lambda n: n.cells.append(nbformat.v4.new_markdown_cell("A note.", id="abcd1234")),
        lambda n: n.cells[-1].update(source="Because it adds."),
        lambda n: next(
            c for c in n.cells if c.cell_type == "code" and not c.metadata.get("nbgrader")
        ).update(source="tried = 1", execution_count=1),
    ],
    ids=["answer", "own cell", "question", "demo"],
)
def test_build_refuses_to_replace_what_someone_wrote(course: Course, edit: object) -> None:
    release = release_path(course, course.lesson(TINY))
    change(release, edit)
    before = release.read_bytes()
    with pytest.raises(BuildError, match=r"tiny\.ipynb: holds .* move the file to work/90_tiny/"):
        build(course)
    assert release.read_bytes() == before


def test_the_check_of_an_exercise_that_is_gone_is_nobodys_work(course: Course) -> None:
    release = release_path(course, course.lesson(TINY))
    change(release, lambda n: n.cells.append(check_cell("gone")))
    assert written_in(release, course.lesson(TINY).release()) is None
    change(release, lambda n: n.cells[-1].update(source="%check gone"))
    assert written_in(release, course.lesson(TINY).release()) == "a cell that someone added"


def test_git_pull_meets_nothing_of_the_learners(course: Course, tmp_path: Path) -> None:
    def git(*arguments: str, at: Path) -> str:
        name = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        done = subprocess.run(
            ["git", *name, *arguments], cwd=at, capture_output=True, text=True, check=True
        )
        return done.stdout

    shutil.copy2(FIXTURES.parents[1] / ".gitignore", course.root)
    git("init", "-q", "-b", "main", at=course.root)
    git("add", ".", at=course.root)
    git("commit", "-qm", "one", at=course.root)
    git("clone", "-q", str(course.root), str(tmp_path / "learner"), at=tmp_path)
    learner = Course(tmp_path / "learner")
    fill(learner)
    write(mine(learner), double=ANSWER)
    assert git("status", "--porcelain", at=learner.root) == ""
    new_edition(course)
    git("commit", "-qam", "two", at=course.root)
    git("pull", "-q", "--ff-only", at=learner.root)
    fill(learner)
    assert cells(mine(learner))["double"].source == ANSWER
    assert cells(mine(learner))["start-1"].source.startswith("# A small lesson")


def test_the_start_page_is_the_map_and_stays_a_learners_own(course: Course) -> None:
    fill(course)
    page = course.work / "start.ipynb"
    nbformat.validate(nbformat.reads(page.read_text(), as_version=4))
    assert "90_tiny/tiny.ipynb" in page.read_text()
    assert "not begun" in page.read_text()
    change(page, lambda n: n.cells[1].update(outputs=[], execution_count=7))
    fill(course)
    assert "not begun" in page.read_text(), "a run of its cell is not a change"
    change(page, lambda n: n.cells[0].update(source="Mine."))
    before = page.read_bytes()
    (course.work / ".descent" / "given" / "start.ipynb").unlink()
    fill(course)
    assert page.read_bytes() == before
