"""Mistakes in `conv2d`."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
conv = bank.exercise("conv2d")

PAD = "F.pad(x, (padding, padding, padding, padding))"
WINDOWS = "x.unfold(2, kh, stride).unfold(3, kw, stride)"
EINSUM = 'torch.einsum("nchwuv,fcuv->nfhw", windows, weight)'
RETURN = "return out if bias is None else out + bias[:, None, None]"
BIAS = "bias[:, None, None]"

VALUES: Mistakes = {
    ("kernel_flipped", (EINSUM, EINSUM.replace(", weight)", ", weight.flip(2, 3))"))): (
        "The kernel is flipped before it slides: that is the convolution of signal processing. "
        "Deep learning multiplies window and kernel as they lie."
    ),
    (
        "first_channel_only",
        (EINSUM, 'torch.einsum("nhwuv,fuv->nfhw", windows[:, 0], weight[:, 0])'),
    ): (
        "Only the first channel is looked at. A kernel reaches through all of them: multiply each "
        "channel with its own slice, and add up."
    ),
    ("mean_over_channels", (EINSUM, EINSUM + " / channels")): (
        "The channels' contributions are averaged. A convolution adds them up: with three channels "
        "this is a third of what it should be."
    ),
    ("mean_over_the_window", (EINSUM, EINSUM + " / (kh * kw)")): (
        "Each number is the mean over its window. A convolution adds up; a kernel that should "
        "average has the division in its own numbers."
    ),
    ("channels_maximum", (EINSUM, 'torch.einsum("nchwuv,fcuv->nfchw", windows, weight).amax(2)')): (
        "Of the channels' contributions the largest comes out, as in pooling. A convolution adds "
        "them up over all channels."
    ),
    (
        "one_kernel_for_all_channels",
        (EINSUM, 'torch.einsum("nchwuv,fuv->nfhw", windows, weight[:, 0])'),
    ): (
        "Every channel is multiplied with the kernel's first slice. A kernel has a slice of its "
        "own for each channel: pair them before you add up."
    ),
    (
        "last_kernel_repeated",
        (EINSUM, EINSUM.replace(", weight)", ", weight[-1:].expand_as(weight))")),
    ): (
        "All output channels are made by the last kernel. Each of the F kernels makes one: look at "
        "which variable the loop over kernels uses."
    ),
    ("bias_once_a_channel", (BIAS, "channels * bias[:, None, None]")): (
        "The bias is added once for each input channel. It belongs to the output: one number for "
        "each kernel, added once after the sum."
    ),
    ("bias_subtracted", (BIAS, "-bias[:, None, None]")): (
        "The bias is subtracted. Its sign is learned, but only if everyone agrees that it is added."
    ),
    (
        "padded_with_edges",
        (PAD, 'F.pad(x, (padding, padding, padding, padding), mode="replicate")'),
    ): (
        "The border repeats the image's own edge. Padding means zeros here, so that a window at "
        "the border adds up fewer pixels."
    ),
    ("padded_with_ones", (PAD, "F.pad(x, (padding, padding, padding, padding), value=1.0)")): (
        "The border is filled with ones. Padding means zeros here: a pixel outside of the image "
        "adds nothing."
    ),
}
for (name, *edits), text in VALUES.items():
    conv.edit(name, text, *edits)

ANYTHING: Mistakes = {
    ("bias_left_out", (RETURN, "return out")): (
        "The bias is never added. Where one is given, every number of an output channel gets its "
        "kernel's bias."
    ),
    ("stride_left_out", (WINDOWS, "x.unfold(2, kh, 1).unfold(3, kw, 1)")): (
        "The window moves by 1, whatever the stride is, so the output is too large. Output place i "
        "looks at the rows from stride times i on."
    ),
    ("stride_down_only", (WINDOWS, "x.unfold(2, kh, stride).unfold(3, kw, 1)")): (
        "The stride acts on rows, and columns move by 1. One int is meant for both directions."
    ),
    ("padding_left_out", (PAD, "x")): (
        "The padding is ignored: the output is too small, and the border never gets windows of its "
        "own. Put zeros around the image before anything slides."
    ),
    ("padding_on_one_side", (PAD, "F.pad(x, (padding, 0, padding, 0))")): (
        "Zeros are put at the top and at the left only. Padding is meant for each of the four "
        "sides: the size grows by twice of it."
    ),
    ("padding_across_only", (PAD, "F.pad(x, (padding, padding))")): (
        "Zeros are put to the left and right only: F.pad goes from the last axis backwards, two "
        "numbers an axis. The rows need theirs, too."
    ),
    ("padding_of_half_the_kernel", (PAD, "F.pad(x, (kw // 2, kw // 2, kh // 2, kh // 2))")): (
        "The image is always padded by half the kernel, so that its size stays. How much is "
        "decided by the argument, 0 by default."
    ),
    (
        "window_beyond_the_end",
        (
            WINDOWS,
            "F.pad(x, (0, stride - 1, 0, stride - 1)).unfold(2, kh, stride).unfold(3, kw, stride)",
        ),
    ): (
        "The size is rounded up, and the last window hangs over the edge. What does not fit at the "
        "end is left out: the division rounds down."
    ),
    (
        "last_window_forgotten",
        (
            WINDOWS,
            WINDOWS
            + "[:, :, : max(1, (x.shape[2] - kh) // stride)]"
            + "[..., : max(1, (x.shape[3] - kw) // stride), :, :]",
        ),
    ): (
        "The last row and column of windows are missing: from the first place to the last there is "
        "one more than the difference. Look at the + 1 of the formula."
    ),
    ("kernel_transposed", (EINSUM, 'torch.einsum("nchwuv,fcvu->nfhw", windows, weight)')): (
        "Rows of the window meet columns of the kernel. With a square kernel only the values show "
        "it: keep the order, height before width."
    ),
    (
        "stride_as_dilation",
        (
            WINDOWS,
            "x.unfold(2, stride * (kh - 1) + 1, 1).unfold(3, stride * (kw - 1) + 1, 1)"
            "[..., ::stride, ::stride]",
        ),
    ): (
        "The stride spreads the kernel's own numbers apart: that is dilation. It should move the "
        "window: whole steps between windows, and none inside of one."
    ),
    ("channels_last", (EINSUM, 'torch.einsum("nchwuv,fcuv->nhwf", windows, weight)')): (
        "The channels come last, as in TensorFlow. PyTorch's order is NCHW: the channel axis is "
        "the second one, in and out."
    ),
    ("channels_kept_apart", (EINSUM, 'torch.einsum("nchwuv,fcuv->nfchw", windows, weight)')): (
        "The channels stay apart, one output for each pair of kernel and channel. A kernel adds up "
        "over all channels of its window, and gives one number."
    ),
    (
        "graph_cut",
        (EINSUM, EINSUM.replace("windows, weight", "windows.detach(), weight.detach()")),
    ): (
        "The numbers are right, and the graph is cut on the way: through `.detach()`, `.data`, "
        "NumPy or new tensors of numbers. Nothing can be learned: stay in tensors."
    ),
    ("kernel_detached", (EINSUM, EINSUM.replace(", weight)", ", weight.detach())"))): (
        "Gradients reach the image and not the kernels: they went through `.data`, `.detach()` "
        "or a copy. The kernels are what should learn."
    ),
    (
        "float32_inside",
        (
            EINSUM,
            "torch.zeros(()) + "
            + EINSUM.replace("windows, weight", "windows.float(), weight.float()"),
        ),
    ): (
        "The result is float32, whatever x is: it was written into a tensor of torch's default "
        "dtype. Make new tensors like x: x.new_zeros(...)."
    ),
    (
        "channels_not_checked",
        ("if x.shape[1] != channels:", "if False:"),
        (EINSUM, EINSUM.replace(", weight)", ", weight.expand(-1, x.shape[1], -1, -1))")),
    ): (
        "A kernel of one channel is used on three: broadcasting stretches it without a word. "
        "Compare both numbers of channels, and raise ValueError."
    ),
    ("bias_not_checked", ("if bias is not None and bias.shape != (kernels,):", "if False:")): (
        "A bias of one number is stretched over all kernels by broadcasting. It has one for each "
        "kernel: compare the shape, and raise ValueError."
    ),
    (
        "kernel_size_not_checked",
        ("if kh > x.shape[2] + 2 * padding or kw > x.shape[3] + 2 * padding:", "if False:"),
    ): (
        "A kernel larger than the padded image is not refused with ValueError: what comes is an "
        "empty result, or an error from deep inside. Check both sides first."
    ),
    (
        "padding_forgotten_in_the_check",
        (
            "if kh > x.shape[2] + 2 * padding or kw > x.shape[3] + 2 * padding:",
            "if kh > x.shape[2] or kw > x.shape[3]:",
        ),
    ): (
        "The kernel is compared with the image before it is padded: one that fits with its "
        "padding is refused. Compare with the padded size."
    ),
}
for (name, *edits), text in ANYTHING.items():
    conv.edit(name, text, *edits, about="anything")
