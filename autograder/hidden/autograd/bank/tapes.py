"""Mistakes in Tape."""

from functools import partial

from autograder.api import Bank

bank = Bank()
tape = bank.exercise("Tape")
shows = partial(tape.edit, about="anything")  # by None, an exception or a shape

CLEAR = "        for node in nodes:\n            node.grad = None\n"
BACK = "        for node, grad in zip(nodes, before, strict=True):\n            node.grad = grad\n"
ANSWER = "return [found.get(id(source), np.zeros(source.data.shape)) for source in sources]"
ASKED = "        self.asked = True\n"
REFUSE = "        if self.asked and not self.persistent:\n"
shows(
    "only_a_backward",
    "The tape calls backward and reads `.grad`. What an earlier call left on the leaves is part "
    "of the answer then, and what this one writes stays. Note, clear, ask, put back.",
    (CLEAR, ""),
    (BACK, ""),
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
shows(
    "only_sources_put_back",
    "The `.grad` of the sources is put back, and that of all other nodes is changed. A backward "
    "writes on every node of the graph: put all of them back.",
    (
        "            node.grad = grad\n",
        "            if any(node is source for source in sources):\n"
        "                node.grad = grad\n",
    ),
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
    ("np.zeros(source.data.shape)", "np.zeros(())"),
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
