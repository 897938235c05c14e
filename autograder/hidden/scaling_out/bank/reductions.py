"""Mistakes in averaging gradients and in summing over ranks."""
# ruff: noqa: E501 (an edit is a line of code: it is not broken)

from typing import Any

import torch
import torch.distributed as dist

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
average, sums = bank.exercise("average_gradients"), bank.exercise("sum_across_ranks")
average.forbids("torch.nn.parallel.DistributedDataParallel")

AGREE = "    dist.all_reduce(ranks_with)\n"
SKIP = "        if ranks == 0:\n            continue\n"
GRAD = "grad = torch.zeros_like(p) if p.grad is None else p.grad"
PLAIN = "        grad = grad.detach().contiguous()\n"
REDUCE = "        dist.all_reduce(grad)\n"
DIVIDE = "p.grad = grad.div_(dist.get_world_size())"

OF_AVERAGES: Mistakes = {
    ("summed", (DIVIDE, "p.grad = grad")): (
        "The gradients are added up and not divided: every step is as many times too large as "
        "there are ranks. The mean is the sum divided by the world size."
    ),
    ("summed_where_there_is_one", (AGREE, ""), (SKIP, ""), (GRAD, "grad = p.grad"),
     (PLAIN, "        if grad is None:\n            continue\n"), (DIVIDE, "pass")): (
        "The gradients are added up and not divided: every step is as many times too large as "
        "there are ranks. Divide by the world size; then look at those that are missing, or strided."
    ),
    ("own_where_there_is_one", (AGREE, ""), (SKIP, ""), (GRAD, "grad = p.grad"),
     (PLAIN, "        if grad is None:\n            continue\n"), (REDUCE, "")): (
        "Each rank divides its own gradient and nothing is exchanged, so the ranks drift apart. "
        "All-reduce the gradients first."
    ),
    ("reduced_to_rank_0", (REDUCE, "        dist.reduce(grad, 0)\n")): (
        "`reduce` leaves the sum on rank 0 alone, and the others divide what they had. Every rank "
        "needs the mean: all_reduce."
    ),
    ("one_slot_for_all", (REDUCE, "        slots = [torch.zeros_like(grad)] * dist.get_world_size()\n"
     "        dist.all_gather(slots, grad)\n        grad = torch.stack(slots).sum(0)\n")): (
        "`[tensor] * K` is one tensor, K times: each rank's gradient overwrites the one before, and "
        "the sum is K times the last. Make a list of K different tensors."
    ),
    ("flags_of_rank_0", (AGREE, "    dist.broadcast(ranks_with, 0)\n")): (
        "Which gradients exist is asked of rank 0 alone: one that it lacks is averaged nowhere, "
        "though others have it. All ranks' answers count: reduce them."
    ),
    ("not_exchanged", (REDUCE, "")): (
        "Each rank divides its own gradient and nothing is exchanged, so the ranks drift apart. "
        "All-reduce the gradient first."
    ),
    ("divided_by_two", (DIVIDE, "p.grad = grad.div_(2)")): (
        "The sum is divided by 2, whatever the number of ranks: with three it is too large. Ask "
        "dist.get_world_size()."
    ),
    ("divided_by_the_rank", (DIVIDE, "p.grad = grad.div_(dist.get_rank() + 1)")): (
        "Each rank divides by a number made of its own rank, so they end with different gradients. "
        "All divide by the world size."
    ),
    ("divided_twice", (REDUCE, "        grad = grad / dist.get_world_size()\n" + REDUCE)): (
        "The gradients are divided before the all-reduce and after it again. Either is fine; both "
        "make them as many times too small as there are ranks."
    ),
    ("only_on_rank_0", (DIVIDE, "if dist.get_rank() == 0:\n            " + DIVIDE)): (
        "Only rank 0 takes the mean; the others keep what they had, and the models drift apart. "
        "Every rank needs the same gradient."
    ),
    ("rank_0s_gradient", (REDUCE, "        dist.broadcast(grad, 0)\n"),
     (DIVIDE, "p.grad = grad")): (
        "Every rank gets rank 0's gradient, and what the others computed is thrown away. A "
        "broadcast copies; an all-reduce adds up."
    ),
    ("mean_of_those_that_have_one", (DIVIDE, "p.grad = grad.div_(ranks)")): (
        "The sum is divided by the number of ranks that had a gradient. A missing one counts as "
        "zero, as it would in one process with the whole batch: divide by the world size."
    ),
    ("dropped_unless_everywhere", ("if ranks == 0:", "if ranks < dist.get_world_size():")): (
        "A gradient that is missing on one rank isn't exchanged at all, and the ranks that have it "
        "keep their own. The others should bring zeros."
    ),
    ("missing_stay_missing", (DIVIDE, "if p.grad is not None:\n            " + DIVIDE)): (
        "A rank that had no gradient has none afterwards, although others had one: its parameter "
        "stands still and the models drift apart. Give it the mean as well."
    ),
    ("largest_taken", ("all_reduce(grad)", "all_reduce(grad, op=dist.ReduceOp.MAX)"),
     (DIVIDE, "p.grad = grad")): (
        "Each number is the largest over the ranks, not their mean. Reduce with a sum, then "
        "divide."
    ),
    ("first_parameter_only", (DIVIDE, DIVIDE + "\n        break")): (
        "Only the first parameter is averaged: the loop is left after it. Go through all of them."
    ),
    ("weights_averaged", (GRAD, "grad = p.data"), (DIVIDE, "p.data = grad.div_(dist.get_world_size())")): (
        "The weights are averaged and the gradients left as they are. Averaging weights after a "
        "step is another method; here the gradients are to agree before it."
    ),
    ("strides_ignored", (PLAIN, "        grad = grad.detach()\n")): (
        "A strided gradient goes into all-reduce as it is: gloo reads its memory in a row, so "
        "numbers of different places are added up. Make it contiguous first."
    ),
    ("result_of_a_copy_dropped", (DIVIDE, "grad.div_(dist.get_world_size())")): (
        "The mean is computed in `grad`, which is a copy where the gradient was strided or "
        "missing, and it never reaches p.grad there. Write it back."
    ),
}  # fmt: skip
MISSING = {
    "summed_where_there_is_one",
    "dropped_unless_everywhere",
    "flags_of_rank_0",
    "missing_stay_missing",
    "first_parameter_only",
    "result_of_a_copy_dropped",
}
for (name, *edits), text in OF_AVERAGES.items():
    average.edit(name, text, *edits, about="anything" if name in MISSING else "values")

OF_AVERAGES_ANYTHING: Mistakes = {
    ("skipped_where_missing", (AGREE, "")): (
        "A parameter without a gradient is skipped by the ranks that lack it. Their next "
        "all-reduce then meets another parameter's: a hang or an abort. All ranks have to agree "
        "first."
    ),
    ("zeros_for_all", (SKIP, "")): (
        "A parameter that nobody used gets a gradient of zeros. With momentum or weight decay it "
        "then moves all the same: one that is missing everywhere stays None."
    ),
    ("missing_not_expected", (GRAD, "grad = p.grad")): (
        "A rank without a gradient fails where others have one: there is nothing to send. Bring "
        "zeros in its place."
    ),
    ("reduced_on_rank_0_only", (REDUCE, "        if dist.get_rank() == 0:\n    " + REDUCE)): (
        "Only rank 0 calls all_reduce, and waits for the others for ever. A collective call has to "
        "be made by every rank, in the same order."
    ),
    ("not_waited_for", (REDUCE, "        dist.all_reduce(grad, async_op=True)\n")): (
        "An asynchronous all_reduce is begun and its result used at once, before it is there. Keep "
        "what the call gives back, and call wait() on it first."
    ),
    ("returned_not_written", (DIVIDE, "grads.append(grad.div(dist.get_world_size()))\n    return grads"),
     (PLAIN, "        grad = grad.detach().clone().contiguous()\n"),
     (AGREE, AGREE + "    grads = []\n")): (
        "The means are computed and returned, and p.grad stays as it was: the optimizer never sees "
        "them. Put each into p.grad."
    ),
    ("buffers_averaged", (AGREE, "    for buffer in model.buffers():\n        if buffer.is_floating_point():\n"
     "            dist.all_reduce(buffer)\n            buffer.div_(dist.get_world_size())\n" + AGREE)): (
        "The model's buffers are averaged as well: the running averages of batch norm, for one. Only "
        "gradients change here."
    ),
    ("frozen_are_trained", (SKIP, "        p.requires_grad_(True)\n" + SKIP)): (
        "Parameters are switched to requires_grad. Whether one is trained is for others to decide; "
        "only gradients change here."
    ),
}  # fmt: skip
for (name, *edits), text in OF_AVERAGES_ANYTHING.items():
    average.edit(name, text, *edits, about="anything")

NAMES = "names = sorted(values)"
SUMS = "sums = torch.tensor(numbers, dtype=torch.float64, device=device)"
NUMBERS = "numbers = [float(values[name]) for name in names]"
TOTAL, RESULT = "    dist.all_reduce(sums)\n", "return dict(zip(names, sums.tolist(), strict=True))"
MEAN = "sums = sums / dist.get_world_size()\n    "

OF_SUMS: Mistakes = {
    ("mean_for_sum", (RESULT, MEAN + RESULT)): (
        "The sums are divided by the number of ranks. A mean of what? Whoever has sums and counts "
        "divides once, at the end: return the sums."
    ),
    ("own_values", (TOTAL, "")): (
        "Each rank gets its own values back: nothing is exchanged between them. All-reduce the values "
        "before you return them."
    ),
    ("in_float32", (SUMS, SUMS.replace("float64", "float32"))): (
        "The sums are taken in float32, which has no odd numbers beyond 16,777,216: counts come "
        "out rounded. Ask for float64 when you make the tensor."
    ),
    ("float32_first", (SUMS, "sums = torch.tensor(numbers, device=device).double()")): (
        "The numbers are made float32 and only then float64: what was rounded on the way in stays "
        "rounded. Ask for float64 when you make the tensor."
    ),
    ("keys_of_the_dict", (RESULT, "return dict(zip(values, sums.tolist(), strict=True))")): (
        "The values are sent in the order of the sorted names, and the sums are named in the order "
        "of the dict. Use the same list of names both times."
    ),
    ("in_whole_numbers", (SUMS, SUMS.replace("float64", "int64"))): (
        "The values are made integers, and what stands behind the point is lost. Use float64, "
        "which holds counts and losses."
    ),
    ("order_of_the_dict", (NAMES, "names = list(values)")): (
        "The values are sent in the order of the dict, which differs between ranks: losses are "
        "added to counts, without an error. Sort the names first."
    ),
    ("largest_of_all", ("all_reduce(sums)", "all_reduce(sums, op=dist.ReduceOp.MAX)")): (
        "What comes back is the largest value over the ranks. The default operation of all_reduce "
        "is the sum."
    ),
    ("sum_on_rank_0_only", (TOTAL, "    dist.reduce(sums, 0)\n")): (
        "Only rank 0 has the sums afterwards: `reduce` sends them to one rank. Every rank needs "
        "them, which is what all_reduce does."
    ),
    ("rank_0s_values", (TOTAL, "    dist.broadcast(sums, 0)\n")): (
        "Every rank gets rank 0's values: a broadcast copies, and adds nothing up. An all-reduce sums over "
        "the ranks."
    ),
    ("first_value_only", (TOTAL, "    dist.all_reduce(sums[:1])\n")): (
        "Only the first value is summed over the ranks; the others stay each rank's own. Send them "
        "all."
    ),
    ("added_twice", (TOTAL, TOTAL + TOTAL)): (
        "The sums are summed once more, so they come out too large by a factor of the world size. "
        "One all-reduce is enough."
    ),
    ("sum_of_everything", (RESULT, "return dict.fromkeys(names, sums.sum().item())")): (
        "All values are added up into one number, under every name. Sum over ranks, and keep the "
        "names apart."
    ),
}  # fmt: skip
for (name, *edits), text in OF_SUMS.items():
    sums.edit(name, text, *edits)

OF_SUMS_ANYTHING: Mistakes = {
    ("dict_changed", (RESULT, f"values.update({RESULT.removeprefix('return ')})\n    return values")): (
        "The dict that came in is overwritten with the sums: called twice, it sums sums. Return a "
        "new dict."
    ),
    ("tensors_for_floats", (RESULT, RESULT.replace("sums.tolist()", "sums"))): (
        "The dict holds tensors where floats are asked for. They are right, and surprise whoever "
        "prints or pickles them: take the numbers out."
    ),
    ("a_list_of_sums", (RESULT, "return sums.tolist()")): (
        "A list comes back, and nobody knows which number is which. Return a dict with the same "
        "keys."
    ),
    ("sums_not_waited_for", (TOTAL, "    dist.all_reduce(sums, async_op=True)\n")): (
        "An asynchronous all_reduce is begun and its result used at once, before it is there. Keep "
        "what the call gives back, and call wait() on it first."
    ),
    ("rank_0_asks", (TOTAL, "    if dist.get_rank() == 0:\n    " + TOTAL)): (
        "Only rank 0 calls all_reduce and waits for ranks that never come. Collective calls are "
        "made by every rank; only what is done with the result may depend on the rank."
    ),
}  # fmt: skip
for (name, *edits), text in OF_SUMS_ANYTHING.items():
    sums.edit(name, text, *edits, about="anything")


@sums.wrong(
    "Each value becomes a tensor of whatever type torch chooses: int64 for counts, but float32 for "
    "losses, which rounds them. Ask for float64 when you make the tensor."
)
def type_left_to_torch(values: Any) -> Any:
    sums = {}
    for name in sorted(values):
        one = torch.tensor(values[name])
        dist.all_reduce(one)
        sums[name] = one.item()
    return sums


average.by_exceptions(
    "skipped_where_missing", "missing_not_expected", "reduced_on_rank_0_only", "not_waited_for"
)
sums.by_exceptions("rank_0_asks", "sums_not_waited_for")
