"""A file that somebody asked for: every answer names it, on one line."""

import os

import pytest

from autograder.handins.asked import read_asked
from autograder.submission.read import NotANotebook
from tests.helpers.handing_in import different, right, tarred, zipped


def refusal(path):
    with pytest.raises(NotANotebook) as error:
        read_asked(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("name", ["Copy of x (1).ipynb", "x.ipynb.txt", "X.IPYNB", "x"])
def test_a_notebook_is_read_whatever_its_name(tmp_path, name):
    (tmp_path / name).write_bytes(right())
    assert read_asked(tmp_path / name).cells


def test_a_missing_file_is_named_with_one_that_is_there(tmp_path):
    (tmp_path / "orientation.ipynb").write_bytes(right())
    assert "does not exist" in refusal(tmp_path / "nowhere" / "x.ipynb")
    said = refusal(tmp_path / "orientaton.ipynb")
    assert said.endswith(f"did you mean {tmp_path / 'orientation.ipynb'}?")
    assert "cannot be read" in refusal(tmp_path / "orientation.ipynb" / "x.ipynb")


def test_a_folder_is_named_with_the_notebooks_in_it(tmp_path):
    assert refusal(tmp_path).endswith("is a folder, and no notebook")
    (tmp_path / "orientation.ipynb").write_bytes(right())
    assert f"({tmp_path / 'orientation.ipynb'})" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped({"x.ipynb": b"{}"}), "is a zip archive"),
        (tarred({"x.ipynb": b"{}"}), "is a gzip archive"),
        (b"%PDF-1.7", "is a PDF"),
        (b"<!DOCTYPE html>", "is an HTML page"),
        (b"", "the file is empty"),
        (b"{", "not JSON"),
    ],
)
def test_what_is_no_notebook_is_named_with_what_it_is(tmp_path, content, said):
    (tmp_path / "x.ipynb").write_bytes(content)
    assert said in refusal(tmp_path / "x.ipynb")


def test_a_link_is_named_with_the_command_that_follows_it(tmp_path):
    (tmp_path / "there.ipynb").write_bytes(different())
    (tmp_path / "x.ipynb").symlink_to("there.ipynb")
    (tmp_path / "y.ipynb").symlink_to("gone.ipynb")
    (tmp_path / "z.ipynb").symlink_to("z.ipynb")
    said = refusal(tmp_path / "x.ipynb")
    assert said.endswith(f"autograder judge {tmp_path.resolve() / 'there.ipynb'}")
    for name in ("y.ipynb", "z.ipynb"):
        assert "leads nowhere" in refusal(tmp_path / name)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "x.ipynb")
    assert "is a pipe" in refusal(tmp_path / "x.ipynb")
