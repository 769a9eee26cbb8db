"""The magics as a user meets them: cells that read, fail, are interrupted, and ask to sign in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from retarus_pandas.sandbox import Sandbox
from support.lab import DARK, IN_ALL_LOOKS, NARROW, Cell, Notebook, shoot

pytestmark = pytest.mark.browser

READ = """%%retarus --last 90D
{ faxOutUdrReport { content { faxId statusName docPages keyTimestamp } } }"""


# What the bar says besides being one.
UNDER_WAY = re.compile(r"\d% · .*[1-9]\d* rows")


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows=200) as running:
        yield running


@pytest.fixture
def slow_box() -> Iterator[Sandbox]:
    """A service that takes a second for each answer, and has many to give."""
    with Sandbox(rows=2000, latency=1.0) as running:
        yield running


def _prepare(notebook: Notebook, box: Sandbox, *, signed_in: bool = True) -> None:
    names = box.environment if signed_in else {"RETARUS_API_URL": box.api_url, "RETARUS_TOKEN_URL": box.token_url}
    notebook.run(f"import os\nos.environ.update({names})\n%load_ext retarus_pandas")


def test_a_cell_shows_its_frame(notebook: Notebook, box: Sandbox) -> None:
    """Without a name the frame is the cell's result."""
    _prepare(notebook, box)
    cell = notebook.run(READ)
    for column in ("faxId", "statusName", "docPages", "keyTimestamp"):
        expect(cell.output.get_by_role("columnheader", name=column)).to_be_visible()
    expect(cell.output).to_contain_text("200 rows")


def test_a_named_result_is_one_line_and_a_variable(notebook: Notebook, box: Sandbox) -> None:
    """The line says how many rows came; the frame is the notebook's."""
    _prepare(notebook, box)
    cell = notebook.run(READ.replace("%%retarus", "%%retarus faxes"))
    expect(cell.output).to_contain_text("200 rows")
    expect(cell.output.get_by_role("table")).to_have_count(0)
    expect(notebook.run("faxes.shape").output).to_contain_text("(200, 4)")


def test_a_mistake_is_shown_in_a_few_lines(notebook: Notebook, box: Sandbox) -> None:
    """No traceback; the cell has failed, so that cells after it do not run."""
    _prepare(notebook, box)
    cell = notebook.run("%%retarus --last 7D\n{ faxOutUdrReport { content { faxId } }")
    expect(cell.output).to_contain_text("DocumentError")
    expect(cell.output).not_to_contain_text("Traceback")
    expect(cell.output.locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(1)
    assert len((cell.output.text_content() or "").strip().splitlines()) < 12


def test_signed_out_the_cell_asks_and_runs_again_after_it(notebook: Notebook, box: Sandbox) -> None:
    """The form appears where it is needed; after signing in the same cell reads."""
    _prepare(notebook, box, signed_in=False)
    cell = notebook.run(READ)
    expect(cell.output).to_contain_text("NotSignedInError")
    cell.output.get_by_label("Customer ID").fill(box.customer_id)
    cell.output.get_by_label("Client ID").fill(box.client_id)
    cell.output.get_by_label("Client Secret").fill(box.client_secret)
    cell.output.get_by_label("Client Secret").press("Enter")
    expect(cell.output).to_contain_text(f"customer {box.customer_id}")
    expect(notebook.run(READ).output).to_contain_text("200 rows")


def test_an_interrupt_stops_a_long_read(notebook: Notebook, slow_box: Sandbox) -> None:
    """The cell fails shortly, the service hears no more of it, and the next cell works."""
    _prepare(notebook, slow_box)
    cell = notebook.start(READ.replace("--last", "--page-size 5 --last"))
    expect(cell.output).to_contain_text(UNDER_WAY)
    notebook.interrupt()
    cell.wait()
    expect(cell.output).to_contain_text("Interrupted")
    expect(cell.output).not_to_contain_text("Traceback")
    asked = slow_box.requests.api
    expect(notebook.run("import threading\nlen(threading.enumerate()) < 50").output).to_contain_text("True")
    expect(notebook.run("import time\ntime.sleep(3)\nprint('later')").output).to_contain_text("later")
    assert slow_box.requests.api == asked


@IN_ALL_LOOKS
def test_cells_can_be_looked_at(
    open_notebook: Callable[..., Notebook], slow_box: Sandbox, theme: str, size: tuple[int, int]
) -> None:
    """Bar, line, table, error and status; the pictures are for people."""
    notebook = open_notebook(theme=theme, size=size)
    look = f"cells-{'dark' if theme == DARK else 'light'}-{'narrow' if size == NARROW else 'wide'}"
    _prepare(notebook, slow_box)
    cell = notebook.start(READ.replace("--last", "--page-size 500 --last"))
    expect(cell.output).to_contain_text(UNDER_WAY)
    expect(cell.output.locator(".progress-bar")).to_be_visible()
    shoot(cell.locator, f"{look}-1-running")
    cell.wait()
    shoot(cell.locator, f"{look}-2-frame")
    slow_box.latency = 0.0
    _shoot_each(
        notebook,
        {
            f"{look}-3-named": READ.replace("%%retarus", "%%retarus faxes"),
            f"{look}-4-mistake": "%%retarus --last 7D\n{ faxOutUdrReport { content { faxId statusNam } }",
            f"{look}-5-plan": READ.replace("%%retarus", "%%retarus --plan"),
            f"{look}-6-status": "%retarus status",
            f"{look}-7-reports": "%retarus reports",
            f"{look}-8-fields": "%retarus fields smsInUdrReport",
        },
    )


def _shoot_each(notebook: Notebook, cells: dict[str, str]) -> None:
    for name, code in cells.items():
        cell: Cell = notebook.run(code)
        expect(cell.output).not_to_be_empty()
        shoot(cell.locator, name)
