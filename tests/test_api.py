"""The one place that hidden tests import from: its example runs, and nothing else is imported."""

import ast
import re
import sys
import textwrap
from pathlib import Path

import pytest

import autograder.hidden
from autograder import api
from autograder.authoring.audit import audit_lesson
from autograder.course.lesson import Lesson

HIDDEN = Path(autograder.hidden.__file__).parent
TINY = Path(__file__).parents[0] / "fixtures/tiny_course/solutions/90_tiny/tiny.py"
TEMPLATE = Path(__file__).parents[1] / "templates/lesson/autograder/hidden"


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """The example of the docstring, as the hidden tests of a lesson with one exercise."""
    blocks = re.findall(r"(?m)(?:^    .*\n|^\n(?=    ))+", api.__doc__)
    probes, bank = (textwrap.dedent(block) for block in blocks if "import" in block)
    package = tmp_path / "hidden" / "example"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "probes.py").write_text(probes)
    (package / "bank.py").write_text(bank)
    path = [*autograder.hidden.__path__, str(tmp_path / "hidden")]
    monkeypatch.setattr(autograder.hidden, "__path__", path)
    source = TINY.read_text().replace("return SCALE * x", "return 2 * x")
    only_double = source[: source.index("# %% [markdown]\n# ## Count\n")]
    yield Lesson(
        "90_example",
        TINY.with_name("example.py"),
        re.sub(r"autograder\.hidden\.tiny", "autograder.hidden.example", only_double),
    )
    for name in [name for name in sys.modules if name.startswith("autograder.hidden.example")]:
        del sys.modules[name]


def test_the_example_of_the_docstring_is_an_exercise(lesson):
    audit = audit_lesson(lesson, seeds=(1,))
    assert [row.diagnosed_as for row in audit.rows] == ["squared", "halved"]
    assert [p for p in audit.problems if "15 to 40 words" not in p and "prediction" not in p] == []


def test_the_example_is_short():
    code = [line for line in api.__doc__.splitlines() if line.startswith("    ")]
    assert len(code) <= 30


def test_all_of_it_is_there():
    assert all(hasattr(api, name) for name in api.__all__)
    assert sorted(api.__all__) == sorted(set(api.__all__))


@pytest.mark.parametrize("root", [HIDDEN, TEMPLATE], ids=["hidden", "template"])
def test_hidden_tests_import_nothing_else_of_the_engine(root):
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [a.name for a in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                if module.split(".")[0] == "autograder":
                    own = f"autograder.hidden.{path.relative_to(root).parts[0]}"
                    assert module == "autograder.api" or f"{module}.".startswith(f"{own}."), path
