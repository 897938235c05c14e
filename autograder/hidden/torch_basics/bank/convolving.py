"""Mistakes in what `conv2d` adds up."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
conv = bank.exercise("conv2d")
_DIMENSIONS = tuple(f"{kind}{n}d" for kind in ("conv", "conv_transpose") for n in (1, 2, 3))
_MODULES = tuple(f"{kind}{n}d" for kind in ("Conv", "ConvTranspose", "LazyConv") for n in (1, 2, 3))
conv.forbids(
    *(f"{place}.{name}" for place in ("torch", "torch.nn.functional") for name in _DIMENSIONS),
    *(f"{place}.{name}" for place in ("torch.nn", "torch.nn.modules") for name in _MODULES),
    "torch.convolution",
    "torch.mkldnn_convolution",
    "torch.cudnn_convolution",
    "torch.nn.modules.conv",
    "torch.nn.grad",
    "torch.ops.aten.convolution",
    "torch.ops.aten.conv2d",
    "torch.conv_tbc",
)

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
    (
        "last_channel_only",
        (EINSUM, 'torch.einsum("nhwuv,fuv->nfhw", windows[:, -1], weight[:, -1])'),
    ): (
        "Only the last channel counts: in the loop over channels each overwrites what the one "
        "before wrote. A kernel reaches through all of them: add up."
    ),
    ("channels_crossed", (EINSUM, EINSUM.replace("fcuv", "fduv"))): (
        "Every channel of the window meets every slice of the kernel. Each channel has its own "
        "slice: the two axes are one, with one letter."
    ),
    (
        "batch_added_up",
        (EINSUM, EINSUM.replace("windows,", "windows.sum(0, keepdim=True).expand_as(windows),")),
    ): (
        "The images of a batch are added up before a number comes out. Each image has an output of "
        "its own: sum over channel, row and column of the window, not over N."
    ),
    ("flipped_across", (EINSUM, EINSUM.replace(", weight)", ", weight.flip(3))"))): (
        "The kernel's columns are reversed before it slides, and its rows are not. Deep learning "
        "multiplies window and kernel as they lie."
    ),
    (
        "places_and_kernels_mixed",
        (RETURN, "out = out.permute(0, 2, 3, 1).reshape(out.shape)\n    " + RETURN),
    ): (
        "The numbers are right and stand in the wrong places: kernels came last, and a reshape was "
        "asked to move them. Reshape only cuts anew; transpose or permute moves an axis."
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
