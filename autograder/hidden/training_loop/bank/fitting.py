"""Mistakes in a whole run."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
fit = bank.exercise("fit")

HISTORY = 'history = {"train_loss": [], "val_loss": [], "val_accuracy": [], "lr": []}'
LOOP, RATE = "    for _ in range(epochs):\n", 'optimizer.param_groups[0]["lr"]'
WRITTEN_RATE = '        history["lr"].append(rate)\n'
TRAIN = "        train_loss = train_epoch(model, train_loader, criterion, optimizer, device)\n"
MEASURE = "        val_loss, val_accuracy = evaluate(model, val_loader, criterion, device)\n"
AGAIN = "        train_loss, _ = evaluate(model, train_loader, criterion, device)\n"
PLATEAU, STEP = "scheduler.step(val_loss)", "            scheduler.step()\n"
IS_PLATEAU = "isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)"
OTHERS = (f"        elif scheduler is not None:\n{STEP}", "")
OTHERWISE = f"        if scheduler is not None and not {IS_PLATEAU}:\n{STEP}"
NEVER = (f"        if {IS_PLATEAU}:\n            {PLATEAU}\n", "")
WRITE = "".join(
    f'        history["{key}"].append({value})\n'
    for key, value in (
        ("train_loss", "train_loss"),
        ("val_loss", "val_loss"),
        ("val_accuracy", "val_accuracy"),
        ("lr", "rate"),
    )
)
ROW = """        row = {"train_loss": train_loss, "val_loss": val_loss}
        history.append({**row, "val_accuracy": val_accuracy, "lr": rate})
"""
INLINE = """        total = count = 0
        for inputs, targets in train_loader:
            batch = inputs.to(device), targets.to(device)
            total += train_step(model, batch, criterion, optimizer) * len(inputs)
            count += len(inputs)
        train_loss = total / count
"""
STUCK = (LOOP, f"    model.train()\n{LOOP}"), (TRAIN, INLINE), ("(model, val", "(model.eval(), val")
STEPPING = f"""        def stepping():
            for batch in train_loader:
                yield batch
                if scheduler is not None and not {IS_PLATEAU}:
                    scheduler.step()

"""
EACH_BATCH = (TRAIN, STEPPING + TRAIN.replace("train_loader", "stepping()"))
BEST_YET = """        if val_loss <= min(history["val_loss"]):
            best = {name: value.clone() for name, value in model.state_dict().items()}
"""
LOOK = f"""        if {IS_PLATEAU}:
            {PLATEAU}
        elif scheduler is not None:
{STEP}"""
RISES = """        if len(history["val_loss"]) > 1 and val_loss > history["val_loss"][-2]:
            break
"""
PERCENT = ("append(val_accuracy)", "append(100 * val_accuracy)")

BEST = (
    (WRITE, WRITE + BEST_YET),
    ("    return history", "    model.load_state_dict(best)\n    return history"),
)
VALUES: Mistakes = {
    ("rate_of_the_next_epoch", ("append(rate)", f"append({RATE})")): (
        "The history has the rate that the scheduler has set for the next epoch. What explains "
        "this epoch's loss is the rate that was used in it: read it before the scheduler steps."
    ),
    ("first_rate_in_every_row", (RATE, 'optimizer.defaults["lr"]')): (
        "Every row of the history has the rate with which the run began. The scheduler changes it "
        "from epoch to epoch: read it anew in each, where the optimizer keeps it."
    ),
    ("scheduler_before_optimizer", OTHERS, (LOOP, LOOP + OTHERWISE)): (
        "The scheduler steps before the epoch's first optimizer step, so the first rate is never "
        "used. A schedule begins with its first value: step it when the epoch is over."
    ),
    ("rate_noted_and_then_changed", OTHERS, (TRAIN, OTHERWISE + TRAIN)): (
        "The scheduler steps between the note of the rate and the training, so the history has a "
        "rate that was never used. Step when the epoch is over."
    ),
    ("scheduler_every_batch", OTHERS, EACH_BATCH): (
        "The scheduler steps after every batch. This one was made for one step an epoch, so its "
        "rate falls as many times too fast as there are batches. Step it once, at the end."
    ),
    ("scheduler_never_stepped", NEVER, OTHERS): (
        "The scheduler is never stepped, so the rate stays where it began. It does nothing by "
        "itself: step it once at the end of every epoch."
    ),
    ("plateau_alone_stepped", OTHERS): (
        "Only ReduceLROnPlateau is stepped: with any other scheduler the rate stays where it "
        "began. Step those as well at the end of every epoch, without an argument."
    ),
    ("plateau_never_stepped", (PLATEAU, "pass")): (
        "ReduceLROnPlateau is never stepped, so the rate never falls. It watches nothing by "
        "itself: give it the validation loss at the end of every epoch."
    ),
    ("plateau_by_training_loss", (PLATEAU, "scheduler.step(train_loss)")): (
        "ReduceLROnPlateau watches the training loss, which goes on falling while the model only "
        "learns by heart. Whether training still helps is seen on the validation loss."
    ),
    ("plateau_by_accuracy", (PLATEAU, "scheduler.step(val_accuracy)")): (
        "ReduceLROnPlateau gets the accuracy, but it waits for a number that falls: a better "
        "accuracy looks like a worse loss to it. Give it the validation loss."
    ),
    ("validated_before_training", (TRAIN + MEASURE, MEASURE + TRAIN)): (
        "Validation comes before the epoch's training, so each entry belongs to the weights of the "
        "epoch before. Train, then measure, so that a row of the history belongs together."
    ),
    ("validated_on_training_data", ("evaluate(model, val_", "evaluate(model, train_")): (
        "Validation goes through the training data, which the model has learned from. The question "
        "is what it does on samples that it has never seen: measure on val_loader."
    ),
    ("trained_on_validation_data", ("train_epoch(model, train_", "train_epoch(model, val_")): (
        "The model trains on the validation data, so validation no longer shows what it does on "
        "samples that it has never seen. Look at which loader goes where."
    ),
    (
        "mean_of_batch_means",
        (TRAIN, INLINE.replace(" * len(inputs)", "").replace("len(inputs)", "1")),
    ): (
        "The training loss is the mean of the batches' means: a short last batch counts as much as "
        "a full one. train_epoch has the mean over samples: use it."
    ),
    ("best_weights_at_the_end", *BEST): (
        "The weights of the best epoch are put back at the end. That is often wise, and not asked "
        "for here: the weights at the end are those of the last epoch."
    ),
    ("training_loss_measured_again", (TRAIN, TRAIN + AGAIN)): (
        "The training loss is measured after the epoch, in evaluation mode. Asked for is the mean "
        "while training, which train_epoch returns and which costs no second pass."
    ),
    ("accuracy_taken_for_the_loss", ("val_loss, val_accuracy", "val_accuracy, val_loss")): (
        "Validation loss and accuracy change places: a measurement gives the loss first, the "
        "accuracy second. Look at the order of the two names that it is unpacked into."
    ),
    ("accuracy_in_percent", PERCENT): (
        "The accuracy is written down in percent. It is asked for as a fraction between 0 and 1, "
        "as the measurement gives it."
    ),
    ("stuck_in_evaluation_mode", *STUCK): (
        "Training mode is set once, before the first epoch, and evaluation mode stays after the "
        "first validation: from then on the model trains without dropout. Set it in every epoch."
    ),
}
for (name, *edits), text in VALUES.items():
    fit.edit(name, text, *edits)

KEEPING = f"""        def keeping(outputs, targets):
            kept.append(criterion(outputs, targets))
            return kept[-1]

        kept = []
{TRAIN.replace("criterion", "keeping")}"""


@fit.observe("fit_lets_go")
def fit_lets_go(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The last one or two losses may still be in a variable; all of them may not."""
    kept = raw.pop("graphs of earlier batches").value
    return {**raw, "does memory grow with every batch?": kept > 2}


ANYTHING: Mistakes = {
    ("unfreezes_batch_norm", (LOOP, f"{LOOP}        model.train()\n")): (
        "The whole model is put into training mode at the start of each epoch, a frozen batch norm "
        "with it, whose statistics then move. Leave the modes to the epoch and to the measurement."
    ),
    ("keeps_the_graphs", (TRAIN, KEEPING)): (
        "The batches' losses are kept as tensors, graphs and all: nothing can be freed until the "
        "epoch is over, so memory grows batch by batch. Keep numbers."
    ),
    ("scheduler_before_validation", OTHERS, (MEASURE, OTHERWISE + MEASURE)): (
        "The scheduler steps between training and validation. The rates are right, but what is "
        "saved with this epoch's validation already has the next rate. Step it last."
    ),
    ("plateau_without_metric", (PLATEAU, "scheduler.step()")): (
        "ReduceLROnPlateau refuses to be stepped like the others, without a metric: it decides by "
        "the validation loss, which is the one argument that its step needs."
    ),
    ("every_scheduler_alike_and_always_one", (LOOK, "        scheduler.step()\n")): (
        "Whatever comes is stepped in one way, without a look whether it is a ReduceLROnPlateau, "
        "which wants the validation loss, or None, which means no scheduler. There are three cases."
    ),
    ("metric_for_every_scheduler", (IS_PLATEAU, "scheduler is not None")): (
        "Every scheduler is given the validation loss. Only ReduceLROnPlateau asks for one: the "
        "others read their argument as an epoch number, and jump there."
    ),
    ("a_list_for_each_rate", ("append(rate)", "append([rate])")): (
        "Each entry of `lr` is a list, one rate for each parameter group, as a scheduler gives it. "
        "A float is asked for: take the first of them."
    ),
    ("rates_left_out", (', "lr": []', ""), (WRITTEN_RATE, "")): (
        "The history has no `lr`. The rate that was used is what explains the losses beside it: "
        "note it at the start of each epoch, and keep it with them."
    ),
    ("stopped_early", (WRITE, WRITE + RISES)): (
        "The run ends once the validation loss rises, so the lists are shorter than asked. Here "
        "every epoch is run; stopping early comes in lesson 11."
    ),
    ("first_epoch_only", ("    return history", "        return history")): (
        "The run ends after its first epoch: the return is inside the loop. Go through all epochs, "
        "then return."
    ),
    ("last_epoch_only", (WRITE, WRITE.replace(".append(", " = ").replace(")", ""))): (
        "Each epoch overwrites what the one before wrote down, and only the last is left. A curve "
        "needs a list with an entry for each epoch: append to it."
    ),
    ("rows_for_columns", (HISTORY, "history = []"), (WRITE, ROW)): (
        "A list with one dict an epoch comes back. Asked for is one dict with a list for each "
        "curve: turn rows into columns."
    ),
    ("one_epoch_too_many", ("range(epochs)", "range(epochs + 1)")): (
        "The run has one epoch more than asked, so the lists are too long and the weights have "
        "moved on. Count the rounds of the loop for epochs = 1."
    ),
    ("one_epoch_too_few", ("range(epochs)", "range(1, epochs)")): (
        "The run has one epoch less than asked: counting starts at 1 and ends before the number "
        "given. Count the rounds of the loop for epochs = 1."
    ),
}
for (name, *edits), text in ANYTHING.items():
    fit.edit(name, text, *edits, about="anything")
fit.by_exceptions("plateau_without_metric", "every_scheduler_alike_and_always_one")

NO_SCHEDULER = (
    "The scheduler is stepped, or asked for its rate, without a look whether there is one. None is "
    "allowed and means that the rate stays, and the optimizer always knows the rate."
)
NO_ONE = "no_scheduler_not_allowed"
fit.edit(NO_ONE, NO_SCHEDULER, ("elif scheduler is not None:", "else:"), about="exceptions")
ASKED = (RATE, "scheduler.get_last_lr()[0]")
fit.edit(
    *("rate_asked_of_the_scheduler", NO_SCHEDULER, ASKED), about="exceptions", equivalent_to=NO_ONE
)
