"""Stands in the place of torch and its like while a NumPy lesson is graded.

This file lies over their folders in a sealed kernel, under their names. Imports succeed, whatever
is used does nothing, so that a demonstration which compares with torch disturbs nobody; while a
probe runs (`in_probe` of the module `torch` is true) any use raises.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator
from typing import Any

__all__: list[str] = []  # `from torch import *` brings nothing of this file's own
in_probe = False
__version__ = "0"

_NAME = __name__.partition(".")[0]


def _refuse_in_probe() -> None:
    if getattr(sys.modules.get("torch"), "in_probe", False):
        raise RuntimeError(
            f"{_NAME} is not available while this exercise is graded: "
            "write the mathematics with NumPy"
        )


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


class Inert:
    """A class to inherit from, whose instances swallow every use."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse_in_probe()

    def __getattr__(self, name: str) -> Any:
        if _is_dunder(name):
            raise AttributeError(name)
        _refuse_in_probe()
        return Inert()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing; but as a decorator, what it decorates."""
        _refuse_in_probe()
        decorates = len(args) == 1 and not kwargs
        if decorates and isinstance(args[0], types.FunctionType | type):
            return args[0]
        return Inert()

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return () if any(isinstance(base, type) for base in bases) else (Inert,)

    def __instancecheck__(self, instance: object) -> bool:
        return False

    def __subclasscheck__(self, subclass: type) -> bool:
        return False

    def __enter__(self) -> Any:
        _refuse_in_probe()
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        _refuse_in_probe()
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: object) -> bool:
        return False

    def __getitem__(self, key: object) -> Any:
        _refuse_in_probe()
        return Inert()

    def __setitem__(self, key: object, value: object) -> None:
        _refuse_in_probe()

    def __float__(self) -> float:
        _refuse_in_probe()
        return float("nan")

    def __int__(self) -> int:
        _refuse_in_probe()
        return 0

    def __format__(self, spec: str) -> str:
        return "nan"

    def __repr__(self) -> str:
        return f"<{_NAME} is not available in this lesson's grading>"


def _operator(self: Inert, *others: object) -> Any:
    _refuse_in_probe()
    return Inert()


_BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor"]
for _name in [*_BINARY, *(f"r{name}" for name in _BINARY), "neg", "pos", "abs", "invert"]:
    setattr(Inert, f"__{_name}__", _operator)
for _name in ("lt", "le", "gt", "ge"):
    setattr(Inert, f"__{_name}__", _operator)


class _Module(types.ModuleType):
    """A module in which every name is bound, to something inert."""

    def __getattr__(self, name: str) -> Any:
        if _is_dunder(name):
            raise AttributeError(name)
        _refuse_in_probe()
        return Inert()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module below the one that this file stands for."""

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not name.startswith(f"{_NAME}."):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        return None


if __name__ == _NAME:  # in the place of a library, and not imported as a part of the grader
    sys.meta_path.insert(0, _Finder())
    sys.modules[__name__].__class__ = _Module
