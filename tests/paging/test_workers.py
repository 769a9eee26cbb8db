"""The threads of a read: how many, what ends them, and what comes out."""

from __future__ import annotations

import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pyarrow as pa
import pytest

from retarus_pandas.errors import SessionClosedError, TransportError
from retarus_pandas.paging.report import Facts, Heard, Report
from retarus_pandas.paging.slices import read_slices
from retarus_pandas.paging.workers import Limit
from retarus_pandas.values import Window
from support.slicing import SECOND, START, Page, Record, Service, windows

PATIENCE = 30
REPORT = Report(3, key=("id",), key_timestamp="at")
RECORDS = [Record(number * 3600 * SECOND, f"r{number:02}") for number in range(24)]
IDS = [record.id for record in RECORDS]


@dataclass
class Watched(Service):
    """Counts the requests that are on their way."""

    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    flying: int = 0
    most: int = 0

    def ask(self, window: Window, page: int, size: int, *, arrived: Heard) -> Page:
        with self.lock:
            self.flying += 1
            self.most = max(self.most, self.flying)
        answer = self.meet(window, page, size)
        with self.lock:
            self.flying -= 1
        last = answer.rows.column("at")[-1].as_py() if answer.rows.num_rows else None
        arrived((answer.more, last))
        return answer

    def meet(self, window: Window, page: int, size: int) -> Page:
        time.sleep(self.random.random() / 500)
        with self.lock:
            return self.answer(window, page, size)


def start(service: Watched, *borders: float, concurrency: int = 4, **options: Any) -> Iterator[pa.Table]:
    spans = windows(*(borders or (0, 24)))
    options = {"limit": Limit(concurrency)} | options
    return read_slices(REPORT, spans, service.ask, service.stop, **options)


def ids(tables: Iterator[pa.Table]) -> list[str | None]:
    return [value for table in tables for value in table.column("id").to_pylist()]


def page_threads() -> list[threading.Thread]:
    """Those that run; one whose start was interrupted stays listed and never does."""
    return [thread for thread in threading.enumerate() if thread.name == "retarus-page" and thread.ident is not None]


@pytest.fixture(autouse=True)
def nothing_hangs_and_no_thread_is_left() -> Iterator[None]:
    previous = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("the read hangs"))
    # A shell that starts the tests in the background has interrupts ignored.
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.alarm(10 * PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGALRM, previous)
    for thread in page_threads():
        thread.join(PATIENCE)
    assert not page_threads()


@pytest.mark.parametrize("concurrency", [1, 2, 5])
@pytest.mark.parametrize("streaming", [False, True])
def test_no_more_requests_at_a_time_than_allowed(concurrency: int, streaming: bool) -> None:
    for seed in range(10):
        service = Watched(RECORDS, ties=True, random=random.Random(seed))
        assert ids(start(service, 0, 5, 24, concurrency=concurrency, streaming=streaming)) == IDS
        assert service.most <= concurrency
        assert service.stop.is_set()
        assert not page_threads()


def test_reports_share_what_is_allowed() -> None:
    service, limit = Watched(RECORDS), Limit(2)
    found: list[list[str | None]] = []

    def read() -> None:
        found.append(ids(read_slices(REPORT, windows(0, 24), service.ask, threading.Event(), limit=limit)))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert found == [IDS] * 3
    assert service.most <= 2


def test_an_error_comes_when_its_answer_is_needed_and_says_where() -> None:
    class Broken(Watched):
        def meet(self, window: Window, page: int, size: int) -> Page:
            if window.start.hour == 5:
                raise TransportError("lost")
            return super().meet(window, page, size)

    tables = start(Broken(RECORDS), 0, 5, 24)
    assert ids(iter([next(tables), next(tables)])) == IDS[:4]
    with pytest.raises(TransportError, match=r"page 0 of 2026-10-01T05:00:00\.000Z to .*: lost"):
        list(tables)


def test_closing_ends_what_is_on_its_way() -> None:
    class Stuck(Watched):
        def meet(self, window: Window, page: int, size: int) -> Page:
            if len(self.asked) > 3 and self.stop.wait(PATIENCE):
                raise TransportError("stopped")
            return super().meet(window, page, size)

    service = Stuck(RECORDS)
    tables = start(service)
    next(tables)
    tables.close()  # type: ignore[attr-defined]
    assert service.stop.is_set()
    assert not page_threads()


def test_a_forgotten_read_closes_itself() -> None:
    service = Watched(RECORDS)
    tables = start(service)
    next(tables)
    del tables
    assert service.stop.is_set()


def test_somebody_else_may_stop_the_read() -> None:
    class Closing(Watched):
        def meet(self, window: Window, page: int, size: int) -> Page:
            if len(self.asked) == 3:
                self.stop.set()
            return super().meet(window, page, size)

    with pytest.raises(SessionClosedError):
        list(start(Closing(RECORDS), concurrency=1))


def test_ctrl_c_ends_a_read_wherever_it_strikes() -> None:
    class Interrupting(Watched):
        def meet(self, window: Window, page: int, size: int) -> Page:
            if window.start > START:
                signal.raise_signal(signal.SIGINT)
                self.stop.wait(PATIENCE)
                raise TransportError("stopped")
            return super().meet(window, page, size)

    for _ in range(50):
        service = Interrupting(RECORDS)
        with pytest.raises(KeyboardInterrupt):
            list(start(service, concurrency=2))
        assert service.stop.is_set()
        for thread in page_threads():
            thread.join(PATIENCE)
        assert not page_threads()


def test_a_second_ctrl_c_leaves_no_thread_either() -> None:
    class Struck(threading.Event):
        def set(self) -> None:
            super().set()
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        list(start(Watched(RECORDS, stop=Struck())))


OURS = (str(Path("paging", "slices.py")), str(Path("paging", "workers.py")))


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
        facts = Facts()
        tables = start(Watched(RECORDS[:7]), 0, 5, 24, concurrency=2, facts=facts)
        with interrupt_at(line) as struck:
            try:
                found = ids(tables)
            except KeyboardInterrupt:
                found = []
        end = time.monotonic() + PATIENCE
        while page_threads() and time.monotonic() < end:
            time.sleep(0.001)
        assert not page_threads(), struck
        if not struck:
            assert found == IDS[:7]
            assert line > 50
            return
        assert not found, struck
