"""Wrong answers of the class Adam that show in what it saves and loads."""

from __future__ import annotations

from .optimizers_wrong_class import LOAD, M, V

SAVED = 'copy.deepcopy({"t": self.t, "m": self.m, "v": self.v, "options": options})'
COPIED = "        state = copy.deepcopy(state)\n"
CHECK = "        if ours != theirs:\n"
SHAPES = 'ours = [[p.shape for p in g["params"]] for g in self.groups]'
THEIRS = 'theirs = [[m.shape for m in ms] for ms in state["m"]]'
LOOSE = (", strict=True):", ", strict=False):")

OF_STATE = {
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
