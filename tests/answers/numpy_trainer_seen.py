"""Wrong answers of lesson 08 as people write them, alone and two at once, and what they are named.

Edits of `numpy_trainer_objects.py`, whose lines are not the reference's.
"""

from __future__ import annotations

from .numpy_trainer_wrong import Edits

LOSSES = "        seen[rows], blame = losses_and_blame(logits, y.take(rows))\n"
KEPT = "        seen.append(some.mean())\n"
BATCHES = "np.split(order, range(batch_size, len(x), batch_size))"
LOSS = "(top + np.log(total) - picked)[:, 0]"
ALL_LOSSES = "        total += losses_and_blame(logits, y[start : start + 16])[0].sum()\n"
WRITTEN = (
    "    with tempfile.TemporaryDirectory(dir=target.parent) as folder:\n"
    '        aside = Path(folder) / "new"\n'
    "        aside.write_bytes(buffer.getvalue())\n"
    "        aside.rename(target)\n"
)
COPY = "{name: array + 0.0 for name, array in params.items()}"

# exercise -> label -> (edits, the name of what is in them)
SEEN: dict[str, dict[str, tuple[Edits, str]]] = {
    "init_mlp": {
        "a hundredth and tables for biases": (
            [("fan_in**-0.5 * 2**0.5", "0.01"), ("ones(sizes[layer])", "ones((1, sizes[layer]))")],
            "small_constant",
        ),
        "the variance and ones": (
            [("fan_in**-0.5 * 2**0.5", "2 / fan_in"), ("0 * np.ones", "np.ones")],
            "variance_as_deviation + biases_of_ones",
        ),
        "a generator of its own": (
            [("    params = {}\n", "    params, rng = {}, np.random.default_rng(42)\n")],
            "seeded_inside_once",
        ),
        "no gain": ([("fan_in**-0.5 * 2**0.5", "fan_in**-0.5")], "without_the_gain"),
    },
    "forward__backward": {
        "p stays": (
            [("rng is not None:", "rng is not None and self.p:"),
             ("< self.p)", ">= self.p)"), ("1 / (1 - self.p)", "1 / self.p")],
            "p_is_the_probability_to_keep",
        ),
        "no factor": ([("            self.factor = 1 / (1 - self.p)\n", "")], "not_scaled"),
        "open at 0 and a mean": (
            [("h <= 0", "h < 0"), ("ones @ blame", "blame.mean(0)")],
            "biases_averaged + open_at_zero",
        ),
        "by the generator": (
            [("rng if training else None", "rng")],
            "dropped_wherever_there_is_a_generator",
        ),
        "no gate on the way back": (
            [("np.where(self.closed, 0.0, blame * self.factor)", "blame")],
            "gate_ignored_on_the_way_back",
        ),
        "no ReLU on the way back": (
            [("h <= 0\n", "h <= 0\n        self.dropped = np.zeros(h.shape, bool)\n"),
             ("self.closed = self.closed | (self.rng.uniform(size=h.shape) < self.p)",
              "self.dropped = self.rng.uniform(size=h.shape) < self.p\n"
              "            self.closed = self.closed | self.dropped"),
             ("np.where(self.closed, 0.0, blame", "np.where(self.dropped, 0.0, blame")],
            "relu_skipped_on_the_way_back",
        ),
        "ReLU at the end": (
            [("    return h, chain", "    return np.maximum(h, 0), chain")],
            "relu_on_the_logits_one_way",
        ),
        "a mask a batch": (
            [("size=h.shape", "size=h.shape[1:]")],
            "one_mask_for_all_rows",
        ),
    },
    "train_epoch": {
        "batches as they come, and their mean": (
            [("np.argsort(rng.random(len(x)))", "np.arange(len(x))"),
             ("seen = np.empty(len(x))", "seen = []"),
             (LOSSES, LOSSES.replace("seen[rows]", "some") + KEPT),
             ("return seen.mean()", "return np.mean(seen)")],
            "mean_of_batch_means + not_shuffled",
        ),
        "a sum": ([("return seen.mean()", "return seen.sum()")], "sum_of_losses"),
        "whole batches": (
            [("np.empty(len(x))", "np.zeros(len(x))"),
             (BATCHES, f"[rows for rows in {BATCHES} if len(rows) == batch_size]")],
            "last_batch_dropped_mean_over_all_or_none",
        ),
        "divided twice": ([("backward(blame,", "backward(blame / len(rows),")], "divided_twice"),
        "an epsilon": (
            [(LOSS, "-np.log(np.take_along_axis(weights / total, y[:, None], 1) + 1e-10)[:, 0]")],
            "logarithm_of_probability_plus_1e10",
        ),
    },
    "evaluate": {
        "means of hundreds": (
            [("range(0, len(x), 16)", "range(0, len(x), 100)"),
             ("x[start : start + 16]", "x[start : start + 100]"),
             (ALL_LOSSES, ALL_LOSSES.replace("16", "100").replace("sum()", "mean()")),
             ("== y[start : start + 16]", "== y[start : start + 100]"),
             ("total / len(x),", "total / -(-len(x) // 100),")],
            "mean_of_losses_by_100",
        ),
        "a sum and percent": (
            [("[total / len(x), np.float64(", "[total, 100 * np.float64(")],
            "percent + sum_of_losses",
        ),
        "an epsilon": (
            [(LOSS, "-np.log(np.take_along_axis(weights / total, y[:, None], 1) + 1e-10)[:, 0]")],
            "probability_added_at_1e10",
        ),
    },
    "save_checkpoint__load_checkpoint": {
        "at once, in place": (
            [(WRITTEN, "    target.write_bytes(buffer.getvalue())\n")],
            "copied_not_renamed",
        ),
        "in place": (
            [("    np.savez(buffer, text=text)\n", ""),
             (WRITTEN, '    with open(path, "wb") as file:\n        np.savez(file, text=text)\n')],
            "written_in_place",
        ),
        "no generator, and errors pass": (
            [("    rng.bit_generator.state = generator\n", ""),
             ("except Exception:", "except KeyError:")],
            "generator_left_out",
        ),
        "other arrays, and the next epoch": (
            [("array.flat = saved[name].ravel()", "params[name] = saved[name]"),
             ("    return epoch\n", "    return epoch + 1\n")],
            "next_epoch + arrays_replaced",
        ),
    },
    "fit": {
        "from 0, and the last": (
            [("(k + 1) / warmup", "k / warmup"), (COPY, "params")],
            "warm_up_from_zero + best_by_reference",
        ),
        "cut off": ([("int(round(config", "int((config")], "rows_rounded_down"),
        "accuracy along a line": (
            [("(1 + np.cos(np.pi * k / left))", "(2 - 2 * k / left)"),
             ("if judged[0] < best[0]:", "if -judged[1] < best[0]:"),
             ("best = (judged[0],", "best = (-judged[1],")],
            "linear_decay + highest_accuracy_kept",
        ),
        "one too patient": (
            [('epoch - best[2] == config["patience"]', 'epoch - best[2] > config["patience"]')],
            "one_epoch_too_patient",
        ),
        "neither decay nor dropout": (
            [('config["weight_decay"]', "0.0"), ('config["dropout"]', "0.0")],
            "no_dropout + no_decay",
        ),
    },
}  # fmt: skip
