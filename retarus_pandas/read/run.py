"""One read of one report: its pages are asked, its tables come in order, and the facts are there at the end."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from retarus_pandas.errors import Interrupted, RetarusWarning, SchemaWarning
from retarus_pandas.frame import Learned, ShiftFilter
from retarus_pandas.http import in_worker
from retarus_pandas.paging import Finished, Restarted, Source, read_pages
from retarus_pandas.read.asking import Asking, Post
from retarus_pandas.read.contact import Contact
from retarus_pandas.read.limits import Limits, first_rows
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.read.tally import Tally
from retarus_pandas.values import Page, Progress, RunFacts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Run"]

Observer = Callable[[Progress], object]
MakeContact = Callable[[ReportPlan, Callable[[ReportPlan], Page]], Contact]
Event = Page | Restarted | Finished


class Run:
    """One read of one report; used once.

    Parameters
    ----------
    plan : ReportPlan
        What is read.
    post : Post
        Sends a request.
    limits : Limits
        How pages are asked.
    contact : callable, optional
        Asks the first page of a report that the session has not seen yet, and makes the plan fit the service.
    learned : Learned, optional
        What earlier reads taught of the report's values, to be added to.
    """

    def __init__(
        self,
        plan: ReportPlan,
        post: Post,
        limits: Limits,
        contact: MakeContact | None = None,
        *,
        learned: Learned | None = None,
    ) -> None:
        self._post, self._limits, self._contact = post, limits, contact
        self._learned = learned or Learned()
        self._told = plan.all_notes
        self._refused = 0
        self._take_up(plan, None)

    def _take_up(self, plan: ReportPlan, first: Page | None) -> None:
        self.plan = plan
        self._asking = Asking(plan, self._post, self._limits, first, learned=self._learned)
        self._shifts = ShiftFilter(plan.query.key)
        self._tally = Tally(plan)

    def begin(self) -> None:
        """Ask the first page, where the plan may have to be changed for it; a second call does nothing."""
        make, self._contact = self._contact, None
        if make is None or not self.plan.windows or self._limits.max_rows == 0:
            return
        interrupted = False
        try:
            contact = make(self.plan, self._ask_first)
        except KeyboardInterrupt:
            interrupted = True
        if interrupted:
            raise Interrupted("interrupted before the first rows were there; nothing was kept, run it again")
        self._refused = contact.requests
        self._take_up(contact.plan, contact.first)

    def _ask_first(self, plan: ReportPlan) -> Page:
        return in_worker(Asking(plan, self._post, self._limits, learned=self._learned).first)

    def tables(self, observe: Observer, *, streaming: bool) -> Generator[pa.Table]:
        """The rows, in order; of all columns, hidden ones too.

        Parameters
        ----------
        observe : callable
            Is told how far the read is.
        streaming : bool
            Hand over each page as it comes and keep nothing: rows that moved are an error then, since none can be
            taken back. Else a window is handed over when it is complete, and read again if its rows moved.
        """
        self.begin()
        with closing(self._events(observe, streaming=streaming)) as events:
            tables = _as_they_come(events) if streaming else _window_by_window(events)
            yield from first_rows(tables, self._limits.max_rows)

    def facts(self) -> RunFacts:
        """What happened, up to now."""
        facts = self._tally.facts(self._shifts.dropped)
        return replace(facts, requests=facts.requests + self._refused)

    def warnings(self) -> Iterator[tuple[str, type[RetarusWarning]]]:
        """What the caller must know before he uses the rows."""
        yield from ((note, SchemaWarning) for note in self.plan.all_notes if note not in self._told)
        yield from self._tally.warnings(self._shifts.conflicts)

    def _events(self, observe: Observer, *, streaming: bool) -> Generator[Event]:
        """What comes from the service, up to one row more than is wanted."""
        limit = self._limits.max_rows
        if limit == 0:
            self._tally.truncated = bool(self.plan.windows)
            return
        interrupted = False
        try:
            with closing(self._pages(streaming=streaming)) as pages:
                for event in pages:
                    self._count(event, observe)
                    yield event
                    if limit is not None and self._tally.rows > limit:
                        self._tally.truncated = True
                        break
        except KeyboardInterrupt:
            interrupted = True
        if interrupted:
            raise Interrupted(
                f"interrupted after {self._tally.rows:,} rows; nothing was kept, run it again to read all"
            )
        self._tally.rows = self._tally.rows if limit is None else min(self._tally.rows, limit)
        observe(Progress(self._tally.rows, 1.0, finished=True))

    def _count(self, event: Event, observe: Observer) -> None:
        self._tally.take(event)
        self._tally.truncated |= self._asking.more_behind_pinned
        if isinstance(event, Page):
            observe(self._tally.progress(event))

    def _pages(self, *, streaming: bool) -> Generator[Event, None, None]:
        return read_pages(
            self.plan.windows,
            Source(self._asking.fetch, self._asking.probe, self._asking.stop),
            self._shifts,
            concurrency=self._limits.pages_ahead(self.plan.page_size),
            descending=self.plan.query.descending,
            streaming=streaming,
            counts=self._tally.counts,
        )


def _as_they_come(events: Generator[Event]) -> Iterator[pa.Table]:
    return (event.rows for event in events if isinstance(event, Page))


def _window_by_window(events: Generator[Event]) -> Iterator[pa.Table]:
    """The pages of each window once it is complete; those of a window that is read again are void."""
    pages: list[pa.Table] = []
    for event in events:
        if isinstance(event, Page):
            pages.append(event.rows)
        elif isinstance(event, Restarted):
            pages = []
        else:
            yield from pages
            pages = []
    yield from pages
