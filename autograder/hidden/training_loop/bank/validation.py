"""Mistakes in an evaluation."""

from typing import Any

from autograder.api import Bank

from .passes import MEAN, MEANS, OF_BATCHES, RETURN

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
evaluate = bank.exercise("evaluate")

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
    ("best_of_all_logits", ("argmax(dim=1)", "argmax()")): (
        "argmax without an axis gives one place among all logits of the batch. The predicted class "
        "is the largest along the classes, one for each sample: say which axis."
    ),
    (
        "nested_modes_forgotten",
        (MODES, MODES.replace("model.modules()", "(model, *model.children())")),
    ): (
        "Only the modes of the model and its direct children are noted and put back: layers deeper "
        "down stay in evaluation mode. modules() goes all the way."
    ),
    ("modes_of_the_children_only", (MODES, MODES.replace("model.modules()", "model.children()"))): (
        "The modes of the children are put back, and the model's own flag is not: it stays in "
        "evaluation mode. modules() begins with the model itself."
    ),
    (
        "dropout_alone_at_rest",
        (
            EVAL,
            """    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
""",
        ),
    ): (
        "Dropout alone is put into evaluation mode: batch norm still uses the batch's statistics, "
        "and learns from validation data. model.eval() reaches everything."
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
