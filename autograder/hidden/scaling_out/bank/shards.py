"""Mistakes in who gets which sample, and what the predictions' runs show."""
# ruff: noqa: E501 (an edit is a line of code: it is not broken)

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
shards = bank.exercise("shard_indices")
shards.forbids("torch.utils.data.DistributedSampler", "torch.utils.data.distributed")

bank.exercise("prediction_no_set_epoch").shows(
    "The permutation depends on seed + epoch, and the epoch stays 0: every epoch deals the same "
    "cards. No error, and half of the data is never seen by a given rank."
)
bank.exercise("prediction_unused_parameter").shows(
    "The bucket waits for the gradient that never comes, so it is never sent, with the used one in "
    "it. Only the second forward pass notices. find_unused_parameters=True repairs it."
)
bank.exercise("prediction_ring").shows(
    "Each device sends 2 (K - 1) / K times the gradients: 1.97 GB with 64 devices, 1.98 GB with "
    "128. What doubles is the number of messages, and with it the latency."
)

SEEDED = "torch.Generator().manual_seed(seed + epoch)"
ORDER = "order = torch.randperm(n, generator=generator).tolist()"
EACH, CUT = "each = math.ceil(n / world_size)", "each = n // world_size"
REPEATED = "order = order * math.ceil(each * world_size / n)"
PADDED = f"        {EACH}\n        {REPEATED}\n"
RETURN = "return order[: each * world_size][rank::world_size]"
GLOBAL = "torch.manual_seed(seed + epoch)"

VALUES: Mistakes = {
    ("epoch_ignored", (SEEDED, "torch.Generator().manual_seed(seed)")): (
        "The epoch has no say in the permutation, so every epoch deals the same shares: that is "
        "what a forgotten set_epoch does. Seed the generator with seed + epoch."
    ),
    ("seed_ignored", (SEEDED, "torch.Generator().manual_seed(epoch)")): (
        "The generator is seeded with the epoch alone, so every run has the same order, whatever "
        "its seed. Use seed + epoch."
    ),
    ("seed_times_epoch", (SEEDED, "torch.Generator().manual_seed(seed * epoch)")): (
        "Seed and epoch are multiplied: every seed has the same order in epoch 0. The sampler adds "
        "them."
    ),
    ("epoch_from_one", (SEEDED, "torch.Generator().manual_seed(seed + epoch + 1)")): (
        "The generator is seeded one epoch ahead. The first epoch is 0, and its seed is seed + 0."
    ),
    ("rank_in_the_seed", (SEEDED, "torch.Generator().manual_seed(seed + epoch + rank)")): (
        "Each rank draws a permutation of its own, so some samples are visited twice and others "
        "never. The permutation has to be the same everywhere; the rank only chooses from it."
    ),
    ("not_shuffled", (ORDER, "order = list(range(n))")): (
        "The samples are dealt in their original order, in every epoch. Deal a permutation of "
        "them."
    ),
    ("drawn_by_numpy", (ORDER, "import numpy as np\n    order = "
                               "np.random.default_rng(seed + epoch).permutation(n).tolist()")): (
        "NumPy's generator draws another permutation from the same seed. The contract says "
        "torch.randperm with a torch.Generator, so that the order is DistributedSampler's."
    ),
    ("drawn_by_python", (ORDER, "import random\n    order = list(range(n))\n    "
                                "random.Random(seed + epoch).shuffle(order)")): (
        "Python's generator shuffles differently from the same seed. The contract says "
        "torch.randperm with a torch.Generator, so that the order is DistributedSampler's."
    ),
    ("own_share_shuffled", (ORDER, "order = list(range(n))"),
     (RETURN, "mine = order[: each * world_size][rank::world_size]\n    order = "
              "torch.randperm(len(mine), generator=generator)\n    return [mine[i] for i in order]")): (
        "The samples are dealt first and shuffled within each share, so a rank sees the same ones "
        "in every epoch. Shuffle all of them, then deal."
    ),
    ("contiguous_blocks", (RETURN, "return order[rank * each : (rank + 1) * each]")): (
        "Each rank takes a block of neighbours. DistributedSampler deals one by one: rank k takes "
        "every world_size-th entry, from the k-th on."
    ),
    ("shuffled_within_blocks", (RETURN, "return sorted(order)[rank::world_size]")): (
        "The order is sorted before it is dealt, so nothing of the shuffling is left: every epoch "
        "has the same shares. Deal the permutation as it was drawn."
    ),
    ("not_padded", (PADDED, f"        {EACH}\n")): (
        "Nothing is padded: some ranks get one sample fewer, and in a real run the others wait for "
        "them in the last all-reduce. Repeat the permutation until the length fits."
    ),
    ("padded_with_the_last", (REPEATED, "order = order + [order[-1]] * (each * world_size - n)")): (
        "The padding repeats the last sample. DistributedSampler repeats the permutation from its "
        "beginning, so that no sample counts more than twice where two are enough."
    ),
    ("padded_from_the_end", (REPEATED, "order = order + order[n - (each * world_size - n) :]")): (
        "The padding comes from the end of the permutation. DistributedSampler repeats it from its "
        "beginning."
    ),
    ("rounded_to_the_nearest", (EACH, "each = round(n / world_size)")): (
        "n / world_size is rounded to the nearest: where that is down, samples are left out without "
        "drop_last. Round up, and pad."
    ),
    ("drops_by_default", ("drop_last=False", "drop_last=True")): (
        "Without an argument the remainder is dropped: the default of drop_last has become True. "
        "The contract pads unless it is told to drop."
    ),
    ("padded_with_zero", (REPEATED, "order = order + [0] * (each * world_size - n)")): (
        "The padding is sample 0, which is then visited again and again. Repeat the permutation "
        "from its beginning."
    ),
    ("padded_too_far", (EACH, "each = n // world_size + 1")): (
        "Every rank gets one sample more than it needs where n is a multiple of world_size. Round "
        "n / world_size up, which leaves whole numbers alone."
    ),
    ("padded_once_only", (REPEATED, "order = order + order")): (
        "The permutation is appended once, which is too short where there are more than twice as "
        "many ranks as samples: some get nothing. Repeat it as often as it takes."
    ),
    ("padded_from_the_rank", (PADDED + "    " + RETURN,
                              f"        {EACH}\n    mine = order[: each * world_size]"
                              "[rank::world_size]\n    return (mine + order)[:each]")): (
        "Short ranks are filled up from the front of the permutation, each by itself, so all of "
        "them repeat the same sample. Pad the permutation first, then deal."
    ),
    ("drop_last_ignored", (CUT, f"{EACH}\n        {REPEATED}")): (
        "drop_last changes nothing: the shares are padded all the same. With it, what is left over "
        "at the end is cut off."
    ),
    ("drop_last_reversed", ("if drop_last:", "if not drop_last:")): (
        "drop_last does the opposite: the remainder is cut off without it, and padded with it."
    ),
    ("drops_from_the_front", (RETURN, "kept = order[-each * world_size :] if drop_last else "
                                      "order[: each * world_size]\n    return "
                                      "kept[rank::world_size]")): (
        "With drop_last the first samples of the permutation are dropped. The remainder is what "
        "stands at its end."
    ),
    ("ranks_from_one", (RETURN, "return order[: each * world_size][rank - 1 :: world_size]")): (
        "Ranks are counted from 1, so rank 0 begins at the end of the list. They count from 0: "
        "rank k starts at entry k."
    ),
    ("positions_not_samples", (RETURN, "return list(range(len(order)))[: each * world_size]"
                                       "[rank::world_size]")): (
        "What comes back are positions in the permutation, not the samples that stand there. Index "
        "the permutation with them."
    ),
}  # fmt: skip
LENGTHS = {
    "padded_from_the_end",
    "not_padded",
    "rounded_to_the_nearest",
    "drops_by_default",
    "padded_with_zero",
    "padded_too_far",
    "padded_once_only",
    "drop_last_ignored",
    "drop_last_reversed",
}
for (name, *edits), text in VALUES.items():
    shards.edit(name, text, *edits, about="anything" if name in LENGTHS else "values")

ANYTHING: Mistakes = {
    ("global_seed", (f"generator = {SEEDED}", GLOBAL), (ORDER, ORDER.replace("generator=generator", ""))): (
        "The global generator is seeded and used: the shares are right, and dropout and "
        "initialization repeat themselves in every epoch. Use a torch.Generator of its own."
    ),
    ("a_tensor_of_indices", (RETURN, f"return torch.tensor({RETURN.removeprefix('return ')})")): (
        "A tensor comes back where a list of ints is asked for: data sets and samplers are indexed "
        "with plain ints. Call tolist() on it."
    ),
    ("a_range_object", (RETURN, f"return tuple({RETURN.removeprefix('return ')})")): (
        "A tuple comes back. The indices are right, and the contract asks for a list of them."
    ),
}  # fmt: skip
for (name, *edits), text in ANYTHING.items():
    shards.edit(name, text, *edits, about="anything")
