"""Misconceptions of lesson 02: never enters a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.misconception import Bank

bank = Bank("02_backprop")

CHECKS = "CS231n notes, Gradient checks"
LINEAR = "linear_forward__linear_backward"
RELU = "relu_forward__relu_backward"
SIGMOID = "sigmoid_forward__sigmoid_backward"
TANH = "tanh_forward__tanh_backward"
SOFTMAX = "softmax_cross_entropy"
MLP = "mlp_loss_and_grads"
TRAIN = "train_mlp"

# numerical_gradient

bank.edit(
    "numerical_gradient",
    "forward_difference",
    "The slope is taken between x and x + eps, to one side only, so half of the curvature stays "
    "in it. A central difference looks the same distance both ways.",
    ("down[index] -= eps", "pass"),
    ("/ (2 * eps)", "/ eps"),
    source="curriculum, lesson 02; list of mistakes, row 28",
)
bank.edit(
    "numerical_gradient",
    "backward_difference",
    "The slope is taken between x - eps and x, to one side only, so half of the curvature stays "
    "in it. A central difference looks the same distance both ways.",
    ("up[index] += eps", "pass"),
    ("/ (2 * eps)", "/ eps"),
    source="list of mistakes, row 28",
)
bank.edit(
    "numerical_gradient",
    "divided_by_eps",
    "The difference of the two values is divided by eps, which gives twice the slope: the two "
    "points are further apart than that. Look at their distance.",
    ("/ (2 * eps)", "/ eps"),
    source="list of mistakes, row 28",
)
bank.edit(
    "numerical_gradient",
    "half_times_eps",
    "The difference is halved and then multiplied by eps: without brackets, / 2 * eps goes from "
    "left to right. The whole distance belongs below the line.",
    ("/ (2 * eps)", "/ 2 * eps"),
    source="precedence of operators",
)
bank.edit(
    "numerical_gradient",
    "fixed_step",
    "The step is always 1e-6: the argument eps has no effect. Look at where the step enters, "
    "and at what the caller asked for.",
    ("up[index] += eps", "up[index] += 1e-6"),
    ("down[index] -= eps", "down[index] -= 1e-6"),
    ("/ (2 * eps)", "/ 2e-6"),
    source="a constant left over from a first try",
)


@bank.wrong(
    "numerical_gradient",
    "The coordinates are nudged inside x itself. A function that looks at the same array sees "
    "it move as well. Nudge a copy, and leave x alone, even for a moment.",
    source="curriculum, lesson 02; CS231n's eval_numerical_gradient",
)
def perturbed_in_place(f: Any, x: Any, eps: float = 1e-6) -> Any:
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + eps
        up = f(x)
        x[index] = old - eps
        down = f(x)
        x[index] = old
        grad[index] = (up - down) / (2 * eps)
    return grad


@bank.wrong(
    "numerical_gradient",
    "All coordinates are nudged at once, so every entry holds the sum of the slopes. A partial "
    "derivative moves one coordinate while the others stand still.",
    source="vectorised by analogy with elementwise derivatives",
)
def all_at_once(f: Any, x: Any, eps: float = 1e-6) -> Any:
    return np.full(x.shape, (f(x + eps) - f(x - eps)) / (2 * eps))


@bank.wrong(
    "numerical_gradient",
    "A nudge is not taken back before the next coordinate's turn, so later slopes are measured "
    "somewhere else. Look at what the copy holds when the loop goes on.",
    source="list of mistakes, row 28 (mutating and not restoring)",
)
def nudges_pile_up(f: Any, x: Any, eps: float = 1e-6) -> Any:
    grad, moved = np.zeros(x.shape), x.copy()
    for index in np.ndindex(x.shape):
        moved[index] += eps
        up = f(moved)
        moved[index] -= 2 * eps
        grad[index] = (up - f(moved)) / (2 * eps)
    return grad


@bank.wrong(
    "numerical_gradient",
    "The array is flattened with reshape, which gives a view in C order but a copy in any other "
    "order: nudges of that copy never reach f. Index the array itself.",
    source="NumPy manual, copies and views",
    about="anything",
)
def flattened_view(f: Any, x: Any, eps: float = 1e-6) -> Any:
    moved, grad = np.array(x), np.zeros(x.shape)
    flat, slopes = moved.reshape(-1), grad.reshape(-1)
    for i in range(x.size):
        old = flat[i]
        flat[i] = old + eps
        up = f(moved)
        flat[i] = old - eps
        slopes[i] = (up - f(moved)) / (2 * eps)
        flat[i] = old
    return grad


# relative_error


@bank.wrong(
    "relative_error",
    "The largest difference is divided by the largest sum, so one large entry hides a small one "
    "that is wrong. Divide element by element first, then take the maximum.",
    source="curriculum, lesson 02 (the ratio elementwise first)",
)
def ratio_of_maxima(a: Any, b: Any) -> Any:
    return float(np.max(np.abs(a - b)) / np.maximum(1e-12, np.max(np.abs(a) + np.abs(b))))


@bank.wrong(
    "relative_error",
    "This is the ratio of norms, |a - b| / (|a| + |b|), another common check: it weighs all "
    "entries together, and large ones drown small ones. Here the worst single entry counts.",
    source="Coursera Deep Learning Specialization, Gradient Checking",
)
def ratio_of_norms(a: Any, b: Any) -> Any:
    norm = np.linalg.norm
    return float(norm(a - b) / np.maximum(1e-12, norm(a) + norm(b)))


bank.edit(
    "relative_error",
    "mean_of_ratios",
    "The ratios are averaged, so one wrong entry among a thousand right ones disappears. The "
    "error is the largest ratio: a gradient is as good as its worst entry.",
    ("np.max(ratio)", "np.mean(ratio)"),
    source="list of mistakes, row 28",
)
bank.edit(
    "relative_error",
    "larger_of_the_two",
    "The difference is divided by the larger of |a| and |b|, as other books do. Here it is "
    "divided by their sum, which keeps the error at 1 or below.",
    ("np.abs(a) + np.abs(b)", "np.maximum(np.abs(a), np.abs(b))"),
    source=CHECKS + " (the form with the maximum)",
)
bank.edit(
    "relative_error",
    "relative_to_one",
    "The difference is divided by the size of one of the two arrays only, so that swapping them "
    "changes the error. Both sizes belong below the line.",
    ("np.abs(a) + np.abs(b)", "np.abs(b)"),
    source="numpy.isclose divides by the second argument",
)
bank.edit(
    "relative_error",
    "size_of_the_sum",
    "Below the line stands |a + b|, which vanishes where a and b have opposite signs, and the "
    "error explodes. The two sizes are added after each absolute value.",
    ("np.abs(a) + np.abs(b)", "np.abs(a + b)"),
    source="the bars read as one",
)
bank.edit(
    "relative_error",
    "signed_difference",
    "The difference keeps its sign, so entries where a is smaller than b count as negative and "
    "never win the maximum. Look at what stands above the line.",
    ("np.abs(a - b)", "(a - b)"),
    source="an absolute value left out",
)
bank.edit(
    "relative_error",
    "floor_of_1e_8",
    "The floor is 1e-8, as in the code of CS231n. With it, gradients of size 1e-9 always look "
    "right. Here the floor is 1e-12.",
    ("np.maximum(1e-12, np.abs(a)", "np.maximum(1e-8, np.abs(a)"),
    source="CS231n assignments, rel_error",
)
bank.edit(
    "relative_error",
    "floor_added",
    "The floor is added to the sum of the sizes, which changes every ratio of small numbers. It "
    "is a floor: the larger of the two counts.",
    ("np.maximum(1e-12, np.abs(a) + np.abs(b))", "(1e-12 + np.abs(a) + np.abs(b))"),
    source="the usual + eps",
)
bank.edit(
    "relative_error",
    "no_floor",
    "Nothing keeps the sum of the sizes away from 0, so 0 against 0 is nan, and tiny noise "
    "counts in full. Look at the floor in the formula.",
    ("np.maximum(1e-12, np.abs(a) + np.abs(b))", "(np.abs(a) + np.abs(b))"),
    source="list of mistakes, row 28",
    about="anything",
)
bank.edit(
    "relative_error",
    "absolute_error",
    "This is the absolute difference. Whether 0.001 is much depends on the size of the two "
    "gradients: the difference has to be divided by that.",
    ("/ np.maximum(1e-12, np.abs(a) + np.abs(b))", ""),
    source="list of mistakes, row 28 (absolute tolerance)",
)

# linear

bank.edit(
    LINEAR,
    "transposed_weight_gradient",
    "dW comes out transposed: it has a row for every output, and W has a row for every input. A "
    "gradient has the shape of what it is the gradient of; swap the factors.",
    ("x.T @ dout", "dout.T @ x"),
    source="curriculum, lesson 02",
    about="anything",
)
bank.edit(
    LINEAR,
    "bias_not_summed",
    "db keeps one row for every row of the batch. All rows use the same b, so their blame adds "
    "up: db has the shape of b.",
    ("dout.sum(axis=0)", "dout.copy()"),
    source="curriculum, lesson 02; list of mistakes, row 23",
    about="anything",
)
bank.edit(
    LINEAR,
    "bias_keeps_an_axis",
    "db is summed over the rows but keeps their axis, so its shape is (1, M). A gradient has "
    "the shape of what it is the gradient of: (M,).",
    ("dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)"),
    source="Coursera Deep Learning Specialization, where b is (M, 1)",
    about="anything",
)
bank.edit(
    LINEAR,
    "bias_summed_over_outputs",
    "db is summed over the outputs, which leaves one number for every row. What is shared by "
    "the rows is summed over the rows: the first axis.",
    ("dout.sum(axis=0)", "dout.sum(axis=1)"),
    source="list of mistakes, row 23",
    about="anything",
)
bank.edit(
    LINEAR,
    "bias_averaged",
    "db is the mean over the rows, in place of their sum. The division by N belongs to the "
    "loss, and dout already holds it.",
    ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    source="list of mistakes, row 22 (1/N twice)",
)
bank.edit(
    LINEAR,
    "divided_by_rows",
    "dW and db are divided by the number of rows. That division belongs to the loss, and dout "
    "already holds it: a layer adds up what its rows send back.",
    ("dW = x.T @ dout", "dW = x.T @ dout / len(x)"),
    ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    source="Coursera Deep Learning Specialization; list of mistakes, row 22",
)
bank.edit(
    LINEAR,
    "weights_not_transposed",
    "dx is dout times W as it stands, which fits only where W is square, and is wrong there "
    "too. Going back, W maps outputs to inputs: transposed.",
    ("dout @ W.T", "dout @ W"),
    source="curriculum, lesson 02",
    about="anything",
)
bank.edit(
    LINEAR,
    "one_cache_for_all",
    "The cache is kept in one place for all calls, so a second forward overwrites the first "
    "one's. Hand the cache out, and use the one that comes back.",
    ("return x @ W + b, (x, W)", "linear_forward.last = x, W\n    return x @ W + b, None"),
    ("x, W = cache", "x, W = linear_forward.last"),
    source="layers that keep self.x (CS231n, d2l)",
)
bank.edit(
    LINEAR,
    "bias_left_out",
    "The forward is x @ W without b. Each output has a bias of its own, added to every row.",
    ("return x @ W + b,", "return x @ W,"),
    source="a term left out",
)

# relu

bank.edit(
    RELU,
    "mask_from_dout",
    "The gate opens where the gradient that flows in is positive. What decides is the number "
    "that went in on the way forward: negative blame passes too.",
    ("return dout * active", "return dout * (dout > 0)"),
    source="curriculum, lesson 02",
)
bank.edit(
    RELU,
    "open_at_zero",
    "The gate is open at exactly 0. The derivative there is a choice, and this course chooses "
    "0, as PyTorch does: look at the comparison.",
    ("x > 0", "x >= 0"),
    source="curriculum, lesson 02; list of mistakes, row 24",
)
bank.edit(
    RELU,
    "local_derivative_only",
    "The backward returns its own derivative, 0 or 1, without what flows in. The chain rule is "
    "a product: local derivative times dout.",
    ("return dout * active", "return 1.0 * active"),
    source="the upstream gradient forgotten",
    about="anything",
)
bank.edit(
    RELU,
    "value_for_derivative",
    "dout is multiplied by the output of the ReLU. The derivative of max(x, 0) is 0 or 1, "
    "whatever the size of x.",
    ("np.maximum(x, 0), x > 0", "np.maximum(x, 0), np.maximum(x, 0)"),
    source="value and derivative confused",
)
bank.edit(
    RELU,
    "gate_left_out",
    "The backward passes dout on as it is. Where the input was negative the output did not "
    "depend on it, so no blame passes there.",
    ("return dout * active", "return 1.0 * dout"),
    source="an activation skipped on the way back",
)
bank.edit(
    RELU,
    "dout_overwritten",
    "The numbers are right, but dout is set to 0 in place: whoever still needs it finds it "
    "changed. Return a new array.",
    ("return dout * active", "dout[~active] = 0\n    return dout"),
    source="list of mistakes, rows 9 and 60",
    about="anything",
)
bank.edit(
    RELU,
    "input_overwritten",
    "The negative numbers are set to 0 in x itself, so the caller's array changes. Return a new "
    "array, and leave x as it was.",
    ("return np.maximum(x, 0), x > 0", "active = x > 0\n    x[~active] = 0\n    return x, active"),
    source="list of mistakes, row 24 (in-place change)",
    about="anything",
)
bank.edit(
    RELU,
    "one_cache_for_all",
    "The cache is kept in one place for all calls, so a second forward overwrites the first "
    "one's. Hand the cache out, and use the one that comes back.",
    (
        "return np.maximum(x, 0), x > 0",
        "relu_forward.last = x > 0\n    return np.maximum(x, 0), None",
    ),
    ("active = cache", "active = relu_forward.last"),
    source="layers that keep self.mask",
)

# sigmoid

bank.edit(
    SIGMOID,
    "derivative_from_input",
    "The formula out * (1 - out) is used with the input in the place of the output. Look at "
    "what the forward puts into the cache.",
    ("return out, out", "return out, x"),
    source="curriculum, lesson 02",
)
bank.edit(
    SIGMOID,
    "squashed_twice",
    "The cached output goes through the sigmoid once more before the formula. It is an output "
    "already: use it as it is.",
    ("out = cache", "out = 1 / (1 + np.exp(-cache))"),
    source="Nielsen's sigmoid_prime(z) called on an activation",
)
bank.edit(
    SIGMOID,
    "local_derivative_only",
    "The backward returns out * (1 - out) without what flows in. The chain rule is a product: "
    "local derivative times dout.",
    ("dout * out * (1 - out)", "out * (1 - out)"),
    source="the upstream gradient forgotten",
)
bank.edit(
    SIGMOID,
    "one_factor",
    "The derivative has two factors, the output and one minus the output; only the second one "
    "is there. At large x the first is 1, far below 0 it is not.",
    ("dout * out * (1 - out)", "dout * (1 - out)"),
    source="a factor left out",
)
bank.edit(
    SIGMOID,
    "tanh_derivative",
    "One minus the square of the output is the derivative of tanh. The sigmoid's is the output "
    "times one minus the output.",
    ("dout * out * (1 - out)", "dout * (1 - out**2)"),
    source="the two derivatives confused",
)
bank.edit(
    SIGMOID,
    "overflow",
    "At large x the exponential is inf above and below the line, and inf / inf is nan. Choose a "
    "form whose exponential never stands in both places.",
    ("np.where(x >= 0, 1 / (1 + small), small / (1 + small))", "np.exp(x) / (1 + np.exp(x))"),
    source="curriculum, lesson 02 (finite at 1e4)",
    about="anything",
)
bank.edit(
    SIGMOID,
    "one_cache_for_all",
    "The cache is kept in one place for all calls, so a second forward overwrites the first "
    "one's. Hand the cache out, and use the one that comes back.",
    ("return out, out", "sigmoid_forward.last = out\n    return out, None"),
    ("out = cache", "out = sigmoid_forward.last"),
    source="layers that keep self.out",
)

# tanh

bank.edit(
    TANH,
    "derivative_from_input",
    "The formula 1 - out**2 is used with the input in the place of the output. Look at what the "
    "forward puts into the cache.",
    ("return out, out", "return out, x"),
    source="curriculum, lesson 02 (as the sigmoid)",
)
bank.edit(
    TANH,
    "not_squared",
    "The derivative is taken as one minus the output; the output has to be squared. At 0.5 the "
    "right factor is 0.75.",
    ("dout * (1 - out**2)", "dout * (1 - out)"),
    source="a square left out",
)
bank.edit(
    TANH,
    "squashed_twice",
    "The cached output goes through tanh once more before the formula. It is an output already: "
    "use it as it is.",
    ("out = cache", "out = np.tanh(cache)"),
    source="the derivative written for an input",
)
bank.edit(
    TANH,
    "local_derivative_only",
    "The backward returns 1 - out**2 without what flows in. The chain rule is a product: local "
    "derivative times dout.",
    ("dout * (1 - out**2)", "(1 - out**2)"),
    source="the upstream gradient forgotten",
)
bank.edit(
    TANH,
    "sigmoid_derivative",
    "The output times one minus the output is the derivative of the sigmoid. The derivative of "
    "tanh is one minus the square of its output.",
    ("dout * (1 - out**2)", "dout * out * (1 - out)"),
    source="the two derivatives confused",
)
bank.edit(
    TANH,
    "overflow",
    "Far out the exponentials are inf above and below the line, and inf / inf is nan. Choose a "
    "form that divides by something finite, or the function NumPy has.",
    ("np.tanh(x)", "(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))"),
    source="curriculum, lesson 02 (finite at 1e4)",
    about="anything",
)
bank.edit(
    TANH,
    "one_cache_for_all",
    "The cache is kept in one place for all calls, so a second forward overwrites the first "
    "one's. Hand the cache out, and use the one that comes back.",
    ("return out, out", "tanh_forward.last = out\n    return out, None"),
    ("out = cache", "out = tanh_forward.last"),
    source="layers that keep self.out",
)

# softmax_cross_entropy

bank.edit(
    SOFTMAX,
    "one_hot_not_subtracted",
    "dlogits holds the probabilities alone, so each row sums to a positive number and every "
    "logit is pressed down. The gradient is what was said minus what is true.",
    ("dlogits[rows, targets] -= 1", "pass"),
    source="curriculum, lesson 02",
)
bank.edit(
    SOFTMAX,
    "gradient_not_divided_by_rows",
    "The loss is a mean over the rows, and its gradient is that of their sum: the division by N "
    "is missing in dlogits. Each row owns 1/N of the loss.",
    ("dlogits /= len(targets)", "pass"),
    source="curriculum, lesson 02; list of mistakes, row 22",
)
bank.edit(
    SOFTMAX,
    "one_hot_not_divided",
    "The probabilities are divided by N before 1 is taken away at the targets, so that 1 stays "
    "undivided. The whole difference is divided.",
    ("dlogits[rows, targets] -= 1", "pass"),
    ("dlogits /= len(targets)", "dlogits /= len(targets)\n    dlogits[rows, targets] -= 1"),
    source="the order of two lines",
)
bank.edit(
    SOFTMAX,
    "sign_flipped",
    "dlogits is what is true minus what was said: the direction of a step, and not the "
    "gradient, which points uphill. The step's minus sign comes later, in the update.",
    ("dlogits /= len(targets)", "dlogits /= -len(targets)"),
    source="delta rules written as target - output",
)
bank.edit(
    SOFTMAX,
    "summed_loss",
    "Loss and gradient are sums over the rows. Here the mean over the batch is asked for: "
    "duplicate every row, and neither the loss nor a weight's gradient may grow.",
    (".mean()", ".sum()"),
    ("dlogits /= len(targets)", "pass"),
    source="list of mistakes, row 22",
)
bank.edit(
    SOFTMAX,
    "loss_summed_gradient_averaged",
    "The loss is a sum over the rows, and its gradient that of their mean: the two do not "
    "belong together. The loss is a mean over the batch.",
    (".mean()", ".sum()"),
    source="list of mistakes, row 22",
)
bank.edit(
    SOFTMAX,
    "divided_by_classes_too",
    "The gradient is divided by the number of all logits. The loss has one term for each row, "
    "so it is divided by the number of rows.",
    ("dlogits /= len(targets)", "dlogits /= dlogits.size"),
    source="np.mean over a table",
)
bank.edit(
    SOFTMAX,
    "softmax_over_the_batch",
    "The exponentials are normalised over the rows of the batch. A row's probabilities add up "
    "to 1 over its classes: the last axis.",
    ("logits.max(axis=1, keepdims=True)", "logits.max(axis=0, keepdims=True)"),
    ("np.exp(shifted).sum(axis=1, keepdims=True)", "np.exp(shifted).sum(axis=0, keepdims=True)"),
    source="list of mistakes, row 33 (the wrong dimension)",
    about="anything",
)
bank.edit(
    SOFTMAX,
    "no_maximum_subtracted",
    "The logits are exponentiated as they are, and exp(1e4) is inf. Subtract each row's maximum "
    "first: the probabilities stay the same.",
    ("logits - logits.max(axis=1, keepdims=True)", "1.0 * logits"),
    source="list of mistakes, row 17",
    about="anything",
)
bank.edit(
    SOFTMAX,
    "maximum_of_the_batch",
    "The maximum of the whole batch is subtracted, so a row far below it becomes all zeros, and "
    "the logarithm of 0 is -inf. Each row needs its own maximum.",
    ("logits.max(axis=1, keepdims=True)", "logits.max()"),
    source="list of mistakes, row 18",
    about="anything",
)
bank.edit(
    SOFTMAX,
    "log_of_softmax",
    "The logarithm is taken of a probability that has rounded to 0, and is -inf. By algebra it "
    "is the shifted logit minus a logarithm of a sum, and stays finite.",
    (
        "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
        "np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))",
    ),
    source="list of mistakes, row 19",
    about="anything",
)
bank.edit(
    SOFTMAX,
    "log_of_softmax_plus_eps",
    "A small number is added to the probability before its logarithm, so the loss never exceeds "
    "about 28, however wrong the logits are. Take the logarithm by algebra.",
    (
        "loss = -log_probs[rows, targets].mean()",
        "loss = -np.log(np.exp(log_probs[rows, targets]) + 1e-12).mean()",
    ),
    source="curriculum, lesson 01; list of mistakes, row 19",
)
bank.edit(
    SOFTMAX,
    "gradient_of_the_probabilities",
    "This is the gradient with respect to the probabilities, -1/p at the target. The logits lie "
    "one step further back, behind the softmax: multiply by its derivative.",
    (
        "dlogits = np.exp(log_probs)\n    dlogits[rows, targets] -= 1",
        "dlogits = np.zeros(logits.shape)\n"
        "    dlogits[rows, targets] = -1 / np.maximum(np.exp(log_probs[rows, targets]), 1e-300)",
    ),
    source="the chain stopped one step early",
)
bank.edit(
    SOFTMAX,
    "logits_overwritten",
    "The numbers are right, but the maximum is subtracted from the caller's logits in place. "
    "Make a new array of the shifted logits.",
    (
        "shifted = logits - logits.max(axis=1, keepdims=True)",
        "logits -= logits.max(axis=1, keepdims=True)\n    shifted = logits",
    ),
    source="list of mistakes, row 60",
    about="anything",
)

# mse_backward

bank.edit(
    "mse_backward",
    "factor_two_missing",
    "The factor 2 from the square is missing: this is the gradient of half the squared error, "
    "which other books use. Here the loss has no half.",
    ("2 * (pred - target)", "(pred - target)"),
    source="Bishop 2006, equation 3.12 (a half before the sum)",
)
bank.edit(
    "mse_backward",
    "divided_by_rows_only",
    "The sum is divided by the number of rows. The mean is over all elements: for a table, rows "
    "times columns.",
    ("/ pred.size", "/ len(pred)"),
    source="curriculum, lesson 01 (mean over batch)",
)
bank.edit(
    "mse_backward",
    "not_divided",
    "This is the gradient of the sum of squares: the division of the mean is missing. Stack the "
    "data on itself, and the loss must not change.",
    (" / pred.size", ""),
    source="curriculum, lesson 02 (missing 1/N)",
)
bank.edit(
    "mse_backward",
    "sign_flipped",
    "The difference is target minus prediction: the direction of a step. The gradient points "
    "uphill, away from the target.",
    ("(pred - target)", "(target - pred)"),
    source="delta rules written as target - output",
)
bank.edit(
    "mse_backward",
    "averaged_to_a_number",
    "The result is one number, the mean of all slopes. Each prediction has a slope of its own: "
    "a gradient has the shape of what it is the gradient of.",
    ("2 * (pred - target) / pred.size", "np.mean(2 * (pred - target))"),
    source="reduction applied to the gradient",
    about="anything",
)

# mlp_loss_and_grads

bank.edit(
    MLP,
    "relu_skipped_backwards",
    "The blame passes the ReLU as if it were not there. Where a hidden unit was closed nothing "
    "may come through: every forward line has its backward line.",
    ("dz1 = relu_backward(dh, relu1)", "dz1 = dh"),
    source="an activation skipped on the way back",
)
bank.edit(
    MLP,
    "mask_from_the_gradient",
    "The ReLU's gate on the way back opens where the incoming gradient is positive. It opens "
    "where the hidden unit's input was positive.",
    ("relu_backward(dh, relu1)", "dh * (dh > 0)"),
    source="curriculum, lesson 02",
)
bank.edit(
    MLP,
    "open_at_zero",
    "The gate of the hidden ReLU is open where its input is exactly 0. The derivative there is "
    "0 in this course: look at the comparison.",
    ("relu_backward(dh, relu1)", "dh * (z1 >= 0)"),
    source="curriculum, lesson 02; list of mistakes, row 24",
)
bank.edit(
    MLP,
    "hidden_before_relu",
    "The gradient of W2 is made with the hidden values before the ReLU. The second layer saw "
    "them after it: use what went into that layer.",
    ("dz1 = relu_backward(dh, relu1)", "dW2 = z1.T @ dlogits\n    dz1 = relu_backward(dh, relu1)"),
    source="z and a confused (Nielsen's equation BP4)",
)
bank.edit(
    MLP,
    "no_bend",
    "There is no ReLU between the two linear layers, neither forward nor back. Two linear "
    "layers in a row are one linear layer.",
    ("h, relu1 = relu_forward(z1)", "h = z1"),
    ("dz1 = relu_backward(dh, relu1)", "dz1 = dh"),
    source="the activation left out",
)
bank.edit(
    MLP,
    "relu_on_the_logits",
    "A second ReLU stands behind the second linear layer, so no logit is ever negative. The "
    "logits go into the softmax as they are.",
    (
        'logits, linear2 = linear_forward(h, params["W2"], params["b2"])',
        'raw, linear2 = linear_forward(h, params["W2"], params["b2"])\n'
        "    logits, relu2 = relu_forward(raw)",
    ),
    (
        "dh, dW2, db2 = linear_backward(dlogits, linear2)",
        "dh, dW2, db2 = linear_backward(relu_backward(dlogits, relu2), linear2)",
    ),
    source="an activation after every layer",
)
bank.edit(
    MLP,
    "divided_twice",
    "The gradients are divided by the number of rows once more. dlogits already holds the 1/N "
    "of the mean: it is divided once, in the loss.",
    (
        "dh, dW2, db2 = linear_backward(dlogits, linear2)",
        "dh, dW2, db2 = linear_backward(dlogits / len(x), linear2)",
    ),
    source="list of mistakes, row 22 (1/N twice)",
)
bank.edit(
    MLP,
    "never_divided",
    "The loss is a mean over the batch, and the gradients are those of the sum: they grow with "
    "the number of rows. The 1/N of the loss belongs in them.",
    (
        "dh, dW2, db2 = linear_backward(dlogits, linear2)",
        "dh, dW2, db2 = linear_backward(dlogits * len(x), linear2)",
    ),
    source="curriculum, lesson 02 (missing 1/N)",
)
bank.edit(
    MLP,
    "one_hot_not_subtracted",
    "The blame starts as the probabilities, without the one-hot targets taken away, so every "
    "logit is pressed down. It is what was said minus what is true.",
    (
        "dh, dW2, db2 = linear_backward(dlogits, linear2)",
        "dlogits[np.arange(len(y)), y] += 1 / len(y)\n"
        "    dh, dW2, db2 = linear_backward(dlogits, linear2)",
    ),
    source="curriculum, lesson 02",
)
bank.edit(
    MLP,
    "no_maximum_subtracted",
    "The softmax exponentiates the logits as they are, and exp(1e4) is inf. Use "
    "softmax_cross_entropy, or subtract each row's maximum as it does.",
    (
        "loss, dlogits = softmax_cross_entropy(logits, y)",
        "rows = np.arange(len(y))\n"
        "    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)\n"
        "    loss = -np.log(probs[rows, y]).mean()\n"
        "    dlogits = (probs - np.eye(probs.shape[1])[y]) / len(y)",
    ),
    source="list of mistakes, row 17",
    about="anything",
)
bank.edit(
    MLP,
    "biases_averaged",
    "The gradients of the biases are means over the rows. They are sums: the 1/N of the loss is "
    "already inside the blame that each row sends back.",
    (
        '{"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}',
        '{"W1": dW1, "b1": db1 / len(x), "W2": dW2, "b2": db2 / len(x)}',
    ),
    source="list of mistakes, rows 22 and 23",
)
bank.edit(
    MLP,
    "keys_of_gradients",
    "The gradients come back under other keys than the parameters. A loop over the parameters "
    "looks for each gradient under its parameter's own key.",
    (
        '{"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}',
        '{"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}',
    ),
    source="Coursera Deep Learning Specialization (dW1, db1)",
    about="anything",
)

# train_mlp

bank.edit(
    TRAIN,
    "updated_in_place",
    "The training is right, but it changes the arrays that were handed in: copying a dict "
    "copies references, not arrays. Each array needs a copy of its own.",
    ("{name: value.copy() for name, value in params.items()}", "dict(params)"),
    (
        "params = {name: value - lr * grads[name] for name, value in params.items()}",
        "for name in params:\n            params[name] -= lr * grads[name]",
    ),
    source="list of mistakes, row 60",
    about="anything",
)
bank.edit(
    TRAIN,
    "uphill",
    "The update adds lr times the gradient, so the loss climbs: the gradient points uphill. "
    "Look at the sign in front of lr.",
    ("value - lr", "value + lr"),
    source="curriculum, lesson 00 (plus sign)",
)
bank.edit(
    TRAIN,
    "loss_after_update",
    "losses[i] is measured after update i, so the loss of the parameters that were given is "
    "missing. Note the loss before each update.",
    ("losses.append(loss)", "pass"),
    (
        "params = {name: value - lr * grads[name] for name, value in params.items()}",
        "params = {name: value - lr * grads[name] for name, value in params.items()}\n"
        "        losses.append(mlp_loss_and_grads(params, x, y)[0])",
    ),
    source="curriculum, lesson 02 (losses[i] is the loss before update i)",
)
bank.edit(
    TRAIN,
    "one_loss_too_many",
    "There is one loss more than there are steps: that of the final parameters. losses[i] is "
    "the loss before update i, and nothing else.",
    (
        "return params, losses",
        "losses.append(mlp_loss_and_grads(params, x, y)[0])\n    return params, losses",
    ),
    source="curriculum, lesson 00 (one step too many)",
    about="anything",
)
bank.edit(
    TRAIN,
    "gradients_of_the_start",
    "The gradients are taken once, at the start, and used for every step. Each step needs the "
    "gradients at the parameters as they are then.",
    (
        "    for _ in range(steps):\n        loss, grads = mlp_loss_and_grads(params, x, y)",
        "    start = params\n    for _ in range(steps):\n"
        "        loss = mlp_loss_and_grads(params, x, y)[0]\n"
        "        grads = mlp_loss_and_grads(start, x, y)[1]",
    ),
    source="curriculum, lesson 00 (gradient evaluated at the start only)",
)
bank.edit(
    TRAIN,
    "biases_not_trained",
    "Only the weights move, and the biases stay where they began. They are parameters like the "
    "others: every key of the dict is updated.",
    ("value - lr * grads[name]", 'value - lr * grads[name] * (name[0] == "W")'),
    source="a loop over W1 and W2 only",
)
bank.edit(
    TRAIN,
    "step_divided_by_rows",
    "The step is divided by the number of rows. The loss is a mean, so its gradient is divided "
    "already, and the step is lr times the gradient.",
    ("lr * grads[name]", "lr * grads[name] / len(x)"),
    source="list of mistakes, row 22 (1/N twice)",
)
bank.edit(
    TRAIN,
    "one_parameter_at_a_time",
    "Each parameter is updated before the gradient of the next one is taken, so the later ones "
    "see a network that has already moved. Take all gradients first, then move everything.",
    (
        "        params = {name: value - lr * grads[name] for name, value in params.items()}",
        '        for name in ("W1", "b1", "W2", "b2"):\n'
        "            _, grads = mlp_loss_and_grads(params, x, y)\n"
        "            params[name] = params[name] - lr * grads[name]",
    ),
    source="coordinate descent by accident",
)
