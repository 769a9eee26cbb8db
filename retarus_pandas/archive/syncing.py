"""One sync: which days are asked, side by side, and what becomes of their answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from retarus_pandas.archive.answers import answer_of
from retarus_pandas.archive.asks import Ask, document
from retarus_pandas.errors import (
    AuthenticationError,
    ConnectionFailedError,
    DeadlineError,
    NotSignedInError,
    RetarusError,
    RetarusWarning,
    SessionClosedError,
)
from retarus_pandas.read import WholeRead
from retarus_pandas.schema import HISTORY, MARGIN
from retarus_pandas.session import Session
from retarus_pandas.store import DayAnswer, ReportKeeper, day_file, end_of, start_of
from retarus_pandas.values import plain

__all__ = ["ReportSync", "Tally"]

Clock = Callable[[], datetime]
_Outcome = DayAnswer | RetarusError | None

# Days asked at a time, and days in a row that fail before a report is given up.
_AT_ONCE = 4
_PATIENCE = 3
# Letters of one reason in the ledger.
_SHOWN = 300
# Seconds between two chances for Ctrl-C.
_LOOK_EVERY = 0.1

# What ends the whole sync: no other day would fare better.
_HOPELESS = (AuthenticationError, NotSignedInError, SessionClosedError, ConnectionFailedError, DeadlineError)

LEFT = "The day left the service's history before it could be sealed; records that came late may be missing."


@dataclass
class Tally:
    """What a sync of one report came to.

    Attributes
    ----------
    report : str
        Its name.
    asked, failed : int
        Days that were asked, and those of which the answer was not taken.
    rows, added, changed, gone : int
        Records of the days that were asked; and, of days that had been archived before as well, records that are new,
        have changed, and have vanished.
    sealed : int
        Days that need not be asked again, of those that were asked.
    requests : int
        Requests that were made.
    left : list of date
        Days that left the history before they could be sealed, since the last sync.
    unseen : list of date
        Days before the history that lie between archived ones, and were never asked.
    trouble : list of str
        Why answers were not taken, and files that were missing.
    error : RetarusError or None
        The first reason why there was none.
    warnings : dict
        What the reads have told, once each.
    """

    report: str
    asked: int = 0
    failed: int = 0
    rows: int = 0
    added: int = 0
    changed: int = 0
    gone: int = 0
    sealed: int = 0
    requests: int = 0
    left: list[date] = field(default_factory=list)
    unseen: list[date] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    error: RetarusError | None = None
    warnings: dict[str, type[RetarusWarning]] = field(default_factory=dict)


class ReportSync:
    """Brings the archive of one report up to date.

    Parameters
    ----------
    keeper : ReportKeeper
        Writes.
    ask : Ask
        What is asked for.
    session : Session
        Who asks.
    reread : timedelta
        How long after its end a day is asked again.
    clock : callable
        Tells the current instant.
    mask : optional
        As `read_retarus` takes it.
    """

    def __init__(
        self,
        keeper: ReportKeeper,
        ask: Ask,
        session: Session,
        *,
        reread: timedelta,
        clock: Clock,
        mask: object = None,
    ) -> None:
        self._keeper, self._ask, self._session = keeper, ask, session
        self._reread, self._clock, self._mask = reread, clock, mask
        self._reads: set[WholeRead] = set()
        self._lock = threading.Lock()
        self._stopped = False
        self.tally = Tally(ask.report)

    def days(self) -> list[date]:
        """The days that are to be asked, the oldest first."""
        now = self._clock()
        first = _first_day(now)
        last = now.date() - timedelta(days=1)
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return [day for day in days if not self._is_sealed(day)]

    def _is_sealed(self, day: date) -> bool:
        entry = self._keeper.head.entries.get(day)
        if entry is None or not entry.sealed:
            return False
        return (self._keeper.folder / str(self._keeper.head.generation) / day_file(day)).exists()

    def run(self, days: Sequence[date], observe: Callable[[int, int], object]) -> None:
        """Ask these days and keep their answers; `observe` is told how many are done, and how many rows came.

        Raises
        ------
        RetarusError
            Nothing can be asked any more. What came before is kept.
        """
        self._mark_what_left()
        in_a_row = 0
        for day, outcome in self._outcomes(days):
            if isinstance(outcome, DayAnswer):
                in_a_row = 0
                self._keep(outcome)
            elif outcome is not None:
                in_a_row += 1
                self._refuse(day, outcome)
            observe(self.tally.asked, self.tally.rows)
            if in_a_row >= _PATIENCE or (in_a_row and self.tally.asked == 1):
                # The very first, or several one after the other: the others would hardly fare better.
                break

    def _outcomes(self, days: Sequence[date]) -> Iterator[tuple[date, _Outcome]]:
        """The answers as they come, or why there is none. The first goes alone, for all learn from it."""
        if not days:
            return
        first, *others = days
        yield first, self._outcome(first)
        with self._workers() as pool:
            waiting = iter(others)
            running: dict[Future[_Outcome], date] = {}
            while True:
                for day in waiting:
                    running[pool.submit(self._outcome, day)] = day
                    if len(running) > _AT_ONCE:
                        break
                if not running:
                    return
                done, _ = wait(running, timeout=_LOOK_EVERY, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=lambda each: running[each]):
                    yield running.pop(future), future.result()

    @contextmanager
    def _workers(self) -> Iterator[ThreadPoolExecutor]:
        """Threads that have all ended afterwards; leaving early ends what they read."""
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="retarus-archive")
        try:
            yield pool
        finally:
            with self._lock:
                self._stopped = True
                reads = [*self._reads]
            for read in reads:
                read.stop()
            pool.shutdown(cancel_futures=True)
            self._stopped = False

    def _outcome(self, day: date) -> _Outcome:
        """Ask one day, unless it has left the history while others were asked; in any thread."""
        asked = self._clock()
        if day < _first_day(asked):
            return None
        try:
            read = WholeRead(
                document(self._ask, self._session.schema),
                start=start_of(day),
                end=end_of(day),
                session=self._session,
                now=asked,
                mask=self._mask,
            )
            with self._lock:
                if self._stopped:
                    return None
                self._reads.add(read)
            try:
                whole = read.read()
            finally:
                with self._lock:
                    self._reads.discard(read)
        except RetarusError as error:
            # Without the frames it came through, which would be kept with it.
            return error.with_traceback(None)
        with self._lock:
            self.tally.requests += whole.facts.requests
            self.tally.warnings |= dict(whole.warnings)
        return answer_of(day, whole, asked, self._reread)

    def _keep(self, answer: DayAnswer) -> None:
        tally = self.tally
        before = self._keeper.head.entries.get(answer.day)
        [entry] = self._keeper.commit([answer], at=self._clock())
        tally.asked += 1
        tally.rows += entry.rows
        tally.sealed += entry.sealed
        if before is not None and before.file:
            tally.added += entry.added
            tally.changed += entry.changed
        tally.gone += entry.gone
        tally.failed += entry.asked != answer.asked
        if entry.trouble:
            tally.trouble.append(f"{answer.day}: {entry.trouble}")

    def _refuse(self, day: date, error: RetarusError) -> None:
        if isinstance(error, _HOPELESS):
            raise error
        why = plain(str(error), _SHOWN)
        self.tally.error = self.tally.error or error
        self.tally.asked += 1
        self.tally.failed += 1
        self.tally.trouble.append(f"{day}: {why}")
        now = self._clock()
        # What a service says of an error may repeat a value, and nothing is written that a mask was to hide.
        told = type(error).__name__ if self._mask is not None else f"{type(error).__name__}: {why}"
        self._keeper.refuse(day, told, asked=now, at=now)

    def _mark_what_left(self) -> None:
        """Write down which days can never be sealed, once."""
        now = self._clock()
        first = _first_day(now)
        entries = self._keeper.head.entries
        archived = sorted(day for day, entry in entries.items() if entry.file)
        for day in archived:
            entry = entries[day]
            if day < first and not entry.sealed and entry.trouble != LEFT:
                self._keeper.refuse(day, LEFT, asked=entry.asked, at=now)
                self.tally.left.append(day)
        if archived and archived[-1] + timedelta(days=1) < first:
            missed = (first - archived[-1]).days
            self.tally.unseen = [archived[-1] + timedelta(days=number) for number in range(1, missed)]


def _first_day(now: datetime) -> date:
    """The first UTC day that is wholly inside the history, and stays so for a while."""
    edge = now - HISTORY.value + MARGIN.value
    day = edge.date()
    return day if edge == start_of(day) else day + timedelta(days=1)
