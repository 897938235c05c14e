"""What makes of a forked process one that could have been started by its command."""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import importlib.util
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from typing import Any, NoReturn

from . import linux

SELF = __name__.rpartition(".")[0]


def begin(spec: dict[str, Any], imported: dict[str, str]) -> NoReturn:
    """Be a kernel: the environment, the command line, the signals and the chance of a new one.

    imported: environment variables that importing the libraries set.
    """
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    linux.prctl("dumpable", linux.PR_SET_DUMPABLE, 1)  # or /proc/self would be root's
    os.environ.clear()
    os.environ.update({**imported, **spec["env"]})
    time.tzset()
    tempfile.tempdir = None
    _reseed()
    _look_for_folders_again()
    for name in [name for name in sys.modules if name.partition(".")[0] == SELF]:
        del sys.modules[name]
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()
    module = importlib.util.find_spec(spec["argv"][2])  # of `python -m module ...`
    sys.orig_argv[:] = spec["argv"]
    sys.argv[:] = [str(module and module.origin), *spec["argv"][3:]]
    spec.clear()
    _run()


def _reseed() -> None:
    """Generators that were seeded when their library was imported; Python's own sees to itself."""
    multiprocessing.current_process().authkey = os.urandom(32)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


def _look_for_folders_again() -> None:
    """Matplotlib remembers where its settings were when it was imported."""
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        return
    for name in ("get_configdir", "get_cachedir"):
        find = getattr(matplotlib, name)
        setattr(matplotlib, name, functools.cache(getattr(find, "__wrapped__", find)))


def _run() -> NoReturn:
    """The kernel's application, to its end, and what an interpreter does behind it."""
    code = 0
    try:
        sys.modules["ipykernel.kernelapp"].launch_new_instance()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 (as an interpreter does it)
        sys.excepthook(*sys.exc_info())
        code = 1
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)
