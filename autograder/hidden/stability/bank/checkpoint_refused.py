"""Refusing to load a run: what all right answers share, and mistakes."""

from functools import partial
from typing import Any

from autograder.api import EXACT, Bank, Raised, equal

from .checkpoint_runs import EACH

bank = Bank()
checkpoints = bank.exercise("save_checkpoint__load_checkpoint")
flagged = partial(checkpoints.edit, about="anything")  # no number shows these


@checkpoints.observe("damaged")
def damaged(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Which kinds of files were refused with anything but a ValueError, or changed things.

    Each answer's file has members of its own, so counts of what went wrong do not compare.
    """
    return {
        f"for files {kind}": {
            "do all raise a ValueError?": all(_is_value_error(a["answer"]) for a in answers),
            "does everything stay as it was?": not any(_changed(a) for a in answers),
        }
        for kind, answers in raw.items()
    }


def _is_value_error(answer: Any) -> bool:
    return isinstance(answer, Raised) and "ValueError" in answer.classes


@checkpoints.observe(
    "missing", "other_models", "other_optimizers", "missing_states", "refused_states"
)
def refused(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The answer, and what changed."""
    return {
        where: {"the answer": seen["answer"], "changed": _changed(seen)}
        for where, seen in raw.items()
    }


@checkpoints.observe("code")
def code(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Whether the code ran, and whether anything was loaded."""
    return {
        where: {
            "did its code run?": seen["ran"],
            "was it refused?": isinstance(seen["answer"], Raised),
            "changed": _changed(seen),
        }
        for where, seen in raw.items()
    }


def _changed(seen: Any) -> list[str]:
    """Which parts of a run a load has changed in any bit."""
    before, after = seen["before"], seen["after"]
    return [part for part in before if not equal(before[part], after[part], EXACT)]


CHECKED = (
    "        with zipfile.ZipFile(io.BytesIO(content)) as archive:\n"
    "            if damaged := archive.testzip():\n"
    '                raise ValueError(f"the checksum of {damaged} does not fit")\n'
)
LOAD = 'saved = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)'
STRANGERS = "    refuse_strangers(saved, parts)\n"
MISSING = (
    "    if missing := set(parts) - set(saved):\n"
    '        raise ValueError(f"asked for, and not saved: {missing}")\n'
)
SHAPES = (
    '    if "optimizer" in parts and saved["shapes"] != shapes_of(parts["optimizer"]):\n'
    '        raise ValueError("the checkpoint is of an optimizer with other parameters")\n'
)
PUT_BACK = (
    "        for name, part in parts.items():\n            part.load_state_dict(before[name])\n"
)
READ = "    content = Path(path).read_bytes()  # read once: what is checked is what is loaded\n"

flagged(
    "checksums_not_looked_at",
    (
        "A file with an altered byte is loaded, wrong weight and all: torch.load does not look "
        "at the archive's checksums. zipfile's testzip does, and names the member that is "
        "damaged."
    ),
    (CHECKED, ""),
)
flagged(
    "loaded_where_it_was",
    (
        "What was saved on a GPU is loaded onto a GPU: best comes back there, and a machine "
        "without one raises. map_location says where to; load_state_dict brings the rest to its "
        "place."
    ),
    (LOAD, LOAD.replace('map_location="cpu", ', "")),
    source="PyTorch documentation, torch.load",
)
flagged(
    "code_is_run",
    (
        "The file is unpickled without weights_only=True, so whoever wrote it can run code on "
        "this machine. Data is all that a checkpoint has to hold."
    ),
    (LOAD, LOAD.replace("True", "False")),
    source="PyTorch documentation, torch.load",
)
for called, caught in (
    ("of_zips_alone", "zipfile.BadZipFile"),
    ("of_torch_alone", "RuntimeError"),
):
    flagged(
        f"damage_{called}",
        (
            "Damaged files raise whatever the library happens to raise: BadZipFile, "
            "RuntimeError, UnpicklingError, EOFError. The caller is promised one: turn all of "
            "them into ValueError, and let FileNotFoundError pass."
        ),
        (
            (
                "    except Exception as error:  # zip, pickle, key, type, end of file: "
                "damage has many names\n"
            ),
            f"    except {caught} as error:\n",
        ),
    )
flagged(
    "missing_is_a_value_error",
    (
        "A file that is not there raises ValueError, as if it were damaged. The caller wants to "
        "tell the two apart: let FileNotFoundError pass."
    ),
    (
        READ,
        f"    try:\n    {READ}    except FileNotFoundError as error:\n"
        "        raise ValueError(path) from error\n",
    ),
)
flagged(
    "optimizer_shapes_not_compared",
    (
        "An optimizer of other shapes takes the state: torch compares the number of parameters, "
        "not their shapes, and the next step fails or broadcasts. Compare the shapes yourself."
    ),
    (SHAPES, ""),
)
flagged(
    "not_strict",
    (
        "What the model and the file have in common is loaded, and the rest is left out: a "
        "checkpoint of another model goes in by halves. Names and shapes have to be the same."
    ),
    (
        EACH,
        EACH.replace(
            "part.load_state_dict(saved[name])",
            'part.load_state_dict(saved[name], **({"strict": False} if name == "model" else {}))',
        ),
    ),
)
flagged(
    "missing_state_skipped",
    (
        "A state that is asked for and was not saved is skipped, so the run goes on with a new "
        "scheduler or scaler and nobody knows. Raise ValueError."
    ),
    (MISSING, ""),
    (
        EACH,
        EACH.replace(
            "            part.load_state_dict(saved[name])\n",
            "            if name in saved:\n                part.load_state_dict(saved[name])\n",
        ),
    ),
)
flagged(
    "half_loaded",
    (
        "When something is refused, the parts before it are loaded already and stay so: weights "
        "of one run, the rest of another. Check first, or put back what was there."
    ),
    (STRANGERS, ""),
    (PUT_BACK, ""),
)
flagged(
    "loaded_before_it_is_checked",
    (
        "The model is loaded before the rest was checked. If that is refused, the weights have "
        "changed already: whatever can fail comes first."
    ),
    (
        STRANGERS,
        (
            '    before_all = parts.pop("model")\n'
            '    before_all.load_state_dict(saved["model"])\n'
            '    refuse_strangers(saved, {"model": before_all, **parts})\n'
        ),
    ),
)
flagged(
    "not_put_back",
    (
        "When one part refuses its state, those loaded before it stay changed. Keep a copy of "
        "each state before loading, and put it back."
    ),
    (PUT_BACK, ""),
)
BY_REFERENCE = (
    "What is kept for putting back are the parts' own tensors, and loading writes into them: put "
    "back, they change nothing. Keep a deep copy of each state."
)
COPIES = "copy.deepcopy(part.state_dict())"
flagged("put_back_by_reference", BY_REFERENCE, (COPIES, "part.state_dict()"))
# Whoever compares the model's shapes as well shows these two only where a part refuses its state.
OF_THE_MODEL = (
    '    kept, own = saved["model"], parts["model"].state_dict()\n'
    "    if {n: t.shape for n, t in own.items()} != {n: t.shape for n, t in kept.items()}:\n"
    '        raise ValueError("the checkpoint is of another model")\n'
)
CHECKED_FIRST = (STRANGERS, STRANGERS + OF_THE_MODEL)
flagged(
    "put_back_by_reference_of_one_model",
    BY_REFERENCE,
    CHECKED_FIRST,
    (COPIES, "part.state_dict()"),
)
flagged(
    "not_put_back_of_one_model",
    (
        "When one part refuses its state, those loaded before it stay changed. Keep a copy of "
        "each state before loading, and put it back."
    ),
    CHECKED_FIRST,
    (PUT_BACK, ""),
)
DRAWN_FIRST = (
    (
        EACH + '        set_random_state(saved["random"])\n',
        '        set_random_state(saved["random"])\n' + EACH,
    ),
    ("        set_random_state(drawn)\n", ""),
)
for name, before in (("", ()), ("_of_one_model", (CHECKED_FIRST,))):
    flagged(
        f"random_state_not_put_back{name}",
        (
            "The random state is set before the parts are loaded, and stays so when one of them "
            "refuses its state. Set it last, when nothing can fail any more, or put it back."
        ),
        *before,
        *DRAWN_FIRST,
    )
flagged(
    "random_state_first",
    (
        "The random state is set before everything is checked, so a checkpoint that is refused "
        "still moves it. Change nothing until nothing can fail any more."
    ),
    (STRANGERS, '    set_random_state(saved["random"])\n' + STRANGERS),
)
flagged(
    "refused_by_another_name",
    (
        "What doesn't fit raises the RuntimeError or KeyError that torch happens to raise. The "
        "caller is promised a ValueError for everything that doesn't fit."
    ),
    (STRANGERS, ""),
    (
        '        raise ValueError(f"{path} does not fit this run: {error}") from error\n',
        "        raise\n",
    ),
)
