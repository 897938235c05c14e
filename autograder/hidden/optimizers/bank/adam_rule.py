"""Mistakes in Adam's step."""

from autograder.api import Bank
from autograder.hidden.optimizers.bank.adam_mistakes import ALL

bank = Bank()
adam = bank.exercise("adam_step")
for mistake in ALL:
    adam.edit(mistake.name, mistake.text, *mistake.edits, **mistake.more)
