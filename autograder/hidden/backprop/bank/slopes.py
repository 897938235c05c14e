"""Mistakes in numerical_gradient."""

from autograder.api import Bank

bank = Bank()
slope = bank.exercise("numerical_gradient")

for name, unmoved in (
    ("forward_difference", "down[index] -= eps"),
    ("backward_difference", "up[index] += eps"),
):
    slope.edit(
        name,
        "The slope is taken between x and a point to one side of it, so half of the curvature "
        "stays in it. A central difference looks the same distance both ways.",
        (unmoved, "pass"),
        ("/ (2 * eps)", "/ eps"),
        source="CS231n notes, Gradient checks",
    )
slope.edit(
    "forward_difference_halved",
    "The difference between x + eps and x is divided by 2 * eps, so every slope comes out at half "
    "its size. Only one of the two points moves: a central difference moves both.",
    ("down[index] -= eps", "pass"),
)
for name, treated, code in (
    ("divided_by_eps", "divided by eps alone", "/ eps"),
    ("half_times_eps", "halved, and multiplied by eps", "/ 2 * eps"),
):
    slope.edit(
        name,
        f"The difference of the two values is {treated}. The two points are 2 * eps apart, and "
        "the whole distance belongs below the line, in brackets.",
        ("/ (2 * eps)", code),
    )
for name, step in (("fixed_step", "1e-6"), ("fixed_at_1e_5", "1e-5"), ("fixed_at_1e_4", "1e-4")):
    slope.edit(
        name,
        f"The step is always {step}: the argument eps has no effect. Look at where the step "
        "enters, and at what the caller asked for.",
        ("up[index] += eps", f"up[index] += {step}"),
        ("down[index] -= eps", f"down[index] -= {step}"),
        ("(2 * eps)", f"(2 * {step})"),
    )
for default in ("1e-5", "1e-4", "1e-7", "1e-8"):
    slope.edit(
        f"default_of_{default.replace('-', '_')}",
        "The formula is right, and the default step isn't the 1e-6 that the text states, so every "
        "call that does not name eps measures at another distance.",
        ("eps=1e-6", f"eps={default}"),
    )
slope.edit(
    "perturbed_in_place",
    "The coordinates are nudged inside x itself. A function that looks at the same array sees it "
    "move as well. Nudge a copy, and leave x alone, even for a moment.",
    ("up, down = x.copy(), x.copy()", "old = x[index]"),
    ("up[index] += eps", "x[index] = old + eps\n        value_up = f(x)"),
    (
        "down[index] -= eps",
        "x[index] = old - eps\n        value_down = f(x)\n        x[index] = old",
    ),
    ("f(up) - f(down)", "value_up - value_down"),
    source="CS231n assignments, eval_numerical_gradient",
)
slope.edit(
    "all_at_once",
    "All coordinates are nudged at once, so every entry holds the sum of the slopes. A partial "
    "derivative moves one coordinate while the others stand still.",
    ("up[index] += eps", "up += eps"),
    ("down[index] -= eps", "down -= eps"),
)
slope.edit(
    "nudges_pile_up",
    "A nudge is not taken back before the next coordinate's turn, so later slopes are measured "
    "somewhere else. Look at what the copy holds when the loop goes on.",
    ("grad = np.zeros(x.shape)", "grad, moved = np.zeros(x.shape), x.copy()"),
    ("up, down = x.copy(), x.copy()", "up = moved"),
    ("up[index] += eps", "up[index] += eps\n        value_up = f(up)"),
    ("down[index] -= eps", "up[index] -= 2 * eps"),
    ("f(up) - f(down)", "value_up - f(up)"),
)
slope.edit(
    "copied_before_the_loop",
    "The two copies are made once, before the loop, and keep the nudges of all earlier "
    "coordinates. Each coordinate needs x as it was, with one number moved.",
    (
        "for index in np.ndindex(x.shape):\n        up, down = x.copy(), x.copy()",
        "up, down = x.copy(), x.copy()\n    for index in np.ndindex(x.shape):",
    ),
)
ROWS = ("np.ndindex(x.shape)", "range(len(x))")
for name, *edits in (
    ("whole_rows", ROWS),
    ("one_slope_a_row", ROWS, ("np.zeros(x.shape)", "np.zeros(len(x))")),
):
    slope.edit(
        name,
        "One counter indexes the first axis alone, so a whole row of a table is nudged at once, "
        "and its slopes are added up. Every element needs its own nudge: loop over all indices.",
        *edits,
        about="anything",
    )
slope.edit(
    "flat_index",
    "In a table an index runs past the end of an axis. A counter over all elements counts rows "
    "there: every element needs its own index, one number an axis, as np.ndindex gives them.",
    ("np.ndindex(x.shape)", "range(x.size)"),
    about="exceptions",
)
slope.edit(
    "row_by_row",
    "f is called with one row of the table at a time. It takes the whole array, and may mix its "
    "rows: nudge one element of a copy, and hand all of it to f.",
    ("f(up) - f(down)", "f(up[index[:-1]]) - f(down[index[:-1]])"),
    source="Saitoh (2016), Deep Learning from Scratch, common/gradient.py",
)
slope.edit(
    "flattened_result",
    "The slopes come back as one flat row, whatever the shape of x. A gradient has the shape of "
    "what it is the gradient of.",
    ("return grad", "return grad.ravel()"),
    about="anything",
)
slope.edit(
    "flattened_view",
    "The array is flattened with reshape, which gives a view in C order but a copy in any other "
    "order: nudges of that copy never reach f. Index the array itself.",
    ("np.ndindex(x.shape)", "range(x.size)"),
    ("up, down = x.copy(), x.copy()", "up, down = np.array(x), np.array(x)"),
    ("up[index] += eps", "up.reshape(-1)[index] += eps"),
    ("down[index] -= eps", "down.reshape(-1)[index] -= eps"),
    ("grad[index]", "grad.reshape(-1)[index]"),
    source="NumPy manual, Copies and views",
    about="anything",
)
