"""Mistakes in where `conv2d` looks, in what it refuses, and in its graph."""

from typing import Any

from autograder.api import Bank

from .convolving import BIAS, EINSUM, PAD, RETURN, WINDOWS

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
conv = bank.exercise("conv2d")

SAME_SIZE = "[:, :, : (x.shape[2] - kh) // stride + 1][:, :, :, : (x.shape[3] - kw) // stride + 1]"
SWAPPED = "out = out.reshape(*out.shape[:2], out.shape[3], out.shape[2])\n    "

CUT = (
    "The numbers are right, and the graph is cut on the way: through `.detach()`, `.data`, NumPy "
    "or new tensors of numbers. Nothing can be learned: stay in tensors."
)

ANYTHING: Mistakes = {
    ("bias_left_out", (RETURN, "return out")): (
        "The bias is never added. Where one is given, every number of an output channel gets its "
        "kernel's bias."
    ),
    ("bias_along_the_columns", (BIAS, "bias")): (
        "The bias is lined up with the last axis, so that each column gets a number. It belongs to "
        "the output channels: give it two more axes behind."
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
        "The padding counts once: at the top and at the left only, or once in the output's size. "
        "It is meant for each of the four sides: height and width grow by twice of it."
    ),
    ("padding_at_the_end_only", (PAD, "F.pad(x, (0, padding, 0, padding))")): (
        "Zeros are put at the bottom and at the right only. Padding is meant for each of the four "
        "sides: the image lies in the middle of its border."
    ),
    (
        "padding_left_out_of_the_size",
        (
            WINDOWS,
            WINDOWS
            + "[:, :, : max(1, (x.shape[2] - 2 * padding - kh) // stride + 1)]"
            + "[:, :, :, : max(1, (x.shape[3] - 2 * padding - kw) // stride + 1)]",
        ),
    ): (
        "The zeros are there, but the output's size is computed without them, so the last rows and "
        "columns of windows are missing. Use the size of the padded image."
    ),
    ("moved_by_one", (WINDOWS, "x.unfold(2, kh, 1).unfold(3, kw, 1)" + SAME_SIZE)): (
        "The output has the right size, and each window starts only one pixel after the last: the "
        "stride is in the size, not in the place. Place i starts at row stride times i."
    ),
    (
        "stride_of_the_kernel",
        (WINDOWS, "x.unfold(2, kh, kh).unfold(3, kw, kw)"),
    ): (
        "The window moves by its own size, as in pooling, so windows never overlap. The stride is "
        "an argument, and 1 by default."
    ),
    ("kernel_sides_swapped", (WINDOWS, "x.unfold(2, kw, stride).unfold(3, kh, stride).mT")): (
        "The kernel's width is used for rows and its height for columns. The weight is (F, C, kh, "
        "kw): height first. A square kernel hides it."
    ),
    ("sides_of_the_output_swapped", (RETURN, SWAPPED + RETURN)): (
        "The output is cut into rows as long as it is high: H' and W' are swapped. Rows first, as "
        "in the image; a square output hides it."
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
    ): CUT,
    (
        "graph_cut_altogether",
        (RETURN, "return (out if bias is None else out + bias[:, None, None]).detach()"),
    ): CUT,
    ("image_detached", (EINSUM, EINSUM.replace("windows,", "windows.detach(),"))): (
        "Gradients reach the kernels and not the image: it went through `.data`, `.detach()` or a "
        "copy. In a network, the layers below learn through it."
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
conv.by_exceptions("graph_cut_altogether")
