#!/usr/bin/env bash
# ipykernel 7.4.0 with IPython 9.18.1.
#
# IPython's transformers turn the text of a cell into Python before it runs. One that does more than that says so
# (has_side_effects = True), and is then not called merely to see whether the input is complete. So one would expect
# such a transformer to run once for each cell. In IPython's own shell it does. In a kernel, and so in every notebook,
# it runs twice for each: ipykernel transforms the cell to find out whether it awaits something, and hands the text as
# it was typed to the shell, which transforms it again. A counter counts double, a log has each cell twice, and long
# cells are tokenized twice.
#
# Fails if that ever changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet ipykernel==7.4.0 ipython==9.18.1 jupyter_client==8.10.0
export IPYTHONDIR="$folder/ipython"

"$folder/env/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from IPython.core.interactiveshell import InteractiveShell
from jupyter_client import KernelManager

print("ipykernel", version("ipykernel"), "IPython", version("ipython"))
REGISTER = """
seen = []

def remember(lines):
    seen.append("".join(lines))
    return lines

remember.has_side_effects = True
get_ipython().input_transformers_post.append(remember)
"""
CELL = "x = 1\ny = 2\n"
COUNT = f"print(seen.count({CELL!r}))"


def in_a_kernel(cells):
    """What the cells print, run in a kernel one after another."""
    manager = KernelManager(kernel_cmd=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    printed = []

    def keep(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    try:
        client.wait_for_ready(timeout=60)
        for cell in cells:
            client.execute_interactive(cell, timeout=60, output_hook=keep)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return "".join(printed)


shell = InteractiveShell.instance()
for cell in (REGISTER, CELL):
    assert shell.run_cell(cell).success
alone = shell.user_ns["seen"].count(CELL)
kernel = int(in_a_kernel([REGISTER, CELL, COUNT]))
print("calls of the transformer for one cell, in IPython's shell:", alone)
print("calls of the transformer for one cell, in a kernel:       ", kernel)
assert alone == 1
assert kernel == 2
PYTHON
