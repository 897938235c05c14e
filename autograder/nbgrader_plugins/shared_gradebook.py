"""One connection to the gradebook for a whole batch.

nbgrader opens the database some ten times for each learner, and looks each time whether all of its
tables are there. Within `shared_gradebook` only the first does; every step still has a session of
its own, so that none sees what another left behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy.orm import scoped_session, sessionmaker

LENT = "_is_lent"  # set on a gradebook that has the batch's connection


class _Connection:
    """What the gradebooks of a batch share: nothing, until the first could be opened."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine: Any = None
        self._sessions: Any = None
        self._courses: set[str] = set()  # that were found, or made, in the database

    def open(self, gradebook: Any, original: Any, course_id: str, authenticator: Any) -> None:
        """Do what `Gradebook(url, ...)` does, once."""
        if self._engine is None:
            original(gradebook, self.url, course_id, authenticator)
            self._engine = gradebook.engine
            self._sessions = sessionmaker(autoflush=True, bind=self._engine)
        else:
            gradebook.engine = self._engine
            gradebook.db = scoped_session(self._sessions)
            if course_id not in self._courses:
                gradebook.check_course(course_id=course_id)
            gradebook.course_id, gradebook.authenticator = course_id, authenticator
        self._courses.add(course_id)
        setattr(gradebook, LENT, True)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()


_BATCH: ContextVar[_Connection | None] = ContextVar("batch", default=None)


@contextmanager
def shared_gradebook(url: str) -> Iterator[None]:
    """Let every `Gradebook(url)` within, nbgrader's own ones included, have one connection."""
    connection = _Connection(url)
    token = _BATCH.set(connection)
    try:
        yield
    finally:
        _BATCH.reset(token)
        connection.close()


def opened_once(original: Any) -> Any:
    """`Gradebook.__init__` that knows of the batch."""

    def __init__(  # noqa: N807 (it takes the place of one)
        self: Gradebook,
        db_url: str,
        course_id: str = "default_course",
        authenticator: Any = None,
    ) -> None:
        batch = _BATCH.get()
        if batch is None or batch.url != db_url:
            original(self, db_url, course_id, authenticator)
        else:
            batch.open(self, original, course_id, authenticator)

    return __init__


def closed_with_its_batch(original: Any) -> Any:
    """`Gradebook.close` that ends the session, and leaves a batch's connection open."""

    def close(self: Any) -> None:
        if getattr(self, LENT, False):
            self.db.remove()
        else:
            original(self)

    return close
