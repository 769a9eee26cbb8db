"""The ground the other browser tests stand on: a JupyterLab as users have it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from support.lab import DARK, NARROW, Notebook

pytestmark = pytest.mark.browser


def test_a_frame_is_shown_as_a_table(notebook: Notebook) -> None:
    """A cell runs in the kernel and its result is rendered."""
    cell = notebook.run('import pandas as pd\npd.DataFrame({"a": [1]})')
    expect(cell.output.get_by_role("columnheader", name="a")).to_be_visible()
    expect(cell.output.get_by_role("cell", name="1", exact=True)).to_be_visible()
    notebook.shoot("frame")


def test_widgets_are_rendered_and_their_state_is_saved(notebook: Notebook) -> None:
    """The widget extension is installed and on, and so is the setting that saves widget state with the notebook."""
    cell = notebook.run("import ipywidgets\nipywidgets.Text(description='Name')")
    cell.output.get_by_label("Name").fill("Ada")
    cell.output.get_by_label("Name").press("Enter")
    expect(notebook.run("print('done')").output).to_contain_text("done")
    metadata = json.loads(notebook.save())["metadata"]
    state = metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert "Ada" in {model["state"].get("value") for model in state.values()}


def test_an_interrupt_stops_a_running_cell(notebook: Notebook) -> None:
    """The stop button's command reaches the kernel."""
    cell = notebook.start("import time\nprint('started', flush=True)\ntime.sleep(600)")
    expect(cell.output).to_contain_text("started")
    notebook.interrupt()
    cell.wait()
    expect(cell.output).to_contain_text("KeyboardInterrupt")


def test_a_notebook_survives_a_reload(notebook: Notebook) -> None:
    """After F5 the saved cells and the running kernel are there."""
    notebook.run("number = 6 * 7\nprint(number)")
    notebook.save()
    notebook.reload()
    expect(notebook.cell(-1).output).to_contain_text("42")
    expect(notebook.run("number + 1").output).to_contain_text("43")


def test_a_narrow_dark_window(open_notebook: Callable[..., Notebook]) -> None:
    """Theme and size are as asked."""
    notebook = open_notebook(theme=DARK, size=NARROW)
    cell = notebook.run("'dark'")
    expect(cell.output).to_contain_text("dark")
    expect(notebook.page.locator("body")).to_have_attribute("data-jp-theme-name", re.compile("Dark"))
    notebook.shoot("dark-narrow")
