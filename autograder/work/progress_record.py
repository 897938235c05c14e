"""What `%check` said, kept in `work/.descent/progress.json` beyond the life of a kernel.

A notebook elsewhere, or a `work/` that cannot be written, is remembered by its kernel alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course import files

if TYPE_CHECKING:
    from autograder.course.course import Course
    from autograder.course.lesson import Exercise
    from autograder.judging.verdict import Verdict


@dataclass(frozen=True)
class Judged:
    """The last verdict on an exercise: when it was given, and on which source (a digest)."""

    status: str
    score: float
    max_score: float
    when: str
    source: str

    @property
    def day(self) -> str:
        """`28 Nov`."""
        moment = datetime.fromisoformat(self.when)
        return f"{moment.day} {moment:%b}"


class Record:
    """The last verdicts by lesson and exercise."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._here: dict[str, dict[str, Judged]] = {}

    def of(self, lesson_id: str) -> dict[str, Judged]:
        """The last verdicts of a lesson, by exercise."""
        known = self._kept().get(lesson_id, {})
        for key, judged in self._here.get(lesson_id, {}).items():
            if key not in known or known[key].when < judged.when:
                known[key] = judged  # could not be kept
        return known

    def add(self, lesson_id: str, verdicts: Iterable[Verdict], sources: Mapping[str, str]) -> None:
        """Keep verdicts; `sources` has the digest of what was judged, by exercise."""
        when = datetime.now().isoformat(timespec="milliseconds")
        judged = {
            v.exercise: Judged(v.status, v.score, v.max_score, when, sources.get(v.exercise, ""))
            for v in verdicts
            if v.status != "not_attempted"
        }
        if not judged:
            return
        self._here.setdefault(lesson_id, {}).update(judged)
        if self.path is not None:
            with suppress(OSError):
                self._keep(self.path, lesson_id, judged)

    def _keep(self, path: Path, lesson_id: str, judged: dict[str, Judged]) -> None:
        """Add to the file what it lacks: other kernels write to it, too."""
        with files.locked(path.with_suffix(".lock")):
            kept = self._kept()
            kept.setdefault(lesson_id, {}).update(judged)
            lessons = {
                name: {key: asdict(entry) for key, entry in entries.items()}
                for name, entries in kept.items()
            }
            text = json.dumps({"version": 1, "lessons": lessons}, indent=1, sort_keys=True)
            files.replace(path, text.encode() + b"\n", durable=False)

    def _kept(self) -> dict[str, dict[str, Judged]]:
        """What the file has; of a damaged one, what can be read."""
        try:
            lessons = json.loads(self.path.read_bytes())["lessons"] if self.path else {}
            return {
                str(lesson): {
                    key: entry for key, value in entries.items() if (entry := _read(value))
                }
                for lesson, entries in lessons.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}


def record_path(course: Course) -> Path | None:
    """Where the verdicts of the notebook whose kernel this is are kept, by its working folder."""
    here, work = Path.cwd().resolve(), course.work.resolve()
    if here != work and work not in here.parents:
        return None
    with suppress(OSError):
        (work / ".descent").mkdir(exist_ok=True)
    return work / ".descent" / "progress.json"


def digests(exercises: Iterable[Exercise], sources: Sequence[str]) -> dict[str, str]:
    """A hash for each exercise of the last cells that define its names, in the order they ran."""
    from autograder.static_analysis.names import defined_names

    last = {name: source.strip() for source in sources for name in defined_names(source)}
    return {
        exercise.key: hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()
        for exercise in exercises
        if (texts := dict.fromkeys(last[name] for name in exercise.names if name in last))
    }


def saved_sources(notebook: Path) -> list[str]:
    """The code cells of a notebook as it was last saved, or nothing if it cannot be read."""
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        return ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def _read(entry: Any) -> Judged | None:
    """An entry of the file, if it is whole."""
    try:
        judged = Judged(
            str(entry["status"]),
            float(entry["score"]),
            float(entry["max_score"]),
            str(entry["when"]),
            str(entry["source"]),
        )
        datetime.fromisoformat(judged.when)
    except (ValueError, KeyError, TypeError):
        return None
    return judged
