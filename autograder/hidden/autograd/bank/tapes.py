"""Mistakes in Tape."""

from functools import partial

from autograder.api import Bank

bank = Bank()
tape = bank.exercise("Tape")
shows = partial(tape.edit, about="anything")  # by None, an exception or a shape

CLEAR = "        for node in nodes:\n            node.grad = None\n"
BACK = "        for node, grad in zip(nodes, before, strict=True):\n            node.grad = grad\n"
ANSWER = "return [found.get(id(source), np.zeros(source.data.shape)) for source in sources]"
ZEROS = "np.zeros(source.data.shape)"
STALE = f"{ZEROS} if source.grad is None else source.grad"
FOUND = "{id(node): node.grad for node in nodes}"
ASKED = "        self.asked = True\n"
REFUSE = "        if self.asked and not self.persistent:\n"
WALK = """    def _walk(self, nodes):
        found = {{id(nodes[-1]): np.ones(())}}
        for node in reversed(nodes):
            parts = node.rule(found[id(node)]) if node.rule else ()
            for parent, part in zip(node.parents, parts):
                found[id(parent)] = {}
        return found

"""

for name, *answer in (
    ("only_a_backward",),
    ("only_a_backward_and_read", (ZEROS, STALE)),
    ("only_a_backward_without_zeros", (ZEROS, "source.grad")),
):
    shows(
        name,
        "The tape calls backward and reads `.grad`. What an earlier call left on the leaves is "
        "part of the answer then, and what this one writes stays. Note, clear, ask, put back.",
        (CLEAR, ""),
        (BACK, ""),
        *answer,
    )
shows(
    "unconnected_read_from_grad",
    "A source that the loss does not depend on gets what an earlier backward left in its `.grad`. "
    "Each answer stands alone: here it is zeros.",
    (ZEROS, STALE),
)
tape.edit(
    "differences_in_between",
    "The answer is what `.grad` grew by. Leaves accumulate, and for them that is right; nodes in "
    "between begin anew at each backward. Clear all of them first.",
    (CLEAR, ""),
    (FOUND, "{id(n): n.grad - (0 if old is None else old) for n, old in zip(nodes, before)}"),
)
shows(
    "gradients_left_lying",
    "The answer is right, and the gradients stay on the tensors, as after a backward. A tape "
    "leaves no trace: put back what every node held before.",
    (BACK, ""),
)
shows(
    "cleared_afterwards",
    "Afterwards every `.grad` is None, also where an earlier backward had left something. Note "
    "what each node holds before, and put that back.",
    ("            node.grad = grad\n", "            node.grad = None\n"),
)
for name, *cleared in (
    ("only_sources_put_back",),
    ("only_sources_cleared_and_put_back", (CLEAR, CLEAR.replace("nodes", "sources"))),
):
    shows(
        name,
        "The `.grad` of the sources is put back, and that of all other nodes is changed. A "
        "backward writes on every node of the graph: put all of them back.",
        *cleared,
        ("= grad\n", "= grad if any(node is source for source in sources) else node.grad\n"),
    )
tape.edit(
    "earlier_gradients_in_the_answer",
    "What an earlier backward left on the leaves is part of the answer, because leaves "
    "accumulate. Clear them before you ask, and put the old gradients back afterwards.",
    (CLEAR, ""),
)
shows(
    "leaves_only",
    "Only leaves get a gradient, and a source in between gets zeros. Every node on the way from "
    "the sources to the loss has one: look at all nodes of the graph.",
    ("for node in nodes}", "for node in nodes if not node.parents}"),
)
shows(
    "none_for_unconnected",
    "A source that the loss does not depend on gets None, as in TensorFlow. Here it gets zeros "
    "of the shape of its data: nothing moves when it moves.",
    (ANSWER, "return [found.get(id(source)) for source in sources]"),
    source="TensorFlow guide, Introduction to gradients and automatic differentiation",
)
shows(
    "unconnected_left_out",
    "Sources that the loss does not depend on are missing from the list, so the others move up. "
    "One gradient for each source, in their order.",
    (ANSWER, "return [found[id(source)] for source in sources if id(source) in found]"),
)
shows(
    "zero_without_shape",
    "An unconnected source gets the number 0. A gradient has the shape of what it is the "
    "gradient of, also where it is zero.",
    (ZEROS, "np.zeros(())"),
)
shows(
    "order_of_the_graph",
    "The gradients come in the order in which the graph holds their sources. The caller unpacks "
    "them in the order of the list: go through sources, not through nodes.",
    (
        ANSWER,
        "places = {id(node): i for i, node in enumerate(nodes)}\n"
        "        sources = sorted(sources, key=lambda source: places.get(id(source), -1))\n"
        "        " + ANSWER,
    ),
)
shows(
    "answers_for_ever",
    "A second question is answered although the tape is not persistent. Note that it has been "
    "asked, and raise a RuntimeError the next time.",
    (REFUSE, "        if False:\n"),
)
shows(
    "persistent_refuses_too",
    "A persistent tape refuses the second question like any other. That is what the option is "
    "for: it may be asked as often as one likes.",
    (REFUSE, "        if self.asked:\n"),
)
tape.edit(
    "answers_add_up",
    "The answers of a persistent tape add up: the second is twice the first. Each question "
    "stands alone, so begin each with nothing.",
    (ASKED, "        first = not self.asked\n        self.asked = True\n"),
    (
        "        before = [node.grad for node in nodes]\n",
        "        before = [node.grad for node in nodes]\n"
        "        kept = {} if first else self.kept\n",
    ),
    (
        "        found = {id(node): node.grad for node in nodes}\n",
        "        found = {id(n): n.grad + kept.get(id(n), 0.0) for n in nodes}\n"
        "        self.kept = found\n",
    ),
)
shows(
    "asked_counts_for_all",
    "That a tape has answered is noted for all tapes, on the class. The next tape refuses its "
    "first question: note it on the tape itself.",
    ("        self.asked = False\n", ""),
    (ASKED, "        Tape.asked = True\n"),
    (
        "    def __init__(self, persistent=False):",
        "    asked = False\n\n    def __init__(self, persistent=False):",
    ),
)
for name, about, text, share in (
    (
        *("broadcasting_not_undone", "anything"),
        "The tape walks back by itself and hands a parent that was broadcast a gradient of the "
        "larger shape. Use unbroadcast, or leave the walk to backward.",
        "found.get(id(parent), 0) + part",
    ),
    (
        *("shares_assigned", "values"),
        "The tape walks back by itself and keeps the last share that a tensor is sent. One that "
        "was used twice gets two: add them, or leave the walk to backward.",
        "unbroadcast(part, parent.data.shape)",
    ),
):
    tape.edit(
        name,
        text,
        ("        loss.backward()\n", ""),
        (FOUND, "self._walk(nodes)"),
        ("    def gradient(", WALK.format(share) + "    def gradient("),
        about=about,
    )
shows(
    "errors_swallowed",
    "An error inside the block disappears, since `__exit__` returns True: that means it has been "
    "dealt with. Return False, or nothing, and it travels on.",
    ("        return False", "        return True"),
)
