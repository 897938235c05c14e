"""Misconceptions of lesson 10, and what all right answers share where the numbers are free."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader

from autograder.api import Bank

bank = Bank("10_training_loop")


# What right answers share


@bank.observe("train_epoch", "graphs_let_go")
def graphs_let_go(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The last one or two losses may still be in a variable; all of them may not."""
    kept = raw["graphs of earlier batches"].value
    return {
        "the returned loss": raw["the returned loss"],
        "memory that grows with every batch": kept > 2,
    }


def draws_depend_on_the_seed(raw: Any, inputs: Any, secrets: Any) -> Any:
    first, other, again, zero = raw
    return {
        "having the same draws after the same seed": first == again,
        "having other draws after another seed": first != other and first != zero,
    }


for generator in ("python", "numpy", "torch"):
    bank.observe("seed_everything", f"{generator}_draws")(draws_depend_on_the_seed)


def numbers(epoch: Any) -> list[list[int]]:
    return [[sample.value for sample in batch] for batch in epoch]


@bank.observe("make_loader", "same_order_again")
def same_order_again(raw: Any, inputs: Any, secrets: Any) -> Any:
    pairs = zip(map(numbers, raw["alone"]), map(numbers, raw["disturbed"]), strict=True)
    return {
        f"in epoch {n}": {
            "the number of samples": len(set(itertools.chain(*one))),
            "having the same order": one == two,
        }
        for n, (one, two) in enumerate(pairs, 1)
    }


@bank.observe("make_loader", "orders_differ")
def orders_differ(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Two orders of 23 samples are equal by chance once in 23! = 3e22."""
    first, second, third = map(numbers, raw["one"])
    other = numbers(raw["other"][0])
    kept = [sample for batch in first for sample in batch] == list(range(23))
    return {
        "having shuffled the first epoch": not kept,
        "having another order in each epoch": first != second != third != first,
        "having another order for another seed": first != other,
    }


@bank.observe("make_loader", "every_sample_once")
def every_sample_once(raw: Any, inputs: Any, secrets: Any) -> Any:
    seen = {}
    for n, batches in raw.items():
        order = np.argsort(np.concatenate([x[:, 0] for x, _ in batches]))
        seen[f"of {n} samples in batches of at most 5"] = {
            "the batch sizes": [len(x) for x, _ in batches],
            "the inputs, sorted": np.concatenate([x for x, _ in batches])[order],
            "the targets, sorted with them": np.concatenate([y for _, y in batches])[order],
        }
    return seen


# train_step

bank.edit(
    "train_step",
    "no_zero_grad",
    "Old gradients are never cleared: backward adds to what is there, so each step repeats all the "
    "steps before it. Look at what has to happen before a new gradient is computed.",
    ("    optimizer.zero_grad()\n", ""),
)
NOTHING_MOVES = (
    "No weight ever moves: when the optimizer steps, this batch's gradients are not there, either "
    "not computed yet or already cleared. Look at the order of clearing, backward and step."
)
bank.edit(
    "train_step",
    "zero_grad_between",
    NOTHING_MOVES,
    ("    optimizer.zero_grad()\n", ""),
    ("    loss.backward()\n", "    loss.backward()\n    optimizer.zero_grad()\n"),
    equivalent_to="step_before_backward",
)
bank.edit(
    "train_step",
    "step_before_backward",
    NOTHING_MOVES,
    (
        "    loss.backward()\n    optimizer.step()\n",
        "    optimizer.step()\n    loss.backward()\n",
    ),
    equivalent_to="zero_grad_between",
)
bank.edit(
    "train_step",
    "one_batch_late",
    "The optimizer steps before backward, with the gradient of the batch before: each step is one "
    "batch late. Compute this batch's gradient first, then step.",
    ("    optimizer.zero_grad()\n", ""),
    (
        "    loss.backward()\n    optimizer.step()\n",
        "    optimizer.step()\n    optimizer.zero_grad()\n    loss.backward()\n",
    ),
    about="anything",
)
bank.edit(
    "train_step",
    "cleared_at_the_end_only",
    "Gradients are cleared after the step and not before the first: what somebody else left there "
    "still counts once. Clear first, and the step depends on its own batch only.",
    ("    optimizer.zero_grad()\n", ""),
    ("    optimizer.step()\n", "    optimizer.step()\n    optimizer.zero_grad()\n"),
)
bank.edit(
    "train_step",
    "loss_after_the_step",
    "The loss that comes back is computed again after the step. The one to report is the one that "
    "the gradient was taken of, before the weights changed; it costs nothing more.",
    ("return loss.item()", "return criterion(model(inputs), targets).item()"),
    source="seen in hand-written loops that log after stepping",
)
bank.edit(
    "train_step",
    "returns_the_tensor",
    "A tensor comes back where a number is asked for: it holds on to the graph of this batch as "
    "long as anybody keeps it. Take the Python number out of it.",
    ("return loss.item()", "return loss"),
    about="anything",
)
bank.edit(
    "train_step",
    "returns_a_detached_tensor",
    "A tensor comes back where a Python number is asked for. Detached it holds no graph, but it "
    "stays on its device and is no float: take the number out of it.",
    ("return loss.item()", "return loss.detach()"),
    about="anything",
)
bank.edit(
    "train_step",
    "forces_training_mode",
    "The step switches the model to training mode: a caller who froze batch norm on purpose loses "
    "that. The mode belongs to whoever calls; a step leaves it alone.",
    ("    inputs, targets = batch\n", "    inputs, targets = batch\n    model.train()\n"),
    source="contract: leaves the mode alone",
    about="anything",
)
bank.edit(
    "train_step",
    "targets_first",
    "The criterion gets the targets first and the outputs second. Losses are not symmetric: "
    "torch's take outputs, then targets. Look at the order of the two arguments.",
    ("loss = criterion(outputs, targets)", "loss = criterion(targets, outputs)"),
    source="Keras order, loss(y_true, y_pred)",
    about="anything",
)

# train_epoch

BATCH_MEANS = (
    "The batches' means are averaged as if all batches were of one size: a short last batch "
    "counts as much as a full one. Weigh each loss by the samples behind it."
)
bank.edit(
    "train_epoch",
    "mean_of_batch_means",
    BATCH_MEANS,
    ("total += loss * len(inputs)", "total += loss"),
    ("count += len(inputs)", "count += 1"),
    source="mrdbourke/pytorch-deep-learning, going_modular/engine.py",
)
bank.edit(
    "train_epoch",
    "divided_by_len_of_the_loader",
    BATCH_MEANS,
    ("total += loss * len(inputs)", "total += loss"),
    ("return total / count", "return total / len(loader)"),
    source="mrdbourke/pytorch-deep-learning, going_modular/engine.py",
    about="anything",
)
bank.edit(
    "train_epoch",
    "sum_over_samples",
    "The losses are weighed by their samples and added up, and the sum comes back: it grows with "
    "the size of the data set. A mean is divided by the number of samples in the end.",
    ("return total / count", "return total"),
)
bank.edit(
    "train_epoch",
    "means_over_samples",
    "Batch means are added as they are and divided by the number of samples: the 1/N is taken "
    "twice. Each mean has to be multiplied by its batch's size first.",
    ("total += loss * len(inputs)", "total += loss"),
)
bank.edit(
    "train_epoch",
    "last_batch_only",
    "The loss of the last batch comes back. It is one noisy sample of the epoch; the mean over all "
    "samples needs a running sum and a count.",
    ("return total / count", "return loss"),
    source="seen in tutorials that print the loss after the loop",
)
bank.edit(
    "train_epoch",
    "no_training_mode",
    "The model stays in the mode in which it came: after an evaluation, dropout and batch norm "
    "sleep for the whole epoch. Say model.train() where the epoch begins.",
    ("    model.train()\n", ""),
    about="anything",
)
bank.edit(
    "train_epoch",
    "counts_elements",
    "Losses are weighed by the number of target elements and divided by the number of samples: "
    "with two targets a sample the result is twice the mean. Weigh by samples: the first axis.",
    ("total += loss * len(inputs)", "total += loss * targets.numel()"),
    source="numel for len",
)
bank.edit(
    "train_epoch",
    "batches_stay_where_they_are",
    "Batches go into the model from wherever the loader left them. On a CPU nothing shows; on a "
    "GPU the first batch raises. Move inputs and targets to the device.",
    (
        "        inputs, targets = inputs.to(device), targets.to(device)\n",
        "",
    ),
    source="PyTorch forum, 'Expected all tensors to be on the same device'",
    about="anything",
)


@bank.wrong(
    "train_epoch",
    "Each batch's loss is added up as a tensor, graph and all: nothing can be freed until the "
    "epoch is over, so memory grows batch by batch. Keep numbers.",
    source="PyTorch documentation, Frequently Asked Questions: memory that grows",
    about="anything",
)
def keeps_the_graphs(model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any) -> float:
    model.train()
    total, count = 0.0, 0
    for inputs, targets in loader:
        inputs, targets = inputs.to(device), targets.to(device)
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total = total + loss * len(inputs)
        count += len(inputs)
    return float(total / count)


# evaluate

bank.edit(
    "evaluate",
    "mean_of_batch_means",
    "Loss and accuracy of the batches are averaged as if all had one size: the short last batch "
    "counts too much. Weigh the loss by samples, and count right answers over all of them.",
    (
        "total += criterion(logits, targets).item() * len(inputs)",
        "total += criterion(logits, targets).item()",
    ),
    (".sum().item()", ".float().mean().item()"),
    ("count += len(inputs)", "count += 1"),
)
bank.edit(
    "evaluate",
    "loss_by_batches",
    "The accuracy is over samples, but the loss averages the batches' means: a short last batch "
    "counts as much as a full one. Give the loss the same care as the accuracy.",
    (
        "    total, correct, count = 0.0, 0, 0\n",
        "    total, correct, count, batches = 0.0, 0, 0, 0\n",
    ),
    (
        "total += criterion(logits, targets).item() * len(inputs)",
        "total += criterion(logits, targets).item()\n            batches += 1",
    ),
    ("return total / count,", "return total / batches,"),
)
bank.edit(
    "evaluate",
    "accuracy_by_batches",
    "The loss is over samples, but the accuracy averages the batches' accuracies: a short last "
    "batch counts as much as a full one. Count right answers, and divide once.",
    (
        "    total, correct, count = 0.0, 0, 0\n",
        "    total, correct, count, batches = 0.0, 0, 0, 0\n",
    ),
    (".sum().item()", ".float().mean().item()\n            batches += 1"),
    ("correct / count", "correct / batches"),
)
bank.edit(
    "evaluate",
    "accuracy_in_percent",
    "The accuracy is in percent. It is asked for as a fraction between 0 and 1, so that it can be "
    "compared and drawn with everything else that is one.",
    ("correct / count", "100 * correct / count"),
)
bank.edit(
    "evaluate",
    "number_of_right_answers",
    "The number of right answers comes back as it was counted. An accuracy is a fraction of all "
    "samples: it needs the count as well.",
    ("correct / count", "float(correct)"),
    source="fraction against count",
)
bank.edit(
    "evaluate",
    "left_in_evaluation_mode",
    "The model is left in evaluation mode: whoever trains on afterwards does so without dropout "
    "and with frozen batch norm. Remember the mode on entry, and put it back.",
    ("    model.train(was_training)\n", ""),
    about="anything",
)
bank.edit(
    "evaluate",
    "always_back_to_training",
    "The model is in training mode afterwards, whatever it was before: a model that is only used "
    "and never trained wakes its dropout. Put back the mode that was there.",
    ("model.train(was_training)", "model.train()"),
    about="anything",
)
bank.edit(
    "evaluate",
    "only_the_top_flag_restored",
    "Only the model's own flag is put back; the layers inside it stay in evaluation mode, and "
    "dropout sleeps on. The method sets the flag of every part, the attribute one.",
    ("model.train(was_training)", "model.training = was_training"),
    about="anything",
)
bank.edit(
    "evaluate",
    "measured_in_training_mode",
    "The model is measured in the mode in which it came: in training mode dropout makes the "
    "result a matter of chance, and batch norm learns from validation data.",
    ("    model.eval()\n", ""),
)
bank.edit(
    "evaluate",
    "eval_taken_for_no_grad",
    "Evaluation mode is on, but a graph is still built for every batch: eval() changes what "
    "layers do, not what autograd records. Switch recording off as well.",
    ("with torch.no_grad():", "with torch.enable_grad():"),
    about="anything",
)
bank.edit(
    "evaluate",
    "gradients_switched_off_for_good",
    "Gradient recording is switched off for everyone and not switched back: the next training "
    "step has no graph to go back through. Use something that ends with its block.",
    ("    with torch.no_grad():\n", "    torch.set_grad_enabled(False)\n    if True:\n"),
    source="torch.set_grad_enabled used as a statement",
    about="anything",
)
bank.edit(
    "evaluate",
    "gradients_switched_on_for_good",
    "Gradient recording is switched on at the end, whatever it was before: a caller who had it "
    "off gets it back on. Use something that remembers, and ends with its block.",
    ("    with torch.no_grad():\n", "    torch.set_grad_enabled(False)\n    if True:\n"),
    ("    return total", "    torch.set_grad_enabled(True)\n    return total"),
    source="torch.set_grad_enabled used as a statement",
    about="anything",
)
bank.edit(
    "evaluate",
    "best_sample_for_each_class",
    "The largest logit is looked for along the batch: which sample is best for each class. The "
    "predicted class is the largest along the classes, one for each sample.",
    ("argmax(dim=1)", "argmax(dim=0)"),
    about="anything",
)
bank.edit(
    "evaluate",
    "batches_stay_where_they_are",
    "Batches go into the model from wherever the loader left them. On a CPU nothing shows; on a "
    "GPU the first batch raises. Move inputs and targets to the device.",
    ("            inputs, targets = inputs.to(device), targets.to(device)\n", ""),
    source="PyTorch forum, 'Expected all tensors to be on the same device'",
    about="anything",
)

# seed_everything


@bank.wrong(
    "seed_everything",
    "Only torch is seeded. Augmentations and splits often draw from NumPy or from Python's "
    "random, and those still differ from run to run. Each library has a generator of its own.",
    source="PyTorch documentation, Reproducibility",
    about="anything",
)
def torch_only(seed: int) -> None:
    torch.manual_seed(seed)


@bank.wrong(
    "seed_everything",
    "NumPy and torch are seeded, Python's own random is not: shuffles and choices made with it "
    "still differ from run to run. There are three generators to start.",
    source="PyTorch documentation, Reproducibility",
    about="anything",
)
def python_forgotten(seed: int) -> None:
    np.random.seed(seed)  # noqa: NPY002
    torch.manual_seed(seed)


@bank.wrong(
    "seed_everything",
    "Python and torch are seeded, NumPy's global generator is not: whatever calls np.random still "
    "differs from run to run. There are three generators to start.",
    source="PyTorch documentation, Reproducibility",
    about="anything",
)
def numpy_forgotten(seed: int) -> None:
    random.seed(seed)
    torch.manual_seed(seed)


@bank.wrong(
    "seed_everything",
    "New generators are made from the seed and dropped again. Code that draws from the global "
    "ones does not notice: those have to be seeded themselves.",
    source="np.random.default_rng taken for np.random.seed",
    about="anything",
)
def generators_of_its_own(seed: int) -> None:
    random.Random(seed)
    np.random.default_rng(seed)
    torch.Generator().manual_seed(seed)


@bank.wrong(
    "seed_everything",
    "Every call starts the generators from the same fixed number, whatever seed is given: runs "
    "with different seeds would all be one run, and their spread would be zero.",
    source="seed written into the function",
    about="anything",
)
def a_seed_of_its_own(seed: int) -> None:
    random.seed(42)
    np.random.seed(42)  # noqa: NPY002
    torch.manual_seed(42)


# make_loader

GLOBAL = (
    "The order does not come from the seed alone: torch's global generator, seeded or not, moves "
    "with every draw that anybody makes. Give the loader a generator of its own."
)


@bank.wrong(
    "make_loader",
    GLOBAL,
    about="anything",
)
def global_generator(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    return DataLoader(dataset, batch_size=batch_size, shuffle=shuffle)


@bank.wrong(
    "make_loader",
    GLOBAL,
    about="anything",
    equivalent_to="global_generator",
)
def global_seed(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    torch.manual_seed(seed)
    return DataLoader(dataset, batch_size=batch_size, shuffle=shuffle)


@bank.wrong(
    "make_loader",
    "Every epoch has the same order: the generator starts again from the seed each time. Batches "
    "then never mix differently. Start it once, and let it run on.",
    about="anything",
)
def same_order_each_epoch(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    class Loader:
        def __iter__(self) -> Any:
            generator = torch.Generator().manual_seed(seed)
            return iter(DataLoader(dataset, batch_size, shuffle=shuffle, generator=generator))

    return Loader()


bank.edit(
    "make_loader",
    "last_batch_dropped",
    "The partial last batch is left out, so some samples are not seen in an epoch, and a small "
    "data set may give no batch at all. Nothing asks for batches of one size.",
    ("generator=generator)", "generator=generator, drop_last=True)"),
    about="anything",
)
bank.edit(
    "make_loader",
    "always_shuffled",
    "The data are shuffled whatever `shuffle` says. Without it the order of the data set has to "
    "stay, so that predictions can be laid beside their samples.",
    ("shuffle=shuffle", "shuffle=True"),
    source="argument not passed on",
)
bank.edit(
    "make_loader",
    "never_shuffled",
    "The order is always that of the data set: DataLoader does not shuffle unless it is told to. "
    "Pass the argument on.",
    (", shuffle=shuffle", ""),
    source="DataLoader's default, shuffle=False",
    about="anything",
)
bank.edit(
    "make_loader",
    "seed_ignored",
    "The loader has a generator of its own, but it is not started from `seed`: all loaders have "
    "one order. Start it from the number that was given.",
    ("torch.Generator().manual_seed(seed)", "torch.Generator()"),
    source="torch.Generator() starts from a fixed number",
    about="anything",
)

# fit

bank.edit(
    "fit",
    "rate_of_the_next_epoch",
    "The history has the rate that the scheduler has set for the next epoch. What explains this "
    "epoch's loss is the rate that was used in it: read it before the scheduler steps.",
    ('history["lr"].append(rate)', 'history["lr"].append(optimizer.param_groups[0]["lr"])'),
)
bank.edit(
    "fit",
    "scheduler_before_optimizer",
    "The scheduler steps before the epoch's first optimizer step, so the first rate is never "
    "used. A schedule begins with its first value: step it when the epoch is over.",
    (
        "        elif scheduler is not None:\n            scheduler.step()\n",
        "",
    ),
    (
        "        rate = optimizer",
        "        if scheduler is not None and not isinstance(\n"
        "            scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau\n"
        "        ):\n"
        "            scheduler.step()\n"
        "        rate = optimizer",
    ),
)
bank.edit(
    "fit",
    "scheduler_before_validation",
    "The scheduler steps between training and validation. The rates are right, but what is "
    "written down or saved with this epoch's validation already has the next rate. Step it last.",
    (
        "        elif scheduler is not None:\n            scheduler.step()\n",
        "",
    ),
    (
        "        val_loss, val_accuracy = evaluate(",
        "        if scheduler is not None and not isinstance(\n"
        "            scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau\n"
        "        ):\n"
        "            scheduler.step()\n"
        "        val_loss, val_accuracy = evaluate(",
    ),
    source="contract: after validation",
    about="anything",
)
bank.edit(
    "fit",
    "plateau_without_metric",
    "Every scheduler is stepped in the same way, without a metric. ReduceLROnPlateau decides by "
    "one and raises a TypeError: it needs the validation loss.",
    ("scheduler.step(val_loss)", "scheduler.step()"),
    about="anything",
)
bank.edit(
    "fit",
    "plateau_by_training_loss",
    "ReduceLROnPlateau watches the training loss, which goes on falling while the model only "
    "learns by heart. Whether training still helps is seen on the validation loss.",
    ("scheduler.step(val_loss)", "scheduler.step(train_loss)"),
)
bank.edit(
    "fit",
    "plateau_by_accuracy",
    "ReduceLROnPlateau gets the accuracy, but it waits for a number that falls: a better accuracy "
    "looks like a worse loss to it. Give it the validation loss.",
    ("scheduler.step(val_loss)", "scheduler.step(val_accuracy)"),
)
bank.edit(
    "fit",
    "metric_for_every_scheduler",
    "Every scheduler is given the validation loss. Only ReduceLROnPlateau asks for one: the "
    "others read their argument as an epoch number, and jump there.",
    ("isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)", "scheduler is not None"),
    source="PyTorch documentation, LRScheduler.step(epoch)",
    about="anything",
)


bank.edit(
    "fit",
    "scheduler_every_batch",
    "The scheduler steps after every batch. This one was made for one step an epoch, so its rate "
    "falls as many times too fast as there are batches. Step it once, at the end.",
    (
        "        elif scheduler is not None:\n            scheduler.step()\n",
        "",
    ),
    (
        "        train_loss = train_epoch(model, train_loader,",
        "        def stepping():\n"
        "            for batch in train_loader:\n"
        "                yield batch\n"
        "                if scheduler is not None and not isinstance(\n"
        "                    scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau\n"
        "                ):\n"
        "                    scheduler.step()\n\n"
        "        train_loss = train_epoch(model, stepping(),",
    ),
)
bank.edit(
    "fit",
    "no_scheduler_not_allowed",
    "The scheduler is stepped without asking whether there is one. None is a scheduler's usual "
    "value while trying things out, and means that the rate stays.",
    ("elif scheduler is not None:", "else:"),
    about="anything",
)
bank.edit(
    "fit",
    "validated_before_training",
    "Validation comes before the epoch's training, so each entry belongs to the weights of the "
    "epoch before. Train, then measure, so that the rows of the history belong together.",
    (
        "        train_loss = train_epoch(model, train_loader, criterion, optimizer, device)\n",
        "",
    ),
    (
        "evaluate(model, val_loader, criterion, device)\n",
        "evaluate(model, val_loader, criterion, device)\n"
        "        train_loss = train_epoch(model, train_loader, criterion, optimizer, device)\n",
    ),
    source="order of an epoch",
)
bank.edit(
    "fit",
    "training_loss_measured_again",
    "The training loss is measured after the epoch, in evaluation mode. Asked for is the mean "
    "while training, which train_epoch returns and which costs no second pass.",
    (
        "        train_loss = train_epoch(model, train_loader, criterion, optimizer, device)\n",
        "        train_epoch(model, train_loader, criterion, optimizer, device)\n"
        "        train_loss, _ = evaluate(model, train_loader, criterion, device)\n",
    ),
    source="train_loss of the history against the loss after training",
)
