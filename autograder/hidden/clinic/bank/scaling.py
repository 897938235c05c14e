"""Mistakes around a scaled step (10)."""

from autograder.api import Bank

bank = Bank()
scaled = bank.exercise("loop_10")

BACKWARD = "        scaler.scale(loss).backward()\n"
UNSCALE = "        scaler.unscale_(optimizer)  # first: max_norm is meant for true gradients\n"
CLIP = "        nn.utils.clip_grad_norm_(model.parameters(), max_norm)\n"
STEP, UPDATE = "        scaler.step(optimizer)\n", "        scaler.update()\n"
LOSS = "losses.append(loss.item())"
CLIPS_SCALED = (
    "Gradients are clipped while they are still scaled, and divided by the scale afterwards: "
    "hardly anything is left of them. max_norm is meant for gradients without the scale."
)

UNCLIPPED = (
    "Long gradients go into the step at their full length: at that moment nothing has been "
    "shortened to max_norm. Clip between unscaling and the step."
)

scaled.edit("clips_scaled_gradients", CLIPS_SCALED, (UNSCALE + CLIP, CLIP + UNSCALE))
scaled.edit(
    "never_unscaled",
    CLIPS_SCALED,
    (UNSCALE, ""),
    equivalent_to="clips_scaled_gradients",
)
scaled.edit(
    "never_clipped",
    UNCLIPPED,
    (CLIP, ""),
)
scaled.edit(
    "clipped_after_the_step",
    UNCLIPPED,
    (CLIP + STEP, STEP + CLIP),
    equivalent_to="never_clipped",
)
scaled.edit(
    "clipped_at_a_scaled_limit_after_unscaling",
    UNCLIPPED,
    (CLIP, CLIP.replace("max_norm)", "max_norm * 65536.0)")),
    equivalent_to="never_clipped",
)
scaled.edit(
    "clipped_by_value",
    "Each number in the gradient is clipped at max_norm, which turns the gradient and leaves it "
    "longer than that. Its norm, all parameters together, is what is limited.",
    (CLIP, "        nn.utils.clip_grad_value_(model.parameters(), max_norm)\n"),
)
scaled.edit(
    "each_by_its_own_norm",
    "Each parameter's gradient is clipped by its own norm, so that the whole turns and stays too "
    "long. One norm over all of them gives one factor for all.",
    (CLIP, "        for p in model.parameters():\n    " + CLIP.replace("model.parameters()", "p")),
)
scaled.edit(
    "optimizer_asked_directly",
    "The optimizer steps without asking the scaler, so that an overflow goes straight into the "
    "weights. The scaler decides about each step.",
    (STEP, "        optimizer.step()\n"),
)
scaled.edit(
    "scaler_given_up",
    "The loss is no longer scaled, so small gradients are lost in float16, which the scaler was "
    "there to prevent. It wasn't the fault: use it, and unscale before you clip.",
    (BACKWARD, "        loss.backward()\n"),
    (UNSCALE, ""),
    (STEP + UPDATE, "        optimizer.step()\n"),
    about="anything",
)
scaled.edit(
    "scaled_loss_reported",
    "The losses that come back have the scale in them. Report what the criterion said.",
    (LOSS, "losses.append(scaler.scale(loss).item())"),
)
scaled.edit(
    "scaler_not_updated",
    "The scaler refuses: between two updates it unscales once and steps once. Every batch has one "
    "`unscale_`, then one `step`, and ends with one `update`.",
    (UPDATE, ""),
    about="exceptions",
)
scaled.edit(
    "unscaled_twice",
    "The gradients are divided by the scale once more by hand. `unscale_` has done it, and `step` "
    "knows that it has.",
    (
        CLIP,
        "        for p in model.parameters():\n            p.grad /= scaler.get_scale()\n" + CLIP,
    ),
)

BY_HAND = "        for p in model.parameters():\n            p.grad /= scaler.get_scale()\n"
scaled.edit(
    "unscaled_by_hand",
    "The gradients are divided by the scale by hand, and the scaler doesn't know: its `step` "
    "divides them once more. `unscale_` divides them, and tells it.",
    (UNSCALE, BY_HAND),
)
scaled.edit(
    "scaled_loss_kept",
    "The losses that come back have the scale in them. Report what the criterion said.",
    (BACKWARD, "        loss = scaler.scale(loss)\n        loss.backward()\n"),
    equivalent_to="scaled_loss_reported",
)
scaled.edit(
    "never_cleared",
    "Gradients are no longer cleared, so each batch adds its own to what the last one left. That "
    "line was fine: put it back.",
    ("        optimizer.zero_grad()\n", ""),
)
scaled.edit(
    "in_float32",
    "The forward pass no longer runs in float16, which hides the fault by giving up what the loop "
    "is for. Keep autocast, and look at the order of the lines behind it.",
    ("torch.autocast(x.device.type, dtype=torch.float16)", "torch.enable_grad()"),
    about="anything",
)
scaled.edit(
    "loss_clipped",
    "The loss is cut at max_norm: above it there is no gradient at all, and below it nothing is "
    "clipped. It is the gradient's norm that has a limit.",
    (BACKWARD, "        loss = loss.clamp(max=max_norm)\n" + BACKWARD),
    (CLIP, ""),
)
scaled.edit(
    "always_of_that_length",
    "Every gradient is brought to the norm max_norm, short ones too, which are lengthened. Only "
    "longer ones are to be shortened.",
    (
        CLIP,
        """        norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
        for p in model.parameters():
            p.grad *= max_norm / norm
""",
    ),
)
scaled.edit(
    "a_limit_of_its_own",
    "Gradients are clipped at a norm of 1, whatever max_norm is. The limit is the caller's.",
    (CLIP, CLIP.replace("max_norm)", "1.0)")),
)
