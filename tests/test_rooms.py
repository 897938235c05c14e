"""The rooms of the engine: each imports what lies below it, and no module depends on itself.

The drawing in `docs/design.md` declares them, the uppermost first.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "autograder"
DESIGN = ROOT / "docs" / "design.md"
ROOMS = re.findall(r"(?m)^([a-z_]+)/ {2,}\S", DESIGN.read_text(encoding="utf-8"))

# Above all rooms: what others refer to by these names, and whoever writes hidden tests imports.
DOORS = {"__init__", "__main__", "api", "hidden", "magics", "release"}
# An import that runs upwards, and why it has to: none at present.
EXCEPTIONS: dict[tuple[str, str], str] = {}


@dataclass(frozen=True)
class Import:
    """One module imports another; `runs` if that happens outside of type checking."""

    importer: str
    imported: str
    runs: bool


def module_of(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


@cache
def sources() -> dict[str, str]:
    """The engine's modules without the hidden tests, which import `autograder.api` alone."""
    paths = [path for path in ENGINE.rglob("*.py") if ENGINE / "hidden" not in path.parents]
    return {module_of(path): path.read_text(encoding="utf-8") for path in sorted(paths)}


def imports_of(importer: str, source: str, modules: set[str]) -> Iterator[Import]:
    """The modules of the engine that a source imports, also inside functions."""
    tree = ast.parse(source)
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = importer.split(".")[: -node.level] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            parts = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if name in modules else base for name in parts]
        for name in names:
            if name.split(".")[0] == "autograder" and name != importer:
                yield Import(importer, name, id(node) not in typing_only)


@cache
def everything() -> list[Import]:
    texts = sources()
    return [found for name, text in texts.items() for found in imports_of(name, text, set(texts))]


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def upwards(found: Import) -> bool:
    """Whether an import leaves its room for one above it, or for a door."""
    importer, imported = room(found.importer), room(found.imported)
    if importer == imported or importer in DOORS or imported == "__init__":
        return False
    return imported in DOORS or ROOMS.index(imported) < ROOMS.index(importer)


def test_the_drawing_has_every_room() -> None:
    packages = {path.parent.name for path in ENGINE.glob("*/__init__.py")}
    assert sorted(ROOMS) == sorted(packages - DOORS)
    assert {path.stem for path in ENGINE.glob("*.py")} <= DOORS


def test_no_import_runs_upwards() -> None:
    found = {(each.importer, each.imported) for each in everything() if upwards(each)}
    assert found - EXCEPTIONS.keys() == set()
    assert EXCEPTIONS.keys() - found == set(), "no longer an exception"


def test_no_module_depends_on_itself() -> None:
    graph: dict[str, set[str]] = {}
    for each in everything():
        # A package's own file is read before each of its modules, and is no detour.
        if each.runs and not each.importer.startswith(f"{each.imported}."):
            graph.setdefault(each.importer, set()).add(each.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_hidden_tests_are_found_in_one_place() -> None:
    assert [e for e in everything() if room(e.imported) == "hidden"] == []
    naming = {
        name
        for name, text in sources().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).startswith("importlib.")
        and "autograder.hidden" in ast.unparse(node)
    }
    assert naming == set(), "course/hidden_tests.py does that"


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("from autograder.cli.home import home_folder", True),
        ("def f():\n    from autograder.cli import home", True),
        ("def f():\n    import autograder.cli.home as h", True),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import autograder.cli", True),
        ("from autograder.api import Probes", True),
        ("from autograder.course.cells import kind", False),
        ("import autograder", False),
    ],
)
def test_an_import_upwards_is_seen_wherever_it_stands(source: str, seen: bool) -> None:
    found = imports_of("autograder.judging.judge", source, set(sources()))
    assert any(map(upwards, found)) is seen


@pytest.mark.parametrize(
    "name",
    [
        "autograder.cli.main",  # the console script of an environment that is installed already
        "autograder.magics.load_ipython_extension",
        "autograder.sandbox.provisioner.SealedProvisioner",
        *re.findall(r"\"(autograder\.[\w.]+)\"", (ROOT / "nbgrader_config.py").read_text()),
    ],
)
def test_what_configurations_refer_to_is_there(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert callable(getattr(importlib.import_module(module), attribute))
    assert module in sources()


def test_tests_mirror_the_rooms() -> None:
    """A folder of tests is a room's, or one of a few that are about the course as a whole."""
    others = {"answers", "browser", "fixtures", "helpers", "lessons"}
    folders = {path.name for path in (ROOT / "tests").iterdir() if any(path.glob("*.py"))}
    assert folders - others <= set(ROOMS)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/design.md", "README.md"])
def test_what_is_said_of_files_is_true(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    said = set(re.findall(r"`((?:autograder|tests|docs|etc|benchmarks)/[\w/.-]+)`", text))
    examples = {path for path in said if re.search(r"hidden/(optimizers|topic)\b", path)}
    assert [path for path in sorted(said - examples) if not (ROOT / path).exists()] == []


def test_docstrings_refer_to_nothing_outside_the_repository() -> None:
    outside = re.compile(r"\b(?:DESIGN|CURRICULUM|STYLE|VOICE)\b|\.\./")
    named = []
    for module, text in sources().items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                said = ast.get_docstring(node) or ""
                named += [f"{module}: {word[0]}" for word in outside.finditer(said)]
    assert named == []
