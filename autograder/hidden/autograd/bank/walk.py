"""Mistakes in Tensor's constructor and in its walk back."""

from typing import Any

from autograder.api import About, Bank

bank = Bank()
tensor = bank.exercise("Tensor")

ADD = "sent[id(parent)] = sent.get(id(parent), 0) + part"
ASSIGN = (ADD, "sent[id(parent)] = part")
FIT = "unbroadcast(part, parent.data.shape)"
LEAF = """            if node.grad is None or node.parents:
                node.grad = np.array(g)
            else:
                node.grad = node.grad + g
"""
ANEW = "            node.grad = np.array(g)\n"
BREADTH = """def _nearest_first(root):
    met, seen = [root], {id(root)}
    for node in met:
        for p in node.parents:
            if id(p) not in seen:
                seen.add(id(p))
                met.append(p)
    return met


"""
AT_THE_END = """
        for node in _nearest_first(self):
            old = 0 if node.parents or node.grad is None else node.grad
            node.grad = sent[id(node)] + old
"""
RECURSIVE = """def _recursive(node, seen, order):
    if id(node) not in seen:
        seen.add(id(node))
        for p in node.parents:
            _recursive(p, seen, order)
        order.append(node)
    return order


"""
WALK, POP = "reversed(topological_order(self))", "sent.pop(id(node))"
NEAREST = (
    (WALK, "_nearest_first(self)"),
    (POP, "sent[id(node)]"),
    ("class Tensor:", BREADTH + "class Tensor:"),
)
RECURSION = (
    (WALK, "reversed(_recursive(self, set(), []))"),
    ("class Tensor:", RECURSIVE + "class Tensor:"),
)
LEAVES_ONLY = """            if not node.parents:
                node.grad = g if node.grad is None else node.grad + g
"""
ONCE = "{id(p): (p, part) for p, part in zip(node.parents, node.pullback(g))}.values()"

ASSIGNED = (
    "The gradient that a parent is sent replaces what it has been sent before. A number that is "
    "used twice is sent two shares: add them up, as x * x shows."
)
NEAREST_FIRST = (
    "The nodes have their turn by their distance from the root. One that is used directly and over "
    "a detour hands on its gradient before it is complete: use topological_order."
)
HANDED_ON = (
    "A second backward hands on what the first has left on the nodes in between, so leaves get "
    "more than twice the gradient. Collect each call's gradients in a place of their own."
)
SOURCES = {
    ASSIGNED: "callummcdougall/ARENA_3.0, issue 127",
    NEAREST_FIRST: "karpathy/micrograd, issue 68",
    HANDED_ON: "karpathy/micrograd, pull request 102",
    "recursive_walk": "karpathy/micrograd, engine.py",
    "zeros_before_backward": "karpathy/micrograd, engine.py",
    "only_leaves_keep_gradients": "PyTorch documentation, Tensor.retain_grad",
}
TOTAL = f"            g = node.grad + g if node.grad is not None else g\n{ANEW}"
BETWEEN = TOTAL.replace(" else", " and node is not self else")

VALUES: dict[tuple[Any, ...], str] = {  # what is assigned last depends on the order
    ("assigned_not_added", ASSIGN): ASSIGNED,
    ("assigned_at_every_call", ASSIGN, (LEAF, ANEW)): ASSIGNED,
    ("nearest_first", *NEAREST): NEAREST_FIRST,
    ("nearest_first_adding_on", *NEAREST, (LEAF, ""), (ADD, ADD + AT_THE_END)): NEAREST_FIRST,
    ("earlier_blame_handed_on", (LEAF, BETWEEN)): HANDED_ON,
    ("earlier_blame_of_the_root_too", (LEAF, TOTAL)): HANDED_ON,
    ("same_parent_once", ("zip(node.parents, node.pullback(g), strict=True)", ONCE)): (
        "A node that is its child's parent twice is sent one of the two shares only: x * x "
        "gives x. Each place among the parents sends its own share."
    ),
    (
        "walked_from_the_leaves",
        (WALK, "topological_order(self)"),
        (POP, "sent.setdefault(id(node), 0 * node.data)"),
        (LEAF, ""),
        (ADD, ADD + AT_THE_END.replace("_nearest_first", "topological_order")),
    ): (
        "The walk goes through the order from its front, so leaves have their turn before anything "
        "was sent to them. Begin with the root, which is last."
    ),
    ("leaves_start_anew", (LEAF, ANEW)): (
        "A second backward overwrites the gradients of the leaves. They accumulate over calls: "
        "that is how the gradients of several losses or batches are added up."
    ),
    ("always_from_ones", ("np.array(grad, dtype=np.float64)", "np.ones(self.data.shape)")): (
        "The walk begins with ones, whatever gradient is handed in. That gradient is what the rest "
        "of a larger computation sends to this node."
    ),
}
LARGER = (
    "The gradient of an operand that was broadcast keeps the larger shape. A gradient has the "
    "shape of what it is the gradient of: unbroadcast what a rule returns."
)
IN_PLACE = """total = sent.setdefault(id(parent), np.zeros(parent.data.shape))
                total += part"""
ANYTHING: dict[tuple[Any, ...], str] = {  # shown by a shape, an exception or None
    ("assigned_first_parent_first", ASSIGN, *RECURSION): ASSIGNED,
    ("assigned_at_every_call_first_parent_first", ASSIGN, (LEAF, ANEW), *RECURSION): ASSIGNED,
    ("recursive_walk", *RECURSION): (
        "The order is found by a function that calls itself, and Python stops at about 1,000 "
        "calls. A chain of 10,000 operations needs topological_order's loop."
    ),
    ("broadcasting_not_undone", (FIT, "part")): LARGER,
    ("broadcasting_not_undone_in_place", (FIT, "part"), (ADD, IN_PLACE)): LARGER,
    ("begins_with_a_bare_one", ("grad = np.ones(self.data.shape)", "grad = 1.0")): (
        "The walk begins with the number 1, so the gradient of a root of shape (1, 1) has no "
        "shape. A gradient has the shape of what it is the gradient of."
    ),
    ("several_elements_accepted", ("if self.data.size > 1:", "if False:")): (
        "A root of several elements is accepted without a gradient, as if their sum were the loss. "
        "Which of them is to be differentiated? Raise a ValueError."
    ),
    ("only_0d_accepted", ("if self.data.size > 1:", "if self.data.shape != ():")): (
        "A root of shape (1,) or (1, 1) is refused. It holds a single number, so it needs no "
        "gradient to begin with: look at the number of elements."
    ),
    ("only_leaves_keep_gradients", (LEAF, LEAVES_ONLY)): (
        "Nodes in between end without a gradient, as PyTorch leaves them. Here every node that the "
        "root was made of has its `.grad` after a backward."
    ),
    ("zeros_before_backward", ("self.grad = None\n", "self.grad = np.zeros(self.data.shape)\n")): (
        "The gradient starts as zeros, so nobody can tell a tensor that was never reached from one "
        "whose gradient is zero. Before a backward it is None."
    ),
    ("integers_stay", ("np.asarray(data, dtype=np.float64)", "np.asarray(data)")): (
        "Integers stay integers, so the value has another dtype than float64. Convert whatever "
        "comes in: numbers, lists and arrays."
    ),
    (
        "shared_array",
        ("np.array(grad, dtype=np.float64)", "np.asarray(grad, dtype=np.float64)"),
        (FIT, f"part if part.shape == parent.data.shape else {FIT}"),
        ("node.grad = np.array(g)", "node.grad = g"),
        ("node.grad = node.grad + g", "node.grad += g"),
        (ADD, "sent[id(parent)] = sent[id(parent)] + part if id(parent) in sent else part"),
    ): (
        "Gradients are added into an array that others hold too: the one handed in, or another "
        "node's. Make a new array for each sum, as `a = a + b` does and `a += b` does not."
    ),
}
for (name, *edits), text in (VALUES | ANYTHING).items():
    about: About = "values" if (name, *edits) in VALUES else "anything"
    source = SOURCES.get(text) or SOURCES.get(name, "")
    tensor.edit(name, text, *edits, source=source, about=about)
