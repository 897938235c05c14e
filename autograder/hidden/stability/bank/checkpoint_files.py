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
    """Old, new or nothing is left, and no file beside it; and whether all failures were raised."""
    after = {
        where: {
            "files beside it": Number(sum(name != "run.pt" for name in seen["files"]), "int64"),
            "can what is left be loaded?": _whole(seen["left"], where),
        }
        for where, seen in raw.items()
    }
    return {**after, "is each failure raised?": all(seen["said"] for seen in raw.values())}


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
LEFT = (
    "The file is written aside and renamed, but when something fails in between, that file stays "
    "in the folder. Remove it, whatever happens."
)
NOT_REMOVED = ("        aside.unlink(missing_ok=True)\n", "        pass\n")
IN_MEMORY = (
    "        buffer = io.BytesIO()\n"
    "        torch.save(run, buffer)\n"
    "        aside.write_bytes(buffer.getvalue())\n"
    "        aside.replace(path)\n"
)
flagged("half_file_left", LEFT, NOT_REMOVED)
flagged("whole_file_left", LEFT, (WRITTEN, IN_MEMORY), NOT_REMOVED)
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
ASIDE = '    aside = path.with_name(f"{path.name}.{os.getpid()}.partial")\n'
flagged(
    "written_on_another_disk",
    (
        "The temporary file lies in the system's folder for such files, perhaps on another disk, "
        "and a rename can't cross from one to the other: OSError. Write it into the folder of the "
        "old one."
    ),
    (ASIDE, ASIDE.replace("path.with_name(", "Path(tempfile.gettempdir(), ")),
)
flagged(
    "moved_from_another_disk",
    (
        "The temporary file lies in the system's folder for such files. Between two disks "
        "shutil.move copies, over the old file, which is broken meanwhile. Write it into the "
        "folder of the old one, and rename it."
    ),
    (ASIDE, ASIDE.replace("path.with_name(", "Path(tempfile.gettempdir(), ")),
    (
        "        aside.replace(path)\n",
        "        import shutil\n\n        shutil.move(aside, path)\n",
    ),
)
flagged(
    "backup_left",
    (
        "The old file is renamed before the new one takes its place, and stays in the folder under "
        "the other name. In between nothing lies at `path`; os.replace needs no backup."
    ),
    (
        "        aside.replace(path)\n",
        (
            "        if path.exists():\n"
            '            path.replace(path.with_name(path.name + ".bak"))\n'
            "        aside.replace(path)\n"
        ),
    ),
)
flagged(
    "failure_swallowed",
    (
        "When saving fails, nothing is raised: the run goes on for hours, and whoever started it "
        "believes that there is a checkpoint. Tidy up, and let the error through."
    ),
    (REMOVED, "    except Exception:\n        aside.unlink(missing_ok=True)\n"),
)
checkpoints.by_exceptions("written_on_another_disk")
