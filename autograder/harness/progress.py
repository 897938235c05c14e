"""Stands in for tqdm where that is not installed: loops run as they are, and no bar is drawn.

The source of this file is sent into kernels as text (see `guests.py`).
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator, Sequence, Sized
from typing import Any

NAME = "tqdm"


class Bar:
    """The part of `tqdm.tqdm` that a loop may rely on."""

    def __init__(
        self, iterable: Any = None, desc: str = "", total: Any = None, **more: Any
    ) -> None:
        self.iterable = iterable
        self.desc = desc
        known = len(iterable) if isinstance(iterable, Sized) else None
        self.total = known if total is None else total
        self.n = 0
        self.disable = True

    def __iter__(self) -> Iterator[Any]:
        for item in self.iterable or ():
            yield item
            self.n += 1

    def __len__(self) -> int:
        return int(self.total or 0)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is open."""

    def update(self, n: int = 1) -> None:
        """Count on."""
        self.n += n

    def __getattr__(self, name: str) -> Any:
        """`set_description`, `set_postfix`, `refresh`, `close` and the rest do nothing."""
        if name.startswith("_"):
            raise AttributeError(name)
        return _nothing

    @staticmethod
    def write(s: str = "", *args: Any, **kwargs: Any) -> None:
        """Print a line, as beside a bar."""
        print(s)

    @classmethod
    def pandas(cls, *args: Any, **kwargs: Any) -> None:
        """Bars of pandas; there are none."""


def _nothing(*args: Any, **kwargs: Any) -> None:
    """What a bar does that nobody sees."""


def trange(*args: int, **kwargs: Any) -> Bar:
    """`tqdm(range(...))`."""
    return Bar(range(*args), **kwargs)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Asked last: an installed tqdm comes first."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] != NAME:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: types.ModuleType) -> None:
        module.__dict__.update(
            tqdm=Bar, trange=trange, tqdm_notebook=Bar, tnrange=trange, __version__="0"
        )


def install(shell: Any) -> None:
    """Offer the stub to every import that finds nothing else."""
    sys.meta_path.append(_Finder())
