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

from retarus_pandas.errors import RetarusError
from retarus_pandas.notebook.explorer.choice import PERIODS, Choice
from retarus_pandas.notebook.widgets import close_all
from retarus_pandas.schema import FieldFacts, ReportFacts, Schema, describe, describe_reports
from retarus_pandas.values import Progress

__all__ = ["Answer", "Explorer"]

_STYLE = """<style>
.retarus-explorer { max-width: 900px; padding: 12px 16px; border-radius: 4px;
  border: 1px solid var(--jp-border-color2, #bdbdbd); background: var(--jp-layout-color1, transparent); }
.retarus-explorer, .retarus-explorer * { box-sizing: border-box; }
.retarus-explorer .jupyter-widgets { margin: 0; }
.retarus-explorer .widget-html, .retarus-explorer .widget-html-content { height: auto; }
.retarus-explorer .widget-html-content { line-height: 1.4; color: var(--jp-ui-font-color1, inherit);
  font-size: var(--jp-ui-font-size1, 13px); overflow-wrap: anywhere; }
.retarus-explorer .widget-label { color: var(--jp-ui-font-color1, inherit); text-align: left; width: 92px; }
.retarus-explorer .widget-dropdown, .retarus-explorer .widget-text { width: auto; max-width: 100%; flex: 1 1 260px; }
.retarus-explorer button.jupyter-button { width: auto; flex: none; padding: 0 14px; overflow: visible; }
.retarus-explorer button:focus-visible, .retarus-explorer input:focus-visible,
.retarus-explorer select:focus-visible, .retarus-explorer pre:focus-visible {
  outline: 2px solid var(--jp-brand-color1, #2196f3); outline-offset: 1px; }
.retarus-explorer .widget-vbox:empty { display: none; }
.retarus-explorer-pair > .widget-text:nth-child(2) { flex-basis: 160px; }
.retarus-explorer-pair > .widget-text:nth-child(2) .widget-label { width: auto; }
.retarus-explorer-space { width: 92px; height: 0; flex: none; }
.retarus-explorer-space + * { flex: 1 1 260px; min-width: 0; }
.retarus-explorer-title { font-size: var(--jp-ui-font-size2, 15px); font-weight: 600; }
.retarus-explorer-note, .retarus-explorer-meaning { color: var(--jp-ui-font-color2, inherit); }
.retarus-explorer-fields { border: 1px solid var(--jp-border-color1, #bdbdbd); max-height: 220px; overflow: auto;
  padding: 4px 8px; display: block; }
.retarus-explorer-fields .widget-checkbox { width: auto; height: auto; line-height: 1.5; padding: 2px 0; }
.retarus-explorer-fields .widget-label-basic { display: flex; gap: 8px; width: auto; max-width: 100%; height: auto;
  line-height: inherit; white-space: normal; overflow-wrap: anywhere; cursor: pointer; }
.retarus-explorer-fields input[type="checkbox"] { flex: none; margin: 3px 0 0; }
.retarus-explorer code, .retarus-explorer pre { font-size: var(--jp-code-font-size, 13px);
  font-family: var(--jp-code-font-family, monospace); color: var(--jp-content-font-color1, inherit); }
.retarus-explorer code { padding: 0; background: none; }
.retarus-explorer pre { margin: 0; padding: 8px 10px; max-height: 220px; overflow: auto; white-space: pre-wrap;
  word-break: normal; overflow-wrap: break-word; line-height: 1.4;
  background: var(--jp-layout-color2, rgba(128, 128, 128, .1)); }
.retarus-explorer-fault { padding: 6px 10px; border-left: 3px solid var(--jp-error-color1, #d32f2f);
  background: var(--jp-layout-color2, transparent); white-space: pre-wrap; }
.retarus-explorer-frame, .retarus-explorer-frame .jp-OutputArea-output { max-width: 100%; overflow-x: auto; }
.retarus-explorer-frame .jp-OutputArea-prompt { display: none; }
</style>"""

_ROW = {"flex_flow": "row wrap", "overflow": "visible", "align_items": "center", "grid_gap": "4px 8px"}
_HIDDEN, _SHOWN = "none", None
# What else has to be typed for a period: its label, and how it may look.
_TYPED = {
    "From … to …": (("From", "2026-10-01 or 2026-10-01 08:00"), ("To", "not included; empty for now")),
    "A month, quarter or day": (("Which", "2026-10, 2026Q4 or 2026-10-05"),),
}

Run = Callable[[Choice, Callable[[Progress], None]], pd.DataFrame]
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
        Reads what was chosen, stores it, and returns the frame; called in a thread.
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
        self._reports = {facts.report: _in_list(facts) for facts in describe_reports(schema)}
        first = choice if choice and choice.report in self._reports else Choice(next(iter(self._reports)))
        self._boxes: dict[str, Any] = {}
        self._filters: list[tuple[Any, Any, Any]] = []
        self._working = threading.Lock()
        # JupyterLab has the first message of a widget worked on in the main thread, and later ones in a subshell's.
        self._turn = threading.RLock()
        self._make_widgets(first)
        self.panel = self._arrange()
        self.panel.add_class("retarus-explorer")
        self._fill_fields(first.fields)
        for column, value in first.filters:
            self._add_filter(column, value)
        self._listen()
        self._refresh()

    @property
    def choice(self) -> Choice:
        """What is chosen now."""
        return Choice(
            report=self.report.value,
            fields=tuple(name for name, box in self._boxes.items() if box.value),
            period=self.period.value,
            first=self.first.value.strip(),
            second=self.second.value.strip(),
            filters=tuple((column.value, value.value) for column, value, _ in self._filters if value.value),
            name=self.name.value.strip(),
        )

    # ------------------------------------------------------------ widgets

    def _make_widgets(self, choice: Choice) -> None:
        text, button = ipywidgets.Text, ipywidgets.Button
        reports = [(label, report) for report, label in self._reports.items()]
        self.report = ipywidgets.Dropdown(options=reports, value=choice.report, description="Report")
        self.search = text(description="Fields", placeholder="search by name or meaning")
        self.every = button(description="All", tooltip="Tick all fields shown")
        self.none = button(description="None", tooltip="Tick none of the fields shown")
        self.fields = ipywidgets.VBox()
        self.fields.add_class("retarus-explorer-fields")
        self.period = ipywidgets.Dropdown(options=list(PERIODS), value=choice.period, description="Period")
        self.first, self.second = text(value=choice.first), text(value=choice.second)
        self.typed = _pair(self.first, self.second)
        self.more = button(description="Add a filter", icon="plus", tooltip="Read only some of the records")
        self.filters = ipywidgets.VBox(layout={"overflow": "visible"})
        self.name = text(value=choice.name, description="Variable")
        self.go = button(description="Run", button_style="primary", tooltip="Read it, and store the frame")
        self.below = button(description="Insert as cell", tooltip="Put the cell shown below this one")
        self.count, self.preview, self.message = (ipywidgets.HTML(placeholder="") for _ in range(3))
        self.message.layout.display = _HIDDEN
        self.result = ipywidgets.Output(layout={"display": _HIDDEN})
        self.result.add_class("retarus-explorer-frame")

    def _arrange(self) -> Any:
        title = ipywidgets.HTML(f'{_STYLE}<div class="retarus-explorer-title">Explore the reports</div>')
        return ipywidgets.VBox(
            [
                title,
                _row(self.report),
                _row(self.search),
                _beside_labels(_row(self.every, self.none, self.count)),
                _beside_labels(self.fields),
                _row(self.period),
                self.typed,
                self.filters,
                _beside_labels(_row(self.more)),
                _row(self.name),
                self.preview,
                _row(self.go, self.below),
                self.message,
                self.result,
            ],
            layout={"grid_gap": "8px", "overflow": "visible"},
        )

    def _listen(self) -> None:
        self.report.observe(self._by_turns(self._change_report), "value")
        self.search.observe(self._by_turns(self._search), "value")
        self.search.continuous_update = True
        for widget in (self.period, self.first, self.second, self.name):
            widget.observe(self._by_turns(self._refresh), "value")
        self.every.on_click(self._by_turns(lambda: self._tick(ticked=True)))
        self.none.on_click(self._by_turns(lambda: self._tick(ticked=False)))
        self.more.on_click(self._by_turns(self._add_filter))
        self.go.on_click(self._by_turns(self.run))
        self.below.on_click(self._by_turns(self._put_below))

    def _by_turns(self, act: Callable[[], None]) -> Callable[[object], None]:
        """Do what was clicked or changed once all that came before is done."""

        def handle(event: object) -> None:
            with self._turn:
                act()

        return handle

    def _change_report(self) -> None:
        self._fill_fields(())
        for parts in list(self._filters):
            self._drop_filter(parts)
        self._refresh()

    def _fill_fields(self, ticked: tuple[str, ...]) -> None:
        before = self.fields.children
        self._described = {facts.field: facts for facts in describe(self._schema, self.report.value)}
        self._boxes = {name: self._box(facts, name in ticked) for name, facts in self._described.items()}
        self.fields.children = tuple(self._boxes.values())
        for box in before:
            close_all(box)
        self._search()

    def _box(self, facts: FieldFacts, ticked: bool) -> Any:  # noqa: FBT001
        meaning = html.escape(_meaning(facts))
        tooltip = f"{facts.type}, becomes {facts.dtype}; {facts.evidence}"
        # The widget gives its label the label's own text as a tooltip, markup and all; one within goes before it.
        label = (
            f'<span title="{html.escape(tooltip)}"><code>{html.escape(facts.field)}</code> '
            f'<span class="retarus-explorer-meaning">{meaning}</span></span>'
        )
        box = ipywidgets.Checkbox(
            value=ticked, description=label, description_allow_html=True, tooltip=tooltip, indent=False
        )
        box.observe(self._by_turns(self._refresh), "value")
        return box

    def _search(self) -> None:
        """Show the fields sought; those that are ticked stay ticked."""
        sought = self.search.value.strip().lower()
        for name, box in self._boxes.items():
            found = sought in f"{name} {_meaning(self._described[name])}".lower()
            box.layout.display = _SHOWN if found else _HIDDEN
        self._count()

    def _count(self) -> None:
        ticked = sum(box.value for box in self._boxes.values())
        hidden = sum(box.layout.display == _HIDDEN for box in self._boxes.values())
        words = [f"{ticked} of {len(self._boxes)} ticked", *([f"{hidden} not shown"] if hidden else [])]
        self.count.value = _note(" · ".join(words))

    def _tick(self, *, ticked: bool) -> None:
        """Tick all fields in sight, or none of them."""
        for box in self._boxes.values():
            if box.layout.display != _HIDDEN:
                box.value = ticked

    def _add_filter(self, column: str | None = None, value: str = "") -> None:
        names = list(self._described)
        if not names:
            return
        chosen = column if column in names else names[0]
        parts = (
            ipywidgets.Dropdown(options=names, value=chosen, description="Only where"),
            ipywidgets.Text(value=value, description="is", placeholder="a value; add a filter for each further one"),
            ipywidgets.Button(icon="times", tooltip="Remove this filter"),
        )
        for part in parts[:2]:
            part.observe(self._by_turns(self._refresh), "value")
        parts[2].on_click(self._by_turns(lambda: self._drop_filter(parts)))
        self._filters.append(parts)
        self.filters.children = (*self.filters.children, _pair(*parts))

    def _drop_filter(self, parts: tuple[Any, Any, Any]) -> None:
        position = self._filters.index(parts)
        del self._filters[position]
        rows = list(self.filters.children)
        gone = rows.pop(position)
        self.filters.children = tuple(rows)
        close_all(gone)
        self._refresh()

    def _refresh(self) -> None:
        """Show the cell for what is chosen now."""
        choice = self.choice
        typed = _TYPED.get(choice.period, ())
        self.typed.layout.display = _SHOWN if typed else _HIDDEN
        for widget, (label, example) in zip((self.first, self.second), (*typed, ("", ""), ("", "")), strict=False):
            widget.layout.display = _SHOWN if label else _HIDDEN
            widget.description, widget.placeholder = label, example
        self._count()
        self.below.disabled = not choice.is_complete
        self.go.disabled = self.below.disabled or self._working.locked()
        ready = f"<pre tabindex='0' aria-label='The cell'>{html.escape(choice.cell)}</pre>"
        missing = _note(_what_is_missing(choice, known=bool(self._boxes)))
        self.preview.value = ready if choice.is_complete else missing
        self._remember(choice)

    # ------------------------------------------------------------ actions

    def run(self) -> None:
        """Read what is chosen; the notebook stays usable meanwhile. A second call then does nothing."""
        if not self.choice.is_complete or not self._working.acquire(blocking=False):
            return
        self.go.disabled, self.go.icon = True, "spinner"
        self.result.outputs, self.result.layout.display = (), _HIDDEN
        # The context says which cell's output the messages of the thread belong to.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._work, self.choice), name="explorer", daemon=True).start()

    def _work(self, choice: Choice) -> None:
        try:
            frame = self._run(choice, self._show_progress)
            self._say(f"{choice.name}: {len(frame):,} rows × {frame.shape[1]} columns")
            shown = {"text/plain": repr(frame), "text/html": frame.to_html(max_rows=20, show_dimensions=True)}
            self.result.outputs = ({"output_type": "display_data", "data": shown, "metadata": {}},)
            self.result.layout.display = _SHOWN
        except RetarusError as error:
            self._say(f"{type(error).__name__}: {error}", is_fault=True)
        except Exception as error:
            self._say(f"This should not have happened: {type(error).__name__}: {error}", is_fault=True)
        finally:
            self._working.release()
            self.go.disabled, self.go.icon = not self.choice.is_complete, ""

    def _show_progress(self, progress: Progress) -> None:
        share = f" · {progress.covered:.0%}" if progress.covered is not None else ""
        self._say(f"{progress.rows:,} rows{share}")

    def _put_below(self) -> None:
        # What stands for good where no answer comes.
        self._say("If no cell appears below, copy the text above into a new one.")
        self._insert(self.choice.cell, self.panel.model_id, self._say_whether_inserted)

    def _say_whether_inserted(self, inserted: bool) -> None:  # noqa: FBT001
        fallback = "This frontend takes no cell from here: copy the text above into a new cell."
        self._say("Inserted below." if inserted else fallback)

    def _say(self, text: str, *, is_fault: bool = False) -> None:
        role, kind = ("alert", "fault") if is_fault else ("status", "note")
        self.message.value = f'<div class="retarus-explorer-{kind}" role="{role}">{html.escape(text)}</div>'
        self.message.layout.display = _SHOWN


def _row(*parts: Any) -> Any:
    """One beside the other, or below it where there is no room."""
    return ipywidgets.HBox(parts, layout=_ROW)


def _pair(*parts: Any) -> Any:
    """A row whose second label stands between two fields."""
    row = _row(*parts)
    row.add_class("retarus-explorer-pair")
    return row


def _beside_labels(part: Any) -> Any:
    """Where the fields are that have a label."""
    space = ipywidgets.Box()
    space.add_class("retarus-explorer-space")
    return _row(space, part)


def _note(text: str) -> str:
    return f'<span class="retarus-explorer-note">{html.escape(text)}</span>'


def _in_list(facts: ReportFacts) -> str:
    """The report's name, by which it can be typed, and the first sentence of what it is."""
    sentence = re.split(r"\.(?:\s|$)", facts.meaning)[0]
    return f"{facts.report} · {sentence}" if sentence else facts.report


def _meaning(facts: FieldFacts) -> str:
    return " ".join(filter(None, [facts.meaning, facts.unit and f"In {facts.unit}."]))


def _what_is_missing(choice: Choice, *, known: bool) -> str:
    if not known:
        return (
            "The fields of this report are not documented. '%retarus schema --live' asks the service for them; "
            "then run '%retarus explore' again."
        )
    missing = [
        *(["tick the fields you want"] if not choice.fields else []),
        *(["say which period"] if not choice.words else []),
        *(["give the variable a Python name"] if not choice.name.isidentifier() else []),
    ]
    return f"Please {', and '.join(missing)}."
