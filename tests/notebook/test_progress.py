"""`%progress` knows what was right before its kernel started, and `%progress all` is the map."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder.course.course import Course
from autograder.judging.verdict import Verdict
from autograder.work.course_map import stops
from autograder.work.progress_record import Record, digests
from autograder.work.workplace import fill
from tests.helpers.shells import DOWNHILL, UPHILL, run
from tests.helpers.writing import write

ROOT = Path(__file__).resolve().parents[2]
LESSON = "00_orientation"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Lessons 00 and 05, put into `work/`."""
    root = tmp_path_factory.mktemp("progress") / "course"
    for lesson in (LESSON, "05_optimizers"):
        shutil.copytree(ROOT / "solutions" / lesson, root / "solutions" / lesson)
    shutil.copy2(ROOT / "nbgrader_config.py", root)
    fill(Course(root))
    return Course(root)


@pytest.fixture
def course(whole: Course, tmp_path: Path) -> Course:
    return Course(Path(shutil.copytree(whole.root, tmp_path / "course")))


class Kernel:
    """A shell in a lesson's folder, that can be restarted."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder)
        self.restart()

    def restart(self) -> None:
        self.end()
        self.shell = InteractiveShell.instance()
        self.shell.history_manager.enabled = False
        self.shell.extension_manager.load_extension("autograder.magics")

    def run(self, source: str) -> object:
        return run(self.shell, source)

    def progress(self, line: str = "") -> str:
        text: str = self.run(f"%progress {line}").data
        return text

    def end(self) -> None:
        if InteractiveShell.initialized():
            InteractiveShell.instance().history_manager.end_session()
            InteractiveShell.clear_instance()


@pytest.fixture
def kernel(course: Course, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    kernel = Kernel(course.work / LESSON, monkeypatch)
    yield kernel
    kernel.end()


def test_what_was_right_before_a_restart_is_known_after_it(kernel: Kernel) -> None:
    kernel.run(DOWNHILL)
    kernel.run("%check descent_step")
    kernel.restart()
    text = kernel.progress()
    assert "| `descent_step` | 1 of 1 | right on " in text
    assert ", not run in this kernel yet |" in text
    assert "**1 of 7 points.** 1 of them from before this kernel started." in text
    kernel.run(UPHILL)
    assert "| `descent_step` | 0 of 1 | not right yet |" in kernel.progress()


def test_a_prediction_of_before_is_answered_and_not_called_right(kernel: Kernel) -> None:
    kernel.run("prediction_edge = 'a'")
    kernel.run("%check prediction_edge")
    kernel.restart()
    assert "| `prediction_edge` | 1 of 1 | answered on " in kernel.progress()


def test_what_was_edited_since_is_said(kernel: Kernel, course: Course) -> None:
    notebook = course.work / LESSON / "orientation.ipynb"
    write(notebook, descent_step=DOWNHILL)
    kernel.run(DOWNHILL)
    kernel.run("%check descent_step")
    kernel.restart()
    assert ", not run in this kernel yet |" in kernel.progress()
    write(notebook, descent_step=UPHILL)
    assert ", edited since |" in kernel.progress()


def test_what_is_written_and_was_never_run_is_not_called_not_begun(
    kernel: Kernel, course: Course
) -> None:
    write(course.work / LESSON / "orientation.ipynb", descent_step=DOWNHILL)
    text = kernel.progress()
    assert "| `descent_step` | 0 of 1 | written, not run in this kernel yet |" in text
    assert "| `descend` | 0 of 2 | not begun |" in text


def test_check_after_a_restart_does_not_say_that_nothing_is_written(
    kernel: Kernel, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel.run("%check")
    assert "Nothing is written yet" in capsys.readouterr().out
    write(course.work / LESSON / "orientation.ipynb", descent_step=DOWNHILL)
    kernel.run("%check")
    out = capsys.readouterr().out
    assert "Run your cells first" in out
    assert "Nothing is written" not in out


def test_the_map_has_time_points_status_and_links(
    kernel: Kernel, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel.run(DOWNHILL)
    kernel.run("%check descent_step")
    row = "| [00 - The descent]({}) | about 60 minutes | 1 of 7 | 1 of 6 exercises done |"
    assert row.format("orientation.ipynb") in kernel.progress("all")
    assert "](../05_optimizers/optimizers.ipynb) | about three hours" in kernel.progress("all")
    kernel.restart()
    monkeypatch.chdir(course.work)
    for line in ("", "all"):
        text = kernel.progress(line)
        assert row.format("00_orientation/orientation.ipynb") in text
        assert "Go on with [00 - The descent]" in text


def test_work_puts_a_lesson_there(kernel: Kernel, course: Course) -> None:
    shutil.rmtree(course.work / "05_optimizers")
    assert "`%work 05_optimizers` puts it here" in kernel.progress("all")
    (course.work / "start.ipynb").write_text("open in JupyterLab")
    write(course.work / LESSON / "orientation.ipynb", descent_step=DOWNHILL)
    (course.work / ".descent" / "given" / f"{LESSON}.ipynb").write_text("of another edition")
    before = (course.work / LESSON / "orientation.ipynb").read_bytes()
    said = kernel.run(f"%work 05_optimizers {LESSON}").data
    assert (course.work / LESSON / "orientation.ipynb").read_bytes() == before
    assert (course.work / "start.ipynb").read_text() == "open in JupyterLab"
    assert "Open [optimizers.ipynb](../05_optimizers/optimizers.ipynb)." in said
    assert (course.work / "05_optimizers" / "optimizers.ipynb").is_file()


def test_who_works_in_notebooks_is_told_once_where_to_work(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "notebooks" / LESSON, course.notebooks / LESSON)
    kernel = Kernel(course.notebooks / LESSON, monkeypatch)
    kernel.run(DOWNHILL)
    said = []
    for _ in range(2):
        kernel.run("%check descent_step")
        said.append("Work in work/00_orientation/orientation.ipynb" in capsys.readouterr().out)
    kernel.end()
    assert said == [True, False]
    assert not (course.work / ".descent" / "progress.json").exists()


def passed(exercise: str = "f", score: float = 1.0) -> Verdict:
    return Verdict(exercise, "passed", score, 1.0)


def test_a_damaged_file_is_read_as_far_as_it_can_be(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    Record(path).add("05_x", [passed("f"), passed("g")], {})
    kept = json.loads(path.read_text())
    kept["lessons"]["05_x"]["g"] = {"status": "passed", "when": "yesterday"}
    path.write_text(json.dumps(kept))
    assert set(Record(path).of("05_x")) == {"f"}
    for damaged in (b"", b"{", b"[]", b'{"lessons": 3}', b'{"lessons": {"05_x": 3}}', b"\xff"):
        path.write_bytes(damaged)
        assert Record(path).of("05_x") == {}
        Record(path).add("05_x", [passed()], {})
        assert set(Record(path).of("05_x")) == {"f"}


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    record = Record(tmp_path / "file" / "progress.json")
    record.add("05_x", [passed()], {"f": "digest"})
    assert record.of("05_x")["f"].source == "digest"


def test_several_kernels_at_once_lose_no_verdict(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    code = (
        "import sys; from pathlib import Path; from autograder.work.progress_record import Record\n"
        "from autograder.judging.verdict import Verdict\n"
        "for n in range(20): Record(Path(sys.argv[1])).add(sys.argv[2], "
        "[Verdict(f'f{n}', 'passed', 1.0, 1.0)], {})"
    )
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("05_x", "06_y")
    ]
    assert [kernel.wait(timeout=120) for kernel in kernels] == [0, 0]
    assert [len(Record(path).of(name)) for name in ("05_x", "06_y")] == [20, 20]


def test_what_was_not_begun_is_not_kept(tmp_path: Path) -> None:
    Record(tmp_path / "progress.json").add("05_x", [Verdict("f", "not_attempted", 0, 1)], {})
    assert not (tmp_path / "progress.json").exists()


def test_the_digest_is_of_the_cell_that_counts(course: Course) -> None:
    [step] = [e for k, e in course.lesson(LESSON).exercises.items() if k == "descent_step"]
    last = digests([step], [DOWNHILL])
    assert digests([step], [UPHILL, "x = 1", f"{DOWNHILL}\n", "print(descent_step)"]) == last
    assert digests([step], [DOWNHILL, UPHILL]) != last
    assert digests([step], ["x = 1"]) == {}


def test_every_lesson_says_how_long_it_takes() -> None:
    for stop in stops(Course.find(ROOT), Record(None)):
        assert stop.time, stop.lesson.id
        assert stop.title.startswith(stop.lesson.id[:2])
