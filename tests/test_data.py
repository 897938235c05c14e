"""Data sets are what their README says, and lessons find them from wherever their code runs."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from autograder.course.course import Course
from autograder.sandbox import Policy, SealedKernel

from .sandbox.conftest import ask

COURSE = Course.find()
FILES = sorted(COURSE.data.glob("*.npz"))
FIND_DATA = re.compile(r"^def find_data\(name\):\n(?:[ \n].*\n?)+", re.MULTILINE)


def loaders() -> dict[str, str]:
    """`find_data` as each lesson that reads data has it."""
    sources = {name: COURSE.lesson(name).reference_source for name in COURSE.lesson_ids()}
    found = {name: FIND_DATA.search(source) for name, source in sources.items()}
    return {name: match[0].rstrip() for name, match in found.items() if match}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_readme_has_checksum_licence_and_script(path: Path) -> None:
    readme = (COURSE.data / "README.md").read_text()
    section = readme.split(f"## {path.name}")[1].split("\n## ")[0]
    assert hashlib.sha256(path.read_bytes()).hexdigest() in section
    for word in ("arrays", "load", "made by", "original", "licence"):
        assert f"| {word} |" in section
    [script] = re.findall(r"`(make_\w+\.py)`", section)
    assert (COURSE.data / script).is_file()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_readme_has_names_dtypes_and_shapes(path: Path) -> None:
    section = (COURSE.data / "README.md").read_text().split(f"## {path.name}")[1]
    said = re.search(r"\| arrays \|(.*)\|", section)
    assert said is not None
    found = re.findall(r"`(\w+)`: (u?int\d+) (\([\d, ]+\))", said[1])
    with np.load(path, allow_pickle=False) as arrays:
        shapes = {name: (str(arrays[name].dtype), str(arrays[name].shape)) for name in arrays}
    assert {name: (dtype, shape) for name, dtype, shape in found} == shapes


def test_digits_are_complete() -> None:
    with np.load(COURSE.data / "digits.npz") as digits:
        x, y = digits["x"], digits["y"]
    assert (x.min(), x.max()) == (0, 16)
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_fashion_images_have_as_many_of_each_class_and_none_twice() -> None:
    with np.load(COURSE.data / "fashion_mnist.npz") as fashion:
        parts = {name: fashion[name] for name in fashion}
    assert np.bincount(parts["y_train"]).tolist() == [1000] * 10
    assert np.bincount(parts["y_test"]).tolist() == [200] * 10
    train = {image.tobytes() for image in parts["x_train"]}
    assert not [image for image in parts["x_test"] if image.tobytes() in train]


def test_all_lessons_have_the_same_loader() -> None:
    assert "05_optimizers" in loaders()
    assert len(set(loaders().values())) == 1, {k: hash(v) for k, v in loaders().items()}


@pytest.mark.parametrize("place", ["notebooks/05_optimizers", "autograded/ana/05_optimizers", "."])
def test_data_is_found_by_looking_upward(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "digits.npz").write_bytes(b"")
    monkeypatch.chdir(tmp_path / place)
    monkeypatch.delenv("DESCENT_DATA", raising=False)
    assert found("digits.npz") == tmp_path / "data" / "digits.npz"


def test_data_is_found_beside_the_notebook_and_where_descent_data_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("elsewhere", "assignment"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / "assignment")
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path / "elsewhere"))
    with pytest.raises(FileNotFoundError, match="DESCENT_DATA"):
        found("plays.npz")
    (tmp_path / "elsewhere" / "plays.npz").write_bytes(b"")
    assert found("plays.npz").parent.name == "elsewhere"
    (tmp_path / "assignment" / "plays.npz").write_bytes(b"")
    assert found("plays.npz").parent.name == "assignment"


@pytest.mark.sealed
def test_data_is_found_inside_a_sealed_kernel() -> None:
    source = next(iter(loaders().values()))
    code = (
        f"from pathlib import Path\nimport numpy as np\n{source}\n"
        f"answer = [np.load(find_data(name)).files for name in {[f.name for f in FILES]!r}]"
    )
    with SealedKernel(Policy(data=COURSE.data, torch=False)) as kernel:
        assert ask(kernel, code) == [np.load(path).files for path in FILES]


def found(name: str) -> Path:
    """What a lesson's loader gives for a data set, in this process."""
    names: dict[str, object] = {}
    exec(f"import os\nfrom pathlib import Path\n{next(iter(loaders().values()))}", names)
    path = names["find_data"](name)  # type: ignore[operator]
    assert isinstance(path, Path)
    return path
