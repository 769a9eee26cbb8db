"""Choosing a report, its fields, a period and filters with mouse or keyboard, and seeing the cell that results."""

from __future__ import annotations

import contextvars
import html
import re
import threading
from collections.abc import Callable
from typing import Any

import ipywidgets
import pandas as pd

from retarus_pandas.notebook.explorer.choice import Choice
from retarus_pandas.notebook.explorer.field_list import FieldList
from retarus_pandas.notebook.explorer.filter_rows import FilterRows
from retarus_pandas.notebook.explorer.layout import Turns, beside_labels, note, row
from retarus_pandas.notebook.explorer.outcome import Outcome
from retarus_pandas.notebook.explorer.period_fields import PeriodFields
from retarus_pandas.notebook.explorer.style import STYLE
from retarus_pandas.schema import ReportFacts, Schema, describe, describe_reports
from retarus_pandas.values import Progress

__all__ = ["Answer", "Explorer"]

Run = Callable[[Choice, Callable[[Progress], None]], tuple[str, pd.DataFrame]]
Answer = Callable[[bool], None]


class Explorer:
    """The explorer; ``panel`` is the widget to display.

    Parameters
    ----------
    schema : Schema
        What can be chosen.
    choice : Choice or None
        What is chosen at first.
    run : callable
        Reads what was chosen, stores it, and returns a line that says what came, and the frame; called in a thread.
    remember : callable
        Called with every choice.
    insert : callable
        Puts the text of a cell below the widget of a model ID; says whether that was possible, if ever known, by a
        call of the third argument.
    """

    def __init__(
        self,
        schema: Schema,
        choice: Choice | None,
        *,
        run: Run,
        remember: Callable[[Choice], None],
        insert: Callable[[str, str, Answer], None],
    ) -> None:
        self._schema, self._run, self._remember, self._insert = schema, run, remember, insert
        self._working = threading.Lock()
        turns = Turns()
        reports = {facts.report: _in_list(facts) for facts in describe_reports(schema)}
        first = choice if choice and choice.report in reports else Choice(next(iter(reports)))
        self.report = ipywidgets.Dropdown(
            options=[(label, report) for report, label in reports.items()], value=first.report, description="Report"
        )
        self.fields = FieldList(turns, self._refresh)
        self.period = PeriodFields(turns, self._refresh, first)
        self.filters = FilterRows(turns, self._filter_columns, self._refresh)
        self.name = ipywidgets.Text(value=first.name, description="Variable")
        self.preview = ipywidgets.HTML(placeholder="")
        self.go = ipywidgets.Button(description="Run", button_style="primary", tooltip="Read it, and store the frame")
        self.below = ipywidgets.Button(description="Insert as cell", tooltip="Put the cell shown below this one")
        self.outcome = Outcome()
        self._start_from(first)
        self.report.observe(turns(self._change_report), "value")
        self.name.observe(turns(self._refresh), "value")
        self.go.on_click(turns(self.run))
        self.below.on_click(turns(self._put_below))
        self.panel = self._arrange()

    @property
    def choice(self) -> Choice:
        """What is chosen now."""
        return Choice(
            report=self.report.value,
            fields=self.fields.ticked,
            period=self.period.chosen.value,
            first=self.period.first.value.strip(),
            second=self.period.second.value.strip(),
            tz=self.period.tz.value.strip(),
            filters=self.filters.filters,
            name=self.name.value.strip(),
        )

    def run(self) -> None:
        """Read what is chosen; the notebook stays usable meanwhile. A second call then does nothing."""
        if not self.choice.is_complete or not self._working.acquire(blocking=False):
            return
        self.go.disabled, self.go.icon = True, "spinner"
        self.outcome.clear()
        # The context says which cell's output the messages of the thread belong to.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._work, self.choice), name="explorer", daemon=True).start()

    def _work(self, choice: Choice) -> None:
        try:
            self.outcome.show(*self._run(choice, self.outcome.tell_progress))
        except Exception as error:
            self.outcome.tell_error(error)
        finally:
            self._working.release()
            self.go.disabled, self.go.icon = not self.choice.is_complete, ""

    def _filter_columns(self) -> tuple[str, ...]:
        """All columns, those first by which the report is known to be filtered."""
        return tuple(dict.fromkeys([*self._schema.filter_columns(self.report.value), *self.fields.names]))

    def _start_from(self, choice: Choice) -> None:
        self.fields.fill(describe(self._schema, choice.report), choice.fields)
        for column, value in choice.filters:
            self.filters.add(column, value)
        self._refresh()

    def _change_report(self) -> None:
        self.fields.fill(describe(self._schema, self.report.value), ())
        self.filters.clear()
        self._refresh()

    def _refresh(self) -> None:
        """Show the cell for what is chosen now."""
        choice = self.choice
        self.below.disabled = not choice.is_complete
        self.go.disabled = self.below.disabled or self._working.locked()
        ready = f"<pre tabindex='0' aria-label='The cell'>{html.escape(choice.cell)}</pre>"
        missing = note(_what_is_missing(choice, known=bool(self.fields.names)))
        self.preview.value = ready if choice.is_complete else missing
        self._remember(choice)

    def _put_below(self) -> None:
        # What stands for good where no answer comes.
        self.outcome.say("If no cell appears below, copy the text above into a new one.")
        self._insert(self.choice.cell, self.panel.model_id, self._say_whether_inserted)

    def _say_whether_inserted(self, inserted: bool) -> None:  # noqa: FBT001
        fallback = "This frontend takes no cell from here: copy the text above into a new cell."
        self.outcome.say("Inserted below." if inserted else fallback)

    def _arrange(self) -> Any:
        title = ipywidgets.HTML(f'{STYLE}<div class="retarus-explorer-title">Explore the reports</div>')
        panel = ipywidgets.VBox(
            [
                title,
                row(self.report),
                row(self.fields.search),
                beside_labels(row(self.fields.every, self.fields.none, self.fields.count)),
                beside_labels(self.fields.list),
                row(self.period.chosen),
                self.period.typed,
                row(self.period.tz),
                self.filters.rows,
                beside_labels(row(self.filters.more)),
                row(self.name),
                self.preview,
                row(self.go, self.below),
                self.outcome.message,
                self.outcome.result,
            ],
            layout={"grid_gap": "8px", "overflow": "visible"},
        )
        panel.add_class("retarus-explorer")
        return panel


def _in_list(facts: ReportFacts) -> str:
    """The report's name, by which it can be typed, and the first sentence of what it is."""
    sentence = re.split(r"\.(?:\s|$)", facts.meaning)[0]
    return f"{facts.report} · {sentence}" if sentence else facts.report


def _what_is_missing(choice: Choice, *, known: bool) -> str:
    if not known:
        return (
            "The fields of this report are not documented. '%retarus schema --live' asks the service for them; "
            "then run '%retarus explore' again."
        )
    missing = [
        *(["tick the fields you want"] if not choice.fields else []),
        *(["say which period"] if not choice.has_period else []),
        *(["give the variable a Python name"] if not choice.has_name else []),
    ]
    return f"Please {', and '.join(missing)}."
