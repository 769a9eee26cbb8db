"""The books of one read: how far it is, and in the end what happened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from retarus_pandas.errors import (
    DuplicateRowWarning,
    PartialDataWarning,
    RetarusWarning,
    SchemaWarning,
    UnprovenRowsWarning,
)
from retarus_pandas.paging import Facts
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.values import Progress, RunFacts, Window, plain, wire_instant

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Tally"]

_CATEGORIES: dict[str, type[RetarusWarning]] = {
    "unproven": UnprovenRowsWarning,
    "duplicates": DuplicateRowWarning,
    "gone": UnprovenRowsWarning,
    "service": SchemaWarning,
}

# Letters of one message, and spans that are named.
_SHOWN = 300
_SPANS = 5


class Tally:
    """Counts what comes from the service.

    Attributes
    ----------
    paging : Facts
        Kept by whoever reads the slices.
    """

    def __init__(self, plan: ReportPlan) -> None:
        self.paging = Facts()
        self._plan = plan
        self._began = time.monotonic()

    def progress(self, rows: pa.Table) -> Progress:
        """How far the read is with these rows."""
        return Progress(self.paging.rows, self._covered(rows))

    def _covered(self, rows: pa.Table) -> float:
        """The share of the period up to the last row, or else of its windows."""
        plan, name = self._plan, self._plan.query.key_timestamp
        last = rows.column(name)[-1].as_py() if name and rows.num_rows else None
        if not isinstance(last, datetime):
            return self.paging.covered
        passed = plan.end - last if plan.query.descending else last - plan.start
        return min(max(passed / (plan.end - plan.start), 0.0), 1.0)

    def facts(self, *, refused: int) -> RunFacts:
        """What happened, up to now; `refused` requests were made before."""
        plan, paging = self._plan, self.paging
        return RunFacts(
            report=plan.query.report,
            rows=paging.rows,
            start=wire_instant(plan.start),
            end=wire_instant(plan.end),
            windows=len(plan.windows),
            requests=paging.requests + refused,
            seconds=round(time.monotonic() - self._began, 3),
            slices=paging.slices,
            proven=paging.proven,
            truncated=paging.truncated,
            kept_twice=paging.kept_twice,
            vanished=paging.gone,
            slow_pages=paging.slow,
            partial=bool(paging.errors),
            holes=tuple(map(str, sorted(paging.holes, key=_start))),
            notes=(*plan.all_notes, *(note.text for note in paging.notes)),
        )

    def warnings(self) -> Iterator[tuple[str, type[RetarusWarning]]]:
        """What the caller must know before he uses the rows."""
        query = self._plan.query
        for note in self.paging.notes:
            counted = f" There are {self.paging.kept_twice:,} of them." if note.kind == "duplicates" else ""
            yield note.text + counted, _CATEGORIES[note.kind]
        if self.paging.errors:
            each = (plain(str(error.get("message", error)), _SHOWN).rstrip(".") for error in self.paging.errors)
            said = "; ".join(dict.fromkeys(each))
            where = "; ".join(map(str, sorted(self.paging.holes, key=_start)[:_SPANS]))
            more = len(self.paging.holes) - _SPANS
            where += f"; and {more:,} more" if more > 0 else ""
            text = f"The report {query.response_name} is PARTIAL; the service reported: {said}."
            yield f"{text} Records may be missing in {where}.", PartialDataWarning


def _start(window: Window) -> datetime:
    return window.start
