# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 13 - The whole loop


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: torch, NumPy as np, Matplotlib as plt, the device, the clothes, show_figure.
import copy
import math
import os
import random
import tempfile
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555"
plt.rcParams["figure.dpi"] = 72


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


def load_clothes(part):
    """Fashion-MNIST, "train" (10,000) or "test" (2,000): float32 images (N, 1, 28, 28), scaled as in
    lesson 08, and their labels."""
    with np.load(find_data("fashion_mnist.npz")) as fashion:
        images = torch.tensor(fashion[f"x_{part}"]).float().reshape(-1, 1, 28, 28) / 255 - 0.286
        return images, torch.tensor(fashion[f"y_{part}"]).long()


def show_figure(alt):
    """Show the current figure, with a description of what is to be seen in it."""
    from base64 import b64encode
    from html import escape
    from io import BytesIO

    from IPython.display import display

    png, figure = BytesIO(), plt.gcf()
    figure.savefig(png, format="png", bbox_inches="tight")
    plt.close(figure)
    data = b64encode(png.getvalue()).decode()
    image = f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
    display({"text/html": image, "text/plain": alt}, raw=True)


def raises(kind, call):
    """Whether a call raises an exception of this kind."""
    try:
        call()
    except kind:
        return True
    return False


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: what a run is made of, and the plumbing of `fit`: bar, log, modes, generators, exactness.
@dataclass
class Run:
    """What a run is made of. `fit` makes one, advances it, saves it and hands its model back."""

    model: nn.Module
    config: object  # a TrainConfig
    device: torch.device
    dtype: torch.dtype  # of the forward pass
    optimizer: torch.optim.Optimizer
    schedule: object
    scaler: object = None  # lesson 12's, for float16
    ema: object = None
    stopper: object = None  # lesson 11's EarlyStopping
    forward: object = None  # the model, or its compiled form
    step: object = None  # step(run, group), perhaps recorded
    history: dict = field(default_factory=dict)


COLUMNS = (
    *("train_loss", "val_loss", "val_accuracy", "lr"),
    *("grad_norm", "skipped_steps", "seconds"),
)


def progress(batches, shown, label):
    """The same batches; with `shown` behind a progress bar, if tqdm is installed."""
    if not shown:
        return batches
    import sys

    try:
        from tqdm import tqdm
    except ImportError:
        print(label)
        return batches
    return tqdm(batches, desc=label, leave=False, file=sys.stdout, mininterval=0.5)


def event_log(log_dir, purge_step=None):
    """A TensorBoard writer, or None: without a folder, and (in a line of text) without TensorBoard.

    With purge_step, what an earlier run logged at that step or later is not shown any more.
    """
    if log_dir is None:
        return None
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        print(
            f"nothing is logged to {log_dir}: TensorBoard is not installed (pip install tensorboard)"
        )
        return None
    return SummaryWriter(log_dir, purge_step=purge_step)


@contextmanager
def repeatable():
    """cuDNN's deterministic kernels inside the block: on a GPU, float32 repeats bit for bit only so."""
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.benchmark
    cudnn.deterministic, cudnn.benchmark = True, False
    try:
        yield
    finally:
        cudnn.deterministic, cudnn.benchmark = before


def into_training_mode(model):
    """`model.train()`, but a batch norm that you froze (lesson 10) stays frozen."""
    batch_norms = nn.modules.batchnorm._BatchNorm
    asleep = [m for m in model.modules() if isinstance(m, batch_norms) and not m.training]
    model.train()
    for norm in asleep:
        own = list(norm.parameters())
        if own and not any(p.requires_grad for p in own):
            norm.eval()


def generators_of(*loaders):
    """The loaders' own random generators, each once; a loader without one draws from torch's."""
    found = []
    for loader in loaders:
        for holder in (loader, getattr(loader, "sampler", None)):
            generator = getattr(holder, "generator", None)
            if generator is not None and all(generator is not other for other in found):
                found.append(generator)
    return found


# %% open="capture is explained by this code, and only a GPU can run it" tags=["setup"]
class CapturedStep:
    """A whole training step as one CUDA graph: recorded once, then replayed on new batches.

    `step(run, batches)` gives (loss, norm, True) and must not wait for the device anywhere.
    """

    def __init__(self, step):
        self.step, self.graph = step, None

    def __call__(self, run, batches):
        ((inputs, targets),) = batches
        if self.graph is None:
            self.record(run, inputs, targets)
        if inputs.shape != self.inputs.shape:  # an odd last batch: a graph has fixed sizes
            return self.step(run, batches)
        self.inputs.copy_(inputs)  # a graph reads from fixed addresses
        self.targets.copy_(targets)
        self.graph.replay()
        return self.loss.clone(), self.norm.clone(), True

    def record(self, run, inputs, targets):
        """Warm up on a side stream, put everything back, then record."""
        batch = inputs.clone(), targets.clone()
        self.inputs, self.targets = batch
        weights = [t.clone() for t in run.model.state_dict().values()]
        memory = {p: dict(state) for p, state in run.optimizer.state.items()}
        memory = {p: {k: v.clone() for k, v in state.items()} for p, state in memory.items()}
        drawn = torch.cuda.get_rng_state(run.device)

        side = torch.cuda.Stream(run.device)
        side.wait_stream(torch.cuda.current_stream(run.device))
        with torch.cuda.stream(side):
            for _ in range(3):  # cuDNN and the optimizer allocate what they need
                self.step(run, [batch])
        torch.cuda.current_stream(run.device).wait_stream(side)

        with torch.no_grad():
            for tensor, kept in zip(run.model.state_dict().values(), weights, strict=True):
                tensor.copy_(kept)
            for p, state in run.optimizer.state.items():
                for name, tensor in state.items():
                    kept = memory.get(p, {}).get(name)
                    tensor.copy_(torch.zeros_like(tensor) if kept is None else kept)
        torch.cuda.set_rng_state(drawn, run.device)

        run.optimizer.zero_grad(set_to_none=True)  # the graph allocates its own gradients
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.loss, self.norm, _ = self.step(run, [batch])


# %% tags=["bring"]
# bring: warmup_cosine, one_cycle (lesson 06)
def half_cosine(begin, end, part):
    """From begin to end, as `part` goes from 0 to 1: slowly, fast, slowly."""
    return begin + (end - begin) * (0.5 - 0.5 * math.cos(math.pi * part))


def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """The rate at a step: a climb in equal steps, then half a cosine down to min_lr."""
    if step < warmup_steps:
        return (step + 1) / warmup_steps * base_lr
    return half_cosine(
        base_lr, min_lr, min(1, (step - warmup_steps) / (total_steps - warmup_steps))
    )


def one_cycle(step, max_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """The rate of torch's OneCycleLR at a step."""
    low, top, last = max_lr / div_factor, pct_start * total_steps - 1, total_steps - 1
    if step <= top:
        return half_cosine(low, max_lr, step / top)
    return half_cosine(max_lr, low / final_div_factor, min(1, (step - top) / (last - top)))


# %% tags=["bring"]
# bring: evaluate, seed_everything (lesson 10)
def evaluate(model, loader, criterion, device):
    """Mean loss and accuracy over the samples of a loader, in evaluation mode."""
    was = {module: module.training for module in model.modules()}
    model.eval()
    sums = np.zeros(3)
    with torch.no_grad():
        for x, y in loader:
            logits, y = model(x.to(device)), y.to(device)
            right = (logits.argmax(1) == y).sum()
            sums += float(criterion(logits, y)) * len(y), float(right), len(y)
    for module, training in was.items():
        module.training = training
    return float(sums[0] / sums[2]), float(sums[1] / sums[2])


def seed_everything(seed):
    """Seed Python's, NumPy's and torch's global generators."""
    for seeded in (random.seed, np.random.seed, torch.manual_seed):
        seeded(seed)


# %% tags=["bring"]
# bring: EarlyStopping, save_checkpoint, load_checkpoint (lesson 11)
class EarlyStopping:
    """Says when the loss has not improved for `patience` updates; keeps the best weights."""

    def __init__(self, patience=5, min_delta=0.0):
        self.patience, self.min_delta, self.losses = patience, min_delta, []
        self.best_loss, self.best_epoch, self.best_state = math.inf, -1, None

    def update(self, val_loss, model=None):
        self.losses.append(val_loss)
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = val_loss, len(self.losses) - 1
            self.best_state = copy.deepcopy(model.state_dict()) if model else None
        return len(self.losses) - 1 - self.best_epoch >= self.patience


def save_checkpoint(path, *, model, optimizer, scheduler=None, scaler=None, epoch, best):
    """Write a run's states and torch's random state to a file: not safe from a kill."""
    run = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "scaler": scaler}
    states = {name: part.state_dict() for name, part in run.items() if part is not None}
    drawn = torch.get_rng_state(), torch.cuda.get_rng_state_all()
    torch.save({**states, "epoch": epoch, "best": best, "drawn": drawn}, path)


def load_checkpoint(path, *, model, optimizer=None, scheduler=None, scaler=None):
    """Load what `save_checkpoint` wrote; the epoch and `best`."""
    saved = torch.load(path, map_location="cpu")
    run = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "scaler": scaler}
    for name, part in run.items():
        if part is not None:
            part.load_state_dict(saved[name])
    cpu, cards = saved["drawn"]
    torch.set_rng_state(cpu)
    torch.cuda.set_rng_state_all(cards)
    return {"epoch": saved["epoch"], "best": saved["best"]}


# %% tags=["bring"]
# bring: DynamicLossScaler (lesson 12)
class DynamicLossScaler(torch.amp.GradScaler):
    """PyTorch's scaler. Its `step` doesn't say whether the step was taken; the scale does."""

    def __init__(self, init_scale=2.0**16):
        super().__init__(device.type, init_scale=init_scale)


# %% nbgrader={"grade": false, "grade_id": "TrainConfig", "locked": false, "schema_version": 3, "solution": true, "task": false}
@dataclass
class TrainConfig:
    """Everything that a run is told, checked when it is made. Units are optimizer steps where it says steps.

    Raises:
        ValueError: epochs, batch_size, accumulation_steps or a given patience below 1; lr not above 0; an unknown
            optimizer, schedule or precision; momentum, label_smoothing or a given ema_decay outside [0, 1); a given
            max_grad_norm not above 0; warmup_steps below 0. The message names the field and what it got.
            (What `capture` needs, `fit` checks: it depends on the machine.)
    """

    epochs: int = 5
    batch_size: int = 128  # of the loaders that you make with it
    optimizer: str = "adamw"  # or "sgd"
    lr: float = 1e-3  # the highest rate of the schedule
    momentum: float = 0.9  # of "sgd"
    weight_decay: float = 0.01
    schedule: str = "warmup_cosine"  # or "constant", "one_cycle"
    warmup_steps: int = 100  # of "warmup_cosine"
    min_lr: float = 0.0  # of "warmup_cosine"
    max_grad_norm: float | None = 1.0  # None: no clipping
    accumulation_steps: int = 1  # batches to an optimizer step
    precision: str = "auto"  # or "float32", "bfloat16", "float16"
    label_smoothing: float = 0.0  # in the training loss
    ema_decay: float | None = None  # None: no averages
    patience: int | None = None  # epochs; None: no early stopping
    channels_last: bool = True  # for images
    compile: bool = False  # torch.compile
    num_workers: int = 0  # of the loaders that you make with it
    seed: int = 0
    checkpoint_path: str | Path | None = None  # written after each epoch
    log_dir: str | Path | None = None  # for TensorBoard
    progress: bool = True  # a bar
    capture: bool = False  # each step as one CUDA graph

    def __post_init__(self):
        """Refuse nonsense."""
        ### BEGIN SOLUTION
        known = {
            "optimizer": ("adamw", "sgd"),
            "schedule": ("warmup_cosine", "constant", "one_cycle"),
            "precision": ("auto", "float32", "bfloat16", "float16"),
        }
        for name, values in known.items():
            self.require(name, f"one of {values}", getattr(self, name) in values)
        for name in ("epochs", "batch_size", "accumulation_steps", "patience"):
            value = getattr(self, name)
            self.require(name, "at least 1", value is None or value >= 1)
        for name in ("momentum", "label_smoothing", "ema_decay"):
            value = getattr(self, name)
            self.require(name, "in [0, 1)", value is None or 0 <= value < 1)
        for name in ("lr", "max_grad_norm"):
            value = getattr(self, name)
            self.require(name, "above 0", value is None or value > 0)
        self.require("warmup_steps", "at least 0", self.warmup_steps >= 0)

    def require(self, name, what, holds):
        """Raise ValueError unless it holds."""
        if not holds:
            raise ValueError(f"{name} must be {what}, got {getattr(self, name)!r}")
        ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "build_optimizer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_optimizer(model, config):
    """The optimizer of a run: AdamW, or SGD with momentum.

    Args:
        model: nn.Module. Its norm layers are torch's: batch, instance, layer, group and RMS norm, of any kind.
        config: TrainConfig, of which optimizer, lr, momentum and weight_decay count here.

    Returns:
        torch.optim.AdamW, or torch.optim.SGD with config.momentum. Every parameter is in one of its groups, frozen ones
        too, a shared one once. Biases (parameters whose own name is "bias") and the weights of norm layers have no decay,
        all others config.weight_decay. What isn't in the config is as torch has it; `fused` and `capturable` are free.

    Source: Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization; He et al. (2019), Bag of Tricks for
    Image Classification with Convolutional Neural Networks, section 3.1.
    """
    ### BEGIN SOLUTION
    norms = nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm
    bare = {id(p) for m in model.modules() if isinstance(m, norms) for p in m.parameters()}
    plain, decayed = [], []
    for name, parameter in model.named_parameters():
        without = id(parameter) in bare or name.rpartition(".")[2] == "bias"
        (plain if without else decayed).append(parameter)
    groups = [
        {"params": decayed, "weight_decay": config.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    lr, options = config.lr, {"fused": True}
    if config.capture:  # a graph reads the rate from a fixed address
        lr = torch.tensor(config.lr, device=next(model.parameters()).device)
    if config.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=lr, momentum=config.momentum, **options)
    return torch.optim.AdamW(groups, lr=lr, capturable=config.capture, **options)
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "build_scheduler", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_scheduler(optimizer, config, steps_per_epoch):
    """The schedule of a run, counted in optimizer steps.

    Args:
        optimizer: from `build_optimizer`, fresh.
        config: TrainConfig, of which schedule, lr, epochs, warmup_steps and min_lr count here.
        steps_per_epoch: optimizer steps, an int >= 1. The schedule's total is config.epochs times that.

    Returns:
        An object with `step()`, called once after each optimizer step, `state_dict()` and `load_state_dict()`. At the
        n-th optimizer step (from 0) every group's "lr" is lesson 06's rate at n, at most to rounding:
        `warmup_cosine(n, lr, warmup_steps, total, min_lr)`, or `one_cycle(n, lr, total)`, for which warmup_steps and min_lr
        don't count, or lr for "constant", without a warm-up. Nothing else about the optimizer changes.

    Source: Goyal et al. (2017), Accurate, Large Minibatch SGD, section 2.2; Smith and Topin (2018), Super-Convergence.
    """
    ### BEGIN SOLUTION
    total, lr = config.epochs * steps_per_epoch, config.lr

    def rate_at(step):
        if config.schedule == "constant":
            return lr
        if config.schedule == "one_cycle":
            return one_cycle(step, lr, total)
        return warmup_cosine(step, lr, config.warmup_steps, total, config.min_lr)

    return StepSchedule(optimizer, rate_at)


class StepSchedule:
    """Writes the rate of the next optimizer step into every group."""

    def __init__(self, optimizer, rate_at):
        self.optimizer, self.rate_at, self.taken = optimizer, rate_at, 0
        self.write()

    def write(self):
        """The rate at this step: in place where it is a tensor, without waiting for the device."""
        rate = self.rate_at(self.taken)
        for group in self.optimizer.param_groups:  # a load puts new groups there
            if isinstance(group["lr"], torch.Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    def step(self):
        """One optimizer step was taken."""
        self.taken += 1
        self.write()

    def state_dict(self):
        """How many steps were taken: the rest follows from the config."""
        return {"taken": self.taken}

    def load_state_dict(self, state):
        """Go on from there."""
        self.taken = state["taken"]
        self.write()
        ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "EMA", "locked": false, "schema_version": 3, "solution": true, "task": false}
class EMA:
    """An exponential moving average of a model's weights.

    Args:
        model: nn.Module, of which a copy is the first average. It is not modified, and goes on living on its own.
        decay: float in [0, 1).

    Methods:
        update(model): avg = decay * avg + (1 - decay) * value for every parameter, frozen ones too, from the first call
            on (no warm-up). Buffers of floating point (a batch norm's running mean) are averaged in the same way or
            copied, as you like; integer buffers (num_batches_tracked) are copied. Costs no graph.
        swap(model): a context manager. Inside the block the model has the averages, written into the same Parameter and
            buffer tensors; afterwards, and also after an exception, everything is back, bit for bit.

    Source: Polyak and Juditsky (1992), Acceleration of Stochastic Approximation by Averaging; Tarvainen and Valpola
    (2017), Mean Teachers Are Better Role Models, section 2.
    """

    def __init__(self, model, decay):
        ### BEGIN SOLUTION
        self.decay = decay
        self.averages = {name: value.clone() for name, value in self.state_of(model).items()}
        ### END SOLUTION

    def update(self, model):
        """Move the averages towards the model's values of now."""
        ### BEGIN SOLUTION
        averages, values = [], []
        for name, value in self.state_of(model).items():
            if value.is_floating_point():
                averages.append(self.averages[name])
                values.append(value)
            else:
                self.averages[name].copy_(value)
        torch._foreach_lerp_(averages, values, 1 - self.decay)  # all of them in a few kernels
        ### END SOLUTION

    @contextmanager
    def swap(self, model):
        """The averages in the model, for as long as the block lasts."""
        ### BEGIN SOLUTION
        before = {name: value.clone() for name, value in self.state_of(model).items()}
        try:
            self.write(self.averages, model)
            yield
        finally:
            self.write(before, model)

    def state_of(self, model):
        """Parameters and buffers by name, without a graph, a shared one once."""
        named = (*model.named_parameters(), *model.named_buffers())
        return {name: value.detach() for name, value in named}

    def write(self, values, model):
        """Into the model's own tensors."""
        for name, value in self.state_of(model).items():
            value.copy_(values[name])
        ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "fit", "locked": false, "schema_version": 3, "solution": true, "task": false}
def new_run(model, config, steps_per_epoch):
    """Stage 1. A Run as the config asks for it: seeded, in its memory format, with all its parts.

    dtype: config.precision by name; "auto" is bfloat16 on a CUDA device that has it, float32 otherwise. scaler:
    `DynamicLossScaler()` for float16, else None. ema, stopper: None where the config has none. history: an empty list for
    each of COLUMNS. Raises ValueError if `capture` meets a device that isn't CUDA, accumulation or float16.
    """
    ### BEGIN SOLUTION
    where = next(model.parameters()).device
    name = config.precision
    if name == "auto":
        has = where.type == "cuda" and torch.cuda.is_bf16_supported()
        name = "bfloat16" if has else "float32"
    if config.capture and where.type != "cuda":
        raise ValueError(f"capture needs a model on a CUDA device, this one is on {where}")
    if config.capture and (config.accumulation_steps > 1 or name == "float16"):
        raise ValueError("capture goes neither with accumulation nor with float16")
    seed_everything(config.seed)
    if config.channels_last:
        model.to(memory_format=torch.channels_last)
    optimizer = build_optimizer(model, config)
    return Run(
        model=model,
        config=config,
        device=where,
        dtype=getattr(torch, name),
        optimizer=optimizer,
        schedule=build_scheduler(optimizer, config, steps_per_epoch),
        scaler=DynamicLossScaler() if name == "float16" else None,
        ema=None if config.ema_decay is None else EMA(model, config.ema_decay),
        stopper=None if config.patience is None else EarlyStopping(config.patience),
        forward=torch.compile(model) if config.compile else model,
        step=CapturedStep(take_step) if config.capture else take_step,
        history={column: [] for column in COLUMNS},
    )
    ### END SOLUTION


def half(run):
    """Stage 1. What the forward pass runs in: autocast, or nothing for float32."""
    ### BEGIN SOLUTION
    if run.dtype == torch.float32:
        return nullcontext()
    # A graph can't keep autocast's copies of the weights: they would be those of the recording.
    return torch.autocast(run.device.type, run.dtype, cache_enabled=not run.config.capture)
    ### END SOLUTION


def groups_of(run, loader):
    """Stage 2. Lists of config.accumulation_steps batches on the device, the last one perhaps shorter.

    With channels_last, inputs of four dimensions are in that memory format.
    """
    ### BEGIN SOLUTION
    group, size = [], run.config.accumulation_steps
    images = {"memory_format": torch.channels_last} if run.config.channels_last else {}
    for inputs, targets in loader:
        how = images if inputs.dim() == 4 else {}
        inputs = inputs.to(run.device, non_blocking=True, **how)
        group.append((inputs, targets.to(run.device, non_blocking=True)))
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
    ### END SOLUTION


def take_step(run, group):
    """Stage 3. One optimizer step on a group of batches: (loss, norm, taken).

    The step's gradient is that of the mean loss over all samples of the group, whatever the sizes of its batches, clipped
    to config.max_grad_norm. loss (that mean) and norm (before clipping, unscaled) are tensors on the device without a graph:
    nothing here waits for the device, unless there is a scaler. taken: False if the scaler skipped the step.
    """
    ### BEGIN SOLUTION
    run.optimizer.zero_grad()
    loss = backward(run, group)
    if run.scaler is not None:
        run.scaler.unscale_(run.optimizer)
    gradients = [p.grad for p in run.model.parameters() if p.grad is not None]
    norm = nn.utils.get_total_norm(gradients)
    if run.config.max_grad_norm is not None:
        factor = (run.config.max_grad_norm / (norm + 1e-6)).clamp(max=1.0)
        torch._foreach_mul_(gradients, factor)
    if run.scaler is None:
        run.optimizer.step()
        return loss, norm, True
    before = run.scaler.state_dict()["scale"]
    run.scaler.step(run.optimizer)
    run.scaler.update()
    return loss, norm, run.scaler.state_dict()["scale"] >= before  # a skip lowers the scale


def backward(run, group):
    """Leave the group's gradient, scaled if there is a scaler; its mean loss."""
    samples, total = sum(len(targets) for _, targets in group), 0.0
    for inputs, targets in group:
        with half(run):
            logits = run.forward(inputs)
            loss = F.cross_entropy(logits, targets, label_smoothing=run.config.label_smoothing)
        if len(group) > 1:
            loss = loss * (len(targets) / samples)
        (loss if run.scaler is None else run.scaler.scale(loss)).backward()
        total = total + loss.detach()
    return total
    ### END SOLUTION


def train_epoch(run, loader):
    """Stage 4. An epoch of steps (`run.step`): (train_loss, grad_norm, skipped_steps), floats.

    train_loss is the mean over all samples, grad_norm the mean over the steps taken. After each step that was taken the
    schedule steps and the averages are updated. Numbers are read from the device once, at the end.
    """
    ### BEGIN SOLUTION
    into_training_mode(run.model)
    losses, sizes, norms, skipped = [], [], [], 0
    for group in groups_of(run, loader):
        loss, norm, taken = run.step(run, group)
        losses.append(loss)
        sizes.append(sum(len(targets) for _, targets in group))
        if not taken:
            skipped += 1
            continue
        norms.append(norm)
        run.schedule.step()
        if run.ema is not None:
            run.ema.update(run.model)
    weights = torch.tensor(sizes, dtype=torch.float64)
    loss = (torch.stack(losses).double().cpu() * weights).sum() / weights.sum()
    norm = torch.stack(norms).double().mean() if norms else math.nan
    return float(loss), float(norm), float(skipped)
    ### END SOLUTION


def validate(run, loader):
    """Stage 5. (val_loss, val_accuracy, stop): of the averages, if there are any; stop says whether patience is over.

    The loss is plain cross-entropy, without label smoothing. The stopper is shown the weights that were measured.
    """
    ### BEGIN SOLUTION
    with nullcontext() if run.ema is None else run.ema.swap(run.model):
        with half(run):
            loss, accuracy = evaluate(run.model, loader, F.cross_entropy, run.device)
        stop = run.stopper is not None and run.stopper.update(loss, run.model)
    return loss, accuracy, stop
    ### END SOLUTION


def save_run(run, epoch, loaders):
    """Stage 6. Everything that `resume_run` needs, to config.checkpoint_path; nothing where that is None."""
    ### BEGIN SOLUTION
    if run.config.checkpoint_path is None:
        return
    kept = {
        "history": run.history,
        "orders": [generator.get_state() for generator in generators_of(*loaders)],
        "averages": None if run.ema is None else run.ema.averages,
        "best_state": None if run.stopper is None else run.stopper.best_state,
    }
    save_checkpoint(
        run.config.checkpoint_path,
        model=run.model,
        optimizer=run.optimizer,
        scheduler=run.schedule,
        scaler=run.scaler,
        epoch=epoch,
        best=kept,
    )
    ### END SOLUTION


def resume_run(run, path, loaders):
    """Stage 6. Put a new Run where the saved one was; the number of the epoch that comes next."""
    ### BEGIN SOLUTION
    back = load_checkpoint(
        path, model=run.model, optimizer=run.optimizer, scheduler=run.schedule, scaler=run.scaler
    )
    kept = back["best"]
    run.history = kept["history"]
    for generator, state in zip(generators_of(*loaders), kept["orders"], strict=True):
        generator.set_state(state)
    if run.ema is not None:
        for name, average in run.ema.averages.items():
            average.copy_(kept["averages"][name])
    if run.stopper is not None:
        for loss in run.history["val_loss"]:  # it counts as it did
            run.stopper.update(loss)
        run.stopper.best_state = kept["best_state"]
    if run.config.capture:  # a loaded rate is on the CPU, and a graph looks for it on the device
        for group in run.optimizer.param_groups:
            group["lr"] = torch.as_tensor(group["lr"], device=run.device)
    return back["epoch"] + 1
    ### END SOLUTION


def fit(model, train_loader, val_loader, config, *, resume=None, callbacks=()):
    """Train a classifier as a config says: the loop that the course was for.

    Args:
        model: nn.Module on the device where it is to be trained; gives logits (N, C). Trained in place. Afterwards it has the
            last weights; with EMA their averages; with patience those of the epoch with the lowest val_loss.
        train_loader, val_loader: batches (inputs, targets) on any device, gone through once an epoch; the first has a
            length. config.batch_size and config.num_workers are the loaders' business.
        config: TrainConfig. What `seed` starts: every global random generator.
        resume: path of a checkpoint, written by a run with the same config; goes on after its last epoch, bit for bit as
            if nothing had happened, with the history so far. Whatever the model and the loaders' generators were.
        callbacks: functions; after each epoch each of them is called with the history so far, and the run stops if any
            returned True.

    Returns:
        dict of lists of floats, one entry an epoch: train_loss (mean over samples, in training, with label smoothing),
        val_loss and val_accuracy (of the averaged weights when there is EMA; plain cross-entropy), lr (of the epoch's first
        step), grad_norm (mean over the steps taken, before clipping), skipped_steps (a float16 scaler's), seconds.

    Raises:
        ValueError: `capture` without CUDA, with accumulation or with float16.

    A skipped step advances neither the schedule nor the averages. With accumulation every sample of a group weighs the same
    (lesson 11), and the last group may be shorter. The checkpoint is written at the end of each epoch; the log, if there is
    a log_dir, gets the epoch's numbers, and starts anew at the epoch where a run is resumed. cuDNN's flags are put back.

    Source: Goyal et al. (2017), Micikevicius et al. (2018), and every lesson before this one.
    """
    ### BEGIN SOLUTION
    run = new_run(model, config, math.ceil(len(train_loader) / config.accumulation_steps))
    loaders = train_loader, val_loader
    with repeatable():
        first = 0 if resume is None else resume_run(run, resume, loaders)
        log = event_log(config.log_dir, purge_step=first)
        try:
            for epoch in range(first, config.epochs):
                stop = one_epoch(run, *loaders)
                if log is not None:
                    for column, values in run.history.items():
                        log.add_scalar(column, values[-1], epoch)
                save_run(run, epoch, loaders)
                answers = [callback(run.history) for callback in callbacks]
                if stop or any(answers):
                    break
        finally:
            if log is not None:
                log.close()
    if run.stopper is not None and run.stopper.best_state is not None:
        model.load_state_dict(run.stopper.best_state)
    elif run.ema is not None:
        run.ema.write(run.ema.averages, model)
    return run.history


def one_epoch(run, train_loader, val_loader):
    """Train, validate, write it down; whether patience is over."""
    begin, rate = time.perf_counter(), float(run.optimizer.param_groups[0]["lr"])
    label = f"epoch {len(run.history['lr']) + 1}"
    shown = progress(train_loader, run.config.progress, label)
    loss, norm, skipped = train_epoch(run, shown)
    val_loss, accuracy, stop = validate(run, val_loader)
    row = loss, val_loss, accuracy, rate, norm, skipped, time.perf_counter() - begin
    for column, value in zip(COLUMNS, row, strict=True):
        run.history[column].append(value)
    return stop
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "carbon_grams", "locked": false, "schema_version": 3, "solution": true, "task": false}
def carbon_grams(power_watts, hours, devices, pue=1.2, grams_per_kwh=400.0):
    """The CO2 equivalent that a run is answerable for.

    Args:
        power_watts: the mean power of one device while the run lasts, >= 0.
        hours: how long it lasts, by the clock, >= 0.
        devices: how many devices, an int >= 1.
        pue: power usage effectiveness: what the building draws for each watt that reaches a device, >= 1.
        grams_per_kwh: carbon intensity of the electricity, grams of CO2 equivalent for a kilowatt-hour, >= 0.

    Returns:
        float: grams.

    Source: Patterson et al. (2021), Carbon Emissions and Large Neural Network Training, section 2.
    """
    ### BEGIN SOLUTION
    kilowatt_hours = power_watts * devices * hours / 1000
    return kilowatt_hours * pue * grams_per_kwh
    ### END SOLUTION
