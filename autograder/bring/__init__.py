"""A learner's own code of an earlier lesson comes along: bring cells, and the `%bring` magic.

`extract` takes the source of some names and of all that
they reach out of cells, `fit` makes it one with the lesson that it comes to, `reference` does so
with the reference, `trial` judges it by itself, and `magic` puts it into the cell.
"""
