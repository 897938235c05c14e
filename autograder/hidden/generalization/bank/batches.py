"""Mistakes in minibatches."""

from __future__ import annotations

from autograder.api import Bank

KEY = "minibatches"
ORDER = "order = rng.permutation(x.shape[0])"
END = "end = len(x) - len(x) % batch_size if drop_last else len(x)"
RANGE = "range(0, end, batch_size)"
ROWS = "taken = order[start : start + batch_size]"
YIELD = "yield x[taken], y[taken]"


def declare(bank: Bank) -> None:
    _pairs(bank)
    _last(bank)
    _chance(bank)
    _generator(bank)


def _pairs(bank: Bank) -> None:
    bank.edit(
        KEY,
        "shuffled_apart",
        "Inputs and targets come from two different shuffles, so each input has somebody else's "
        "target, and nothing crashes. One permutation serves both.",
        (ORDER, ORDER + "\n    other = rng.permutation(len(x))"),
        (YIELD, "yield x[taken], y[other[start : start + batch_size]]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "only_x_shuffled",
        "The inputs are shuffled and the targets stay in the order of the file, so that they no "
        "longer belong together. Index both with the same rows.",
        (YIELD, "yield x[taken], y[start : start + batch_size].copy()"),
        about="anything",
    )
    bank.edit(
        KEY,
        "with_replacement",
        "Each batch is drawn from all rows anew, so in one epoch some rows come twice and others "
        "never. Walk through one permutation.",
        (ROWS, "taken = rng.integers(0, len(x), size=min(batch_size, len(x) - start))"),
        about="anything",
    )
    bank.edit(
        KEY,
        "a_new_shuffle_for_every_batch",
        "The rows are shuffled again before every batch, so in one epoch some come twice and "
        "others never. Shuffle once an epoch.",
        (ROWS, "taken = rng.permutation(len(x))[start : start + batch_size]"),
        about="anything",
    )


def _last(bank: Bank) -> None:
    bank.edit(
        KEY,
        "last_batch_always_dropped",
        "A partial last batch is left out even where drop_last is False, so some rows are missing "
        "from every epoch. By default it is kept.",
        (END, "end = len(x) - len(x) % batch_size"),
        about="anything",
    )
    bank.edit(
        KEY,
        "last_batch_never_dropped",
        "drop_last makes no difference: the partial last batch is always handed out. With "
        "drop_last the walk ends where whole batches end.",
        (END, "end = len(x)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "full_last_batch_dropped",
        "With drop_last the last batch goes even if it is full. Only a partial one is left out: "
        "where the batch size divides N nothing is.",
        (END, "end = len(x) - (len(x) % batch_size or batch_size) if drop_last else len(x)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "drop_last_reversed",
        "The partial last batch is kept where drop_last is True and left out where it is False. "
        "It is the other way round.",
        (END, "end = len(x) if drop_last else len(x) - len(x) % batch_size"),
        about="anything",
    )
    bank.edit(
        KEY,
        "last_full_batch_lost",
        "The range ends one batch too early, so the last full batch is lost where the batch size "
        "divides N. Look at where the last start is.",
        (RANGE, "range(0, end - batch_size + (end % batch_size > 0) * batch_size, batch_size)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "rest_joins_the_last_batch",
        "The rows that do not fill a batch are added to the one before, which is then larger than "
        "batch_size. They make a smaller batch of their own.",
        (
            ROWS,
            "if 0 < end - start < batch_size and start:\n            return\n"
            "        taken = order[start : start + batch_size]\n"
            "        if end - start < 2 * batch_size:\n            taken = order[start:end]",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "last_batch_filled_up",
        "The last batch is filled up with rows from the beginning of the order, which then count "
        "twice. It stays smaller.",
        (ROWS, "taken = np.take(order, np.arange(start, start + batch_size), mode='wrap')"),
    )


def _chance(bank: Bank) -> None:
    bank.edit(
        KEY,
        "not_shuffled",
        "The batches are cut in the order of the file, so a file sorted by class gives batches of "
        "one class each. Shuffle the row numbers first.",
        (ORDER, "order = np.arange(len(x))"),
        about="anything",
    )
    bank.edit(
        KEY,
        "batches_shuffled_rows_not",
        "The order of the batches is shuffled, and the rows of a batch are always the same "
        "neighbours. The rows themselves have to be shuffled.",
        (ORDER, "order = np.arange(len(x))"),
        (RANGE, "rng.permutation(np.arange(0, end, batch_size))"),
        about="anything",
    )
    bank.edit(
        KEY,
        "same_order_every_epoch",
        "A generator with a seed of its own is made inside, so every epoch has the same order. "
        "Draw from the rng that was handed in, which moves on.",
        (ORDER, "order = np.random.default_rng(0).permutation(len(x))"),
        about="anything",
    )
    bank.edit(
        KEY,
        "global_random_state",
        "The shuffle comes from NumPy's global state, and the rng that was handed in is not used: "
        "the same seed gives another order each time. Call a method of rng.",
        (ORDER, "order = np.random.permutation(len(x))"),
        about="anything",
    )


def _generator(bank: Bank) -> None:
    bank.edit(
        KEY,
        "shuffled_in_place",
        "The caller's own arrays are shuffled, so that the data change under everybody who uses "
        "them. Shuffle row numbers, and leave x and y as they are.",
        (ORDER, "order = rng.permutation(len(x))\n    x[:], y[:] = x[order], y[order]"),
        (ROWS, "taken = np.arange(len(x))[start : start + batch_size]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "a_list_for_a_generator",
        "All batches are made at once and come back as a list: twice the memory, and next() does "
        "not work on it. Hand out one at a time with yield.",
        (f"for start in {RANGE}:", f"batches = []\n    for start in {RANGE}:"),
        (YIELD, "batches.append((x[taken], y[taken]))\n    return batches"),
        about="anything",
    )
