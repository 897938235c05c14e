"""Mistakes in Tape."""

from typing import Any

from autograder.api import Bank

bank = Bank()
tape = bank.exercise("Tape")

CLEAR = "        for node in nodes:\n            node.grad = None\n"
BACK = "        for node, grad in zip(nodes, before, strict=True):\n            node.grad = grad\n"
KEPT = "            node.grad = grad\n"
SOURCES_KEPT = (KEPT, "            if any(node is one for one in sources):\n    " + KEPT)
ZEROS = "np.zeros(source.data.shape)"
STALE = (ZEROS, f"{ZEROS} if source.grad is None else source.grad")
ANSWER = f"return [found.get(id(source), {ZEROS}) for source in sources]"
GRAPH_ORDER = f"""places = {{id(node): i for i, node in enumerate(nodes)}}
        sources = sorted(sources, key=lambda source: places.get(id(source), -1))
        {ANSWER}"""
FOUND = "{id(node): node.grad for node in nodes}"
ASKED = "        self.asked = True\n"
REFUSE = "        if self.asked and not self.persistent:\n"
NOT_CLEARED, LEFT = (CLEAR, ""), (BACK, "")
ITSELF = (("        loss.backward()\n", ""), (FOUND, "self._walk(nodes)"))
WALK = """    def _walk(self, nodes):
        found = {{id(nodes[-1]): np.ones(())}}
        for node in reversed(nodes):
            parts = node.rule(found[id(node)]) if node.rule else ()
            for parent, part in zip(node.parents, parts):
                found[id(parent)] = {}
        return found

    def gradient("""
FITTED, ADDED = "unbroadcast(part, parent.data.shape)", "found.get(id(parent), 0) + part"
ONLY_A_BACKWARD = (
    "The tape calls backward and reads `.grad`. What an earlier call left on the leaves is part of "
    "the answer then, and what this one writes stays. Note, clear, ask, put back."
)
ONLY_SOURCES = (
    "The `.grad` of the sources is put back, and that of all other nodes is changed. A backward "
    "writes on every node of the graph: put all of them back."
)

MISTAKES: dict[tuple[Any, ...], str] = {
    ("only_a_backward", NOT_CLEARED, LEFT): ONLY_A_BACKWARD,
    ("only_a_backward_and_read", NOT_CLEARED, LEFT, STALE): ONLY_A_BACKWARD,
    ("only_a_backward_without_zeros", NOT_CLEARED, LEFT, (ZEROS, "source.grad")): ONLY_A_BACKWARD,
    ("only_sources_put_back", SOURCES_KEPT): ONLY_SOURCES,
    (
        "only_sources_cleared_and_put_back",
        (CLEAR, CLEAR.replace("nodes", "sources")),
        SOURCES_KEPT,
    ): ONLY_SOURCES,
    ("unconnected_read_from_grad", STALE): (
        "A source that the loss does not depend on gets what an earlier backward left in its "
        "`.grad`. Each answer stands alone: here it is zeros."
    ),
    ("earlier_gradients_in_the_answer", NOT_CLEARED): (
        "What an earlier backward left on the leaves is part of the answer, because leaves "
        "accumulate. Clear them before you ask, and put the old gradients back afterwards."
    ),
    (
        "differences_in_between",
        NOT_CLEARED,
        (FOUND, "{id(n): n.grad - (0 if old is None else old) for n, old in zip(nodes, before)}"),
    ): (
        "The answer is what `.grad` grew by. Leaves accumulate, and for them that is right; nodes "
        "in between begin anew at each backward. Clear all of them first."
    ),
    ("gradients_left_lying", LEFT): (
        "The answer is right, and the gradients stay on the tensors, as after a backward. A tape "
        "leaves no trace: put back what every node held before."
    ),
    ("cleared_afterwards", (KEPT, KEPT.replace("= grad", "= None"))): (
        "Afterwards every `.grad` is None, also where an earlier backward had left something. Note "
        "what each node holds before, and put that back."
    ),
    ("leaves_only", ("for node in nodes}", "for node in nodes if not node.parents}")): (
        "Only leaves get a gradient, and a source in between gets zeros. Every node on the way "
        "from the sources to the loss has one: look at all nodes of the graph."
    ),
    ("none_for_unconnected", (ZEROS, "None")): (
        "A source that the loss does not depend on gets None, as in TensorFlow. Here it gets zeros "
        "of the shape of its data: nothing moves when it moves."
    ),
    ("unconnected_left_out", ("in sources]", "in sources if id(source) in found]")): (
        "Sources that the loss does not depend on are missing from the list, so the others move "
        "up. One gradient for each source, in their order."
    ),
    ("zero_without_shape", (ZEROS, "np.zeros(())")): (
        "An unconnected source gets the number 0. A gradient has the shape of what it is the "
        "gradient of, also where it is zero."
    ),
    ("order_of_the_graph", (ANSWER, GRAPH_ORDER)): (
        "The gradients come in the order in which the graph holds their sources. The caller "
        "unpacks them in the order of the list: go through sources, not through nodes."
    ),
    ("answers_for_ever", (REFUSE, "        if False:\n")): (
        "A second question is answered although the tape is not persistent. Note that it has been "
        "asked, and raise a RuntimeError the next time."
    ),
    ("persistent_refuses_too", (REFUSE, "        if self.asked:\n")): (
        "A persistent tape refuses the second question like any other. That is what the option is "
        "for: it may be asked as often as one likes."
    ),
    (
        "answers_add_up",
        (ASKED, "        kept = self.kept if self.asked else {}\n" + ASKED),
        (FOUND, "self.kept = {id(n): n.grad + kept.get(id(n), 0.0) for n in nodes}"),
    ): (
        "The answers of a persistent tape add up: the second is twice the first. Each question "
        "stands alone, so begin each with nothing."
    ),
    (
        "asked_counts_for_all",
        ("        self.asked = False\n", ""),
        (ASKED, "        Tape.asked = True\n"),
        ("    def __init__(", "    asked = False\n\n    def __init__("),
    ): (
        "That a tape has answered is noted for all tapes, on the class. The next tape refuses its "
        "first question: note it on the tape itself."
    ),
    ("shares_assigned", *ITSELF, ("    def gradient(", WALK.format(FITTED))): (
        "The tape walks back by itself and keeps the last share that a tensor is sent. One that "
        "was used twice gets two: add them, or leave the walk to backward."
    ),
    ("broadcasting_not_undone", *ITSELF, ("    def gradient(", WALK.format(ADDED))): (
        "The tape walks back by itself and hands a parent that was broadcast a gradient of the "
        "larger shape. Use unbroadcast, or leave the walk to backward."
    ),
    ("errors_swallowed", ("        return False", "        return True")): (
        "An error inside the block disappears, since `__exit__` returns True: that means it has "
        "been dealt with. Return False, or nothing, and it travels on."
    ),
}
for (name, *edits), text in MISTAKES.items():
    source = "TensorFlow guide, Introduction to gradients" if name == "none_for_unconnected" else ""
    tape.edit(name, text, *edits, source=source, about="anything")  # by None, an error, a shape
