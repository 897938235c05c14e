"""Mistakes in one epoch."""

from __future__ import annotations

from autograder.api import Bank

KEY = "train_epoch"
STEP = "        optimizer.step([[grads[name] for name in some] for some in names])\n"
ADDED = "        total += loss * len(rows)\n"
RATES = '    for group in optimizer.groups:\n        group["lr"] = lr\n'
ROWS = "        rows = order[start : start + batch_size]\n"


def declare(bank: Bank) -> None:
    _losses(bank)
    _order(bank)
    _steps(bank)
    _matching(bank)


def _losses(bank: Bank) -> None:
    bank.edit(
        KEY,
        "mean_of_batch_means",
        "The batches' losses are averaged with equal weights, so that the rows of a small last "
        "batch count more than the others. Weigh each loss with its rows.",
        (ADDED, "        total += loss\n"),
        ("return total / len(x)", "return total / -(-len(x) // batch_size)"),
        source="mrdbourke/pytorch-deep-learning, going_modular/engine.py",
    )
    bank.edit(
        KEY,
        "sum_of_losses",
        "The losses are added up over the samples and never divided, so that the result grows "
        "with the data set. Divide by the number of rows at the end.",
        ("return total / len(x)", "return total"),
    )
    bank.edit(
        KEY,
        "last_batch_only",
        "What comes back is the loss of the last batch alone. It is noisy, and says little about "
        "the epoch: the mean is over all rows.",
        ("return total / len(x)", "return loss"),
    )
    bank.edit(
        KEY,
        "loss_after_the_step",
        "Each batch's loss is measured after its step, on parameters that have seen the batch. "
        "The contract asks for the loss before the step, which the gradient is of.",
        (
            ADDED,
            "        again, _ = forward(params, x[rows], 0.0, None, False)\n"
            "        total += loss_and_gradient(again, y[rows])[0] * len(rows)\n",
        ),
    )
    bank.edit(
        KEY,
        "evaluated_at_the_end",
        "The loss is that of the whole set after the epoch, in evaluation. What is asked for is "
        "the mean of what each batch lost on the way, before its step.",
        ("return total / len(x)", "return evaluate(params, x, y)[0]"),
    )
    bank.edit(
        KEY,
        "evaluation_mode",
        "The batches pass forward in evaluation mode, so that no unit is ever dropped while "
        "training. Dropout acts exactly here: training is True.",
        ("p, rng, True)", "p, rng, False)"),
        about="anything",
    )


def _order(bank: Bank) -> None:
    bank.edit(
        KEY,
        "not_shuffled",
        "The rows are taken as they come, in every epoch the same. Neighbours in a file are "
        "often alike: draw a new permutation from rng each time.",
        ("order = rng.permutation(len(x))", "order = np.arange(len(x))"),
        about="anything",
    )
    bank.edit(
        KEY,
        "same_order_every_epoch",
        "The permutation comes from a generator that is made anew each time, so that all epochs "
        "see the same batches. Draw it from the rng that is passed in.",
        ("order = rng.permutation", "order = np.random.default_rng(0).permutation"),
        about="anything",
    )
    bank.edit(
        KEY,
        "global_generator",
        "The permutation comes from NumPy's global generator, so that equal generators give "
        "different epochs. Draw it from the rng that is passed in.",
        ("order = rng.permutation", "order = np.random.permutation"),
        about="anything",
    )
    bank.edit(
        KEY,
        "targets_not_permuted",
        "The inputs are permuted and the targets are not, so that each row is blamed by "
        "another's target. Use the same rows for both.",
        (
            "loss_and_gradient(logits, y[rows])",
            "loss_and_gradient(logits, y[start : start + batch_size])",
        ),
    )
    bank.edit(
        KEY,
        "shuffled_apart",
        "Inputs and targets are each permuted in an order of their own, so that they no longer "
        "belong together. One permutation serves both.",
        (
            "loss_and_gradient(logits, y[rows])",
            "loss_and_gradient(logits, y[other[start : start + batch_size]])",
        ),
        ("    total = 0.0\n", "    total = 0.0\n    other = rng.permutation(len(x))\n"),
    )
    bank.edit(
        KEY,
        "drawn_with_replacement",
        "Each batch is drawn at random from all rows, so that some are used twice in an epoch "
        "and others never. One permutation, cut into slices, uses each once.",
        (ROWS, ROWS + "        rows = rng.integers(len(x), size=len(rows))\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "last_batch_dropped",
        "The last batch is left out where it is smaller than the others, so that some rows are "
        "never used in an epoch. The contract keeps it.",
        (
            "range(0, len(x), batch_size)",
            "range(0, max(len(x) - batch_size, 0) + 1, batch_size)",
        ),
        ("return total / len(x)", "return total / max(len(x) - len(x) % batch_size, 1)"),
        source="torch.utils.data.DataLoader with drop_last=True",
        about="anything",
    )


def _steps(bank: Bank) -> None:
    bank.edit(
        KEY,
        "one_step_an_epoch",
        "The gradients of all batches are added up, and the optimizer takes one step at the end. "
        "In an epoch there is a step after every batch.",
        ("    total = 0.0\n", "    total, sums = 0.0, {name: 0.0 for name in params}\n"),
        (STEP, "        sums = {name: sums[name] + grads[name] for name in sums}\n"),
        (
            "    return total / len(x)",
            "    optimizer.step([[sums[name] for name in some] for some in names])\n"
            "    return total / len(x)",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "divided_twice",
        "The gradient is divided by the number of rows once more. The loss's gradient already "
        "has the mean in it, so that the steps come out too short.",
        ("backward(dlogits, caches)", "backward(dlogits / len(rows), caches)"),
    )
    bank.edit(
        KEY,
        "divided_by_the_batch_size",
        "Every batch's gradient is divided by batch_size, the last one's too, which may have "
        "fewer rows. The mean of a batch is over the rows that it has.",
        (
            "backward(dlogits, caches)",
            "backward(dlogits * len(rows) / min(batch_size, len(x)), caches)",
        ),
    )
    bank.edit(
        KEY,
        "sum_in_the_gradient",
        "The steps follow the gradient of the sum of a batch's losses, not of their mean, so "
        "that they grow with the batch. Divide by its rows.",
        ("backward(dlogits, caches)", "backward(dlogits * len(rows), caches)"),
    )
    bank.edit(
        KEY,
        "rate_of_the_first_group_only",
        "The rate is written to the first group only, and the others keep what they had. Every "
        "group of the optimizer gets it.",
        (RATES, '    optimizer.groups[0]["lr"] = lr\n'),
    )
    bank.edit(
        KEY,
        "rate_ignored",
        "lr is never given to the optimizer, which goes on with the rate it was made with. Write "
        "it "
        'to the "lr" of every group before the first step.',
        (RATES, ""),
    )
    bank.edit(
        KEY,
        "rate_written_afterwards",
        "The rate is written to the groups at the end of the epoch, so that it acts one epoch "
        "late. Write it before the first step.",
        (RATES, ""),
        ("    return total / len(x)", RATES + "    return total / len(x)"),
    )


def _matching(bank: Bank) -> None:
    bank.edit(
        KEY,
        "gradients_in_the_order_of_params",
        "The gradients are dealt out in the order of the dict, as if the optimizer held its "
        "arrays in that order. Its groups may hold them in any: match by identity.",
        (
            '    names = [[name_of[id(array)] for array in group["params"]] '
            "for group in optimizer.groups]\n",
            "    queue = iter(params)\n"
            '    names = [[next(queue) for _ in group["params"]] for group in optimizer.groups]\n',
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "gradients_matched_by_shape",
        "A gradient is given to the first parameter of its shape, and two layers may have the "
        "same. Match by identity: array is params[name].",
        (
            "name_of = {id(array): name for name, array in params.items()}",
            "name_of = {id(a): next(n for n, b in params.items() if b.shape == a.shape) for a in "
            "params.values()}",
        ),
    )
    bank.edit(
        KEY,
        "gradients_matched_by_value",
        "A gradient is given to the first parameter with equal numbers, and biases that are all "
        "zero are equal. Match by identity: array is params[name].",
        (
            "name_of = {id(array): name for name, array in params.items()}",
            "name_of = {id(a): next(n for n, b in params.items() if np.array_equal(a, b)) for a "
            "in params.values()}",
        ),
    )
