"""Writing so that no crash spoils a checkpoint: what all right answers share, and mistakes."""

from functools import partial
from typing import Any

from autograder.api import Bank, Number

bank = Bank()
checkpoints = bank.exercise("save_checkpoint__load_checkpoint")
flagged = partial(checkpoints.edit, about="anything")  # no number shows these
OPEN = '        with aside.open("wb") as file:\n'
WRITTEN = (
    OPEN + "            torch.save(run, file)\n"
    "            file.flush()\n"
    "            os.fsync(file.fileno())  # the content is on the disk before the name is\n"
    "        aside.replace(path)\n"
)
STRAIGHT = "        torch.save(run, path)\n"
REMOVED = "    finally:\n        aside.unlink(missing_ok=True)\n"


@checkpoints.observe("crashes")
def crashes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Old, new or nothing is left, and no file beside it."""
    return {
        where: {
            "files beside it": Number(sum(name != "run.pt" for name in seen["files"]), "int64"),
            "can what is left be loaded?": _whole(seen["left"], where),
        }
        for where, seen in raw.items()
    }


def _whole(left: Any, where: str) -> bool:
    """The old file, the whole new one of epoch 2, or nothing where there was nothing."""
    if isinstance(left, str):
        return left == "old" or (left == "nothing" and "none" in where)
    return isinstance(left, Number) and left.value == 2


flagged(
    "written_in_place",
    (
        "The old file is opened for writing, and from then on it is broken until the new one is "
        "complete. A kill in between costs both: write aside, then rename."
    ),
    (WRITTEN, STRAIGHT),
)
flagged(
    "copied_not_renamed",
    (
        "The new content is complete, in a file of its own or in memory, and is then written "
        "over the old file, which is broken meanwhile. A rename gives it the old one's name in "
        "one step."
    ),
    (
        "        aside.replace(path)\n",
        "        path.write_bytes(aside.read_bytes())\n        aside.unlink()\n",
    ),
)
flagged(
    "half_file_left",
    (
        "The file is written aside and renamed, but when something fails in between, the half "
        "file stays in the folder. Remove it, whatever happens."
    ),
    ("        aside.unlink(missing_ok=True)\n", "        pass\n"),
)
flagged(
    "removed_first",
    (
        "The old file is removed before the new one takes its name. If that fails there is "
        "neither: os.replace takes the place of an older file by itself."
    ),
    (
        "        aside.replace(path)\n",
        "        path.unlink(missing_ok=True)\n        aside.replace(path)\n",
    ),
)
flagged(
    "own_suffix",
    (
        "The file gets another name than the one that was asked for. It is to lie at exactly "
        "`path`, with or without a suffix."
    ),
    ("    path = Path(path)\n    aside", '    path = Path(path).with_suffix(".pt")\n    aside'),
    (
        "    content = Path(path).read_bytes()",
        '    content = Path(path).with_suffix(".pt").read_bytes()',
    ),
)
