"""Right answers to lesson 05 as other people write them: by grade_id, as typed into the cells."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "handwriting"
CELL = "# --- "


def answers() -> dict[str, dict[str, str]]:
    """Every handwriting, by name: its cells by grade_id."""
    return {path.stem: cells(path) for path in sorted(FOLDER.glob("*.txt"))}


def cells(path: Path) -> dict[str, str]:
    """The cells of one file: each begins with `# --- grade_id`."""
    found = {}
    for part in path.read_text(encoding="utf-8").split(CELL)[1:]:
        name, _, source = part.partition("\n")
        found[name.strip()] = source.strip()
    return found
