"""What is not written yet, said in one grey line instead of a traceback.

A stub raises NotImplementedError, and every cell that uses it meets that error. So does what comes
after: a name that such a cell would have bound is missing. In a kernel that has loaded this, both
are one line. The cell has failed all the same: Run All stops or goes on as it would without.
"""

from __future__ import annotations

import html
import os
import re
from types import TracebackType
from typing import Any

STUB = re.compile(r"[\w.]+ is not written yet")
GREY = "<div style='color: var(--jp-ui-font-color2, #757575)'>{}</div>"


def quieten(shell: Any) -> None:
    """Say what is not written yet in one line, in the kernel of this shell.

    nbgrader's Validate runs a notebook to read errors off it: there they stay what they are.
    """
    if "NBGRADER_EXECUTION" in os.environ:
        return
    unwritten = Unwritten()
    shell.events.register("pre_run_cell", unwritten.begin)
    shell.set_custom_exc((NotImplementedError, NameError), unwritten.show)


class Unwritten:
    """Which names a kernel lacks because of an exercise that is not written."""

    def __init__(self) -> None:
        self._source = ""
        self._because: dict[str, str] = {}  # what stopped the cell that would have bound a name

    def begin(self, info: Any) -> None:
        """Called by IPython before it runs a cell."""
        self._source = str(info.raw_cell or "")

    def show(
        self,
        shell: Any,
        etype: type[BaseException],
        error: BaseException,
        tb: TracebackType | None,
        tb_offset: int | None = None,
    ) -> None:
        """Called by IPython in the place of its traceback; any other error is its own affair."""
        stub = self._stub_behind(error)
        if stub is None:
            shell.showtraceback((etype, error, tb), tb_offset, running_compiled_code=True)
            return
        self._remember(stub, shell.user_ns)
        _say(shell, str(error) if type(error) is NotImplementedError else _missing(error, stub))

    def _stub_behind(self, error: BaseException) -> str | None:
        """`adam_step is not written yet`, if that is what an error comes from."""
        if type(error) is NotImplementedError:
            return str(error) if STUB.fullmatch(str(error)) else None
        return self._because.get(str(error.name)) if type(error) is NameError else None

    def _remember(self, stub: str, names: dict[str, Any]) -> None:
        """Note what the cell that has stopped would have bound."""
        from autograder.static_analysis.names import bound_names

        for name in bound_names(self._source) - names.keys():
            self._because[name] = stub


def _missing(error: BaseException, stub: str) -> str:
    name, was = getattr(error, "name", ""), stub.replace(" is not ", " was not ")
    return f"{name} is missing: the cell that makes it stopped, because {was}. Run that cell first."


def _say(shell: Any, line: str) -> None:
    """Show a line, and leave no older traceback for the kernel's answer to carry."""
    from IPython.display import display

    shell._last_traceback = [line]
    display({"text/html": GREY.format(html.escape(line)), "text/plain": line}, raw=True)
