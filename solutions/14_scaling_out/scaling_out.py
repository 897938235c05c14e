# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 14 - One loop, many processes
#
# One process reads one batch, computes one gradient and takes one step. Large runs do the same thing in thousands of
# processes, each on its own device. The trick that holds them together is a single sum: every process computes a
# gradient from its own share of the batch, all of them add up their gradients, and each takes the same step.
#
# **You will be able to**
#
# - split a data set over processes, freshly shuffled in every epoch, and say what happens to the remainder;
# - average gradients with one collective call, including the ones that are missing on some processes;
# - report a mean loss that is right although the shares are uneven;
# - write a training loop with `DistributedDataParallel`, and run it with `torchrun`;
# - estimate on paper how far a job scales, and recognize a hang, a dead worker and a silently wrong average.
#
# **You need** lesson 06 (the linear scaling rule), 10 (the five lines) and 11 (accumulation, checkpoints).
#
# **It takes** about two hours: four exercises and three predictions. Everything runs on the CPU in two or three
# processes. It needs Linux or macOS: on Windows, use WSL or a hosted notebook. The cell beneath each exercise checks it
# (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: torch, torch.distributed as dist, NumPy as np, Matplotlib as plt, colours and find_data.
import contextlib
import inspect
import io
import itertools
import math
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from contextlib import nullcontext
from datetime import timedelta
from multiprocessing.connection import wait
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch._dynamo  # DDP loads it when it is first used: here once, and not in every process
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555"
plt.rcParams["figure.dpi"] = 72
torch.set_num_threads(1)  # each process gets one thread, or they would fight for the cores
if sys.platform == "linux":
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # the processes talk inside this machine


def find_data(name):
    """The path of one of the course's data sets: upward from here, then in DESCENT_DATA."""
    here = Path.cwd().resolve()
    places = [folder / "data" for folder in (here, *here.parents)]
    places += [here, Path(os.environ.get("DESCENT_DATA", here))]
    for place in places:
        if (place / name).is_file():
            return place / name
    raise FileNotFoundError(
        f"{name} is not here: put the data folder of the course's repository beside this notebook, "
        "or set DESCENT_DATA to its path"
    )


def clothes(n):
    """n photographs as a data set: float32 (196,), half the side length, and their class."""
    with np.load(find_data("fashion_mnist.npz")) as fashion:
        images, labels = fashion["x_train"][:n], fashion["y_train"][:n]
    x = F.avg_pool2d(torch.tensor(images).float()[:, None] / 255 - 0.286, 2)
    return TensorDataset(x.flatten(1), torch.tensor(labels).long())


def small_net(seed=0):
    """Two layers on 196 pixels, the same in every process that asks with the same seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(196, 32), nn.Tanh(), nn.Linear(32, 10))


def image_of(figure, alt):
    """The figure as an HTML image with a description, for those who do not see it; closes it."""
    from base64 import b64encode
    from html import escape

    png = io.BytesIO()
    figure.savefig(png, format="png", bbox_inches="tight")
    plt.close(figure)
    data = b64encode(png.getvalue()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'


def show_figure(alt):
    """Show the current figure, with a description of what is to be seen in it."""
    from IPython.display import display

    image = image_of(plt.gcf(), alt)
    display({"text/html": image, "text/plain": alt}, raw=True)


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: launch, which runs a function in several processes.
def serve(rank, world_size, folder, seconds, function, args, sender):
    """What each process does: join the group, call the function, send back what came of it."""
    torch.set_num_threads(1)
    printed, said = io.StringIO(), None
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        try:
            dist.init_process_group(
                "gloo",
                init_method=f"file://{folder}/meeting",
                rank=rank,
                world_size=world_size,
                timeout=timedelta(seconds=seconds),
            )
            said = ("result", function(*args), printed.getvalue())
        except NotImplementedError as error:
            said = ("unwritten", str(error), "")
        except Exception:  # noqa: BLE001 (whatever it was, it is told)
            said = ("error", traceback.format_exc(limit=-2), printed.getvalue())
    sender.send_bytes(pickle.dumps(said))
    sender.close()
    os._exit(0)


def failure(said, processes):
    """What to tell of the first process that failed: a death comes before what followed from it."""
    for rank, process in enumerate(processes):
        if rank in said and said[rank] is None:
            process.join(10)
            code = process.exitcode or 0
            how = signal.Signals(-code).name if code < 0 else f"exit status {code}"
            return f"rank {rank} died without a result: {how}"
    errors = [(rank, one[1]) for rank, one in said.items() if one and one[0] == "error"]
    errors.sort(key=lambda pair: "gloo" in pair[1])  # lost connections are what follows
    if not errors:
        return ""
    (rank, why), lost = errors[0], "gloo" in errors[0][1]
    asked = " Is there a collective call that not every rank makes?" if lost else ""
    return f"rank {rank} failed.{asked}\n{why}"


def launch(function, world_size, *args, seconds=20.0):
    """Run function(*args) in `world_size` processes of one process group; their results, by rank.

    The processes are forked from this one, so they know all that it knows. If one fails or dies,
    or if they take longer than `seconds`, all are ended and a RuntimeError says which and why.
    """
    context, processes, receivers = multiprocessing.get_context("fork"), [], []
    said = {}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of any fork
        for rank in range(world_size):
            receiver, sender = context.Pipe(duplex=False)
            given = (rank, world_size, folder, seconds, function, args, sender)
            processes.append(context.Process(target=serve, args=given, daemon=True))
            receivers.append(receiver)
            processes[-1].start()
            sender.close()
        try:
            end = time.monotonic() + seconds
            while len(said) < world_size and (left := end - time.monotonic()) > 0:
                pending = [r for i, r in enumerate(receivers) if i not in said]
                for receiver in wait(pending, left):
                    try:
                        message = pickle.loads(receiver.recv_bytes())
                    except EOFError:
                        message = None
                    said[receivers.index(receiver)] = message
                if any(one is None or one[0] != "result" for one in said.values()):
                    end = min(end, time.monotonic() + 0.3)  # hear the others, but not for long
        finally:
            for process in processes:
                process.kill()
                process.join()
    for one in said.values():
        if one and one[0] == "unwritten":
            raise NotImplementedError(one[1])
    if why := failure(said, processes):
        raise RuntimeError(why)
    if late := [rank for rank in range(world_size) if rank not in said]:
        raise RuntimeError(
            f"rank {late[0]} was still running after {seconds:g} seconds: is there a collective "
            "call that not every rank makes?"
        )
    for rank in range(world_size):
        print("".join(f"rank {rank}: {line}\n" for line in said[rank][2].splitlines()), end="")
    return [said[rank][1] for rank in range(world_size)]


# %% [markdown]
# ## 1. A process group
#
# The **world size** $K$ is the number of processes, and each has a **rank** $k$ from 0 to $K-1$. They share no memory: every
# rank has its own model, optimizer and data. They only meet in **collective** calls, which every rank has to make, in the same
# order, with tensors of the same size. The most important one is **all-reduce**: each rank brings a tensor, and each gets
# back the sum.
#
# `launch(function, 2)`, a helper of this notebook, runs a function in two such processes and returns both results. Here each rank starts
# with a number of its own.


# %% tags=["demo"]
def brings_its_own():
    rank = dist.get_rank()
    tensor = torch.tensor([1.0, 10.0]) * (rank + 1)
    print(f"before {tensor.tolist()}")
    dist.all_reduce(tensor)  # in place; the default operation is a sum
    print(f"after  {tensor.tolist()}")
    return tensor.tolist()


sums = launch(brings_its_own, 3)
assert sums[0] == sums[1] == sums[2]

# %% [markdown]
# In **data parallel** training the tensor is a gradient. For a batch of $N$ samples split evenly over $K$ ranks,
#
# $$g = \frac{1}{N}\sum_{i=1}^{N} \nabla L_i = \frac{1}{K}\sum_{k=0}^{K-1} g_k, \qquad g_k = \frac{K}{N}\sum_{i \in \text{shard } k} \nabla L_i$$
#
# where $L_i$ is the loss of sample $i$ and $g_k$ is the mean gradient on rank $k$. So the mean of the ranks' gradients *is* the gradient of the
# whole batch, and ranks that start equal stay equal.

# %% jupyter={"source_hidden": true} tags=["demo"]
# One data-parallel step on two ranks, drawn.
fig, ax = plt.subplots(figsize=(8.5, 2.3))
for row, name in ((1, "rank 0"), (0, "rank 1")):
    ax.text(-0.1, row + 0.3, name, ha="right", va="center")
    for left, width, text, color in (
        (0, 1.5, "its shard", "#eeeeee"),
        (1.7, 1.5, "forward", "#d5e6f2"),
        (3.4, 1.5, "backward", "#d5e6f2"),
        (7.0, 1.5, "step", "#d5e6f2"),
    ):
        ax.add_patch(plt.Rectangle((left, row), width, 0.6, fc=color, ec="black", lw=0.8))
        ax.text(left + width / 2, row + 0.3, text, ha="center", va="center", fontsize=10)
ax.add_patch(plt.Rectangle((5.1, -0.1), 1.7, 1.8, fc="#f5d9c8", ec="black", hatch="//", lw=0.8))
ax.text(5.95, 0.8, "all-reduce\nof gradients", ha="center", va="center", fontsize=10,
        bbox={"fc": "white", "ec": "none", "pad": 2})  # fmt: skip
ax.set(xlim=(-1, 8.7), ylim=(-0.2, 1.8))
ax.axis("off")
show_figure(
    "Two lanes, rank 0 and rank 1, each with boxes from left to right: its shard, forward, backward, "
    "step. Between backward and step one hatched box spans both lanes: all-reduce of gradients."
)

# %% [markdown]
# ## 2. Who gets which sample
#
# Every rank has to know its own share without asking anyone. So all of them draw *the same* permutation, from a seed they agree on,
# and rank $k$ takes every $K$-th entry of it, starting at $k$. The seed has to change with the epoch, and in the same way everywhere: it is
# `seed + epoch`.
#
# If $n$ isn't a multiple of $K$, the shares would be uneven, and the rank with one batch more would wait forever in its last
# all-reduce. PyTorch's `DistributedSampler` offers two ways out. By default it **pads**: it appends the permutation to itself until the length
# fits, so a few samples occur twice. With `drop_last` it cuts the remainder off.
#
# ### Exercise: `shard_indices` (15 minutes, difficulty 2 of 5)


# %% nbgrader={"grade": false, "grade_id": "shard_indices", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shard_indices(n, rank, world_size, epoch, seed, drop_last=False):
    """The samples that one rank visits in one epoch, in order: as DistributedSampler has them.

    Args:
        n: number of samples, at least 1; may be smaller than world_size.
        rank, world_size: this process and the number of processes, 0 <= rank < world_size.
        epoch, seed: the permutation is torch.randperm(n) with a torch.Generator of its own, seeded
            with seed + epoch.
        drop_last: False: the permutation is repeated from its beginning, as often as it takes,
            until every rank has equally many; True: what is left over at its end is dropped.

    Returns:
        list of ints, equally long on every rank. The global random state is left alone.

    Source: PyTorch's torch.utils.data.DistributedSampler.
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed + epoch)
    order = torch.randperm(n, generator=generator).tolist()
    if drop_last:
        each = n // world_size
    else:
        each = math.ceil(n / world_size)
        order = order * math.ceil(each * world_size / n)
    return order[: each * world_size][rank::world_size]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_shard_indices", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
shards = [shard_indices(10, rank, 3, 0, 7) for rank in range(3)]
assert [len(shard) for shard in shards] == [4, 4, 4], "padded: equally many for everyone"
assert set().union(*shards) == set(range(10)), "nobody is left out"
cut = [shard_indices(10, rank, 3, 0, 7, drop_last=True) for rank in range(3)]
assert [len(shard) for shard in cut] == [3, 3, 3], "dropped: equally many, and one sample fewer"
assert len(set().union(*cut)) == 9, "and no sample twice"
assert shards[0] == shard_indices(10, 0, 3, 0, 7), "the same every time it is asked"
assert shards[0] != shard_indices(10, 0, 3, 1, 7), "another order in the next epoch"
assert all(isinstance(i, int) for i in shards[0]), "plain ints"

### BEGIN HIDDEN TESTS
from autograder.hidden.scaling_out import grade

grade("shard_indices")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: one permutation for all</summary>
#
# `torch.randperm(n, generator=...)` with a `torch.Generator()` on which you called `manual_seed`. The rank plays no part in it.
#
# </details>
#
# <details><summary>Hint 2: make the length fit, then deal</summary>
#
# How many does each rank get, rounded up or down? Bring the permutation to exactly that many times `world_size` entries, then take a slice with
# a stride. If `n` is smaller than the padding, once more is not enough.
#
# </details>

# %% [markdown]
# ### The look: three ranks, four epochs
#
# Ten samples dealt to three ranks by your function. A number in a cell says how often the sample was visited, if it was more than once.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Which rank visits which sample, from your shard_indices.
fig, ax = plt.subplots(figsize=(7.5, 2.6))
hatches, tints = ("", "///", "..."), ("#cfe3f1", "#f6dccd", "#cdeadf")
for epoch in range(4):
    seen = {}
    for rank in range(3):
        for sample in shard_indices(10, rank, 3, epoch, 0):
            seen.setdefault(sample, []).append(rank)
    for sample, ranks in seen.items():
        place = (sample, 3 - epoch)
        ax.add_patch(plt.Rectangle(place, 0.92, 0.85, fc=tints[ranks[0]], ec="black", lw=0.6,
                                   hatch=hatches[ranks[0]]))  # fmt: skip
        if len(ranks) > 1:
            ax.text(sample + 0.46, 3.42 - epoch, str(len(ranks)), ha="center", va="center",
                    bbox={"fc": "white", "ec": "none", "pad": 1})  # fmt: skip
for rank in range(3):
    ax.add_patch(plt.Rectangle((0, -9), 1, 1, fc=tints[rank], ec="black", hatch=hatches[rank],
                               label=f"rank {rank}"))  # fmt: skip
ax.set(xlim=(-0.1, 10), ylim=(-0.1, 4), xlabel="sample", ylabel="epoch")
ax.set_xticks(np.arange(10) + 0.46, range(10))
ax.set_yticks(3.42 - np.arange(4), range(4))
ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
show_figure(
    "A grid of four epochs by ten samples. Each cell's shade and hatching tell which of three ranks "
    "visits the sample: the pattern differs from row to row. In each row two samples are visited twice."
)

# %% [markdown]
# ### Prediction: the forgotten line
#
# PyTorch's sampler can't know which epoch it is. You have to tell it, with `sampler.set_epoch(epoch)` before each one. Two ranks train for eight epochs
# and nobody does. What happens?
#
# - (a) an error in the second epoch
# - (b) each rank sees the same half of the data in every epoch, and never the other half
# - (c) the halves change, but both ranks sometimes visit the same sample

# %% nbgrader={"grade": false, "grade_id": "prediction_no_set_epoch", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_no_set_epoch = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_no_set_epoch", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_no_set_epoch is None:
    raise NotImplementedError("prediction_no_set_epoch is not written yet")
letter = str(prediction_no_set_epoch).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.scaling_out import grade

grade("prediction_no_set_epoch")
### END HIDDEN TESTS

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_no_set_epoch"]
# The share of 200 samples that rank 0 has seen by the end of each epoch.
fig, ax = plt.subplots(figsize=(6.5, 2.7))
for told, color, style in ((True, BLUE, "-o"), (False, ORANGE, "--s")):
    sampler = DistributedSampler(range(200), num_replicas=2, rank=0, seed=0)
    visited, shares = set(), []
    for epoch in range(8):
        if told:
            sampler.set_epoch(epoch)
        visited |= set(sampler)
        shares.append(len(visited) / 200)
    name = "set_epoch called" if told else "never called"
    ax.plot(range(1, 9), shares, style, color=color, label=name)
    print(f"{name}: {shares[-1]:.0%} after 8 epochs")
ax.set(xlabel="epochs", ylabel="seen by rank 0", ylim=(0.4, 1.05))
ax.legend()
show_figure(
    "Share of the data that rank 0 has seen against epochs. With set_epoch it climbs from one half to "
    "nearly all; without it stays at exactly one half."
)

# %% [markdown]
# ## 3. One gradient for all
#
# After `backward`, every rank has the gradient of its own share in `p.grad`. Now they have to agree. An all-reduce per parameter and a division by $K$ does it,
# but two details decide whether it works.
#
# **Missing gradients.** A parameter that took no part in the loss has `p.grad = None`. If rank 0 skips it and rank 1 doesn't, rank 1's all-reduce meets rank 0's *next* one: a hang, or two
# different tensors added up. So the ranks first have to find out who has what.
#
# **Memory.** gloo reads a tensor's memory from its first number on, whatever the strides say:


# %% tags=["demo"]
def every_second():
    strided = torch.arange(6.0)[::2]
    plain = strided.clone()
    dist.all_reduce(strided)
    dist.all_reduce(plain)
    return strided.tolist(), plain.tolist()


(strided, plain), _ = launch(every_second, 2)
print("0, 2, 4 twice, as a strided view:", strided, " copied first:", plain)
assert plain == [0, 4, 8]

# %% [markdown]
# No error, and a wrong sum. `contiguous()` makes a copy where one is needed.
#
# ### Exercise: `average_gradients` (25 minutes, difficulty 3 of 5)


# %% nbgrader={"grade": false, "grade_id": "average_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def average_gradients(model):
    """Replace every p.grad by its mean over all ranks of the default process group, in place.

    Args:
        model: a module, the same on every rank; gradients may be missing (None), different ones on
            different ranks, and may be strided.

    A parameter without a gradient on any rank keeps none. Where only some ranks have one, the
    others count as zero, and have the mean as well afterwards. Only gradients change.

    Source: Li et al. (2020), PyTorch Distributed, section 2.2.
    """
    ### BEGIN SOLUTION
    parameters = list(model.parameters())
    has_one = [float(p.grad is not None) for p in parameters]
    ranks_with = torch.tensor(has_one, device=parameters[0].device)
    dist.all_reduce(ranks_with)
    for p, ranks in zip(parameters, ranks_with.tolist(), strict=True):
        if ranks == 0:
            continue
        grad = torch.zeros_like(p) if p.grad is None else p.grad
        grad = grad.detach().contiguous()
        dist.all_reduce(grad)
        p.grad = grad.div_(dist.get_world_size())
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_average_gradients", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def averaged():
    layers = nn.ModuleList(nn.Linear(2, 1, bias=False) for _ in range(3))
    rank = dist.get_rank()
    layers[0].weight.grad = torch.tensor([[1.0, 3.0 * rank]])
    if rank == 1:
        layers[1].weight.grad = torch.tensor([[4.0, 8.0]])
    average_gradients(layers)
    return [None if p.grad is None else p.grad.tolist() for p in layers.parameters()]


zero, one = launch(averaged, 2)
assert zero == one, "every rank ends with the same gradients"
assert zero[0] == [[1.0, 1.5]], "the mean of [1, 0] and [1, 3]"
assert zero[1] == [[2.0, 4.0]], "missing on rank 0: counts as zero there"
assert zero[2] is None, "missing everywhere: stays missing"

### BEGIN HIDDEN TESTS
from autograder.hidden.scaling_out import grade

grade("average_gradients")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: agree first</summary>
#
# Before any gradient is sent, all ranks have to know which parameters have one *somewhere*. Which tensor could they all-reduce to find out, one number for each parameter?
#
# </details>
#
# <details><summary>Hint 2: the same calls on every rank</summary>
#
# Once they know, every rank goes through the same list: skip what nobody has, bring zeros where you have none. Then `all_reduce`, divide by `dist.get_world_size()`, and put the result into `p.grad`.
#
# </details>

# %% [markdown]
# ### The look: two equal one
#
# Twenty steps of SGD on clothes, with batches of 32 in each of two processes, against one process with batches of 64. Plotted is the largest difference of any weight. The
# other two lines show what most people have at first: gradients added and not averaged, and gradients not exchanged at all.


# %% jupyter={"source_hidden": true} tags=["demo"]
# The gap between two processes and one with twice the batch, by your average_gradients.
def twenty_steps(exchange, data, batch):
    net, rank, size = small_net(), dist.get_rank(), dist.get_world_size()
    optimizer, x, y = torch.optim.SGD(net.parameters(), lr=0.1), *data
    weights = []
    for start in range(0, 20 * batch * size, batch * size):
        mine = slice(start + rank * batch, start + (rank + 1) * batch)
        optimizer.zero_grad()
        F.cross_entropy(net(x[mine]), y[mine]).backward()
        exchange(net)
        optimizer.step()
        weights.append(torch.cat([p.detach().flatten() for p in net.parameters()]).numpy())
    return np.stack(weights)


def sum_only(net):
    for p in net.parameters():
        dist.all_reduce(p.grad)


data = clothes(1280).tensors
(single,) = launch(twenty_steps, 1, lambda net: None, data, 64)
fig, ax = plt.subplots(figsize=(7, 3))
for name, exchange, color, style in (
    ("not exchanged", lambda net: None, ORANGE, "--"),
    ("summed", sum_only, PINK, "-."),
    ("your average_gradients", average_gradients, BLUE, "-"),
):
    both = launch(twenty_steps, 2, exchange, data, 32)
    gap = np.maximum(np.abs(both[0] - single).max(1), 1e-9)
    ax.semilogy(range(1, 21), gap, style, color=color, label=name)
    print(f"{name:23} the ranks agree: {bool(np.abs(both[0] - both[1]).max() < 1e-6)}")
ax.set(xlabel="step", ylabel="largest difference", title="Two processes against one")
ax.legend(loc="center right")
show_figure(
    "Largest difference between the weights of two processes and one with twice the batch, over 20 "
    "steps, logarithmic. Not exchanged and summed: between 0.01 and 0.1. Averaged: near 1e-8."
)

# %% [markdown]
# Averaged, the gap is rounding. Summed, the ranks agree with each other, and all of them take steps of twice the size: nothing in the logs will tell you.

# %% [markdown]
# ## 4. A mean that is one
#
# Each rank knows the loss of its own samples. The mean of the ranks' means is wrong as soon as the shares are uneven: 3 samples with a mean loss of 2.0 on one rank and 1 sample with 0.4 on the other make
# a mean of 1.6, and not of 1.2. The remedy is old: add up sums and counts, and divide once.
#
# ### Exercise: `sum_across_ranks` (10 minutes, difficulty 2 of 5)
#
# One call for several numbers. Two ranks may have built their dicts in a different order; and counts grow beyond what float32 can hold exactly, 16,777,216.


# %% nbgrader={"grade": false, "grade_id": "sum_across_ranks", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sum_across_ranks(values):
    """Sums over all ranks of the default process group, by name.

    Args:
        values: dict of strings and numbers, with the same keys on every rank, perhaps in another
            order; left as it is.

    Returns:
        a new dict with the same keys: floats, summed in float64.

    Source: PyTorch's torch.distributed.all_reduce.
    """
    ### BEGIN SOLUTION
    names = sorted(values)  # every rank has to send them in one order
    device = "cuda" if dist.get_backend() == "nccl" else "cpu"
    numbers = [float(values[name]) for name in names]
    sums = torch.tensor(numbers, dtype=torch.float64, device=device)
    dist.all_reduce(sums)
    return dict(zip(names, sums.tolist(), strict=True))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_sum_across_ranks", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def summed():
    if dist.get_rank() == 0:
        mine = {"loss": 6.0, "count": 3}
    else:
        mine = {"count": 2**24 + 1, "loss": 0.5}
    return sum_across_ranks(mine), mine


(first, kept), (second, _) = launch(summed, 2)
assert first == second, "every rank gets the same sums"
assert first["loss"] == 6.5, "by name, whatever the order"
assert first["count"] == 2**24 + 4, "exact: this needs float64"
assert kept == {"loss": 6.0, "count": 3}, "the dict that went in is left as it is"

### BEGIN HIDDEN TESTS
from autograder.hidden.scaling_out import grade

grade("sum_across_ranks")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint: one tensor, one order</summary>
#
# All values in one float64 tensor, in an order that doesn't depend on how the dict was built. `.tolist()` gives floats back.
#
# </details>

# %% [markdown]
# ## 5. `DistributedDataParallel`
#
# What you wrote waits for the whole backward pass, then sends one parameter after the other. `DistributedDataParallel` (**DDP**) wraps a model and does it better: it packs gradients into **buckets** of
# some 25 MB and sends a bucket as soon as its last gradient is there, while backward is still busy with the earlier layers. Communication hides behind computation.
#
# When it wraps your model, DDP copies rank 0's weights to everyone. After that it only exchanges gradients; each rank runs its own optimizer. Four things to know:
#
# - **`no_sync()`**. When you accumulate over several batches (lesson 11), only the last backward pass needs the exchange. Inside `with ddp.no_sync():` forward and backward run without one. Forgetting it
#   gives the same result, and sends everything several times.
# - **Buffers** aren't averaged. Batch norm's running averages are rank 0's: DDP copies them to the others at the start of a training forward pass.
# - **The sampler pads**, so the mean loss counts a few samples twice. Evaluate without padding, with uneven shares and your `sum_across_ranks`.
# - **Names**: the wrapper puts `module.` in front of every parameter's name. Save the state of the model inside, or a plain model won't load it.


# %% open="what a rank does to its buffer is to be read here" tags=["demo"]
class Marked(nn.Module):
    """A model with a buffer, which remembers what was in the buffer when it was called."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.register_buffer("mark", torch.zeros(1))

    def forward(self, x):
        self.seen = self.mark.item()
        return x * self.weight


def buffers_of_two_ranks():
    net = Marked()
    ddp, seen = DistributedDataParallel(net), []
    for training in (True, True, False, True, True):
        net.mark.fill_(100.0 + dist.get_rank())  # each rank has its own before each pass
        with torch.set_grad_enabled(training):
            out = ddp(torch.ones(1))
        if training:
            out.sum().backward()
        seen.append(f"{'training' if training else 'no_grad'} {net.seen:.0f}")
    return seen


zero, one = launch(buffers_of_two_ranks, 2)
print("rank 1 set its buffer to 101 before each pass, rank 0 to 100; what rank 1's forward saw:")
print(*one, sep=", ")

# %% [markdown]
# Rank 1 sees rank 0's buffer in a training pass, except in the one that comes right after a pass under `no_grad`: there, DDP skips the copy. So after
# an evaluation the ranks' buffers may differ for a step. For batch norm this means that each rank normalizes with its own batch, and that rank 1's running averages are
# thrown away, again and again. (`nn.SyncBatchNorm` computes them over all ranks.)
#
# ### Prediction: a parameter nobody uses
#
# A model has two layers, and its forward pass uses one. Two ranks wrap it in DDP and run *one* forward and backward pass on different data. What is in the used layer's gradients?
#
# - (a) nothing: backward raises
# - (b) the mean over the ranks, as always
# - (c) each rank's own gradient: nothing was averaged, and there was no error

# %% nbgrader={"grade": false, "grade_id": "prediction_unused_parameter", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_unused_parameter = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_unused_parameter", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_unused_parameter is None:
    raise NotImplementedError("prediction_unused_parameter is not written yet")
letter = str(prediction_unused_parameter).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.scaling_out import grade

grade("prediction_unused_parameter")
### END HIDDEN TESTS


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_unused_parameter"]
# One pass, then a second one, with a layer that takes no part.
class HalfUsed(nn.Module):
    def __init__(self):
        super().__init__()
        self.used, self.unused = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)

    def forward(self, x):
        return self.used(x)


def two_passes(find):
    net = HalfUsed()
    ddp = DistributedDataParallel(net, find_unused_parameters=find)
    x, second = torch.full((1, 1), 1.0 + 2 * dist.get_rank()), "fine"
    ddp(x).sum().backward()
    after_one = net.used.weight.grad.item()
    try:
        ddp(x).sum().backward()
    except RuntimeError as error:
        second = str(error).split(". ")[0]
    return after_one, second


for find in (False, True):
    (zero, second), (one, _) = launch(two_passes, 2, find)
    print(f"find_unused_parameters={find}: rank 0 has {zero}, rank 1 has {one}")
    print(f"   second pass: {second}")

# %% [markdown]
# ### Exercise: `train_distributed` (40 minutes, difficulty 4 of 5)
#
# The loop of lesson 10, in as many processes as there are. The docstring says what has to be equal on every rank, and what only rank 0 does. Accumulation works as in lesson 11: a step uses the
# mean over *all* samples of its group, also where the last batch is short.


# %% nbgrader={"grade": false, "grade_id": "train_distributed", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_distributed(
    model, dataset, *, epochs, batch_size, lr, seed, accumulation_steps=1, checkpoint_path=None
):
    """Train one model on all ranks of the default process group, which is initialised, and stays.

    Two ranks do what one would do with twice the batch_size: the same weights, up to rounding.

    Args:
        model: a module, trained in place, in training mode, on the device where it is; all ranks
            start from rank 0's weights.
        dataset: pairs of an input tensor and a class, the same on every rank. In epoch 0, 1, ... a
            rank visits what shard_indices gives it, with that epoch and `seed`, in that order.
        epochs, batch_size: batch_size is per rank; the last batch of an epoch may be short.
        lr: learning rate of SGD without momentum, on the mean cross-entropy.
        accumulation_steps: batches per step. A step uses the mean over all samples of its batches;
            the last group of an epoch may be smaller, and steps as well. Gradients are exchanged
            once a step.
        checkpoint_path: where rank 0, and no other, saves {"model": the model's state_dict} once
            the training is over; None for nowhere. When any rank returns, the file is there.

    Returns:
        list of floats, one an epoch, the same on every rank: the mean loss over all samples that
        all ranks visited in it, each at the time it was trained on.

    Source: Li et al. (2020), PyTorch Distributed; Goyal et al. (2017), section 3.
    """
    ### BEGIN SOLUTION
    rank, device = dist.get_rank(), next(model.parameters()).device
    parallel = DistributedDataParallel(model)
    sampler = DistributedSampler(dataset, dist.get_world_size(), rank, seed=seed)
    loader = DataLoader(dataset, batch_size, sampler=sampler)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    parallel.train()
    losses = []
    for epoch in range(epochs):
        sampler.set_epoch(epoch)
        total, seen, batches = 0.0, 0, iter(loader)
        while group := list(itertools.islice(batches, accumulation_steps)):
            samples = sum(len(targets) for _, targets in group)
            optimizer.zero_grad()
            for left, (inputs, targets) in zip(range(len(group))[::-1], group, strict=True):
                with parallel.no_sync() if left else nullcontext():
                    outputs = parallel(inputs.to(device))
                    loss = F.cross_entropy(outputs, targets.to(device), reduction="sum")
                    (loss / samples).backward()
                total += loss.item()
            optimizer.step()
            seen += samples
        sums = sum_across_ranks({"loss": total, "samples": seen})
        losses.append(sums["loss"] / sums["samples"])
    if checkpoint_path is not None:
        if rank == 0:
            torch.save({"model": model.state_dict()}, checkpoint_path)
        dist.barrier()
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_train_distributed", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
photographs = clothes(90)


def trained(batch_size, steps=1, path=None):
    net = small_net(seed=dist.get_rank())  # different at first: rank 0's counts
    options = {"epochs": 2, "batch_size": batch_size, "lr": 0.1, "seed": 3}
    losses = train_distributed(
        net, photographs, accumulation_steps=steps, checkpoint_path=path, **options
    )
    there = path is None or Path(path).is_file()
    return losses, torch.cat([p.detach().flatten() for p in net.parameters()]), there


def gap(one, other):
    return max(abs(np.array(one[0]) - other[0]).max(), (one[1] - other[1]).abs().max().item())


with tempfile.TemporaryDirectory() as folder:
    saved = f"{folder}/model.pt"
    zero, one = launch(trained, 2, 16, 1, saved)
    names = torch.load(saved, weights_only=True)["model"].keys()
assert len(zero[0]) == 2, "a loss for each epoch"
assert zero[0] == one[0], "the same on every rank"
assert torch.equal(zero[1], one[1]), "and the same weights"
assert all([zero[2], one[2]]), "the checkpoint is there when either returns"
assert names == small_net().state_dict().keys(), "and fits a plain model"
assert gap(zero, launch(trained, 1, 32)[0]) < 1e-5, "two ranks equal one with twice the batch"
assert gap(zero, launch(trained, 2, 8, 2)[0]) < 1e-5, "two batches of 8 equal one of 16"

### BEGIN HIDDEN TESTS
from autograder.hidden.scaling_out import grade

grade("train_distributed")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: what changes against lesson 10</summary>
#
# Wrap the model, give the loader a `DistributedSampler` with `seed=seed`, call `set_epoch` before each epoch. Call the wrapper, and save the model inside it.
#
# </details>
#
# <details><summary>Hint 2: groups of batches</summary>
#
# `itertools.islice` takes up to `accumulation_steps` batches from an iterator. Then you know how many samples the group has, and which batch is its last. All others go forward *and* backward inside `no_sync()`.
#
# </details>
#
# <details><summary>Hint 3: the loss, and the end</summary>
#
# Add up losses (not means) and samples, and let `sum_across_ranks` finish the mean. The barrier stands outside the `if` that asks for rank 0, or it waits for ranks that never come.
#
# </details>

# %% [markdown]
# ### The look: four ways to the same weights
#
# One process with batches of 64, two with 32, two with 16 and accumulation, four with 16: training loss by your `train_distributed`.


# %% jupyter={"source_hidden": true} tags=["demo"]
# Training loss of four splits of one batch, from your train_distributed.
thousand = clothes(1024)


def losses_of(batch_size, steps):
    options = {"epochs": 6, "batch_size": batch_size, "lr": 0.2, "seed": 0}
    return train_distributed(small_net(), thousand, accumulation_steps=steps, **options)


fig, ax = plt.subplots(figsize=(6.5, 3))
curves = []
for size, batch_size, steps, marker in ((1, 64, 1, "-"), (2, 32, 1, "o"), (2, 16, 2, "x"), (4, 16, 1, "+")):  # fmt: skip
    curves.append(launch(losses_of, size, batch_size, steps)[0])
    name = f"{size} x {batch_size}" + (f", {steps} batches a step" if steps > 1 else "")
    ax.plot(range(1, 7), curves[-1], marker, ms=9, mfc="none", label=name, color=BLUE if size == 1 else "black")  # fmt: skip
print("largest difference below 1e-5:", bool(np.ptp(curves, axis=0).max() < 1e-5))
ax.set(xlabel="epoch", ylabel="mean loss")
ax.legend()
show_figure(
    "Mean training loss over six epochs for four ways to split a batch of 64: the line of one process "
    "falls, and the markers of two and four processes lie on it."
)

# %% [markdown]
# ## 6. `torchrun`, and what goes wrong
#
# Outside notebooks nobody forks by hand. You write a script, and `torchrun` starts it once per process, on one machine or many, with the rank in environment variables. The next cell writes
# your functions into `train_ddp.py`, adds the few lines of a main program, and runs it. With enough GPUs it uses NCCL, otherwise gloo.


# %% jupyter={"source_hidden": true} tags=["demo"]
# Your functions as a script, run by torchrun; its losses against those from this notebook.
MAIN = """
if __name__ == "__main__":
    cards = torch.cuda.device_count() >= int(os.environ["LOCAL_WORLD_SIZE"])
    device = f"cuda:{os.environ['LOCAL_RANK']}" if cards else "cpu"
    if cards:
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if cards else "gloo", timeout=timedelta(seconds=60))
    x, y = torch.load("clothes.pt")
    losses = train_distributed(
        small_net().to(device), TensorDataset(x, y), epochs=3, batch_size=32, lr=0.2, seed=0
    )
    if dist.get_rank() == 0:
        print(*(f"{loss:.4f}" for loss in losses))
    dist.destroy_process_group()
"""
IMPORTS = """import itertools
import math
import os
from contextlib import nullcontext
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset
"""


def sources_of(*functions):
    """The sources of functions, and of those of this notebook that they call."""
    known = {}
    todo = list(functions)
    while todo:
        function = todo.pop()
        if function.__name__ not in known:
            known[function.__name__] = inspect.getsource(function)
            named = (globals().get(name) for name in function.__code__.co_names)
            todo += [f for f in named if inspect.isfunction(f) and f.__module__ == "__main__"]
    return "\n\n".join(known.values())


def three_epochs():
    return train_distributed(
        small_net(), clothes(512), epochs=3, batch_size=32, lr=0.2, seed=0
    )  # fmt: skip


here = launch(three_epochs, 2)[0]
with tempfile.TemporaryDirectory() as folder:
    script = Path(folder) / "train_ddp.py"
    script.write_text(IMPORTS + "\n\n" + sources_of(train_distributed, small_net) + "\n" + MAIN)
    torch.save(clothes(512).tensors, Path(folder) / "clothes.pt")
    command = "-m torch.distributed.run --standalone --local-addr 127.0.0.1 --nproc-per-node 2"
    ran = subprocess.run(
        [sys.executable, *command.split(), script.name],
        cwd=folder, capture_output=True, text=True, timeout=100, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
print("torchrun --standalone --nproc-per-node 2 train_ddp.py")
print(ran.stdout.strip() or ran.stderr[-2000:])
print("as from this notebook:", ran.stdout.split() == [f"{loss:.4f}" for loss in here])

# %% [markdown]
# ### What goes wrong: a rank that dies, a rank that doesn't come
#
# Two runs that fail on purpose. In the first, rank 1 is killed before its all-reduce, as the system does when memory runs out. In the second, only rank 0 makes a collective call.


# %% open="the two faults are what to read" tags=["demo"]
def killed():
    if dist.get_rank() == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    dist.all_reduce(torch.ones(3))


def only_rank_0():
    if dist.get_rank() == 0:
        dist.barrier()  # the others never come
    else:
        time.sleep(60)


for fault, seconds in ((killed, 60), (only_rank_0, 2)):
    began = time.monotonic()
    try:
        launch(fault, 2, seconds=seconds)
    except RuntimeError as error:
        print(f"{fault.__name__}: {str(error).splitlines()[0]}")
    assert time.monotonic() - began < 30, "nobody waits for long"

# %% [markdown]
# A death is noticed at once, because its connection closes. A rank that is alive and elsewhere isn't: the others wait until the group's timeout, which is *30 minutes* by default with gloo, and 10 with NCCL. Set
# `timeout=` in `init_process_group`. When a job hangs, look at each rank's stack with `py-spy dump`: the ranks that stand in a collective are waiting for the one that doesn't.

# %% [markdown]
# ## 7. Scaling on paper
#
# How long does an all-reduce of $M$ bytes take among $K$ devices, if each can send $B$ bytes per second and a message takes at least $\alpha$ seconds?
#
# Sending everything to one device, which adds up and sends it back, needs about $2(K-1)M/B$ at that device. In a **ring all-reduce** each device cuts its tensor into $K$ pieces and talks only to its neighbour: $K-1$ rounds
# in which sums travel around, then $K-1$ rounds in which results do.
#
# $$t_{\text{ring}} = 2\,(K-1)\Big(\alpha + \frac{M}{K B}\Big)$$
#
# ### Prediction: twice the devices
#
# A model of 1 GB of gradients trains on 64 devices in a ring. You double them. What happens to the bytes that *each* device sends per step?
#
# - (a) they stay nearly the same
# - (b) they double: there are twice as many to talk to
# - (c) they halve: each piece is half as large

# %% nbgrader={"grade": false, "grade_id": "prediction_ring", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_ring = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_ring", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_ring is None:
    raise NotImplementedError("prediction_ring is not written yet")
letter = str(prediction_ring).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.scaling_out import grade

grade("prediction_ring")
### END HIDDEN TESTS

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_ring"]
# Bytes sent by one device, and the share of ideal speed, against the number of devices.
devices = 2.0 ** np.arange(1, 14)
M, B, alpha = 1e9, 25e9, 10e-6
ring_bytes = 2 * (devices - 1) / devices * M
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.1))
left.loglog(devices, ring_bytes / 1e9, "-o", color=BLUE, ms=4, label="ring, each device")
left.loglog(devices, 2 * (devices - 1) * M / 1e9, "--s", color=ORANGE, ms=4, label="one server")
left.set(xlabel="devices", ylabel="GB sent per step", title="Traffic for 1 GB of gradients")
left.legend()
ring_seconds = 2 * (devices - 1) * (alpha + M / (devices * B))
for compute, color, style in ((1.0, BLUE, "-"), (0.2, GREEN, "-."), (0.05, ORANGE, "--")):
    right.semilogx(devices, compute / (compute + ring_seconds), style, color=color,
                   label=f"{compute:g} s of arithmetic")  # fmt: skip
right.set(
    xlabel="devices",
    ylabel="share of ideal speed",
    ylim=(0, 1.05),
    title="Speed, nothing overlapped",
)
right.legend(loc="lower left")
plt.tight_layout()
show_figure(
    "Left: bytes sent per step against devices. In the ring each device sends 1 GB with two devices and "
    "2 GB from a dozen on, flat; one server's traffic grows in proportion. Right: share of ideal speed "
    "against devices for 1, 0.2 and 0.05 seconds of arithmetic a step: flat at first, falling beyond "
    "about a thousand devices, and the lower the less arithmetic there is."
)
print(f"64 devices: {ring_bytes[5] / 1e9:.3f} GB each; 128 devices: {ring_bytes[6] / 1e9:.3f} GB")

# %% [markdown]
# The assumptions: 25 GB/s, 10 microseconds a message, nothing hidden behind backward. From a thousand devices on, the term $2(K-1)\alpha$ takes over, and large jobs use trees or a hierarchy instead: first within a machine, then
# between machines.
#
# **The batch grows too.** With $K$ ranks the batch is $K$ times as large, and you take fewer steps per epoch. The **linear scaling rule** (lesson 06) multiplies the learning rate by $K$, after a warm-up; Goyal et al. kept ImageNet accuracy
# up to a batch of 8,192 that way. Beyond a *critical batch size*, which depends on how noisy the gradient is, more samples per step buy next to nothing (McCandlish et al. 2018).
#
# **Thousands of devices** need more than copies. If the model doesn't fit on one, its weights, gradients and optimizer state are **sharded** over the ranks and gathered layer by layer (ZeRO, FSDP); matrices are split within a machine (**tensor
# parallel**), layers over machines (**pipeline parallel**). And things break: if one device fails once in five years, a job on 16,000 of them loses one about every three hours. That is why every rank has to be able to die without hanging the others, and why
# checkpoints are written in the background, often, and sharded.

# %% [markdown]
# ## In practice
#
# | | PyTorch | Lightning | Keras | JAX |
# | --- | --- | --- | --- | --- |
# | start | `torchrun --nproc-per-node 8 train.py` | `Trainer(devices=8)` | `MirroredStrategy().scope()` | one process per host |
# | average gradients | `DistributedDataParallel` | `strategy="ddp"` | built in | `jax.lax.pmean`, or sharded `jit` |
# | split the data | `DistributedSampler`, `set_epoch` | inserted for you | `experimental_distribute_dataset` | slice by `process_index()` |
# | accumulate | `no_sync()` | `accumulate_grad_batches` | `gradient_accumulation_steps` | `optax.MultiSteps` |
# | shard the model | `fully_shard` (FSDP2) | `strategy="fsdp"` | `ModelParallel` | `NamedSharding` |
#
# ## To come back to
#
# | what | value |
# | --- | --- |
# | batch that the optimizer sees | batch_size x ranks x accumulation_steps |
# | learning rate | linear rule with warm-up; square root for Adam as a first guess |
# | loader workers | cores of the machine / ranks on it |
# | threads per process | cores / ranks; `torchrun` sets 1 |
# | backend | NCCL for GPUs, gloo for CPUs |
# | printing, logging, saving | rank 0 only; collective calls on every rank |
#
# | symptom | likely cause | try |
# | --- | --- | --- |
# | hangs at the end of an epoch | uneven numbers of batches | a sampler that pads or drops; `Join` |
# | hangs at a checkpoint | a collective inside `if rank == 0` | move it out |
# | "Expected to have finished reduction" | parameters that took no part | `find_unused_parameters=True`, or remove them |
# | ranks drift apart | model called instead of the wrapper; last group inside `no_sync` | compare a checksum of the weights |
# | loss as with K times the rate | gradients summed | divide by the world size |
# | overfits early, same order each epoch | `set_epoch` forgotten | call it |
# | checkpoint won't load: `module.` | the wrapper's state was saved | save `ddp.module` |
# | slower with more ranks | small model, slow network, threads fighting | larger batches, `no_sync`, one thread each |

# %% [markdown]
# ## Mastery questions
#
# Write a few sentences each. A person reads them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "why_average", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. Four ranks, one step.** A colleague's loop calls `all_reduce(p.grad)` without dividing, and trains well with SGD at a rate that he found for four ranks. What does he really have? What changes if he moves to eight
# ranks, if he switches to AdamW, and if he clips gradients by norm?
#
# === BEGIN MARK SCHEME ===
# - 1 point: he takes steps with 4 times the mean gradient: his rate is a quarter of what it would be with averaging; with eight ranks it silently doubles.
# - 1 point: AdamW divides by the gradient's size: the factor cancels (but for eps).
# - 1 point: clipping sees a norm 4 (8) times too large: the threshold means something else at each world size.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "find_the_hang", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Find the hang.** A job on eight ranks stops after the first epoch, without an error, all devices at 100 %. Name three faults in the code that could do this, and how you would tell which one it is.
#
# === BEGIN MARK SCHEME ===
# - 2 points: three of: uneven numbers of batches; a collective (barrier, evaluation with all-reduce, saving of a sharded state) inside `if rank == 0`; a rank that stops early by its own validation loss; an exception caught on one rank; parameters used on some
#   ranks only; collectives in a different order (dict order).
# - 1 point: the stacks of all ranks (py-spy, flight recorder, a short timeout): the odd one out shows it. Full use of the device says nothing: NCCL kernels spin while they wait.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "twice_the_machines", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. Twice the machines.** Doubling the devices from 256 to 512, at the same batch per device, shortens your epoch by 1.9 and the time to the target accuracy by 1.1. Explain both numbers. What would you try, and when would you stop adding devices?
#
# === BEGIN MARK SCHEME ===
# - 1 point: per epoch: ring traffic per device is nearly constant, latency and stragglers cost the rest.
# - 1 point: to target: the batch doubled; beyond the critical batch size steps don't get better in proportion, so nearly as many are needed.
# - 1 point: rate and warm-up by the linear rule, LAMB/LARS, a smaller batch per device, a batch that grows during training; stop where time to target, not samples per second, no longer pays.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - S. Li et al. (2020), *PyTorch Distributed: Experiences on Accelerating Data Parallel Training*: buckets, overlap, unused parameters.
# - P. Goyal et al. (2017), *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*: the linear rule, warm-up, and a list of pitfalls.
# - P. Patarasuk and X. Yuan (2009), *Bandwidth Optimal All-reduce Algorithms for Clusters of Workstations*: the ring.
# - S. Rajbhandari et al. (2020), *ZeRO: Memory Optimizations Toward Training Trillion Parameter Models*.
# - S. McCandlish et al. (2018), *An Empirical Model of Large-Batch Training*: where larger batches stop paying.
#
# **Next:** [lesson 15](../15_clinic/clinic.ipynb). Twelve loops that run and don't learn, or lie about it: can you tell from the curves what is wrong?
