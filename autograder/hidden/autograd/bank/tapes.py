"""Mistakes in Tape."""

from typing import Any

from autograder.api import Bank

bank = Bank()
tape = bank.exercise("Tape")

EMPTY = "        self.record = []\n"
WATCH = "        self.watch = lambda *made: self.record.append(made)\n"
ENTER = "        Tensor.watchers.append(self.watch)\n"
EXIT = "        Tensor.watchers.remove(self.watch)\n"
ASKED = "        self.asked = True\n"
REFUSE = "        if self.asked and not self.persistent:\n"
BEGIN = "        grads = {id(loss): np.ones(loss.data.shape)}\n"
BACK = "reversed(self.record)"
MET = "            if id(out) in grads:\n"
SPENT = "pullback(grads[id(out)])"
EACH = f"zip(parents, {SPENT}, strict=True)"
ADD = "grads[id(parent)] = grads.get(id(parent), 0) + part"
ZEROS = "np.zeros(source.data.shape)"
ANSWER = f"return [grads.get(id(source), {ZEROS}) for source in sources]"
LINES = f"""{BEGIN}        for out, parents, pullback in {BACK}:
{MET}                for parent, part in {EACH}:
                    {ADD}
"""

# The tape of the first edition borrows the `.grad` of every node of the graph.
BORROWED = """        nodes = topological_order(loss)
        before = [node.grad for node in nodes]
        for node in nodes:
            node.grad = None
        loss.backward()
        grads = {id(node): node.grad for node in nodes}
        for node, grad in zip(nodes, before, strict=True):
            node.grad = grad
"""
BACKWARD = "        loss.backward()\n"
READ = "return [{} if source.grad is None else source.grad for source in sources]"
RECORD_ORDER = f"""parents = [id(parent) for made in self.record for parent in made[1]]
        places = {{parent: i for i, parent in enumerate(parents)}}
        sources = sorted(sources, key=lambda source: places.get(id(source), -1))
        {ANSWER}"""

WALKS_THE_GRAPH = (
    "The tape walks the graph of parents, so it answers for what was made outside its block. Only "
    "what it recorded counts: walk the record from its end, and forget `.parents`."
)
ONLY_A_BACKWARD = (
    "The tape calls `loss.backward()` and reads `.grad`. What earlier calls left on the leaves is "
    "in the answer then, and the tensors are changed: the record alone is enough."
)
LEFT_AFTER_AN_ERROR = (
    "After an error in the block the tape goes on recording, because its watcher is taken out only "
    "when all went well. `__exit__` is called in both cases: take it out in both."
)
POPPED = (
    "The gradient of a result is thrown away once it was handed on, so the loss and sources in "
    "between get zeros. Somebody may ask for them: read it and leave it there."
)
CLEARED = (
    "The end of a block takes every watcher out of the list. A tape around this one stops "
    "recording: take out the one that this tape has put in."
)
MISTAKES: dict[tuple[Any, ...], str] = {
    ("walks_the_graph", (LINES, BORROWED)): WALKS_THE_GRAPH,
    ("only_a_backward", (LINES, BACKWARD), (ANSWER, READ.format(ZEROS))): ONLY_A_BACKWARD,
    ("only_a_backward_without_zeros", (LINES, BACKWARD), (ANSWER, READ.format("None"))): (
        ONLY_A_BACKWARD
    ),
    ("watcher_left_in", (EXIT, "")): (
        "The watcher stays in `Tensor.watchers` after the block, so the tape goes on recording. "
        "What is made outside the block isn't its business: take it out in `__exit__`."
    ),
    ("watcher_left_in_after_an_error", (EXIT, f"        if kind is None:\n    {EXIT}")): (
        LEFT_AFTER_AN_ERROR
    ),
    (
        "watcher_taken_out_when_asked",
        (EXIT, ""),
        (BEGIN, f"        if self.watch in Tensor.watchers:\n    {EXIT}{BEGIN}"),
    ): (
        "The watcher is taken out when the tape is asked, so everything between the end of the "
        "block and the question is recorded too. The block ends in `__exit__`."
    ),
    ("records_from_its_construction", (WATCH + ENTER, ""), (EMPTY, EMPTY + WATCH + ENTER)): (
        "The tape records from its construction on, before its block begins. `with` calls "
        "`__enter__` when it does: put the watcher in there."
    ),
    ("all_watchers_taken_out", (EXIT, "        Tensor.watchers.clear()\n")): CLEARED,
    ("other_watchers_put_out", (ENTER, "        Tensor.watchers[:] = [self.watch]\n")): (
        "The beginning of a block puts every other watcher out of the list, so a tape around this "
        "one misses what happens from then on. Add to the list."
    ),
    (
        "record_shared_by_all_tapes",
        (EMPTY, ""),
        ("    def __init__(", "    record = []\n\n    def __init__("),
    ): (
        "All tapes write into one record, on the class, so each answers for what the others have "
        "seen. Make an empty record for each tape in `__init__`."
    ),
    ("record_walked_from_the_front", (BACK, "self.record")): (
        "The record is walked in the order in which it was written. The loss comes last in it, so "
        "nothing has a gradient to hand on yet: begin at the end."
    ),
    (
        "every_result_taken_for_a_loss",
        (MET, ""),
        (
            f"                for parent, part in {EACH}:\n                    {ADD}",
            f"""            g = grads.get(id(out), np.ones(out.data.shape))
            for parent, part in zip(parents, pullback(g), strict=True):
                {ADD}""",
        ),
    ): (
        "A result that the loss does not depend on hands on ones, as if it were a loss of its own. "
        "What has received nothing has nothing to hand on: skip it."
    ),
    ("popped_when_handed_on", (SPENT, SPENT.replace("[id(out)]", ".pop(id(out))"))): POPPED,
    (
        "leaves_only",
        (
            "for source in sources]",
            "if not source.parents else 0 * source.data for source in sources]",
        ),
    ): (
        "Only leaves get a gradient, and a source in between gets zeros. Every tensor on the way "
        "from the sources to the loss has one: whatever is in the record may be asked for."
    ),
    (
        "added_in_place",
        (
            ADD,
            """if id(parent) in grads:
                        grads[id(parent)] += part
                    else:
                        grads[id(parent)] = part""",
        ),
    ): (
        "Shares are added into arrays that others hold too: a sum hands both parents the same one. "
        "Make a new array for each sum, as `a = a + b` does and `a += b` does not."
    ),
    ("shares_assigned", (ADD, "grads[id(parent)] = part")): (
        "A tensor that was used twice keeps the last share that it is sent, and loses the others. "
        "Gradients from all uses add up, on a tape as in `backward`."
    ),
    (
        "gradients_left_lying",
        (ADD, f"{ADD}\n                    parent.grad = grads[id(parent)]"),
    ): (
        "The answer is right, and it is also written into `.grad`. A tape leaves no trace on the "
        "tensors: keep the gradients in a dict of this call."
    ),
    ("loss_unknown_to_itself", (ANSWER, f"del grads[id(loss)]\n        {ANSWER}")): (
        "The loss itself, as a source, gets zeros. It moves by as much as it moves: its gradient "
        "with respect to itself is 1, where the walk begins."
    ),
    (
        "unseen_loss_refused",
        (
            BEGIN,
            f"""        if all(out is not loss for out, _, _ in self.record):
            raise RuntimeError("the loss was not recorded")
{BEGIN}""",
        ),
    ): (
        "A loss that was made outside the block is refused with an error. Nothing in the record "
        "connects it with the sources, so the answer is zeros."
    ),
    ("unconnected_read_from_grad", (ZEROS, f"{ZEROS} if source.grad is None else source.grad")): (
        "A source that the loss does not depend on gets what an earlier backward left in its "
        "`.grad`. Each answer stands alone: here it is zeros."
    ),
    ("none_for_unconnected", (ZEROS, "None")): (
        "A source that the loss does not depend on gets None, as in TensorFlow. Here it gets zeros "
        "of the shape of its data: nothing moves when it moves."
    ),
    ("unconnected_left_out", ("in sources]", "in sources if id(source) in grads]")): (
        "Sources that the loss does not depend on are missing from the list, so the others move "
        "up. One gradient for each source, in their order."
    ),
    ("zero_without_shape", (ZEROS, "np.zeros(())")): (
        "An unconnected source gets the number 0. A gradient has the shape of what it is the "
        "gradient of, also where it is zero."
    ),
    ("order_of_the_record", (ANSWER, RECORD_ORDER)): (
        "The gradients come in the order in which the record mentions their sources. The caller "
        "unpacks them in the order of the list: go through sources at the end."
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
        "record_used_up",
        (
            f"for out, parents, pullback in {BACK}:\n",
            "while self.record:\n            out, parents, pullback = self.record.pop()\n",
        ),
    ): (
        "The walk takes the lines off the record, so a persistent tape has nothing left for a "
        "second question. Go through the record and leave it as it is."
    ),
    (
        "answers_add_up",
        (
            BEGIN,
            """        grads = getattr(self, "grads", {})
        grads[id(loss)] = np.ones(loss.data.shape)
        self.grads = grads
""",
        ),
    ): (
        "A persistent tape keeps the gradients of one question for the next, so the second answer "
        "contains the first. Each question stands alone: begin each with nothing."
    ),
    (
        "asked_counts_for_all",
        ("        self.asked = False\n", ""),
        (ASKED, "        Tape.asked = True\n"),
        ("    def __init__(", "    asked = False\n\n    def __init__("),
    ): (
        "A tape refuses its first question, as if it had answered one. What is noted on the class "
        "holds for all tapes that come later: note it on the tape itself."
    ),
    ("errors_swallowed", ("        return False", "        return True")): (
        "An error inside the block disappears, since `__exit__` returns True: that means it has "
        "been dealt with. Return False, or nothing, and it travels on."
    ),
    ("tape_not_returned", ("        return self\n", "")): (
        "`__enter__` returns nothing, so in `with Tape() as tape` the name holds None. What it "
        "returns is what the name holds: return the tape."
    ),
}
for (name, *edits), text in MISTAKES.items():
    source = "TensorFlow guide, Introduction to gradients" if name == "none_for_unconnected" else ""
    tape.edit(name, text, *edits, source=source, about="anything")  # by None, an error, a shape
tape.by_exceptions(
    *("unseen_loss_refused", "unconnected_left_out", "persistent_refuses_too"),
    "asked_counts_for_all",
)
