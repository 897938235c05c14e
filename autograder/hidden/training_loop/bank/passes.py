"""Mistakes in one pass through a data set: an epoch of training, an evaluation."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
epoch, evaluate = bank.exercise("train_epoch"), bank.exercise("evaluate")


@epoch.observe("graphs_let_go")
def graphs_let_go(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The last one or two losses may still be in a variable; all of them may not."""
    kept = raw.pop("graphs of earlier batches").value
    return {**raw, "does memory grow with every batch?": kept > 2}


# In both: the solutions have these pieces in common, and people go wrong in the same ways.
MEANS, MEAN, COUNT = (" * len(inputs)", ""), "total / count", "count += len(inputs)"
MOVE, RETURN = "inputs, targets = inputs.to(device), targets.to(device)", "return total / count"
OF_BATCHES = (COUNT, "count += 1")

IN_BOTH: Mistakes = {
    ("sum_over_samples", (MEAN, "total")): (
        "The losses are weighed by their samples and added up, and the sum comes back: it grows "
        "with the size of the data set. A mean is divided by the number of samples in the end."
    ),
    ("sum_of_batch_means", MEANS, (MEAN, "total")): (
        "The batches' mean losses are added up, and the sum comes back: it grows with the number "
        "of batches. Weigh each by its samples, and divide by all of them in the end."
    ),
    ("means_over_samples", MEANS): (
        "Mean losses of batches are added as they are and divided by the length of the data set: "
        "the 1/N is taken twice. Each mean has to be multiplied by its batch's size first."
    ),
    ("adds_the_loss_twice", ("total += ", "total += 2 * ")): (
        "Each batch's loss is added to the total twice, so the result is double the mean. Look at "
        "the lines of the loop that change the running sum."
    ),
}
for (name, *edits), text in IN_BOTH.items():
    epoch.edit(name, text, *edits)
    evaluate.edit(name, text, *edits)

IN_BOTH_ANYTHING: Mistakes = {
    ("asks_for_the_data_set", (RETURN, f"count = len(loader.dataset)\n    {RETURN}")): (
        "The loader is asked for what only a DataLoader has, its data set or its batch size: a "
        "list of batches and a generator have neither. Count the samples as they come by."
    ),
    ("asks_for_a_length", (RETURN, f"len(loader)\n    {RETURN}")): (
        "The loader is asked for its length, or for a batch by its number, and a generator has "
        "neither. Go through the batches, and count them as they come by."
    ),
    ("batches_stay_where_they_are", (MOVE, "pass")): (
        "Batches go into the model from wherever the loader left them. On a CPU nothing shows; on "
        "a GPU the first batch raises. Move inputs and targets to the device."
    ),
    ("targets_stay_behind", (MOVE, "inputs = inputs.to(device)")): (
        "The inputs are moved to the device and the targets are not. On a CPU nothing shows; on a "
        "GPU the criterion raises. Both parts of a batch have to move."
    ),
    ("samples_over_batches", (MEAN, "total / len(loader)")): (
        "Losses are weighed by their samples, and the sum is divided by the number of batches: the "
        "result grows with the batch size. Divide by the samples, which were added up."
    ),
    ("full_batches_assumed", (" * len(inputs)", " * loader.batch_size")): (
        "Every loss is weighed by the loader's batch size, the short last batch as well. Weigh by "
        "the samples that a batch really holds: the length of its inputs."
    ),
}
for (name, *edits), text in IN_BOTH_ANYTHING.items():
    epoch.edit(name, text, *edits, about="anything")
    evaluate.edit(name, text, *edits, about="anything")

# train_epoch

CALL = "loss = train_step(model, (inputs, targets), criterion, optimizer)"
TRAIN, STEP = "    model.train()\n", "        optimizer.step()\n"
INLINE = f"""optimizer.zero_grad()
        batch_loss = criterion(model(inputs), targets)
        batch_loss.backward()
{STEP}        loss = batch_loss.item()"""
UNCLEARED = (CALL, INLINE.removeprefix("optimizer.zero_grad()\n        "))
ONCE = ("return", "optimizer.step()\n    return")
WITH_GRAPH = (CALL, INLINE.replace(".item()", "")), (MEAN, "(total / count).item()")
TENSOR = (MEAN, "torch.tensor(total / count, dtype=torch.float64)")

BATCH_MEANS = (
    "The batches' means are averaged as if all batches were of one size: a short last batch counts "
    "as much as a full one. Weigh each loss by the samples behind it."
)
ZOO = "mrdbourke/pytorch-deep-learning, going_modular/engine.py"
epoch.edit("mean_of_batch_means", BATCH_MEANS, MEANS, OF_BATCHES, source=ZOO)
BY_LEN = MEANS, (MEAN, "total / len(loader)")
epoch.edit("divided_by_len_of_the_loader", BATCH_MEANS, *BY_LEN, source=ZOO, about="anything")
OF_TRAINING: Mistakes = {
    ("counts_elements", ("loss * len(inputs)", "loss * targets.numel()")): (
        "Losses are weighed by the number of target elements and divided by that of samples: with "
        "two targets a sample the result is twice the mean. Weigh by samples, the first axis."
    ),
    ("last_batch_only", (MEAN, "loss")): (
        "The loss of the last batch comes back. It is one noisy sample of the epoch; the mean over "
        "all samples needs a running sum and a count."
    ),
    ("never_cleared", UNCLEARED): (
        "Within the epoch gradients are never cleared: backward adds to what is there, so each "
        "step repeats those of all batches before. Clear them for each batch."
    ),
    ("cleared_once_an_epoch", (TRAIN, f"{TRAIN}    optimizer.zero_grad()\n"), UNCLEARED): (
        "Gradients are cleared once, before the loop, and add up from batch to batch: each step "
        "repeats those before it in this epoch. Clear them inside the loop."
    ),
    ("one_step_an_epoch", (CALL, INLINE.replace(STEP, "")), ONCE): (
        "The optimizer steps once, after the loop, with the gradient of the last batch. Every "
        "batch is to move the weights: look at the indentation of the step."
    ),
}
for (name, *edits), text in OF_TRAINING.items():
    epoch.edit(name, text, *edits)

UNFREEZES = (
    "A batch norm that was frozen is in training mode in this epoch: model.train() switches every "
    "module. Note which ones are frozen before that call, and put them back after it."
)
THAWED = ("        module.eval()\n", "        pass\n")
TOO_LATE = (TRAIN, ""), ("    frozen = []\n", f"{TRAIN}    frozen = []\n")
epoch.edit("unfreezes_batch_norm", UNFREEZES, THAWED, about="anything")
for name, *edits in (
    ("looks_for_frozen_ones_too_late", *TOO_LATE),
    ("batch_norm_of_images_only", ("BATCH_NORMS", "nn.BatchNorm2d")),
):
    epoch.edit(name, UNFREEZES, *edits, about="anything", equivalent_to="unfreezes_batch_norm")

WHICH_ARE_FROZEN: Mistakes = {
    ("evaluation_mode_taken_for_frozen", (" and needs and not any(needs)", "")): (
        "Every batch norm that comes in evaluation mode stays in it, the trainable ones too: after "
        "an evaluation they would all be switched off. A frozen one has no trainable parameter."
    ),
    ("frozen_by_parameters_alone", (" and not module.training", "")): (
        "A batch norm without trainable parameters is put into evaluation mode although it came in "
        "training mode. Then its statistics are meant to move: its mode has to say it as well."
    ),
    ("no_parameters_taken_for_frozen", (" and needs", "")): (
        "A batch norm without parameters counts as frozen: none of none is trainable, and a test "
        "over an empty list is passed. It has nothing to freeze, so it trains."
    ),
    ("partly_frozen_taken_for_frozen", ("not any(needs)", "not all(needs)")): (
        "A batch norm counts as frozen if one of its parameters is. One with a trainable weight or "
        "bias is still being trained: frozen means that none of them is trainable."
    ),
}
for (name, *edits), text in WHICH_ARE_FROZEN.items():
    epoch.edit(name, text, *edits, about="anything")

OF_TRAINING_ANYTHING: Mistakes = {
    ("no_training_mode", (TRAIN, "")): (
        "The model stays in the mode in which it came: after an evaluation, dropout is off for the "
        "whole epoch and batch norm learns no statistics. Call model.train() at the start."
    ),
    ("evaluation_mode_on", (TRAIN, "    model.eval()\n")): (
        "The epoch puts the model into evaluation mode: dropout is off, and batch norm uses old "
        "statistics. Training needs both at work: say model.train() where the epoch begins."
    ),
    ("keeps_the_graphs", *WITH_GRAPH): (
        "Each batch's loss is kept as a tensor, graph and all: nothing can be freed until the "
        "epoch is over, so memory grows batch by batch. Keep numbers."
    ),
    ("returns_a_tensor", TENSOR): (
        "A tensor comes back where a number is asked for. The value is right, but it stays on its "
        "device and is no float: take the number out of it."
    ),
    ("all_losses", (" = 0.0, 0", " = [], 0"), ("loss * len(inputs)", "[loss]"), (MEAN, "total")): (
        "A list of the batches' losses comes back. One number is asked for, the mean over all "
        "samples of the epoch: weigh them by their samples."
    ),
}
for (name, *edits), text in OF_TRAINING_ANYTHING.items():
    epoch.edit(name, text, *edits, about="anything")

# evaluate

HITS, RATE = (".sum().item()", ".float().mean().item()"), "correct / count"
BOTH, EVAL = f"{MEAN}, {RATE}", "    model.eval()\n"
MODES = "modes = {module: module.training for module in model.modules()}"
BACK = """for module, was_training in modes.items():
            module.training = was_training
"""
ROOT_ONLY = (MODES, "root = model.training"), (BACK, "model.train(root)\n")
NO_FINALLY = ("    try:\n", "    if True:\n"), ("    finally:\n", "    if True:\n")
NO_GRAD = "with torch.no_grad():"
OFF = (NO_GRAD, "torch.set_grad_enabled(False)\n        if True:")
ON = (RETURN, f"torch.set_grad_enabled(True)\n    {RETURN}")
BARE = (".sum().item()", ".sum()"), (".item() * len(inputs)", " * len(inputs)")
ITEM, OF_LOSSES = "criterion(logits, targets).item()", "sum(total) / len(total)"
LOSSES = (" = 0.0", " = []"), (f"{ITEM} * len(inputs)", f"[{ITEM}]"), (MEAN, OF_LOSSES)
RATES = (
    ("0.0, 0", "0.0, []"),
    ("+= (", "+= [("),
    (".sum().item()", ".float().mean().item()]"),
    (RATE, "sum(correct) / len(correct)"),
)
LAST = ("total +=", "total ="), MEANS, (MEAN, "total")
LAST_HITS = ("correct +=", "correct ="), HITS, (RATE, "correct")

TENSORS = (
    "A tensor comes back where a float is asked for: something was added up or divided as a "
    "tensor. Take the Python numbers out, of the loss and of the count of right answers."
)
for name, *edits in (
    ("accuracy_as_a_tensor", BARE[0]),
    ("loss_as_a_tensor", BARE[1]),
    ("two_tensors", *BARE),
):
    evaluate.edit(name, TENSORS, *edits, about="anything")

OF_MEASURING: Mistakes = {
    ("mean_of_batch_means", MEANS, HITS, OF_BATCHES): (
        "Loss and accuracy of the batches are averaged as if all had one size: the short last "
        "batch counts too much. Weigh the loss by samples, and count right answers over all."
    ),
    ("loss_by_batches", *LOSSES): (
        "The accuracy is over samples, but the loss averages the batches' means: a short last "
        "batch counts as much as a full one. Give the loss the same care as the accuracy."
    ),
    ("accuracy_by_batches", *RATES): (
        "The loss is over samples, but the accuracy averages the batches' accuracies: a short last "
        "batch counts as much as a full one. Count right answers, and divide once."
    ),
    ("accuracies_over_samples", HITS): (
        "The batches' accuracies are added up and divided by the number of samples: the 1/N is "
        "taken twice. Count right answers, and divide once."
    ),
    ("loss_of_the_last_batch", *LAST): (
        "The loss is that of the last batch: each overwrites the one before. Add them up, weighed "
        "by their samples, and divide once."
    ),
    ("accuracy_in_percent", (RATE, "100 * correct / count")): (
        "The accuracy is in percent. It is asked for as a fraction between 0 and 1, so that it can "
        "be compared and drawn with everything else that is one."
    ),
    ("number_of_right_answers", (RATE, "float(correct)")): (
        "The number of right answers comes back as it was counted. An accuracy is a fraction of "
        "all samples: it needs the count as well."
    ),
    ("error_rate", ("== targets", "!= targets")): (
        "The second number is the fraction of wrong answers. The accuracy is that of the right "
        "ones: look at which way the comparison goes, or at what is subtracted from 1."
    ),
    ("accuracy_first", (BOTH, f"{RATE}, {MEAN}")): (
        "The accuracy comes back first and the loss second. Both are floats, so nothing complains: "
        "look at the order in which the two are asked for."
    ),
    ("eval_only_for_a_model_in_training", (EVAL, "    if model.training:\n    " + EVAL)): (
        "Evaluation mode is set only if the model's own flag says training. A layer inside may "
        "have another mode than the model: dropout then stays on. Set it in any case."
    ),
    ("measured_in_training_mode", (EVAL, "")): (
        "The model is measured in the mode in which it came: in training mode dropout makes the "
        "result a matter of chance, and batch norm learns from validation data."
    ),
}
for (name, *edits), text in OF_MEASURING.items():
    evaluate.edit(name, text, *edits)

OF_MEASURING_ANYTHING: Mistakes = {
    ("left_in_evaluation_mode", (BACK, "pass\n")): (
        "The model is left in evaluation mode: whoever trains on afterwards does so without "
        "dropout and with frozen batch norm. Remember the mode on entry, and put it back."
    ),
    ("always_back_to_training", (BACK, "model.train()\n")): (
        "The model is in training mode afterwards, whatever it was before: a finished model that "
        "only predicts has its dropout back on. Put back the mode that was there."
    ),
    ("only_the_top_flag_restored", (BACK, "model.training = modes[model]\n")): (
        "Only the model's own flag is put back; the layers inside it stay in evaluation mode, and "
        "dropout stays off. Every module has a flag of its own: restore them all."
    ),
    ("mode_of_the_root_for_all", *ROOT_ONLY): (
        "The model's own mode is put back on every layer inside it. A batch norm that was frozen "
        "in evaluation mode comes back in training mode. Remember the mode of each module."
    ),
    ("left_in_evaluation_by_an_exception", *NO_FINALLY): (
        "When the criterion raises, the lines that put the modes back are skipped, and the model "
        "stays in evaluation mode. Restore them where Python comes by on every way out."
    ),
    (
        "exception_swallowed",
        ("    finally:\n", "    except Exception:\n        return 0.0, 0.0\n    finally:\n"),
    ): (
        "An exception of the criterion is caught and does not reach the caller, who gets numbers "
        "that mean nothing. Clean up on the way out, and let the exception go on."
    ),
    ("generators_seeded", (EVAL, EVAL + "    torch.manual_seed(0)\n")): (
        "A global random generator is seeded on the way. The measurement needs no random numbers, "
        "and the caller's dropout masks and orders are now others. Leave the generators alone."
    ),
    ("eval_taken_for_no_grad", (NO_GRAD, "if True:")): (
        "Evaluation mode is on, but a graph is still built for every batch: eval() changes what "
        "layers do, not what autograd records. Switch recording off as well."
    ),
    ("gradients_switched_off_for_good", OFF): (
        "Gradient recording is switched off for everyone and not switched back: the next training "
        "step has no graph to go back through. Use something that ends with its block."
    ),
    ("gradients_switched_on_for_good", OFF, ON): (
        "Gradient recording is switched on at the end, whatever it was before: a caller who had it "
        "off gets it back on. Use something that remembers, and ends with its block."
    ),
    ("gradients_cleared", (EVAL, EVAL + "    model.zero_grad()\n")): (
        "The model's gradients are cleared on the way. A measurement is a guest: whoever collects "
        "gradients over several batches loses what was there. Leave `.grad` alone."
    ),
    ("frozen_for_good", (EVAL, EVAL + "    model.requires_grad_(False)\n")): (
        "All parameters are told to need no gradient, and stay so: the next training step moves "
        "nothing. A block without recording is enough, and ends by itself."
    ),
    ("best_sample_for_each_class", ("argmax(dim=1)", "argmax(dim=0)")): (
        "The largest logit is looked for along the batch: which sample is best for each class. The "
        "predicted class is the largest along the classes, one for each sample."
    ),
    ("loss_alone", (BOTH, MEAN)): (
        "One number comes back, the loss. Two are asked for, the loss and the accuracy, in this "
        "order: look at the last line."
    ),
    ("right_answers_by_batches", (RATE, "correct / len(loader)")): (
        "The right answers are divided by the number of batches, so the accuracy may exceed 1. It "
        "is a fraction of all samples: divide by their number."
    ),
    ("accuracy_of_the_last_batch", *LAST_HITS): (
        "The accuracy is that of the last batch: each overwrites the one before. Count right "
        "answers over all batches, and divide once by all samples."
    ),
}
for (name, *edits), text in OF_MEASURING_ANYTHING.items():
    evaluate.edit(name, text, *edits, about="anything")
