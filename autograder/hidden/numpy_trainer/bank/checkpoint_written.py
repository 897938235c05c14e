"""Writing so that no crash spoils a checkpoint: what all right answers share, and mistakes."""

from functools import partial
from typing import Any

from autograder.api import Bank, Number
from autograder.hidden.numpy_trainer.bank.reading import count

bank = Bank()
checkpoints = bank.exercise("save_checkpoint__load_checkpoint")
flagged = partial(checkpoints.edit, about="anything")  # no number shows these
WRITTEN = (
    '        with aside.open("wb") as file:\n'
    "            np.savez(file, **arrays)\n"
    "            file.flush()\n"
    "            os.fsync(file.fileno())  # the content is on the disk before the name is\n"
    "        aside.replace(path)\n"
)
FAILED = "    except OSError:\n        path.unlink()\n        raise\n"
STRAIGHT = '        with path.open("wb") as file:\n            np.savez(file, **arrays)\n'


@checkpoints.observe("crashes")
def crashes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Old, new or nothing is left, and no file beside it."""
    return {
        where: {
            "files beside it": count(sum(name != "run.npz" for name in seen["files"])),
            "what is left can be loaded": _whole(seen["left"], where),
        }
        for where, seen in raw.items()
    }


def _whole(left: Any, where: str) -> bool:
    """The old file, the whole new one of epoch 2, or nothing where there was nothing."""
    if isinstance(left, str):
        return left == "old" or (left == "nothing" and "none" in where)
    return isinstance(left, Number) and left.value == 2


flagged(
    "suffix_appended",
    "np.savez is given the path itself, and appends .npz where that has no such suffix, so that "
    "the file lies elsewhere. Give it an open file: nothing is appended to that.",
    (WRITTEN, "        np.savez(path, **arrays)\n"),
    source="numpy.savez, parameter file",
)
flagged(
    "written_in_place",
    "The old file is opened for writing, and from then on it is broken until the new one is "
    "complete. A crash in between costs both: write aside, then rename.",
    (WRITTEN, STRAIGHT),
)
flagged(
    "removed_after_a_crash",
    "When writing fails the broken file is removed, but it has replaced the old one by then, so "
    "that nothing is left. Write aside, then rename: the old one stays until the end.",
    (WRITTEN, STRAIGHT),
    ("    finally:\n        aside.unlink(missing_ok=True)\n", FAILED),
)
flagged(
    "copied_not_renamed",
    "The new content is complete, in a file of its own or in memory, and is then written over the "
    "old file, which is broken meanwhile. os.replace gives a whole file the old one's name in one "
    "step.",
    (
        "        aside.replace(path)\n",
        "        path.write_bytes(aside.read_bytes())\n        aside.unlink()\n",
    ),
)
flagged(
    "half_file_left",
    "The file is written aside and renamed, but when something fails in between, the half file "
    "stays in the folder. Remove it, whatever happens.",
    ("        aside.unlink(missing_ok=True)\n", "        pass\n"),
)
flagged(
    "removed_first",
    "The old file is removed before the new one takes its name. If that fails there is neither: "
    "os.replace takes the place of an older file by itself.",
    (
        "        aside.replace(path)\n",
        "        path.unlink(missing_ok=True)\n        aside.replace(path)\n",
    ),
)
