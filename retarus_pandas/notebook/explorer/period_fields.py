"""The period of a choice: one of a list, what has to be typed for some of them, and the time zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

import ipywidgets

from retarus_pandas.notebook.explorer.choice import PERIODS, Choice
from retarus_pandas.notebook.explorer.layout import Turns, pair, show

__all__ = ["PeriodFields"]

# What else has to be typed for a period: its label, and how it may look.
_TYPED = {
    "From … to …": (("From", "2026-10-01 or 2026-10-01 08:00"), ("To", "excluded; if empty, now")),
    "A month, quarter or day": (("Which", "2026-10, 2026Q4 or 2026-10-05"),),
}


class PeriodFields:
    """The list of periods, two fields and the zone.

    ``chosen``, ``first``, ``second``, the row ``typed`` and ``tz`` are its widgets.
    """

    def __init__(self, turns: Turns, on_change: Callable[[], None], choice: Choice) -> None:
        self.chosen = ipywidgets.Dropdown(options=list(PERIODS), value=choice.period, description="Period")
        self.first, self.second = ipywidgets.Text(value=choice.first), ipywidgets.Text(value=choice.second)
        self.tz = ipywidgets.Combobox(
            value=choice.tz,
            options=sorted(zoneinfo.available_timezones()),
            description="Time zone",
            placeholder="as configured, or UTC",
        )
        self.typed = pair(self.first, self.second)
        self._ask()
        self.chosen.observe(turns(self._ask), "value")
        for widget in (self.chosen, self.first, self.second, self.tz):
            widget.observe(turns(on_change), "value")

    def _ask(self) -> None:
        """Ask for what has to be typed."""
        typed = _TYPED.get(self.chosen.value, ())
        show(self.typed, shown=bool(typed))
        for widget, (label, example) in zip((self.first, self.second), (*typed, ("", ""), ("", "")), strict=False):
            show(widget, shown=bool(label))
            widget.description, widget.placeholder = label, example
