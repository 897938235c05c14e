"""Wrong answers of the class Adam: edits of the one in `optimizers_plain.py`. What it saves and
loads is in `optimizers_wrong_state.py`."""

from __future__ import annotations

GROUPS = "self.groups = [{**defaults, **group} for group in groups]"
STEP = 'p -= group["lr"] * m_hat / (np.sqrt(v_hat) + group["eps"])'
M = "m = self.m[i][j] = beta1 * self.m[i][j] + (1 - beta1) * g"
V = "v = self.v[i][j] = beta2 * self.v[i][j] + (1 - beta2) * g**2"
SHRINK = 'p *= 1 - group["lr"] * group["weight_decay"]'
L2 = 'g = g + group["weight_decay"] * p'
COUNT = "        self.t += 1\n"
INNER = '            for j, p in enumerate(group["params"]):\n'
LOAD = 'self.t, self.m, self.v = state["t"], state["m"], state["v"]'

OF_CLASS = {
    "other lr": [("lr=1e-3", "lr=1e-2")],
    "other betas": [("0.999)", "0.99)")],
    "other eps": [("eps=1e-8", "eps=1e-7")],
    "decay by default": [("weight_decay=0.0", "weight_decay=0.01")],
    "L2 by default": [("decoupled=True", "decoupled=False")],
    "another order": [
        ("eps=1e-8, weight_decay=0.0", "epsilon=1e-8, weight_decay=0.0"),
        ('"eps": eps', '"eps": epsilon'),
    ],
    "dicts filled in": [
        (
            GROUPS,
            "self.groups = groups\n        for g in groups:\n"
            "            for k in defaults:\n                g.setdefault(k, defaults[k])",
        )
    ],
    "dicts emptied": [
        (GROUPS, 'self.groups = [{**defaults, "params": g.pop("params"), **g} for g in groups]')
    ],
    "dicts shared when complete": [
        (
            GROUPS,
            "self.groups = [g if len(g) == 1 else {**defaults, **g} for g in groups]\n"
            "        for g in self.groups:\n            g.update({**defaults, **g})",
        )
    ],
    "only lr can be overridden": [
        (
            GROUPS,
            'self.groups = [{**defaults, "lr": g.get("lr", lr), "params": g["params"]} '
            "for g in groups]",
        )
    ],
    "or": [
        (
            GROUPS,
            'self.groups = [{"params": g["params"], **{k: g.get(k) or d '
            "for k, d in defaults.items()}} for g in groups]",
        )
    ],
    **{
        f"{key} cannot be overridden": [
            (GROUPS, f'self.groups = [{{**defaults, **g, "{key}": {key}}} for g in groups]')
        ]
        for key in ("lr", "betas", "eps", "weight_decay", "decoupled")
    },
    "eps of the first group": [('group["eps"])', 'self.groups[0]["eps"])')],
    "betas of the first group": [('= group["betas"]', '= self.groups[0]["betas"]')],
    "decay of the first group": [(SHRINK, SHRINK.replace('group["w', 'self.groups[0]["w'))],
    "options not resolved": [
        (GROUPS, "self.groups = [dict(g) for g in groups]"),
        (
            "        for i, group in enumerate(self.groups):\n",
            "        for i, group in enumerate({**self.defaults, **g} for g in self.groups):\n",
        ),
        ("        self.t = 0\n", "        self.t = 0\n        self.defaults = defaults\n"),
    ],
    "betas as two options": [
        ('"betas": betas, ', '"beta1": betas[0], "beta2": betas[1], '),
        ('group["betas"]', 'group.get("betas", (group["beta1"], group["beta2"]))'),
    ],
    "lr kept by group": [
        (
            "        self.t = 0\n",
            "        self.t = 0\n        self.rates = [g['lr'] for g in self.groups]\n",
        ),
        (STEP, STEP.replace('group["lr"]', "self.rates[i]")),
    ],
    "decay keeps the first rate": [
        (
            "        self.t = 0\n",
            "        self.t = 0\n        self.rates = [g['lr'] for g in self.groups]\n",
        ),
        (SHRINK, SHRINK.replace('group["lr"]', "self.rates[i]")),
    ],
    "rate seen a step late": [
        (
            "        self.t = 0\n",
            "        self.t = 0\n        self.rates = [g['lr'] for g in self.groups]\n",
        ),
        ('group["lr"]', "self.rates[i]"),
        (
            COUNT,
            COUNT + "        self.rates, new = getattr(self, 'new', self.rates), "
            "[g['lr'] for g in self.groups]\n        self.new = new\n",
        ),
    ],
    "rate 0 is skipped": [
        (INNER, '            if not group["lr"]:\n                continue\n' + INNER)
    ],
    "t once a parameter": [(COUNT, ""), (INNER, INNER + "                self.t += 1\n")],
    "t once a group": [(COUNT, ""), (INNER, "            self.t += 1\n" + INNER)],
    "t from 2": [("self.t = 0\n", "self.t = 1\n")],
    "t after the step": [(COUNT, ""), (STEP, STEP + "\n        self.t += 1")],
    "t in the class": [
        ("class Adam:\n", "class Adam:\n    t = 0\n\n"),
        ("        self.t = 0\n", ""),
        (COUNT, "        Adam.t += 1\n"),
        (LOAD, 'Adam.t, self.m, self.v = state["t"], state["m"], state["v"]'),
    ],
    "state by first shape": [
        (
            INNER,
            INNER.replace("j, p", "k, p")
            + '                j = [q.shape for q in group["params"]].index(p.shape)\n',
        ),
        ("grads[i][j]", "grads[i][k]"),
    ],
    "state by value": [
        (
            INNER,
            INNER.replace("j, p", "k, p")
            + '                j = [np.array_equal(q, p) for q in group["params"]].index(True)\n',
        ),
        ("grads[i][j]", "grads[i][k]"),
    ],
    "gradient of the first": [
        ("grads[i][j]", "grads[i][0] if g_shape(grads, i, j) else grads[i][j]"),
        (
            "class Adam:\n",
            "def g_shape(grads, i, j):\n"
            "    return grads[i][0].shape == grads[i][j].shape\n\n\n"
            "class Adam:\n",
        ),
    ],
    "rebound": [(STEP, 'group["params"][j] = p - ' + STEP.removeprefix("p -= "))],
    "locally rebound": [
        ("p -= group", "p = p - group"),
        ("p *= 1 - ", "p = p * (1 - 1) + p * (1 - "),
        (
            'group["weight_decay"]\n                else',
            'group["weight_decay"])\n                else',
        ),
    ],
    "copied": [
        (
            GROUPS,
            GROUPS + "\n        for g in self.groups:\n"
            "            g['params'] = [p.copy() for p in g['params']]",
        )
    ],
    "grads in place": [(L2, 'g += group["weight_decay"] * p')],
    "grads squared in place": [("* g**2", "* np.square(g, out=g)")],
    "L2 of the new parameter": [
        (M, f"{M}\n                p *= 1.0"),
        (
            "self.t += 1\n",
            "self.t += 1\n        grads = [[g * 1.0001 for g in gs] for gs in grads]\n",
        ),
    ],
    "decoupled ignored": [('if group["decoupled"]:', "if True:")],
    "never decoupled": [('if group["decoupled"]:', "if False:")],
    "both": [("                else:\n                    g =", "                g =")],
    "unscaled": [(SHRINK, 'p *= 1 - group["weight_decay"]')],
    "after": [
        (SHRINK, "pass"),
        (STEP, STEP + '\n                if group["decoupled"]:\n                    ' + SHRINK),
    ],
    "L2 as AdamW without rate": [(L2, 'p -= group["weight_decay"] * p')],
    "eps inside": [('(np.sqrt(v_hat) + group["eps"])', 'np.sqrt(v_hat + group["eps"])')],
    "eps before": [
        ("np.sqrt(v_hat) + group", "np.sqrt(v_hat) + 1 / np.sqrt(1 - beta2**self.t) * group")
    ],
    "no correction": [("m / (1 - beta1**self.t)", "m"), ("v / (1 - beta2**self.t)", "v")],
    "v alone corrected": [("m / (1 - beta1**self.t)", "m")],
    "hats stored": [("m_hat = m", "m_hat = self.m[i][j] = m")],
    "betas swapped": [("beta1, beta2 = ", "beta2, beta1 = ")],
    "no squares": [("* g**2", "* np.abs(g)")],
    "grads averaged over the group": [
        ("g = grads[i][j]\n", "g = grads[i][j] - 1e-3 * np.mean(grads[i][j])\n")
    ],
}
