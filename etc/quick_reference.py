"""The page docs/quick-reference.md, made from docs/quick-reference.toml.

`make reference` writes it; with --check, say whether it is current, and write nothing.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1] / "docs"
SOURCE, PAGE = DOCS / "quick-reference.toml", DOCS / "quick-reference.md"
HEAD = """# Quick reference

Every formula, default and threshold of the course, on one page: print it in landscape, small. The
number is the lesson. A default in `code` is that of the signature; " / " stands between those of
two names. Made from [quick-reference.toml](quick-reference.toml) by
`make reference`.

| | | | defaults, limits |
| --- | --- | --- | --- |
"""


def sections() -> list[dict[str, Any]]:
    """The sections of the source, in its order: title and rows."""
    found: list[dict[str, Any]] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["section"]
    return found


def stated_defaults(row: dict[str, Any]) -> list[dict[str, Any]]:
    """What a row says the defaults are: one dict for each group, by parameter."""
    groups = [group for group in row.get("defaults", "").split(" / ") if group]
    calls = [ast.parse(f"f({group})", mode="eval").body for group in groups]
    return [
        {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
        for call in calls
        if isinstance(call, ast.Call)
    ]


def line(row: dict[str, Any]) -> str:
    """A row of the page's table."""
    names = " ".join(f"`{name}`" for name in row["names"])
    if len(row["names"]) > 7:
        names = f"`{row['names'][0]}` to `{row['names'][-1]}`"
    groups = [f"`{group}`" for group in row.get("defaults", "").split(" / ") if group]
    remarks = "; ".join(filter(None, (" / ".join(groups), row.get("note", ""))))
    return f"| {row['lesson']:02d} | {names} | {row['says']} | {remarks} |"


def page() -> str:
    """The whole page."""
    parts = []
    for section in sections():
        parts += [f"| | **{section['title']}** | | |", *map(line, section["rows"])]
    return HEAD + "\n".join(parts) + "\n"


def main() -> int:
    """Write the page, or with --check compare it; the exit status."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE.name} is not what {SOURCE.name} gives: make reference")
    return 1


if __name__ == "__main__":
    sys.exit(main())
