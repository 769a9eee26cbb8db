"""Rows that arrive late or expire while pages are read: over real sockets, the whole read from call to frame."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import retarus_pandas as rt
from retarus_pandas.errors import IncompleteRead
from support.replies import Reply, after, answer
from support.servers import API, FaultyServer, Request
from support.trials import leftovers, sign_in

LONG = "RETARUS_LONG_TESTS" in os.environ
DAYS = 30
DOCUMENT = "{ faxOutUdrReport { content { faxId attemptSeqNo keyTimestamp docPages } } }"


class Moving(FaultyServer):
    """A report of which records arrive and expire, in an order of their own, before one request or another.

    Attributes
    ----------
    always : list of int
        The minutes of the records that are there from the first request to the last.
    """

    def __init__(self, minutes: set[int], arrivals: set[int], expiring: int, seed: int) -> None:
        super().__init__()
        self.start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2 * DAYS + 5)
        self.end = self.start + timedelta(days=2 * DAYS)
        self._chance = random.Random(seed)
        self._there = sorted(minutes)
        self.ever = minutes | arrivals
        self.lasting = sorted(minutes)[expiring:]
        self._changes: list[int | None] = [*arrivals, *[None] * min(expiring, len(minutes))]
        self._chance.shuffle(self._changes)
        self.changing = bool(self._changes)

    def next_answer(self, request: Request) -> Reply:
        if request.path != API:
            return super().next_answer(request)
        with self._lock:
            self.requests.append(request)
            if self._changes and self._chance.random() < 0.4:
                self._change(self._changes.pop())
            return after(self._chance.random() * 0.004, answer(self._page(**request.asked)))

    def _change(self, arriving: int | None) -> None:
        if arriving is None:
            del self._there[:1]
        else:
            self._there = sorted([*self._there, arriving])

    def _page(self, page: int, size: int, **variables: Any) -> dict[str, Any]:
        begin, end = (datetime.fromisoformat(variables["datePeriod"][name]) for name in ("fromIncluded", "toExcluded"))
        records = [self.record(minute) for minute in self._there if begin <= self._at(minute) < end]
        content = records[page * size : (page + 1) * size]
        more = (page + 1) * size < len(records)
        return {"data": {"faxOutUdrReport": {"content": content, "pageIndex": page, "hasMoreElements": more}}}

    def _at(self, minute: int) -> datetime:
        return self.start + timedelta(minutes=minute)

    def record(self, minute: int) -> dict[str, Any]:
        at = f"{self._at(minute):%Y-%m-%dT%H:%M:%SZ}"
        return {"faxId": f"fax-{minute}", "attemptSeqNo": 1, "keyTimestamp": at, "docPages": minute}


# Two windows' worth of places; few enough that records of one window are neighbours.
MINUTES = st.integers(0, 30).map(lambda place: place * 2 * DAYS * 24 * 60 // 31)


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    with leftovers():
        yield


@settings(max_examples=500 if LONG else 60, derandomize=not LONG, deadline=None)
@given(
    minutes=st.sets(MINUTES, max_size=25),
    arrivals=st.sets(MINUTES.map(lambda minute: minute + 1), max_size=4),
    expiring=st.integers(0, 3),
    size=st.integers(1, 6),
    concurrency=st.integers(1, 8),
    seed=st.integers(0, 2**32),
    chunked=st.booleans(),
)
def test_rows_that_move_are_read_once_or_the_read_fails(
    minutes: set[int], arrivals: set[int], expiring: int, size: int, concurrency: int, seed: int, *, chunked: bool
) -> None:
    """What was there all the time comes once and in order; what came or went comes once or not at all."""
    with Moving(minutes, arrivals, expiring, seed) as service, sign_in(service) as session:
        options: dict[str, Any] = {"page_size": size, "concurrency": concurrency, "progress": False}
        span: dict[str, Any] = {"start": service.start, "end": service.end, "session": session}
        try:
            if chunked:
                with rt.read_retarus(DOCUMENT, chunksize=3, **span, **options) as chunks:
                    got = [minute for chunk in chunks for minute in chunk["docPages"]]
            else:
                got = list(rt.read_retarus(DOCUMENT, **span, **options)["docPages"])
        except IncompleteRead:
            assert service.changing
            return
    assert got == sorted(set(got))
    assert set(service.lasting) <= set(got) <= service.ever


def test_a_quiet_service_gives_the_same_frame_however_it_is_read() -> None:
    minutes = set(range(0, 2 * DAYS * 24 * 60, 2000))
    with Moving(minutes, set(), 0, 0) as service, sign_in(service) as session:
        frames = [
            rt.read_retarus(
                DOCUMENT, start=service.start, end=service.end, page_size=size, concurrency=concurrency, session=session
            )
            for size, concurrency in [(100, 1), (1, 8), (7, 4), (43, 2)]
        ]
    assert list(frames[0]["docPages"]) == sorted(minutes)
    for frame in frames[1:]:
        assert frame.equals(frames[0])
