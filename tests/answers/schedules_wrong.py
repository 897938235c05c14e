"""Wrong answers to lesson 06 that are not in its bank: edits of the reference."""

from __future__ import annotations

CUTS = "** (step // step_size)"
GLIDE = "stop + (start - stop) / 2 * (1 + np.cos(np.pi * part))"
BETTER = "if metric < self.best * (1 - self.threshold):"
STOP = "if not np.isfinite(loss) or (losses and loss > 4 * min(losses)):"
SLOPES = "slopes = np.gradient(losses, np.log(lrs))"
END = "return lrs, losses, float(lrs[np.argmin(slopes)])"

EDITS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "step_decay": {
        "another default": [("step_size, gamma=0.1", "step_size, gamma=0.5")],
        "names swapped": [("base_lr, step_size, gamma", "base_lr, gamma, step_size")],
        "at most three cuts": [(CUTS, "** min(step // step_size, 3)")],
        "first stair twice as long": [(CUTS, "** max(step // step_size - 1, 0)")],
        "single precision": [("float(base_lr *", "np.float32(base_lr *")],
        "a list": [
            (
                "float(base_lr * gamma ** (step // step_size))",
                "[base_lr * gamma**(step//step_size)]",
            )
        ],
        "rounded": [
            (
                "float(base_lr * gamma ** (step // step_size))",
                "round(float(base_lr * gamma ** (step // step_size)), 3)",
            )
        ],
    },
    "exponential_decay": {
        "root": [("gamma**step)", "gamma ** (step / 2))")],
        "power law": [("gamma**step)", "(1 + step) ** (gamma - 1))")],
        "floored": [("float(base_lr * gamma**step)", "float(base_lr * max(gamma**step, 0.2))")],
        "half": [("gamma**step)", "2.0 ** -((1 - gamma) * step))")],
        "single precision": [("float(base_lr *", "np.float32(base_lr *")],
    },
    "cosine": {
        "another default": [("total_steps, min_lr=0.0", "total_steps, min_lr=1e-6")],
        "one step of min_lr, then 0": [
            ("return float(min_lr)", "return float(min_lr) if step <= 2 * total_steps else 0.0")
        ],
        "ends a step late": [
            ("(np.pi * step / total_steps)", "(np.pi * step / (total_steps + 1))")
        ],
        "squared": [
            (
                "(1 + np.cos(np.pi * step / total_steps)) / 2",
                "np.cos(np.pi * step / total_steps)**2",
            )
        ],
        "sine": [
            (
                "(1 + np.cos(np.pi * step / total_steps)) / 2",
                "1 - np.sin(np.pi * step / total_steps / 2)",
            )
        ],
        "min_lr of the height": [
            ("(base_lr - min_lr) * height", "base_lr * height * (1 - min_lr)")
        ],
        "pi as 3.14": [("np.pi * step", "3.14 * step")],
        "stuck at the start": [
            ("step / total_steps)) / 2", "max(step - 1, 0) / total_steps)) / 2")
        ],
        "after the end by one": [("if step >= total_steps", "if step > total_steps + 1")],
    },
    "linear_warmup": {
        "top one step later": [
            ("if step >= warmup_steps", "if step >= warmup_steps + 1 or not warmup_steps"),
            ("(step + 1) / warmup_steps", "(step + 0.5) / warmup_steps"),
        ],
        "quadratic": [("(step + 1) / warmup_steps", "((step + 1) / warmup_steps) ** 2")],
        "geometric": [
            ("base_lr * (step + 1) / warmup_steps", "base_lr * 0.5 ** (warmup_steps - 1 - step)")
        ],
        "from a tenth": [("(step + 1) / warmup_steps", "(0.1 + 0.9 * step / warmup_steps)")],
        "down again": [
            ("return float(base_lr)", "return float(base_lr / max(1, step + 1 - warmup_steps))")
        ],
        "whole division": [("(step + 1) / warmup_steps", "((step + 1) // warmup_steps)")],
        "one warm-up step is none": [("(step + 1) / warmup_steps", "step / warmup_steps + 0.01")],
    },
    "warmup_cosine": {
        "another default": [("total_steps, min_lr=0.0", "total_steps, min_lr=0.01")],
        "named in another order": [
            ("warmup_steps, total_steps, min_lr=0.0", "total_steps, warmup_steps, min_lr=0.0")
        ],
        "base from the climb": [
            (
                "return cosine(step - warmup_steps, base_lr,",
                "return cosine(step - warmup_steps, base_lr - min_lr,",
            )
        ],
        "min_lr added": [
            (
                "return cosine(step - warmup_steps, base_lr, total_steps - warmup_steps, min_lr)",
                "return min_lr + cosine(step - warmup_steps, base_lr, total_steps - warmup_steps)",
            )
        ],
        "min_lr before the climb": [
            (
                "    if step < warmup_steps:\n",
                "    if step >= total_steps - 1:\n        return float(min_lr)\n    if step < "
                "warmup_steps:\n",
            )
        ],
        "restarts": [
            (
                "    if step < warmup_steps:\n",
                "    step = step % total_steps\n    if step < warmup_steps:\n",
            )
        ],
        "a step of warm-up too many": [
            ("    if step < warmup_steps:\n", "    if step < warmup_steps and warmup_steps > 1:\n")
        ],
    },
    "one_cycle": {
        "another pct_start": [("pct_start=0.3,", "pct_start=0.25,")],
        "another div_factor": [("div_factor=25.0, final", "div_factor=10.0, final")],
        "another final_div_factor": [("final_div_factor=1e4)", "final_div_factor=1e5)")],
        "peak held for a step": [
            ("if step <= peak", "if step <= peak + 1"),
            ("step / peak", "min(step / peak, 1.0)"),
        ],
        "end before the last": [("if step >= end", "if step >= end - 1")],
        "climb from the last": [
            ("start, stop, part = first, max_lr", "start, stop, part = last, max_lr")
        ],
        "descent from a step after": [
            ("(step - peak) / (end - peak)", "(step - peak - 1) / (end - peak - 1)")
        ],
        "climb a step ahead": [("step / peak", "(step + 1) / (peak + 1)")],
        "linear down": [(GLIDE, f"start + (stop - start) * part if start == max_lr else {GLIDE}")],
        "ceiling": [
            ("peak, end = pct_start * total_steps", "peak, end = np.ceil(pct_start * total_steps)")
        ],
        "squared cosine": [(GLIDE, "stop + (start - stop) * np.cos(np.pi / 2 * part) ** 4")],
        "integer factors": [
            (
                "first = max_lr / div_factor",
                "first = max_lr // div_factor if isinstance(max_lr, int) else max_lr / div_factor",
            )
        ],
        "peak never before 0": [
            ("if step <= peak", "if peak < 0:\n        return float(max_lr)\n    if step <= peak")
        ],
    },
    "ReduceOnPlateau": {
        "another factor": [("lr, factor=0.1,", "lr, factor=0.5,")],
        "another patience": [("patience=10,", "patience=5,")],
        "another threshold": [("threshold=1e-4,", "threshold=1e-3,")],
        "a cooldown by default": [("cooldown=0,", "cooldown=1,")],
        "a floor by default": [("min_lr=0.0)", "min_lr=1e-6)")],
        "returns nothing": [("return self.lr", "return None")],
        "rate kept elsewhere": [
            (
                "self.lr = float(max(self.lr * self.factor, self.min_lr))",
                "self.rate = float(max(getattr(self, 'rate', self.lr) * self.factor, self.min_lr))",
            ),
            ("return self.lr", "return getattr(self, 'rate', self.lr)"),
        ],
        "a second rate": [
            (
                "self.lr = float(max(self.lr * self.factor, self.min_lr))",
                "self.lr = float(max(self.lr * self.factor, self.min_lr))\n            "
                "self.patience += 1",
            ),
        ],
        "best is a mean": [
            (
                "self.best = metric\n",
                "self.best = metric if self.best == np.inf else (self.best + metric) / 2\n",
            )
        ],
        "first epoch is bad": [
            (
                "self.best = np.inf\n        self.bad_epochs = 0\n",
                "self.best = np.inf\n        self.bad_epochs = 0\n        self.seen = 0\n",
            ),
            (
                BETTER,
                "self.seen += 1\n        if self.seen > 1 and metric < self.best * (1 - "
                "self.threshold) or self.seen == 1 and metric < 0:",
            ),
        ],
        "zero is no best": [(BETTER, "if metric < (self.best or np.inf) * (1 - self.threshold):")],
        "stops at nan": [
            (BETTER, "if metric != metric:\n            self.lr = float('nan')\n        " + BETTER)
        ],
        "two-sided": [(BETTER, "if abs(metric) < abs(self.best) * (1 - self.threshold):")],
        "cooldown counts once": [("if self.cooling > 0:", "if self.cooling == self.cooldown > 0:")],
        "min_lr times factor": [
            ("max(self.lr * self.factor, self.min_lr)", "max(self.lr, self.min_lr) * self.factor")
        ],
        "window": [
            (
                BETTER,
                "self.window = [*getattr(self, 'window', []), metric][-4:]\n        if metric < "
                "self.best * (1 - self.threshold) or metric < max(self.window):",
            )
        ],
    },
    "linear_scaling": {
        "an int for ints": [
            (
                "float(base_lr * batch / base_batch)",
                "base_lr * batch // base_batch if batch % base_batch == 0 else base_lr * batch / "
                "base_batch",
            )
        ],
        "power of two": [
            (
                "float(base_lr * batch / base_batch)",
                "float(base_lr * 2.0 ** np.round(np.log2(batch / base_batch)))",
            )
        ],
        "capped": [
            ("float(base_lr * batch / base_batch)", "float(base_lr * min(batch / base_batch, 2.0))")
        ],
        "logarithm": [
            (
                "float(base_lr * batch / base_batch)",
                "float(base_lr * (1 + np.log(batch / base_batch)))",
            )
        ],
        "reordered": [("base_lr, base_batch, batch)", "base_lr, batch, base_batch)")],
        "single precision": [("return float(", "return np.float32(")],
    },
    "lr_range_test": {
        "lists": [(END, "return list(lrs), list(losses), float(lrs[np.argmin(slopes)])")],
        "reordered": [(END, "return losses, lrs, float(lrs[np.argmin(slopes)])")],
        "no suggestion": [(END, "return lrs, losses")],
        "a dict": [(END, "return {'lrs': lrs, 'losses': losses}")],
        "suggestion as an int": [(END, "return lrs, losses, int(np.argmin(slopes))")],
        "one step more": [("steps):\n        loss", "steps + 1):\n        loss")],
        "smoothed losses": [
            (
                "losses.append(loss)",
                "losses.append(loss if not losses else 0.5 * losses[-1] + 0.5 * loss)",
            )
        ],
        "rates kept, loss dropped": [
            (
                "            break\n        lrs.append(lr)\n",
                "            lrs.append(lr)\n            break\n        lrs.append(lr)\n",
            ),
            (SLOPES, "slopes = np.gradient(losses, np.log(lrs[: len(losses)]))"),
        ],
        "three times": [("loss > 4 * min", "loss > 3 * min")],
        "five times": [("loss > 4 * min", "loss > 5 * min")],
        "four times the mean": [("loss > 4 * min(losses)", "loss > 4 * sum(losses) / len(losses)")],
        "skips what is not finite": [
            (
                STOP + "\n            break",
                "if losses and loss > 4 * min(losses):\n            break\n        if not "
                "np.isfinite(loss):\n            continue",
            )
        ],
        "tries again at the best": [(END, "loss_at_lr(float(lrs[np.argmin(slopes)]))\n    " + END)],
        "warms up first": [
            (
                "    lrs, losses = [], []\n",
                "    lrs, losses = [], []\n    loss_at_lr(float(min_lr))\n",
            )
        ],
        "middle of the range": [(END, "return lrs, losses, float(np.sqrt(lrs[0] * lrs[-1]))")],
        "half of the lowest": [(END, "return lrs, losses, float(lrs[np.argmin(losses)]) / 2")],
        "a fixed factor": [
            ("np.geomspace(min_lr, max_lr, steps)", "min_lr * 1.5 ** np.arange(steps)")
        ],
    },
}
