"""The fields of a report, to be sought and ticked."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Sequence
from typing import Any

import ipywidgets

from retarus_pandas.notebook.explorer.layout import Turns, note, show
from retarus_pandas.notebook.widgets import close_all
from retarus_pandas.schema import FieldFacts

__all__ = ["FieldList"]


class FieldList:
    """A list of fields; ``search``, ``every``, ``none``, ``count`` and ``list`` are its widgets.

    Parameters
    ----------
    turns : Turns
        Says when a click is worked on.
    on_change : callable
        Called after every change of what is ticked.
    """

    def __init__(self, turns: Turns, on_change: Callable[[], None]) -> None:
        self._turns, self._on_change = turns, on_change
        self._facts: dict[str, FieldFacts] = {}
        self._boxes: dict[str, Any] = {}
        self.search = ipywidgets.Text(
            description="Fields", placeholder="search by name or meaning", continuous_update=True
        )
        self.every = ipywidgets.Button(description="All", tooltip="Tick all fields shown")
        self.none = ipywidgets.Button(description="None", tooltip="Tick none of the fields shown")
        self.count = ipywidgets.HTML(placeholder="")
        self.list = ipywidgets.VBox()
        self.list.add_class("retarus-explorer-fields")
        self.search.observe(turns(self._narrow), "value")
        self.every.on_click(turns(lambda: self._tick(ticked=True)))
        self.none.on_click(turns(lambda: self._tick(ticked=False)))

    @property
    def names(self) -> tuple[str, ...]:
        """All fields; none, if the report is not documented."""
        return tuple(self._facts)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The fields that are ticked, in the report's order."""
        return tuple(name for name, box in self._boxes.items() if box.value)

    def fill(self, facts: Sequence[FieldFacts], ticked: Collection[str]) -> None:
        """Show the fields of another report."""
        before = self.list.children
        self._facts = {each.field: each for each in facts}
        self._boxes = {name: self._box(each, ticked=name in ticked) for name, each in self._facts.items()}
        self._narrow()
        for box in before:
            close_all(box)

    def _box(self, facts: FieldFacts, *, ticked: bool) -> Any:
        meaning = html.escape(_meaning(facts))
        # The tooltip of the widget itself is its description, markup and all; this one lies before it.
        tooltip = html.escape(f"{facts.type}, becomes {facts.dtype}; {facts.evidence}")
        label = (
            f'<span class="retarus-explorer-field" title="{tooltip}"><code>{html.escape(facts.field)}</code> '
            f'<span class="retarus-explorer-meaning">{meaning}</span></span>'
        )
        box = ipywidgets.Checkbox(value=ticked, description=label, description_allow_html=True, indent=False)
        box.observe(self._turns(self._changed), "value")
        return box

    def _changed(self) -> None:
        self._tell_count()
        self._on_change()

    def _narrow(self) -> None:
        """Show the fields sought, those first that are ticked, and stay so; both in the report's order."""
        sought = self.search.value.strip().lower()
        for name, box in self._boxes.items():
            show(box, shown=sought in f"{name} {_meaning(self._facts[name])}".lower())
        self.list.children = sorted(self._boxes.values(), key=lambda box: not box.value)
        self._tell_count()

    def _tell_count(self) -> None:
        hidden = len(self._boxes) - len(self._in_sight)
        words = [f"{len(self.ticked)} of {len(self._boxes)} ticked", *([f"{hidden} not shown"] if hidden else [])]
        self.count.value = note(" · ".join(words))

    def _tick(self, *, ticked: bool) -> None:
        """Tick all fields in sight, or none of them."""
        for box in self._in_sight:
            box.value = ticked

    @property
    def _in_sight(self) -> list[Any]:
        return [box for box in self._boxes.values() if box.layout.display != "none"]


def _meaning(facts: FieldFacts) -> str:
    return " ".join(filter(None, [facts.meaning, facts.unit and f"Unit: {facts.unit}."]))
