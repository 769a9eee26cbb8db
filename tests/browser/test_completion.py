"""Tab in JupyterLab, as a user presses it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from support.lab import DARK, IN_ALL_LOOKS, Notebook

pytestmark = pytest.mark.browser


def _type(notebook: Notebook, text: str) -> Locator:
    """Type into the last cell with the keyboard, press Tab, and return the list that comes up."""
    notebook.command("notebook:insert-cell-below")
    editor = notebook.cell(-1).locator.locator(".cm-content")
    editor.click()
    notebook.page.keyboard.type(text)
    notebook.page.keyboard.press("Tab")
    return notebook.page.locator(".jp-Completer")


def _text(notebook: Notebook) -> str:
    text: str = notebook.page.evaluate("testPanel().content.activeCell.model.sharedModel.getSource()")
    return text


@IN_ALL_LOOKS
def test_tab_lists_the_fields_with_type_and_meaning(
    open_notebook: Callable[..., Notebook], theme: str, size: tuple[int, int]
) -> None:
    """And Enter takes one of them."""
    notebook = open_notebook(theme=theme, size=size)
    notebook.run("%load_ext retarus_pandas")
    offered = _type(notebook, "%%retarus faxes --last 7D\n{ faxOutUdrReport { content { pag")
    entry = offered.locator("li", has_text="docPages")
    expect(entry).to_be_visible()
    expect(entry).to_have_attribute("title", "Int · Pages of the document.".replace(" ", "\N{NO-BREAK SPACE}"))
    expect(offered).not_to_contain_text("%pag")
    shade = "dark" if theme == DARK else "light"
    notebook.shoot(f"completion-{shade}")
    notebook.page.keyboard.press("ArrowDown")
    notebook.page.keyboard.press("Enter")
    assert _text(notebook).endswith("content { docPages")


# JupyterLab takes the only candidate at once in some places, and lists it in others.
_COMPLETED = """whole => testPanel().content.activeCell.model.sharedModel.getSource() === whole
    || [...document.querySelectorAll('.jp-Completer-item')].some(item => whole.endsWith(item.dataset.value))"""


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("%%retarus --dtype-b", "%%retarus --dtype-backend"),
        ("%retarus fields faxOu", "%retarus fields faxOutUdrReport"),
        ("%%retarus\n{ faxOutUdrReport(fil", "%%retarus\n{ faxOutUdrReport(filter"),
        ("an_own_n", "an_own_name"),
    ],
)
def test_lines_bodies_and_python_are_completed(notebook: Notebook, typed: str, whole: str) -> None:
    notebook.run("%load_ext retarus_pandas\nan_own_name = 1")
    _type(notebook, typed)
    notebook.page.wait_for_function(_COMPLETED, arg=whole)


@IN_ALL_LOOKS
def test_shift_tab_says_what_a_field_is(
    open_notebook: Callable[..., Notebook], theme: str, size: tuple[int, int]
) -> None:
    """In a cell that has not been run; in Python's cells it says what it always said."""
    notebook = open_notebook(theme=theme, size=size)
    notebook.run("%load_ext retarus_pandas")
    _inspect(notebook, "%%retarus faxes --last 7D\n{ faxOutUdrReport { content { callDuration")
    tooltip = notebook.page.locator(".jp-Tooltip")
    expect(tooltip).to_contain_text("callDuration  Int, becomes Int64")
    expect(tooltip).to_contain_text("Unit: milliseconds")
    notebook.shoot(f"shift-tab-{'dark' if theme == DARK else 'light'}")
    notebook.page.keyboard.press("Escape")
    _inspect(notebook, "len")
    expect(tooltip).to_contain_text("Return the number of items in a container.")


def _inspect(notebook: Notebook, text: str) -> None:
    """Type into a new last cell with the keyboard, and press Shift-Tab."""
    notebook.command("notebook:insert-cell-below")
    notebook.cell(-1).locator.locator(".cm-content").click()
    notebook.page.keyboard.type(text)
    notebook.page.keyboard.press("Shift+Tab")
