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
    "The start itself is changed: its array is the one that moves. The caller still needs it; "
    "look at where x0 gets its second name, and work on a new array.",
    IN_PLACE,
    ("path = [x]", "path = [np.copy(x)]"),
    ("path.append(x)", "path.append(np.copy(x))"),
    about="anything",
)
descend.edit(
    "start_left_out",
    "The path begins after the first step. It has steps + 1 points and the start is the first "
    "of them: look at what the path holds before the loop.",
    ("path = [x]", "path = []"),
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
    "The loop makes one update more than asked. The path has steps + 1 points because the "
    "start is one of them: count the updates for steps = 0.",
    ("range(steps)", "range(steps + 1)"),
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
    "Each update is taken from the start in place of the point reached so far, so the moves "
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
    "The rate is divided by the number of the step, as some schedules do. Here it stays the "
    "same throughout: the moves shrink because the slope does. Look at what multiplies the "
    "gradient.",
    ("for _ in range(steps)", "for t in range(steps)"),
    ("descent_step(x, grad_fn(x), lr)", "descent_step(x, grad_fn(x), lr / (t + 1))"),
    source="Robbins and Monro (1951)",
)
descend.edit(
    "gradients_kept",
    "After the start, the path holds gradients in place of points. It should tell where the "
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
    "What comes back is the point where the descent ends, without the way there. The path is "
    "asked for: every point, the start first, in one array.",
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


descend.edit(
    "cut_to_integers",
    "Integers as a start make an integer path, and every point is cut to a whole number. Look "
    "at the dtype of the array that the points are written into: it has to be float64.",
    ("return np.array(path)", "return np.array(path).astype(np.asarray(x0).dtype)"),
    about="anything",
)
descend.edit(
    "stops_when_flat",
    "The loop ends early where the gradient is small, so the path is too short there. The number "
    "of updates is asked for, whatever the slope: look at what leaves the loop.",
    (
        UPDATE,
        "slope = grad_fn(x)\n        if np.max(np.abs(slope)) < 1e-3:\n            break\n"
        "        x = descent_step(x, slope, lr)",
    ),
    about="anything",
)
descend.edit(
    "rests_when_flat",
    "Where the gradient is small, the point no longer moves, as if it had arrived. Every one of "
    "the updates is made, however short it is: look at the condition on the gradient.",
    (UPDATE, "x = x - lr * np.where(np.abs(slope := grad_fn(x)) < 1e-3, 0.0, slope)"),
    about="anything",
)
descend.edit(
    "gradient_scaled_in_place",
    "The array that grad_fn returns is multiplied by the rate in place. It belongs to "
    "grad_fn, which may hand it out again: then it shrinks at every step. Make a new array.",
    (
        "x = descent_step(x, grad_fn(x), lr)",
        "grad = grad_fn(x)\n        grad *= lr\n        x = x - grad",
    ),
)
