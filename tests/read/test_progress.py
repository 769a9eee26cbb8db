"""The bar says how far a read is where somebody looks, and leaves one line and no thread behind."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from itertools import count

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import ServiceError
from retarus_pandas.read.progress import Bar, observer
from retarus_pandas.read.surroundings import Surroundings, here
from retarus_pandas.values import Progress
from support.kernels import Kernel, contents, run_kernel
from support.replies import status
from support.servers import API, FaultyServer
from support.terminals import run_in_terminal

READ = """
import threading, time
from retarus_pandas.read.progress import observer
from retarus_pandas.values import Progress
with observer({progress}, "faxOutUdrReport") as observe:
    observe(Progress(500, 0.25))
    time.sleep(0.12)
    observe(Progress(52310, 1.0, finished=True))
print([thread.name for thread in threading.enumerate()])
"""


class Noted:
    """A view that keeps what it is told."""

    def __init__(self) -> None:
        self.steps: list[tuple[float | None, str]] = []
        self.last: list[str] = []

    def step(self, covered: float | None, text: str) -> None:
        self.steps.append((covered, text))

    def finish(self, text: str) -> None:
        self.last.append(text)


def test_the_last_line_has_rows_seconds_and_rate() -> None:
    """One line stays: how many rows, how long, how fast."""
    view, clock = Noted(), count(step=1.0)
    with Bar(view, "faxOutUdrReport", clock=clock.__next__) as bar:
        bar(Progress(3_000, 0.5))
        bar(Progress(6_000, 1.0, finished=True))
    assert view.steps[1:] == [
        (0.5, "faxOutUdrReport: 3,000 rows · 3,000 rows/s"),
        (1.0, "faxOutUdrReport: 6,000 rows · 3,000 rows/s"),
    ]
    assert view.last == ["faxOutUdrReport: 6,000 rows · 3.0 s · 2,000 rows/s"]


def test_a_read_that_did_not_finish_says_so() -> None:
    """After an error or an interrupt the last line does not pretend."""
    view, clock = Noted(), count(step=1.0)
    bar = Bar(view, "", clock=clock.__next__)
    bar(Progress(10, None))
    bar.close()
    bar.close()
    assert view.last == ["stopped after 10 rows · 2.0 s · 5 rows/s"]


def test_steps_are_not_shown_faster_than_anyone_can_see() -> None:
    """A thousand pages at the same instant are one step."""
    view = Noted()
    bar = Bar(view, "", clock=lambda: 0.0)
    for rows in range(1_000):
        bar(Progress(rows, None))
    assert len(view.steps) == 2


def test_a_wait_is_told_and_stays_long_enough_to_be_read() -> None:
    """What other threads have to say meanwhile does not wipe it out."""
    view, now = Noted(), [0.0]
    bar = Bar(view, "", clock=lambda: now[0])
    bar(Progress(10, 0.5))
    bar.wait(8.4, "the service answered HTTP 429")
    assert view.steps[-1] == (None, "10 rows · the service answered HTTP 429; asking again in 8 s")
    now[0] = 0.5
    bar(Progress(20, 0.6))
    assert "429" in view.steps[-1][1]
    now[0] = 1.5
    bar(Progress(30, 0.7))
    assert "30 rows" in view.steps[-1][1]


def test_a_read_tells_its_bar_of_a_wait(capfd: pytest.CaptureFixture[str]) -> None:
    """While it lasts; so that the bar does not seem to hang."""
    with FaultyServer() as server:
        server.api(status(429, Retry_After="3"))
        at = server.endpoints
        with rt.Session("1", "c", "s", api_url=at.api_url, token_url=at.token_url, timeout=20) as session:
            server.always(API, status(404))
            with pytest.raises(ServiceError):
                rt.read_retarus("{ faxOutUdrReport { faxId } }", last="1D", session=session, progress=True)
    # Of the three seconds some part may be over when it is told.
    assert re.search("the service answered HTTP 429; asking again in [1-3] s", capfd.readouterr().err)


def test_a_callable_is_called_with_every_step() -> None:
    """``progress=`` takes what the caller brings, and shows nothing itself."""
    seen: list[Progress] = []
    with observer(seen.append) as observe:
        observe(Progress(1, None))
        observe(Progress(2, 1.0, finished=True))
    assert seen == [Progress(1, None), Progress(2, 1.0, finished=True)]


@pytest.mark.parametrize("progress", [None, False])
def test_nothing_is_shown_in_a_pipe(progress: bool | None, capfd: pytest.CaptureFixture[str]) -> None:
    """Logs and pipes are not littered."""
    with observer(progress, "faxOutUdrReport") as observe:
        observe(Progress(1, None, finished=True))
    assert capfd.readouterr() == ("", "")


def test_true_shows_it_even_in_a_pipe(capfd: pytest.CaptureFixture[str]) -> None:
    """Who asks for a bar gets one."""
    before = set(threading.enumerate())
    with observer(True, "faxOutUdrReport") as observe:
        observe(Progress(7, 0.5))
        observe(Progress(7, 1.0, finished=True))
    assert capfd.readouterr().err.splitlines()[-1].rpartition("\r")[2].startswith("faxOutUdrReport: 7 rows · ")
    assert set(threading.enumerate()) <= before


def test_a_terminal_shows_text_then_one_line() -> None:
    """In a terminal the bar is text, and no thread of it stays."""
    with run_in_terminal("-c", READ.format(progress=None)) as terminal:
        shown = terminal.finish()
    assert " 25% " in shown
    *_, last, threads, rest = shown.split("\n")
    assert last.rpartition("\r")[2].startswith("faxOutUdrReport: 52,310 rows · ")
    assert threads == "['MainThread']"
    assert rest == ""


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with run_kernel() as running:
        yield running


def test_a_notebook_shows_a_widget_and_keeps_the_line(kernel: Kernel) -> None:
    """The widget is replaced by its last line, and nothing of it is left in the widget state."""
    messages = kernel.execute(READ.format(progress=None), attended=True)
    (shown,) = contents(messages, "display_data")
    assert "application/vnd.jupyter.widget-view+json" in shown["data"]
    (line,) = contents(messages, "update_display_data")
    assert line["transient"] == shown["transient"]
    assert line["data"]["text/plain"].startswith("faxOutUdrReport: 52,310 rows · ")
    assert "var(--jp-" in line["data"]["text/html"]
    assert len(contents(messages, "comm_close")) == len(contents(messages, "comm_open")) > 0
    assert not [text for text in contents(messages, "stream") if text["name"] == "stderr"]


def test_a_notebook_that_a_program_executes_shows_nothing(kernel: Kernel) -> None:
    """nbconvert and papermill cannot answer questions; that is how they are told apart."""
    messages = kernel.execute(READ.format(progress=None), attended=False)
    assert not contents(messages, "display_data")
    assert not contents(messages, "comm_open")


def test_true_shows_it_even_there(kernel: Kernel) -> None:
    """Forced, an executed notebook keeps the line."""
    messages = kernel.execute(READ.format(progress=True), attended=False)
    assert contents(messages, "update_display_data")


def test_without_a_terminal_there_is_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program whose input is a pipe, a file or closed."""
    for nothing in (io.StringIO(), None):
        monkeypatch.setattr("sys.stdin", nothing)
        assert here() is Surroundings.SCRIPT
