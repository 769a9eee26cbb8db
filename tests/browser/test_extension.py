"""Our extension in JupyterLab: colours in the cells, cells from the explorer, and keys in its lists."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from support.lab import DARK, IN_ALL_LOOKS, Cell, Notebook

pytestmark = pytest.mark.browser

CELL = """%%retarus sent --last 7D --filter jobBillingCode="Pos. 2 Fax"
# who sent what
query Sent($codes: [String!]) {
  faxOutUdrReport(filter: {statusName: {values: $codes}, docPages: {values: [3]}}) @include(if: true) {
    content { faxId statusName ...Pages }
  }
}
fragment Pages on FaxOutUdr { docPages }"""

# What differs from what stands around it, and what must look alike.
KINDS = {
    "magic": ["%%retarus"],
    "option": ["--last", "--filter"],
    "keyword": ["query", "fragment", "on"],
    "field": ["faxOutUdrReport", "content", "faxId", "statusName", "docPages"],
    "variable": ["$codes"],
    "text": ['"Pos. 2 Fax"'],
    "number": ["3"],
    "comment": ["# who sent what"],
}


def _colours(cell: Cell) -> dict[str, str]:
    """The colour of each coloured word; of words that occur twice, the last."""
    pairs: list[tuple[str, str]] = cell.locator.evaluate(
        """cell => [...cell.querySelectorAll('.cm-line span')]
            .map(span => [span.textContent.trim(), getComputedStyle(span).color])"""
    )
    return dict(pairs)


def _wait_for_colour(cell: Cell, word: str) -> None:
    expect(cell.locator.locator(".cm-line span").get_by_text(word, exact=True).first).to_be_visible()


@IN_ALL_LOOKS
def test_a_body_is_coloured_as_graphql(
    open_notebook: Callable[..., Notebook], theme: str, size: tuple[int, int]
) -> None:
    notebook = open_notebook(theme=theme, size=size)
    notebook.write("query = 'a Python cell'")
    cell = notebook.write(CELL)
    _wait_for_colour(cell, "faxId")
    seen = _colours(cell)
    colours = {kind: {seen[word] for word in words} for kind, words in KINDS.items()}
    assert all(len(same) == 1 for same in colours.values()), colours
    assert len({colour for same in colours.values() for colour in same}) == len(KINDS), colours
    assert not {"sent", "7D"} & set(seen)
    notebook.shoot(f"graphql-{'dark' if theme == DARK else 'light'}")


def test_other_cells_are_left_alone(notebook: Notebook) -> None:
    """Python with our magic further down, another magic, and a text cell that begins as ours do."""
    python = notebook.write("import os\n'''\n%%retarus\n'''\nquery = {}")
    other = notebook.write("%%retarusx\nimport os\nquery = {}")
    text = notebook.write("%%retarus\nquery")
    notebook.command("notebook:change-cell-to-markdown")
    _wait_for_colour(python, "import")
    _wait_for_colour(other, "import")
    for cell in (python, other, text):
        assert "query" not in _colours(cell)


def test_the_body_is_coloured_below_magics_that_run_it_too(notebook: Notebook) -> None:
    """As below ``%%time``; what only looks like one stays Python."""
    cell = notebook.write("%%time\n%%capture out\n%%retarus sent --last 7D\nquery { faxOutUdrReport { faxId } }")
    other = notebook.write("%%timer\n%%retarus sent\nquery = {}\nimport os")
    _wait_for_colour(cell, "faxId")
    seen = _colours(cell)
    assert seen["%%time"] == seen["%%capture"] == seen["%%retarus"] != seen["query"] != seen["faxId"]
    _wait_for_colour(other, "import")
    assert "query" not in _colours(other)


def test_the_first_line_decides_while_it_is_typed(notebook: Notebook) -> None:
    cell = notebook.write("%retarus --last 7D\nquery { faxOutUdrReport { faxId } }")
    keyboard = notebook.page.keyboard
    _wait_for_colour(cell, "{")
    assert "faxId" not in _colours(cell)
    cell.editor.click()
    keyboard.press("ControlOrMeta+Home")
    keyboard.type("%")
    _wait_for_colour(cell, "faxId")
    assert _colours(cell)["query"] != _colours(cell)["faxId"]
    keyboard.press("Backspace")
    expect(cell.locator.locator(".cm-line span").get_by_text("faxId", exact=True)).to_have_count(0)
    keyboard.type("%")
    _wait_for_colour(cell, "faxId")


def test_colours_outlive_a_reload_and_another_kernel(notebook: Notebook) -> None:
    notebook.write("%%retarus\nquery { faxOutUdrReport { faxId } }")
    notebook.save()
    notebook.reload()
    _wait_for_colour(notebook.cell(-1), "faxId")
    notebook.page.evaluate("() => testPanel().sessionContext.changeKernel({ name: 'python3' })")
    assert "alive" in notebook.run("print('alive')").output.inner_text()
    _wait_for_colour(notebook.cell(0), "faxId")


def _sources(notebook: Notebook) -> list[str]:
    sources: list[str] = notebook.page.evaluate(
        "testPanel().content.widgets.map(cell => cell.model.sharedModel.getSource())"
    )
    return sources


def _explore(notebook: Notebook) -> Cell:
    notebook.run("%load_ext retarus_pandas")
    cell = notebook.run("%retarus explore")
    cell.output.get_by_role("checkbox").first.check()
    expect(cell.output.locator("pre")).to_contain_text("faxId")
    return cell


def test_the_explorer_s_cell_is_put_below_it(notebook: Notebook) -> None:
    """Not below the active cell; it is then the active one, and can be run at once."""
    cell = _explore(notebook)
    notebook.write("'last'")
    text = cell.output.locator("pre").inner_text()
    cell.output.get_by_role("button", name="Insert as cell").click()
    expect(cell.output.get_by_role("status")).to_have_text("Inserted below.")
    assert _sources(notebook) == ["%load_ext retarus_pandas", "%retarus explore", text, "'last'"]
    assert notebook.page.evaluate("testPanel().content.activeCellIndex") == 2
    expect(notebook.cell(2).locator).to_be_focused()
    _wait_for_colour(notebook.cell(2), "faxId")
    notebook.page.keyboard.press("Shift+Enter")
    expect(notebook.cell(2).output).to_contain_text("NotSignedInError")


def test_a_reloaded_page_still_takes_the_cell(notebook: Notebook) -> None:
    _explore(notebook)
    notebook.save()
    notebook.reload()
    cell = notebook.cell(1)
    cell.output.get_by_role("button", name="Insert as cell").click()
    expect(cell.output.get_by_role("status")).to_have_text("Inserted below.")
    assert len(_sources(notebook)) == 3


def test_a_restarted_kernel_s_explorer_inserts_too(notebook: Notebook) -> None:
    """Also where JupyterLab keeps only those cells in the page that are in sight."""
    notebook.page.evaluate(
        """async () => {
            const { content, sessionContext } = testPanel();
            content.notebookConfig = { ...content.notebookConfig, windowingMode: 'full' };
            await sessionContext.session.kernel.restart();
        }"""
    )
    cell = _explore(notebook)
    for _ in range(20):
        notebook.write("pass")
    notebook.page.evaluate("testPanel().content.scrollToItem(1)")
    cell.output.get_by_role("button", name="Insert as cell").click()
    expect(cell.output.get_by_role("status")).to_have_text("Inserted below.")
    assert _sources(notebook)[2].startswith("%%retarus frame")
    expect(notebook.page.locator(".jp-Cell:focus")).to_contain_text("%%retarus frame")


def test_keys_in_a_list_are_the_list_s(notebook: Notebook) -> None:
    """JupyterLab has meanings for them in the cells around it: text, next cell, delete."""
    cell = _explore(notebook)
    report = cell.output.get_by_label("Report", exact=True)
    report.focus()
    notebook.page.keyboard.type("sms")
    expect(report).to_have_value("smsInUdrReport · Received SMS")
    notebook.page.keyboard.press("ArrowDown")
    expect(report).to_have_value("smsOutUdrReport · Sent SMS")
    notebook.page.keyboard.type("dd")
    expect(report).to_be_focused()
    assert _sources(notebook) == ["%load_ext retarus_pandas", "%retarus explore"]


def test_nothing_is_complained_about(notebook: Notebook) -> None:
    """The browser's console stays empty, from loading to inserting."""
    cell = _explore(notebook)
    cell.output.get_by_role("button", name="Insert as cell").click()
    expect(cell.output.get_by_role("status")).to_have_text("Inserted below.")
    assert json.loads(notebook.save())["cells"][2]["cell_type"] == "code"
    assert notebook.complaints == []
