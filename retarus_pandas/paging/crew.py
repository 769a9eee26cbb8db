"""The threads of one read, and which window they work for.

The page that is needed next goes first, then page 0 of the windows ahead, then pages ahead.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from typing import Any, Protocol

from retarus_pandas.errors import RetarusError, SessionClosedError, retold
from retarus_pandas.paging.reading import Answer, Reading
from retarus_pandas.values import Page, Window

__all__ = ["Arrived", "Counts", "Crew", "First", "Source"]

First = tuple[Any, ...] | None

# Pages that wait to be taken, for every request at a time: enough to hide a slow page, and a bound beside the bytes.
_WAITING_PAGES = 4
# Threads for every request at a time: while one of them waits for the service, others decode.
_THREADS = 2
# Seconds between two looks at the stop event, within which Ctrl-C works where waiting for a lock keeps it out.
_LOOK_EVERY = 0.1
# Seconds that threads are waited for at the end.
_PATIENCE = 1.0


Arrived = Callable[[bool | None], None]


class Fetch(Protocol):
    """Asks one page. A speculative page may not exist and is not worth a second try.

    It should call `arrived` when the answer is there and has yet to be decoded, with what the answer seems to say
    of further pages: from then on the next page may be asked.
    """

    def __call__(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page: ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where pages come from.

    Parameters
    ----------
    fetch : callable
        Called in several threads at once; its errors are kept until the page is needed.
    probe : callable
        ``probe(window, page)`` asks the first record of a page again, by position and with size 1, and returns
        what `Page.first` would be.
    stop : threading.Event
        Set when the read ends, however it ends; it has to end the requests in flight. Set by somebody else, it
        ends the read.
    """

    fetch: Fetch
    probe: Callable[[Window, int], First]
    stop: threading.Event


@dataclass(slots=True)
class Counts:
    """What happened so far: requests made, windows read again."""

    requests: int = 0
    windows_reread: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    reading: Reading
    index: int
    speculative: bool
    asked: int


class Crew:
    """Daemon threads that ask pages, up to `concurrency` at a time, and hand them to one consumer in order.

    The page the consumer needs next is asked before any other and whatever is in memory, so that the bounds on
    the pages that wait for him cannot keep him waiting.
    """

    def __init__(
        self,
        windows: Iterable[Window],
        source: Source,
        *,
        concurrency: int,
        width: int,
        descending: bool,
        budget: int,
        counts: Counts,
    ) -> None:
        self._source = source
        self._concurrency = concurrency
        self._width = width
        self._descending = descending
        self._budget = budget
        self._counts = counts
        self._changed = threading.Condition()
        self._to_come = (Reading(window, width, descending) for window in windows)
        self._readings = deque(islice(self._to_come, concurrency))
        self._threads: list[threading.Thread] = []
        self._ticks = count(1)
        self._asking: set[_Job] = set()
        self._flying = 0
        self._largest = 0
        self._closed = self._ended = False

    def start(self) -> None:
        """Start the first thread; it starts others when there is work for them."""
        with self._changed:
            self._hire()

    def close(self) -> None:
        """End all requests and threads; where an interrupt kept it from that, it can be called again."""
        if self._ended:
            return
        # Without the lock: an interrupt in here must not keep the threads from seeing it.
        self._closed = True
        self._source.stop.set()
        # A forgotten read may be collected in any thread, its own ones included.
        others = [thread for thread in self._threads if thread is not threading.current_thread()]
        if others == self._threads:
            self._let_go()
        with self._changed:
            self._changed.notify_all()
        end = time.monotonic() + _PATIENCE
        for thread in others:
            thread.join(max(0.0, end - time.monotonic()))
        self._ended = True

    def _let_go(self) -> None:
        """Give the lock back if an interrupt struck after it was taken and before the block that gives it back."""
        with suppress(RuntimeError):
            while True:
                self._changed.release()

    def take(self) -> tuple[Page, bool]:
        """The next page of the current window, and whether it was asked ahead."""
        reading = self._readings[0]
        with self._changed:
            self._await(reading, reading.taken, f"page {reading.taken}")
            taken = reading.take()
            self._changed.notify_all()
        return taken

    def look_again(self) -> dict[int, First]:
        """The first records of the pages by which a shift would show, as they are after all pages were there."""
        reading = self._readings[0]
        firsts: dict[int, First] = {}
        with self._changed:
            for page in reading.second_looks():
                self._await(reading, ~page, "the look for shifted records")
                firsts[page] = reading.there[~page].value
        return firsts

    def again(self, *, side_by_side: bool) -> None:
        """Begin the current window anew."""
        window, width = self._readings[0].window, self._width if side_by_side else 1
        with self._changed:
            self._readings[0] = Reading(window, width, self._descending)
            self._changed.notify_all()

    def go_on(self) -> None:
        """Leave the current window for the next."""
        with self._changed:
            self._readings.popleft()
            self._readings.extend(islice(self._to_come, 1))
            self._changed.notify_all()

    def _await(self, reading: Reading, index: int, name: str) -> None:
        while index not in reading.there:
            if self._source.stop.is_set():
                raise SessionClosedError("the read was stopped: its session was closed or signed out")
            self._changed.wait(_LOOK_EVERY)
        error = reading.there[index].error
        if error is not None:
            raise _told(error, f"{name} of {reading.window}")

    def _work(self) -> None:
        while job := self._next():
            try:
                answer = Answer(self._ask(job), None, job.asked)
            except BaseException as error:
                # Whatever it is, the consumer waits for it.
                answer = Answer(None, error.with_traceback(None), job.asked)
            self._put(job, answer)
            del job, answer

    def _ask(self, job: _Job) -> Any:
        window = job.reading.window
        if job.index < 0:
            return self._source.probe(window, ~job.index)
        return self._source.fetch(window, job.index, speculative=job.speculative, arrived=partial(self._hear, job))

    def _hear(self, job: _Job, more: bool | None) -> None:  # noqa: FBT001
        with self._changed:
            self._asking.discard(job)
            job.reading.hear(job.index, job.asked, next(self._ticks), more=more)
            self._hire_if_needed()
            self._changed.notify_all()

    def _next(self) -> _Job | None:
        with self._changed:
            while not self._closed:
                if job := self._choose():
                    self._flying += 1
                    self._asking.add(job)
                    self._counts.requests += 1
                    job.reading.flying.add(job.index)
                    self._hire_if_needed()
                    return job
                # In case that an interrupt has struck before the threads were told of the end.
                self._changed.wait(_PATIENCE)
        return None

    def _hire_if_needed(self) -> None:
        if self._flying == len(self._threads) < self._concurrency * _THREADS and self._choose():
            # A process at its limit of threads reads with those it has.
            with suppress(RuntimeError):
                self._hire()

    def _hire(self) -> None:
        thread = threading.Thread(target=self._work, name="retarus-page", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _choose(self) -> _Job | None:
        if len(self._asking) >= self._concurrency:
            return None
        wanted = [(reading, index) for reading in self._readings if (index := reading.wanted()) is not None]
        if not wanted or self._source.stop.is_set():
            return None
        reading, index = wanted[0]
        if reading is not self._readings[0] or index > reading.taken:
            if not self._has_room():
                return None
            reading, index = min(wanted, key=lambda pair: pair[1] > 0)
        return _Job(reading, index, speculative=index > reading.certain, asked=next(self._ticks))

    def _has_room(self) -> bool:
        waiting = [size for reading in self._readings for size in reading.waiting()]
        expected = (self._flying + 1) * self._largest
        return len(waiting) < _WAITING_PAGES * self._concurrency and sum(waiting) + expected <= self._budget

    def _put(self, job: _Job, answer: Answer) -> None:
        with self._changed:
            self._flying -= 1
            self._asking.discard(job)
            job.reading.flying.discard(job.index)
            job.reading.put(job.index, answer, next(self._ticks), speculative=job.speculative)
            if isinstance(answer.value, Page):
                self._largest = max(self._largest, answer.value.nbytes)
            self._changed.notify_all()


def _told(error: BaseException, where: str) -> BaseException:
    """The error with the place, and without the frames and the causes it came with."""
    if not isinstance(error, RetarusError):
        error.add_note(f"This happened in {where}.")
        error.__cause__ = error.__context__ = None
        return error
    return retold(error, f"{where}: {error}")
