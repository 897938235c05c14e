"""Mistakes in what stands around the epochs of `fit`: resuming, callbacks, log, bar, knobs."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
fit = bank.exercise("fit")

LOAD = "path, model=run.model, optimizer=run.optimizer, scheduler=run.schedule, scaler=run.scaler"
HISTORY = '    run.history = kept["history"]\n'
ORDER = "        generator.set_state(state)\n"
AVERAGE = '            average.copy_(kept["averages"][name])\n'
TOLD = "            run.stopper.update(loss)\n"
NEXT = 'return back["epoch"] + 1'
ANSWERS = "answers = [callback(run.history) for callback in callbacks]"
STOP = "if stop or any(answers):"
LOG = "log = event_log(config.log_dir, purge_step=first)"
CLOSE = "        finally:\n            if log is not None:\n                log.close()\n"
SCALAR = "                        log.add_scalar(column, values[-1], epoch)\n"
SHOWN = "shown = progress(train_loader, run.config.progress, label)"
FORMAT = '{"memory_format": torch.channels_last} if run.config.channels_last else {}'
MODEL = "        model.to(memory_format=torch.channels_last)\n"
COMPILE = "torch.compile(model) if config.compile else model"
CUDA = '    if config.capture and where.type != "cuda":\n'
RESUMED = "first = 0 if resume is None else resume_run(run, resume, loaders)"
WITH = "    with repeatable():\n"
SAVE = "                save_run(run, epoch, loaders)\n"
AFTER = "    if run.stopper is not None and run.stopper.best_state is not None:\n"
APPEND = "        run.history[column].append(value)\n"

ANYTHING: Mistakes = {
    ("optimizer_not_resumed", (LOAD, LOAD.replace(" optimizer=run.optimizer,", ""))): (
        "A resumed run begins with an empty optimizer: velocities and averages of gradients are 0 "
        "again, and the next steps are other ones. Load its state."
    ),
    ("schedule_not_resumed", (LOAD, LOAD.replace(" scheduler=run.schedule,", ""))): (
        "A resumed run begins its schedule anew, warm-up and all. Load its state: the number of "
        "steps taken."
    ),
    ("scale_not_resumed", (LOAD, LOAD.replace(", scaler=run.scaler", ""))): (
        "A resumed float16 run begins with the first scale again, and skips the steps that it "
        "takes to come down. The scaler's state is part of the run: save it and load it."
    ),
    ("order_not_resumed", (ORDER, "        pass\n")): (
        "A resumed run shuffles its data as if it were at the beginning: some samples come twice, "
        "others never. The loader's generator is part of the run."
    ),
    ("random_state_not_resumed", (NEXT, "seed_everything(run.config.seed)\n    " + NEXT)): (
        "A resumed run begins with the random state of the seed, not with that of the file, so "
        "dropout draws other masks. Seed first, then load, and draw nothing in between."
    ),
    ("averages_not_resumed", (AVERAGE, "            pass\n")): (
        "A resumed run begins with new averages. They are part of the run, and in no state_dict "
        "but the one you make: save and load them."
    ),
    ("patience_not_resumed", (TOLD, "            pass\n")): (
        "A resumed run has all its patience again, and no best loss yet. The count is part of the "
        "run: save it, or tell the stopper the old losses once more."
    ),
    ("history_not_resumed", (HISTORY, "    past = kept['history']['val_loss']\n"),
     ('run.history["val_loss"]:  # it', "past:  # it")): (
        "The history of a resumed run begins at the resume. It is one run: keep what there was "
        "before in the file, and go on."
    ),
    ("only_weights_resumed", (HISTORY, "    return back['epoch'] + 1\n" + HISTORY),
     (LOAD, "path, model=run.model")): (
        "Only the weights come back. Optimizer, schedule, averages, patience, generators and the "
        "history so far are part of the run as well: save and load them all."
    ),
    ("resumed_an_epoch_early", (NEXT, NEXT.replace(" + 1", ""))): (
        "A resumed run repeats the epoch after which it was saved. Go on with the next one."
    ),
    ("saved_when_better", (SAVE, "                if min(run.history['val_loss']) == "
                           "run.history['val_loss'][-1]:\n    " + SAVE)): (
        "The checkpoint is written only when the validation loss is a new best, so a resume goes "
        "back to that epoch. It is for going on: write it after each epoch."
    ),
    ("saved_once", (SAVE, ""),
     (AFTER, "    save_run(run, config.epochs - 1, loaders)\n" + AFTER)): (
        "The checkpoint is written when the run is over, when there is nothing left to resume. "
        "Write it at the end of each epoch."
    ),
    ("averages_not_left", ("    elif run.ema is not None:\n        run.ema.write("
                           "run.ema.averages, model)\n", "")): (
        "After a run with averages the model has the weights of the last step. What was validated, "
        "and what you wanted, are the averages: leave them in the model."
    ),
    ("last_weights_left", ("        model.load_state_dict(run.stopper.best_state)\n",
                           "        pass\n")): (
        "After a run with patience the model has the last weights, which are the ones that were no "
        "better. Put back those of the epoch with the lowest val_loss."
    ),
    ("resume_ignored", (RESUMED, "first = 0")): (
        "resume changes nothing: the run begins at its beginning. Load the file into the new parts "
        "and go on behind its last epoch."
    ),
    ("callbacks_never_called", (ANSWERS, "answers = []")): (
        "The callbacks are never called. After each epoch each of them gets the history so far."
    ),
    ("callbacks_cannot_stop", (STOP, "if stop:")): (
        "What callbacks return is thrown away, so none can stop the run. It ends after the epoch "
        "in which one returned True."
    ),
    ("asks_until_the_first_true", (ANSWERS, "answers = [any(callback(run.history) for callback in "
                                            "callbacks)]")): (
        "The callbacks are asked until one says True, and those behind it miss that epoch. Call "
        "each of them, then decide."
    ),
    ("no_log", (LOG, "log = None")): (
        "Nothing is logged, whatever log_dir says. Open a writer there, and give it each epoch's "
        "numbers."
    ),
    ("log_resumed_without_purge", (LOG, "log = event_log(config.log_dir)")): (
        "A resumed run logs into the folder without a purge_step. What the first run logged after "
        "its last checkpoint stays, and TensorBoard shows both."
    ),
    ("log_not_closed", (CLOSE, "        finally:\n            pass\n")): (
        "The writer is never closed, so the last numbers may not get to the disk. Close it, also "
        "after an exception."
    ),
    ("needs_tensorboard",
     (LOG, "from torch.utils.tensorboard import SummaryWriter\n\n        log = "
        "SummaryWriter(config.log_dir, purge_step=first) if config.log_dir else None")): (
        "Without TensorBoard the run raises an ImportError. A log is an extra: say in one line "
        "that there is none, and train."
    ),
    ("always_a_bar", (SHOWN, "shown = progress(train_loader, True, label)")): (
        "A progress bar is shown even with progress=False. Runs in files and tests have to be "
        "silent."
    ),
    ("never_a_bar", (SHOWN, "shown = train_loader")): (
        "With progress=True nothing is shown. Whoever waits wants to see how far it is: a bar, or "
        "a line an epoch."
    ),
    ("images_stay_as_they_are", (FORMAT, "{}")): (
        "Images come with channels first whatever channels_last says. Model *and* inputs have to "
        "be in the format, or every step converts."
    ),
    ("every_input_an_image", ("how = images if inputs.dim() == 4 else {}", "how = images")): (
        "Every input is put into the images' format, and what has no four dimensions has none: "
        "rows of numbers raise an error. Look at the dimensions first."
    ),
    ("frozen_gradients_counted", ("if p.grad is not None]", "]")): (
        "The norm is taken over the gradients of all parameters, and those of a frozen layer are "
        "None. Leave them out."
    ),
    ("never_compiled", (COMPILE, "model")): (
        "compile=True changes nothing here. Where it is asked for, the forward pass runs through "
        "torch.compile."
    ),
    ("capture_ignored", (CUDA, "    if False:\n"), (
        "    if config.capture and (config.accumulation_steps", "    if False and ("
        "config.accumulation_steps"),
     ("step=CapturedStep(take_step) if config.capture else take_step", "step=take_step")): (
        "capture changes nothing where it can't be. Whoever asked for a graph would wait for a "
        "speed that never comes: raise a ValueError that says why."
    ),
    ("capture_another_error",
     ('raise ValueError(f"capture needs', 'raise RuntimeError(f"capture needs')): (
        "capture without CUDA raises, but not a ValueError. The config and the device don't fit: "
        "that is what a ValueError says."
    ),
    ("flags_left", (WITH, "    torch.backends.cudnn.deterministic = True\n"
                          "    torch.backends.cudnn.benchmark = False\n    if True:\n")): (
        "cuDNN's flags stay as the run set them. They belong to the whole process: put them back, "
        "also after an exception."
    ),
    ("one_column_missing", (APPEND, "        if column != 'seconds':\n    " + APPEND)): (
        "A column of the history stays empty. All seven have one entry for each epoch."
    ),
    ("nothing_returned", ("    return run.history\n", "")): (
        "The run is made, and nothing comes back. Return the history: all seven columns, also "
        "after a run that was stopped."
    ),
}  # fmt: skip
for (name, *edits), text in ANYTHING.items():
    fit.edit(name, text, *edits, about="anything")
fit.by_exceptions("needs_tensorboard", "frozen_gradients_counted")
