"""How a command ends: its exit status, and one line where a person can mend what went wrong."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click

from autograder.course.course import CourseError
from autograder.course.lesson import LessonError

DONE, PROBLEMS, WRONG_USE = 0, 1, 2
STOPPED, NO_READER = 130, 141  # as shells say: 128 and the number of SIGINT, of SIGPIPE


def clear_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """What a person can mend is one line and exit status 2. Ctrl-C is one line, too; and a reader
    who went away (`| head`) hears nothing."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        from autograder.sandbox import SealingError
        from autograder.submission.rebuild import NotANotebook, UnknownLesson

        known = (CourseError, LessonError, NotANotebook, UnknownLesson, SealingError)
        try:
            return command(*args, **kwargs)
        except known as error:
            fail(" ".join(str(error).split()))
        except KeyboardInterrupt:
            fail("stopped", STOPPED)
        except BrokenPipeError:
            # What is still in the buffer would be written, and fail, at the very end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(NO_READER)
        except OSError as error:
            fail(f"{error.filename or 'file'}: {error.strerror or error}")

    return wrapped


def fail(message: str, status: int = WRONG_USE) -> NoReturn:
    """End with one line on stderr."""
    click.echo(f"autograder: {message}", err=True)
    sys.exit(status)
