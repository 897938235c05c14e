"""Mistakes in both forms of momentum."""

from __future__ import annotations

from autograder.api import Bank

VELOCITY = "velocity = momentum * velocity + grad"
AHEAD = "direction = grad + momentum * velocity"
STEP = "step = lr * direction"
NEW = "return param - step, velocity"


def declare(bank: Bank) -> None:
    """In the order of the lesson."""
    _momentum(bank)
    _nesterov(bank)
    _classical(bank)


def _momentum(bank: Bank) -> None:
    key = "momentum_step"
    bank.edit(
        key,
        "average_of_gradients",
        "The velocity is a running average, with 1 - momentum before the gradient: the "
        "convention of fastai and Adam, ten times smaller at 0.9. PyTorch's adds the gradient "
        "whole.",
        (VELOCITY, "velocity = momentum * velocity + (1 - momentum) * grad"),
        source="CMU 10-714, homework 2; fastai, course22p2, 12_accel_sgd",
    )
    bank.edit(
        key,
        "rate_inside",
        "The rate is inside the velocity. That equals PyTorch's form while the rate stays, and "
        "parts from it when it changes: old gradients keep their old rate. Multiply the velocity "
        "instead.",
        (VELOCITY, "velocity = momentum * velocity + lr * grad"),
        (AHEAD, "direction = lr * grad + momentum * velocity"),
        (STEP, "step = direction"),
        source="Goodfellow et al. (2016), section 8.3.2",
    )
    bank.edit(
        key,
        "classical_form",
        "This is the classical form of Sutskever and Keras: the velocity points downhill and "
        "holds the rate. Here it is a sum of gradients, and the rate multiplies it in the step.",
        (VELOCITY, "velocity = momentum * velocity - lr * grad"),
        (AHEAD, "direction = momentum * velocity - lr * grad"),
        (STEP, "step = -direction"),
        source="Sutskever et al. (2013); tf.keras.optimizers.SGD; CS231n",
    )
    bank.edit(
        key,
        "rate_twice",
        "The rate enters the velocity and multiplies the step again, so that every step is lr "
        "times too small. In this form it stands in the step only.",
        (VELOCITY, "velocity = momentum * velocity + lr * grad"),
    )
    bank.edit(
        key,
        "velocity_forgotten",
        "The velocity that came in is not used, so that every step starts from rest: plain "
        "gradient descent. What the last step returned should stay in it, times momentum.",
        (VELOCITY, "velocity = grad.copy()"),
    )
    bank.edit(
        key,
        "old_velocity_stepped",
        "The step uses the velocity from before this gradient came in: the first step goes "
        "nowhere, and every other is one gradient late. Update it first.",
        (VELOCITY, "old, velocity = velocity, momentum * velocity + grad"),
        ("direction = velocity", "direction = old"),
    )
    bank.edit(
        key,
        "friction_on_everything",
        "momentum multiplies the new gradient too. Only what is remembered fades: the newest "
        "gradient enters the velocity whole.",
        (VELOCITY, "velocity = momentum * (velocity + grad)"),
    )
    bank.edit(
        key,
        "uphill",
        "The step is added, so that the loss climbs: this velocity is a sum of gradients, and they "
        "point uphill. Move against it.",
        (NEW, "return param + step, velocity"),
    )
    bank.edit(
        key,
        "velocity_changed_in_place",
        "The velocity that came in is changed in place, and the caller who kept it finds other "
        "numbers. Make a new array: an augmented assignment writes into the old one.",
        (VELOCITY, "velocity *= momentum\n    velocity += grad"),
    )


def _nesterov(bank: Bank) -> None:
    key = "momentum_step"
    bank.edit(
        key,
        "nesterov_does_nothing",
        "With nesterov=True the step is the plain one. The gradient plus momentum times the old "
        "velocity is the new velocity, nothing more: look ahead with the velocity just made.",
        (AHEAD, "direction = velocity"),
    )
    bank.edit(
        key,
        "nesterov_always",
        "Every step looks ahead, whether nesterov is set or not. Without it the step goes along "
        "the new velocity itself: look at the condition.",
        ("if nesterov:", "if True:"),
    )
    bank.edit(
        key,
        "nesterov_without_gradient",
        "Nesterov's step goes along momentum times the new velocity, and the gradient is not "
        "counted once more. Looking ahead adds the newest gradient to what will still be rolling.",
        (AHEAD, "direction = momentum * velocity"),
    )
    bank.edit(
        key,
        "nesterov_counts_velocity_twice",
        "Nesterov's step adds momentum times the velocity to the velocity, so that old gradients "
        "count nearly twice. What is added to the look-ahead is the newest gradient alone.",
        (AHEAD, "direction = velocity + momentum * velocity"),
    )
    bank.edit(
        key,
        "nesterov_stores_look_ahead",
        "With nesterov=True the look-ahead is returned as the velocity, and the next step adds "
        "to it. Looking ahead changes the step only: the velocity is the same either way.",
        (AHEAD, "direction = velocity = grad + momentum * velocity"),
    )


def _classical(bank: Bank) -> None:
    key = "classical_momentum_step"
    made, new = "velocity = momentum * velocity - lr * grad", "return param + velocity, velocity"
    bank.edit(
        key,
        "rate_outside",
        "This is PyTorch's form: a velocity of gradients, multiplied by the rate in the step. In "
        "the classical form the velocity holds each gradient with the rate of its own time.",
        (made, "velocity = momentum * velocity + grad"),
        (new, "return param - lr * velocity, velocity"),
        source="torch.optim.SGD",
    )
    bank.edit(
        key,
        "velocity_points_uphill",
        "The velocity adds lr times the gradient and is subtracted: the same path, but the "
        "velocity returned has the other sign. Here it points where the parameter goes.",
        (made, "velocity = momentum * velocity + lr * grad"),
        (new, "return param - velocity, velocity"),
        source="Ruder (2016), section 4.1",
    )
    bank.edit(
        key,
        "average_of_gradients",
        "The gradient enters with 1 - momentum, as in a running average, so that steps are ten "
        "times too short at 0.9. Here it enters with the rate alone.",
        (made, "velocity = momentum * velocity - (1 - momentum) * lr * grad"),
    )
    bank.edit(
        key,
        "rate_twice",
        "The rate multiplies the velocity again in the step, although it is inside already: the "
        "step is lr times too small. Here the step is the velocity.",
        (new, "return param + lr * velocity, velocity"),
    )
    bank.edit(
        key,
        "rate_on_what_is_kept",
        "The rate multiplies the old velocity too, so that next to nothing is remembered. It "
        "belongs to the new gradient alone: the old velocity is a step already.",
        (made, "velocity = lr * (momentum * velocity - grad)"),
    )
    bank.edit(
        key,
        "rate_left_out",
        "The rate is missing from the velocity: whole gradients are added to the parameter. In "
        "this form the velocity is a step, and the rate makes a step of a gradient.",
        (made, "velocity = momentum * velocity - grad"),
    )
    bank.edit(
        key,
        "velocity_forgotten",
        "The velocity that came in is not used, so that every step starts from rest: plain "
        "gradient descent. What the last step returned should stay in it, times momentum.",
        (made, "velocity = -lr * grad"),
    )
    bank.edit(
        key,
        "old_velocity_stepped",
        "The parameter moves by the velocity from before this gradient came in: the first step "
        "goes nowhere. Update the velocity first, then add it.",
        (made, "old, velocity = velocity, momentum * velocity - lr * grad"),
        (new, "return param + old, velocity"),
    )
    bank.edit(
        key,
        "velocity_subtracted",
        "The velocity is subtracted although it already points downhill, so that the loss "
        "climbs. In this form the parameter moves with its velocity: add it.",
        (new, "return param - velocity, velocity"),
    )
    bank.edit(
        key,
        "nesterov_look_ahead",
        "The step looks ahead: momentum times the new velocity, and the gradient once more. That "
        "is Nesterov's form in Keras. The classical step is the velocity itself.",
        (new, "return param + momentum * velocity - lr * grad, velocity"),
        source="tf.keras.optimizers.SGD(nesterov=True)",
    )
    bank.edit(
        key,
        "velocity_changed_in_place",
        "The velocity that came in is changed in place, and the caller who kept it finds other "
        "numbers. Make a new array: an augmented assignment writes into the old one.",
        (made, "velocity *= momentum\n    velocity -= lr * grad"),
    )
