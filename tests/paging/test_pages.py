"""Many pages come out as one correct sequence, or not at all."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, islice
from pathlib import Path
from types import FrameType
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retarus_pandas.errors import (
    ConnectionFailedError,
    IncompleteRead,
    QueryError,
    RetarusError,
    ServiceError,
    SessionClosedError,
    TransportError,
)
from retarus_pandas.frame.shape.rows import ShiftFilter
from retarus_pandas.paging.pages import Arrived, Counts, Finished, Restarted, Source, read_pages
from retarus_pandas.values import Page, Window

START = datetime(2026, 1, 1, tzinfo=UTC)
PATIENCE = 10
# More of them by an environment variable, for a longer search.
EXAMPLES = int(os.environ.get("RETARUS_TEST_EXAMPLES", "120"))


def windows(count: int) -> tuple[Window, ...]:
    return tuple(Window(START + timedelta(days=n), START + timedelta(days=n + 1)) for n in range(count))


FIRST, SECOND = windows(2)


class Service:
    """Records by window, in their order, and the few ways in which the API shows them."""

    def __init__(self, records: dict[Window, list[int]], size: int, past_the_end: str = "empty") -> None:
        self.records = records
        self.size = size
        self.past_the_end = past_the_end
        self.asked: list[tuple[Window, int, bool]] = []
        self.probed: list[tuple[Window, int]] = []
        self.stop = threading.Event()
        self.lock = threading.Lock()

    def source(self) -> Source:
        return Source(self.fetch, self.probe, self.stop)

    def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
        with self.lock:
            self.asked.append((window, index, speculative))
            return self.page(window, index, self.size)

    def probe(self, window: Window, page: int) -> tuple[Any, ...] | None:
        with self.lock:
            self.probed.append((window, page))
            return self.page(window, page * self.size, 1).first

    def page(self, window: Window, index: int, size: int) -> Page:
        records = self.records[window]
        start = index * size
        if start >= len(records) and index:
            if self.past_the_end == "error":
                raise QueryError("page out of range")
            if self.past_the_end == "last" and records:
                start = (len(records) - 1) // size * size
        return page_of(window, index, records[start : start + size], more=start + size < len(records))

    def indexes(self, window: Window = FIRST) -> list[int]:
        return [index for asked, index, _ in self.asked if asked == window]


def page_of(window: Window, index: int, ids: Sequence[int], *, more: bool, nbytes: int = 100) -> Page:
    rows = pa.table({"id": pa.array(ids, pa.int64()), "text": pa.array([f"record {n}" for n in ids], pa.string())})
    return Page(window, index, rows, more, nbytes, first=(ids[0],) if ids else None)


def ids(page: Page) -> list[int]:
    found: list[int] = page.rows.column("id").to_pylist()
    return found


def collect(events: Iterator[Page | Restarted | Finished]) -> dict[Window, list[int]]:
    """What a reader that keeps everything in memory ends up with."""
    rows: dict[Window, list[int]] = {}
    finished: list[Window] = []
    for event in events:
        if isinstance(event, Page):
            assert event.window not in finished
            rows.setdefault(event.window, []).extend(ids(event))
        elif isinstance(event, Restarted):
            rows.pop(event.window)
        else:
            finished.append(event.window)
    assert list(rows) == finished
    return rows


def read(service: Service, *, key: Sequence[str] = ("id",), **options: Any) -> dict[Window, list[int]]:
    return collect(read_pages(tuple(service.records), service.source(), ShiftFilter(key), **options))


def page_threads() -> list[threading.Thread]:
    """Those that run; one whose start was interrupted stays listed and never does."""
    return [thread for thread in threading.enumerate() if thread.name == "retarus-page" and thread.ident is not None]


@pytest.fixture(autouse=True)
def nothing_hangs_and_no_thread_is_left() -> Iterator[None]:
    """No read waits for ever, and no thread outlives its read."""
    previous = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("the read hangs"))
    # A shell that starts the tests in the background has interrupts ignored.
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.alarm(PATIENCE + EXAMPLES)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGALRM, previous)
    for thread in page_threads():
        thread.join(PATIENCE)
    assert not page_threads()


# What comes, and at what price


@settings(deadline=None, max_examples=80)
@given(
    lengths=st.lists(st.integers(0, 25), max_size=6),
    size=st.integers(1, 7),
    concurrency=st.integers(1, 8),
    budget=st.sampled_from([0, 250, 10**9]),
    past_the_end=st.sampled_from(["empty", "error", "last"]),
    streaming=st.booleans(),
    descending=st.booleans(),
)
def test_all_records_come_in_order_within_the_requests_allowed(
    lengths: list[int],
    size: int,
    concurrency: int,
    budget: int,
    past_the_end: str,
    *,
    streaming: bool,
    descending: bool,
) -> None:
    """Every record once, in order; at most concurrency - 1 pages too many, and a second look at first and last page."""
    records = {window: list(range(length)) for window, length in zip(windows(len(lengths)), lengths, strict=True)}
    service = Service(records, size, past_the_end)
    counts = Counts()
    rows = read(
        service, concurrency=concurrency, budget=budget, streaming=streaming, descending=descending, counts=counts
    )
    assert rows == records
    assert counts.windows_reread == 0
    assert counts.requests == len(service.asked) + len(service.probed)
    for window, length in zip(records, lengths, strict=True):
        needed = max(1, -(-length // size))
        extra = len(service.indexes(window)) - needed
        assert extra <= (concurrency - 1 if needed > 1 else 0)
        looks = sorted(page for probed, page in service.probed if probed == window)
        assert looks in ([], [needed - 1]) if needed == 1 or descending else looks in ([0], [0, needed - 1])


def test_nothing_is_asked_for_no_windows() -> None:
    service = Service({}, 3)
    assert read(service) == {}
    assert service.asked == []


def test_page_0_of_a_window_comes_before_pages_ahead() -> None:
    """While page 1 of the second window keeps us waiting, the third is begun before the second is read ahead."""
    third = windows(3)[2]
    finished, begun = threading.Event(), threading.Event()

    class Held(Service):
        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            page = super().fetch(window, index, speculative=speculative, arrived=arrived)
            if (window, index) == (SECOND, 1):
                assert begun.wait(PATIENCE)
            elif (window, index) == (SECOND, 2):
                assert finished.wait(PATIENCE)
            elif window == third:
                begun.set()
            return page

    service = Held({FIRST: [1], SECOND: list(range(40)), third: [1]}, 2)
    for event in read_pages(tuple(service.records), service.source(), ShiftFilter(["id"]), concurrency=2):
        if isinstance(event, Finished):
            finished.set()
    asked = [(window, index) for window, index, _ in service.asked]
    assert asked.index((third, 0)) < asked.index((SECOND, 3))


def test_one_page_needs_one_thread() -> None:
    threads: set[str] = set()

    class Watched(Service):
        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            threads.update(str(thread.ident) for thread in page_threads())
            return super().fetch(window, index, speculative=speculative, arrived=arrived)

    assert read(Watched({FIRST: [1, 2]}, 3), concurrency=8) == {FIRST: [1, 2]}
    assert len(threads) == 1


@pytest.mark.parametrize("position", [0, 2, 4])
def test_one_crowded_window_keeps_all_requests_busy(position: int) -> None:
    """All records in one window of five: as many requests are in flight as are allowed."""
    concurrency = 4
    together = threading.Barrier(concurrency)

    class Crowded(Service):
        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            if 1 <= index <= concurrency:
                together.wait(PATIENCE)
            return super().fetch(window, index, speculative=speculative, arrived=arrived)

    records: dict[Window, list[int]] = {window: [] for window in windows(5)}
    records[windows(5)[position]] = list(range(60))
    assert read(Crowded(records, 10), concurrency=concurrency) == records


@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_no_more_than_concurrency_requests_are_in_flight(concurrency: int) -> None:
    class Counting(Service):
        flying = most = 0

        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            with self.lock:
                self.flying += 1
                self.most = max(self.most, self.flying)
            try:
                return super().fetch(window, index, speculative=speculative, arrived=arrived)
            finally:
                with self.lock:
                    self.flying -= 1

    service = Counting({window: list(range(50)) for window in windows(3)}, 5)
    read(service, concurrency=concurrency)
    assert 1 <= service.most <= concurrency


@pytest.mark.parametrize("budget", [0, 350])
def test_pages_that_wait_are_bounded_in_bytes(budget: int) -> None:
    """A consumer that takes its time finds no more waiting than the budget allows, and still gets all."""
    service = Service({FIRST: list(range(60))}, 2)
    seen: list[int] = []
    for event in read_pages([FIRST], service.source(), ShiftFilter(["id"]), concurrency=4, budget=budget):
        if isinstance(event, Page):
            seen += ids(event)
            ahead = max(service.indexes()) - event.index
            assert ahead <= max(1, budget // 100) + 1
    assert seen == list(range(60))


def test_pages_that_wait_are_bounded_in_number() -> None:
    service = Service({FIRST: list(range(500))}, 1)
    reading = read_pages([FIRST], service.source(), ShiftFilter(["id"]), concurrency=2)
    next(reading)
    for _ in range(200):
        threading.Event().wait(0.001)
    assert len(service.asked) <= 2 * 8 + 4
    reading.close()


def test_several_reads_run_side_by_side() -> None:
    records = {window: list(range(23)) for window in windows(3)}
    results: list[dict[Window, list[int]]] = []
    threads = [threading.Thread(target=lambda: results.append(read(Service(records, 4)))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert results == [records] * 6


# Pages that fail


class Failing(Service):
    """Raises for some pages, as often as given."""

    def __init__(self, failures: dict[int, list[Exception]], length: int = 10, size: int = 2) -> None:
        super().__init__({FIRST: list(range(length))}, size)
        self.failures = failures

    def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
        page = super().fetch(window, index, speculative=speculative, arrived=arrived)
        with self.lock:
            if self.failures.get(index):
                raise self.failures[index].pop(0)
        return page


def test_a_page_asked_on_the_chance_is_asked_again_only_if_it_is_needed() -> None:
    """A failed page ahead is asked a second time, then as a page that must come."""
    waiting = threading.Event()

    class Held(Failing):
        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            if index == 1:
                assert waiting.wait(PATIENCE)
            try:
                return super().fetch(window, index, speculative=speculative, arrived=arrived)
            finally:
                if index == 2:
                    waiting.set()

    service = Held({2: [TransportError("reset")]})
    assert read(service, concurrency=2) == service.records
    assert [speculative for _, index, speculative in service.asked if index == 2] == [True, False]


def test_pages_past_the_end_may_fail() -> None:
    service = Service({FIRST: list(range(4))}, 2, past_the_end="error")
    assert read(service, concurrency=8) == service.records


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("index", [0, 2, 4])
@pytest.mark.parametrize(
    "error",
    [
        TransportError("gone"),
        ConnectionFailedError("gone"),
        ServiceError("gone", 503),
        QueryError("gone", [{"message": "no"}], {"a": 1}, 400),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failing_page_fails_the_read_and_is_named(error: RetarusError, index: int, concurrency: int) -> None:
    """Same type and attributes, the page and its window in front, nothing of what it came through."""
    error.__context__ = ValueError("a secret")
    service = Failing({index: [error] * 9})
    with pytest.raises(type(error)) as caught:
        read(service, concurrency=concurrency)
    assert str(caught.value) == f"page {index} of {FIRST}: gone"
    assert caught.value.__dict__ == error.__dict__
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert type(caught.value) is type(error)


def test_pages_before_a_failing_one_are_handed_out() -> None:
    service = Failing({3: [TransportError("gone")] * 9})
    reading = read_pages([FIRST], service.source(), ShiftFilter(["id"]), concurrency=4)
    got = [page.index for page in islice(reading, 3) if isinstance(page, Page)]
    assert got == [0, 1, 2]
    with pytest.raises(TransportError, match="page 3"):
        next(reading)


def test_an_error_that_is_not_ours_keeps_its_identity() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        read(Failing({1: [ZeroDivisionError("by zero")] * 9}))
    assert caught.value.__notes__ == [f"This happened in page 1 of {FIRST}."]


def test_a_failing_probe_fails_the_read() -> None:
    class Unwilling(Service):
        def probe(self, window: Window, page: int) -> tuple[Any, ...] | None:
            raise TransportError("gone")

    with pytest.raises(TransportError, match=r"the look for shifted records of 2026-01-01.*: gone"):
        read(Unwilling({FIRST: [1, 2, 3]}, 2))


# A service that contradicts itself


class Scripted(Service):
    """Answers with what a function says."""

    def __init__(self, script: Callable[[int, int], tuple[list[int], bool]]) -> None:
        super().__init__({FIRST: []}, 2)
        self.script = script

    def page(self, window: Window, index: int, size: int) -> Page:
        times = sum(asked == index for _, asked, _ in self.asked)
        rows, more = self.script(index, times)
        return page_of(window, index, rows, more=more)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_empty_pages_that_promise_more_end_the_read(concurrency: int) -> None:
    service = Scripted(lambda index, times: ([2 * index, 2 * index + 1] if index < 2 else [], True))
    with pytest.raises(IncompleteRead, match=r"page 2 of 2026-01-01.* holds no records and says that more follow"):
        read(service, concurrency=concurrency)
    assert service.indexes().count(2) <= 3


def test_an_empty_page_that_promises_more_gets_a_second_look() -> None:
    service = Scripted(
        lambda index, times: ([] if index == 1 and times == 1 else [2 * index, 2 * index + 1], index < 2)
    )
    service.probe = lambda window, page: (0,)  # type: ignore[method-assign]
    assert read(service, concurrency=1) == {FIRST: [0, 1, 2, 3, 4, 5]}
    assert service.indexes() == [0, 1, 1, 2]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_service_that_ignores_the_page_number_is_found_out(concurrency: int) -> None:
    with pytest.raises(IncompleteRead, match=r"page 1 of .* is the same as page 0, row for row"):
        read(Scripted(lambda index, times: ([1, 2], True)), concurrency=concurrency)


def test_equal_pages_without_a_key_are_records_until_there_is_no_end() -> None:
    assert read(Scripted(lambda index, times: ([1, 1], index < 20)), key=()) == {FIRST: [1] * 42}
    with pytest.raises(IncompleteRead, match="tells records apart"):
        read(Scripted(lambda index, times: ([1, 1], True)), key=())


def test_a_short_page_in_the_middle_is_kept() -> None:
    service = Scripted(lambda index, times: ([3 * index] if index == 1 else [3 * index, 3 * index + 1], index < 3))
    service.probe = lambda window, page: (3 * page,)  # type: ignore[method-assign]
    assert read(service) == {FIRST: [0, 1, 3, 6, 7, 9, 10]}


def test_an_empty_last_page_is_the_end() -> None:
    service = Scripted(lambda index, times: ([2 * index, 2 * index + 1] if index < 2 else [], index < 2))
    service.probe = lambda window, page: (2 * page,)  # type: ignore[method-assign]
    assert read(service) == {FIRST: [0, 1, 2, 3]}


# Records that move


class Moving(Service):
    """Changes its records when a page has been answered."""

    def __init__(self, changes: dict[int, list[Callable[[list[int]], object]]], length: int = 8, size: int = 2) -> None:
        super().__init__({FIRST: list(range(10, 10 + length))}, size)
        self.changes = changes

    def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
        page = super().fetch(window, index, speculative=speculative, arrived=arrived)
        with self.lock:
            if self.changes.get(index):
                self.changes[index].pop(0)(self.records[FIRST])
        return page


def expire(records: list[int]) -> None:
    del records[0]


def arrive(records: list[int]) -> None:
    records.insert(1, 99)


def events(service: Service, **options: Any) -> list[str]:
    reading = read_pages([FIRST], service.source(), ShiftFilter(["id"]), **options)
    return [str(ids(event)) if isinstance(event, Page) else type(event).__name__ for event in reading]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_window_whose_records_expire_is_read_again(concurrency: int) -> None:
    counts = Counts()
    service = Moving({3: [expire]})
    assert read(service, concurrency=concurrency, counts=counts) == {FIRST: list(range(11, 18))}
    assert counts.windows_reread == 1


@pytest.mark.parametrize("concurrency", [1, 4])
def test_records_that_expire_twice_fail_the_read(concurrency: int) -> None:
    # Three times, because the first may look like an arrival to pages that are read side by side.
    service = Moving({3: [expire] * 3}, length=12)
    with pytest.raises(IncompleteRead, match=r"records of 2026-01-01\S+ to \S+ expired while .* start later"):
        read(service, concurrency=concurrency)


def test_what_was_handed_out_for_good_cannot_be_read_again() -> None:
    with pytest.raises(IncompleteRead, match="instead of in chunks or into a file"):
        read(Moving({3: [expire]}), concurrency=1, streaming=True)


def test_what_expires_at_the_far_end_moves_nothing() -> None:
    """From the newest record backwards nobody needs to look for expired records."""
    service = Moving({2: [list.pop]})
    assert read(service, concurrency=1, descending=True) == {FIRST: list(range(10, 17))}
    assert service.probed == []


def test_pages_read_one_after_the_other_only_overlap() -> None:
    service = Moving({1: [arrive]})
    assert events(service, concurrency=1) == ["[10, 11]", "[12, 13]", "[14]", "[15, 16]", "[17]", "Finished"]


class Slow(Service):
    """Leaves time for other requests."""

    def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
        self.stop.wait(0.005)
        return super().fetch(window, index, speculative=speculative, arrived=arrived)


class Ordered(Moving):
    """Answers pages in a fixed order, as far as they are asked in this reading."""

    def __init__(self, order: list[int], changes: dict[int, list[Callable[[list[int]], object]]], length: int) -> None:
        super().__init__(changes, length)
        self.order = order
        self.turn = threading.Condition()

    def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
        with self.turn:
            assert self.turn.wait_for(lambda: index not in self.order or self.order[0] == index, PATIENCE)
            page = super().fetch(window, index, speculative=speculative, arrived=arrived)
            if index in self.order:
                self.order.remove(index)
            self.turn.notify_all()
        if not self.order:
            self.stop.wait(0.005)
        return page


def lost_and_repeated() -> Ordered:
    """Page 2, an arrival, page 1: the record 13 is in neither; page 3 repeats the record 15."""
    return Ordered([0, 2, 1, 3], {2: [arrive]}, 8)


def lost_at_the_end() -> Ordered:
    """The last page, an arrival, the page before: the record 13 is in neither, and nothing comes twice."""
    return Ordered([0, 2, 1], {2: [arrive]}, 6)


@pytest.mark.parametrize("service", [lost_and_repeated, lost_at_the_end])
def test_a_record_lost_between_pages_read_side_by_side_is_noticed(service: Callable[[], Ordered]) -> None:
    counts, shifting, full = Counts(), service(), service().records[FIRST]
    rows = read(shifting, concurrency=2, counts=counts)[FIRST]
    assert rows == [10, 99, *full[1:]]
    assert counts.windows_reread == 1


@pytest.mark.parametrize("service", [lost_and_repeated, lost_at_the_end])
def test_a_record_lost_from_what_was_handed_out_fails_the_read(service: Callable[[], Ordered]) -> None:
    with pytest.raises(IncompleteRead, match=r"arrived late .* concurrency=1"):
        read(service(), concurrency=2, streaming=True)


def test_the_second_reading_after_a_shift_is_page_by_page() -> None:
    service = lost_and_repeated()
    restarted = events(service, concurrency=2)
    assert restarted[restarted.index("Restarted") + 1 :] == [
        "[10, 99]",
        "[11, 12]",
        "[13, 14]",
        "[15, 16]",
        "[17]",
        "Finished",
    ]
    assert all(not speculative for _, _, speculative in service.asked[-5:])


def test_without_a_key_no_page_is_asked_ahead() -> None:
    service = Slow({FIRST: list(range(20)), SECOND: list(range(20))}, 2)
    assert read(service, key=(), concurrency=4) == service.records
    for window in service.records:
        assert service.indexes(window) == list(range(10))
    assert not any(speculative for _, _, speculative in service.asked)


def test_an_empty_page_asked_ahead_is_not_believed() -> None:
    """Page 2 is still empty when it is asked; page 1, asked later, then says that it exists."""
    service = Ordered([0, 2, 1], {2: [arrive]}, 4)
    assert read(service, concurrency=2) == {FIRST: [10, 11, 12, 13]}
    assert service.indexes().count(2) == 2


class Juggler(Service):
    """Answers what is asked in random order, and changes its records in between.

    One thread alone decides which request sees the records next, and which answer is let go next.
    """

    def __init__(
        self,
        records: dict[Window, list[int]],
        size: int,
        past_the_end: str,
        changes: list[Callable[[], None]],
        seed: int,
    ) -> None:
        super().__init__(records, size, past_the_end)
        self.changes = changes
        self.random = random.Random(seed)
        self.turn = threading.Condition()
        self.unseen: list[tuple[Callable[[], Any], list[Any]]] = []
        self.seen: list[tuple[Callable[[], Any], list[Any]]] = []
        threading.Thread(target=self.juggle, daemon=True).start()

    def answer(self, make: Callable[[], Any]) -> Any:
        box: list[Any] = []
        with self.turn:
            self.unseen.append((make, box))
            self.turn.notify_all()
            self.turn.wait_for(lambda: self.stop.is_set() or len(box) == 2, PATIENCE)
        if len(box) < 2:
            raise TransportError("stopped")
        if isinstance(box[0], Exception):
            raise box[0]
        return box[0]

    def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
        page: Page = self.answer(lambda: self.page(window, index, self.size))
        arrived(page.more)
        # To decode it takes its time, too.
        self.answer(lambda: None)
        return page

    def probe(self, window: Window, page: int) -> tuple[Any, ...] | None:
        first: tuple[Any, ...] | None = self.answer(lambda: self.page(window, page * self.size, 1).first)
        return first

    def juggle(self) -> None:
        while not self.stop.is_set():
            with self.turn:
                known = -1
                # More may be on their way: choose among as many as come soon.
                while known < len(self.unseen) + len(self.seen) or not known:
                    known = len(self.unseen) + len(self.seen)
                    self.turn.wait(0.0005)
                    if self.stop.is_set():
                        break
                self.step()
                self.turn.notify_all()

    def step(self) -> None:
        if self.changes and self.random.random() < 0.2:
            self.changes.pop(0)()
        ready = [(False, held) for held in self.unseen] + [(True, held) for held in self.seen]
        if not ready:
            return
        seen, held = self.random.choice(ready)
        make, box = held
        if seen:
            self.seen.remove(held)
            box.append("let go")
            return
        self.unseen.remove(held)
        try:
            box.append(make())
        except QueryError as error:
            box.append(error)
        self.seen.append(held)


def test_a_page_asked_again_counts_from_the_answer_that_is_relied_on() -> None:
    """Page 2 fails and is asked again; page 3, asked meanwhile, is read before the arrival and page 2 after it."""
    failed = threading.Event()

    class Again(Ordered):
        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            if index == 2 and not failed.is_set():
                failed.set()
                raise TransportError("reset")
            assert index == 0 or failed.wait(PATIENCE)
            return super().fetch(window, index, speculative=speculative, arrived=arrived)

    service = Again([0, 1, 3, 2], {3: [arrive]}, 8)
    assert read(service, concurrency=2) == {FIRST: [10, 99, *range(11, 18)]}


class World:
    """Records that arrive and expire, and the memory of what ever was."""

    def __init__(self, lengths: list[int], *, descending: bool) -> None:
        self.descending = descending
        self.records = {
            window: sorted((100 * n for n in range(length)), reverse=descending)
            for window, length in zip(windows(len(lengths)), lengths, strict=True)
        }
        self.before = {window: list(content) for window, content in self.records.items()}
        self.ever = {window: set(content) for window, content in self.records.items()}
        self.expired: dict[Window, set[int]] = {window: set() for window in self.records}

    def arrival(self, window: Window, record: int) -> None:
        self.ever[window].add(record)
        self.records[window].append(record)
        self.records[window].sort(reverse=self.descending)

    def expiry(self, window: Window, count: int) -> None:
        for _ in range(min(count, len(self.records[window]))):
            self.expired[window].add(self.records[window].pop(-1 if self.descending else 0))

    def changes(self, arrivals: list[tuple[int, int]], expiries: list[tuple[int, int]]) -> list[Callable[[], None]]:
        spans = list(self.records)
        arriving: list[Callable[[], None]] = [
            partial(self.arrival, spans[number % len(spans)], 100 * place + unique)
            for unique, (number, place) in enumerate(arrivals, 1)
        ]
        # Read backwards, an arrival and an expiry may undo each other's shift, which no look from outside can see.
        if self.descending and arriving:
            return arriving
        return arriving + [partial(self.expiry, spans[number % len(spans)], count) for number, count in expiries]

    def check(self, window: Window, got: list[int]) -> None:
        assert len(set(got)) == len(got)
        assert set(got) <= self.ever[window]
        assert set(self.before[window]) - self.expired[window] <= set(got)
        assert [row for row in got if row in self.before[window]] == [row for row in self.before[window] if row in got]


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    lengths=st.lists(st.integers(0, 16), min_size=1, max_size=3),
    size=st.integers(1, 5),
    concurrency=st.integers(1, 8),
    arrivals=st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 17)), max_size=5),
    expiries=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=2),
    past_the_end=st.sampled_from(["empty", "error", "last"]),
    streaming=st.booleans(),
    descending=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_no_record_is_lost_or_doubled_without_notice_while_records_move(
    lengths: list[int],
    size: int,
    concurrency: int,
    arrivals: list[tuple[int, int]],
    expiries: list[tuple[int, int]],
    past_the_end: str,
    seed: int,
    *,
    streaming: bool,
    descending: bool,
) -> None:
    """What was there all the time comes exactly once and in order, or the read fails."""
    world = World(lengths, descending=descending)
    changes = world.changes(arrivals, expiries)
    random.Random(seed).shuffle(changes)
    changing = bool(changes)
    service = Juggler(world.records, size, past_the_end, changes, seed)
    try:
        rows = read(service, concurrency=concurrency, streaming=streaming, descending=descending)
    except (IncompleteRead, QueryError):
        assert changing
        return
    for window, got in rows.items():
        world.check(window, got)


# The end of a read


def test_closing_the_iterator_ends_all_requests() -> None:
    """What is in flight sees the stop event; no thread is left."""

    class Stuck(Service):
        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            if index > 1 and self.stop.wait(PATIENCE):
                raise TransportError("stopped")
            return super().fetch(window, index, speculative=speculative, arrived=arrived)

    service = Stuck({FIRST: list(range(20))}, 2)
    reading = read_pages([FIRST], service.source(), ShiftFilter(["id"]), concurrency=4)
    assert isinstance(next(reading), Page)
    reading.close()
    assert service.stop.is_set()
    assert not page_threads()


def test_a_forgotten_iterator_closes_itself() -> None:
    service = Service({FIRST: list(range(20))}, 2)
    reading = read_pages([FIRST], service.source(), ShiftFilter(["id"]))
    next(reading)
    del reading
    assert service.stop.is_set()


def test_an_iterator_may_be_forgotten_in_its_own_thread() -> None:
    """Garbage is collected wherever the need is noticed; a thread that waits for itself would wait for ever."""
    forget = threading.Event()
    readings: list[Iterator[Page | Restarted | Finished]] = []

    class Forgetting(Service):
        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            if index == 1:
                assert forget.wait(PATIENCE)
                readings.clear()
            return super().fetch(window, index, speculative=speculative, arrived=arrived)

    service = Forgetting({FIRST: list(range(4))}, 2)
    readings.append(read_pages([FIRST], service.source(), ShiftFilter(["id"]), concurrency=1))
    next(readings[0])
    forget.set()
    assert service.stop.wait(PATIENCE)


def test_a_read_that_ends_wastes_no_time_on_pages_too_many() -> None:
    class Endless(Service):
        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            if index > 1 and self.stop.wait(PATIENCE):
                raise TransportError("stopped")
            return super().fetch(window, index, speculative=speculative, arrived=arrived)

    service = Endless({FIRST: [1, 2, 3]}, 2)
    assert read(service, concurrency=4) == service.records


def test_ctrl_c_ends_a_read_wherever_it_strikes() -> None:
    """The interrupt comes out as it is, and no thread is left: not even if it strikes where a lock is taken."""

    class Interrupting(Service):
        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            if index == 1:
                signal.raise_signal(signal.SIGINT)
                self.stop.wait(PATIENCE)
                raise TransportError("stopped")
            return super().fetch(window, index, speculative=speculative, arrived=arrived)

    for _ in range(100):
        service = Interrupting({FIRST: [1, 2, 3]}, 2)
        with pytest.raises(KeyboardInterrupt):
            read(service, concurrency=2)
        assert service.stop.is_set()
        for thread in page_threads():
            thread.join(PATIENCE)
        assert not page_threads()


def test_a_second_ctrl_c_leaves_no_thread_either() -> None:
    """It strikes while the first one ends the read."""

    class Struck(threading.Event):
        def set(self) -> None:
            super().set()
            signal.raise_signal(signal.SIGINT)

    service = Service({FIRST: list(range(20))}, 2)
    service.stop = Struck()
    with pytest.raises(KeyboardInterrupt):
        read(service, concurrency=4)


OURS = (str(Path("paging", "pages.py")), str(Path("paging", "crew.py")))


def is_ours(frame: FrameType | None) -> bool:
    return frame is not None and frame.f_code.co_filename.endswith(OURS)


@contextmanager
def interrupt_at(line: int) -> Iterator[list[str]]:
    """Interrupt before this line of all that this thread runs in our modules and their condition; it is then told."""
    struck: list[str] = []
    left = line

    def trace(frame: FrameType, event: str, about: Any) -> Any:
        nonlocal left
        in_condition = frame.f_code.co_qualname.startswith("Condition.") and is_ours(frame.f_back)
        if struck or not (is_ours(frame) or in_condition):
            return None
        if event == "line":
            left -= 1
            if left < 0:
                struck.append(f"{frame.f_code.co_qualname}, line {frame.f_lineno}")
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield struck
    finally:
        sys.settrace(before)


def test_ctrl_c_ends_a_read_before_any_line_of_it() -> None:
    """It is never taken for another error, and no thread is left: also where a lock is taken, or given back."""
    for line in count():
        service = Service({FIRST: [1, 2, 3], SECOND: [4]}, 2)
        events = read_pages((FIRST, SECOND), service.source(), ShiftFilter(("id",)), concurrency=2)
        with interrupt_at(line) as struck:
            try:
                rows = collect(events)
            except KeyboardInterrupt:
                rows = {}
        end = time.monotonic() + PATIENCE
        while page_threads() and time.monotonic() < end:
            time.sleep(0.001)
        assert not page_threads(), struck
        if not struck:
            assert rows == service.records
            assert line > 100
            return
        assert not rows, struck


def test_somebody_else_may_stop_the_read() -> None:
    class Closing(Service):
        def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
            page = super().fetch(window, index, speculative=speculative, arrived=arrived)
            if index == 1:
                self.stop.set()
            return page

    service = Closing({FIRST: list(range(20))}, 2)
    with pytest.raises(SessionClosedError):
        read(service, concurrency=1)
