"""The names that a cell's source defines, binds and uses, without running it."""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterator
from functools import lru_cache
from textwrap import dedent

# What IPython understands and Python does not: a magic, a shell command, a question, each a line.
# IPython's own transformer takes a pass over the cell for each of them, which a hostile cell could
# stretch to hours; to find names, it is enough to blank them.
IPYTHON_LINE = re.compile(r"^(?P<indent>[ \t]*)(?:[%!?].*|[\w.%]+\?{1,2}[ \t]*)$", re.MULTILINE)
IPYTHON_VALUE = re.compile(r"(?<![=!<>])=[ \t]*[%!][^=\n].*$", re.MULTILINE)

# Magics of whole cells whose text is no Python of this notebook's.
NO_PYTHON = re.compile(
    r"\s*%%(?:writefile|file|bash|sh|script|system|sx|!|cmd|perl|ruby|python[23]?|pypy"
    r"|html|HTML|javascript|js|latex|markdown|svg|SVG)(?!\w)"
)
# What a text that is no Python would have defined, were it one.
SAYS = re.compile(r"^(?:(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*=(?!=))", re.MULTILINE)
# Functions that make one of another.
MAKERS = frozenset({"partial", "vectorize", "frompyfunc", "jit", "njit", "cache", "lru_cache"})

CHARACTERS = 100_000  # a tree takes a thousand times the room of its text

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def plain_python(source: str) -> str:
    """The source with IPython's own lines blanked: a `%check`, an `!ls`, a `%%time` at the top."""
    if NO_PYTHON.match(source):
        return ""
    blanked = IPYTHON_LINE.sub(r"\g<indent>pass", source)
    return IPYTHON_VALUE.sub("= None", blanked)


def parse(source: str) -> ast.Module | None:
    """The cell as a tree, or None if it is neither Python nor IPython, or too much for either."""
    return parsed(source)[0]


def parsed(source: str) -> tuple[ast.Module | None, bool]:
    """The cell as a tree, and whether it is Python as it stands, so that all of it is run so."""
    if len(source) > CHARACTERS:
        return None, False
    if tree := _parse(source):
        return tree, True
    plain = plain_python(source)
    return _parse(plain) or _parse(dedent(plain)), False  # IPython dedents a cell too


@lru_cache(maxsize=2048)
def parses(source: str) -> bool:
    """Whether a cell is Python or IPython."""
    return parse(source) is not None


@lru_cache(maxsize=2048)
def stands_alone(source: str) -> bool:
    """Whether a cell runs without the one above it: it parses as it stands, and returns nowhere.

    A cell too large to look into is left to itself.
    """
    if len(source) > CHARACTERS:
        return True
    tree = _parse(source) or _parse(plain_python(source))
    return tree is not None and not any(isinstance(n, ast.Return) for n in _statements(tree.body))


@lru_cache(maxsize=2048)
def defined_names(source: str) -> frozenset[str]:
    """The functions, classes and predictions that a cell defines at top level.

    A result (`accuracy = evaluate(...)`, `lr = 0.1`) defines nothing; a lambda, another name for
    something (`step = my_step`) and what is made of a function (`partial(my_step, 0.1)`) do.
    """
    tree = parse(source)
    if tree is None:
        return frozenset()
    names: set[str] = set()
    for node in _statements(tree.body):
        if isinstance(node, Definition):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            assigned = [t.id for t in targets if isinstance(t, ast.Name)]
            names.update(name for name in assigned if _is_definition(name, node.value))
    return frozenset(names)


@lru_cache(maxsize=2048)
def bound_names(source: str) -> frozenset[str]:
    """Every global name that running the cell may bind, imports and loop variables included."""
    return frozenset(
        symbol.get_name()
        for symbol in _global_symbols(source)
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    )


@lru_cache(maxsize=2048)
def used_names(source: str) -> frozenset[str]:
    """The global names that a cell reads, itself or in its functions."""
    return frozenset(s.get_name() for s in _global_symbols(source) if s.is_referenced())


def said_names(source: str) -> frozenset[str]:
    """What a cell that is no Python would have defined at its lines' beginnings."""
    if parses(source) or len(source) > CHARACTERS:
        return frozenset()
    return frozenset(first or second for first, second in SAYS.findall(source))


def _parse(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_definition(name: str, value: ast.expr | None) -> bool:
    if name.startswith("prediction_"):
        return isinstance(value, ast.Constant)
    if isinstance(value, ast.Call):
        return _name_of(value.func) in MAKERS
    return isinstance(value, ast.Lambda | ast.Name | ast.Attribute)


def _name_of(function: ast.expr) -> str:
    """`partial` of `functools.partial(...)`, `cache` of `functools.cache(...)(...)`."""
    if isinstance(function, ast.Call):
        return _name_of(function.func)
    return getattr(function, "attr", getattr(function, "id", ""))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of its `if`, `try`, `with` and loops; not of its functions."""
    pending = list(reversed(body))
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, Definition):
            inner = [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt)]
            cases = [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.stmt)]
            for case in cases:
                if isinstance(case, ast.ExceptHandler | ast.match_case):
                    inner.extend(case.body)
            pending.extend(reversed(inner))


def _global_symbols(source: str) -> list[symtable.Symbol]:
    """Symbols of the module and, of every scope within it, those that mean a global."""
    if len(source) > CHARACTERS:
        return []
    try:
        top = symtable.symtable(plain_python(source), "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found, scopes = list(top.get_symbols()), list(top.get_children())
    while scopes:
        scope = scopes.pop()
        found.extend(symbol for symbol in scope.get_symbols() if symbol.is_global())
        scopes.extend(scope.get_children())
    return found
