"""Mistakes in training on several ranks."""
# ruff: noqa: E501 (an edit is a line of code: it is not broken)

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
train = bank.exercise("train_distributed")

WRAP = "parallel = DistributedDataParallel(model)"
SAMPLER = "DistributedSampler(dataset, dist.get_world_size(), rank, seed=seed)"
LOADER = "loader = DataLoader(dataset, batch_size, sampler=sampler)"
EPOCH, CLEAR = "        sampler.set_epoch(epoch)\n", "            optimizer.zero_grad()\n"
STEP = "            optimizer.step()\n"
QUIET = "with parallel.no_sync() if left else nullcontext():"
FORWARD = "outputs = parallel(inputs.to(device))"
LOSS = 'loss = F.cross_entropy(outputs, targets.to(device), reduction="sum")'
BACKWARD = "(loss / samples).backward()"
TOTAL, SEEN = "total += loss.item()", "seen += samples"
SUMS = '        sums = sum_across_ranks({"loss": total, "samples": seen})\n'
APPEND = 'losses.append(sums["loss"] / sums["samples"])'
SAVE = 'torch.save({"model": model.state_dict()}, checkpoint_path)'
RANK_0, BARRIER = "        if rank == 0:\n            torch", "        dist.barrier()\n"
TRAIN = "    parallel.train()\n"
GROUP = "while group := list(itertools.islice(batches, accumulation_steps)):"
SIZE = "samples = sum(len(targets) for _, targets in group)"
NO_MEAN = LOSS.replace(', reduction="sum"', "")
MEANS = TOTAL.replace("loss.item()", "loss.item() * len(targets)")
SINGLE = f"({NO_MEAN[7:]} / {{}}).backward()"
RATE = "torch.optim.SGD(model.parameters(), lr=lr)"
EVERY = "    for epoch in range(epochs):\n"

VALUES: Mistakes = {
    ("set_epoch_forgotten", (EPOCH, "")): (
        "set_epoch is never called, so every epoch has the order of epoch 0 and each rank sees the "
        "same share again and again. Tell the sampler the epoch before each one."
    ),
    ("epochs_from_one", (EPOCH, EPOCH.replace("(epoch)", "(epoch + 1)"))): (
        "The sampler is told epoch 1 first. Epochs count from 0, and the first order is that of "
        "the seed itself."
    ),
    ("seed_not_passed", (SAMPLER, SAMPLER.replace(", seed=seed", ""))): (
        "The sampler isn't given the seed, so every run has the order of seed 0. Pass seed=seed."
    ),
    ("not_shuffled", (SAMPLER, SAMPLER.replace("seed=seed", "shuffle=False"))): (
        "The samples come in their original order in every epoch. The sampler shuffles by default: "
        "leave that on, and pass the seed."
    ),
    ("everyone_sees_everything", (LOADER, "loader = DataLoader(dataset, batch_size, "
     "sampler=DistributedSampler(dataset, 1, 0, seed=seed))"),
     (EPOCH, EPOCH.replace("sampler.", "loader.sampler."))): (
        "Every rank goes through the whole data set, so all of them do the same work and the batch "
        "is no larger. Each rank should visit its own share."
    ),
    ("drops_the_last_sample", (SAMPLER, SAMPLER.replace("seed=seed", "seed=seed, drop_last=True"))): (
        "The sampler drops what is left over. The contract pads: shard_indices with its default."
    ),
    ("drops_the_short_batch", (LOADER, LOADER.replace("sampler=sampler", "sampler=sampler, drop_last=True"))): (
        "The loader drops the short batch at the end of an epoch, and its samples are never "
        "trained on. The last batch may be short, and counts."
    ),
    ("batch_split_over_ranks", (LOADER, LOADER.replace("batch_size,", "max(1, batch_size // dist.get_world_size()),"))): (
        "batch_size is divided by the number of ranks. It is each rank's own: two ranks do what "
        "one would with twice as much."
    ),
    ("rate_scaled", (RATE, RATE.replace("lr=lr", "lr=lr * dist.get_world_size()"))): (
        "The rate, or the loss, is multiplied by the number of ranks. The linear rule is the caller's "
        "choice: two ranks have to equal one with twice the batch at the same rate."
    ),
    ("divided_by_the_ranks", (RATE, RATE.replace("lr=lr", "lr=lr / dist.get_world_size()"))): (
        "The loss, or the rate, is divided by the number of ranks. DDP has done that: what it leaves "
        "in the gradients is their mean, not their sum."
    ),
    ("rate_divided", (RATE, RATE.replace("lr=lr", "lr=lr / accumulation_steps"))): (
        "The rate is divided by accumulation_steps. A step already uses the mean over its group's "
        "samples, so nothing is left to divide."
    ),
    ("loader_shuffles", (LOADER, "loader = DataLoader(dataset, batch_size, shuffle=True)")): (
        "The loader shuffles by itself and has no sampler: every rank goes through the whole data "
        "set, each in an order of its own. Pass the DistributedSampler instead of shuffle."
    ),
    ("momentum_added", (RATE, RATE.replace("lr=lr", "lr=lr, momentum=0.9"))): (
        "The optimizer has momentum. The contract says SGD without it."
    ),
    ("adam_for_sgd", (RATE, RATE.replace("SGD", "Adam"))): (
        "The optimizer is Adam. The contract says SGD, with the rate that is passed in."
    ),
    ("never_wrapped", (WRAP, "parallel = model"), (QUIET, "with nullcontext():")): (
        "The model isn't wrapped: each rank trains a model of its own, from its own start. "
        "DistributedDataParallel copies rank 0's weights and averages gradients."
    ),
    ("no_common_start", (WRAP, "parallel = model"), (QUIET, "with nullcontext():"),
     (STEP, "            average_gradients(model)\n" + STEP)): (
        "Gradients are averaged, but each rank starts from weights of its own, and they stay apart. "
        "DistributedDataParallel copies rank 0's first; by hand, broadcast them."
    ),
    ("steps_within_the_group", (STEP, ""), (TOTAL, "optimizer.step()\n                " + TOTAL)): (
        "There is a step after every batch of a group, the earlier ones with gradients that were not "
        "exchanged. Step once, behind the group's last batch."
    ),
    ("gradients_averaged_twice", (STEP, "            for p in model.parameters():\n"
     "                dist.all_reduce(p.grad)\n" + STEP)): (
        "After DDP has averaged the gradients, they are summed over the ranks again: every step is "
        "as many times too large as there are ranks. DDP has done all there is to do."
    ),
    ("exchanged_at_full_groups_only", (QUIET, "with nullcontext() if len(group) == accumulation_steps and not left else parallel.no_sync():")): (
        "The exchange waits for a full group. The last group of an epoch is smaller, steps without "
        "one, and the ranks drift apart: exchange at the last batch of *any* group."
    ),
    ("exchanged_first_not_last", (QUIET, "with nullcontext() if left == len(group) - 1 else parallel.no_sync():")): (
        "The first batch of a group is exchanged and the later ones aren't: their gradients stay "
        "local. The last backward pass exchanges all that has been added up."
    ),
    ("no_accumulation", (GROUP, GROUP.replace("accumulation_steps", "1"))): (
        "accumulation_steps has no effect: there is a step after every batch. Step once a group."
    ),
    ("cleared_in_the_group", (CLEAR, ""), (f"                {QUIET}", f"    {CLEAR}                {QUIET}")): (
        "The gradients are cleared before every batch, so only the last one of a group counts. "
        "Clear them once a group."
    ),
    ("never_cleared", (CLEAR, "")): (
        "The gradients are never cleared, and each step takes those of all earlier ones as well. "
        "Clear them once a step."
    ),
    ("summed_over_the_group", (BACKWARD, "(loss / len(targets)).backward()")): (
        "The batches' mean losses are added up and not averaged, so accumulation multiplies the "
        "step. A step uses the mean over all samples of its group."
    ),
    ("batches_weigh_the_same", (BACKWARD, "(loss / len(targets) / len(group)).backward()")): (
        "Each batch of a group has the same weight, so the samples of a short one count more. "
        "Weigh by samples: divide the summed loss by the samples of the group."
    ),
    ("divided_by_accumulation_steps", (BACKWARD, "(loss / len(targets) / accumulation_steps).backward()")): (
        "Each batch's mean is divided by accumulation_steps, also in a group that is smaller, "
        "whose step comes out too small. Divide by the samples that the group has."
    ),
    ("divided_by_a_full_group", (BACKWARD, "(loss / (batch_size * accumulation_steps)).backward()")): (
        "The loss is divided by the samples of a full group. Short batches and small groups have "
        "fewer, and their steps come out too small."
    ),
    ("incomplete_group_dropped", (STEP, "            if len(group) == accumulation_steps:\n    " + STEP)): (
        "The last group of an epoch doesn't step when it is smaller: its samples are never learnt "
        "from. It steps as the others do."
    ),
    ("sum_for_the_loss", (BACKWARD, "loss.backward()")): (
        "Backward runs on the sum of the losses, not on their mean: the step grows with the batch. "
        "Divide by the number of samples."
    ),
    ("own_loss_reported", (SUMS, '        sums = {"loss": total, "samples": seen}\n')): (
        "Each rank reports the mean over its own samples, and every rank another one. Sum losses "
        "and counts over the ranks before dividing."
    ),
    ("mean_of_batch_means", (TOTAL, "total += loss.item() / len(targets)"), (SEEN, "seen += len(group)")): (
        "The mean over batches is reported: a short batch weighs as much as a full one. Add up "
        "losses and samples, and divide once."
    ),
    ("last_loss_reported", (TOTAL, "total = loss.item()"), (SEEN, "seen = len(targets)")): (
        "What is reported is the loss of the last batch. The mean over all samples of the epoch is "
        "asked for."
    ),
    ("sum_reported", (APPEND, 'losses.append(sums["loss"])')): (
        "The sum of the losses is reported, which grows with the data set. Divide by the number of "
        "samples, summed over the ranks."
    ),
    ("padding_taken_out", (APPEND, 'losses.append(sums["loss"] / len(dataset))')): (
        "The loss of all visited samples is divided by the size of the data set. Padded samples "
        "are visited twice and belong into both: divide by the samples that were counted."
    ),
    ("running_total", (EVERY, "    total, seen = 0.0, 0\n" + EVERY),
     ("total, seen, batches = 0.0, 0, iter(loader)", "batches = iter(loader)")): (
        "Losses and samples are never set back, so each entry is a mean over all epochs so far. "
        "Start from zero in every epoch."
    ),
    ("one_epoch_too_many", ("range(epochs):", "range(epochs + 1):")): (
        "There is one epoch too many. `epochs` is how often the data set is gone through."
    ),
}  # fmt: skip
LENGTHS = {"one_epoch_too_many"}
for (name, *edits), text in VALUES.items():
    train.edit(name, text, *edits, about="anything" if name in LENGTHS else "values")

ANYTHING: Mistakes = {
    ("averaged_after_ddp", (STEP, "            average_gradients(model)\n" + STEP)): (
        "DDP has averaged the gradients, and they are averaged once more: the results are right, "
        "and everything travels twice. One of them is enough."
    ),
    ("group_destroyed", ("    return losses\n", "    dist.destroy_process_group()\n    return losses\n")): (
        "The process group is gone afterwards. Whoever made it may go on to evaluate, or to train "
        "again: leave it to them."
    ),
    ("everyone_saves", (RANK_0, "        if True:\n            torch")): (
        "Every rank saves, to the same place: they overwrite each other, and the file may be "
        "broken. Only rank 0 saves."
    ),
    ("barrier_on_rank_0", (BARRIER, "            dist.barrier()\n")): (
        "The barrier stands inside the `if` of rank 0, which waits there for ranks that never "
        "come. Every rank has to call it."
    ),
    ("wrapper_saved", (SAVE, SAVE.replace("model.state_dict()", "parallel.state_dict()"))): (
        "The wrapper's state is saved: every name begins with `module.`, and a plain model won't "
        "load it. Save the state of the model inside."
    ),
    ("never_saved", (SAVE, "pass")): (
        "No checkpoint is written. Where a path is given, rank 0 saves the model's state there."
    ),
    ("saved_unasked", ("    if checkpoint_path is not None:\n", "    if True:\n")): (
        "It saves whether or not there is a path, and fails where it is None. None means that "
        "nothing is saved."
    ),
    ("model_object_saved", (SAVE, "torch.save(model, checkpoint_path)")): (
        "The model object itself is saved, which only loads where its class is at hand. Save its "
        "state_dict."
    ),
    ("mode_left_alone", (TRAIN, "")): (
        "The model stays in the mode it came in: dropout and batch norm may be asleep. Training "
        "runs in training mode."
    ),
    ("reported_by_rank_0", ("    return losses\n", "    return losses if rank == 0 else None\n")): (
        "Only rank 0 returns the losses. Every rank returns the same list, so that all can decide "
        "alike, when to stop for instance."
    ),
    ("summed_by_rank_0", (SUMS, '        sums = {"loss": total, "samples": seen}\n'
     "        if rank == 0:\n    " + SUMS)): (
        "Only rank 0 asks for the sums over all ranks, and waits for the others, which have gone "
        "on. Collective calls are made by every rank."
    ),
}  # fmt: skip
for (name, *edits), text in ANYTHING.items():
    train.edit(name, text, *edits, about="anything")

# Several ways to do the same: one sentence for each.
NOTHING = (
    "Nothing is exchanged: the forward pass doesn't go through the wrapper, or every backward pass "
    "is inside no_sync. Call the wrapper, and leave the last batch of a group outside."
)
train.edit("never_exchanged", NOTHING, (QUIET, "with parallel.no_sync():"))
train.edit(
    "model_not_the_wrapper",
    NOTHING,
    (FORWARD, FORWARD.replace("parallel(", "model(")),
    equivalent_to="never_exchanged",
)
MORE_OFTEN = (
    "The results are right, and the gradients travel at every batch of a group: so many times the "
    "traffic. All but the last batch go forward *and* backward inside no_sync."
)
train.edit("exchanged_every_time", MORE_OFTEN, (QUIET, "with nullcontext():"), about="anything")
train.edit(
    "forward_outside_no_sync",
    MORE_OFTEN,
    (f"                {QUIET}\n                    {FORWARD}\n",
     f"                {FORWARD}\n                {QUIET}\n"),
    about="anything",
    equivalent_to="exchanged_every_time",
)  # fmt: skip
UNAWAITED = (
    "Nobody waits until rank 0 has saved: another rank may return, and load the file, before it is "
    "there. A barrier *after* saving, on every rank, settles that."
)
train.edit("no_barrier", UNAWAITED, (BARRIER, ""), about="anything")
train.edit(
    "barrier_before_saving",
    UNAWAITED,
    (f"{RANK_0}.save", f"{BARRIER}{RANK_0}.save"),
    (SAVE + "\n" + BARRIER, SAVE + "\n"),
    about="anything",
    equivalent_to="no_barrier",
)
train.by_exceptions("saved_unasked", "summed_by_rank_0")
