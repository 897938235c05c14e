"""The feedback page as a browser shows it: nothing runs, nothing is fetched, nothing sticks out."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.feedback.making import PNG, answer, display, graded, html_of, stream, verdicts, wrong

pytestmark = pytest.mark.browser
ATTACK = "<script>document.title = 'owned'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>"
LONG = "x = [" + ", ".join(f"'{n}'" for n in range(200)) + "]"


@pytest.fixture
def feedback(tmp_path: Path) -> Path:
    """A page with everything on it that could run, be fetched or stick out."""
    words = f"{ATTACK}\n\n![far](http://127.0.0.1:9/y.png) $$" + "a+" * 120 + f"b$$\n\n{'w' * 900}"
    table = "\n\n|" + "column|" * 12 + "\n|" + "-|" * 12 + "\n|" + "123456|" * 12

    def change(notebook):
        answer(notebook, words + table)
        notebook.cells[5].source += f"\n\n{ATTACK}"
        for cell in notebook.cells:
            if cell.id == "descend":
                cell.source += f"\n{LONG}"

    outputs = {
        "descent_step": [
            stream("y" * 3000),
            display(text__html=ATTACK, text__plain=ATTACK),
            display(**{"image__svg+xml": f"<svg>{ATTACK}</svg>"}),
            display(image__png=PNG, text__plain="<Figure>"),
        ]
    }
    path = tmp_path / "page.html"
    page = html_of(graded(change, outputs), verdicts(descent_step=wrong(call=LONG)))
    path.write_text(page, encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [360, 1000])
@pytest.mark.parametrize("media", ["screen", "print"])
def test_it_fits_runs_nothing_and_fetches_nothing(
    page: Page, feedback: Path, width: int, media: str
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: (said.append("a dialog"), dialog.dismiss()))
    page.on("request", lambda request: said.append(request.url))
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(media="print" if media == "print" else "screen")
    page.goto(feedback.as_uri())
    page.locator("summary").last.click()
    assert [one for one in said if not one.startswith("data:image/png")] == [feedback.as_uri()]
    assert page.title() == "Feedback: 00 - The descent"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").evaluate("e => getComputedStyle(e).marginTop") == "0px"  # its style


def test_the_summary_leads_to_each_part(page: Page, feedback: Path) -> None:
    page.goto(feedback.as_uri())
    rows = page.locator(".summary").get_by_role("row")
    assert rows.count() == page.get_by_role("article").count() + 1
    page.get_by_role("link", name="descend", exact=True).click()
    assert page.url.endswith("#descend")
    assert page.get_by_role("heading", level=1).count() == 1
