"""The explorer: what is chosen, the cell that results, and the frame that comes."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets import Widget

import retarus_pandas as rt
from retarus_pandas.errors import PeriodError
from retarus_pandas.notebook.explorer.choice import PERIODS, Choice
from retarus_pandas.notebook.explorer.explorer import Answer, Explorer
from retarus_pandas.notebook.explorer.exploring import INSERT_TARGET
from retarus_pandas.notebook.magic.line import cell_options
from retarus_pandas.read import reading_arguments
from retarus_pandas.read.splitting import join_line, split_line
from retarus_pandas.schema.model import Schema
from retarus_pandas.schema.sources import bundled, load
from retarus_pandas.values import Progress
from support.kernels import Kernel, contents, run_kernel


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")))))
def test_a_line_that_was_joined_comes_apart_again(words: list[str]) -> None:
    assert split_line(join_line(words)) == words


@pytest.mark.parametrize("period", PERIODS)
def test_the_cell_of_a_choice_is_one_that_the_magic_takes(period: str) -> None:
    filters = (("jobBillingCode", 'Pos. "2" Fax'), ("statusName", "OK"), ("statusName", "it's"))
    choice = Choice("faxOutUdrReport", ("faxId", "statusName"), period, "2026-10-05", filters=filters, name="faxes")
    assert choice.is_complete
    line, _, body = choice.cell.partition("\n")
    options = cell_options(line.removeprefix("%%retarus"))
    assert options.name == "faxes"
    assert reading_arguments(options)["filters"] == {"jobBillingCode": ['Pos. "2" Fax'], "statusName": ["OK", "it's"]}
    assert parse(body)


def test_a_choice_without_fields_period_or_name_is_not_complete() -> None:
    assert not Choice("faxOutUdrReport").is_complete
    assert not Choice("faxOutUdrReport", ("faxId",), "From … to …").is_complete
    assert not Choice("faxOutUdrReport", ("faxId",), name="2x").is_complete
    assert not Choice("faxOutUdrReport", ("faxId",), name="class").is_complete


class Stage:
    """An explorer, and all it does to the outside."""

    def __init__(
        self,
        choice: Choice | None = None,
        result: Callable[[Choice], pd.DataFrame] | None = None,
        schema: Schema | None = None,
    ) -> None:
        self.ran: list[Choice] = []
        self.remembered: list[Choice] = []
        self.inserted: list[tuple[str, str]] = []
        self._result = result or (lambda choice: pd.DataFrame({"a": [1, 2]}))
        self.explorer = Explorer(
            schema or bundled(), choice, run=self._run, remember=self.remembered.append, insert=self._insert
        )

    def _run(self, choice: Choice, observe: Callable[[Progress], None]) -> tuple[str, pd.DataFrame]:
        observe(Progress(1, 0.5))
        self.ran.append(choice)
        return f"{choice.name}: what came", self._result(choice)

    def _insert(self, text: str, explorer: str, answer: Answer) -> None:
        self.inserted.append((text, explorer))
        self.answer = answer

    def finish(self) -> None:
        for thread in threading.enumerate():
            if thread.name == "explorer":
                thread.join(30)


@pytest.fixture(autouse=True)
def _no_widgets_left() -> Any:
    yield
    Widget.close_all()


def boxes(explorer: Explorer) -> dict[str, Any]:
    return {re.findall("<code>(.*?)</code>", box.description)[0]: box for box in explorer.fields.list.children}


def test_the_fields_of_the_report_can_be_ticked_and_make_the_cell() -> None:
    stage = Stage()
    explorer = stage.explorer
    assert explorer.go.disabled
    explorer.report.value = "smsInUdrReport"
    assert list(boxes(explorer)) == list(rt.fields("smsInUdrReport")["field"])
    boxes(explorer)["smsId"].value = True
    assert explorer.choice.fields == ("smsId",)
    assert not explorer.go.disabled
    assert "smsInUdrReport" in explorer.preview.value
    assert stage.remembered[-1] == explorer.choice


def test_a_search_narrows_what_all_ticks() -> None:
    explorer = Stage(Choice("faxOutUdrReport")).explorer
    explorer.fields.search.value = "timestamp"
    explorer.fields.every.click()
    ticked = explorer.choice.fields
    assert "keyTimestamp" in ticked
    assert len(ticked) < 10
    explorer.fields.none.click()
    assert explorer.choice.fields == ()


def test_a_click_in_another_thread_waits_for_its_turn() -> None:
    """Run, while All is still ticking: all is read."""
    stage = Stage(Choice("faxOutUdrReport", ("faxId",)))
    explorer = stage.explorer
    clicker = threading.Thread(target=explorer.go.click)

    def click_in_the_middle(change: object) -> None:
        clicker.start()
        clicker.join(0.5)

    boxes(explorer)["docPages"].observe(click_in_the_middle, "value")
    explorer.fields.every.click()
    clicker.join()
    stage.finish()
    assert [len(choice.fields) for choice in stage.ran] == [45]


def test_it_says_how_many_are_ticked_and_how_many_the_search_hides() -> None:
    explorer = Stage(Choice("faxOutUdrReport", ("faxId", "docPages"))).explorer
    assert "2 of 45 ticked<" in explorer.fields.count.value
    explorer.fields.search.value = "faxid"
    assert "2 of 45 ticked · 44 not shown<" in explorer.fields.count.value


def test_reports_are_listed_by_name_with_what_they_are() -> None:
    labels = [label for label, _ in Stage().explorer.report.options]
    assert labels[:2] == ["faxInUdrReport · Received faxes", "faxOutUdrReport · Sent faxes"]
    assert labels[-1] == "transactionalEmailEventReport · Events of transactional e-mail, such as opens and clicks"


def test_what_a_service_says_of_a_field_is_shown_and_not_run() -> None:
    text = """
        type Record { "Of <img src=x>." faxId: ID! }
        type Result { content: [Record] }
        type Query { faxOutUdrReport: Result }
    """
    (box,) = Stage(schema=load(text)).explorer.fields.list.children
    assert "Of &lt;img src=x&gt;." in box.description


def test_a_period_that_is_typed_says_how_it_may_look() -> None:
    explorer = Stage(Choice("faxOutUdrReport", ("faxId",))).explorer
    shown = lambda: [  # noqa: E731
        (field.description, field.placeholder)
        for field in (explorer.period.first, explorer.period.second)
        if field.layout.display != "none"
    ]
    assert shown() == []
    explorer.period.chosen.value = "A month, quarter or day"
    assert shown() == [("Which", "2026-10, 2026Q4 or 2026-10-05")]
    explorer.period.chosen.value = "From … to …"
    assert [label for label, _ in shown()] == ["From", "To"]


def test_the_time_zone_goes_on_the_line() -> None:
    explorer = Stage(Choice("faxOutUdrReport", ("faxId",))).explorer
    assert "--tz" not in explorer.choice.cell
    explorer.period.tz.value = " Europe/Berlin "
    assert explorer.choice.cell.startswith("%%retarus frame --last 7D --tz Europe/Berlin\n")
    assert "America/New_York" in explorer.period.tz.options


def test_a_time_zone_alone_is_no_period() -> None:
    assert not Choice("faxOutUdrReport", ("faxId",), "From … to …", tz="UTC").is_complete


def test_what_is_ticked_stands_together_once_something_else_is_sought() -> None:
    """Not at once: what is about to be clicked stays where it is."""
    explorer = Stage(Choice("faxOutUdrReport")).explorer
    before = list(boxes(explorer))
    for name in ("statusName", "docPages"):
        boxes(explorer)[name].value = True
    assert list(boxes(explorer)) == before
    explorer.fields.search.value = "pages"
    explorer.fields.search.value = ""
    ticked = [name for name in before if name in {"statusName", "docPages"}]
    assert list(boxes(explorer)) == [*ticked, *(name for name in before if name not in ticked)]
    assert explorer.choice.fields == tuple(ticked)


def test_columns_that_are_known_to_filter_come_first() -> None:
    explorer = Stage(Choice("faxOutUdrReport")).explorer
    explorer.filters.more.click()
    column = explorer.filters.rows.children[0].children[0]
    assert column.options[:2] == ("statusName", "jobBillingCode")
    assert sorted(column.options) == sorted(rt.fields("faxOutUdrReport")["field"])


def test_filters_come_and_go() -> None:
    explorer = Stage(Choice("faxOutUdrReport", ("faxId",))).explorer
    explorer.filters.more.click()
    column, value, remove = explorer.filters.rows.children[0].children
    column.value, value.value = "statusName", "BUSY"
    assert explorer.choice.filters == (("statusName", "BUSY"),)
    remove.click()
    assert not explorer.choice.filters


def test_running_shows_the_frame_and_says_what_came() -> None:
    stage = Stage(Choice("faxOutUdrReport", ("faxId",)))
    stage.explorer.go.click()
    stage.finish()
    assert stage.ran == [stage.explorer.choice]
    assert "frame: what came" in stage.explorer.outcome.message.value
    assert "<table" in stage.explorer.outcome.result.outputs[0]["data"]["text/html"]
    assert not stage.explorer.go.disabled


@pytest.mark.parametrize(
    ("raised", "shown"),
    [
        ("too <old>", "PeriodError: too &lt;old&gt;"),
        ("start='11/10/2026' has two readings.", "PeriodError: --start 11/10/2026 has two readings."),
    ],
)
def test_a_failure_is_shown_in_words_of_the_cell_that_is_shown(raised: str, shown: str) -> None:
    def fail(choice: Choice) -> pd.DataFrame:
        raise PeriodError(raised)

    stage = Stage(Choice("faxOutUdrReport", ("faxId",)), fail)
    stage.explorer.run()
    stage.finish()
    assert shown in stage.explorer.outcome.message.value
    assert stage.explorer.outcome.result.outputs == ()


def test_the_cell_can_be_inserted() -> None:
    stage = Stage(Choice("faxOutUdrReport", ("faxId",)))
    stage.explorer.below.click()
    assert stage.inserted == [(stage.explorer.choice.cell, stage.explorer.panel.model_id)]
    assert "If no cell appears below, copy" in stage.explorer.outcome.message.value
    stage.answer(True)
    assert "Inserted below." in stage.explorer.outcome.message.value


def test_a_frontend_that_takes_no_cell_is_said_to() -> None:
    stage = Stage(Choice("faxOutUdrReport", ("faxId",)))
    stage.explorer.below.click()
    stage.answer(False)
    assert "This frontend takes no cell from here: copy the text above" in stage.explorer.outcome.message.value


def test_the_last_choice_comes_back_whole() -> None:
    choice = Choice(
        "faxOutUdrReport",
        ("faxId", "statusName"),
        "Yesterday",
        tz="Europe/Berlin",
        filters=(("statusName", "OK"),),
        name="x",
    )
    assert Stage(choice).explorer.choice == choice


def test_a_report_without_known_fields_says_how_to_get_them() -> None:
    explorer = Stage(Choice("transactionalEmailEventReport")).explorer
    assert "--live" in explorer.preview.value
    assert explorer.go.disabled


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with run_kernel() as running:
        running.printed("%load_ext retarus_pandas\n%retarus explore")
        yield running


@pytest.mark.parametrize(
    ("closing", "said"),
    [({"inserted": True}, "Inserted below."), ({}, "This frontend takes no cell from here")],
    ids=["with-our-extension", "without"],
)
def test_a_frontend_says_whether_it_took_the_cell(kernel: Kernel, closing: dict[str, bool], said: str) -> None:
    """One without the extension knows nothing of the comm, and closes it as it closes all such."""
    (box, *_) = kernel.widgets(_model_name="CheckboxModel")
    kernel.set_state(box, value=True)
    (button,) = kernel.widgets(description="Insert as cell")
    kernel.wait_until(lambda: not kernel.states[button]["disabled"])
    kernel.heard.clear()
    kernel.send_event(button, "click")
    opened = lambda: [each for each in contents(kernel.heard, "comm_open") if each["target_name"] == INSERT_TARGET]  # noqa: E731
    kernel.wait_until(opened)
    (comm,) = opened()
    assert comm["data"]["text"].startswith("%%retarus frame --last 7D\n{")
    assert "retarus-explorer" in kernel.states[comm["data"]["explorer"]]["_dom_classes"]
    kernel.close_comm(comm["comm_id"], **closing)
    kernel.wait_until(lambda: kernel.published(said))


def test_the_tooltip_of_a_field_is_its_type_and_dtype() -> None:
    """On the label, which would show its own markup otherwise."""
    explorer = Stage().explorer
    explorer.report.value = "smsInUdrReport"
    box = boxes(explorer)["numberOfParts"]
    assert 'title="Int, becomes Int64; ' in box.description
