"""Mistakes in batches (06), and what their right answers share."""

from typing import Any

import numpy as np

from autograder.api import Bank

from .splitting import number

bank = Bank()
feed = bank.exercise("loop_06")


def together(raw: Any) -> dict[str, Any]:
    """What batches of numbered samples are, whatever their order."""
    x = [np.floor(np.asarray(a, dtype=float)).astype(int) for a, _ in raw["batches"]]
    y = [np.asarray(b).astype(int) for _, b in raw["batches"]]
    fit = all(a.shape == b.shape and bool((a == b).all()) for a, b in zip(x, y, strict=True))
    order = np.concatenate(x)
    return {
        "is each input beside its own target?": fit,
        "is every input there once?": sorted(order.tolist()) == list(range(len(order))),
        "is every target there once?": sorted(np.concatenate(y).tolist())
        == list(range(len(order))),
        "sizes of the batches, sorted": np.array(sorted(len(a) for a in x)),
        "is a smaller batch the last one?": bool(len(x[-1]) == min(len(a) for a in x)),
        "is the order that of the data?": bool((np.diff(order) > 0).all()),
        "is it, but for where it starts?": bool((np.diff(order) != 1).sum() <= 1),
        "are the samples of a batch neighbours in the data?": are_neighbours(x),
    }


def are_neighbours(batches: Any) -> bool:
    """Of most batches: where samples are shuffled, of none."""
    return bool(np.mean([np.ptp(a) == len(a) - 1 for a in batches]) >= 0.5)


@feed.observe("pairs")
def whole(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {where: together(one) for where, one in raw.items()}


@feed.observe("stays")
def left_alone(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {
        where: {**together(one), "are x and y as they were?": number(one["unchanged"])}
        for where, one in raw.items()
    }


@feed.observe("orders")
def order_of_seeds(raw: Any, inputs: Any, secrets: Any) -> Any:
    ids = {
        name: [np.concatenate([p[i] for p in one["batches"]]) for i in (0, 1)]
        for name, one in raw.items()
    }

    def same(one: str, other: str) -> bool:
        return all(np.array_equal(a, b) for a, b in zip(ids[one], ids[other], strict=True))

    return {
        **together(raw["first"]),
        "does the same seed give the same order?": same("first", "again"),
        "does another seed give the same order?": same("first", "other"),
    }


ORDER = "order = torch.randperm(len(x), generator=draw)  # one order for both"
YIELD, SIZES = "yield x[rows], y[rows]", "order.to(x.device).split(batch_size)"

APART = (
    "Inputs and targets follow different orders, so that they no longer belong together. Draw one "
    "order, and use it for both."
)
feed.edit(
    "two_orders",
    APART,
    (ORDER, ORDER + "\n    y = y[torch.randperm(len(y), generator=draw)]"),
    about="anything",
)
feed.edit(
    "only_inputs_shuffled",
    APART,
    (ORDER, ORDER + "\n    y = y[torch.argsort(order)]"),
    about="anything",
    equivalent_to="two_orders",
)
feed.edit(
    "only_targets_shuffled",
    APART,
    (ORDER, ORDER + "\n    x = x[torch.argsort(order)]"),
    about="anything",
    equivalent_to="two_orders",
)
feed.edit(
    "not_shuffled",
    "Nothing is shuffled any more: pairs are right, and every epoch has the same order. The "
    "batches come in random order, chosen by the seed.",
    (ORDER, "order = torch.arange(len(x))"),
    about="anything",
)
feed.edit(
    "batches_shuffled_only",
    "The batches are shuffled, and each always holds the same neighbours. The samples themselves "
    "have to be in random order.",
    (
        SIZES,
        "[torch.arange(len(x)).split(batch_size)[i] for i in torch.randperm(-(-len(x) // "
        "batch_size), generator=draw)]",
    ),
    about="anything",
)
feed.edit(
    "last_batch_dropped",
    "The last batch is left out where it is smaller. Every sample is there exactly once.",
    (SIZES, "order[: len(x) // batch_size * batch_size].split(batch_size)"),
    about="anything",
)
feed.edit(
    "drawn_with_replacement",
    "Rows are drawn with replacement: some come twice, others not at all. A permutation has every "
    "sample once.",
    (ORDER, "order = torch.randint(len(x), (len(x),), generator=draw)"),
    about="anything",
)
feed.edit(
    "seed_left_out",
    "The order comes from the global generator and doesn't depend on `seed`: the same seed gives "
    "another order each time.",
    (ORDER, "order = torch.randperm(len(x))"),
    about="anything",
)
feed.edit(
    "one_seed_for_all",
    "The order doesn't depend on `seed`: every epoch has the same. Seed the generator with it.",
    ("draw.manual_seed(seed)", "draw.manual_seed(0)"),
    about="anything",
)
feed.edit(
    "shuffled_in_place",
    "The caller's own tensors are shuffled. Pairs are right, and who gave x and y finds them in "
    "another order afterwards: leave them alone.",
    (ORDER, ORDER + "\n    x[:], y[:] = x[order], y[order]"),
    about="anything",
)
feed.edit(
    "shuffled_within_batches",
    "Samples are shuffled within each batch only: the same neighbours always share a batch, in "
    "the order of the data. Shuffle before you cut.",
    (ORDER, "order = torch.arange(len(x))"),
    (YIELD, "rows = rows[torch.randperm(len(rows), generator=draw)]\n        " + YIELD),
    about="anything",
)
feed.edit(
    "rolled_by_the_seed",
    "The data start at another place for another seed, and are in their own order otherwise. The "
    "samples themselves have to be in random order.",
    (ORDER, "order = torch.arange(len(x)).roll(1 + seed % (len(x) - 1))"),
    about="anything",
)
feed.edit(
    "a_new_order_for_each_batch",
    "Each batch draws an order of its own: some samples come in several batches, others in none. "
    "Draw one order for the epoch, and cut it.",
    (SIZES, "range(0, len(x), batch_size)"),
    (YIELD, "rows = torch.randperm(len(x), generator=draw)[:batch_size]\n        " + YIELD),
    about="anything",
)
feed.edit(
    "last_batch_always_dropped",
    "The last batch is left out, also where it is full. Every sample is there exactly once: look "
    "at where the range ends.",
    (SIZES, "[order[i : i + batch_size] for i in range(0, len(x) - batch_size, batch_size)]"),
    about="anything",
)
