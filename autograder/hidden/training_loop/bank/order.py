"""Mistakes in what draws depend on, and what right answers share where the draws are free."""

from itertools import chain
from typing import Any

import numpy as np

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
seed_everything, make_loader = bank.exercise("seed_everything"), bank.exercise("make_loader")


@seed_everything.observe("python_draws", "numpy_draws", "torch_draws")
def draws_depend_on_the_seed(raw: Any, inputs: Any, secrets: Any) -> Any:
    first, other, again, zero = raw
    return {
        "does the same seed give the same draws?": first == again,
        "does another seed give other draws?": first != other and first != zero,
    }


def numbers(epochs: Any) -> list[list[list[int]]]:
    return [[[sample.value for sample in batch] for batch in epoch] for epoch in epochs]


@make_loader.observe("same_order_again")
def same_order_again(raw: Any, inputs: Any, secrets: Any) -> Any:
    """What comes after the same draws has their order; all else, that of a loader alone."""
    alone, noisy, *others = map(numbers, raw.values())
    come = all(sorted(chain(*epoch)) == [*range(13)] for epoch in alone)
    expected = dict(zip(list(raw)[1:], (alone, noisy, alone), strict=True))
    return {"does every sample come once?": come} | {
        f"{where}, in epoch {n}": {"is the order the same?": one == two}
        for (where, theirs), epochs in zip(expected.items(), (noisy, *others), strict=True)
        for n, (one, two) in enumerate(zip(theirs, epochs, strict=True), 1)
    }


def same_batches(epoch: list[list[int]]) -> bool:
    """Whether the batches are those of the data set's order, in any order."""
    return all([*range(batch[0], batch[0] + len(batch))] == batch for batch in epoch)


@make_loader.observe("orders_differ")
def orders_differ(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Two orders of 13 samples are equal by chance once in 13! = 6e9."""
    epochs = first, second, third, other = numbers([*raw["one"], *raw["other"]])
    if len({str(epoch) for epoch in epochs}) > 1 and all(map(same_batches, epochs)):
        return {"do samples change batches?": False}  # which order those have is chance
    return {
        "do samples change batches?": True,
        "is the first epoch shuffled?": [*chain(*first)] != [*range(13)],
        "does each epoch have another order?": first != second != third != first,
        "does another seed give another order?": first != other,
    }


@make_loader.observe("every_sample_once")
def every_sample_once(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Where samples are missing or repeated, which they are is a matter of chance."""
    sizes, sorted_by_sample, come = {}, {}, True
    for where, batches in raw.items():
        x, y = (np.concatenate(parts) for parts in zip(*batches, strict=True))
        order = np.argsort(x[:, 0])
        come = come and np.array_equal(x[order, 0], np.arange(len(x)))
        sizes[where] = {"the batch sizes": [len(inputs) for inputs, _ in batches]}
        sorted_by_sample[where] = {"the sorted inputs": x[order], "their targets": y[order]}
    seen = {"does every sample come once?": come, "in batches": sizes}
    return seen | {"after sorting": sorted_by_sample} if come else seen


PYTHON, NUMPY = "    random.seed(seed)\n", "    np.random.seed(seed)  # noqa: NPY002\n"
TORCH = "    torch.manual_seed(seed)\n"
DROPPED = (
    (PYTHON, "    random.Random(seed)\n"),
    (NUMPY, "    np.random.default_rng(seed)\n"),
    (TORCH, "    torch.Generator().manual_seed(seed)\n"),
)
SEEDS: Mistakes = {
    ("torch_only", (PYTHON + NUMPY, "")): (
        "Only torch is seeded. Augmentations and splits often draw from NumPy or from Python's "
        "random, and those still differ from run to run. Each library has a generator of its own."
    ),
    ("python_forgotten", (PYTHON, "")): (
        "Python's own random does not start from the seed: shuffles and choices made with it still "
        "differ from run to run. There are three generators to start."
    ),
    ("numpy_forgotten", (NUMPY, "")): (
        "NumPy's global generator does not start from the seed: whatever calls np.random still "
        "differs from run to run. There are three generators to start."
    ),
    ("torch_forgotten", (TORCH, "")): (
        "Torch's generator on the CPU does not start from the seed: first weights, dropout masks "
        "and orders of data still differ from run to run. There are three generators to start."
    ),
    ("generators_of_its_own", *DROPPED): (
        "At a call, none of the three global generators starts from the seed. New ones that are "
        "dropped again do not count: code draws from the global ones. Seed those, at every call."
    ),
    ("a_seed_of_its_own", (PYTHON, f"    seed = 42\n{PYTHON}")): (
        "Every call starts the generators from the same fixed number, whatever seed is given: runs "
        "with different seeds would all be one run, and their spread would be zero."
    ),
}
for (name, *edits), text in SEEDS.items():
    seed_everything.edit(name, text, *edits, source="PyTorch, Reproducibility", about="anything")

OWN, SHUFFLE = "torch.Generator().manual_seed(seed)", "shuffle=shuffle"
LOADER = "DataLoader(dataset, batch_size=batch_size, shuffle=shuffle, generator=generator)"
SEEDED, NOT_PASSED = (OWN, "torch.manual_seed(seed)"), (", generator=generator", "")
SHARED = (OWN, 'globals().setdefault("shared", torch.Generator()).manual_seed(seed)')
DRAWN = "torch.randperm(len(dataset), generator=generator)"
ANY = "torch.utils.data.RandomSampler(dataset, True, generator=generator) if shuffle else None"
DRAWN_ONCE = f"DataLoader([dataset[i] for i in {DRAWN}] if shuffle else dataset, batch_size)"

GLOBAL = (
    "The order does not come from the seed alone: torch's global generator, seeded or not, moves "
    "with every draw that anybody makes. Give the loader a generator of its own."
)
ONE_ORDER = (
    "Every epoch has the same order: it is drawn once, or the generator starts again from the seed "
    "each time. Batches then never mix differently. Start it once, and let it run on."
)
ORDERS: dict[tuple[Any, ...], tuple[str, str | None]] = {
    ("global_generator", NOT_PASSED): (GLOBAL, None),
    ("global_seed", SEEDED, NOT_PASSED): (GLOBAL, "global_generator"),
    ("global_generator_passed_on", SEEDED): (GLOBAL, "global_generator"),
    ("same_order_each_epoch", (LOADER, DRAWN_ONCE)): (ONE_ORDER, None),
    ("list_of_batches", (LOADER, f"list({LOADER})")): (ONE_ORDER, "same_order_each_epoch"),
}
for (name, *edits), (text, same) in ORDERS.items():
    make_loader.edit(name, text, *edits, about="anything", equivalent_to=same)

BATCHES = f"""class Batches:
        def __iter__(self):
            batches = list(DataLoader(dataset, batch_size=batch_size))
            places = range(len(batches))
            order = {DRAWN.replace("dataset", "batches")} if shuffle else places
            return iter([batches[i] for i in order])

    return Batches()"""
LOADERS: Mistakes = {
    ("batches_shuffled", (f"return {LOADER}", BATCHES)): (
        "Batches come in another order, and each always holds the same samples. Shuffle the "
        "samples, and cut batches afterwards, so that they mix anew in each epoch."
    ),
    ("one_generator_for_all", SHARED): (
        "All loaders share one generator: a second loader starts it anew, and each moves the "
        "other's order on. Make a new one for each loader, inside the function."
    ),
    ("one_epoch_only", (LOADER, f"iter({LOADER})")): (
        "What comes back can be gone through once: it is an iterator, used up after the first "
        "epoch. Return the loader itself, which begins anew each time."
    ),
    ("last_batch_dropped", ("generator=generator", "generator=generator, drop_last=True")): (
        "The partial last batch is left out, so some samples are not seen in an epoch, and a small "
        "data set may give no batch at all. Nothing asks for batches of one size."
    ),
    ("batches_of_one", (", batch_size=batch_size", "")): (
        "The batch size is not passed on, and DataLoader's own is 1: every sample is a batch by "
        "itself. Look at the arguments of the loader."
    ),
    ("always_shuffled", (SHUFFLE, "shuffle=True")): (
        "The data are shuffled whatever `shuffle` says. Without it the order of the data set has "
        "to stay, so that predictions can be laid beside their samples."
    ),
    ("never_shuffled", (f", {SHUFFLE}", "")): (
        "The order is always that of the data set: DataLoader does not shuffle unless it is told "
        "to. Look at what becomes of the argument."
    ),
    ("seed_ignored", (OWN, "torch.Generator()")): (
        "The loader has a generator of its own, but it is not started from `seed`: all loaders "
        "have one order. Start it from the number that was given."
    ),
    ("with_replacement", (SHUFFLE, f"sampler={ANY}")): (
        "Samples are drawn with replacement: some come several times in an epoch, and others not "
        "at all. An epoch goes through each sample once."
    ),
}
for (name, *edits), text in LOADERS.items():
    make_loader.edit(name, text, *edits, about="anything")
