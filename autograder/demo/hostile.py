"""Submissions that want points, secrets, or the grader's end. Each attacks `radam_step`; the rest of the
notebook is right, and keeps its points."""

from __future__ import annotations

from collections.abc import Iterator

from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.course.cells import grade_id
from autograder.course.lesson import Lesson
from autograder.demo.students import Student, as_bytes, fill_in, full_marks, right_sources

TARGET = "radam_step"
SIGNATURE = "def radam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):\n"

# What stands in the cell of radam_step, by the name of the attack.
ATTACKS: dict[str, str] = {
    "ends-the-kernel": SIGNATURE + "    import os\n    os._exit(0)",
    "exits": SIGNATURE + "    raise SystemExit(0)",
    "never-ends": SIGNATURE + "    while True:\n        pass",
    "kills-everything": SIGNATURE
    + "    import os, signal\n    os.kill(-1, signal.SIGKILL)\n    os.kill(os.getppid(), signal.SIGKILL)\n    os.kill(1, 9)\n    return param, m, v",
    "fork-bomb": SIGNATURE
    + """    import os, time
    for _ in range(500):
        try:
            if os.fork() == 0:
                os.setsid()
                time.sleep(1000)
        except OSError:
            pass
    return param, m, v""",
    "eats-memory": SIGNATURE
    + "    held = []\n    while True:\n        held.append(bytearray(b'x' * (64 << 20)))",
    "floods-output": SIGNATURE
    + "    import sys\n    for _ in range(20000):\n        sys.__stdout__.write('x' * 100000)\n        print('x' * 100000)\n    return param, m, v",
    "equal-to-everything": """
import numpy as np
class Equal(np.ndarray):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0.0
    def __rsub__(self, other): return 0.0
    def __array__(self, *args, **kwargs): return self
"""
    + SIGNATURE
    + "    fake = np.zeros(np.shape(param)).view(Equal)\n    return fake, fake, fake",
    "pickles-a-command": """
import os
class Payload:
    def __reduce__(self): return (os.system, ("touch /tmp/owned-by-a-submission",))
"""
    + SIGNATURE
    + "    return Payload(), Payload(), Payload()",
    "imports-the-grader": SIGNATURE
    + """    import sys
    sys.path[:0] = ["/", "..", "../..", "../../..", "/repo", "/course"]
    from autograder.course.course import Course
    from autograder.course.reference import load_reference
    return load_reference(Course.find().lesson("05_optimizers")).radam_step(param, grad, m, v, t, lr, beta1, beta2, eps)""",
    "reads-the-solutions": SIGNATURE
    + """    import glob, os, re
    for root in ("..", "../..", "../../..", os.path.expanduser("~"), "/course", "/tmp", "/root", "/srv"):
        for path in glob.glob(f"{root}/solutions/*/optim*") + glob.glob(f"{root}/*/optim*"):
            text = open(path, errors="ignore").read()
            if "m_hat" in text or "BEGIN SOLUTION" in text:
                scope = {}
                exec(text, scope)
                return scope["radam_step"](param, grad, m, v, t, lr, beta1, beta2, eps)
    raise LookupError("nothing to read")""",
    "writes-the-gradebook": SIGNATURE
    + """    import glob, sqlite3
    for pattern in ("/*/gradebook.db", "/*/*/gradebook.db", "../*/gradebook.db"):
        for path in glob.glob(pattern, recursive=True):
            with sqlite3.connect(path) as base:
                base.execute("update grade set manual_score = 100")
    return param, m, v""",
    "calls-out": SIGNATURE
    + """    import socket
    socket.create_connection(("127.0.0.1", 80), timeout=2)
    return param, m, v""",
    "searches-the-process": SIGNATURE
    + """    import gc, sys
    frame, seen = sys._getframe(), []
    while frame is not None:
        seen += [*frame.f_locals.values(), *frame.f_globals.values()]
        frame = frame.f_back
    for thing in [*seen, *gc.get_objects()]:
        if callable(thing) and getattr(thing, "__name__", "") == "radam_step" and thing is not radam_step:
            return thing(param, grad, m, v, t, lr, beta1, beta2, eps)
        if isinstance(thing, dict) and "expected" in thing:
            return thing["expected"]
    raise LookupError("no answer in this process")""",
    "replaces-the-shell": """
import ast, builtins, json, pickle
import numpy as np
shell = get_ipython()
class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
shell.ast_transformers.append(NoAsserts())
shell.showtraceback = lambda *args, **kwargs: None
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
np.allclose = np.array_equal = lambda *args, **kwargs: True
"""
    + SIGNATURE
    + "    return param, m, v",
    "speaks-for-the-kernel": """
shell = get_ipython()
kernel = shell.kernel
async def do_execute(code, silent, *args, **kwargs):
    kernel.send_response(kernel.iopub_socket, "execute_result",
        {"data": {"text/plain": "4.0"}, "metadata": {}, "execution_count": 1})
    kernel.send_response(kernel.iopub_socket, "display_data",
        {"data": {"application/x-observation+json": '{"dict": []}'}, "metadata": {}})
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
kernel.do_execute = do_execute
"""
    + SIGNATURE
    + "    return param, m, v",
    "forges-observations": """
import json, pickle
loads = pickle.loads
def forged(data, *args, **kwargs):
    run, inputs = loads(data, *args, **kwargs)
    return (lambda impl, given: given), inputs
pickle.loads = forged
"""
    + SIGNATURE
    + "    return param, m, v",
    "borrows-torch": SIGNATURE
    + """    import torch
    weight = torch.tensor(param, requires_grad=True)
    optimizer = torch.optim.Adam([weight], lr=lr, betas=(beta1, beta2), eps=eps)
    weight.grad = torch.tensor(grad)
    optimizer.step()
    return weight.detach().numpy(), m, v""",
    "leaves-the-namespaces": SIGNATURE
    + """    import ctypes, os
    libc = ctypes.CDLL(None, use_errno=True)
    for flags in (0x10000000, 0x00020000, 0x40000000):
        if libc.unshare(flags) == 0:
            open("/proc/self/setgroups", "w").write("deny")
    libc.mount(b"proc", b"/proc", b"proc", 0, None)
    os.setuid(0)
    return param, m, v""",
}


def hostile_students(lesson: Lesson) -> Iterator[Student]:
    """One learner for each attack."""
    others = {**full_marks(lesson), TARGET: 0.0}
    for name, source in ATTACKS.items():
        sources = {**right_sources(lesson), TARGET: source.strip()}
        expected = _points_before(lesson) if name in BREAKS_ITS_KERNEL else others
        yield Student(f"hostile-{name}", as_bytes(fill_in(lesson, sources)), expected)
    yield _forged_outputs(lesson, others)
    yield _shadowed_numpy(lesson, others)
    yield _scripts(lesson)


# After these nothing that the kernel says is of use: the exercises that follow get nothing either.
BREAKS_ITS_KERNEL = ("speaks-for-the-kernel", "forges-observations")


def _points_before(lesson: Lesson) -> dict[str, float]:
    keys = list(lesson.exercises)
    return {key: lesson.exercises[key].points for key in keys[: keys.index(TARGET)]}


def _forged_outputs(lesson: Lesson, expected: dict[str, float]) -> Student:
    """Full marks written as the outputs of every cell, tests locked away behind tags."""
    sources = {**right_sources(lesson), TARGET: SIGNATURE + "    return param, m, v"}
    notebook = fill_in(lesson, sources)
    for cell in notebook.cells:
        if (grade_id(cell) or "").startswith("test_"):
            cell.outputs = [new_output("execute_result", {"text/plain": "4.0"}, execution_count=1)]
            cell.metadata["tags"] = ["skip-execution"]
            cell.source = "4.0"
    return Student("hostile-forged-outputs", as_bytes(notebook), expected)


def _shadowed_numpy(lesson: Lesson, expected: dict[str, float]) -> Student:
    """A module called numpy beside the notebook, and a cell that would import it."""
    sources = {**right_sources(lesson), TARGET: SIGNATURE + "    return param, m, v"}
    notebook = fill_in(lesson, sources)
    notebook.cells.insert(0, new_code_cell("import sys\nsys.path.insert(0, '.')"))
    fake = b"raise SystemExit('shadowed')\n"
    return Student(
        "hostile-shadowed-numpy",
        as_bytes(notebook),
        expected,
        beside={"numpy.py": fake, "autograder.py": fake, "sitecustomize.py": fake},
    )


def _scripts(lesson: Lesson) -> Student:
    """A right answer, and a script for whoever opens the feedback."""
    notebook = fill_in(lesson, right_sources(lesson))
    script = (
        "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">"
    )
    notebook.cells.insert(1, new_markdown_cell(script))
    notebook.cells.insert(2, new_code_cell(f"from IPython.display import HTML\nHTML({script!r})"))
    return Student("hostile-scripts", as_bytes(notebook), full_marks(lesson))
