"""Names are looked up in the scopes in which Python looks them up."""

from __future__ import annotations

import ast
import symtable
from pathlib import Path

import pytest

from autograder.static_analysis.reader import Reader

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*ROOT.glob("autograder/**/*.py"), *ROOT.glob("solutions/*/*.py"), Path(ast.__file__)]

TRICKY = """
a = [b for c in d for e in c if (f := e)]
class G(H, metaclass=I):
    j = k
    l = j
    def m(self, n=o):
        global p
        p = j
        return [n for n in self if (q := n)], q
    r = [s for s in l if j]
def t():
    u = 1
    def v():
        nonlocal u
        u = w
        class X:
            y = u
            u = z
    global aa
    aa = lambda bb, *cc, dd=ee, **ff: (bb, cc, dd, ff, gg)
    try:
        import hh.ii, jj as kk
    except ll as mm:
        del mm
    match nn:
        case [oo, *pp] | {"k": oo, **pp} if oo:
            return oo, pp, kk, hh, qq
"""


def globals_read(source: str) -> set[str]:
    """The answer of the module under test."""
    reads = Reader(ast.parse(source).body).reads
    return {read.name for read in reads if read.scope.owner(read.name) is None}


def globals_by_symtable(source: str) -> set[str]:
    """The answer of Python's compiler."""
    top = symtable.symtable(source, "cell", "exec")
    found = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    scopes = list(top.get_children())
    while scopes:
        scope = scopes.pop()
        found |= {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_referenced()}
        scopes += scope.get_children()
    return found - {"getattr"}  # read as an attribute


class WithoutHints(ast.NodeTransformer):
    """Type hints read names and call nothing: they are no part of what code reaches."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(0)
        return self.generic_visit(node)


@pytest.mark.parametrize("path", [None, *SOURCES], ids=lambda path: path and path.name)
def test_the_compiler_agrees_which_names_are_global(path: Path | None) -> None:
    source = path.read_text() if path else TRICKY
    plain = ast.unparse(WithoutHints().visit(ast.parse(source)))
    assert globals_read(plain) - {"getattr"} == globals_by_symtable(plain)


def test_a_class_reads_a_global_until_it_has_bound_the_name() -> None:
    reads = Reader(ast.parse("class A:\n    x = x\n    y = x").body).reads
    assert [read.unbound for read in reads] == [True, False]


def test_code_nested_too_deeply_is_read_flatly() -> None:
    deep = "def f(x):\n    return " + " + ".join(["x.y"] * 900)
    reader = Reader(ast.parse(deep).body)
    assert {read.name for read in reader.reads} == {"x"}
    assert {binding.name for binding in reader.bindings} >= {"f"}
