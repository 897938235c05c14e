"""A notebook in JupyterLab, handled as its user does; its state is read from the application."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

HERE = "jupyterapp.shell.currentWidget"
READY = f"() => window.jupyterapp && {HERE}?.sessionContext?.session?.kernel?.status === 'idle'"
DONE = f"""() => {HERE}.content.widgets.filter(cell => cell.model.type === 'code').every(
    cell => cell.model.executionCount !== null && cell.model.executionState !== 'running')"""
OUTPUTS = f"""() => Object.fromEntries({HERE}.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => [cell.model.id, cell.model.outputs.toJSON()]))"""
INDEX = f"id => {HERE}.content.widgets.findIndex(cell => cell.model.id === id)"
RAN = f"""([index, before]) => {{
    const model = {HERE}.content.widgets[index].model;
    return model.executionCount > before && model.executionState !== 'running'; }}"""
COUNT = f"index => {HERE}.content.widgets[index].model.executionCount || 0"


class Notebook:
    """The notebook that is open in `page`, once its kernel is ready."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_function(READY)

    @property
    def tab(self) -> Locator:
        """Its tab: it has a dot, class `jp-mod-dirty`, while there is something to save."""
        return self.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.lm-mod-current")

    def changed(self) -> bool:
        """Whether JupyterLab would ask to save it."""
        return bool(self.page.evaluate(f"{HERE}.context.model.dirty"))

    def run_all(self) -> dict[str, list[dict[str, Any]]]:
        """Run > Run All Cells; the outputs of each code cell by its id."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
        self.page.wait_for_function(DONE)
        outputs: dict[str, list[dict[str, Any]]] = self.page.evaluate(OUTPUTS)
        return outputs

    def cell(self, cell_id: str) -> Locator:
        """A cell that the lesson has."""
        return self.at(self.page.evaluate(INDEX, cell_id))

    def at(self, index: int) -> Locator:
        """The cell at a place."""
        return self.page.locator(f".jp-Cell[data-windowed-list-index='{index}']")

    def write(self, cell_id: str, source: str) -> Locator:
        """Replace what stands in a cell, and run it."""
        self.edit(cell_id, source)
        return self.run(cell_id)

    def edit(self, cell_id: str, source: str) -> None:
        """Replace what stands in a cell, and leave it at that."""
        self._type(self.page.evaluate(INDEX, cell_id), source)

    def save(self) -> None:
        """Save it, by the keyboard."""
        self.page.keyboard.press("ControlOrMeta+s")
        self.page.wait_for_function(f"() => !{HERE}.context.model.dirty")

    def run(self, cell_id: str) -> Locator:
        """Run a cell as it is."""
        return self._run(self.page.evaluate(INDEX, cell_id))

    def add(self, after: str, source: str) -> Locator:
        """Write a new cell beneath another, and run it; where its output stands."""
        index = self.page.evaluate(INDEX, after)
        self.at(index).locator(".jp-InputPrompt").click()
        self.page.keyboard.press("b")
        self._type(index + 1, source)
        return self._run(index + 1)

    def _type(self, index: int, source: str) -> None:
        self.at(index).scroll_into_view_if_needed()
        self.at(index).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def _run(self, index: int) -> Locator:
        before = self.page.evaluate(COUNT, index)
        self.at(index).scroll_into_view_if_needed()
        self.at(index).locator(".jp-InputPrompt").click()
        self.page.keyboard.press("ControlOrMeta+Enter")
        self.page.wait_for_function(RAN, arg=[index, before])
        return self.at(index).locator(".jp-Cell-outputArea")

    def restart(self) -> None:
        """Restart its kernel."""
        self.page.evaluate(f"() => {HERE}.sessionContext.session.kernel.restart()")
        self.page.wait_for_function(READY)

    def shut_down(self) -> None:
        """End its kernel, and leave without saving."""
        self.page.evaluate(f"() => {HERE}.sessionContext.shutdown()")
