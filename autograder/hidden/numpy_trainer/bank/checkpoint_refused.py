"""Refusing to load a run: what all right answers share, and mistakes."""

from functools import partial
from typing import Any

from autograder.api import Bank, Raised
from autograder.hidden.numpy_trainer.bank.checkpoint_files import FILLED, GENERATOR, LOADED
from autograder.hidden.numpy_trainer.bank.reading import same

bank = Bank()
checkpoints = bank.exercise("save_checkpoint__load_checkpoint")
flagged = partial(checkpoints.edit, about="anything")  # no number shows these
SHAPES = (
    "    if here != there:\n"
    '        raise ValueError(f"{path} is of another model: {there}, here {here}")\n'
)
READ = "    saved, state, epoch, generator = read_checkpoint(path)\n"
CHECKED = (
    "        with zipfile.ZipFile(path) as archive:\n"
    "            damaged = archive.testzip()\n"
    "        if damaged is not None:\n"
    '            raise ValueError(f"the checksum of {damaged} does not fit")\n'
)


@checkpoints.observe("refuses")
def refuses(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Which kinds of files were refused with anything but a ValueError, or changed things.

    Each answer's file has members of its own, so that counts of what went wrong do not compare.
    """
    return {
        f"for files {kind}": {
            "all raise a ValueError": all(_is_value_error(a["answer"]) for a in answers),
            "everything stays as it was": not any(_changed(a) for a in answers),
        }
        for kind, answers in raw.items()
    }


def _is_value_error(answer: Any) -> bool:
    return isinstance(answer, Raised) and "ValueError" in answer.classes


@checkpoints.observe("strangers", "missing")
def strangers(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The answer, and what changed."""
    return {
        where: {"the answer": seen["answer"], "changed": _changed(seen)}
        for where, seen in raw.items()
    }


def _changed(seen: Any) -> list[str]:
    """Which parts of a run a load has changed in any bit."""
    before, after = seen["before"], seen["after"]
    return [part for part in before if not same(before[part], after[part])]


for called, caught, check in (
    ("under_many_names", "()", CHECKED),
    ("of_zips_alone", "zipfile.BadZipFile", CHECKED),
    ("of_members_alone", "KeyError", CHECKED),
    ("unchecked_under_many_names", "()", ""),
    ("unchecked_of_members_alone", "KeyError", ""),
    ("unchecked_of_zips_and_members", "(zipfile.BadZipFile, KeyError)", ""),
):
    flagged(
        f"damage_{called}",
        "Damaged files raise whatever the library happens to raise: BadZipFile, KeyError, "
        "EOFError, zlib.error and others. The caller is promised one: turn all of them into "
        "ValueError, and let FileNotFoundError pass.",
        ("except Exception as error", f"except {caught} as error"),
        (CHECKED, check),
    )
flagged(
    "missing_is_a_value_error",
    "A file that is not there raises ValueError, like a damaged one. That it is missing is another "
    "thing to know: let FileNotFoundError pass.",
    ("    except FileNotFoundError:\n        raise\n", ""),
)
flagged(
    "shapes_not_compared",
    "The saved shapes are not compared with those of params, so that a checkpoint of another model "
    "is loaded in part, or broadcast. Compare all names and shapes first.",
    (SHAPES, ""),
)
flagged(
    "only_names_compared",
    "The names of the parameters are compared, and their shapes are not: NumPy broadcasts what "
    "fits by accident, and fails half-way where nothing does. Compare both.",
    ("    if here != there:\n", "    if here.keys() != there.keys():\n"),
)
flagged(
    "loaded_before_checked",
    "The parameters are filled before the optimizer has accepted its state. If it refuses, half of "
    "the run is another one. Whatever can fail comes first.",
    (LOADED, ""),
    (FILLED, FILLED + LOADED),
)
for what, line in (("first", READ), ("before_the_optimizer", LOADED)):
    flagged(
        f"generator_set_{what}",
        "The generator's state is set before everything else is checked, so that a checkpoint that "
        "is refused still moves it. Change nothing until nothing can fail any more.",
        (line, line + GENERATOR if line == READ else GENERATOR + line),
    )
flagged(
    "missing_members_filled",
    "Where a member is missing, what is there already is kept, and nobody learns that the file was "
    "not whole. A missing member is damage: ValueError.",
    (
        '    if kind == "array":\n        return arrays[content]',
        '    if kind == "array":\n        return arrays.get(content)',
    ),
    (READ, READ + "    saved = {k: params.get(k) if v is None else v for k, v in saved.items()}\n"),
)
