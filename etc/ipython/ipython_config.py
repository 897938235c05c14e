"""Read by every kernel of the course's environment, for `%check` and for figures."""

import os
import sys
from importlib.util import find_spec

c = get_config()

try:
    graded_here = find_spec("autograder.magics") is not None
except ModuleNotFoundError:
    graded_here = False

# A sealed kernel uses the same environment, and has no autograder.
if graded_here:
    c.InteractiveShellApp.extensions = ["autograder.magics"]

# MPLBACKEND=Agg, common in CI and on servers, is for files: a notebook would show no figure. A
# kernel for which none is named takes the inline one. `module://` and nbagg are for notebooks too.
backend = os.environ.get("MPLBACKEND", "")
if "ipykernel" in sys.modules and not backend.startswith("module://") and backend != "nbagg":
    os.environ.pop("MPLBACKEND", None)
