"""Wrong answers of the class Adam: edits of the one in `optimizers_plain.py`."""

from __future__ import annotations

GROUPS = "self.groups = [{**defaults, **group} for group in groups]"
STEP = 'p -= group["lr"] * m_hat / (np.sqrt(v_hat) + group["eps"])'
M = "m = self.m[i][j] = beta1 * self.m[i][j] + (1 - beta1) * g"
V = "v = self.v[i][j] = beta2 * self.v[i][j] + (1 - beta2) * g**2"
SHRINK = 'p *= 1 - group["lr"] * group["weight_decay"]'
L2 = 'g = g + group["weight_decay"] * p'
COUNT = "        self.t += 1\n"
INNER = '            for j, p in enumerate(group["params"]):\n'
SAVED = 'copy.deepcopy({"t": self.t, "m": self.m, "v": self.v, "options": options})'
COPIED = "        state = copy.deepcopy(state)\n"
LOAD = 'self.t, self.m, self.v = state["t"], state["m"], state["v"]'
CHECK = "        if ours != theirs:\n"
SHAPES = 'ours = [[p.shape for p in g["params"]] for g in self.groups]'
THEIRS = 'theirs = [[m.shape for m in ms] for ms in state["m"]]'
LOOSE = (", strict=True):", ", strict=False):")

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
    "state by reference": [(SAVED, SAVED.removeprefix("copy.deepcopy(").removesuffix(")"))],
    "lists copied, arrays shared": [
        (
            SAVED,
            '{"t": self.t, "m": [list(ms) for ms in self.m], '
            '"v": [list(vs) for vs in self.v], "options": options}',
        ),
        (M, "m = self.m[i][j]\n                m *= beta1\n                m += (1 - beta1) * g"),
        (
            V,
            "v = self.v[i][j]\n                v *= beta2\n                v += (1 - beta2) * g**2",
        ),
    ],
    "options by reference": [
        (
            'options = [{k: v for k, v in g.items() if k != "params"} for g in self.groups]',
            "options = self.groups",
        ),
        (SAVED, '{"t": self.t, "options": options, **copy.deepcopy({"m": self.m, "v": self.v})}'),
    ],
    "loaded by reference": [(COPIED, "")],
    "loaded lists, arrays shared": [
        (COPIED, ""),
        (
            LOAD,
            'self.t = state["t"]\n        self.m, self.v = [list(a) for a in state["m"]], '
            '[list(a) for a in state["v"]]',
        ),
        (M, "m = self.m[i][j]\n                m *= beta1\n                m += (1 - beta1) * g"),
        (
            V,
            "v = self.v[i][j]\n                v *= beta2\n                v += (1 - beta2) * g**2",
        ),
    ],
    "t not saved": [('"t": self.t', '"t": 0')],
    "t not loaded": [(LOAD, 'self.m, self.v = state["m"], state["v"]')],
    "m not loaded": [(LOAD, 'self.t, self.v = state["t"], state["v"]')],
    "v not loaded": [(LOAD, 'self.t, self.m = state["t"], state["m"]')],
    "options not loaded": [("            group.update(options)", "            pass")],
    "options of the first only": [
        (
            "            group.update(options)",
            "            group.update(options)\n            break",
        )
    ],
    "float32": [
        (
            SAVED,
            'copy.deepcopy({"t": self.t, "options": options, '
            '"m": [[m.astype(np.float32) for m in ms] for ms in self.m], '
            '"v": [[v.astype(np.float32) for v in vs] for vs in self.v]})',
        )
    ],
    "rounded": [
        (
            SAVED,
            SAVED.replace('"m": self.m', '"m": [[np.round(m, 12) for m in ms] for ms in self.m]'),
        )
    ],
    "state is a pickle": [
        ("return " + SAVED, "import pickle\n        return {'b': pickle.dumps(" + SAVED + ")}"),
        (SHAPES, "import pickle\n        state = pickle.loads(state['b'])\n        " + SHAPES),
    ],
    "state is an object": [
        ("return " + SAVED, "import types\n        return types.SimpleNamespace(**" + SAVED + ")"),
        (SHAPES, "state = vars(state)\n        " + SHAPES),
    ],
    "state with the optimizer": [(SAVED, SAVED.replace('"options"', '"by": self, "options"'))],
    "parameters saved and rebound": [
        ('if k != "params"}', "}"),
    ],
    "anything accepted": [(CHECK, "        if False:\n"), LOOSE],
    "counts only": [
        (SHAPES, 'ours = [len(g["params"]) for g in self.groups]'),
        (THEIRS, 'theirs = [len(ms) for ms in state["m"]]'),
    ],
    "sizes only": [
        (SHAPES, SHAPES.replace("shape", "size")),
        (THEIRS, THEIRS.replace("shape", "size")),
    ],
    "dimensions only": [
        (SHAPES, SHAPES.replace("shape", "ndim")),
        (THEIRS, THEIRS.replace("shape", "ndim")),
    ],
    "one flat list": [
        (SHAPES, 'ours = [p.shape for g in self.groups for p in g["params"]]'),
        (THEIRS, 'theirs = [m.shape for ms in state["m"] for m in ms]'),
        LOOSE,
    ],
    "sorted": [
        (
            SHAPES,
            SHAPES.replace("[[", "[sorted([")
            .replace("] for g", "]) for g")
            .replace("p.shape", "p.shape[::-1]")
            .replace("p.shape[::-1]", "sorted(p.shape)"),
        ),
        (
            THEIRS,
            THEIRS.replace("[[", "[sorted([")
            .replace("] for ms", "]) for ms")
            .replace("m.shape", "sorted(m.shape)"),
        ),
    ],
    "groups only": [(SHAPES, "ours = len(self.groups)"), (THEIRS, 'theirs = len(state["m"])')],
    "zip stops early": [
        (CHECK, "        if any(a != b for o, t in zip(ours, theirs) for a, b in zip(o, t)):\n"),
        LOOSE,
    ],
    "first group only": [(CHECK, "        if ours[0] != theirs[0]:\n"), LOOSE],
    "broadcastable passes": [
        (
            CHECK,
            "        def fits(a, b):\n"
            "            try:\n"
            "                return np.broadcast_shapes(a, b) == a\n"
            "            except ValueError:\n"
            "                return False\n\n"
            "        if [len(a) for a in ours] != [len(b) for b in theirs] or not all(\n"
            "            fits(a, b) for x, y in zip(ours, theirs) for a, b in zip(x, y)\n"
            "        ):\n",
        )
    ],
    "after the first step only": [(CHECK, "        if self.t and ours != theirs:\n"), LOOSE],
    "saved after the first step only": [
        (CHECK, '        if state["t"] and ours != theirs:\n'),
        LOOSE,
    ],
    "checked too late": [
        (
            CHECK + '            raise ValueError(f"the state has shapes {theirs}, the parameters '
            '{ours}")\n',
            "",
        ),
        (LOAD, LOAD + "\n        if ours != theirs:\n            raise ValueError"),
    ],
    "t taken before the check": [(CHECK, '        self.t = state["t"]\n' + CHECK)],
    "rate taken before the check": [
        (
            CHECK,
            "        for g, o in zip(self.groups, state['options']):\n"
            "            g['lr'] = o['lr']\n" + CHECK,
        )
    ],
    "KeyError": [("raise ValueError", "raise KeyError")],
    "asserts": [("raise ValueError", "raise AssertionError")],
    "ignored silently": [("raise ValueError(", "return print(")],
    "always refused": [(CHECK, "        if True:\n")],
    "refused before the first step": [(CHECK, "        if not self.t or ours != theirs:\n")],
}
