"""An iterator that is gone through twice, when nothing is left in it, or given for its values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from autograder.harness.observation import Other, Raised, inside
from autograder.judging.slips.code import Scoped, Written, own
from autograder.judging.slips.evidence import Evidence, slip
from autograder.judging.verdict import Diagnosis
from autograder.static_analysis.reader import Comprehension

MAKERS = frozenset({"enumerate", "filter", "iter", "map", "reversed", "zip"})
# Calls that go through what they are given to its end.
TAKERS = frozenset(
    {"array", "asarray", "dict", "fsum", "list", "max", "min", "set", "sorted", "sum", "tuple"}
)


class _Taken(NamedTuple):
    """Where a name is gone through: its place, the loops around it, and the branches it is on."""

    place: int
    loops: tuple[ast.AST, ...]
    branches: tuple[tuple[ast.AST, str], ...]


def used_up(evidence: Evidence) -> Diagnosis | None:
    """A `zip`, `map` or generator with a name, gone through twice."""
    for one in evidence.everything:
        if name := _used_up_in(one):
            return slip(
                "generator_used_up",
                f"`{name}` in `{one.name}` is an iterator: it gives its values once, and the "
                f"second time that you go through it nothing is left. Keep them with `{name} = "
                "list(...)`, or make it anew where it is needed again.",
            )
    return None


def yields(evidence: Evidence) -> Diagnosis | None:
    """A `yield` in what was to return: every call gives a generator, and computes nothing yet."""
    if not _shows_generator(evidence):
        return None
    for name, one in evidence.written.items():
        asked = evidence.asked.get(name)
        if asked is None or not _yields(one) or _yields(asked):
            continue
        return slip(
            "generator_returned",
            f"`{name}` has a `yield`, so that a call of it gives a generator, which has computed "
            "nothing yet. Collect the values in a list, and `return` them at the end.",
        )
    return None


def _shows_generator(evidence: Evidence) -> bool:
    """Whether a generator came where none was expected, or something failed on one."""
    return any("generator" in one.message for one in evidence.raised) or any(
        isinstance(part, Other) and part.type_name == "generator"
        for expected, got, _ in evidence.differing
        if not isinstance(expected, Raised | Other)
        for part in inside(got)
    )


def _yields(one: Written) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own(one.node))


def _used_up_in(one: Written) -> str:
    walk = _Walk()
    for statement in one.body:
        walk.visit(statement)
    for name, made in walk.made.items():
        taken = walk.taken.get(name, [])
        if len(made) != 1 or name in walk.touched:
            continue
        (here,) = made
        again = (t for t in taken if len(t.loops) > len(here.loops) and t.place > here.place)
        if any(set(t.loops) - set(here.loops) for t in again):
            return name
        later = [t for t in taken if t.place > here.place]
        if any(_both_happen(a, b) for i, a in enumerate(later) for b in later[i + 1 :]):
            return name
    return ""


def _both_happen(one: _Taken, other: _Taken) -> bool:
    """Whether no `if` sends its two branches to these two places."""
    ways = dict(one.branches)
    return all(ways.get(node, way) == way for node, way in other.branches)


class _Walk(ast.NodeVisitor):
    """Where, in one function, names become iterators and are gone through."""

    def __init__(self) -> None:
        self.made: dict[str, list[_Taken]] = {}
        self.taken: dict[str, list[_Taken]] = {}
        self.touched: set[str] = set()  # bound again, or gone through in part
        self._place = 0
        self._loops: tuple[ast.AST, ...] = ()
        self._branches: tuple[tuple[ast.AST, str], ...] = ()
        self._known: set[int] = set()  # reads of names that are accounted for

    def visit_Assign(self, node: ast.Assign) -> None:
        """`pairs = zip(a, b)`."""
        self.visit(node.value)
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ast.Name) and _is_iterator(node.value):
            self.made.setdefault(target.id, []).append(self._here())
        else:
            for each in node.targets:
                self.visit(each)

    def visit_For(self, node: ast.For) -> None:
        """Goes through what it loops over, if nothing breaks it off."""
        self._take(node.iter, whole=not _breaks_off(node))
        self.visit(node.iter)
        self.visit(node.target)
        self._inside(node, [*node.body])
        self._all(node.orelse)

    def visit_While(self, node: ast.While) -> None:
        """A loop around what goes through something."""
        self._inside(node, [node.test, *node.body])
        self._all(node.orelse)

    def visit_If(self, node: ast.If) -> None:
        """Of its two branches one is run."""
        self.visit(node.test)
        before = self._branches
        for way, block in (("then", node.body), ("else", node.orelse)):
            self._branches = (*before, (node, way))
            self._all(block)
        self._branches = before

    def visit_ListComp(self, node: Comprehension) -> None:
        """Goes through its first iterable once, and through others for each of its items."""
        self._take(node.generators[0].iter, whole=True)
        before = self._loops
        for generator in node.generators[1:]:
            self._loops = (*before, node)
            self._take(generator.iter, whole=True)
        self._loops = (*before, node)
        self.generic_visit(node)
        self._loops = before

    visit_SetComp = visit_ListComp  # noqa: N815 (as ast spells it)
    visit_DictComp = visit_ListComp  # noqa: N815 (as ast spells it)

    def visit_Call(self, node: ast.Call) -> None:
        """`list(pairs)`, `np.array(list(pairs))`, `zip(*pairs)`."""
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                self._take(argument.value, whole=True)
            elif called in TAKERS and len(node.args) == 1:
                self._take(argument, whole=True)
        if called in TAKERS and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            self.visit_ListComp(node.args[0])
        else:
            self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        """Any other use may take something out of it, or put another thing in its place."""
        if id(node) not in self._known:
            self.touched.add(node.id)

    def generic_visit(self, node: ast.AST) -> None:
        """Functions within are left out: when they run is not told by where they stand."""
        if isinstance(node, Scoped):
            self.touched |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            return
        super().generic_visit(node)

    def _inside(self, loop: ast.AST, nodes: list[ast.AST]) -> None:
        before, self._loops = self._loops, (*self._loops, loop)
        self._all(nodes)
        self._loops = before

    def _all(self, nodes: list[ast.stmt] | list[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _take(self, node: ast.expr, whole: bool) -> None:
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
            for argument in node.args:  # `enumerate(pairs)` goes through `pairs`
                self._take(argument, whole)
        if isinstance(node, ast.Name) and whole:
            self._known.add(id(node))
            self.taken.setdefault(node.id, []).append(self._here())

    def _here(self) -> _Taken:
        self._place += 1
        return _Taken(self._place, self._loops, self._branches)


def _is_iterator(node: ast.expr) -> bool:
    if isinstance(node, ast.GeneratorExp):
        return True
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS


def _breaks_off(node: ast.For) -> bool:
    inner: Iterator[ast.AST] = (n for statement in node.body for n in ast.walk(statement))
    return any(isinstance(n, ast.Break | ast.Return) for n in inner)
