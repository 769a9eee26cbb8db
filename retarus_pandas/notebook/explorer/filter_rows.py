"""The filters of a choice, a row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from retarus_pandas.notebook.explorer.layout import Turns, pair
from retarus_pandas.notebook.widgets import close_all

__all__ = ["FilterRows"]


class FilterRows:
    """Rows of a column and a value; ``rows`` and the button ``more`` are its widgets.

    Parameters
    ----------
    turns : Turns
        Says when a click is worked on.
    columns : callable
        Names the columns there are.
    on_change : callable
        Called after every change.
    """

    def __init__(self, turns: Turns, columns: Callable[[], tuple[str, ...]], on_change: Callable[[], None]) -> None:
        self._turns, self._columns, self._on_change = turns, columns, on_change
        self.rows = ipywidgets.VBox(layout={"overflow": "visible"})
        self.more = ipywidgets.Button(description="Add a filter", icon="plus", tooltip="Read only some of the records")
        self.more.on_click(turns(self.add))

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """Columns with the value sought, without those that have none yet."""
        pairs = [tuple(part.value for part in each.children[:2]) for each in self.rows.children]
        return tuple((column, value) for column, value in pairs if value)

    def add(self, column: str | None = None, value: str = "") -> None:
        """Add a row, if there are columns."""
        names = self._columns()
        if not names:
            return
        made = pair(
            ipywidgets.Dropdown(options=names, value=column if column in names else names[0], description="Only where"),
            ipywidgets.Text(value=value, description="is", placeholder="a value; add a filter for each further one"),
            ipywidgets.Button(icon="times", tooltip="Remove this filter"),
        )
        for part in made.children[:2]:
            part.observe(self._turns(self._on_change), "value")
        made.children[2].on_click(self._turns(lambda: self._drop(made)))
        self.rows.children = (*self.rows.children, made)

    def clear(self) -> None:
        """Take all rows away."""
        for each in self.rows.children:
            self._drop(each)

    def _drop(self, gone: Any) -> None:
        self.rows.children = tuple(each for each in self.rows.children if each is not gone)
        close_all(gone)
        self._on_change()
