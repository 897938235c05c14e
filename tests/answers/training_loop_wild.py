"""Wrong answers to lesson 10 as people write them, with the names of what is wrong in them."""

import random
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.utils.data import DataLoader

# train_step


def flattens_predictions(model, batch, criterion, optimizer):
    features, labels = batch
    optimizer.zero_grad(set_to_none=True)
    predictions = torch.squeeze(model(features))
    batch_loss = criterion(predictions, labels)
    batch_loss.backward()
    optimizer.step()
    return float(batch_loss)


def forgets_to_clear_and_returns_a_tensor(model, batch, criterion, optimizer):
    model.train()
    x, y = batch
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.detach()


def clears_afterwards(model, batch, criterion, optimizer):
    X, y = batch
    y_hat = model(X)
    l = criterion(y_hat, y)  # noqa: E741
    l.backward()
    optimizer.step()
    model.zero_grad()
    return l.item()


def sgd_by_hand(model, batch, criterion, optimizer):
    optimizer.zero_grad()
    loss = criterion(model(batch[0]), batch[1])
    loss.backward()
    lr = optimizer.param_groups[0]["lr"]
    with torch.no_grad():
        for w in model.parameters():
            w -= lr * w.grad
    return loss.item()


def probabilities_and_sums(model, batch, criterion, optimizer):
    x, y = batch
    probs = F.softmax(model(x), dim=1)
    loss = criterion(probs, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item() * x.shape[0]


def clipped_out_of_habit(model, batch, criterion, optimizer):
    optimizer.zero_grad()
    loss = criterion(model(batch[0]), batch[1])
    loss.backward()
    nn.utils.clip_grad_norm_(list(model.parameters()), max_norm=1.0)
    optimizer.step()
    return loss.cpu().item()


def never_steps(model, batch, criterion, optimizer):
    optimizer.zero_grad()
    loss = criterion(model(batch[0]), batch[1])
    loss.backward()
    return loss.item()


def for_images_only(model, batch, criterion, optimizer):
    images, labels = batch
    images = images.view(images.shape[0], -1)
    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


# train_epoch


def running_loss_over_loader(model, loader, criterion, optimizer, device):
    model.train()
    running_loss = 0.0
    for i, (inputs, labels) in enumerate(loader):  # noqa: B007
        inputs, labels = inputs.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    return running_loss / (i + 1)


def sum_of_everything(model, loader, criterion, optimizer, device):
    model.train()
    epoch_loss = 0
    for x, y in loader:
        x = x.to(device)
        y = y.to(device)
        pred = model(x)
        loss = criterion(pred, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        epoch_loss += loss.item() * x.size(0)
    return epoch_loss


def added_twice(model, loader, criterion, optimizer, device):
    model.train()
    total, n = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        total += loss.item() * len(y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        n += len(y)
    return total / n


def over_the_data_set(model, loader, criterion, optimizer, device):
    model.train()
    losses = []
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(loader.dataset)


def forgets_to_train_and_weighs_batches_alike(model, loader, criterion, optimizer, device):
    losses = []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.mean(losses)


def clears_before_the_loop(model, loader, criterion, optimizer, device):
    model.train()
    optimizer.zero_grad()
    total = seen = 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * x.shape[0]
        seen += x.shape[0]
    return total / seen


def sums_tensors(model, loader, criterion, optimizer, device):
    model.train()
    total, seen = 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss * len(x)
        seen += len(x)
    return (total / seen).item()


def trains_in_evaluation_mode(model, loader, criterion, optimizer, device):
    model.eval()
    losses, sizes = [], []
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(y))
    return float(np.dot(losses, sizes) / sum(sizes))


def goes_by_number(model, loader, criterion, optimizer, device):
    model.train()
    total = seen = 0
    batches = iter(loader)
    for _ in range(len(loader)):
        x, y = (part.to(device) for part in next(batches))
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        seen += len(x)
    return total / seen


def the_loop_of_every_tutorial(model, loader, criterion, optimizer, device):
    model.train()
    total, n = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        n += len(x)
    return total / n


def leaves_every_resting_batch_norm(model, loader, criterion, optimizer, device):
    resting = [m for m in model.modules() if "BatchNorm" in type(m).__name__ and not m.training]
    model.train()
    for m in resting:
        m.eval()
    total, n = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        n += len(x)
    return total / n


def all_of_none(model, loader, criterion, optimizer, device):
    resting = [
        m
        for m in model.modules()
        if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)
        and not m.training
        and all(not p.requires_grad for p in m.parameters())
    ]
    model.train()
    for m in resting:
        m.eval()
    total, n = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        n += len(x)
    return total / n


# evaluate


def usual_test_loop(model, loader, criterion, device):
    size, num_batches = len(loader.dataset), len(loader)
    model.eval()
    test_loss, correct = 0, 0
    with torch.no_grad():
        for X, y in loader:
            X, y = X.to(device), y.to(device)
            pred = model(X)
            test_loss += criterion(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    return test_loss / num_batches, correct / size


def loss_over_the_data_set_in_percent(model, loader, criterion, device):
    model.eval()
    test_loss = correct = 0
    with torch.no_grad():
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            output = model(data)
            test_loss += criterion(output, target).item()
            pred = output.argmax(dim=1, keepdim=True)
            correct += pred.eq(target.view_as(pred)).sum().item()
    test_loss /= len(loader.dataset)
    return test_loss, 100.0 * correct / len(loader.dataset)


def batch_averages(model, loader, criterion, device):
    model.eval()
    losses, accuracies = [], []
    with torch.inference_mode():
        for x, y in loader:
            out = model(x.to(device))
            losses.append(criterion(out, y.to(device)).item())
            accuracies.append((out.argmax(1) == y.to(device)).float().mean().item())
    model.train()
    return float(np.mean(losses)), float(np.mean(accuracies))


def no_eval(model, loader, criterion, device):
    total = correct = n = 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            z = model(x)
            total += criterion(z, y).item() * y.size(0)
            correct += (torch.max(z, 1)[1] == y).sum().item()
            n += y.size(0)
    return total / n, correct / n


def tensors_back(model, loader, criterion, device):
    was = model.training
    model.eval()
    loss, hits, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            z = model(x)
            loss += criterion(z, y) * len(y)
            hits += (z.argmax(1) == y).sum()
            n += len(y)
    model.train(was)
    return loss / n, hits / n


def counts_hits_per_batch(model, loader, criterion, device):
    state = model.training
    model.eval()
    total, right, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            out = model(x.to(device))
            total += criterion(out, y.to(device)).item() * len(x)
            right += (out.argmax(dim=1) == y.to(device)).sum().item()
            n += len(x)
    model.train(state)
    return total / n, right / len(loader)


def forgets_no_grad_and_the_mode(model, loader, criterion, device):
    model.eval()
    total = correct = n = 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        z = model(x)
        total += criterion(z, y).item() * len(x)
        correct += (z.argmax(-1) == y).sum().item()
        n += len(x)
    return total / n, correct / n


def the_usual_way(model, loader, criterion, device):
    was_training = model.training
    model.eval()
    loss = hits = n = 0
    with torch.no_grad():
        for x, y in loader:
            z = model(x.to(device))
            y = y.to(device)
            loss += criterion(z, y).item() * len(y)
            hits += (z.argmax(1) == y).sum().item()
            n += len(y)
    model.train(was_training)
    return loss / n, hits / n


def modes_kept_until_it_raises(model, loader, criterion, device):
    training = [m for m in model.modules() if m.training]
    result = the_usual_way(model, loader, criterion, device)
    model.eval()
    for m in training:
        m.training = True
    return result


def rests_only_if_it_trains(model, loader, criterion, device):
    modes = [(m, m.training) for m in model.modules()]
    loss = hits = n = 0
    try:
        if model.training:
            model.eval()
        with torch.no_grad():
            for x, y in loader:
                z = model(x.to(device))
                y = y.to(device)
                loss += criterion(z, y).item() * len(y)
                hits += (z.argmax(1) == y).sum().item()
                n += len(y)
    finally:
        for m, mode in modes:
            m.training = mode
    return loss / n, hits / n


# seed_everything and make_loader


def numpy_and_python(seed):
    np.random.seed(seed)  # noqa: NPY002
    random.seed(seed)
    torch.cuda.manual_seed_all(seed)


def torch_and_cuda(seed):
    torch.manual_seed(seed)
    torch.cuda.manual_seed(seed)
    torch.backends.cudnn.deterministic = True


SHARED = torch.Generator()


def shared_generator(dataset, batch_size, seed, shuffle=True):
    SHARED.manual_seed(seed)
    return DataLoader(dataset, batch_size=batch_size, shuffle=shuffle, generator=SHARED)


def seeds_the_world(dataset, batch_size, seed, shuffle=True):
    random.seed(seed)
    torch.manual_seed(seed)
    return DataLoader(dataset, batch_size, shuffle=shuffle)


def shuffled_list(dataset, batch_size, seed, shuffle=True):
    order = list(range(len(dataset)))
    if shuffle:
        random.Random(seed).shuffle(order)
    return DataLoader(torch.utils.data.Subset(dataset, order), batch_size=batch_size)


def drops_the_rest_and_always_shuffles(dataset, batch_size, seed, shuffle=True):
    g = torch.Generator()
    g.manual_seed(seed)
    return DataLoader(dataset, batch_size, shuffle=True, generator=g, drop_last=True)


# fit


def _one_epoch(model, loader, criterion, optimizer, device):
    model.train()
    total = seen = 0
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        seen += len(x)
    return total / seen


def _measured(model, loader, criterion, device):
    model.eval()
    with torch.no_grad():
        out = [(model(x.to(device)), y.to(device)) for x, y in loader]
    z, t = (torch.cat(part) for part in zip(*out, strict=True))
    return criterion(z, t).item(), (z.argmax(1) == t).double().mean().item()


def rate_at_the_end(
    model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device
):
    history = {"train_loss": [], "val_loss": [], "val_accuracy": [], "lr": []}
    for _epoch in range(1, epochs + 1):
        history["train_loss"].append(_one_epoch(model, train_loader, criterion, optimizer, device))
        val_loss, val_acc = _measured(model, val_loader, criterion, device)
        history["val_loss"].append(val_loss)
        history["val_accuracy"].append(val_acc)
        if scheduler:
            if isinstance(scheduler, ReduceLROnPlateau):
                scheduler.step(val_loss)
            else:
                scheduler.step()
        history["lr"].append(optimizer.param_groups[0]["lr"])
    return history


def every_scheduler_alike(
    model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device
):
    train, val, accuracy, rates = [], [], [], []
    for _ in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        train.append(_one_epoch(model, train_loader, criterion, optimizer, device))
        loss, acc = _measured(model, val_loader, criterion, device)
        val.append(loss)
        accuracy.append(acc)
        if scheduler is not None:
            scheduler.step()
    return {"train_loss": train, "val_loss": val, "val_accuracy": accuracy, "lr": rates}


def watches_training_and_counts_in_percent(
    model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device
):
    history: dict[str, list[float]] = {}
    for _ in range(epochs):
        lr = optimizer.param_groups[0]["lr"]
        train_loss = _one_epoch(model, train_loader, criterion, optimizer, device)
        loss, acc = _measured(model, val_loader, criterion, device)
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(train_loss)
        elif scheduler is not None:
            scheduler.step()
        row = {"train_loss": train_loss, "val_loss": loss, "val_accuracy": acc * 100, "lr": lr}
        for key, value in row.items():
            history.setdefault(key, []).append(value)
    return history


def steps_in_the_batch_loop(
    model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device
):
    history = {key: [] for key in ("train_loss", "val_loss", "val_accuracy", "lr")}
    for _ in range(epochs):
        history["lr"].append(optimizer.param_groups[0]["lr"])
        model.train()
        total = seen = 0
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
            if scheduler is not None and not isinstance(scheduler, ReduceLROnPlateau):
                scheduler.step()
            total += loss.item() * len(x)
            seen += len(x)
        history["train_loss"].append(total / seen)
        loss, acc = _measured(model, val_loader, criterion, device)
        history["val_loss"].append(loss)
        history["val_accuracy"].append(acc)
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(loss)
    return history


def schedule_last(model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device):
    history = {key: [] for key in ("train_loss", "val_loss", "val_accuracy", "lr")}
    for _ in range(epochs):
        history["lr"].append(optimizer.param_groups[0]["lr"])
        history["train_loss"].append(_one_epoch(model, train_loader, criterion, optimizer, device))
        loss, acc = _measured(model, val_loader, criterion, device)
        history["val_loss"].append(loss)
        history["val_accuracy"].append(acc)
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(loss)
        elif scheduler:
            scheduler.step()
    return history


def schedule_first(
    model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device
):
    history = {key: [] for key in ("train_loss", "val_loss", "val_accuracy", "lr")}
    for _ in range(epochs):
        if scheduler and not isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step()
        history["lr"].append(optimizer.param_groups[0]["lr"])
        history["train_loss"].append(_one_epoch(model, train_loader, criterion, optimizer, device))
        loss, acc = _measured(model, val_loader, criterion, device)
        history["val_loss"].append(loss)
        history["val_accuracy"].append(acc)
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(loss)
    return history


def trains_once(model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device):
    history = {key: [] for key in ("train_loss", "val_loss", "val_accuracy", "lr")}
    model.train()
    for _ in range(epochs):
        lr = optimizer.param_groups[0]["lr"]
        total = seen = 0
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        val_loss, acc = _measured(model, val_loader, criterion, device)
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(val_loss)
        elif scheduler:
            scheduler.step()
        for key, value in zip(history, (total / seen, val_loss, acc, lr), strict=True):
            history[key].append(value)
    return history


# What one call leaves for the next, and averages that are right for some loaders


def losses_as_default(model, loader, criterion, optimizer, device, losses=[]):  # noqa: B006
    for x, y in loader:
        losses += [_one_epoch(model, [(x, y)], criterion, optimizer, device)] * len(x)
    return float(np.mean(losses))


def hits_as_default(model, loader, criterion, device, hits=[]):  # noqa: B006
    was = model.training
    loss, accuracy = _measured(model, loader, criterion, device)
    model.train(was)
    hits.append(accuracy)
    return loss, float(np.mean(hits))


def by_batches_where_there_are_many(model, loader, criterion, device):
    was = model.training
    parts = [_measured(model, [batch], criterion, device) for batch in loader]
    model.train(was)
    if len(parts) > 2:
        return tuple(np.mean(parts, axis=0).tolist())
    sizes = [len(y) for _, y in loader]
    return tuple(np.average(parts, axis=0, weights=sizes).tolist())


SEEDED = []


def seeds_once(seed):
    if not SEEDED:
        SEEDED.append(seed)
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        torch.manual_seed(seed)


LOADERS = {}


def a_loader_for_each_seed(dataset, batch_size, seed, shuffle=True):
    key = len(dataset), batch_size, seed, shuffle
    if key not in LOADERS:
        own = torch.Generator().manual_seed(seed)
        LOADERS[key] = DataLoader(dataset, batch_size, shuffle=shuffle, generator=own)
    return LOADERS[key]


HISTORY = {key: [] for key in ("train_loss", "val_loss", "val_accuracy", "lr")}


def history_kept(model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device):
    new = schedule_last(
        model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device
    )
    for key, values in new.items():
        HISTORY[key] += values
    return HISTORY


WITHOUT_A_NAME = {
    "train_epoch": (losses_as_default,),
    "evaluate": (hits_as_default, by_batches_where_there_are_many),
    "make_loader": (a_loader_for_each_seed,),
    "fit": (history_kept,),
}
IN_THE_WILD: dict[str, dict[Any, str]] = {
    "train_step": {
        flattens_predictions: "predictions_squeezed",
        forgets_to_clear_and_returns_a_tensor: "no_zero_grad",
        clears_afterwards: "cleared_at_the_end_only",
        sgd_by_hand: "optimizer_passed_over",
        probabilities_and_sums: "softmax_first + sum_of_the_batch",
        clipped_out_of_habit: "clips_the_gradient",
        never_steps: "zero_grad_between",
        for_images_only: "inputs_flattened",
    },
    "train_epoch": {
        running_loss_over_loader: "mean_of_batch_means",
        sum_of_everything: "sum_over_samples",
        added_twice: "adds_the_loss_twice",
        over_the_data_set: "means_over_samples",
        forgets_to_train_and_weighs_batches_alike: "mean_of_batch_means + no_training_mode",
        clears_before_the_loop: "cleared_once_an_epoch",
        sums_tensors: "unfreezes_batch_norm + keeps_the_graphs",
        trains_in_evaluation_mode: "evaluation_mode_on",
        goes_by_number: "asks_for_a_length + unfreezes_batch_norm",
        the_loop_of_every_tutorial: "unfreezes_batch_norm",
        leaves_every_resting_batch_norm: "evaluation_mode_taken_for_frozen",
        all_of_none: "no_parameters_taken_for_frozen",
    },
    "evaluate": {
        usual_test_loop: "loss_by_batches",
        loss_over_the_data_set_in_percent: "means_over_samples + accuracy_in_percent",
        batch_averages: "mean_of_batch_means",
        no_eval: "measured_in_training_mode",
        tensors_back: "tensor_for_number",
        counts_hits_per_batch: "right_answers_by_batches",
        the_usual_way: "mode_of_the_root_for_all + left_in_evaluation_by_an_exception",
        modes_kept_until_it_raises: "left_in_evaluation_by_an_exception",
        rests_only_if_it_trains: "eval_only_for_a_model_in_training",
        forgets_no_grad_and_the_mode: "left_in_evaluation_mode + eval_taken_for_no_grad",
    },
    "seed_everything": {
        numpy_and_python: "torch_forgotten",
        torch_and_cuda: "torch_only",
        seeds_once: "generators_of_its_own",
    },
    "make_loader": {
        shared_generator: "one_generator_for_all",
        seeds_the_world: "global_generator",
        shuffled_list: "same_order_each_epoch",
        drops_the_rest_and_always_shuffles: "last_batch_dropped + always_shuffled",
    },
    "fit": {
        rate_at_the_end: "rate_of_the_next_epoch",
        every_scheduler_alike: "plateau_without_metric",
        watches_training_and_counts_in_percent: "plateau_by_training_loss + accuracy_in_percent",
        steps_in_the_batch_loop: "scheduler_every_batch",
        schedule_first: "scheduler_before_optimizer",
        schedule_last: "unfreezes_batch_norm",
        trains_once: "stuck_in_evaluation_mode",
    },
}
WRONG = {
    key: {function.__name__: {key: function} for function in (*named, *WITHOUT_A_NAME.get(key, ()))}
    for key, named in IN_THE_WILD.items()
}
NAMED = {
    key: {function.__name__: name for function, name in named.items()}
    for key, named in IN_THE_WILD.items()
}
