"""Mistakes in a step in mixed precision."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
step = bank.exercise("amp_step")

MOVE = "inputs, targets = (part.to(device) for part in batch)"
CLEAR = "    optimizer.zero_grad()\n"
WITH = "with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):"
LOSS = "loss = criterion(model(inputs), targets)"
BARE_BACKWARD = "        loss.backward()\n"
BACKWARD = "        scaler.scale(loss).backward()\n"
UNSCALE = "        scaler.unscale_(optimizer)\n"
NORM = "    norm = global_grad_norm(model.parameters())\n"
FINITE, CLIP = "if math.isfinite(norm):", "p.grad.mul_(min(1.0, max_norm / (norm + 1e-6)))"
CLIPPING = f"""    {FINITE}
        for p in model.parameters():
            if p.grad is not None:
                {CLIP}
"""
STEP, BARE_STEP = "        stepped = scaler.step(optimizer)\n", "        optimizer.step()\n"
UPDATE, IF_NONE = "        scaler.update()\n", "    if scaler is None:\n        loss.backward()"
RETURN = 'return {"loss": loss.item(), "grad_norm": norm, "stepped": stepped}'
BOTH_PASSES = f"""        {LOSS}
        if scaler is None:
            loss.backward()
        else:
            scaler.scale(loss).backward()
    if scaler is not None:
"""
FORWARD = f"    {WITH}\n        {LOSS}\n"
AFTERWARDS = f"    if scaler is None:\n{BARE_BACKWARD}    else:\n{BACKWARD}"
LATE = "    if scaler is not None:\n        scaler.unscale_(optimizer)\n"
MEASURED = "        reported = global_grad_norm(model.parameters())\n"
REPORTED, SCALED_NORM = '"grad_norm": norm', '"grad_norm": norm if scaler is None else reported'
SCALED_FIRST = "        loss = scaler.scale(loss)\n        loss.backward()\n"
LOSS_AGAIN = f"{WITH}\n        {LOSS}\n    "
IN_FLOAT32 = "loss = criterion(model(inputs), targets)\n    "
LOW = "low = torch.bfloat16 if dtype == torch.float32 else dtype"
ALWAYS_ON = "with torch.autocast(device.type, dtype=low):"
AFTER_THE_BLOCK = "outputs = model(inputs)\n    loss = criterion(outputs, targets)"
OUTSIDE = "loss = criterion(outputs.to(dtype), targets).float()"
FLOAT16_ONLY = "    if dtype != torch.float16:\n        scaler = None\n"
TAKE = "    if scaler is None:\n" + BARE_STEP
SKIP = "    if scaler is None and not math.isfinite(norm):\n        stepped = False\n"
CAST = f"{MOVE}\n    model.to(dtype)\n    inputs = inputs.to(dtype)"
EARLY = """    if scaler is not None and not math.isfinite(norm):
        return {"loss": loss.item(), "grad_norm": norm, "stepped": False}
"""

VALUES: Mistakes = {
    ("clips_scaled_gradients", (UNSCALE, ""), (CLIPPING, CLIPPING + LATE)): (
        "Gradients are measured and clipped while they are still scaled: the norm is as many times "
        "too large as the scale, and what is left after unscaling is next to nothing."
    ),
    ("norm_of_scaled_gradients", (UNSCALE, MEASURED + UNSCALE), (REPORTED, SCALED_NORM)): (
        "The norm that comes back is that of the scaled gradients. It jumps whenever the scale "
        "changes, and says nothing of the run: measure after unscaling."
    ),
    ("never_clipped", (CLIPPING, "")): (
        "Nothing is clipped. Gradients longer than max_norm are shortened to it, all by the same "
        "factor, between unscaling and the step."
    ),
    ("always_rescaled", (CLIP, "p.grad.mul_(max_norm / (norm + 1e-6))")): (
        "Gradients shorter than max_norm are stretched to it. Clipping only ever shortens: the "
        "factor is at most 1."
    ),
    ("clipped_by_value", (CLIP, "p.grad.clamp_(-max_norm, max_norm)")): (
        "Each value is clipped at max_norm, which turns the gradient and leaves its norm above "
        "max_norm. Shorten the whole gradient by one factor."
    ),
    ("each_by_its_own_norm", (CLIP, CLIP.replace("norm +", "p.grad.norm().item() +"))): (
        "Each parameter's gradient is clipped by its own norm, so the direction of the whole "
        "changes. One norm over all of them gives one factor for all."
    ),
    ("not_clipped_without_scaler", (FINITE, "if scaler is not None and math.isfinite(norm):")): (
        "Without a scaler nothing is clipped. Clipping has nothing to do with scaling: bfloat16 "
        "gradients explode as well as others."
    ),
    ("scaled_loss_reported", (BACKWARD, SCALED_FIRST)): (
        "The loss that comes back is the scaled one. It jumps whenever the scale changes: report "
        "the loss itself."
    ),
    ("backward_of_the_plain_loss", (BACKWARD, f"        scaler.scale(loss)\n{BARE_BACKWARD}")): (
        "Backward runs on the loss and not on the scaled loss, and the gradients are divided by "
        "the scale all the same. Call backward on what `scale` returns."
    ),
    ("optimizer_stepped_directly", (STEP, "        optimizer.step()\n        stepped = True\n")): (
        "The optimizer steps without asking the scaler, so an inf goes into the weights. With a "
        "scaler, its `step` decides."
    ),
    ("old_gradients_kept", (CLEAR, "")): (
        "Gradients left from earlier are never cleared, and backward adds to them. In mixed "
        "precision they aren't even of one scale: clear them first."
    ),
    ("cleared_after_backward", (CLEAR, ""), (NORM, CLEAR + NORM)): (
        "The gradients are cleared between backward and step: the norm is 0 and nothing moves. "
        "Clear them before backward."
    ),
    ("no_autocast", (WITH, "if True:")): (
        "The forward pass runs in float32: there is no autocast around it, or it is not switched "
        "on. Model and criterion belong inside the block."
    ),
    ("backward_under_autocast", (FORWARD + AFTERWARDS, f"    {WITH}\n{BOTH_PASSES}")): (
        "Backward runs inside the autocast block too, which casts what the forward pass kept in "
        "float32 on purpose. Close the block after the loss: backward uses the forward's formats."
    ),
    ("always_float16", (WITH, WITH.replace("dtype=dtype", "dtype=torch.float16"))): (
        "Autocast always runs in float16, whatever dtype is given. The caller chooses: pass dtype "
        "on to autocast."
    ),
    ("always_bfloat16", (WITH, WITH.replace("dtype=dtype", "dtype=torch.bfloat16"))): (
        "Autocast always runs in bfloat16, which is its default on a CPU, whatever dtype is given. "
        "Pass dtype on to it."
    ),
    ("dtype_not_passed_on", (WITH, "with torch.autocast(device.type):")): (
        "Autocast isn't told which format: on a CPU it then takes bfloat16, on a GPU float16, and "
        "it is on for float32 as well. Pass dtype on, and switch it off for float32."
    ),
    ("float32_is_cast_too", (WITH, f"{LOW}\n    {ALWAYS_ON}")): (
        "With float32 asked for, the forward pass still runs in 16 bits. float32 means no autocast "
        "at all: switch it off then."
    ),
    ("criterion_outside", (LOSS, AFTER_THE_BLOCK)): (
        "The criterion runs after the autocast block, on outputs of 16 bits, so the loss is "
        "computed and rounded in 16 bits. Keep it inside: autocast widens cross-entropy to float32."
    ),
    ("criterion_in_16_bits", (LOSS, f"outputs = model(inputs)\n    {OUTSIDE}")): (
        "The loss is computed outside autocast, on outputs of 16 bits, and is rounded to them. "
        "Inside the block cross-entropy is computed in float32: keep the criterion in it."
    ),
}  # fmt: skip
for (name, *edits), text in VALUES.items():
    step.edit(name, text, *edits)

RAISES = "nn.utils.clip_grad_norm_(model.parameters(), max_norm, error_if_nonfinite=True)"

ANYTHING: Mistakes = {
    ("scaler_not_updated", (UPDATE, "")): (
        "The scaler is never updated: its scale stays, and at the next step it refuses to unscale. "
        "Each iteration ends with `update`, whether its step was taken or not."
    ),
    ("updated_before_the_step", (STEP + UPDATE, UPDATE + STEP)): (
        "The scaler is updated before the step: it forgets that the gradients are unscaled, "
        "divides them again and looks at the wrong scale. First step, then update."
    ),
    ("stepped_always_true", (STEP, "        scaler.step(optimizer)\n        stepped = True\n")): (
        "The report always says that the step was taken. With a scaler its `step` says whether it "
        "was: pass that on."
    ),
    ("scaler_for_float16_only", (IF_NONE, FLOAT16_ONLY + IF_NONE)): (
        "The scaler is used for float16 only, whatever was passed in. Whether to scale is the "
        "caller's decision: None means no, and a scaler is used."
    ),
    ("loss_after_the_step", (RETURN, LOSS_AGAIN + RETURN)): (
        "The loss is computed once more after the step. Report the one whose gradient was taken; "
        "it is there, and costs nothing."
    ),
    ("raises_on_overflow", (CLIPPING, f"    {RAISES}\n")): (
        "A norm that is not finite raises, as lesson 11's clipping does. Here an overflow is part "
        "of the plan: report the norm, leave the gradients, and let the scaler skip."
    ),
    ("skips_without_scaler", (TAKE, SKIP + TAKE.replace("if", "elif", 1))): (
        "Without a scaler a step with an infinite norm is skipped. The contract says that it is "
        "always taken: nobody would notice a run that only ever skips."
    ),
    ("batch_stays_where_it_is", (MOVE, "inputs, targets = batch")): (
        "The batch goes into the model from wherever it was. On a CPU nothing shows; on a GPU the "
        "first step raises. Move inputs and targets to the device."
    ),
    ("targets_stay_behind", (MOVE, "inputs, targets = batch[0].to(device), batch[1]")): (
        "The inputs are moved to the device and the targets are not: on a GPU the criterion "
        "raises. Move both parts of the batch."
    ),
    ("forces_training_mode", (CLEAR, CLEAR + "    model.train()\n")): (
        "The step switches the model to training mode. The mode belongs to whoever calls; a step "
        "leaves it alone, also where batch norm was frozen on purpose."
    ),
    ("loss_as_a_tensor", ('"loss": loss.item()', '"loss": loss')): (
        "The loss comes back as a tensor, with its graph. A report holds plain numbers: take the "
        "number out of it."
    ),
    ("norm_as_a_tensor", ('"grad_norm": norm', '"grad_norm": torch.tensor(norm)')): (
        "The norm comes back as a tensor where a plain number is asked for: take the number out "
        "of it."
    ),
    ("a_tuple_for_the_report", (RETURN, "return loss.item(), norm, stepped")): (
        "A tuple comes back. The report is a dict with the keys `loss`, `grad_norm` and `stepped`."
    ),
    ("needs_a_scaler", (IF_NONE, "    if False:\n        loss.backward()")): (
        "Without a scaler the function raises: it asks None to scale. bfloat16 runs pass None; "
        "then backward runs on the loss as it is."
    ),
    ("model_cast", (MOVE, CAST), (WITH, "if True:")): (
        "The model itself is cast to 16 bits: small updates round away, and Adam's eps is 0 in "
        "float16. Autocast casts copies; the weights stay in float32."
    ),
}  # fmt: skip
for (name, *edits), text in ANYTHING.items():
    step.edit(name, text, *edits, about="anything")

CUT = (
    "The norm that comes back never exceeds max_norm: it is that of the clipped gradients, or is "
    "cut to the limit. Report the one from before: it tells what the clipping had to do."
)
step.edit("norm_reported_after_clipping", CUT, (CLIPPING, CLIPPING + NORM))
step.edit(
    "smaller_of_norm_and_limit",
    CUT,
    (REPORTED, '"grad_norm": min(norm, max_norm)'),
    equivalent_to="norm_reported_after_clipping",
)
step.edit(
    "loss_again_in_float32",
    ANYTHING[("loss_after_the_step", (RETURN, LOSS_AGAIN + RETURN))],
    (RETURN, IN_FLOAT32 + RETURN),
    about="anything",
)
NOT_TOLD = (
    "After an overflow the scaler is not updated: it still counts the gradients as unscaled, and "
    "its scale stays too high. A skipped step is what it learns from: update it every time."
)
UPDATED_IF_TAKEN = (UPDATE, "        if stepped:\n            scaler.update()\n")
step.edit("updated_only_after_a_step", NOT_TOLD, UPDATED_IF_TAKEN, about="anything")
step.edit(
    "returns_early_on_overflow",
    NOT_TOLD,
    (NORM, NORM + EARLY),
    about="anything",
    equivalent_to="updated_only_after_a_step",
)
