"""What mutation makes of a reference: every operator, and what it leaves alone."""

import ast
import textwrap

import pytest

from autograder.authoring.mutation.mutants import mutants
from autograder.authoring.mutation.survivors import normal


def changed(source):
    """Every `(operator, was, becomes)` of a program."""
    made = mutants("key", textwrap.dedent(source))
    return {(mutant.operator, mutant.was, mutant.becomes) for mutant in made}


def becomes(source, operator):
    """What the one changed statement of a program becomes with an operator."""
    return sorted(after for name, _, after in changed(source) if name == operator)


@pytest.mark.parametrize(
    ("statement", "operator", "expected"),
    [
        ("y = a + b", "binary operator", ["y = a - b"]),
        ("y = a - b", "binary operator", ["y = a + b"]),
        ("y = a * b", "binary operator", ["y = a / b"]),
        ("y = a / b", "binary operator", ["y = a * b"]),
        ("y = a // b", "binary operator", ["y = a / b"]),
        ("y = a % b", "binary operator", ["y = a // b"]),
        ("y = a ** b", "binary operator", ["y = a * b"]),
        ("y = a @ b", "binary operator", ["y = a * b"]),
        ("y = a & b", "binary operator", ["y = a | b"]),
        ("y += b", "binary operator", ["y -= b"]),
        ("y = a + b", "operand dropped", ["y = a", "y = b"]),
        ("y = -a", "sign dropped", ["y = a"]),
        ("y = ~a", "inversion dropped", ["y = a"]),
        ("y = not a", "not dropped", ["y = a"]),
        ("return a", "sign added", ["return -a"]),
        ("return (a, b)", "sign added", ["return (-a, b)", "return (a, -b)"]),
        ("y = np.exp(a)", "sign added", ["y = -np.exp(a)", "y = np.exp(-a)"]),
        ("y = len(a)", "sign added", ["y = -len(a)"]),
        ("y = a < b", "comparison", ["y = a <= b"]),
        ("y = a >= b", "comparison", ["y = a > b"]),
        ("y = a == b", "comparison", ["y = a != b"]),
        ("y = a is None", "comparison", ["y = a is not None"]),
        ("y = a not in b", "comparison", ["y = a in b"]),
        ("y = a < b < c", "comparison", ["y = a < b <= c", "y = a <= b < c"]),
        ("y = a and b", "and, or", ["y = a or b"]),
        ("y = a or b", "and, or", ["y = a and b"]),
        ("y = b if a else c", "condition true", ["y = b if True else c"]),
        ("y = [b for b in a if b]", "condition false", ["y = [b for b in a if False]"]),
        ("y = 0", "number", ["y = 1"]),
        ("y = 1", "number", ["y = 0", "y = 2"]),
        ("y = 7", "number", ["y = 6", "y = 8"]),
        ("y = 0.5", "number", ["y = 0.0", "y = 0.55"]),
        ("y = 0.0", "number", ["y = 1.0"]),
        ("y = True", "boolean", ["y = False"]),
        ("y = a['mean']", "string", ["y = a['mean_']"]),
        ("y = a[f'W{n}']", "string", ["y = a[f'W_{n}']"]),
        ("y = np.f(a, axis=0)", "axis", ["y = np.f(a, axis=1)"]),
        ("y = np.f(a, axis=1)", "axis", ["y = np.f(a, axis=0)"]),
        ("y = np.f(a, axis=-1)", "axis", ["y = np.f(a, axis=0)"]),
        ("y = f(axis=(0, 2))", "axis", ["y = f(axis=(0, 0))", "y = f(axis=(1, 2))"]),
        ("y = f(a, keepdims=True)", "keyword dropped", ["y = f(a)"]),
        ("y = f(a, **b)", "keyword dropped", ["y = f(a)"]),
        ("y = zip(a, b, strict=True)", "keyword dropped", []),
        ("y = zip(a, b, strict=True)", "boolean", []),
        ("y = f(a, b, c)", "arguments swapped", ["y = f(a, c, b)", "y = f(b, a, c)"]),
        ("y = np.maximum(a, b)", "arguments swapped", []),
        ("y = np.maximum(a, b)", "function", ["y = np.minimum(a, b)"]),
        ("y = a.sum()", "function", ["y = a.mean()"]),
        ("y = any(a)", "function", ["y = all(a)"]),
        ("y = sum(a)", "function", []),
        ("y = f(a, dtype=np.float64)", "dtype", ["y = f(a, dtype=np.float32)"]),
        ("y = a.astype(int)", "dtype", ["y = a", "y = a.astype(float)"]),
        ("y = a.copy()", "copy left out", ["y = a"]),
        ("y = np.array(a, copy=True)", "copy left out", ["y = a"]),
        ("y = np.array(a, copy=True)", "boolean", ["y = np.array(a, copy=False)"]),
        ("y = copy.deepcopy(a)", "copy left out", ["y = a"]),
        ("y = np.sqrt(a)", "call left out", ["y = a"]),
        ("y = float(a)", "call left out", []),
        ("a.append(b)", "call left out", []),
        ("y = sorted(a, key=b)", "order left out", ["y = list(a)"]),
        ("y = a[b:]", "slice", ["y = a[b + 1:]", "y = a[b:-1]"]),
        ("y = a[:b]", "slice", ["y = a[1:b]", "y = a[:b - 1]"]),
        ("y = range(a)", "range", ["y = range(a + 1)", "y = range(a - 1)"]),
        ("y = 3", "statement dropped", ["pass"]),
        ("self.y = 3", "statement dropped", ["pass"]),
        ("y += b", "assigned, not added", ["y = b"]),
        ("y += b", "not in place", ["y = y + b"]),
        ("y = y * b", "in place", ["y *= b"]),
        ("return (a, b, c)", "parts swapped", ["return (a, c, b)", "return (b, a, c)"]),
    ],
)  # fmt: skip
def test_an_operator_makes_what_it_says(statement, operator, expected):
    assert becomes(f"def f(a, b, c, n, y):\n    {statement}", operator) == expected


def test_a_condition_is_forced_both_ways():
    source = "def f(a):\n    if a < 1:\n        return 2\n    return 3"
    assert becomes(source, "condition true") == ["if True:"]
    assert becomes(source, "condition false") == ["if False:"]


def test_a_jump_becomes_the_other_one():
    source = "def f(a):\n    for b in a:\n        break"
    assert becomes(source, "break, continue") == ["continue"]


def test_the_values_of_defaults_are_changed():
    assert becomes("def f(a, eps=0.5):\n    return a", "number") == [
        "def f(a, eps=0.0):",
        "def f(a, eps=0.55):",
    ]


def test_decorators_are_dropped_one_at_a_time():
    source = "class A:\n    @one\n    @two\n    def f(self):\n        return self.a"
    assert becomes(source, "decorator dropped") == [
        "@one\ndef f(self):",
        "@two\ndef f(self):",
    ]


def test_in_place_or_not_is_the_same_for_a_count():
    source = "def f(a):\n    n, total = 0, 0.0\n    n += len(a)\n    total = total + a"
    assert becomes(source, "not in place") == becomes(source, "in place") == []


def test_a_statement_that_is_all_of_an_if_is_dropped_with_its_condition():
    source = "def f(a):\n    if a:\n        raise ValueError\n    return a"
    assert [was for name, was, _ in changed(source) if name == "statement dropped"] == ["return a"]


def test_messages_docstrings_annotations_and_imports_are_left_alone():
    source = '''
        import numpy as np

        def f(a: "float" = None) -> "int":
            """Return 1, or -1."""
            b: "str"
            if a:
                warnings.warn("less than 1", Warning, stacklevel=2)
                raise ValueError(f"a must be > {0}, got {-a}") from error
            assert a, "a is 3"
    '''
    operators = {name for name, _, _ in changed(source)}
    assert operators == {"condition true", "condition false", "statement dropped"}


def test_every_mutant_is_another_program_that_compiles():
    source = "def f(a):\n    while True:\n        if a:\n            break\n    return a[1] - a[1]"
    programs = [mutant.source for mutant in mutants("key", source)]
    assert len(set(programs)) == len(programs)
    assert ast.unparse(ast.parse(source)) not in programs
    for program in programs:
        compile(program, "<mutant>", "exec")


def test_a_mutant_differs_in_one_statement():
    source = ast.unparse(ast.parse("def f(a, b=2):\n    c = a + b\n    return [c, -c][1:]"))
    for mutant in mutants("key", source):
        lines = zip(source.splitlines(), mutant.source.splitlines(), strict=True)
        assert sum(before != after for before, after in lines) == 1, mutant


def test_an_identity_survives_other_lines_and_other_spacing():
    short = "def f(a):\n    return a + 1"
    long = '# a comment\ndef f(a):\n    """Text."""\n    b = 3\n\n    return (a +\n        1)'
    known = {m for m in changed(long) if m[1] == "return a + 1"}
    assert known == {m for m in changed(short) if m[1] == "return a + 1"}


def test_a_mutant_names_the_function_that_it_stands_in():
    source = "class A:\n    def f(self):\n        return 1\n\ndef g():\n    return 1"
    assert [m.where for m in mutants("key", source) if m.becomes == "return 2"] == ["A.f", "g"]


@pytest.mark.parametrize(
    ("written", "unparsed"),
    [
        ('y = a["mean"]', "y = a['mean']"),
        ("return a,b", "return (a, b)"),
        ("if a<1 :", "if a < 1:"),
        ("break", "break"),
        ("@one\ndef f( a ):", "@one\ndef f(a):"),
    ],
)
def test_an_author_may_write_a_statement_as_in_the_lesson(written, unparsed):
    assert normal(written) == unparsed
