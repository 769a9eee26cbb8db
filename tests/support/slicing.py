"""A reporting service without HTTP, with all the moods that paging has to survive, and a read in simulated time."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa

from retarus_pandas.paging.front import Front
from retarus_pandas.paging.report import Facts, Foretold, Heard, Report
from retarus_pandas.paging.schedule import Job, Schedule
from retarus_pandas.paging.workers import look_at
from retarus_pandas.values import Window

START = datetime(2026, 10, 1, tzinfo=UTC)
SECOND = 1_000_000
SCHEMA = pa.schema([("at", pa.timestamp("us", "UTC")), ("id", pa.string()), ("value", pa.int64())])


def windows(*hours: float, descending: bool = False) -> list[Window]:
    """Windows one after the other, with borders at these hours."""
    borders = [START + timedelta(hours=hour) for hour in hours]
    found = [Window(*pair) for pair in pairwise(borders)]
    return found[::-1] if descending else found


@dataclass(frozen=True, slots=True)
class Record:
    """What the service holds; `at` is in microseconds after START."""

    at: int
    id: str | None
    value: int = 0


@dataclass(frozen=True)
class Page:
    rows: pa.Table
    more: bool
    nbytes: int = 1000
    size: int | None = None
    slow: bool = False
    errors: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()


def page_of(records: Sequence[Record], shown: Callable[[int], int | None], *, more: bool, size: int | None) -> Page:
    """The answer that shows these records; without an ID, a record is null."""
    start = int(START.timestamp()) * SECOND
    stamps = [None if record.id is None else shown(record.at) for record in records]
    columns = [
        pa.array([None if stamp is None else start + stamp for stamp in stamps], SCHEMA[0].type),
        pa.array([record.id for record in records], SCHEMA[1].type),
        pa.array([None if record.id is None else record.value for record in records], SCHEMA[2].type),
    ]
    return Page(pa.table(columns, schema=SCHEMA), more, size=size)


def exact(at: int) -> int:
    return at


def to_second(at: int) -> int:
    return at // SECOND * SECOND


def rounded(at: int) -> int:
    return (at + SECOND // 2) // SECOND * SECOND


@dataclass
class Service:
    """Answers as documented, but for its moods.

    Parameters
    ----------
    records : list of Record
        What it holds; `move` may change it.
    shown : callable
        The stamp it shows of an instant.
    ties : bool
        Order equal instants anew for each request.
    clamp : int
        Its largest page; ``echo`` says so.
    includes_end, by_date, ignores_period, ignores_sort : bool
        How it gets a request wrong.
    shift : int
        Microseconds by which it misunderstands the period.
    more_when_full : bool
        A full page says that more follow.
    ends_early : bool
        Of several pages the second is empty and says it is the last.
    move : callable
        Called with the service before each answer.
    """

    records: list[Record]
    shown: Callable[[int], int | None] = exact
    descending: bool = False
    ties: bool = False
    clamp: int = 10**6
    echo: bool = False
    includes_end: bool = False
    by_date: bool = False
    ignores_period: bool = False
    ignores_sort: bool = False
    ignores_size: bool = False
    shift: int = 0
    more_when_full: bool = False
    ends_early: bool = False
    move: Callable[[Service], None] | None = None
    random: random.Random = field(default_factory=lambda: random.Random(1))
    asked: list[tuple[Window, int, int]] = field(default_factory=list)
    was_unsorted: bool = False

    def ask(self, window: Window, page: int, size: int, *, arrived: Heard) -> Page:
        """Answer one request; the end of the answer tells what it is, truly."""
        answer = self.answer(window, page, size)
        last = answer.rows.column("at")[-1].as_py() if answer.rows.num_rows else None
        arrived((answer.more, last))
        return answer

    def answer(self, window: Window, page: int, size: int) -> Page:
        """One page."""
        assert not any(instant.microsecond % 1000 for instant in astuple(window)), "only milliseconds can be asked"
        self.asked.append((window, page, size))
        if self.move is not None:
            self.move(self)
        size = min(size, self.clamp)
        found = self._sorted([record for record in self.records if self._is_in(record.at, window)])
        part = found if self.ignores_size else found[page * size : (page + 1) * size]
        # Within one millisecond, the finest that can be asked, there is no order to see.
        order = [record.at // 1000 for record in part]
        self.was_unsorted |= order != sorted(order, reverse=self.descending)
        more = len(found) > (page + 1) * size or (self.more_when_full and len(part) == size)
        if self.ends_early and page == 1:
            part, more = [], False
        return page_of(part, self.shown, more=more and not self.ignores_size, size=size if self.echo else None)

    def _is_in(self, at: int, window: Window) -> bool:
        start, end = ((instant - START) // timedelta(microseconds=1) + self.shift for instant in astuple(window))
        if self.ignores_period:
            return True
        if self.by_date:
            day = 24 * 3600 * SECOND
            return start // day <= at // day <= (end - 1) // day
        return start <= at < end or (self.includes_end and at == end)

    def _sorted(self, records: list[Record]) -> list[Record]:
        if self.ignores_sort:
            return sorted(records, key=lambda record: hash((record.value, record.at)) % 97)
        if self.ties:
            self.random.shuffle(records)
        return sorted(records, key=lambda record: record.at, reverse=self.descending)


def astuple(window: Window) -> tuple[datetime, datetime]:
    return window.start, window.end


@dataclass
class Simulated:
    """What a read in simulated time came to."""

    facts: Facts
    tables: list[pa.Table] = field(default_factory=list)
    rounds: float = 0.0
    most_in_flight: int = 0

    @property
    def ids(self) -> list[str | None]:
        return [value for table in self.tables for value in table.column("id").to_pylist()]

    def kinds(self) -> set[str]:
        return {note.kind for note in self.facts.notes}


def simulate(
    report: Report,
    asked: Sequence[Window],
    answer: Callable[[Window, int, int], Any],
    *,
    concurrency: int = 4,
    latency: Callable[[], float] = lambda: 1.0,
    decoding: float = 0.0,
    streaming: bool = False,
    budget: int = 2**28,
    foretell: Callable[[Any], Foretold] | None = None,
) -> Simulated:
    """Read as the threads do, one event after the other; the answer is as the service is when the request leaves."""
    facts = Facts()
    schedule = Schedule(report, asked, facts, streaming=streaming, budget=budget)
    return _Clock(schedule, answer, concurrency, latency, decoding, foretell).run()


@dataclass
class _Clock:
    schedule: Schedule
    answer: Callable[[Window, int, int], Any]
    concurrency: int
    latency: Callable[[], float]
    decoding: float
    foretell: Callable[[Any], Foretold] | None
    now: float = 0.0
    asking: int = 0
    events: list[tuple[float, int, str, Job, Any]] = field(default_factory=list)
    count: int = 0

    def run(self) -> Simulated:
        result = Simulated(self.schedule.facts)
        self._leave(result)
        for part in Front(self.schedule).parts():
            if part is not None:
                result.tables.append(part)
                self._leave(result)
                continue
            self._leave(result)
            assert self.events, "the read waits and nothing is on its way"
            self._happen()
            self._leave(result)
        result.rounds = self.now
        return result

    def _leave(self, result: Simulated) -> None:
        while self.asking < self.concurrency and (job := self.schedule.choose(self.concurrency - self.asking)):
            self.asking += 1
            try:
                answer = self.answer(job.window, job.page, job.size)
            except LookupError as error:
                answer = error
            self._expect(self.latency(), "heard", job, answer)
            result.most_in_flight = max(result.most_in_flight, self.asking)

    def _expect(self, wait: float, what: str, job: Job, answer: Any) -> None:
        self.count += 1
        heapq.heappush(self.events, (self.now + wait, self.count, what, job, answer))

    def _happen(self) -> None:
        self.now, _, what, job, answer = heapq.heappop(self.events)
        if what == "heard":
            self.asking -= 1
            if isinstance(answer, LookupError):
                self.schedule.put(job, None, None, answer)
                return
            self.schedule.hear(job, self.foretell(answer) if self.foretell else None)
            self._expect(self.decoding, "decoded", job, answer)
        else:
            self.schedule.put(job, answer, look_at(answer, job, self.schedule.report))


def shown_truly(page: Page) -> Foretold:
    """What the end of a page foretells."""
    return page.more, page.rows.column("at")[-1].as_py() if page.rows.num_rows else None


def in_order(records: Sequence[Record], *, descending: bool = False) -> Iterator[Record]:
    """The order of the report: by instant, then by ID and value."""
    by_name = sorted(records, key=lambda record: (record.id or "", record.value))
    return iter(sorted(by_name, key=lambda record: record.at, reverse=descending))
