"""What a call will ask, as values that can be read before anything is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from retarus_pandas.values import Query, Window, wire_instant

if TYPE_CHECKING:
    from retarus_pandas.read.archived.planning import Archived

__all__ = ["Plan", "ReportPlan"]


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """One report of a call: what is asked, for which windows, in pages of which size.

    Attributes
    ----------
    query : Query
        The report's own document and columns.
    start, end : datetime.datetime
        The period in UTC, half-open.
    windows : tuple of Window
        What the service is asked of the period, cut to what one query may span, in the order of reading.
    page_size : int
        Rows asked at a time.
    notes : tuple of str
        What was decided about the period.
    warnings : tuple of str
        What the caller may not have meant by it.
    archived : Archived, optional
        Which parts of the period come from an archive, where one is given.
    """

    query: Query
    start: datetime
    end: datetime
    windows: tuple[Window, ...]
    page_size: int
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    archived: Archived | None = None

    @property
    def document(self) -> str:
        """The document of the first request."""
        return str(self._first["query"])

    @property
    def variables(self) -> dict[str, Any]:
        """The values of the document's variables."""
        return dict(self._first["variables"])

    @property
    def _first(self) -> dict[str, Any]:
        window = self.windows[0] if self.windows else None
        return self.query.request(window, self.query.page or 0, self.page_size)

    @property
    def all_notes(self) -> tuple[str, ...]:
        """What the caller should know about the period and the document."""
        of_days = self.archived.warnings if self.archived is not None else ()
        return (*self.notes, *self.warnings, *of_days, *self.query.remarks, *self.query.notes)

    def __str__(self) -> str:
        lines = [
            f"{self.query.response_name}: {wire_instant(self.start)} to {wire_instant(self.end)} (excluded), "
            f"{len(self.windows)} window(s), pages of {self.page_size:,} rows",
            *(self.archived.lines() if self.archived is not None else ()),
            *(f"  window {number}: {window}" for number, window in enumerate(self.windows, 1)),
            *(f"  note: {note}" for note in self.all_notes),
            *(self._asked() if self.windows or self.archived is None else ["  Nothing is asked of the service."]),
        ]
        return "\n".join(lines)

    def _asked(self) -> list[str]:
        return [
            "  variables:",
            *(f"    {line}" for line in json.dumps(self.variables, indent=2, ensure_ascii=False).splitlines()),
            "  document of the first request:",
            *(f"    {line}" for line in self.document.splitlines()),
        ]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a call will ask; nothing was sent to make it.

    Attributes
    ----------
    reports : tuple of ReportPlan
        One for each report the document asks.
    """

    reports: tuple[ReportPlan, ...]

    @property
    def several(self) -> bool:
        """Whether the document asks more than one report."""
        return len(self.reports) > 1

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.reports))

    __repr__ = __str__
