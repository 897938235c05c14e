"""The notebook as it lies on the disk, beside what its kernel has run."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from autograder.static_analysis.names import defined_names, parse, said_names


def notebook_path(names: Mapping[str, Any]) -> Path | None:
    """Where the notebook of this kernel is saved, if its front end says so.

    Args:
        names: the kernel's namespace, in which VS Code says it; Jupyter sets a variable.
    """
    said = names.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
    if not isinstance(said, str) or not said.endswith(".ipynb"):
        return None
    here = Path(said)
    return next((path for path in (here, Path(here.name)) if path.is_file()), None)


def has_another_version(
    path: Path, name: str, ran: str, since: float, slots: Collection[str] = ()
) -> bool:
    """Whether a notebook that was saved after a run has another version of a name than that run.

    Said only where it is certain: no cell of the notebook is what ran, and one cell alone, or the
    exercise's own, defines the name.

    Args:
        ran: the source that was run.
        since: when that was.
        slots: the `grade_id`s of the exercise's own cells.
    """
    try:
        if path.stat().st_mtime <= since:
            return False
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in code]
        ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in code]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    if any(_same(source, ran) for source in sources):
        return False
    versions = [
        grade_id
        for grade_id, source in zip(ids, sources, strict=True)
        if name in source and name in defined_names(source) | said_names(source)
    ]
    return len(versions) == 1 or bool(set(versions) & set(slots))


def _same(one: str, other: str) -> bool:
    """Whether two sources differ in white space and comments at most."""
    if one.split() == other.split():
        return True
    trees = parse(one), parse(other)
    return None not in trees and ast.dump(trees[0]) == ast.dump(trees[1])  # type: ignore[arg-type]
