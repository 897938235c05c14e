"""Mistakes in both forms of momentum."""

from autograder.api import Bank

bank = Bank()
momentum = bank.exercise("momentum_step")
classical = bank.exercise("classical_momentum_step")
VELOCITY = "velocity = momentum * velocity + grad"
AHEAD = "direction = grad + momentum * velocity"
STEP = "step = lr * direction"
NEW = "return param - step, velocity"
MADE = "velocity = momentum * velocity - lr * grad"
MOVED = "return param + velocity, velocity"

for rule, made, gradient in ((momentum, VELOCITY, "grad"), (classical, MADE, "-lr * grad")):
    rule.edit(
        "velocity_forgotten",
        "The velocity that came in is not used, so that every step starts from rest: plain "
        "gradient descent. What the last step returned should stay in it, times momentum.",
        (made, f"velocity = 1.0 * {gradient}"),
    )
    rule.edit(
        "velocity_changed_in_place",
        "The velocity that came in is changed in place, and the caller who kept it finds other "
        "numbers. Make a new array: an augmented assignment writes into the old one.",
        (made, f"velocity *= momentum\n    velocity += {gradient}"),
    )

momentum.edit(
    "average_of_gradients",
    "The velocity is a running average, with 1 - momentum before the gradient: the convention of "
    "fastai and Adam, ten times smaller at 0.9. PyTorch's adds the gradient whole.",
    (VELOCITY, "velocity = momentum * velocity + (1 - momentum) * grad"),
    source="CMU 10-714, homework 2; fastai, course22p2, 12_accel_sgd",
)
momentum.edit(
    "rate_inside",
    "The rate is inside the velocity. That equals PyTorch's form while the rate stays, and parts "
    "from it when it changes: old gradients keep their old rate. Multiply the velocity instead.",
    (VELOCITY, "velocity = momentum * velocity + lr * grad"),
    (AHEAD, "direction = lr * grad + momentum * velocity"),
    (STEP, "step = direction"),
    source="Goodfellow et al. (2016), section 8.3.2",
)
momentum.edit(
    "classical_form",
    "This is the classical form of Sutskever and Keras: the velocity points downhill and holds the "
    "rate. Here it is a sum of gradients, and the rate multiplies it in the step.",
    (VELOCITY, "velocity = momentum * velocity - lr * grad"),
    (AHEAD, "direction = momentum * velocity - lr * grad"),
    (STEP, "step = -direction"),
    source="Sutskever et al. (2013); tf.keras.optimizers.SGD; CS231n",
)
momentum.edit(
    "rate_twice",
    "The rate enters the velocity and multiplies the step again, so that every step is lr times "
    "too small. In this form it stands in the step only.",
    (VELOCITY, "velocity = momentum * velocity + lr * grad"),
)
momentum.edit(
    "old_velocity_stepped",
    "The step uses the velocity from before this gradient came in: the first step goes nowhere, "
    "and every other is one gradient late. Update it first.",
    (VELOCITY, "old, velocity = velocity, momentum * velocity + grad"),
    ("direction = velocity", "direction = old"),
)
momentum.edit(
    "old_velocity_returned",
    "The velocity that came in is returned, so that the next step starts from it again. Return the "
    "new one, which the step was taken with.",
    (VELOCITY, "old, velocity = velocity, momentum * velocity + grad"),
    (NEW, "return param - step, old"),
)
momentum.edit(
    "friction_on_everything",
    "momentum multiplies the new gradient too. Only what is remembered fades: the newest gradient "
    "enters the velocity whole.",
    (VELOCITY, "velocity = momentum * (velocity + grad)"),
)
momentum.edit(
    "uphill",
    "The step is added, so that the loss climbs: this velocity is a sum of gradients, and they "
    "point uphill. Move against it.",
    (NEW, "return param + step, velocity"),
)
momentum.edit(
    "nesterov_does_nothing",
    "With nesterov=True the step is the plain one. The gradient plus momentum times the old "
    "velocity is the new velocity, nothing more: look ahead with the velocity just made.",
    (AHEAD, "direction = velocity"),
)
momentum.edit(
    "nesterov_always",
    "Every step looks ahead, whether nesterov is set or not. Without it the step goes along the "
    "new velocity itself: look at the condition.",
    ("if nesterov:", "if True:"),
)
momentum.edit(
    "nesterov_without_gradient",
    "Nesterov's step goes along momentum times the new velocity, and the gradient is not counted "
    "once more. Looking ahead adds the newest gradient to what will still be rolling.",
    (AHEAD, "direction = momentum * velocity"),
)
momentum.edit(
    "nesterov_without_momentum",
    "Nesterov's step adds the whole velocity to the gradient. Looking ahead, the velocity has "
    "faded once more: what is added is momentum times it.",
    (AHEAD, "direction = grad + velocity"),
)
momentum.edit(
    "nesterov_counts_velocity_twice",
    "Nesterov's step adds momentum times the velocity to the velocity, so that old gradients count "
    "nearly twice. What is added to the look-ahead is the newest gradient alone.",
    (AHEAD, "direction = velocity + momentum * velocity"),
)
momentum.edit(
    "nesterov_stores_look_ahead",
    "With nesterov=True the look-ahead is returned as the velocity, and the next step adds to it. "
    "Looking ahead changes the step only: the velocity is the same either way.",
    (AHEAD, "direction = velocity = grad + momentum * velocity"),
)
classical.edit(
    "rate_outside",
    "This is PyTorch's form: a velocity of gradients, multiplied by the rate in the step. In the "
    "classical form the velocity holds each gradient with the rate of its own time.",
    (MADE, "velocity = momentum * velocity + grad"),
    (MOVED, "return param - lr * velocity, velocity"),
    source="torch.optim.SGD",
)
classical.edit(
    "velocity_points_uphill",
    "The velocity adds lr times the gradient and is subtracted: the same path, but the velocity "
    "returned has the other sign. Here it points where the parameter goes.",
    (MADE, "velocity = momentum * velocity + lr * grad"),
    (MOVED, "return param - velocity, velocity"),
    source="Ruder (2016), section 4.1",
)
classical.edit(
    "average_of_gradients",
    "The gradient enters with 1 - momentum, as in a running average, so that steps are ten times "
    "too short at 0.9. Here it enters with the rate alone.",
    (MADE, "velocity = momentum * velocity - (1 - momentum) * lr * grad"),
)
classical.edit(
    "rate_twice",
    "The rate multiplies the velocity again in the step, although it is inside already: the step "
    "is lr times too small. Here the step is the velocity.",
    (MOVED, "return param + lr * velocity, velocity"),
)
classical.edit(
    "rate_on_what_is_kept",
    "The rate multiplies the old velocity too, so that next to nothing is remembered. It belongs "
    "to the new gradient alone: the old velocity is a step already.",
    (MADE, "velocity = lr * (momentum * velocity - grad)"),
)
classical.edit(
    "rate_left_out",
    "The rate is missing from the velocity: whole gradients are added to the parameter. In this "
    "form the velocity is a step, and the rate makes a step of a gradient.",
    (MADE, "velocity = momentum * velocity - grad"),
)
classical.edit(
    "old_velocity_stepped",
    "The parameter moves by the velocity from before this gradient came in: the first step goes "
    "nowhere. Update the velocity first, then add it.",
    (MADE, "old, velocity = velocity, momentum * velocity - lr * grad"),
    (MOVED, "return param + old, velocity"),
)
classical.edit(
    "old_velocity_returned",
    "The velocity that came in is returned, so that the next step starts from it again. Return the "
    "new one, which the parameter moved by.",
    (MADE, "old, velocity = velocity, momentum * velocity - lr * grad"),
    (MOVED, "return param + velocity, old"),
)
classical.edit(
    "velocity_subtracted",
    "The velocity is subtracted although it already points downhill, so that the loss climbs. In "
    "this form the parameter moves with its velocity: add it.",
    (MOVED, "return param - velocity, velocity"),
)
classical.edit(
    "nesterov_look_ahead",
    "The step looks ahead: momentum times the new velocity, and the gradient once more. That is "
    "Nesterov's form in Keras. The classical step is the velocity itself.",
    (MOVED, "return param + momentum * velocity - lr * grad, velocity"),
    source="tf.keras.optimizers.SGD(nesterov=True)",
)
