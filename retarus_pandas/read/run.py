"""One read of one report: its pages are asked, its tables come in order, and the facts are there at the end."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from retarus_pandas.errors import QueryError, RetarusWarning, SchemaWarning
from retarus_pandas.frame import Learned
from retarus_pandas.http import in_worker
from retarus_pandas.paging import Limit, read_slices
from retarus_pandas.read.asking import Asking, Post
from retarus_pandas.read.contact import Contact
from retarus_pandas.read.interrupting import interrupted
from retarus_pandas.read.limits import Limits
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.read.progress import Bar
from retarus_pandas.read.refusal import pointed_out
from retarus_pandas.read.tally import Tally
from retarus_pandas.values import Page, Progress, RunFacts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Run"]

Observer = Callable[[Progress], object]
MakeContact = Callable[[ReportPlan, Callable[[ReportPlan], Page]], Contact]


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
        self._post: Post = partial(post, on_wait=self._wait)
        self._limits, self._contact = limits, contact
        self._learned = learned or Learned()
        self._observe: Observer | None = None
        # Whether a doubt was one is known when the service has answered.
        self._told = {*plan.all_notes} - {doubt.note for doubt in plan.query.doubts}
        self._refused = 0
        self._is_stopped = False
        self._take_up(plan, None)

    def _take_up(self, plan: ReportPlan, first: Page | None) -> None:
        self.plan = plan
        self._asking = self._make_asking(plan, first)
        self._tally = Tally(plan)

    def begin(self) -> None:
        """Ask the first page, where the plan may have to be changed for it; a second call does nothing."""
        make, self._contact = self._contact, None
        if make is None or not self.plan.windows or self._limits.max_rows == 0:
            return
        stopped = False
        try:
            contact = make(self.plan, self._ask_first)
        except KeyboardInterrupt:
            stopped = True
        if stopped:
            raise interrupted(0)
        self._refused = contact.requests
        self._take_up(contact.plan, contact.first)

    def _ask_first(self, plan: ReportPlan) -> Page:
        self._asking = self._make_asking(plan)
        return in_worker(self._asking.first)

    def _make_asking(self, plan: ReportPlan, first: Page | None = None) -> Asking:
        return Asking(plan, self._post, self._limits, first, learned=self._learned)

    def tables(self, observe: Observer, *, streaming: bool) -> Generator[pa.Table]:
        """The rows, in order; of all columns, hidden ones too.

        Parameters
        ----------
        observe : callable
            Is told how far the read is.
        streaming : bool
            The consumer keeps nothing, so that what waits for him is bounded.
        """
        self._observe = observe
        self.begin()
        if self._is_stopped:
            self.stop()
        stopped, refusal = False, None
        try:
            with closing(self._slices(streaming=streaming)) as slices:
                for rows in slices:
                    observe(self._tally.progress(rows))
                    yield rows
        except KeyboardInterrupt:
            stopped = True
        except QueryError as error:
            refusal = pointed_out(error, self.plan.query)
        if refusal is not None:
            raise refusal
        rows_read = self._tally.paging.rows
        if stopped:
            raise interrupted(rows_read)
        observe(Progress(rows_read, 1.0, finished=True))

    def _wait(self, seconds: float, reason: str) -> None:
        """Tell a bar, from whatever thread; an observer of the caller's is called in his own thread only."""
        if isinstance(self._observe, Bar):
            self._observe.wait(seconds, reason)

    def stop(self) -> None:
        """End all requests, those to come too; from whatever thread."""
        self._is_stopped = True
        self._asking.stop.set()

    def facts(self) -> RunFacts:
        """What happened, up to now."""
        return self._tally.facts(refused=self._refused)

    def warnings(self) -> Iterator[tuple[str, type[RetarusWarning]]]:
        """What the caller must know before he uses the rows."""
        yield from ((note, SchemaWarning) for note in self.plan.all_notes if note not in self._told)
        yield from self._tally.warnings()

    def _slices(self, *, streaming: bool) -> Generator[pa.Table]:
        return read_slices(
            self._asking.report,
            self.plan.windows,
            self._asking.page,
            self._asking.stop,
            limit=Limit(self._limits.requests_at_once(self.plan.page_size)),
            facts=self._tally.paging,
            streaming=streaming,
        )
