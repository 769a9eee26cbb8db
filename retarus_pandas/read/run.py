"""One report being read: the three wings at work together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from retarus_pandas.errors import InputError, Interrupted
from retarus_pandas.frame import Decoder, ShiftFilter
from retarus_pandas.paging import Arrived, Counts, Finished, Restarted, Source, read_pages
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.values import Page, Progress, RunFacts, Window, show, wire_instant

if TYPE_CHECKING:
    import pyarrow as pa

    from retarus_pandas.frame import Learned
    from retarus_pandas.http import Connection

__all__ = ["ReadOptions", "Run"]

Observer = Callable[[Progress], None]
T = TypeVar("T")

# Without numbers, so that it is told once.
_SHORT_PAGE = (
    "a page holds fewer rows than were asked although more follow; nothing is missing if the service serves smaller "
    "pages than asked, else rows may be: compare with another page_size="
)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a report is read, as `read_retarus` takes it."""

    concurrency: int = 4
    max_rows: int | None = None
    keep_partial: bool = False

    def __post_init__(self) -> None:
        for name, least in (("concurrency", 1), ("max_rows", 0)):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
                raise InputError(f"{name}={show(value)} is not a whole number of at least {least}")


def _nobody(progress: Progress) -> None:
    """Nobody watches."""


class Run:
    """One read of one report.

    It is used once: for `whole`, or for `parts`. Afterwards `facts` tells what happened.
    """

    def __init__(
        self, plan: ReportPlan, connection: Connection, options: ReadOptions, learned: Learned | None = None
    ) -> None:
        self.plan = plan
        self._connection = connection
        self._options = options
        self._observe: Observer = _nobody
        self._decoder = Decoder(plan.query, keep_partial=options.keep_partial, learned=learned)
        self._shifts = ShiftFilter(plan.query.key)
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._counts = Counts()
        self._slow = self._rows = self._finished_windows = 0
        self._truncated = False
        self._errors: list[Any] = []
        self._notes: dict[str, None] = {}

    def whole(self, observe: Observer, make: Callable[[list[pa.Table]], T]) -> T:
        """Read everything, and make something of it while the last look at the service is still on its way.

        A window whose rows moved while it was read is read again, and what was made of them is made again.
        """
        self._observe = observe
        done: list[pa.Table] = []
        current: list[pa.Table] = []
        made: list[T] = []
        with closing(self._events(streaming=False)) as events:
            for event in events:
                if isinstance(event, Page):
                    current.append(event.rows)
                    if not event.more and self._in_last_window():
                        made = [make(self._cut(done + current))]
                elif isinstance(event, Restarted):
                    current, made = [], []
                else:
                    done += current
                    current = []
        return made[0] if made else make(self._cut(done + current))

    def _in_last_window(self) -> bool:
        return self._finished_windows == len(self.plan.windows) - 1

    def parts(self, observe: Observer) -> Generator[pa.Table]:
        """Read page by page and keep nothing; rows that moved are an error, for none can be taken back."""
        self._observe = observe
        given = 0
        with closing(self._events(streaming=True)) as events:
            for event in events:
                if isinstance(event, Page):
                    rows = self._within(event.rows, given)
                    given += rows.num_rows
                    yield rows

    @property
    def errors(self) -> tuple[Any, ...]:
        """The GraphQL errors that came with data that was kept."""
        return tuple(self._errors)

    @property
    def conflicts(self) -> int:
        """Rows kept although their key came before, with another content."""
        return self._shifts.conflicts

    @property
    def notes(self) -> tuple[str, ...]:
        """What the service did otherwise than its schema says."""
        return tuple(self._notes)

    def facts(self) -> RunFacts:
        """What happened, up to now."""
        plan = self.plan
        return RunFacts(
            report=plan.query.report,
            rows=self._rows,
            start=wire_instant(plan.start),
            end=wire_instant(plan.end),
            windows=len(plan.windows),
            requests=self._counts.requests,
            seconds=round(time.monotonic() - self._began, 3),
            truncated=self._truncated,
            duplicates_dropped=self._shifts.dropped,
            slow_pages=self._slow,
            windows_reread=self._counts.windows_reread,
            partial=bool(self._errors),
            notes=(*plan.all_notes, *self._notes),
        )

    # ------------------------------------------------------------ reading

    def _events(self, *, streaming: bool) -> Generator[Page | Restarted | Finished]:
        """What comes from the service, up to one row more than is wanted."""
        limit = self._options.max_rows
        if limit == 0:
            self._truncated = bool(self.plan.windows)
            return
        before, interrupted = 0, False
        try:
            with closing(self._pages(streaming=streaming)) as pages:
                for event in pages:
                    before = self._count(event, before)
                    yield event
                    if limit is not None and self._rows > limit:
                        self._truncated = True
                        break
        except KeyboardInterrupt:
            interrupted = True
        if interrupted:
            raise Interrupted(f"interrupted after {self._rows:,} rows; nothing was kept, run it again to read all")
        self._rows = self._rows if limit is None else min(self._rows, limit)
        self._observe(Progress(self._rows, 1.0, finished=True))

    def _pages(self, *, streaming: bool) -> Any:
        return read_pages(
            self.plan.windows,
            Source(self._fetch, self._probe, self._stop),
            self._shifts,
            concurrency=self._concurrency(),
            descending=self.plan.query.descending,
            streaming=streaming,
            counts=self._counts,
        )

    def _concurrency(self) -> int:
        """What fits on one page is read page by page: asking ahead would ask for rows nobody wants."""
        limit = self._options.max_rows
        return 1 if limit is not None and limit < self.plan.page_size else self._options.concurrency

    def _size(self) -> int:
        limit = self._options.max_rows
        return self.plan.page_size if limit is None else min(self.plan.page_size, limit + 1)

    def _count(self, event: Page | Restarted | Finished, before: int) -> int:
        """Keep the books; `before` is the number of rows of all finished windows."""
        if isinstance(event, Page):
            self._rows += event.rows.num_rows
            self._slow += event.slow
            self._errors += event.errors
            self._notes |= dict.fromkeys(event.notes)
            self._observe(Progress(self._rows, self._covered(event)))
            return before
        if isinstance(event, Restarted):
            self._rows = before
        self._finished_windows += isinstance(event, Finished)
        return self._rows

    def _covered(self, page: Page) -> float:
        """The share of the period up to the page's last row, or else of its windows."""
        plan, name = self.plan, self.plan.query.key_timestamp
        last = page.rows.column(name)[-1].as_py() if name and page.rows.num_rows else None
        if not isinstance(last, datetime):
            return self._finished_windows / len(plan.windows)
        passed = plan.end - last if plan.query.descending else last - plan.start
        return min(max(passed / (plan.end - plan.start), 0.0), 1.0)

    def _cut(self, tables: list[pa.Table]) -> list[pa.Table]:
        given, kept = 0, []
        for table in tables:
            kept.append(self._within(table, given))
            given += kept[-1].num_rows
        return kept

    def _within(self, rows: pa.Table, given: int) -> pa.Table:
        limit = self._options.max_rows
        return rows if limit is None or given + rows.num_rows <= limit else rows.slice(0, limit - given)

    # ------------------------------------------------------------ asking, in the workers

    def _fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
        pinned = self.plan.query.page
        if pinned is None:
            return self._ask(window, index, self._size(), retry=not speculative, arrived=arrived)
        page = self._ask(window, pinned, self.plan.page_size)
        self._truncated |= page.more
        return replace(page, more=False)

    def _probe(self, window: Window, page: int) -> Any:
        """Look at the first record of a page again: with one row a page, its number is its position."""
        return self._ask(window, page * self._size(), 1).first

    def _ask(
        self, window: Window, index: int, size: int, *, retry: bool = True, arrived: Arrived | None = None
    ) -> Page:
        def read(body: bytes, status: int) -> Page:
            if arrived is not None:
                arrived(self._decoder.foretell(body))
            return self._decoder.page(body, window=window, index=index, status=status)

        page = self._connection.post(
            self.plan.query.request(window, index, size),
            read,
            retry=retry,
            limit=self._options.concurrency,
            stop=self._stop,
        )
        return replace(page, notes=(*page.notes, _SHORT_PAGE)) if page.more and page.rows.num_rows < size else page
