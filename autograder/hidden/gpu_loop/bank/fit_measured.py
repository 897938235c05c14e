"""Mistakes in what `fit` measures: means, norms and skips, validation, patience, modes."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
fit = bank.exercise("fit")

CLIP = "        torch._foreach_mul_(gradients, factor)\n"
SMOOTHING = ", label_smoothing=run.config.label_smoothing"
SKIPPED = "            skipped += 1\n            continue\n"
WEIGHTS = "weights = torch.tensor(sizes, dtype=torch.float64)"
TRAIN = "    into_training_mode(run.model)\n"
SWAP = "with nullcontext() if run.ema is None else run.ema.swap(run.model):"
UPDATED = "run.stopper.update(loss, run.model)"
MEAN_LOSS = "loss = (torch.stack(losses).double().cpu() * weights).sum() / weights.sum()"
BACKWARD_DONE = "        total = total + loss.detach()\n"
BY_BATCHES = """def means_of_batches(run, loader):
    run.model.eval()
    losses, hits = [], []
    with torch.no_grad():
        for x, y in loader:
            logits = run.model(x.to(run.device))
            losses.append(float(F.cross_entropy(logits, y)))
            hits.append(float((logits.argmax(1) == y).double().mean()))
    return sum(losses) / len(losses), sum(hits) / len(hits)


"""
AWAKE = """def measured(run, loader):
    with torch.no_grad():
        parts = [(run.model(x.to(run.device)), y.to(run.device)) for x, y in loader]
    logits, y = (torch.cat(part) for part in zip(*parts))
    return float(F.cross_entropy(logits, y)), float((logits.argmax(1) == y).double().mean())


"""
EVALUATE = "loss, accuracy = evaluate(run.model, loader, F.cross_entropy, run.device)"
RATE = 'float(run.optimizer.param_groups[0]["lr"])'
SEED = "    seed_everything(config.seed)\n"
PATIENCE = "EarlyStopping(config.patience)"
RETURN = "return loss, accuracy, stop"

VALUES: Mistakes = {
    ("mean_of_batch_means", (WEIGHTS, "weights = torch.ones(len(sizes), dtype=torch.float64)")): (
        "train_loss is the mean of the steps' means, in which the samples of a short last batch "
        "count too much. Weigh each by its samples."
    ),
    ("validated_on_training_data", ("validate(run, val_loader)", "validate(run, train_loader)")): (
        "Validation goes through the training data. What counts is what the model does on images "
        "that it never trained on: val_loader."
    ),
    ("averages_not_validated", (SWAP, "if True:")): (
        "Validation measures the weights themselves, whatever ema_decay says. Put the averages in "
        "for as long as it lasts."
    ),
    ("trains_the_averages", (RETURN, "if run.ema is not None:\n        run.ema.write("
                                     "run.ema.averages, run.model)\n    " + RETURN)): (
        "After each validation training goes on from the averages. They were borrowed: the weights "
        "come back after it, bit for bit."
    ),
    ("smoothed_validation", (EVALUATE, EVALUATE.replace(
        "F.cross_entropy", "lambda z, y: F.cross_entropy(z, y" + SMOOTHING + ")"))): (
        "val_loss is smoothed like the training loss. Smoothing is a trick for training: what is "
        "measured is plain cross-entropy, or runs with different settings can't be compared."
    ),
    ("validation_by_batches", (EVALUATE, "loss, accuracy = means_of_batches(run, loader)"),
     ("def validate(run, loader):", BY_BATCHES + "def validate(run, loader):")): (
        "val_loss and val_accuracy are means of the batches' means, in which the samples of a "
        "short last batch count too much. Add up over samples, then divide."
    ),
    ("last_loss_for_the_mean", (MEAN_LOSS, "loss = losses[-1]")): (
        "train_loss is that of the last step alone. It is asked for as the mean over all samples "
        "of the epoch."
    ),
    ("loss_of_a_part", (BACKWARD_DONE, BACKWARD_DONE.replace(
        "detach()", "detach() / run.config.accumulation_steps"))): (
        "With accumulation, train_loss is too small: what is written down was divided for the "
        "backward pass once more. Note the loss before you scale it."
    ),
    ("accuracy_in_percent", (RETURN, "return loss, 100 * accuracy, stop")): (
        "val_accuracy is in percent. It is asked for as a fraction between 0 and 1."
    ),
}  # fmt: skip
for (name, *edits), text in VALUES.items():
    fit.edit(name, text, *edits)

ANYTHING: Mistakes = {
    ("one_skip_at_most", ("            skipped += 1\n", "            skipped = 1\n")): (
        "skipped_steps says whether there was a skip, not how many there were: two in one epoch "
        "count as one. Add them up."
    ),
    ("skips_not_counted", (SKIPPED, "            continue\n")): (
        "skipped_steps is 0 although the scaler skipped. The scale tells: it is lower after the "
        "update than before."
    ),
    ("tensors_in_the_history", ("return float(loss), float(norm), float(skipped)",
                                "return loss, norm, float(skipped)")): (
        "The history holds tensors. Take numbers out of them when the epoch is over: a file or a "
        "plot wants numbers, and tensors hold memory on the device."
    ),
    ("norm_after_clipping", (CLIP, CLIP + "        norm = nn.utils.get_total_norm(gradients)\n")): (
        "grad_norm is measured after clipping, so it never exceeds max_grad_norm and warns of "
        "nothing. Measure before."
    ),
    ("rate_in_the_end_of_the_run", (RATE, "float(run.config.lr)")): (
        "The history's lr is the config's in every epoch. The rate moves with the schedule: read "
        "it where the optimizer keeps it."
    ),
    ("norms_of_skipped_steps", ("        losses.append(loss)\n",
                                "        losses.append(loss)\n        norms.append(norm)\n"),
     ("            continue\n        norms.append(norm)\n", "            continue\n")): (
        "grad_norm counts skipped steps, whose norm is infinite or NaN, and so is the mean. Take "
        "the mean over the steps that were taken."
    ),
    ("training_mode_once", (TRAIN, "    if not run.history['lr']:\n        run.model.train()\n"),
     (RETURN, "run.model.eval()\n    " + RETURN)): (
        "Validation leaves the model in evaluation mode, and only the first epoch says "
        "model.train(): from the second on dropout sleeps. Say it at the beginning of each."
    ),
    ("validated_in_training_mode", (EVALUATE, "loss, accuracy = measured(run, loader)"),
     ("def validate(run, loader):", AWAKE + "def validate(run, loader):")): (
        "Validation runs in training mode: dropout drops, and batch norm learns from validation "
        "images. Say model.eval() before it, and model.train() before the next epoch."
    ),
    ("left_in_evaluation_mode", (TRAIN, ""),
     (SEED, SEED + "    model.eval()\n")): (
        "Training runs in evaluation mode: dropout sleeps, and batch norm doesn't learn. Say "
        "model.train() where an epoch begins."
    ),
    ("patience_ignored", (PATIENCE, "EarlyStopping(10**6)")): (
        "The run goes on to its last epoch, whatever patience says. Stop after that many epochs in "
        "a row without a better validation loss."
    ),
    ("patience_one_late", (PATIENCE, "EarlyStopping(config.patience + 1)")): (
        "The run stops one epoch late. It stops at the patience-th epoch in a row without a better "
        "validation loss."
    ),
    ("patience_one_early", (PATIENCE, "EarlyStopping(max(1, config.patience - 1))")): (
        "The run stops one epoch early. It stops at the patience-th epoch in a row without a "
        "better validation loss, and not before."
    ),
    ("patience_asks_accuracy", (UPDATED, "run.stopper.update(-accuracy, run.model)")): (
        "Patience waits for a better accuracy. It is asked of the validation loss, which still "
        "falls where no further image is read right."
    ),
}  # fmt: skip
for (name, *edits), text in ANYTHING.items():
    fit.edit(name, text, *edits, about="anything")
