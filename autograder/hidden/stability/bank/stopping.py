"""Mistakes in EarlyStopping: when it stops, what counts, and which weights it keeps."""

from functools import partial
from typing import Any

from autograder.api import Bank, Number

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
stopping = bank.exercise("EarlyStopping")
mistake = partial(stopping.edit, about="anything")  # not seen in numbers

ANSWER = "the answer"


@stopping.observe("patience", "improvement", "odd_losses")
def scripts(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Each update; and the number of the first one that says stop (-1: none does). Whether answers
    are bools, another probe says."""
    seen: dict[str, Any] = {}
    for where, updates in raw.items():
        seen[where] = {
            after: {**one, ANSWER: as_bool(one[ANSWER])} for after, one in updates.items()
        }
        stops = [one[ANSWER] is True for one in seen[where].values()]
        first = stops.index(True) if True in stops else -1
        seen[where]["the number of the first update that says stop"] = Number(first, "int64")
    return seen


def as_bool(answer: Any) -> Any:
    return bool(answer.value) if isinstance(answer, Number) else answer


IMPROVED = "val_loss < self.best_loss - self.min_delta"
IF = f"if {IMPROVED}:"
STORE = "self.best_loss, self.best_epoch = val_loss, self.epoch"
RESET = "            self.waited = 0\n"
ELSE = "        else:\n            self.waited += 1\n"
STOP = "return self.waited >= self.patience"
START = 'self.best_loss, self.best_epoch, self.best_state = float("inf"), -1, None'
COPIED = "{name: tensor.cpu().clone() for name, tensor in state.items()}"
ANEW = COPIED.replace("state.items", "model.state_dict().items")
KEEP = f"            copied = {COPIED}\n            self.best_state = copied or None\n"
STATE = "            state = {} if model is None else model.state_dict()\n"

COUNTING: Mistakes = {
    ("one_update_late", (STOP, "return self.waited > self.patience")): (
        "It says stop one update late: the count has to exceed patience. True comes at the "
        "patience-th update without improvement, not at the one after."
    ),
    ("one_update_early", (STOP, "return self.waited >= max(1, self.patience - 1)")): (
        "It says stop one update early: the count starts at 1, or the improvement itself is "
        "counted. Only updates without improvement count."
    ),
    ("counter_not_reset", (RESET, "")): (
        "The count goes on after an improvement, so bad updates add up over the whole run. "
        "They have to be consecutive: an improvement sets the count to 0."
    ),
    ("min_delta_ignored", (" - self.min_delta", "")): (
        "Any loss below the best is an improvement, whatever min_delta is. It has to be "
        "lower than the best minus min_delta."
    ),
    ("min_delta_with_the_other_sign", (" - self.min_delta", " + self.min_delta")): (
        "min_delta is added to the best loss, so losses that are worse by less than that count as "
        "improvements. Subtract it."
    ),
    (
        "min_delta_relative",
        ("self.best_loss - self.min_delta", "self.best_loss * (1 - self.min_delta)"),
    ): (
        "min_delta is taken as a fraction of the best loss. Here it is a difference, in the "
        "units of the loss."
    ),
    ("ties_improve", ("if val_loss < ", "if val_loss <= ")): (
        "A loss that is exactly the best minus min_delta counts as an improvement, and so "
        "does a tie. The comparison is strict."
    ),
    ("nan_improves", (IMPROVED, "not val_loss >= self.best_loss - self.min_delta")): (
        "NaN counts as an improvement, and becomes the best loss. Every comparison with NaN "
        "is False: write the question so that False means no improvement."
    ),
    (
        "higher_is_better",
        (IMPROVED, "val_loss > self.best_loss + self.min_delta or self.best_epoch < 0"),
    ): (
        "It waits for a higher number, as for an accuracy. What comes in is a loss: "
        "lower is better."
    ),
    (
        "compared_with_the_last",
        (
            IF,
            (
                "previous = getattr(self, 'previous', float('inf'))\n"
                "        self.previous = val_loss\n"
                "        if val_loss < previous - self.min_delta:"
            ),
        ),
    ): (
        "Each loss is compared with the one before, not with the best, so any step down from "
        "a peak counts as an improvement. Compare with best_loss."
    ),
    (
        "best_follows_small_steps",
        (ELSE, ELSE + "            self.best_loss = min(self.best_loss, val_loss)\n"),
    ): (
        "best_loss follows every lower loss, even one that is no improvement, so many small "
        "steps never add up to one. It changes only on an improvement."
    ),
    (
        "best_loss_is_the_last",
        ("self.epoch += 1\n", "self.epoch += 1\n        self.best_loss = val_loss\n"),
    ): (
        "best_loss is overwritten at every update, so it is the last loss and not the best. "
        "It changes only on an improvement."
    ),
    ("epochs_from_1", ("val_loss, self.epoch\n", "val_loss, self.epoch + 1\n")): (
        "best_epoch counts updates from 1. The first update is number 0, as in every index of this "
        "course."
    ),
    (
        "epochs_count_improvements",
        ("        self.epoch += 1\n", ""),
        (RESET, RESET + "            self.epoch += 1\n"),
    ): (
        "best_epoch counts improvements, because the number of updates advances only there. Every "
        "update counts, whatever its loss."
    ),
}
for (name, *edits), text in COUNTING.items():
    stopping.edit(name, text, *edits)

COUNTING_ANYTHING: Mistakes = {
    ("says_stop_once", (STOP, "return self.waited == self.patience")): (
        "It says stop at the patience-th update only, and False again at the next, although "
        "nothing has improved. Use at least, not equal."
    ),
    (
        "starts_over_after_a_stop",
        (
            STOP,
            (
                "if self.waited < self.patience:\n"
                "            return False\n"
                "        self.waited = 0\n"
                "        return True"
            ),
        ),
    ): (
        "The count is set to 0 when it says stop, so the next update is told to go on, "
        "although nothing has improved. Only an improvement resets the count."
    ),
    (
        "small_improvement_resets",
        (ELSE, "        elif val_loss < self.best_loss:\n            self.waited = 0\n" + ELSE),
    ): (
        "A loss that beats the best by less than min_delta sets the count to 0, so tiny "
        "steps keep it waiting forever. Less than min_delta is no improvement."
    ),
    ("first_loss_is_best", (IMPROVED, f"self.epoch == 0 or {IMPROVED}")): (
        "The first loss is taken as the best, whatever it is: after a NaN nothing is ever "
        "lower. Start from inf, and let the first loss be compared like every other."
    ),
    ("starts_at_epoch_0", (START, START.replace("-1", "0"))): (
        "best_epoch is 0 before anything has come in, which is the number of the first "
        "update. Before an improvement it is -1."
    ),
    ("other_defaults", ("patience=5", "patience=10")): (
        "The default of patience is not 5. Defaults are part of the interface: look at "
        "the signature."
    ),
    (
        "state_in_the_class",
        (STORE, "EarlyStopping.best_so_far = val_loss\n            " + STORE),
        (
            IF,
            "best = min(self.best_loss, getattr(EarlyStopping, 'best_so_far', float('inf')))\n"
            f"        if {IMPROVED.replace('self.best_loss', 'best')}:",
        ),
        (START, START + '\n        EarlyStopping.best_so_far = float("inf")'),
    ): (
        "What it remembers belongs to the class, so two of them share it and overwrite each "
        "other. Set it in __init__, on self."
    ),
}
for (name, *edits), text in COUNTING_ANYTHING.items():
    mistake(name, text, *edits)

BY_REFERENCE = (
    "The best state holds the model's own tensors, and the optimizer goes on writing into "
    "them: the best becomes the last, without an error. Copy every tensor."
)
stopping.edit("kept_by_reference", BY_REFERENCE, (COPIED, "state"))
stopping.edit(
    "cpu_taken_for_a_copy",
    (
        "A tensor that is on the CPU already comes back from .cpu() as it is, and the optimizer "
        "goes on writing into it. On a GPU this works, here it doesn't: clone."
    ),
    (".cpu().clone()", ".cpu()"),
    equivalent_to="kept_by_reference",
)
stopping.edit(
    "shallow_copy", BY_REFERENCE, (COPIED, "copy.copy(state)"), equivalent_to="kept_by_reference"
)
KEEPING: Mistakes = {
    (
        "latest_state_kept",
        (STATE + KEEP, ""),
        (IF, f"if model is not None:\n            self.best_state = {ANEW}\n        {IF}"),
    ): (
        "The state is copied at every update, so the last one is kept and not the best. Copy on an "
        "improvement only."
    ),
    (
        "first_state_kept",
        ("self.best_state = copied or None", "self.best_state = self.best_state or copied"),
    ): (
        "The state is copied at the first improvement and never again, so the best one is "
        "that of the beginning. Copy on every improvement."
    ),
    (
        "half_precision_copy",
        (
            ".cpu().clone()",
            ".cpu().to(torch.float16 if tensor.is_floating_point() else tensor.dtype, copy=True)",
        ),
    ): (
        "The weights are kept in half precision to save memory, and come back rounded: the "
        "loss that was the best isn't reached again. Keep them as they are."
    ),
}
for (name, *edits), text in KEEPING.items():
    stopping.edit(name, text, *edits)
KEEPING_ANYTHING: Mistakes = {
    ("parameters_only", ("model.state_dict()", "dict(model.named_parameters())")): (
        "Only parameters are kept. A batch norm's running mean and variance are buffers: "
        "without those of the same epoch the best weights don't give the best loss. A "
        "state_dict has both."
    ),
    ("copied_on_the_device", ("tensor.cpu().clone()", "tensor.clone()")): (
        "The copy stays on the model's device, where it takes memory that training needs. It "
        "belongs on the CPU."
    ),
    ("state_not_kept", (KEEP, "")): (
        "The weights are never kept, so best_state is None at the end and there is nothing "
        "to go back to. Copy them on every improvement."
    ),
    ("the_model_itself", (KEEP, "            self.best_state = model\n")): (
        "The model itself is kept, which goes on training, and load_state_dict can't read "
        "it. Keep a copy of its state_dict."
    ),
    (
        "the_model_brought_to_the_cpu",
        (STATE, STATE.replace("model.state_dict()", "model.cpu().state_dict()")),
    ): (
        "A module's .cpu() moves the module itself, unlike a tensor's: training goes on with a "
        "model that has left the GPU. Bring the copies of its tensors to the CPU."
    ),
    (
        "moves_the_model",
        (STATE, STATE.replace("model.state_dict()", "model.train().state_dict()")),
    ): (
        "The model is changed on the way: its mode is another one afterwards. Keeping is "
        "looking: leave the model as it is."
    ),
}
for (name, *edits), text in KEEPING_ANYTHING.items():
    mistake(name, text, *edits)
