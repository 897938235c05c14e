"""Mistakes in an accuracy (04)."""

from autograder.api import Bank

bank = Bank()
accuracy = bank.exercise("loop_04")

EVAL = "    model.eval()  # no dropout; batch norm uses, and keeps, what it learned\n"
TRAIN, RETURN = "    model.train()\n", "return correct / seen"
PREDICTED = "predicted = model(x).argmax(dim=1)"
HITS, SEEN = "correct += (predicted == y).sum().item()", "seen += len(y)"
NORMS = "\n            ".join(
    (
        "for part in model.modules():",
        "    if isinstance(part, KIND):",
        "        part.eval()",
    )
).replace("\n            ", "\n    ")

TRAINING_MODE = (
    "The network is asked in training mode: dropout strikes out numbers at random, and batch norm "
    "uses each batch's own statistics and learns from it. In use it runs in evaluation mode."
)
accuracy.edit(
    "in_training_mode",
    TRAINING_MODE,
    (EVAL, ""),
)
accuracy.edit(
    "switched_to_training",
    TRAINING_MODE,
    (EVAL, "    model.train()\n"),
    equivalent_to="in_training_mode",
)
accuracy.edit(
    "left_in_evaluation",
    "The network stays in evaluation mode, and its training goes on without dropout and with "
    "frozen statistics. Switch it back once it has been asked.",
    (TRAIN, ""),
    about="anything",
)
accuracy.edit(
    "only_dropout_off",
    "Dropout is switched off, and batch norm is still in training mode: it uses each batch's own "
    "statistics and learns from them. One call switches the whole network.",
    (EVAL, f"    {NORMS.replace('KIND', 'nn.Dropout')}\n"),
)
accuracy.edit(
    "only_batch_norm_off",
    "Batch norm is in evaluation mode, and dropout still strikes out numbers at random. One call "
    "switches the whole network.",
    (EVAL, f"    {NORMS.replace('KIND', 'nn.BatchNorm1d')}\n"),
    about="anything",
)
accuracy.edit(
    "back_after_the_first_batch",
    "The network goes back to training mode after the first batch, so that all others are asked "
    "in the wrong one. Switch back once, behind the loop.",
    (HITS, f"{HITS}\n            model.train()"),
)
accuracy.edit(
    "in_percent",
    "The accuracy comes back in percent. It is a fraction of all samples, between 0 and 1.",
    (RETURN, "return 100 * correct / seen"),
    about="anything",
)
accuracy.edit(
    "mean_of_batches",
    "The accuracies of the batches are averaged, and a small last batch counts as much as a full "
    "one. Count what is right over all samples, and divide once.",
    (HITS, "correct += (predicted == y).float().mean().item()"),
    (RETURN, "return correct / len(loader)"),
)

accuracy.edit(
    "divided_by_batches",
    "The number of right answers is divided by the number of batches, which gives answers per "
    "batch. Divide by the number of samples.",
    (RETURN, "return correct / len(loader)"),
    about="anything",
)
accuracy.edit(
    "count_not_fraction",
    "What comes back is how many answers are right. The fraction of all samples is asked for.",
    (RETURN, "return correct"),
    about="anything",
)
accuracy.edit(
    "error_rate",
    "What comes back is the fraction of wrong answers. The accuracy is that of right ones.",
    (RETURN, "return 1 - correct / seen"),
    about="anything",
)
accuracy.edit(
    "last_batch_only",
    "Each batch overwrites the counts of those before it, so that the accuracy is that of the last "
    "batch. Add up over all of them.",
    (HITS, HITS.replace("+=", "=")),
    (SEEN, SEEN.replace("+=", "=")),
    about="anything",
)
accuracy.edit(
    "first_batch_only",
    "The loop ends after the first batch. The accuracy is that of all samples.",
    (SEEN, SEEN + "\n            break"),
    about="anything",
)
accuracy.edit(
    "evaluation_after_the_first_batch",
    "The network is switched to evaluation mode behind its first batch, which was asked in "
    "training mode. Switch before the loop.",
    (EVAL, ""),
    (SEEN, SEEN + "\n            model.eval()"),
)
SEEDED = (
    "A fixed seed strikes out the same numbers each time: they are struck out all the same, and "
    "batch norm still uses each batch's own statistics. Evaluation mode does neither."
)
accuracy.edit("seeded_instead", SEEDED, (EVAL, "    torch.manual_seed(0)\n"))
accuracy.edit(
    "another_seed_instead",
    SEEDED,
    (EVAL, "    torch.manual_seed(42)\n"),
    equivalent_to="seeded_instead",
)
COPIED = (
    "Batch norm's running statistics are saved from harm, and the network is still asked in "
    "training mode: dropout, and each batch's own statistics. Ask it in evaluation mode."
)
accuracy.edit("copy_in_training_mode", COPIED, (EVAL, "    model = copy.deepcopy(model)\n"))
accuracy.edit(
    "statistics_put_back",
    COPIED,
    (EVAL, "    kept = copy.deepcopy(model.state_dict())\n"),
    (TRAIN, "    model.load_state_dict(kept)\n"),
    equivalent_to="copy_in_training_mode",
)
