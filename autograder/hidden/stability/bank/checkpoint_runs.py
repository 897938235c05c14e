"""Saving and loading a run that goes on: what all right answers share, and mistakes."""

from functools import partial
from typing import Any

from autograder.api import EXACT, Bank, equal

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
checkpoints = bank.exercise("save_checkpoint__load_checkpoint")
flagged = partial(checkpoints.edit, about="anything")  # no number has to show these


@checkpoints.observe("parts")
def parts(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Each part as it is after loading; then whether that is, to the last bit, what was saved."""
    loaded = {part: raw[part] for part in ("the model", "the optimizer")}
    loaded |= {part: raw[part]["now"] for part in ("the scheduler", "the scaler")}
    kept = raw["what was saved"]
    same = {
        f"is {part} what was saved?": equal(kept[name], loaded[part], EXACT)
        for name, part in zip(kept, loaded, strict=True)
    }
    return {**{part: value for part, value in raw.items() if part != "what was saved"}, **same}


@checkpoints.observe("resumes")
def resumes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Whether what came of a loaded run is, to the last bit, the run that went on; its weights."""
    end = raw["uninterrupted"]
    return {
        where: {
            **{f"is the {part} the same?": equal(end[part], other[part], EXACT) for part in end},
            "weights": other["weights"],
        }
        for where, other in raw.items()
    }


EACH = "        for name, part in parts.items():\n            part.load_state_dict(saved[name])\n"
SET = '        set_random_state(saved["random"])\n'
NO_PART = (
    "        for name, part in parts.items():\n"
    "            if name != {!r}:\n"
    "                part.load_state_dict(saved[name])\n"
)
PYTHON = "    random.setstate((version, tuple(words.tolist()), gauss))\n"
NUMPY = (
    '    kind, keys, *rest = state["numpy"]\n'
    "    np.random.set_state((kind, keys.numpy(), *rest))  # noqa: NPY002\n"
)
TORCH = '    torch.set_rng_state(state["torch"])\n'
CUDA = 'state["cuda"][: torch.cuda.device_count()]'
BACK = 'return {"epoch": saved["epoch"], "best": saved["best"]}'


def without(part: str) -> tuple[str, str]:
    return EACH, NO_PART.format(part)


FORGOTTEN: Mistakes = {
    ("optimizer_state_forgotten", without("optimizer")): (
        "The optimizer's memory is not restored: averages and counts start from nothing, so "
        "the first steps after a resume are others. Its state_dict belongs in the file, and "
        "back."
    ),
    ("scheduler_state_forgotten", without("scheduler")): (
        "The scheduler starts again at step 0 of its plan, so the rates after a resume are "
        "those of the beginning. Its state_dict belongs in the file, and back."
    ),
    ("scaler_forgotten", without("scaler")): (
        "The loss scale starts again from its first value, and the count of good steps with "
        "it. The scaler has a state_dict as well: save it, and load it."
    ),
    ("model_forgotten", without("model")): (
        "The optimizer and the rest are restored, and the weights stay as they were. The model's "
        "state_dict has to be loaded, too."
    ),
    ("python_random_forgotten", (PYTHON, "")): (
        "Python's random goes on from wherever it was, so whatever draws from it after a "
        "resume, such as an augmentation, differs. Its state is random.getstate()."
    ),
    ("numpy_random_forgotten", (NUMPY, "")): (
        "NumPy's global generator goes on from wherever it was, so what draws from it after "
        "a resume differs. Its state is np.random.get_state(), an array in it."
    ),
    ("torch_random_forgotten", (TORCH, "")): (
        "Torch's generator on the CPU goes on from wherever it was, so dropout masks after a "
        "resume differ. Its state is torch.get_rng_state()."
    ),
    ("only_torch_random_restored", (PYTHON, ""), (NUMPY, "")): (
        "Torch's random state is restored, and those of Python's random and of NumPy are not: "
        "augmentations and shuffles that draw from them differ after a resume. Three libraries "
        "keep one each."
    ),
    (
        "only_torch_on_the_cpu_restored",
        (PYTHON, ""),
        (NUMPY, ""),
        (CUDA, "[]"),
    ): (
        "Torch's random state on the CPU is restored, and no other. Python's random, NumPy and "
        "every GPU have a state of their own, and what draws from them differs after a resume."
    ),
    ("random_state_forgotten", (SET, "")): (
        "No random state is restored: masks, augmentations and orders after a resume are "
        "others, and the resumed run is another run. Three libraries keep one, and every "
        "GPU."
    ),
    (
        "numpy_half_restored",
        (
            NUMPY,
            (
                '    np.random.set_state(("MT19937", state["numpy"][1].numpy(), '
                'state["numpy"][2]))  # noqa: NPY002\n'
            ),
        ),
    ): (
        "Of NumPy's state only words and position are restored. It also keeps half of a "
        "normal draw for the next call: has_gauss and cached_gaussian belong to it."
    ),
    (
        "reseeded",
        (
            SET,
            (
                '        random.seed(saved["epoch"])\n'
                '        np.random.seed(saved["epoch"])  # noqa: NPY002\n'
                '        torch.manual_seed(saved["epoch"])\n'
            ),
        ),
    ): (
        "The generators are seeded with the epoch when a run is loaded. That can be "
        "repeated, but it is not what the uninterrupted run would have drawn."
    ),
    (
        "random_only_with_the_optimizer",
        (SET, '        if "optimizer" in parts:\n            set_random_state(saved["random"])\n'),
    ): (
        "The random state is restored only if the optimizer is asked for. It belongs to the "
        "run, not to one of its parts: restore it always."
    ),
    ("next_epoch", (BACK, BACK.replace('saved["epoch"]', 'saved["epoch"] + 1'))): (
        "The epoch comes back one higher than it was saved. It is asked for as saved; which "
        "one comes next is the caller's business."
    ),
}
for (name, *edits), text in FORGOTTEN.items():
    flagged(name, text, *edits)

CARDS = '"cuda": torch.cuda.get_rng_state_all(),  # none where there is no card\n'
SEEDS = "{0}random.seed({1})\n{0}np.random.seed({1})  # noqa: NPY002\n{0}torch.manual_seed({1})\n"
SHAPES = '    run["shapes"] = shapes_of(optimizer)\n'
flagged(
    "one_card_only",
    (
        "Only one GPU's random state is saved. A run on several has one for each: torch.cuda has "
        "get_rng_state_all, a list of them."
    ),
    (
        CARDS,
        '"cuda": [torch.cuda.get_rng_state()] if torch.cuda.device_count() else [],\n',
    ),
)
flagged(
    "seed_for_state",
    (
        "What is saved of torch's generator is the seed it began with, so a resume starts its "
        "numbers from the beginning. Its state is where it has got to: torch.get_rng_state()."
    ),
    ('"torch": torch.get_rng_state()', '"torch": torch.initial_seed()'),
    (TORCH, '    torch.manual_seed(state["torch"])\n'),
)
flagged(
    "seeded_when_saving",
    (
        "Saving seeds the generators, so that a load can do the same. A run that is saved then "
        "draws other numbers than one that isn't: read the states, and leave them alone."
    ),
    (SHAPES, SEEDS.format("    ", "epoch") + SHAPES),
)
flagged(
    "only_the_number_of_the_schedule",
    (
        "The scheduler is told the number of the epoch instead of its state. Schedules that work "
        "from step to step, and those that wait, keep more: load its state_dict."
    ),
    (
        EACH,
        NO_PART.format("scheduler")
        + '        if "scheduler" in parts:\n'
        + '            parts["scheduler"].last_epoch = saved["epoch"]\n',
    ),
)
flagged(
    "cuda_random_forgotten",
    (
        "The random state of the GPUs is not restored, so dropout there draws other masks after "
        "a resume. torch.cuda has get_rng_state_all, one state for each device."
    ),
    (CUDA, "[]"),
)
for name, new, text in (
    (
        "epoch_only",
        'return saved["epoch"]',
        (
            "Only the epoch comes back. Asked for is a dict with `epoch` and `best`, as they "
            "were saved."
        ),
    ),
    (
        "best_forgotten",
        'return {"epoch": saved["epoch"], "best": None}',
        (
            "What was given as `best` doesn't come back: history, patience and the loader's "
            "place are kept there. Save it, and return it as it was."
        ),
    ),
):
    flagged(name, text, (BACK, new))
