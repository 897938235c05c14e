"""The class Adam as real people get it wrong, in several styles, each with the thought in it."""

from __future__ import annotations

from . import optimizers_loops as loops
from . import optimizers_more as more
from . import optimizers_torchlike as torchlike
from .optimizers_wrong import edited

ROOT = 'np.sqrt(slot["v"]) / math.sqrt(1 - beta2**t)'
SLOT = '{"step": slot["step"], "m": slot["m"].copy(), "v": slot["v"].copy()}\n'
LOADED = '            for number, slot in state["state"]'
SAVED = "            for number, slot in self.state"
COUNT = "        self.count = self.count + 1\n"
LOOP = "            for weight, grad in zip(weights, given, strict=True):\n"
DECAY = '        if group["decoupled"]:\n            param -= lr * decay * old\n'

# label: the answer that is edited, the edits, and the thought.
OF_REAL_CLASS = {
    "squares uncorrected": (
        torchlike.Adam,
        [(ROOT, 'np.sqrt(slot["v"])')],
        "only_m_corrected",
    ),
    "eps on the raw root": (
        torchlike.Adam,
        [
            (ROOT, '(np.sqrt(slot["v"]) + group["eps"]) / math.sqrt(1 - beta2**t)'),
            ('        denominator += group["eps"]\n', ""),
        ],
        "eps_before_correction",
    ),
    "decayed at the end": (
        torchlike.Adam,
        [
            ("param *= 1 - lr * decay", "pass"),
            (
                '* slot["m"] / denominator',
                '* slot["m"] / denominator\n        param *= 1 - lr * decay * group["decoupled"]',
            ),
        ],
        "decay_after_step",
    ),
    "gradient takes the decay": (
        torchlike.Adam,
        [("grad = grad + decay * param", "grad += decay * param")],
        "decay_added_into_gradient",
    ),
    "averages handed out": (
        torchlike.Adam,
        [(SLOT + SAVED, SLOT.replace(".copy()", "") + SAVED)],
        "state_not_copied",
    ),
    "counter not loaded": (
        torchlike.Adam,
        [(SLOT + LOADED, SLOT.replace('slot["step"]', "0") + LOADED)],
        "saved_without_t",
    ),
    "or": (
        loops.Adam,
        [("new[key] = group[key]", "new[key] = group[key] or new.get(key)")],
        "zero_is_no_override",
    ),
    "counted for each weight": (
        loops.Adam,
        [(COUNT, ""), (LOOP, LOOP + "        " + COUNT)],
        "t_once_a_parameter",
    ),
    "L2 whatever is asked for": (
        more.AdamInGroups,
        [('if not group["decoupled"]:', "if True:"), (DECAY, "")],
        "always_l2",
    ),
    "unscaled, and few checks": (
        more.AdamInGroups,
        [
            ("param -= lr * decay * old", "param -= decay * old"),
            ('raise ValueError("another shape")', "pass"),
        ],
        "decay_not_scaled_by_lr",
    ),
    "eps inside": (
        more.AdamOfSlots,
        [
            (
                '(slot.v / (1 - b2**self.steps)) ** 0.5 + group["eps"]',
                '(slot.v / (1 - b2**self.steps) + group["eps"]) ** 0.5',
            )
        ],
        "eps_inside_root",
    ),
}
REAL_CLASS = {
    f"real: {label}": ({"Adam": edited(thing, edits)}, name)
    for label, (thing, edits, name) in OF_REAL_CLASS.items()
}
