"""Wrong answers of lesson 05 as real people write them, each with the thought in it: code found in
public repositories, read and written anew. Of the class Adam: `optimizers_real_class.py`."""

from __future__ import annotations

import math

import numpy as np

REAL = {}


def thought(key, name):
    """Keep the decorated answer to `key`: `name` is in it, or "one + other"."""

    def keep(answer):
        label = f"real: {answer.__name__.replace('_', ' ')}"
        REAL.setdefault(key, {})[label] = ({key: answer}, name)
        return answer

    return keep


@thought("adam_step", "no_bias_correction")
def without_correction_and_check(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    first = beta1 * m + (1 - beta1) * grad
    second = beta2 * v + (1 - beta2) * (grad * grad)
    return param - lr * first / (np.sqrt(second) + eps), first, second


@thought("adam_step", "no_bias_correction")
def without_correction_in_place(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError(t)
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    param -= lr * m / (np.sqrt(v) + eps)
    return param, m, v


@thought("adam_step", "eps_inside_root")
def inside_and_unchecked(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = m * beta1 + grad * (1 - beta1), v * beta2 + np.square(grad) * (1 - beta2)
    m_hat, v_hat = m / (1 - np.power(beta1, t)), v / (1 - np.power(beta2, t))
    return param - lr * m_hat * (v_hat + eps) ** -0.5, m, v


@thought("adam_step", "no_bias_correction + eps_inside_root")
def uncorrected_and_inside(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    return param - lr * m / np.sqrt(v + eps), m, v


@thought("adam_step", "bracket_left_out")
def bracket_on_one_line(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError(t)
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    param = param - lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t)) + eps
    return param, m, v


@thought("adam_step", "bracket_closed_early")
def rate_of_each_weight(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    rate = lr / np.sqrt(v / (1 - beta2**t)) + eps
    return param - rate * m / (1 - beta1**t), m, v


@thought("adam_step", "eps_on_both")
def eps_above_and_below(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError(t)
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t) + eps, v / (1 - beta2**t)
    return param - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@thought("adam_step", "one_step_late + m_kept_as_velocity")
def velocity_one_step_late(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError(t)
    m, v = beta1 * m + grad, beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1 ** (t + 1)), v / (1 - beta2 ** (t + 1))
    return param - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@thought("adamw_step", "decay_after_step + eps_before_correction")
def rate_corrected_then_decayed(
    param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    if t < 1:
        raise ValueError(t)
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    rate = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    param = param - rate * m / (np.sqrt(v) + eps)
    return param - lr * weight_decay * param, m, v


@thought("adamw_step", "l2_in_place_of_decoupled + no_bias_correction")
def l2_uncorrected(
    param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    g = grad + weight_decay * param
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    return param - lr * m / (np.sqrt(v) + eps), m, v


@thought("adamw_step", "decay_left_out + betas_swapped")
def swapped_without_decay(
    param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    if t < 1:
        raise ValueError(t)
    m, v = beta2 * m + (1 - beta2) * grad, beta1 * v + (1 - beta1) * grad**2
    m_hat, v_hat = m / (1 - beta2**t), v / (1 - beta1**t)
    return param - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@thought("radam_step", "threshold_of_the_paper + waits_below_the_threshold")
def as_in_the_paper(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    full, kept = 2 / (1 - beta2) - 1, beta2**t
    rho = full - 2 * t * kept / (1 - kept)
    if rho <= 4:
        return param.copy(), m, v
    r = math.sqrt((rho - 4) * (rho - 2) * full / ((full - 4) * (full - 2) * rho))
    length = math.sqrt(1 - kept) / (np.sqrt(v) + eps)
    return param - lr * r * m / (1 - beta1**t) * length, m, v


@thought("radam_step", "eps_written_in")
def eps_in_the_formula(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    full, kept = 2 / (1 - beta2) - 1, beta2**t
    rho = full - 2 * t * kept / (1 - kept)
    update = m / (1 - beta1**t)
    if rho > 5:
        r = math.sqrt((rho - 4) * (rho - 2) * full / ((full - 4) * (full - 2) * rho))
        update = update * r * math.sqrt(1 - kept) / (np.sqrt(v) + 1e-8)
    return param - lr * update, m, v


@thought("sgd_step", "decay_not_scaled_by_lr")
def decay_apart(param, grad, lr, weight_decay=0.0):
    return param * (1 - weight_decay) - lr * grad


@thought("momentum_step", "average_of_gradients + nesterov_does_nothing")
def average_without_nesterov(param, grad, velocity, lr, momentum=0.9, nesterov=False):
    velocity = momentum * velocity + (1 - momentum) * grad
    return param - lr * velocity, velocity


@thought("momentum_step", "classical_form")
def as_in_cs231n(param, grad, velocity, lr, momentum=0.9, nesterov=False):
    before, velocity = velocity, momentum * velocity - lr * grad
    if nesterov:
        return param - momentum * before + (1 + momentum) * velocity, velocity
    return param + velocity, velocity


@thought("classical_momentum_step", "rate_outside")
def rate_outside_in_place(param, grad, velocity, lr, momentum=0.9):
    velocity *= momentum
    velocity += grad
    param -= lr * velocity
    return param, velocity


@thought("adagrad_step", "eps_written_in_root")
def as_in_d2l(param, grad, square_sum, lr, eps=1e-10):
    total = square_sum + np.square(grad)
    return param - lr * grad / np.sqrt(total + 1e-6), total


@thought("rmsprop_step", "eps_written_in")
def eps_in_the_formula_of_keras(param, grad, square_avg, lr, alpha=0.9, eps=1e-8):
    average = alpha * square_avg + (1 - alpha) * grad**2
    return param - lr / (1e-8 + np.sqrt(average)) * grad, average


@thought("rmsprop_step", "eps_inside_root + alpha_swapped")
def swapped_and_inside(param, grad, square_avg, lr, alpha=0.99, eps=1e-8):
    average = (1 - alpha) * square_avg + alpha * grad**2
    return param - lr * grad / np.sqrt(average + eps), average


@thought("newton_step", "inverse_of_the_diagonal")
def one_coordinate_at_a_time(x, grad, hessian):
    new = x.copy()
    for i in range(len(x)):
        new[i] -= grad[i] / hessian[i][i]
    return new


@thought("optimizer_floats", "state_only")
def the_rest_is_adam(n_params, optimizer):
    return {"sgd": 0, "momentum": n_params}.get(optimizer, 2 * n_params)
