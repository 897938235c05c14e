"""What was handed in is read without a warning, whichever program saved it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.nbgrader_plugins.reader import SubmissionExporter


@pytest.mark.parametrize("ids", [[None, None, None], ["a", "a", "handed-in-1"]])
def test_ids_that_are_missing_or_copied_are_made_up(tmp_path: Path, ids: list[str | None]) -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": f"x = {place}", "metadata": {}, "outputs": []}
        | ({"id": own} if own else {})
        for place, own in enumerate(ids)
    ]
    path = tmp_path / "orientation.ipynb"
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(notebook))
    text, _ = SubmissionExporter().from_filename(str(path))  # warnings are errors here
    read = json.loads(text)["cells"]
    assert ["".join(cell["source"]) for cell in read] == ["x = 0", "x = 1", "x = 2"]
    assert len({cell["id"] for cell in read}) == len(ids)
