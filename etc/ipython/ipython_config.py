"""Read by every kernel of the course's environment: puts `%check` into each of them."""

from importlib.util import find_spec

c = get_config()

try:
    graded_here = find_spec("autograder.magics") is not None
except ModuleNotFoundError:
    graded_here = False

# A sealed kernel uses the same environment, and has no autograder.
if graded_here:
    c.InteractiveShellApp.extensions = ["autograder.magics"]
