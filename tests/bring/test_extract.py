"""The source of some names and of all that they reach."""

from __future__ import annotations

import pytest

from autograder.bring.extract import extract


def taken(*sources: str, names: str = "f") -> str:
    return extract(sources, names.split()).source


@pytest.mark.parametrize(
    ("cells", "source"),
    [
        (["def f(): return 1"], "def f(): return 1"),
        (["def f(): return 1", "def f(): return 2"], "def f(): return 2"),
        (["A = 1\nB = 2\ndef f(): return A"], "A = 1\n\n\ndef f(): return A"),
        (["import os, math as m\nf = m.floor"], "import math as m\n\nf = m.floor"),
        (
            ["from math import pi, e\ndef f(): return pi"],
            "from math import pi\n\n\ndef f(): return pi",
        ),
        (["A = 1", "def f(): return A", "A = 2"], "def f(): return A\n\n\nA = 2"),
        (
            ["A = 1", "B = A + 1", "A = 2", "def f(): return B"],
            "A = 1\nB = A + 1\n\n\ndef f(): return B",
        ),
        (["class f: pass", "class f(f): pass"], "class f: pass\n\n\nclass f(f): pass"),
        (["class f: pass", "f.step = abs", "f().run = 3"], "class f: pass\n\n\nf.step = abs"),
        (
            ["D = {}", "D['a'] = 1", "def f(): return D"],
            "D = {}\nD['a'] = 1\n\n\ndef f(): return D",
        ),
        (["def d(g): return g\n@d\ndef f(): pass"], "def d(g): return g\n\n\n@d\ndef f(): pass"),
        (["N = int\ndef f(x: N) -> N: return x"], "N = int\n\n\ndef f(x: N) -> N: return x"),
        (["x = 1\n# why\ndef f(): return 1"], "# why\ndef f(): return 1"),
        (
            ["def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"],
            "def f():\n    return 1",
        ),
        (["A = 1; B = 2; f = lambda: A"], "A = 1\nf = lambda: A"),
        (
            ["from math import *\ndef f(): return floor(2)"],
            "from math import *\n\n\ndef f(): return floor(2)",
        ),
        (["%time print(1)\ndef f(): return 1\n!ls"], "def f(): return 1"),
        (["def f(: no", "def f(): return 1"], "def f(): return 1"),
        (
            ["def f(): return g()\ndef g(): return f()"],
            "def f(): return g()\n\n\ndef g(): return f()",
        ),
        (["def f(A): return A", "A = 1"], "def f(A): return A"),
        (
            ["A = 1\ndef f():\n    global A\n    A = 2"],
            "A = 1\n\n\ndef f():\n    global A\n    A = 2",
        ),
        (["try:\n    f = 1\nexcept E:\n    f = 2"], "try:\n    f = 1\nexcept E:\n    f = 2"),
        (["f = 1", "f += 1"], "f = 1\nf += 1"),
    ],
)
def test_a_source_has_what_is_reached_and_no_more(cells: list[str], source: str) -> None:
    assert taken(*cells) == source


def test_what_no_cell_defines_is_said() -> None:
    found = extract(["def f(): return g()"], ["f", "h"])
    assert found.missing == ("h",)
