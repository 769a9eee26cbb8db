"""The books of one read: how far it is, and in the end what happened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from retarus_pandas.errors import DuplicateRowWarning, PartialDataWarning, RetarusWarning, SchemaWarning
from retarus_pandas.paging import Counts, Finished, Restarted
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.values import Page, Progress, RunFacts, wire_instant

__all__ = ["Tally"]


class Tally:
    """Counts what comes from the service.

    Attributes
    ----------
    counts : Counts
        Kept by whoever asks the pages.
    rows : int
        Rows so far, up to one page more than is wanted.
    truncated : bool
        Whether more rows are known to exist than were read.
    """

    def __init__(self, plan: ReportPlan) -> None:
        self.counts = Counts()
        self.rows = 0
        self.truncated = False
        self._plan = plan
        self._began = time.monotonic()
        self._rows_of_finished_windows = self._finished_windows = self._slow = 0
        self._errors: list[Any] = []
        self._notes: dict[str, None] = {}

    def take(self, event: Page | Restarted | Finished) -> None:
        """Count one event."""
        if isinstance(event, Page):
            self.rows += event.rows.num_rows
            self._slow += event.slow
            self._errors += event.errors
            self._notes |= dict.fromkeys(event.notes)
        elif isinstance(event, Restarted):
            self.rows = self._rows_of_finished_windows
        else:
            self._finished_windows += 1
            self._rows_of_finished_windows = self.rows

    def progress(self, page: Page) -> Progress:
        """How far the read is with this page."""
        return Progress(self.rows, self._covered(page))

    def _covered(self, page: Page) -> float:
        """The share of the period up to the page's last row, or else of its windows."""
        plan, name = self._plan, self._plan.query.key_timestamp
        last = page.rows.column(name)[-1].as_py() if name and page.rows.num_rows else None
        if not isinstance(last, datetime):
            return self._finished_windows / len(plan.windows)
        passed = plan.end - last if plan.query.descending else last - plan.start
        return min(max(passed / (plan.end - plan.start), 0.0), 1.0)

    def facts(self, duplicates_dropped: int) -> RunFacts:
        """What happened, up to now."""
        plan = self._plan
        return RunFacts(
            report=plan.query.report,
            rows=self.rows,
            start=wire_instant(plan.start),
            end=wire_instant(plan.end),
            windows=len(plan.windows),
            requests=self.counts.requests,
            seconds=round(time.monotonic() - self._began, 3),
            truncated=self.truncated,
            duplicates_dropped=duplicates_dropped,
            slow_pages=self._slow,
            windows_reread=self.counts.windows_reread,
            partial=bool(self._errors),
            notes=(*plan.all_notes, *self._notes),
        )

    def warnings(self, conflicts: int) -> Iterator[tuple[str, type[RetarusWarning]]]:
        """What the caller must know before he uses the rows."""
        query = self._plan.query
        yield from ((note, SchemaWarning) for note in self._notes)
        if conflicts:
            yield (
                f"Rows that have the key of an earlier row and another content: {conflicts:,}; both were kept. "
                f"The key of {query.report} is {', '.join(query.key)}.",
                DuplicateRowWarning,
            )
        if self._errors:
            said = "; ".join(dict.fromkeys(str(error.get("message", error)).rstrip(".") for error in self._errors))
            yield f"The report {query.response_name} is PARTIAL; the service reported: {said}.", PartialDataWarning
