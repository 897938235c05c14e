"""Mistakes around the step: a scaler (10), a schedule (11), a checkpoint (12)."""

from autograder.api import Bank

bank = Bank()
scaled, paced, restored = (bank.exercise(f"loop_{number}") for number in (10, 11, 12))

BACKWARD = "        scaler.scale(loss).backward()\n"
UNSCALE = "        scaler.unscale_(optimizer)  # first: max_norm is meant for true gradients\n"
CLIP = "        nn.utils.clip_grad_norm_(model.parameters(), max_norm)\n"
STEP, UPDATE = "        scaler.step(optimizer)\n", "        scaler.update()\n"
LOSS = "losses.append(loss.item())"
CLIPS_SCALED = (
    "Gradients are clipped while they are still scaled, and divided by the scale afterwards: "
    "hardly anything is left of them. max_norm is meant for gradients without the scale."
)

UNCLIPPED = (
    "Long gradients go into the step at their full length: at that moment nothing has been "
    "shortened to max_norm. Clip between unscaling and the step."
)

scaled.edit("clips_scaled_gradients", CLIPS_SCALED, (UNSCALE + CLIP, CLIP + UNSCALE))
scaled.edit(
    "never_unscaled",
    CLIPS_SCALED,
    (UNSCALE, ""),
    equivalent_to="clips_scaled_gradients",
)
scaled.edit(
    "never_clipped",
    UNCLIPPED,
    (CLIP, ""),
)
scaled.edit(
    "clipped_after_the_step",
    UNCLIPPED,
    (CLIP + STEP, STEP + CLIP),
    equivalent_to="never_clipped",
)
scaled.edit(
    "clipped_at_a_scaled_limit_after_unscaling",
    UNCLIPPED,
    (CLIP, CLIP.replace("max_norm)", "max_norm * 65536.0)")),
    equivalent_to="never_clipped",
)
scaled.edit(
    "clipped_by_value",
    "Each number in the gradient is clipped at max_norm, which turns the gradient and leaves it "
    "longer than that. Its norm, all parameters together, is what is limited.",
    (CLIP, "        nn.utils.clip_grad_value_(model.parameters(), max_norm)\n"),
)
scaled.edit(
    "each_by_its_own_norm",
    "Each parameter's gradient is clipped by its own norm, so that the whole turns and stays too "
    "long. One norm over all of them gives one factor for all.",
    (CLIP, "        for p in model.parameters():\n    " + CLIP.replace("model.parameters()", "p")),
)
scaled.edit(
    "optimizer_asked_directly",
    "The optimizer steps without asking the scaler, so that an overflow goes straight into the "
    "weights. The scaler decides about each step.",
    (STEP, "        optimizer.step()\n"),
)
scaled.edit(
    "scaler_given_up",
    "The loss is no longer scaled, so small gradients are lost in float16, which the scaler was "
    "there to prevent. It wasn't the fault: use it, and unscale before you clip.",
    (BACKWARD, "        loss.backward()\n"),
    (UNSCALE, ""),
    (STEP + UPDATE, "        optimizer.step()\n"),
    about="anything",
)
scaled.edit(
    "scaled_loss_reported",
    "The losses that come back have the scale in them. Report what the criterion said.",
    (LOSS, "losses.append(scaler.scale(loss).item())"),
)
scaled.edit(
    "scaler_not_updated",
    "The scaler is never updated: at the next batch it says that it has unscaled already. Every "
    "batch ends with its `update`.",
    (UPDATE, ""),
    about="exceptions",
)
scaled.edit(
    "unscaled_twice",
    "The gradients are divided by the scale once more by hand. `unscale_` has done it, and `step` "
    "knows that it has.",
    (
        CLIP,
        "        for p in model.parameters():\n            p.grad /= scaler.get_scale()\n" + CLIP,
    ),
)

TICK = "        scheduler.step()  # once an epoch\n"
APPEND = '        rates.append(optimizer.param_groups[0]["lr"])\n'
OPTIMIZE, EPOCH = "            optimizer.step()\n", "    for _ in range(epochs):\n"

paced.edit(
    "stepped_each_batch",
    "The schedule moves on with every batch, and is at its end after a few of them. It is made "
    "for epochs: one step behind each.",
    (TICK, ""),
    (OPTIMIZE, OPTIMIZE + "    " + TICK),  # with its comment: the cell as given is no attempt
)
paced.edit(
    "stepped_twice",
    "The schedule moves on with every batch and once more behind the epoch. One step an epoch is "
    "all it wants.",
    (OPTIMIZE, OPTIMIZE + "            scheduler.step()\n"),
)
paced.edit(
    "stepped_before_the_epoch",
    "The schedule moves on before an epoch instead of behind it: the first rate is never used. "
    "Step it after the batches.",
    (TICK, ""),
    (APPEND, TICK.split("  #")[0] + "\n" + APPEND),
)
paced.edit(
    "never_stepped",
    "The schedule never moves on, and the rate stays where it began. It wants one step behind "
    "each epoch.",
    (TICK, ""),
)
paced.edit(
    "rate_of_the_next_epoch",
    "The list has the rate after the schedule's step, which is the next epoch's. Take it before.",
    (APPEND, ""),
    (TICK, TICK + APPEND),
)
paced.edit(
    "stepped_every_second_epoch",
    "The schedule moves on behind every second epoch only. It wants one step behind each.",
    (EPOCH, "    for epoch in range(epochs):\n"),
    (TICK, "        if epoch % 2:\n    " + TICK),
)
paced.edit(
    "optimizer_stepped_each_epoch",
    "The optimizer now steps once an epoch, too, on the last batch's gradient. Only the schedule "
    "was meant to move: batches need their steps.",
    (OPTIMIZE, ""),
    (TICK, "        optimizer.step()\n" + TICK),
)
paced.edit(
    "a_rate_for_each_batch",
    "The list has a rate for each batch. One for each epoch is asked for.",
    (APPEND, ""),
    (OPTIMIZE, OPTIMIZE + "    " + APPEND),
    about="anything",
)

MODEL = '    model.load_state_dict(run["model"])\n'
OPTIMIZER = '    optimizer.load_state_dict(run["optimizer"])  # its averages are part of the run\n'
EPOCH_OUT = 'return run["epoch"]'

FORGOTTEN = (
    "The weights come back, and the caller's optimizer goes on with an empty memory and a rate of "
    "its own. What it remembers is part of the run: load it into that object."
)
EMPTY = (
    "The optimizer's rate comes back, and what it remembers doesn't: its averages start from 0. "
    "The file has all of its state."
)

restored.edit(
    "optimizer_forgotten",
    FORGOTTEN,
    (OPTIMIZER, "    # the averages\n"),
)
restored.edit(
    "only_the_rate",
    EMPTY,
    (
        OPTIMIZER,
        '    optimizer.param_groups[0]["lr"] = run["optimizer"]["param_groups"][0]["lr"]\n',
    ),
)
restored.edit(
    "only_the_averages",
    "The optimizer's averages come back, and its settings don't: the run goes on at another rate. "
    "Its whole state is in the file.",
    (
        OPTIMIZER,
        OPTIMIZER.split("  #")[0].replace(
            'run["optimizer"])', '{**optimizer.state_dict(), "state": run["optimizer"]["state"]})'
        )
        + "\n",
    ),
)
restored.edit(
    "into_another_optimizer",
    FORGOTTEN,
    (OPTIMIZER, "    optimizer = type(optimizer)(model.parameters(), lr=0.1)\n" + OPTIMIZER),
    equivalent_to="optimizer_forgotten",
)
restored.edit(
    "weights_forgotten",
    "The optimizer's state comes back, and the weights don't. Both are the run.",
    (MODEL, ""),
)
restored.edit(
    "next_epoch",
    "What comes back is the epoch after the one that was saved. Whoever calls adds the one, or "
    "doesn't: return what is in the file.",
    (EPOCH_OUT, 'return run["epoch"] + 1'),
)
restored.edit(
    "optimizer_emptied",
    EMPTY,
    (OPTIMIZER, OPTIMIZER + "    optimizer.state.clear()\n"),
    equivalent_to="only_the_rate",
)
