"""Mistakes with a schedule (11) and with a checkpoint (12)."""

from autograder.api import Bank

bank = Bank()
paced, restored = bank.exercise("loop_11"), bank.exercise("loop_12")

TICK = "        scheduler.step()  # once an epoch\n"
APPEND = '        rates.append(optimizer.param_groups[0]["lr"])\n'
OPTIMIZE, EPOCH = "            optimizer.step()\n", "    for _ in range(epochs):\n"
BATCHES = "        for x, y in loader:\n"

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

paced.edit(
    "stepped_behind_the_report",
    "The rate is noted, and then the schedule moves on before the batches: they use the next "
    "epoch's rate. Step it behind them.",
    (TICK, ""),
    (APPEND, APPEND + TICK.split("  #")[0] + "\n"),
)
paced.edit(
    "stepped_after_the_first_batch",
    "The schedule moves on once an epoch, and too early: behind the first batch, so that the "
    "others use the next epoch's rate. Step it behind the last.",
    (TICK, ""),
    (BATCHES, "        for number, (x, y) in enumerate(loader):\n"),
    (OPTIMIZE, OPTIMIZE + "            if number == 0:\n        " + TICK),
)
paced.edit(
    "two_steps_an_epoch",
    "The schedule moves on twice behind each epoch. One step is all it wants.",
    (TICK, TICK + TICK),
)
paced.edit(
    "told_the_number_of_this_epoch",
    "The schedule is told the number of the epoch that is over, and so stays one behind. Call "
    "`step` without a number: it counts by itself.",
    (EPOCH, "    for epoch in range(epochs):\n"),
    (TICK, TICK.replace("step()", "step(epoch)")),
)
paced.edit(
    "first_rate_reported",
    "The list repeats the schedule's first rate. What each epoch used stands in the optimizer: "
    "`param_groups[0]['lr']`.",
    (APPEND, "        rates.append(scheduler.base_lrs[0])\n"),
)
paced.edit(
    "never_cleared",
    "Gradients are no longer cleared, so each batch adds its own to what the last one left. That "
    "line was fine: put it back.",
    ("            optimizer.zero_grad()\n", ""),
)
paced.edit(
    "losses_reported",
    "The list has losses. The rate that each epoch used is asked for.",
    (APPEND, ""),
    (TICK, TICK + "        rates.append(loss.item())\n"),
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
    "a_lower_rate_instead",
    "The rate is lowered, so that the optimizer's empty memory does less harm, and the run goes on "
    "at another rate than it had. Its memory is in the file: load it.",
    (OPTIMIZER, '    for part in optimizer.param_groups:\n        part["lr"] *= 0.1\n'),
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
