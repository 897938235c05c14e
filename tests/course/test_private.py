"""Files that are there whole or not at all, and what killed processes leave."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from autograder.course.private import mark, sweep, whole, write_atomically


def test_a_private_file_is_whole_and_its_owners_alone(tmp_path):
    path = tmp_path / "new" / "course.key"
    write_atomically(path, b"12", durable=True)
    write_atomically(path, b"345")
    assert path.read_bytes() == b"345"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["course.key"]


def test_where_writing_fails_the_old_file_stands_and_the_error_names_it(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    with (  # noqa: PT012 (half of it is written first)
        pytest.raises(OSError, match="No space left on device") as caught,
        whole(path) as file,
    ):
        file.write("ne")
        raise OSError(28, "No space left on device")
    assert caught.value.filename == str(path)
    with pytest.raises(FileNotFoundError, match="other"), whole(path):
        open(tmp_path / "other")  # noqa: PTH123, SIM115 (an error of another file stays its own)
    with pytest.raises(ZeroDivisionError), whole(path) as file:
        file.write(str(1 / 0))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_process_left_that_has_ended_is_swept_and_nothing_else(tmp_path):
    say = "from autograder.course.private import mark; print(mark())"
    ended = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True).stdout
    (tmp_path / "results").mkdir()
    left = [tmp_path / "results" / f"0.json{ended.strip()}a", tmp_path / f"00{ended.strip()}b"]
    left[0].touch()
    left[1].mkdir()
    (left[1] / "notebook.ipynb").touch()
    elsewhere = f"0.json~another-host~{os.getpid() + 1}~c"
    stays = [f"1.json{mark()}d", elsewhere, "2.json", "~1~2~"]
    for name in stays:
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"results", *stays}
    assert list((tmp_path / "results").iterdir()) == []
