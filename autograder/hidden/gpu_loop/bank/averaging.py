"""Mistakes in the averages of a model's weights."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
ema = bank.exercise("EMA")
ema.forbids("torch.optim.swa_utils")

LERP = "torch._foreach_lerp_(averages, values, 1 - self.decay)  # all of them in a few kernels"
COPIES = "{name: value.clone() for name, value in self.state_of(model).items()}"
START = f"self.averages = {COPIES}"
BEFORE = f"        before = {COPIES}\n"
TRY = """        try:
            self.write(self.averages, model)
            yield
        finally:
            self.write(before, model)
"""
UNGUARDED = """        self.write(self.averages, model)
        yield
        self.write(before, model)
"""
NAMED = "named = (*model.named_parameters(), *model.named_buffers())"
INTEGERS = "                self.averages[name].copy_(value)\n"
DECAY = "        self.decay = decay\n"
UPDATE = "        averages, values = [], []\n"
WARMED = "1 - min(self.decay, (1 + self.count) / (10 + self.count))"

KEEPS = (
    "After the block the model keeps the averages: nothing is put back, or what is put back was no "
    "copy of the weights. Clone them, and write them back in a `finally`."
)

VALUES: Mistakes = {
    ("decay_reversed", (LERP, "torch._foreach_lerp_(averages, values, self.decay)")): (
        "The two factors are swapped: the new weights count with decay, and the average forgets "
        "nearly everything at each update. decay is what the average keeps of itself."
    ),
    (
        "decay_warmed_up",
        (DECAY, DECAY + "        self.count = 0\n"),
        (LERP, f"self.count += 1\n        torch._foreach_lerp_(averages, values, {WARMED})"),
    ): (
        "The decay is smaller in the first updates, a warm-up that many libraries have. The "
        "contract's average has none: decay counts from the first update on."
    ),
    (
        "first_update_copies",
        (DECAY, DECAY + "        self.fresh = True\n"),
        (LERP, "first, self.fresh = self.fresh, False\n        torch._foreach_lerp_("
               "averages, values, 1.0 if first else 1 - self.decay)"),
    ): (
        "The first update copies the weights, as PyTorch's AveragedModel does. Here the average "
        "starts as a copy when it is made, and the first update is one like any other."
    ),
    ("starts_at_zero", (START, "self.averages = {name: torch.zeros_like(value) for name, value in "
                               "self.state_of(model).items()}")): (
        "The average starts at 0, as Adam's does, and nothing corrects it. It starts as a copy of "
        "the weights."
    ),
    (
        "mean_of_all",
        (DECAY, DECAY + "        self.count = 1\n"),
        (LERP, "self.count += 1\n        torch._foreach_lerp_(averages, values, 1 / self.count)"),
    ): (
        "The average is the plain mean of all weights so far, which never forgets the first ones. "
        "An exponential average keeps decay of itself at each update."
    ),
    ("last_weights_kept", (LERP, "torch._foreach_copy_(averages, values)")): (
        "An update copies the weights, so there is no average. Move the average by (1 - decay) of "
        "the way towards them."
    ),
    ("not_updated", (LERP, "pass")): (
        "Updates change nothing: the average stays where it started. `lerp` without an underscore "
        "gives a new tensor, and leaves the old one as it is."
    ),
}  # fmt: skip
for (name, *edits), text in VALUES.items():
    ema.edit(name, text, *edits)

ANYTHING: Mistakes = {
    ("by_reference", (START, "self.averages = self.state_of(model)")): (
        "The average holds the model's own tensors, so it moves with every training step. Clone "
        "them when it is made."
    ),
    ("parameters_only", (NAMED, "named = tuple(model.named_parameters())")): (
        "Buffers are left out. The averaged weights then meet batch norm statistics of other "
        "weights, or a count of batches that stands still: average or copy them as well."
    ),
    ("integers_forgotten", (INTEGERS, "                pass\n")): (
        "Integer buffers stay at what they were when the average was made. Copy them at each "
        "update: num_batches_tracked counts on."
    ),
    ("integers_averaged", ("            if value.is_floating_point():\n", "            if True:\n"),
     (LERP, "for average, value in zip(averages, values):\n            average.copy_("
            "self.decay * average + (1 - self.decay) * value)")): (
        "Integer buffers are averaged like the rest and cut to whole numbers, as AveragedModel "
        "does it: num_batches_tracked falls behind. Copy them."
    ),
    ("buffers_not_restored", (BEFORE, BEFORE.replace("self.state_of(model).items()",
                                                     "model.named_parameters()")),
     ("            value.copy_(values[name])\n",
      "            if name in values:\n                value.copy_(values[name])\n")): (
        "After the block the parameters are back, and the buffers are still those of the average: "
        "batch norm goes on with other statistics. Put back everything that was swapped."
    ),
    ("frozen_left_out", (NAMED, "named = tuple(p for p in (*model.named_parameters(), "
                                "*model.named_buffers()) if p[1].requires_grad or "
                                "'norm.' in p[0])")): (
        "Frozen parameters aren't averaged. Somebody may change them all the same, or thaw them: "
        "every parameter belongs to the average."
    ),
    ("not_restored_after_an_exception", (TRY, UNGUARDED)): (
        "After an exception in the block the averages stay in the model, and training goes on from "
        "them. Restore in a `finally`."
    ),
    ("not_restored",
     (TRY, TRY.replace("            self.write(before, model)\n", "            pass\n"))): (
        KEEPS
    ),
    ("exception_swallowed", (TRY, TRY.replace("        finally:\n", "        except Exception:\n"
        "            pass\n        finally:\n"))): (
        "An exception in the block is caught and forgotten, so a failed evaluation looks like one "
        "that worked. Restore, and let it pass."
    ),
    ("in_half_precision", (BEFORE, BEFORE.replace(
        "value.clone()", "value.clone() if value.dtype == torch.int64 else value.half()"))): (
        "The weights that are put back were kept in half precision, and come back rounded. Keep "
        "them as they are: bit for bit."
    ),
    ("shared_between_all", (START, "EMA.averages = " + COPIES)): (
        "The averages belong to the class, so two of them overwrite each other. Keep them on self."
    ),
    ("new_parameters", ("            value.copy_(values[name])\n",
        "            owner, _, last = name.rpartition('.')\n"
        "            module = model.get_submodule(owner)\n"
        "            if last in module._parameters:\n"
        "                wanted = module._parameters[last].requires_grad\n"
        "                setattr(module, last, nn.Parameter(values[name].clone(), wanted))\n"
        "            else:\n"
        "                value.copy_(values[name])\n")): (
        "New Parameter objects take the place of the old ones. The optimizer still holds the old "
        "ones, and trains what the model has no more: write into the tensors that are there."
    ),
    ("update_writes_into_the_model",
     (LERP, LERP.replace("(averages, values,", "(values, averages,"))): (
        "The update moves the model's weights towards the averages: that disturbs the training, "
        "and the averages stand still. It is the averages that move."
    ),
    ("gradients_cleared", (UPDATE, "        model.zero_grad()\n" + UPDATE)): (
        "The update clears the model's gradients. It only looks at the weights: leave everything "
        "else as it is."
    ),
}  # fmt: skip
for (name, *edits), text in ANYTHING.items():
    ema.edit(name, text, *edits, about="anything")
ema.edit(
    "restored_from_itself",
    KEEPS,
    (BEFORE, "        before = self.state_of(model)\n"),
    about="anything",
    equivalent_to="not_restored",
)
