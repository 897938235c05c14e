"""Wrong answers of lesson 08: each breaks one clause of the contract, most of them not in the bank.

Edits of `numpy_trainer_plain.py`, whose lines are not the reference's.
"""

from __future__ import annotations

import inspect
from typing import Any

from . import numpy_trainer_plain as plain

Edits = list[tuple[str, str]]
FIT_EPOCH = "x[~validates], y[~validates]"
SAVED = "        np.savez_compressed(other, **arrays)\n        os.replace(other, path)\n"

INIT: dict[str, Edits] = {
    "truncated": [("rng.standard_normal((i, o))", "np.clip(rng.standard_normal((i, o)), -2, 2)")],
    "deviation of He's uniform rule": [("math.sqrt(i / 2)", "math.sqrt(i / 6)")],
    "float32": [("rng.standard_normal((i, o))", "rng.standard_normal((i, o), dtype=np.float32)")],
    "biases of a row": [("np.full(o, 0.0)", "np.full((1, o), 0.0)")],
    "biases of 0.01": [("np.full(o, 0.0)", "np.full(o, 0.01)")],
    "integer biases": [("np.full(o, 0.0)", "np.full(o, 0)")],
    "all layers as wide as the first": [("math.sqrt(i / 2)", "math.sqrt(layers[0][0] / 2)")],
    "last layer at zero": [("math.sqrt(i / 2)", "math.sqrt(i / 2) * (k + 1 < len(layers))")],
    "without biases": [("return {**biases, **weights}", "return weights")],
    "absolute": [("rng.standard_normal((i, o))", "np.abs(rng.standard_normal((i, o)))")],
    "a list": [("return {**biases, **weights}", "return list(biases), list(weights)")],
}

PASSES: dict[str, Edits] = {
    "leaky": [("1.0, 0.0)", "1.0, 0.01)")],
    "hidden units capped at 6": [("h = passed * z", "h = np.minimum(passed * z, 6.0)")],
    "capped": [("    return z, tuple(trail)", "    return np.minimum(z, 50.0), tuple(trail)")],
    "x in place": [("np.array(x, dtype=float), []", "x, []\n    x -= 1e-3")],
    "float32": [("return z, tuple", "return z.astype(np.float32), tuple")],
    "softmax": [("return z, tuple", "return np.exp(z) / np.exp(z).sum(1, keepdims=True), tuple")],
    "dropout by columns": [("size=z.shape)", "size=(z.shape[0], 1))")],
    "dropout on the first layer only": [
        ("        if training:", "        if training and k == 1:")
    ],
    "dropout without scale in the first": [("keep / (1.0 - p)", "keep / (1.0 - p * (k > 1))")],
    "scale squared": [("keep / (1.0 - p)", "keep / (1.0 - p) ** 2")],
    "noise": [
        (
            "keep = rng.binomial(1, 1.0 - p, size=z.shape)",
            "keep = (1 - p) * (1 + p * rng.normal(size=z.shape))",
        )
    ],
    "only the last gradients": [("reversed(range(len(caches)))", "[len(caches) - 1]")],
    "bias gradients as rows": [('np.einsum("nm->m", blame)', "blame.sum(0, keepdims=True)")],
    "dlogits in place": [("np.array(dlogits)", "dlogits\n    dlogits *= 1.0 + 1e-3")],
    "weights not passed": [
        ('np.einsum("nm,dm->nd", blame, layer["weights"])', 'blame @ np.sign(layer["weights"]).T')
    ],
    "clipped gradients": [
        ("grads, blame = {}, np.array(dlogits)", "grads, blame = {}, np.clip(dlogits, -1, 1)")
    ],
    "decay in the gradient": [
        ("    return grads", "    grads['W1'] += 0.01 * caches[0]['weights']\n    return grads")
    ],
    "a second call adds up": [
        ("    return grads", "    caches[0]['into'] += 1e-3\n    return grads")
    ],
    "other names": [('grads["b%d" % (k + 1)]', 'grads["b%d" % k]')],
}

EPOCH: dict[str, Edits] = {
    "one group too few": [
        (
            "for group in optimizer.groups:\n        group.update",
            "for group in optimizer.groups[1:]:\n        group.update",
        )
    ],
    "median": [("np.float64(sum(losses) / len(losses))", "np.median(losses)")],
    "running mean": [
        ("np.float64(sum(losses) / len(losses))", "0.9 * np.mean(losses) + 0.1 * losses[-1]")
    ],
    "batches of one less": [
        (
            "batch_size], order[batch_size:]",
            "max(batch_size - 1, 1)], order[max(batch_size - 1, 1):]",
        )
    ],
    "1e-6 in the denominator": [("- total[:, None])", "- np.log(np.exp(total) + 1e-6)[:, None])")],
    "two steps a batch": [
        (
            "        optimizer.step(tuple(dealt))",
            "        optimizer.step(tuple(dealt))\n        optimizer.step(tuple(dealt))",
        )
    ],
    "first batch twice": [
        ("    losses = []\n", "    losses = []\n    order = order[:batch_size] + order\n")
    ],
    "reversed": [("rng.shuffle(order)", "order.reverse()")],
    "permuted in place": [("    losses = []\n", "    losses = []\n    x -= x.mean()\n")],
    "gradients negated": [
        (
            "np.eye(logits.shape[1])[y[rows]]) / len(rows)",
            "np.eye(logits.shape[1])[y[rows]]) / -len(rows)",
        )
    ],
    "clipped": [
        (
            "grads = backward(blame, caches)",
            "grads = {k: np.clip(g, -0.01, 0.01) for k, g in backward(blame, caches).items()}",
        )
    ],
    "no dropout": [("x[rows], p, rng, True", "x[rows], 0.0, rng, True")],
    "half of p": [("x[rows], p, rng, True", "x[rows], p / 2, rng, True")],
    "label smoothing": [
        (
            "np.eye(logits.shape[1])[y[rows]])",
            "0.9 * np.eye(logits.shape[1])[y[rows]] - 0.1 / logits.shape[1])",
        )
    ],
    "returns a list": [("return np.float64(sum(losses) / len(losses))", "return losses")],
    "two shuffles": [("y[rows]]) / len(rows)", "y[rows][::-1]]) / len(rows)")],
}

EVALUATE: dict[str, Edits] = {
    "training mode": [("0.5, None, False", "0.5, np.random.default_rng(0), True")],
    "1e-6 in the denominator": [("losses.mean()", "(losses + np.log1p(1e-6)).mean()")],
    "top two": [("np.argsort(row)[-1] == target", "target in np.argsort(row)[-2:]")],
    "accuracy by batch": [("sum(right) / len(right)", "float(np.round(np.mean(right), 1))")],
    "median": [("losses.mean()", "np.median(losses)")],
    "clipped at 100": [("losses.mean()", "np.minimum(losses, 100).mean()")],
    "unbiased": [("losses.mean()", "losses.sum() / max(len(losses) - 1, 1)")],
    "as a dict": [
        (
            "return np.asarray(losses.mean()), sum(right) / len(right)",
            "return {'loss': losses.mean(), 'accuracy': sum(right) / len(right)}",
        )
    ],
    "loss by row": [("np.asarray(losses.mean())", "losses")],
    "balanced": [
        (
            "sum(right) / len(right)",
            "np.mean([np.mean(np.array(right)[y == c]) for c in set(y.tolist())])",
        )
    ],
    "x in place": [
        ("logits, _ = forward(params, x, 0.5", "x *= 1.001\n    logits, _ = forward(params, x, 0.5")
    ],
}

CHECKPOINT: dict[str, Edits] = {
    "copied, not renamed": [
        (
            "os.replace(other, path)",
            "Path(path).write_bytes(Path(other).read_bytes())\n        os.remove(other)",
        )
    ],
    "removed first": [
        (SAVED, "        if os.path.exists(path):\n            os.remove(path)\n" + SAVED)
    ],
    "a backup left": [
        (
            "        os.replace(other, path)\n",
            "        os.replace(other, path)\n        Path(path + '.bak').write_bytes(b'')\n",
        )
    ],
    "no epoch": [('    return everything["epoch"]', "    return None")],
    "epoch as text": [('    return everything["epoch"]', '    return str(everything["epoch"])')],
    "saving draws": [
        ("    arrays, shape = {}, []\n", "    arrays, shape = {}, []\n    rng.random()\n")
    ],
    "loading copies the params": [
        (
            "        np.copyto(params[name], saved[name])",
            "        params[name] = saved[name].copy()",
        )
    ],
    "one parameter less": [
        (
            "    for name in params:\n        np.copyto",
            "    for name in sorted(params)[1:]:\n        np.copyto",
        )
    ],
    "zip errors pass": [("zipfile.BadZipFile, zlib.error", "zlib.error")],
    "empty files pass as they are": [("(OSError, EOFError, KeyError,", "(OSError, KeyError,")],
    "missing members pass": [("EOFError, KeyError,", "EOFError,")],
    "only shapes": [
        (
            "set(saved) != set(params) or any(saved[k].shape != params[k].shape for k in params)",
            "[v.shape for v in saved.values()] != [v.shape for v in params.values()]",
        ),
        (
            "np.copyto(params[name], saved[name])",
            "np.copyto(params[name], list(saved.values())[list(params).index(name)])",
        ),
    ],
    "only sizes": [
        ("saved[k].shape != params[k].shape", "saved[k].size != params[k].size"),
        ("np.copyto(params[name], saved[name])", "params[name].flat = saved[name].ravel()"),
    ],
    "generator before the optimizer": [
        (
            "    kept = optimizer.state_dict()\n",
            "    rng.bit_generator.state = everything['rng']\n    kept = optimizer.state_dict()\n",
        )
    ],
}

FIT: dict[str, Edits] = {
    "validated on all": [
        ("evaluate(params, x[validates], y[validates])", "evaluate(params, x, y)")
    ],
    "total patience": [('elif e - best >= c["patience"]:', 'elif e >= c["patience"]:')],
    "last lowest": [
        ('int(np.argmin(history["val_loss"]))', 'e - int(np.argmin(history["val_loss"][::-1]))')
    ],
    "constant rate": [
        (
            '(c["lr"] - c["min_lr"]) * math.cos(math.pi * (e - w) / (c["epochs"] - w) / 2) ** 2',
            '(c["lr"] - c["min_lr"])',
        )
    ],
    "full period": [('(c["epochs"] - w) / 2) ** 2', '(c["epochs"] - w)) ** 2')],
    "warm-up one less": [("(e + 1) / w)", "(e + 1) / (w + 1))")],
    "batch size unused": [('c["batch_size"], lr', "32, lr")],
    "rows by the first": [
        (
            'rng.choice(len(x), size=round(c["val_fraction"] * len(x)), replace=False)',
            'rng.integers(len(x), size=round(c["val_fraction"] * len(x)))',
        )
    ],
    "scaled": [
        ("    c = dict(config)\n", "    c = dict(config)\n    x = x / (1 + np.abs(x).max())\n")
    ],
    "history as arrays of epochs": [("return kept, history", "return kept, [history]")],
    "no lr column": [("return kept, history", "history.pop('lr')\n    return kept, history")],
    "percent": [("append(accuracy)", "append(100 * accuracy + 1)")],
    "config changed": [
        ("    c = dict(config)\n", "    c = config\n    c['epochs'] += 0\n    c['best'] = None\n")
    ],
    "one layer wider": [
        ('init_mlp(c["sizes"], rng)', 'init_mlp([*c["sizes"][:-1], c["sizes"][-1] + 1], rng)')
    ],
    "never learns": [
        (
            "array -= lr * self.decay[k] * array + lr * first",
            "array -= lr * self.decay[k] * array + 0 * first",
        )
    ],
}

EDITS = {
    "init_mlp": INIT,
    "forward__backward": PASSES,
    "train_epoch": EPOCH,
    "evaluate": EVALUATE,
    "save_checkpoint__load_checkpoint": CHECKPOINT,
    "fit": FIT,
}


def edited(key: str, edits: Edits, module: Any = plain) -> dict[str, Any]:
    """The names of an exercise as some right answers define them, each piece replaced once."""
    source = inspect.getsource(module)
    for old, new in edits:
        assert source.count(old) == 1, (key, source.count(old), old)
        source = source.replace(old, new)
    names: dict[str, Any] = {"__name__": "edited"}
    exec(compile(source, "<edited>", "exec"), names)
    return {name: names[name] for name in key.split("__")}
