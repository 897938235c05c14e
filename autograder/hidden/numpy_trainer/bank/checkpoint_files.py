"""Saving and loading a run that goes on: what all right answers share, and mistakes."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import Bank
from autograder.hidden.numpy_trainer.bank.reading import count

bank = Bank()
checkpoints = bank.exercise("save_checkpoint__load_checkpoint")
flagged = partial(checkpoints.edit, about="anything")  # no number shows these
LOADED = (
    "    optimizer.load_state_dict(state)  # the last that can refuse; it changes nothing then\n"
)
GENERATOR = "    rng.bit_generator.state = generator\n"
HALF = '    rng.bit_generator.state |= {"state": generator["state"]}\n'
PLAIN = '{"plain": value}'
FILLED = "    for name, array in params.items():\n        array[...] = saved[name]\n"


@checkpoints.observe("resumes")
def resumes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """In how many places what was loaded, and what came of it, is not the run that goes on."""
    saved, end = raw["before"], raw["end"]
    return {
        "epoch": raw["epoch"],
        "the arrays of params are the same objects": raw["in place"],
        "after saving": _parting(saved, raw["after"]),
        "after loading": _parting(saved, raw["loaded"]),
        "at the end of the resumed run": _parting(end, raw["resumed"]),
        "after going back in the same run": _parting(end, raw["back"]),
    }


@checkpoints.observe("fresh")
def fresh(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The same before the first step."""
    return {"epoch": raw["epoch"], "after loading": _parting(raw["before"], raw["loaded"])}


def _parting(one: Any, other: Any) -> Any:
    seen = {
        f"in the {part}": {"the count of wrong numbers": count(_wrong(one[part], other.get(part)))}
        for part in one
    }
    return {**seen, "parameters": other["parameters"]}


def _wrong(one: Any, other: Any) -> int:
    """How many numbers differ."""
    if isinstance(one, dict):
        return sum(_wrong(one[key], other.get(key)) for key in one)
    if isinstance(one, list | tuple):
        return sum(_wrong(a, b) for a, b in zip(one, other, strict=True))
    return int(np.sum(one != other))


flagged(
    "optimizer_left_out",
    "The optimizer's state is not restored, so a resumed run starts with empty velocities. Its "
    "losses look right, but no step is the same.",
    (LOADED, ""),
)
flagged(
    "generator_left_out",
    "The generator goes on from wherever it was, so a resumed run sees different batches and "
    "masks. Its state belongs in the checkpoint: rng.bit_generator.state.",
    (GENERATOR, ""),
)
flagged(
    "half_of_the_generator",
    "Only the two large numbers of the generator are restored. It also keeps half of a draw for "
    "the next small integer: save its whole state.",
    (GENERATOR, HALF),
)
flagged(
    "generator_reseeded",
    "The generator is seeded with the epoch when a run is loaded. That can be repeated, but it is "
    "not what the uninterrupted run would have drawn.",
    (GENERATOR, "    rng.bit_generator.state = np.random.default_rng(epoch).bit_generator.state\n"),
)
flagged(
    "single_precision",
    "The arrays are saved as float32 and lose half of their digits. A resumed run stays close, and "
    "is not the same: save them as they are.",
    (
        "arrays[name] = value\n",
        "arrays[name] = value.astype(value.dtype.str.replace('f8', 'f4'))\n",
    ),
)
flagged(
    "rounded_numbers",
    "The numbers of the optimizer's state are rounded on their way through text. JSON keeps all "
    "digits of a float; a format with six does not.",
    (PLAIN, '{"plain": float(f"{value:.6g}") if isinstance(value, float) else value}'),
)
checkpoints.edit(
    "next_epoch",
    "The epoch comes back one higher than it was saved. The contract returns it as saved; which "
    "one comes next is the caller's business.",
    ("    return epoch\n", "    return epoch + 1\n"),
)
flagged(
    "empty_things_lost",
    "A state with empty lists and dicts does not come back as it was: what is flattened into names "
    "and values has no place for them. An optimizer that has not stepped yet may well have some.",
    (
        "for key, item in value.items()}",
        "for key, item in value.items() if not isinstance(item, list | tuple | dict) or item}",
    ),
)
flagged(
    "arrays_replaced",
    "The dict gets new arrays, and the optimizer still holds the old ones, so its steps no longer "
    "reach the network. Write into the arrays that are there.",
    (FILLED, "    for name in list(params):\n        params[name] = saved[name]\n"),
)
flagged(
    "parameters_not_restored",
    "Optimizer and generator are restored, and the parameters stay as they were. Write the saved "
    "values into the given arrays.",
    (FILLED, ""),
)
flagged(
    "pickled",
    "The state goes into the archive as an object array, which is a pickle: np.load refuses it "
    "without allow_pickle, and loading it may run code. Store text and plain arrays.",
    (
        "np.array(json.dumps(pack(run, arrays)))",
        "np.array(json.dumps(pack(run, arrays)), dtype=object)",
    ),
    ("with np.load(path, allow_pickle=False) as", "with np.load(path, allow_pickle=True) as"),
)
flagged(
    "own_suffix",
    "No file is at the path that was asked for: np.savez, or with_suffix, gives it another name. "
    "The contract says exactly path, with or without a suffix.",
    ("    path = Path(path)\n", '    path = Path(path).with_suffix(".npz")\n'),
)
checkpoints.by_exceptions("empty_things_lost", "own_suffix")
