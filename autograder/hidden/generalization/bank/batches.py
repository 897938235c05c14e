"""Mistakes in minibatches, and what all right answers share: the order is drawn."""

from functools import partial
from typing import Any

from autograder.api import Bank
from autograder.hidden.generalization.bank import forms

bank = Bank()
minibatches = bank.exercise("minibatches")
mistake = partial(minibatches.edit, about="anything")  # not seen in numbers


def is_whole(batch: Any, data: Any, rows: Any) -> bool:
    """Rows as they are in the data: their dtype, their shape, one of its numbers all along."""
    same_kind = batch.dtype == data.dtype and batch.shape[1:] == data.shape[1:]
    same = bool((batch == rows.reshape((-1,) + (1,) * (data.ndim - 1))).all())
    return same_kind and same and set(rows.tolist()) <= set(data.ravel().tolist())


@forms.features(
    "batch sizes",
    "giving each input its own target",
    "handing out every input",
    "handing out an input twice",
    "handing out whole rows",
)
def epoch_of(batches: Any, x: Any, y: Any, *size: Any) -> Any:
    """An epoch whose row i holds i in x, and 1000 + i in y."""
    xs, ys, whole = [], [], True
    for x_batch, y_batch in batches:
        own = x_batch.reshape(len(x_batch), -1)[:, 0]
        theirs = y_batch.reshape(len(y_batch), -1)[:, 0]
        whole = whole and is_whole(x_batch, x, own) and is_whole(y_batch, y, theirs)
        xs.extend(own.tolist())
        ys.extend((theirs - 1000).tolist())
    return (
        [forms.count(len(x_batch)) for x_batch, _ in batches],
        xs == ys,
        set(xs) >= set(range(len(x))),
        len(xs) != len(set(xs)),
        whole,
    )


@minibatches.observe("pairs")
def pairs(raw: Any, inputs: Any, secrets: Any) -> Any:
    cases, seen = inputs["cases"], {}
    for where, batches in raw.items():
        case = cases.get(where, cases["for plain numbers"])
        seen[where] = epoch_of(batches, case["x"], case["y"])
    return seen


@forms.features(
    "repeating a row within a batch",
    "having a batch in ascending order",
    "having a batch that is one stretch of the file",
    "keeping most rows beside their neighbours",
)
def shuffled(both: Any) -> Any:
    """60 rows in three batches of 20. By chance: 20 rows ascend once in 20! = 2e18; a batch is one
    stretch 41 times in 4e15; of 57 pairs about 2 stay neighbours, 22 or more less than once in
    1e15."""
    batches = [forms.rows_of(batch) for batch in both[0]]
    return (
        any(len(set(batch)) < len(batch) for batch in batches),
        any(batch == sorted(batch) for batch in batches),
        any(map(forms.is_run, batches)),
        sum(map(forms.neighbours, batches)) > 21,
    )


minibatches.observe("chance")(forms.drawn(shuffled))
minibatches.observe("pure")(forms.kept(epoch_of))


@minibatches.observe("generator")
def generator(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {"for an epoch": epoch_of(raw["batches"], inputs["x"], inputs["y"]), **raw["kind"]}


ORDER = "rng.permutation(x.shape[0])"
END = "end = len(x) - len(x) % batch_size if drop_last else len(x)"
RANGE = "range(0, end, batch_size)"
ROWS = "taken = order[start : start + batch_size]"
YIELD = "yield x[taken], y[taken]"

mistake(
    "shuffled_apart",
    "Inputs and targets come from two different shuffles, so each input has another row's target, "
    "and nothing crashes. One permutation serves both.",
    ("    for start in ", "    other = rng.permutation(len(x))\n    for start in "),
    ("y[taken]", "y[other[start : start + batch_size]]"),
)
mistake(
    "only_x_shuffled",
    "The inputs are shuffled and the targets stay in the order of the file, so they no longer "
    "belong together. Index both with the same rows.",
    ("y[taken]", "y[start : start + batch_size].copy()"),
)
mistake(
    "with_replacement",
    "Each batch is drawn from all rows anew, so in one epoch some rows come twice and others "
    "never. Walk through one permutation.",
    (ROWS, "taken = rng.integers(0, len(x), size=min(batch_size, len(x) - start))"),
)
mistake(
    "a_new_shuffle_for_every_batch",
    "The rows are shuffled again before every batch, so in one epoch some come twice and others "
    "never. Shuffle once an epoch.",
    (ROWS, "taken = rng.permutation(len(x))[start : start + batch_size]"),
)

mistake(
    "last_batch_always_dropped",
    "A partial last batch is left out even where drop_last is False, so some rows are missing from "
    "every epoch. By default it is kept.",
    (END, "end = len(x) - len(x) % batch_size"),
)
mistake(
    "last_batch_never_dropped",
    "drop_last makes no difference: the partial last batch is always handed out. With drop_last "
    "the walk ends where whole batches end.",
    (END, "end = len(x)"),
)
mistake(
    "full_last_batch_dropped",
    "With drop_last the last batch goes even if it is full. Only a partial one is left out: where "
    "the batch size divides N nothing is.",
    (END, "end = len(x) - (len(x) % batch_size or batch_size) if drop_last else len(x)"),
)
mistake(
    "drop_last_reversed",
    "The partial last batch is kept where drop_last is True and left out where it is False. It is "
    "the other way round.",
    (END, "end = len(x) if drop_last else len(x) - len(x) % batch_size"),
)
mistake(
    "last_full_batch_lost",
    "The range ends one batch too early, so the last full batch is lost where the batch size "
    "divides N. Look at where the last start is.",
    (RANGE, "range(0, end - (0 if end % batch_size else batch_size), batch_size)"),
)
mistake(
    "rest_joins_the_last_batch",
    "The rows that do not fill a batch are added to the one before, which is then larger than "
    "batch_size. They make a smaller batch of their own.",
    (RANGE, "range(0, max(end - batch_size, 0) + 1, batch_size)"),
    (ROWS, f"{ROWS} if end - start >= 2 * batch_size else order[start:]"),
)
minibatches.edit(
    "last_batch_filled_up",
    "The last batch is filled up with rows from the beginning of the order, which then count "
    "twice. It stays smaller.",
    (ROWS, "taken = np.take(order, np.arange(start, start + batch_size), mode='wrap')"),
)
mistake(
    "the_last_batch_alone",
    "Only the last batch is handed out: the yield stands behind the loop, not in it. Every pass "
    "through the loop yields a batch.",
    ("        " + YIELD, "    " + YIELD),
)
mistake(
    "the_first_batch_alone",
    "The loop ends after its first pass, so an epoch is a single batch. A yield hands out a batch "
    "and goes on; a return ends the epoch.",
    (YIELD, f"{YIELD}\n        return"),
)
mistake(
    "returned_not_yielded",
    "The first batch is returned, so what comes back is one pair and no generator. Hand out each "
    "batch with yield, and the loop goes on.",
    (YIELD, "return x[taken], y[taken]"),
)

mistake(
    "not_shuffled",
    "The batches are cut in the order of the file, so a file sorted by class gives batches of one "
    "class each. Shuffle the row numbers first.",
    (ORDER, "np.arange(len(x))"),
)
for name, what, edit in (
    ("batches_shuffled_rows_not", "of batches", (RANGE, f"rng.permutation(np.a{RANGE})")),
    ("shuffled_within_batches", "inside a batch", (ROWS, f"{ROWS[:8]}rng.permutation({ROWS[8:]})")),
):
    mistake(
        name,
        f"Only the order {what} is shuffled, so the same neighbours in the file always share a "
        "batch. Shuffle all the row numbers first, then cut.",
        (ORDER, "np.arange(len(x))"),
        edit,
    )

forms.declare_strangers(mistake, "same_order_every_epoch", "order = ")

mistake(
    "shuffled_in_place",
    "The caller's own arrays are shuffled, so the data change for everyone who uses them. Shuffle "
    "row numbers, and leave x and y as they are.",
    ("order = " + ORDER, f"order = {ORDER}\n    x[:], y[:] = x[order], y[order]"),
    (ROWS, "taken = np.arange(len(x))[start : start + batch_size]"),
)
mistake(
    "a_list_for_a_generator",
    "All batches are made at once and come back as a list: twice the memory, and next() does not "
    "work on it. Hand out one at a time with yield.",
    (f"for start in {RANGE}:", f"batches = []\n    for start in {RANGE}:"),
    (YIELD, "batches.append((x[taken], y[taken]))\n    return batches"),
)
