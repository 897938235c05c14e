"""Mistakes in Tensor's constructor and in its walk back."""

from functools import partial

from autograder.api import Bank

bank = Bank()
tensor = bank.exercise("Tensor")
shows = partial(tensor.edit, about="anything")  # by an exception, None or a shape

ADD = "blame[id(parent)] = blame.get(id(parent), 0) + part"
ASSIGN = "blame[id(parent)] = part"
FIT = "                part = unbroadcast(part, parent.data.shape)\n"
FROM = "        blame = {id(self): np.array(grad, dtype=np.float64)}\n"
LEAF = """            if node.grad is None or node.parents:
                node.grad = np.array(g)
            else:
                node.grad = node.grad + g
"""
ANEW = "            node.grad = np.array(g)\n"
NEAREST = """def _nearest_first(root):
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
            node.grad = blame[id(node)] + old
"""
RECURSIVE = """def _recursive(node, seen, order):
    if id(node) not in seen:
        seen.add(id(node))
        for p in node.parents:
            _recursive(p, seen, order)
        order.append(node)
    return order


"""
WALK = "reversed(topological_order(self))"
RECURSION = (
    (WALK, "reversed(_recursive(self, set(), []))"),
    ("class Tensor:", RECURSIVE + "class Tensor:"),
)
REFUSAL = "            if self.data.size > 1:\n"

for name, *more in (  # what is assigned last depends on the order, and leaves may be assigned too
    ("assigned_not_added",),
    ("assigned_at_every_call", (LEAF, ANEW)),
    ("assigned_first_parent_first", *RECURSION),
    ("assigned_at_every_call_first_parent_first", (LEAF, ANEW), *RECURSION),
):
    tensor.edit(
        name,
        "The blame that a parent is sent replaces what it has been sent before. A number that is "
        "used twice is to blame twice: add what comes, as x * x shows.",
        (ADD, ASSIGN),
        *more,
        source="callummcdougall/ARENA_3.0, issue 127",
    )
tensor.edit(
    "same_parent_once",
    "A node that is its child's parent twice is sent blame for one of the two only: x * x gives "
    "x. Each place among the parents sends its own share.",
    ("zip(node.parents, node.rule(g), strict=True):", "_once(node.parents, node.rule(g)):"),
    (
        "class Tensor:",
        "def _once(*pairs):\n    return {id(p): (p, part) "
        "for p, part in zip(*pairs)}.values()\n\n\nclass Tensor:",
    ),
)
for name, begin in (
    ("earlier_blame_handed_on", "node.grad is None or node is self"),
    ("earlier_blame_of_the_root_too", "node.grad is None"),
):
    tensor.edit(
        name,
        "A second backward hands on what the first has left on the nodes in between, so leaves get "
        "more than twice the gradient. Collect each call's blame in a place of its own.",
        (LEAF, f"            g = g if {begin} else node.grad + g\n{ANEW}"),
        source="karpathy/micrograd, pull request 102",
    )
tensor.edit(
    "leaves_start_anew",
    "A second backward overwrites the gradients of the leaves. They accumulate over calls: that is "
    "how the gradients of several losses or batches are added up.",
    (LEAF, ANEW),
)
for name, added in (
    ("nearest_first", ()),
    ("nearest_first_adding_on", ((LEAF, ""), (ADD, ADD + AT_THE_END))),
):
    tensor.edit(
        name,
        "The nodes have their turn by their distance from the root. One that is used directly and "
        "over a detour hands on its blame before all of it has come: use topological_order.",
        (WALK, "_nearest_first(self)"),
        ("blame.pop(id(node))", "blame[id(node)]"),
        ("class Tensor:", NEAREST + "class Tensor:"),
        *added,
        source="karpathy/micrograd, issue 68",
    )
tensor.edit(
    "walked_from_the_leaves",
    "The walk goes through the order from its front, so leaves have their turn before anything was "
    "sent to them. Begin with the root, which is last.",
    (WALK, "topological_order(self)"),
    ("blame.pop(id(node))", "blame.setdefault(id(node), 0 * node.data)"),
    (LEAF, ""),
    (ADD, ADD + AT_THE_END.replace("_nearest_first", "topological_order")),
)
shows(
    "recursive_walk",
    "The order is found by a function that calls itself, and Python stops at about 1,000 calls. A "
    "chain of 10,000 operations needs topological_order's loop.",
    *RECURSION,
    source="karpathy/micrograd, engine.py",
)
for name, instead in (
    ("broadcasting_not_undone", ""),
    (
        "broadcasting_not_undone_in_place",
        "                total = np.zeros(parent.data.shape)\n                total += part\n"
        "                part = total\n",
    ),
):
    shows(
        name,
        "The gradient of an operand that was broadcast keeps the larger shape. A gradient has the "
        "shape of what it is the gradient of: unbroadcast what a rule returns.",
        (FIT, instead),
    )
tensor.edit(
    "always_from_ones",
    "The walk begins with ones, whatever gradient is handed in. That gradient is what the rest of "
    "a larger computation sends to this node.",
    (FROM, FROM + "        blame = {id(self): np.ones(self.data.shape)}\n"),
)
shows(
    "begins_with_a_bare_one",
    "The walk begins with the number 1, so the gradient of a root of shape (1, 1) has no shape. A "
    "gradient has the shape of what it is the gradient of.",
    ("grad = np.ones(self.data.shape)", "grad = 1.0"),
)
shows(
    "several_elements_accepted",
    "A root of several elements is accepted without a gradient, as if their sum were the loss. "
    "Which of them is to be differentiated? Raise a ValueError.",
    (REFUSAL, "            if False:\n"),
)
shows(
    "only_0d_accepted",
    "A root of shape (1,) or (1, 1) is refused. It holds a single number, so it needs no gradient "
    "to begin with: look at the number of elements.",
    (REFUSAL, "            if self.data.shape != ():\n"),
)
shows(
    "only_leaves_keep_gradients",
    "Nodes in between end without a gradient, as PyTorch leaves them. Here every node that the "
    "root was made of has its `.grad` after a backward.",
    (
        LEAF,
        "            if not node.parents:\n"
        "                node.grad = g if node.grad is None else node.grad + g\n",
    ),
    source="PyTorch documentation, Tensor.retain_grad",
)
shows(
    "zeros_before_backward",
    "The gradient starts as zeros, so nobody can tell a tensor that was never reached from one "
    "whose gradient is zero. Before a backward it is None.",
    ("        self.grad = None\n", "        self.grad = np.zeros(self.data.shape)\n"),
    source="karpathy/micrograd, engine.py",
)
shows(
    "integers_stay",
    "Integers stay integers, so the value has another dtype than float64. Convert whatever comes "
    "in: numbers, lists and arrays.",
    ("np.asarray(data, dtype=np.float64)", "np.asarray(data)"),
)
shows(
    "shared_array",
    "Gradients are added into an array that others hold too: the one handed in, or another "
    "node's. Make a new array for each sum, as `a = a + b` does and `a += b` does not.",
    ("np.array(grad, dtype=np.float64)", "np.asarray(grad, dtype=np.float64)"),
    (FIT, FIT.replace("part = ", "part = part if part.shape == parent.data.shape else ")),
    ("node.grad = np.array(g)", "node.grad = g"),
    ("node.grad = node.grad + g", "node.grad += g"),
    (ADD, "blame[id(parent)] = blame[id(parent)] + part if id(parent) in blame else part"),
)
