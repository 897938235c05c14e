# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 - Rules for the step

# %% tags=["setup"]
import copy

import matplotlib.pyplot as plt
import numpy as np


def close(a, b):
    """Whether two results agree in shape and, up to rounding, in value."""
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-9, atol=1e-12)


def raises(error, call):
    """Whether `call()` raises `error`."""
    try:
        call()
    except error:
        return True
    return False


# %% nbgrader={"grade": false, "grade_id": "sgd_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgd_step(param, grad, lr, weight_decay=0.0):
    """One step against the gradient, with L2 weight decay added to the gradient.

    Args:
        param: weights, float64, any shape.
        grad: gradient of the loss at `param`, same shape.
        lr: learning rate, >= 0.
        weight_decay: strength of L2 decay, >= 0; `weight_decay * param` is added to `grad`.

    Returns:
        The new weights, a new array of the same shape. The inputs are not changed.

    Source: Robbins and Monro (1951); with decay as in `torch.optim.SGD`.
    """
    ### BEGIN SOLUTION
    g = grad + weight_decay * param
    step = lr * g
    return param - step
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_sgd_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
p, g = np.array([1.0, -2.0]), np.array([0.5, 0.5])
assert close(sgd_step(p, g, lr=0.1), [0.95, -2.05]), "the step goes against the gradient"
assert close(sgd_step(p, g, lr=0.0), p), "a rate of 0 changes nothing"
assert close(sgd_step(p, np.zeros(2), lr=0.1, weight_decay=0.5), [0.95, -1.9]), (
    "where the gradient is 0, decay alone pulls each weight towards 0, by lr * decay * weight"
)
assert close(p, [1.0, -2.0]) and close(g, [0.5, 0.5]), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("sgd_step")
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "momentum_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def momentum_step(param, grad, velocity, lr, momentum=0.9, nesterov=False):
    """One step of momentum in PyTorch's form: the rate multiplies the velocity.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        velocity: what the previous step returned; zeros before the first, same shape.
        lr: learning rate, >= 0.
        momentum: mu, the part of the velocity that is kept, in [0, 1).
        nesterov: if true, step along `grad + momentum * new velocity`, else along the new velocity.

    Returns:
        `(param, velocity)`, both new arrays. The inputs are not changed.

    Source: Polyak (1964); Sutskever et al. (2013), section 2; form of `torch.optim.SGD`.
    """
    ### BEGIN SOLUTION
    velocity = momentum * velocity + grad
    if nesterov:
        direction = grad + momentum * velocity
    else:
        direction = velocity
    step = lr * direction
    return param - step, velocity
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_momentum_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
p, g, still = np.array([1.0, 2.0]), np.array([1.0, -1.0]), np.zeros(2)
p1, v1 = momentum_step(p, g, still, lr=0.1, momentum=0.5)
assert close(v1, [1.0, -1.0]), "from rest, the first velocity is the gradient itself"
assert close(p1, [0.9, 2.1]), "from rest, the first step is a step of SGD"
p2, v2 = momentum_step(p1, g, v1, lr=0.1, momentum=0.5)
assert close(v2, [1.5, -1.5]), "half of the old velocity stays, and the whole gradient is added"
assert close(p2, [0.75, 2.25]), "the step is the rate times the new velocity"
p2, v2 = momentum_step(p1, g, v1, lr=0.1, momentum=0.5, nesterov=True)
assert close(v2, [1.5, -1.5]), "Nesterov changes the step, not the velocity"
assert close(p2, [0.725, 2.275]), "Nesterov steps along the gradient plus momentum * new velocity"
assert close(still, [0.0, 0.0]) and close(p, [1.0, 2.0]), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("momentum_step")
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "prediction_rate_cut", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_rate_cut = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_rate_cut", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_rate_cut is None:
    raise NotImplementedError("prediction_rate_cut is not written yet")
letter = str(prediction_rate_cut).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("prediction_rate_cut")
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "classical_momentum_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def classical_momentum_step(param, grad, velocity, lr, momentum=0.9):
    """One step of momentum in the classical form: the rate is inside the velocity.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        velocity: what the previous step returned; zeros before the first, same shape. It points
            where the weights move: downhill.
        lr: learning rate, >= 0.
        momentum: mu, the part of the velocity that is kept, in [0, 1).

    Returns:
        `(param, velocity)`, both new arrays. The inputs are not changed.

    Source: Sutskever et al. (2013), equations 1 and 2.
    """
    ### BEGIN SOLUTION
    velocity = momentum * velocity - lr * grad
    return param + velocity, velocity
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_classical_momentum_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
p, g, still = np.array([1.0, 2.0]), np.array([1.0, -1.0]), np.zeros(2)
p1, v1 = classical_momentum_step(p, g, still, lr=0.1, momentum=0.5)
assert close(v1, [-0.1, 0.1]), "the velocity is a displacement: downhill, the rate included"
assert close(p1, [0.9, 2.1]), "from rest, the first step is a step of SGD"
p2, v2 = classical_momentum_step(p1, g, v1, lr=0.2, momentum=0.5)
assert close(v2, [-0.25, 0.25]), "the new rate scales the new gradient only, not what was kept"
assert close(p2, [0.65, 2.35]), "the step is the new velocity"
assert close(still, [0.0, 0.0]) and close(p, [1.0, 2.0]), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("classical_momentum_step")
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "adagrad_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adagrad_step(param, grad, square_sum, lr, eps=1e-10):
    """One step of Adagrad: each weight's rate shrinks with the sum of its squared gradients.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        square_sum: sum of the squared gradients so far; zeros before the first step, same shape.
        lr: learning rate, >= 0.
        eps: > 0, added to the root, so that a weight without gradients divides by eps, not by 0.

    Returns:
        `(param, square_sum)`, both new arrays. The inputs are not changed.

    Source: Duchi, Hazan and Singer (2011), section 1; the diagonal form, as `torch.optim.Adagrad`.
    """
    ### BEGIN SOLUTION
    square_sum = square_sum + grad**2
    step = lr * grad / (np.sqrt(square_sum) + eps)
    return param - step, square_sum
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_adagrad_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
p, g, none_yet = np.array([1.0, 1.0]), np.array([4.0, -0.001]), np.zeros(2)
p1, s1 = adagrad_step(p, g, none_yet, lr=0.1, eps=0.0)
assert close(s1, [16.0, 1e-6]), "the sum grows by the square of the gradient"
assert close(p1, [0.9, 1.1]), "the first step has size lr for every weight, large gradient or small"
p2, s2 = adagrad_step(p1, g, s1, lr=0.1, eps=0.0)
assert close(s2, [32.0, 2e-6]), "nothing is forgotten: the same gradient again doubles the sum"
assert close(p2, p1 + 0.1 / np.sqrt(2) * np.array([-1, 1])), "the second step is sqrt(2) smaller"
p1, _ = adagrad_step(p, np.array([4.0, 0.0]), none_yet, lr=0.1, eps=1.0)
assert close(p1, [0.92, 1.0]), "eps stands beside the root: 0.1 * 4 / (4 + 1)"
assert close(none_yet, [0.0, 0.0]) and close(p, [1.0, 1.0]), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("adagrad_step")
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "rmsprop_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rmsprop_step(param, grad, square_avg, lr, alpha=0.99, eps=1e-8):
    """One step of RMSprop: each weight's rate is divided by a running root mean square.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        square_avg: running average of the squared gradient; zeros before the first step, same shape.
        lr: learning rate, >= 0.
        alpha: the part of the old average that is kept, in [0, 1).
        eps: > 0, added to the root.

    Returns:
        `(param, square_avg)`, both new arrays. The inputs are not changed.

    Source: Tieleman and Hinton (2012), lecture 6.5; form of `torch.optim.RMSprop`.
    """
    ### BEGIN SOLUTION
    square_avg = alpha * square_avg + (1 - alpha) * grad**2
    step = lr * grad / (np.sqrt(square_avg) + eps)
    return param - step, square_avg
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_rmsprop_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
p, g, none_yet = np.array([1.0, 1.0]), np.array([4.0, -0.001]), np.zeros(2)
p1, s1 = rmsprop_step(p, g, none_yet, lr=0.1, alpha=0.75, eps=0.0)
assert close(s1, [4.0, 0.25e-6]), "a quarter of the squared gradient enters the average"
assert close(p1, [0.8, 1.2]), "the first step is lr / sqrt(1 - alpha) for every weight: here 2 * lr"
s = none_yet
for _ in range(200):
    _, s = rmsprop_step(p, g, s, lr=0.1, alpha=0.75)
assert close(s, g**2), "an average, not a sum: under a steady gradient it settles at its square"
p1, _ = rmsprop_step(p, np.array([4.0, 0.0]), none_yet, lr=0.1, alpha=0.75, eps=3.0)
assert close(p1, [0.92, 1.0]), "eps stands beside the root: 0.1 * 4 / (2 + 3)"
assert close(none_yet, [0.0, 0.0]) and close(p, [1.0, 1.0]), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("rmsprop_step")
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "prediction_first_average", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_first_average = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_first_average", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_first_average is None:
    raise NotImplementedError("prediction_first_average is not written yet")
letter = str(prediction_first_average).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("prediction_first_average")
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "adam_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam: the averaged gradient over the root of the averaged squared gradient.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        m: running average of the gradient; zeros before the first step, same shape.
        v: running average of the squared gradient; zeros before the first step, same shape.
        t: the number of this step, counted from 1.
        lr: learning rate, >= 0.
        beta1: the part of `m` that is kept, in [0, 1).
        beta2: the part of `v` that is kept, in [0, 1).
        eps: > 0, added to the root of the corrected `v`.

    Returns:
        `(param, m, v)`, new arrays; `m` and `v` are the raw averages, not the corrected ones.
        The inputs are not changed.

    Raises:
        ValueError: `t` is below 1.

    Source: Kingma and Ba (2015), algorithm 1.
    """
    ### BEGIN SOLUTION
    if t < 1:
        raise ValueError(f"t counts from 1, got {t}")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    step = lr * m_hat / (np.sqrt(v_hat) + eps)
    return param - step, m, v
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_adam_step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
p, g, zeros = np.array([1.0, 1.0]), np.array([4.0, -0.001]), np.zeros(2)
p1, m1, v1 = adam_step(p, g, zeros, zeros, t=1, lr=0.1, eps=0.0)
assert close(m1, 0.1 * g), "m takes a tenth of the gradient (1 - beta1), and is returned as it is"
assert close(v1, 0.001 * g**2), "v takes a thousandth of the squared gradient (1 - beta2)"
assert close(p1, [0.9, 1.1]), "the first step has size lr for every weight, whatever its gradient"
p2, m2, v2 = adam_step(p1, g, m1, v1, t=2, lr=0.1, eps=0.0)
assert close(m2, 0.19 * g) and close(v2, 0.001999 * g**2), "the averages go on from the raw ones"
assert close(p2, [0.8, 1.2]), "under a steady gradient, every step has size lr"
p1, _, _ = adam_step(p, np.array([4.0, 0.0]), zeros, zeros, t=1, lr=0.1, eps=1.0)
assert close(p1, [0.92, 1.0]), "eps is added to the root of the corrected v: 0.1 * 4 / (4 + 1)"
assert raises(ValueError, lambda: adam_step(p, g, zeros, zeros, t=0)), "t = 0 is a ValueError"
assert close(zeros, [0.0, 0.0]) and close(p, [1.0, 1.0]), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("adam_step")
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "prediction_uneven_decay", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_uneven_decay = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_uneven_decay", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_uneven_decay is None:
    raise NotImplementedError("prediction_uneven_decay is not written yet")
letter = str(prediction_uneven_decay).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("prediction_uneven_decay")
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "adamw_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adamw_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """One step of AdamW: shrink the weights by `lr * weight_decay`, then take Adam's step.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape; the decay does not enter it.
        m: running average of the gradient; zeros before the first step, same shape.
        v: running average of the squared gradient; zeros before the first step, same shape.
        t: the number of this step, counted from 1.
        lr: learning rate, >= 0; it scales the decay too.
        beta1: the part of `m` that is kept, in [0, 1).
        beta2: the part of `v` that is kept, in [0, 1).
        eps: > 0, added to the root of the corrected `v`.
        weight_decay: strength of the decay, >= 0.

    Returns:
        `(param, m, v)`, new arrays; `m` and `v` are the raw averages. The inputs are not changed.

    Raises:
        ValueError: `t` is below 1.

    Source: Loshchilov and Hutter (2019), algorithm 2; order and scale of `torch.optim.AdamW`.
    """
    ### BEGIN SOLUTION
    shrunk = param * (1 - lr * weight_decay)
    return adam_step(shrunk, grad, m, v, t, lr, beta1, beta2, eps)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_adamw_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
p, g, zeros = np.array([2.0, -2.0]), np.array([4.0, -0.001]), np.zeros(2)
p1, m1, v1 = adamw_step(p, zeros, zeros, zeros, t=1, lr=0.1, weight_decay=0.5)
assert close(p1, [1.9, -1.9]), "without a gradient, decay alone multiplies by 1 - lr * decay = 0.95"
assert close(m1, zeros) and close(v1, zeros), "the decay leaves no trace in m and v"
p1, m1, v1 = adamw_step(p, g, zeros, zeros, t=1, lr=0.1, eps=0.0, weight_decay=0.5)
assert close(p1, [1.8, -1.8]), "first shrunk to 95 %, then moved by lr against the gradient"
assert close(m1, 0.1 * g) and close(v1, 0.001 * g**2), "m and v are Adam's"
assert raises(ValueError, lambda: adamw_step(p, g, zeros, zeros, t=0)), "t = 0 is a ValueError"
assert close(zeros, [0.0, 0.0]) and close(p, [2.0, -2.0]), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("adamw_step")
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "radam_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def radam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of RAdam: Adam's step, damped while `v` rests on few gradients.

    With `rho_inf = 2 / (1 - beta2) - 1` and `rho_t = rho_inf - 2 t beta2**t / (1 - beta2**t)`:

    - `rho_t > 5`: the step is `lr * m_hat * r_t * sqrt(1 - beta2**t) / (sqrt(v) + eps)`, with
      `r_t**2 = (rho_t - 4) (rho_t - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho_t)`; eps is added
      to the root of the raw `v`, before the correction;
    - else: the step is `lr * m_hat`.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        m: running average of the gradient; zeros before the first step, same shape.
        v: running average of the squared gradient; zeros before the first step, same shape.
        t: the number of this step, counted from 1.
        lr: learning rate, >= 0.
        beta1: the part of `m` that is kept, in [0, 1).
        beta2: the part of `v` that is kept, in [0, 1).
        eps: > 0, added to the root of the raw `v`.

    Returns:
        `(param, m, v)`, new arrays; `m` and `v` are the raw averages. The inputs are not changed.

    Raises:
        ValueError: `t` is below 1.

    Source: Liu et al. (2020), algorithm 2; threshold and eps of `torch.optim.RAdam`.
    """
    ### BEGIN SOLUTION
    if t < 1:
        raise ValueError(f"t counts from 1, got {t}")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    rho_inf = 2 / (1 - beta2) - 1
    rho_t = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho_t > 5:
        above = (rho_t - 4) * (rho_t - 2) * rho_inf
        below = (rho_inf - 4) * (rho_inf - 2) * rho_t
        r_t = np.sqrt(above / below)
        step = lr * m_hat * r_t * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)
    else:
        step = lr * m_hat
    return param - step, m, v
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_radam_step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
p, g, zeros = np.array([1.0, 1.0]), np.array([4.0, -0.001]), np.zeros(2)
p1, m1, v1 = radam_step(p, g, zeros, zeros, t=1, lr=0.1)
assert close(p1, [0.6, 1.0001]), "at t = 1 there is no denominator: the step is lr * m_hat"
assert close(m1, 0.1 * g) and close(v1, 0.001 * g**2), "m and v are Adam's raw averages"
p5, _, _ = radam_step(p, g, zeros, zeros, t=5, lr=0.1)
p6, _, _ = radam_step(p, g, zeros, zeros, t=6, lr=0.1, eps=0.0)
assert not np.isclose((p - p5)[0], -(p - p5)[1]), (
    "with beta2 = 0.999, rho is still below 5 at t = 5"
)
assert np.isclose((p - p6)[0], -(p - p6)[1]), "from t = 6 on, each weight moves by the same size"
late, _, _ = radam_step(p, g, g, g**2, t=100_000, lr=0.1, eps=1.0)
assert close(late, p - 0.1 * g / (np.abs(g) + 1.0)), "after many steps r is 1: Adam's own step"
assert raises(ValueError, lambda: radam_step(p, g, zeros, zeros, t=0)), "t = 0 is a ValueError"
assert close(zeros, [0.0, 0.0]) and close(p, [1.0, 1.0]), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("radam_step")
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "newton_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def newton_step(x, grad, hessian):
    """One step of Newton's method: to where the local quadratic has gradient zero.

    Args:
        x: the point, float64 (n,).
        grad: gradient at `x`, (n,).
        hessian: matrix of second derivatives at `x`, (n, n), symmetric and invertible; it may be
            indefinite, and then the step goes to a saddle of the quadratic.

    Returns:
        The new point, a new array (n,). The inputs are not changed.

    Source: Nocedal and Wright (2006), Numerical Optimization, section 2.2.
    """
    ### BEGIN SOLUTION
    step = np.linalg.solve(hessian, grad)
    return x - step
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_newton_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
H = np.array([[2.0, 1.0], [1.0, 3.0]])
lowest, x = np.array([4.0, -1.0]), np.array([10.0, 10.0])
assert close(newton_step(x, H @ (x - lowest), H), lowest), "on a quadratic, one step is enough"
H = np.array([[1.0, 2.0], [2.0, 1.0]])
assert close(newton_step(x, H @ (x - lowest), H), lowest), "an indefinite Hessian: to the saddle"
assert close(x, [10.0, 10.0]), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("newton_step")
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "Adam", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Adam:
    """Adam and AdamW over groups of parameters, each group with its own options.

    Attributes:
        groups: a list of new dicts, one for each group, with `params` (the caller's arrays) and
            every option: `lr`, `betas`, `eps`, `weight_decay`, `decoupled`. What is written here,
            `optimizer.groups[0]["lr"] = 0.01`, takes effect at the next step.

    Source: Kingma and Ba (2015); Loshchilov and Hutter (2019); groups as in `torch.optim`.
    """

    def __init__(
        self,
        groups,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0.0,
        decoupled=True,
    ):
        """Start with zero averages for every parameter.

        Args:
            groups: list of dicts `{"params": [float64 arrays of any shape], ...}`; any option
                below may stand in a group and holds there, 0.0 and False included. The dicts are
                not changed; the arrays are kept, not copied.
            lr: learning rate, >= 0.
            betas: `(beta1, beta2)`, each in [0, 1).
            eps: > 0, added to the root of the corrected second average.
            weight_decay: strength of the decay, >= 0.
            decoupled: if true, decay as in AdamW; else `weight_decay * param` is added to the
                gradient (L2).
        """
        ### BEGIN SOLUTION
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "decoupled": decoupled,
        }
        self.groups = [{**options, **group, "params": list(group["params"])} for group in groups]
        self.t = 0
        self.m = [[np.zeros_like(param) for param in group["params"]] for group in self.groups]
        self.v = [[np.zeros_like(param) for param in group["params"]] for group in self.groups]
        ### END SOLUTION

    def step(self, grads):
        """Update every parameter in place. The step counter advances once, for all of them.

        Args:
            grads: `grads[i][j]` is the gradient of `groups[i]["params"][j]`, of its shape. Not
                changed.
        """
        ### BEGIN SOLUTION
        self.t = self.t + 1
        for i, group in enumerate(self.groups):
            for j, param in enumerate(group["params"]):
                new = self._updated(group, param, grads[i][j], self.m[i][j], self.v[i][j])
                param[...], self.m[i][j], self.v[i][j] = new

    def _updated(self, group, param, grad, m, v):
        """The parameter and its two averages after this step, as new arrays."""
        lr, eps, decay = group["lr"], group["eps"], group["weight_decay"]
        beta1, beta2 = group["betas"]
        if group["decoupled"]:
            param = param * (1 - lr * decay)
        else:
            grad = grad + decay * param
        return adam_step(param, grad, m, v, self.t, lr, beta1, beta2, eps)
        ### END SOLUTION

    def state_dict(self):
        """A snapshot of all that a resumed run needs beside the parameters: the step counter, both
        averages, and the options of every group as they are now. Later steps do not change it.

        Returns:
            Nothing but dicts, lists, tuples, arrays, numbers and strings, nested as you like.
        """
        ### BEGIN SOLUTION
        options = [{k: v for k, v in group.items() if k != "params"} for group in self.groups]
        state = {"t": self.t, "m": self.m, "v": self.v, "options": options}
        return copy.deepcopy(state)
        ### END SOLUTION

    def load_state_dict(self, state):
        """Continue from a snapshot, the options of its groups included. The snapshot is copied, so
        that later steps do not change it; the parameters are left as they are.

        Args:
            state: what `state_dict` of an `Adam` over parameters of the same shapes returned.

        Raises:
            ValueError: the state has another number of groups, another number of parameters in a
                group, or a parameter of another shape, whether or not a step was taken. Then
                nothing has changed.
        """
        ### BEGIN SOLUTION
        here, there = _shapes(self.m), _shapes(state["m"])
        if here != there:
            raise ValueError(f"state has to be of shapes {here}, got {there}")
        state = copy.deepcopy(state)
        self.t, self.m, self.v = state["t"], state["m"], state["v"]
        for group, options in zip(self.groups, state["options"], strict=True):
            group.update(options)


def _shapes(groups):
    """The shapes of the arrays, nested as they are."""
    return [[array.shape for array in group] for group in groups]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_Adam", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
rng = np.random.default_rng(0)
w, b = rng.normal(size=(2, 3)), rng.normal(size=3)
w_grads, b_grads = rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 3))
w_start, b_start = w.copy(), b.copy()

asked = [{"params": [w]}, {"params": [b], "lr": 0.5, "weight_decay": 0.0}]
optimizer = Adam(asked, lr=0.1, weight_decay=0.3)
assert asked[0].keys() == {"params"}, "the caller's dicts are not changed"
assert optimizer.groups[0]["lr"] == 0.1, "a group has the options that it does not override"
assert optimizer.groups[1]["lr"] == 0.5, "a group's own rate holds in that group"
assert optimizer.groups[1]["weight_decay"] == 0.0, "an override of 0.0 is an override"

optimizer.step([[w_grads[0]], [b_grads[0]]])
expected_w, m_w, v_w = adam_step(w_start * 0.97, w_grads[0], 0 * w, 0 * w, t=1, lr=0.1)
expected_b, m_b, v_b = adam_step(b_start, b_grads[0], 0 * b, 0 * b, t=1, lr=0.5)
assert close(w, expected_w), "the array itself is updated: shrunk by 1 - lr * decay, then moved"
assert close(b, expected_b), "the second group has its own rate and no decay"
optimizer.groups[0]["lr"] = 0.01
optimizer.step([[w_grads[1]], [b_grads[1]]])
expected_w, _, _ = adam_step(expected_w * 0.997, w_grads[1], m_w, v_w, t=2, lr=0.01)
expected_b, _, _ = adam_step(expected_b, b_grads[1], m_b, v_b, t=2, lr=0.5)
assert close(w, expected_w), "a rate written into groups holds from the next step on"
assert close(b, expected_b), "t is 2 at the second step, for every parameter"

w_saved, b_saved, state = w.copy(), b.copy(), optimizer.state_dict()
for i in range(2, 6):
    optimizer.step([[w_grads[i]], [b_grads[i]]])
resumed = Adam([{"params": [w_saved]}, {"params": [b_saved]}])
resumed.load_state_dict(state)
for i in range(2, 6):
    resumed.step([[w_grads[i]], [b_grads[i]]])
assert np.array_equal(w, w_saved), "saved, loaded and continued equals uninterrupted, bit for bit"
assert np.array_equal(b, b_saved), "the options of a group are a part of the state"
other = Adam([{"params": [np.zeros((3, 2))]}, {"params": [np.zeros(3)]}])
assert raises(ValueError, lambda: other.load_state_dict(state)), "other shapes are a ValueError"
other = Adam([{"params": [np.zeros((2, 3)), np.zeros(3)]}])
assert raises(ValueError, lambda: other.load_state_dict(state)), "other groups are a ValueError"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("Adam")
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "optimizer_floats", "locked": false, "schema_version": 3, "solution": true, "task": false}
def optimizer_floats(n_params, optimizer):
    """The number of values held while training, parameters and gradients included.

    Args:
        n_params: number of parameters, >= 0.
        optimizer: `"sgd"` (without momentum), `"momentum"`, `"adam"` or `"adamw"`.

    Returns:
        The number of values, an int.

    Raises:
        ValueError: `optimizer` is another name.

    Source: Rajbhandari et al. (2020), ZeRO, section 3.1, without its mixed precision.
    """
    ### BEGIN SOLUTION
    states = {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}
    if optimizer not in states:
        raise ValueError(f"optimizer has to be one of {list(states)}, got {optimizer!r}")
    return n_params * (2 + states[optimizer])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_optimizer_floats", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert optimizer_floats(10, "sgd") == 20, "a weight and its gradient"
assert optimizer_floats(10, "momentum") == 30, "and its velocity"
assert optimizer_floats(10, "adam") == 40, "or its two averages"
assert optimizer_floats(10, "adamw") == 40, "decoupled decay remembers nothing more"
assert raises(ValueError, lambda: optimizer_floats(10, "sdg")), "another name is a ValueError"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("optimizer_floats")
### END HIDDEN TESTS
