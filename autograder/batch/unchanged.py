"""Whom a batch can leave out: of whom everything is as an earlier batch left it.

A record in `.autograder/entered/` says from what a learner's entry in the gradebook was made, and
what it came to; the same of their page. It is believed only where both still hold: the same
hand-in, lesson, engine, libraries and configuration, and the same files and rows as then. Whatever
is missing, was edited, or is not known, is made anew. Points and comments that a person gave are
theirs: an entry does not depend on them, a page does.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.class_rows import ClassRows
from autograder.batch.gradebook import course_config, open_gradebook
from autograder.batch.settings import settings_as_text, versions
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.private import FOLDER, write_atomically
from autograder.grading.cache import Cache

ENTRY, PAGE = "entry", "page"


class Unchanged:
    """One lesson's record, and the state of the course that it is held against.

    A step asks whom it can leave out, is done for the others, and says so by `made`.
    """

    def __init__(self, course: Course, lesson: Lesson, cache: Cache) -> None:
        self._path = course.root / FOLDER / "entered" / f"{lesson.id}.json"
        self._record = _read(self._path)
        self._lesson = lesson
        self._config: Config = course_config(course)
        self._directory = CourseDirectory(config=self._config)
        self._from: dict[tuple[str, str], str] = {}  # by step and learner, as of when it was asked
        settings = settings_as_text(self._config, course.root)
        # Code that is not known may do anything: then nobody is left out.
        self._common = None if settings is None else [settings, cache.version, versions()]

    def entries(self, keys: Mapping[str, str], folders: Mapping[str, Path]) -> set[str]:
        """Those whose entry would come to what it is.

        Args:
            keys: the cache's, of each learner with a result that is kept.
            folders: of the hand-ins.
        """
        rows = self._rows(keys)
        source = self._files(self._directory.source_directory, ".")
        for who, key in keys.items():
            self._is_from(ENTRY, who, [key, source, _contents(folders[who]), rows.due(who)])
        return {who for who in keys if self._is_as_left(ENTRY, who, rows)}

    def pages(self, learners: Collection[str]) -> set[str]:
        """Those whose page would come to what it is; to be asked when they are entered."""
        rows = self._rows(learners)
        for who in learners:
            graded = self._files(self._directory.autograded_directory, who)
            self._is_from(PAGE, who, [graded, rows.all_of(who)])
        return {who for who in learners if self._is_as_left(PAGE, who, rows)}

    def made(self, step: str, learners: Collection[str]) -> None:
        """Take into the record what a step came to, for those of whom it was asked before."""
        rows = self._rows(learners)
        for who in learners:
            if (step, who) in self._from:
                self._record.setdefault(who, {})[step] = self._now(step, who, rows)
        if learners and self._common is not None:
            with contextlib.suppress(OSError):  # a record saves time, and nothing else
                write_atomically(self._path, json.dumps(self._record).encode())

    def _is_from(self, step: str, who: str, what: Any) -> None:
        if self._common is not None:
            self._from[step, who] = _digest([self._common, what])

    def _is_as_left(self, step: str, who: str, rows: ClassRows) -> bool:
        known = self._record.get(who, {}).get(step)
        return known is not None and known == self._now(step, who, rows)

    def _now(self, step: str, who: str, rows: ClassRows) -> list[str]:
        """From what, and what it has come to."""
        if step == PAGE:
            result: Any = self._files(self._directory.feedback_directory, who)
        else:
            graded = self._files(self._directory.autograded_directory, who)
            result = [graded, rows.automatic(who)]
        return [self._from.get((step, who), ""), _digest(result)]

    def _rows(self, learners: Collection[str]) -> ClassRows:
        """What the gradebook has now, if anything depends on it."""
        if not learners or self._common is None:
            return ClassRows()
        with open_gradebook(self._config) as gradebook:
            return ClassRows.read(gradebook, self._lesson.id)

    def _files(self, folder: str, who: str) -> Any:
        return _contents(Path(self._directory.format_path(folder, who, self._lesson.id)))


def _contents(folder: Path) -> list[tuple[str, str]]:
    """Each file in a folder, with a digest; none, where there is no folder."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            found.append((str(path.relative_to(folder)), _digest_of(path)))
    return sorted(found)


def _digest_of(path: Path) -> str:
    try:
        if not path.is_file():
            return f"{path.lstat().st_mode}, no file"
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return secrets.token_hex(16)  # what cannot be read is not taken for what it was


def _digest(what: Any) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> dict[str, dict[str, list[str]]]:
    """By learner and step: from what, and what it came to. A damaged record counts as none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    whole = isinstance(record, dict) and all(isinstance(each, dict) for each in record.values())
    return record if whole else {}
