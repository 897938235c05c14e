"""Mistakes in a training step on a tape."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
step = bank.exercise("tf_train_step")

TAPE = "    with tf.GradientTape() as tape:\n"
FORWARD, IN_MODE = "outputs = model(x, training=True)", "training=True"
LOSS = "loss = loss_fn(y, outputs)"
VARIABLES = "model.trainable_variables"
GRADS = "grads = tape.gradient(loss, variables)"
APPLY = "    optimizer.apply_gradients(zip(grads, variables, strict=True))\n"
SWAPPED = APPLY.replace("grads, variables", "variables, grads")
DIVIDED = f"    grads = [tf.convert_to_tensor(g) / len(x) for g in grads]\n{APPLY}"
CLIPPED = f"    grads = [tf.clip_by_norm(g, 1.0) for g in grads]\n{APPLY}"
RETURN = "return float(loss)"
INSIDE = f"{TAPE}        {FORWARD}\n        {LOSS}\n"
OUTSIDE = f"    {FORWARD}\n{TAPE}        {LOSS}\n"
BY_HAND = """    for v, g in zip(variables, grads):
        v.assign_sub(optimizer.learning_rate * tf.convert_to_tensor(g))
"""
UNFREEZE = f"    for layer in model.layers:\n        layer.trainable = True\n{TAPE}"
FIRST_LOOK = f"    before = loss_fn(y, model(x, training=True))\n{TAPE}"
SQUARES = "loss = tf.reduce_mean(tf.square(tf.cast(y, tf.float32) - outputs))"

VALUES: Mistakes = {
    ("loss_after_the_step", (RETURN, "return float(loss_fn(y, model(x, training=True)))")): (
        "The loss that comes back is computed again after the step. The one to report is the one "
        "whose gradient was taken, before the weights changed; it is there, and costs nothing."
    ),
    ("two_forward_passes", (TAPE, FIRST_LOOK), (RETURN, "return float(before)")): (
        "The model runs twice on the same batch: batch norm counts it twice, and dropout draws "
        "another mask for the loss that is reported. Take the loss from inside the tape's block."
    ),
    ("optimizer_passed_over", (APPLY, BY_HAND)): (
        "Each step is plain gradient descent at the optimizer's rate; momentum, decay and Adam's "
        "averages have no say. The rule belongs to the optimizer that is passed in."
    ),
    ("never_applied", (APPLY, "")): (
        "No weight ever moves: the gradients are computed and handed to nobody. In TensorFlow they "
        "are a return value, which the optimizer has to be given."
    ),
    ("gradient_of_the_outputs", (GRADS, GRADS.replace("loss", "outputs"))): (
        "The tape is asked for the gradient of the outputs, not of the loss: the targets have no "
        "say in the step. Look at the first argument of `tape.gradient`."
    ),
    ("sum_of_the_batch", (LOSS, f"{LOSS} * len(x)")): (
        "The loss is multiplied by the number of samples. `loss_fn` gives the mean, and the step "
        "uses it as it is: otherwise the rate would mean something else for every batch size."
    ),
    ("mean_divided_again", (LOSS, f"{LOSS} / len(x)")): (
        "The loss is divided by the number of samples, but `loss_fn` has taken the mean already. "
        "Loss and gradient come out too small by the batch size."
    ),
    ("softmax_first", (LOSS, "loss = loss_fn(y, tf.nn.softmax(outputs))")): (
        "Outputs go through a softmax before the loss. Whether it expects probabilities or logits "
        "is settled where model and loss are made: hand over what the model gives."
    ),
    ("loss_after_the_step_unmoved", (RETURN, "return float(loss_fn(y, model(x)))")): (
        "The loss that comes back is computed again after the step, and not in training mode. The "
        "one to report is the one whose gradient was taken: it is there, and costs nothing."
    ),
    ("applied_twice", (APPLY, f"{APPLY}{APPLY}")): (
        "The same gradients are handed to the optimizer twice, so each batch counts as two steps, "
        "for momentum and Adam's t as well. One batch, one step."
    ),
    ("clipped_by_norm", (APPLY, f"    grads, _ = tf.clip_by_global_norm(grads, 1.0)\n{APPLY}")): (
        "The gradients are clipped to a norm of 1 before the step, which nobody asked for. Whoever "
        "wants that sets it in the optimizer: hand over what the tape gives."
    ),
    ("clipped_one_by_one", (APPLY, CLIPPED)): (
        "Each gradient is clipped to a norm of 1 before the step, which nobody asked for. Whoever "
        "wants that sets it in the optimizer: hand over what the tape gives."
    ),
    ("uphill", (APPLY, f"    grads = [-g for g in map(tf.convert_to_tensor, grads)]\n{APPLY}")): (
        "The gradients change their sign, and the optimizer changes it again: the loss rises. The "
        "minus is in the optimizer's rule."
    ),
    ("gradients_divided", (APPLY, DIVIDED)): (
        "The gradients are divided by the number of samples, but `loss_fn` has taken the mean "
        "already, and its gradient is that of the mean. Every step is too small."
    ),
}  # fmt: skip
for (name, *edits), text in VALUES.items():
    step.edit(name, text, *edits)

NO_GRADIENTS = (
    "The tape is asked about something that it did not see: part of the way from the variables to "
    "the loss runs outside its block, and every gradient is None. Move model and loss inside."
)
step.edit("forward_outside_the_tape", NO_GRADIENTS, (INSIDE, OUTSIDE), about="anything")
ANYTHING: Mistakes = {
    ("targets_second", (LOSS, "loss = loss_fn(outputs, y)")): (
        "The loss gets the outputs first and the targets second, as in PyTorch. Keras's losses "
        "take the targets first, and most of them are not symmetric: look at the order of the two."
    ),
    ("returns_the_tensor", (RETURN, "return loss")): (
        "A tensor comes back where a number is asked for. Whoever collects losses would collect "
        "tensors: take the Python number out of it."
    ),
    ("loss_passed_over", (LOSS, SQUARES)): (
        "The loss is always the mean squared error, whatever is passed in. A classifier then "
        "trains on the wrong thing, or not at all: call the argument."
    ),
    ("variables_before_gradients", (APPLY, SWAPPED)): (
        "The pairs have the variable first. `apply_gradients` takes each pair as gradient and "
        "variable, in this order: look at the two arguments of zip."
    ),
    ("not_zipped", (APPLY, "    optimizer.apply_gradients(grads)\n")): (
        "`apply_gradients` gets the gradients alone, and can't know whose they are. It takes pairs "
        "of a gradient and its variable: zip the two lists."
    ),
    ("inputs_as_floats", (TAPE, f"    x = tf.cast(x, tf.float32)\n{TAPE}")): (
        "The inputs are made floats, and a model that looks words up by their number needs ints. "
        "They come in the form that the model asks for: hand them on as they are."
    ),
}  # fmt: skip
for (name, *edits), text in ANYTHING.items():
    step.edit(name, text, *edits, about="anything")

FROZEN_MOVES = (
    "What the caller froze moves. The tape answers for any variable that it is asked about: ask "
    "about `model.trainable_variables`, and leave alone what each layer says it is."
)
step.edit("all_variables", FROZEN_MOVES, (VARIABLES, "model.variables"))
step.edit("unfreezes", FROZEN_MOVES, (TAPE, UNFREEZE), equivalent_to="all_variables")

NOT_TRAINING = (
    "The model does not run in training mode: dropout never drops, and batch norm uses moving "
    "averages that never move. Unless a Keras call is told `training=True`, it is not training."
)
step.edit("mode_not_given", NOT_TRAINING, (f"(x, {IN_MODE})", "(x)"))
step.edit(
    "evaluation_mode",
    NOT_TRAINING,
    (IN_MODE, "training=False"),
    equivalent_to="mode_not_given",
)
