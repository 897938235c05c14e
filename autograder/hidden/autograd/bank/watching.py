"""Mistakes in what Tensor tells its watchers."""

from typing import Any

from autograder.api import Bank

bank = Bank()
tensor = bank.exercise("Tensor")

FIT = "unbroadcast(part, parent.data.shape)"
TOLD = "        for watch in Tensor.watchers:\n            watch(out, out.parents, out.pullback)\n"
CONSTRUCTED = (
    "self.rule = lambda g: ()  # from the gradient of this node to one for each parent\n",
    "self.rule = lambda g: ()\n" + TOLD.replace("out", "self"),
)
IN_THE_WALK = "zip(node.parents, node.pullback(g), strict=True):\n"
FITTED_LATER = IN_THE_WALK + f"                part = {FIT}\n"
SQUARE = 'return Tensor.made(value, (self, other), "**", rule)'
UNTOLD = """out = Tensor(value, (self, other), "**")
        out.rule = rule
        return out"""
WATCHING: dict[tuple[Any, ...], str] = {
    ("nobody_is_told", (TOLD, "")): (
        "No function in `Tensor.watchers` is ever called, so whoever watches sees nothing. Call "
        "each of them with the result, its parents and its pullback, in each operation."
    ),
    ("told_of_some_operations", (SQUARE, UNTOLD)): (
        "One operation makes its Tensor without telling the watchers. A record has a gap there, "
        "and no gradient gets past it: make every result in the same way."
    ),
    ("leaves_are_told_too", CONSTRUCTED, (TOLD, "")): (
        "The watchers are told by the constructor, so they are told of leaves as well. No "
        "operation made those: tell of a Tensor where an operation makes it."
    ),
    ("pullback_keeps_the_larger_shape", (FIT, "part"), (IN_THE_WALK, FITTED_LATER)): (
        "`backward` undoes broadcasting and `pullback` does not, so whoever watches gets gradients "
        "of the larger shape. Unbroadcast in the pullback: then both have it."
    ),
    (
        "pullback_writes_gradients",
        (
            "        parts = zip(self.parents, ",
            "        self.grad = g\n        parts = zip(self.parents, ",
        ),
    ): (
        "Calling a pullback writes into `.grad`. It is only asked what this operation sends back; "
        "writing is the business of `backward`, which knows when a gradient is complete."
    ),
    ("only_the_first_watcher", (TOLD, TOLD.replace("watchers:", "watchers[:1]:"))): (
        "Only the first function in `Tensor.watchers` is called. Two tapes may watch at the same "
        "time, one inside the other: call every function in the list."
    ),
}
for (name, *edits), text in WATCHING.items():
    tensor.edit(name, text, *edits, about="anything")  # a gap in a record shows itself by None
