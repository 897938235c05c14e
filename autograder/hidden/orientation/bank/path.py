"""Mistakes in the path of a descent."""

from autograder.api import Bank

bank = Bank()
descend = bank.exercise("descend")

OVERWRITTEN = (
    "All rows of the path are one and the same array, written over in every step, so each shows "
    "the last point. Look at what `-=` does to an array that the path already holds."
)


UPDATE = "x = descent_step(x, grad_fn(x), lr)"
IN_PLACE = (UPDATE, "x -= lr * grad_fn(x)")
START = "x = np.asarray(x0, dtype=np.float64)"

descend.edit("path_overwritten", OVERWRITTEN, (START, "x = np.array(x0, dtype=float)"), IN_PLACE)
descend.edit(
    "path_and_start_overwritten", OVERWRITTEN, (START, "x = x0"), IN_PLACE, about="anything"
)
descend.edit(
    "own_float_array_overwritten",
    OVERWRITTEN,
    (START, "x = float(x0) if np.ndim(x0) == 0 else np.array(x0, dtype=float)"),
    IN_PLACE,
)
descend.edit(
    "start_moves",
    "The start itself is changed, because its array is the one that moves. The caller still needs "
    "it: look at where x0 gets its second name, and work on a new array.",
    IN_PLACE,
    ("path = [x]", "path = [np.copy(x)]"),
    ("path.append(x)", "path.append(np.copy(x))"),
    about="anything",
)
ONE_SHAPE = ("return np.array(path)", "return np.array(path).reshape(-1, *np.shape(x0))")
for name, edits in (("start_left_out", ()), ("start_left_out_of_an_array", (ONE_SHAPE,))):
    descend.edit(
        name,
        "The path begins after the first step. It has steps + 1 points and the start is the first "
        "of them: look at what the path holds before the loop.",
        ("path = [x]", "path = []"),
        *edits,
        about="anything",
    )
descend.edit(
    "end_left_out",
    "Each point is kept before the step and the last one never is, so the path has one point "
    "too few. Look at what the path holds after a single step.",
    ("path = [x]", "path = []"),
    (
        "        x = descent_step(x, grad_fn(x), lr)\n        path.append(x)",
        "        path.append(x)\n        x = descent_step(x, grad_fn(x), lr)",
    ),
    about="anything",
)
descend.edit(
    "one_step_too_many",
    "The loop makes one update too many. The path has steps + 1 points because the start is one "
    "of them: count the updates for steps = 0.",
    ("range(steps)", "range(steps + 1)"),
    about="anything",
)
descend.edit(
    "one_step_too_few",
    "The loop makes one update too few. The path has the start and one point for each of the "
    "steps: count the updates for steps = 1.",
    ("range(steps)", "range(1, steps)"),
    about="anything",
)
descend.edit(
    "shifted_by_one",
    "The number of points is right, but the first of them is the point after one step: the "
    "start is left out and one step more is made. Look at path[0].",
    ("path = [x]", "path = []"),
    ("range(steps)", "range(steps + 1)"),
)
descend.edit(
    "gradient_at_start_only",
    "The gradient is measured once, at the start, and used for every step: a straight line. "
    "The slope changes as the point moves, so look at where grad_fn is called.",
    ("    for _ in range(steps):", "    grad = grad_fn(x)\n    for _ in range(steps):"),
    ("descent_step(x, grad_fn(x), lr)", "descent_step(x, grad, lr)"),
)
descend.edit(
    "gradient_always_at_x0",
    "Every step asks for the gradient at x0, so all moves are the same: a straight line. The "
    "slope changes as the point moves; look at what grad_fn is given.",
    ("descent_step(x, grad_fn(x), lr)", "descent_step(x, grad_fn(path[0]), lr)"),
)
descend.edit(
    "every_step_from_the_start",
    "Each update is subtracted from the start instead of the point reached so far, so the moves "
    "do not add up. Look at what the gradient is subtracted from in the second step.",
    ("descent_step(x, grad_fn(x), lr)", "descent_step(path[0], grad_fn(x), lr)"),
)
descend.edit(
    "never_moves_on",
    "The new point is kept, but the next step starts from the old one again, so every point "
    "after the start is the same. Look at what x is when the loop comes round.",
    ("        x = descent_step(x, grad_fn(x), lr)\n", ""),
    ("path.append(x)", "path.append(descent_step(x, grad_fn(x), lr))"),
)
descend.edit(
    "climbs",
    "The path runs uphill: each step adds lr times the gradient, which points up. Look at the "
    "sign of the update, here or in the step that it calls.",
    ("descent_step(x, grad_fn(x), lr)", "x + lr * grad_fn(x)"),
)
descend.edit(
    "rate_decays",
    "The rate is divided by the number of the step, as in some schedules. Here it stays the "
    "same throughout: the moves shrink because the slope does. Look at what multiplies the "
    "gradient.",
    ("for _ in range(steps)", "for t in range(steps)"),
    ("descent_step(x, grad_fn(x), lr)", "descent_step(x, grad_fn(x), lr / (t + 1))"),
    source="Robbins and Monro (1951)",
)
descend.edit(
    "gradients_kept",
    "After the start, the path holds gradients instead of points. It should say where the "
    "descent was: look at what is appended after each step.",
    ("x = descent_step(x, grad_fn(x), lr)", "x = descent_step(x, grad := grad_fn(x), lr)"),
    ("path.append(x)", "path.append(grad)"),
)
descend.edit(
    "moves_kept",
    "After the start, the path holds the moves, each a difference of two points. It should "
    "hold the points themselves: look at what is appended after each step.",
    ("        x = descent_step(x,", "        old, x = x, descent_step(x,"),
    ("path.append(x)", "path.append(x - old)"),
)
descend.edit(
    "last_point_only",
    "What comes back is only the point where the descent ends. The whole path is wanted: every "
    "point in one array, with the start first.",
    ("return np.array(path)", "return path[-1]"),
    about="anything",
)
descend.edit(
    "list_of_points",
    "The points are right, and they come back as a list. A path is one float64 array with a "
    "row for each point: look at the last line.",
    ("return np.array(path)", "return path"),
    about="anything",
)
descend.edit(
    "one_gradient_too_many",
    "The path is right, but grad_fn is called once more than there are steps, at the last "
    "point, where no step follows. Gradients are what training pays for: count the calls for "
    "steps = 0.",
    ("    return np.array(path)", "    grad_fn(x)\n    return np.array(path)"),
    about="anything",
)
descend.edit(
    "two_gradients_a_step",
    "The path is right, but grad_fn is called twice in every step. Gradients are what "
    "training pays for: keep the first result in a variable and use it again.",
    ("        x = descent_step(x", "        grad_fn(x)\n        x = descent_step(x"),
    about="anything",
)


for name, edit in (
    ("cut_to_integers", (ONE_SHAPE[0], f"{ONE_SHAPE[0]}.astype(np.asarray(x0).dtype)")),
    ("cut_to_integers_on_the_way", (UPDATE, f"{UPDATE}.astype(np.asarray(x0).dtype)")),
):
    descend.edit(
        name,
        "If the start is made of integers, so is the path, and every point is cut to a whole "
        "number. Look at the dtype of the array that the points are written into: it has to be "
        "float64.",
        edit,
        about="anything",
    )
# By name, what is compared, and with what: these are typed most often.
for what, stops in (("gradient", "np.abs(slope)"), ("move", "np.abs(lr * slope)")):
    for least in ("1e-2", "1e-3", "1e-4", "1e-5", "1e-6", "1e-8"):
        descend.edit(
            f"stops_when_the_{what}_is_below_{least.replace('-', '_')}",
            "The loop ends early where the gradient is small, so the path is too short there. The "
            "number of updates is fixed, whatever the slope: look at what leaves the loop.",
            (
                UPDATE,
                f"slope = grad_fn(x)\n        if np.max({stops}) < {least}:\n            break\n"
                "        x = descent_step(x, slope, lr)",
            ),
            about="anything",
        )
descend.edit(
    "rests_when_flat",
    "Where the gradient is small, the point no longer moves, as if it had arrived. Every update "
    "is made, however short it is: look at the condition on the gradient.",
    (UPDATE, "x = x - lr * np.where(np.abs(slope := grad_fn(x)) < 1e-3, 0.0, slope)"),
    about="anything",
)
descend.edit(
    "gradient_scaled_in_place",
    "The array that grad_fn returns is multiplied by the rate in place. It belongs to grad_fn, "
    "which may return it again, and then it shrinks at every step. Make a new array.",
    (
        "x = descent_step(x, grad_fn(x), lr)",
        "grad = grad_fn(x)\n        grad *= lr\n        x = x - grad",
    ),
)
descend.edit(
    "momentum",
    "Each move keeps nine tenths of the one before: that is momentum, which comes in a later "
    "lesson. Here a move is lr times the gradient at the point, with no memory.",
    ("    for _ in range(steps):", "    velocity = 0.0\n    for _ in range(steps):"),
    (UPDATE, "velocity = 0.9 * velocity + grad_fn(x)\n        x = x - lr * velocity"),
)
