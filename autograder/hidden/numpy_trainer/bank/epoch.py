"""Mistakes in the loss, the rate and the steps of one epoch."""

from functools import partial

from autograder.api import Bank

bank = Bank()
epoch = bank.exercise("train_epoch")
flagged = partial(epoch.edit, about="anything")  # no number shows these
STEP = "        optimizer.step([[grads[name] for name in some] for some in names])\n"
ADDED = "        total += loss * len(rows)\n"
RATES = '    for group in optimizer.groups:\n        group["lr"] = lr\n'
NAMED = "name_of = {id(array): name for name, array in params.items()}"
FIRST = "name_of = {{id(a): next(n for n, b in params.items() if {}) for a in params.values()}}"
MEAN = "return total / len(x)"
LOSS = "loss = float(np.mean(np.log(total) - true))"


epoch.edit(
    "mean_of_batch_means",
    "The batches' losses are averaged with equal weights, so that the rows of a small last batch "
    "count more than the others. Weigh each loss with its rows.",
    (ADDED, "        total += loss\n"),
    (MEAN, "return total / -(-len(x) // batch_size)"),
    source="mrdbourke/pytorch-deep-learning, going_modular/engine.py",
)
epoch.edit(
    "sum_of_losses",
    "The losses are added up over the samples and never divided, so that the result grows with the "
    "data set. Divide by the number of rows at the end.",
    (MEAN, "return total"),
)
epoch.edit(
    "last_batch_only",
    "What comes back is the loss of the last batch alone. It is noisy, and says little about the "
    "epoch: the mean is over all rows.",
    (MEAN, "return loss"),
)
epoch.edit(
    "loss_after_the_step",
    "Each batch's loss is measured after its step, on parameters that have seen the batch. The "
    "contract asks for the loss before the step, which the gradient is of.",
    (STEP, STEP + "        loss = evaluate(params, x[rows], y[rows])[0]\n"),
)
epoch.edit(
    "evaluated_at_the_end",
    "The loss is that of the whole set after the epoch, in evaluation. What is asked for is the "
    "mean of what each batch lost on the way, before its step.",
    (MEAN, "return evaluate(params, x, y)[0]"),
)
flagged(
    "evaluation_mode",
    "No unit is ever dropped while training: forward is called in evaluation mode, or not with the "
    "p that was given. Dropout acts exactly here: hand over p, and True for training.",
    ("p, rng, True)", "p, rng, False)"),
)
flagged(
    "one_step_an_epoch",
    "The gradients of all batches are added up, and the optimizer takes one step at the end. In an "
    "epoch there is a step after every batch.",
    ("    total = 0.0\n", "    total, sums = 0.0, dict.fromkeys(params, 0.0)\n"),
    (STEP, "        sums = {name: sums[name] + grads[name] for name in sums}\n"),
    (f"    {MEAN}", f"{STEP[4:].replace('grads', 'sums')}    {MEAN}"),
)
epoch.edit(
    "divided_twice",
    "The gradient is divided by the number of rows once more. The loss's gradient already has the "
    "mean in it, so that the steps come out too short.",
    ("backward(dlogits, caches)", "backward(dlogits / len(rows), caches)"),
)
epoch.edit(
    "divided_by_the_batch_size",
    "Every batch's gradient is divided by batch_size, the last one's too, which may have fewer "
    "rows. The mean of a batch is over the rows that it has.",
    ("(dlogits, caches)", "(dlogits * len(rows) / min(batch_size, len(x)), caches)"),
)
epoch.edit(
    "sum_in_the_gradient",
    "The steps follow the gradient of the sum of a batch's losses, not of their mean, so that they "
    "grow with the batch. Divide by its rows.",
    ("backward(dlogits, caches)", "backward(dlogits * len(rows), caches)"),
)
epoch.edit(
    "rate_of_the_first_group_only",
    "The rate is written to the first group only, and the others keep what they had. Every group "
    "of the optimizer gets it.",
    (RATES, '    optimizer.groups[0]["lr"] = lr\n'),
)
epoch.edit(
    "rate_ignored",
    "lr never reaches the groups of the optimizer, which goes on with the rate it was made with. "
    'Write it to the "lr" of every group before the first step.',
    (RATES, ""),
)
epoch.edit(
    "rate_written_afterwards",
    "The rate is written to the groups at the end of the epoch, so that it acts one epoch late. "
    "Write it before the first step.",
    (RATES, ""),
    (f"    {MEAN}", f"{RATES}    {MEAN}"),
)
flagged(
    "gradients_in_the_order_of_params",
    "The gradients are dealt out in the order of the dict, as if the optimizer held its arrays in "
    "that order. Its groups may hold them in any: match by identity.",
    (f"    {NAMED}", f"    queue = iter(params)\n    {NAMED}"),
    ("name_of[id(array)] for array in", "next(queue) for _ in"),
)
epoch.edit(
    "gradients_matched_by_shape",
    "A gradient is given to the first parameter of its shape, and two layers may have the same. "
    "Match by identity: array is params[name].",
    (NAMED, FIRST.format("b.shape == a.shape")),
)
epoch.edit(
    "gradients_matched_by_value",
    "A gradient is given to the first parameter with equal numbers, and biases that are all zero "
    "are equal. Match by identity: array is params[name].",
    (NAMED, FIRST.format("np.array_equal(a, b)")),
)
epoch.edit(
    "sum_of_batch_means",
    "The mean losses of the batches are added up and never divided, so that the result grows with "
    "the number of batches. Weigh each with its rows, and divide by all rows.",
    (ADDED, "        total += loss\n"),
    (MEAN, "return total"),
)
flagged(
    "divided_by_whole_batches",
    "The sum of the batches' means is divided by len(x) // batch_size, which does not count a "
    "smaller last batch. Weigh each loss with its rows, and divide by all rows.",
    (ADDED, "        total += loss\n"),
    (MEAN, "return total / (len(x) // batch_size)"),
)
epoch.edit(
    "batch_means_over_rows",
    "The sum of the batches' means is divided by the number of rows, so that the result shrinks "
    "with the batch size. A batch's loss is a mean already: weigh it with its rows first.",
    (ADDED, "        total += loss\n"),
)
epoch.edit(
    "loss_counted_twice",
    "Each batch's loss is added twice, so that twice the mean comes back: once a batch is enough.",
    (ADDED, ADDED + ADDED),
)
epoch.edit(
    "weighed_with_the_batch_size",
    "Every batch's loss is weighed with batch_size, the last one's too, which may have fewer rows. "
    "Weigh it with the rows that it has.",
    ("loss * len(rows)", "loss * batch_size"),
)
epoch.edit(
    "divided_by_the_classes",
    "The mean loss is taken over rows and classes alike, so that it comes out too small by the "
    "number of classes. Each row has one loss: the mean is over the rows alone.",
    (LOSS, "loss = float(np.mean(np.log(total) - true)) / logits.shape[1]"),
)
epoch.edit(
    "one_hot_not_subtracted",
    "The gradient of the loss is the softmax alone. It is the softmax minus 1 at each row's own "
    "class, or nothing ever pulls the right logit up.",
    ("    work[rows, y] -= 1 / len(y)\n", ""),
)
epoch.edit(
    "gradient_uphill",
    "The gradient of the loss has the wrong sign, one-hot minus softmax, so that every step "
    "climbs. Subtract the one-hot row from the softmax.",
    ("    return loss, work", "    return loss, -work"),
)
for called, loss in (
    ("", LOSS),
    ("_softmax", "loss = -float(np.mean(np.log(np.exp(true) / total)))"),
):
    flagged(
        f"unstable{called}",
        "The exponential is taken of the logits as they are, and overflows for large ones. "
        "Subtract each row's largest logit first: neither loss nor gradient changes.",
        ("logits - logits.max(axis=1, keepdims=True)", "logits.copy()"),
        (LOSS, loss),
    )
for digits in (7, 8, 10, 12, 15):
    epoch.edit(
        f"logarithm_of_probability_plus_1e{digits}",
        "A small number is added to the probability before the logarithm, so that no loss can "
        "exceed a bound. Work with logits: the log of the sum minus the target's logit.",
        (LOSS, f"loss = -float(np.mean(np.log(np.exp(true) / total + 1e-{digits})))"),
    )
