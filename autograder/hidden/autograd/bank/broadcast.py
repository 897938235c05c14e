"""Mistakes in unbroadcast."""

from autograder.api import Bank

bank = Bank()
unbroadcast = bank.exercise("unbroadcast")

EQUAL = "    if grad.shape == tuple(shape):\n        return grad\n"
IN_FRONT = "    grad = grad.sum(axis=tuple(range(in_front)))\n"
AXES = "tuple(i for i, n in enumerate(shape) if n == 1)"
END = "return grad.sum(axis=stretched, keepdims=True)"
FIRST = "return grad[tuple(slice(0, 1) if n == 1 else slice(None) for n in shape)]"
SOURCES = {
    "only_in_front": "ARENA, chapter 0.4, unbroadcast",
    "aligned_on_the_left": "NumPy manual, General broadcasting rules",
}

for (name, old, new), text in {
    ("axis_0_only", IN_FRONT, "    return grad.sum(axis=0)\n"): (
        "Whatever was broadcast, axis 0 is summed once and nothing else. The shapes say which "
        "axes: those in front that the small one lacks, and those of size 1."
    ),
    ("only_in_front", END, "return grad"): (
        "Axes that were put in front are summed, and axes of size 1 that were stretched are not. A "
        "column of a table was used in several places too: its gradient is a column."
    ),
    ("only_stretched", IN_FRONT, ""): (
        "Stretched axes are summed, and axes that were put in front stay. They did not exist "
        "before: sum over them until the number of axes is that of the shape."
    ),
    ("one_axis_in_front", IN_FRONT, "    grad = grad.sum(axis=0) if in_front else grad\n"): (
        "Of the axes that were put in front one is summed, and the others stay. Sum over all that "
        "the shape does not have: compare the numbers of axes."
    ),
    ("first_stretched_axis_only", "axis=stretched", "axis=stretched[:1]"): (
        "Of the axes that were stretched only the first is summed. Each axis of size 1 may have "
        "been stretched: go through all of them."
    ),
    ("whole_sum_everywhere", IN_FRONT, "    return np.full(shape, grad.sum())\n"): (
        "Every element gets the sum of the whole gradient. It gets the sum over the places "
        "where it was used itself: sum over the broadcast axes, and over no others."
    ),
    ("aligned_on_the_left", "range(in_front)", "range(len(shape), grad.ndim)"): (
        "The shapes are aligned on the left, so the last axes are summed away. NumPy aligns them "
        "on the right: what is missing was put in front."
    ),
    (
        "summed_in_place",
        IN_FRONT,
        "    for _ in range(in_front):\n        grad[0, ...] += grad[1:].sum(0)\n"
        "        grad = grad[0]\n",
    ): (
        "The gradient is added up in place, so the caller's array changes. It is still needed for "
        "the other parent: make a new array of the sums."
    ),
}.items():
    source = SOURCES.get(name, "")
    unbroadcast.edit(name, text, (old, new), source=source, about="anything")  # by a shape

DROPPED = (
    "The stretched axes are summed and then gone. Before the broadcast they were there, with size "
    "1: the gradient of a (3, 1) has the shape (3, 1)."
)
ONE_BY_ONE = "for i in stretched:\n        grad = grad.sum(axis=i)\n    return grad"
for (name, one, other), text in {
    ("stretched_axes_dropped", (END, "return grad.sum(axis=stretched)"), (EQUAL, EQUAL)): DROPPED,
    ("stretched_axes_dropped_one_by_one", (END, ONE_BY_ONE), (EQUAL, "")): DROPPED,
    ("averaged", (IN_FRONT, IN_FRONT.replace("sum", "mean")), (END, END.replace("sum", "mean"))): (
        "The places where an element was used are averaged. Each place adds its own gradient, so "
        "it is their sum: nudge one small element, and all its copies move."
    ),
    ("first_copy_only", (IN_FRONT, "    grad = grad[(0,) * in_front]\n"), (END, FIRST)): (
        "The gradient of one of the copies is taken, and that of the others is lost. Every place "
        "where an element was used sends a gradient, and all of them add up."
    ),
    (
        "axes_in_front_kept",
        ("range(in_front)))", "range(in_front)), keepdims=True)"),
        (AXES, AXES.replace("i for", "i + in_front for")),
    ): (
        "Axes that were put in front are summed and stay, with size 1. They did not exist before "
        "the broadcast: a row gets the gradient of a row, not of a table with one row."
    ),
    (
        "compared_from_the_left",
        (IN_FRONT, ""),
        (AXES, AXES.replace("n == 1", "n != grad.shape[i]")),
    ): (
        "The shapes are compared from the left, and each axis that differs is summed. NumPy aligns "
        "them on the right: what is missing was put in front."
    ),
}.items():
    unbroadcast.edit(name, text, one, other, about="anything")
