"""The threads that ask for a schedule, and the one consumer that waits for them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import partial

import pyarrow as pa

from retarus_pandas.errors import SessionClosedError
from retarus_pandas.paging.front import Front
from retarus_pandas.paging.records import Look, examine, places_of
from retarus_pandas.paging.report import Answer, Ask, Foretold, Report
from retarus_pandas.paging.schedule import Job, Schedule

__all__ = ["Limit", "Workers", "look_at"]

# Threads beside those that wait for the service: as many as can decode at a time. More would hold answers only.
_DECODING = os.cpu_count() or 1
# Seconds between two looks at the stop event, within which Ctrl-C works where waiting for a lock keeps it out.
_LOOK_EVERY = 0.1
# Seconds that threads are waited for at the end.
_FAREWELL = 1.0


class Limit:
    """How many requests may be on their way, in all reads that share it.

    Parameters
    ----------
    concurrency : int
        Requests at a time.
    """

    def __init__(self, concurrency: int) -> None:
        self.concurrency = concurrency
        self.changed = threading.Condition()
        self.asking: set[Job] = set()

    @property
    def idle(self) -> int:
        """Requests that may be made now."""
        return self.concurrency - len(self.asking)


def look_at(answer: Answer, job: Job, report: Report) -> Look:
    """What the answer to a request shows."""
    name = report.key_timestamp if report.page is None else None
    start, _ = places_of(job.window, descending=report.descending)
    return examine(answer.rows, report.key, name, start=start, descending=report.descending)


class Workers:
    """Daemon threads that ask what a schedule chooses; a thread starts when there is work for it."""

    def __init__(self, schedule: Schedule, ask: Ask, stop: threading.Event, limit: Limit) -> None:
        self._schedule = schedule
        self._ask = ask
        self._stop = stop
        self._limit = limit
        self._changed = limit.changed
        self._threads: list[threading.Thread] = []
        self._closed = self._ended = False

    def parts(self) -> Generator[pa.Table]:
        """The parts of the report, in order."""
        front = Front(self._schedule).parts()
        self._act(self._start_if_needed)
        while (part := self._next_part(front)) is not None:
            yield part

    def _next_part(self, front: Generator[pa.Table | None]) -> pa.Table | None:
        with self._changed:
            while not self._stop.is_set():
                part = next(front, self)
                if part is not None:
                    # What was taken may make room for more.
                    self._start_if_needed()
                    self._changed.notify_all()
                    return None if part is self else part
                self._start_if_needed()
                self._changed.notify_all()
                self._changed.wait(_LOOK_EVERY)
        raise SessionClosedError("The read was stopped: its session was closed or signed out.")

    def close(self) -> None:
        """End all requests and threads; where an interrupt kept it from that, it can be called again."""
        if self._ended:
            return
        # Without the lock: an interrupt in here must not keep the threads from seeing it.
        self._closed = True
        self._stop.set()
        # A forgotten read may be collected in any thread, its own ones included.
        others = [thread for thread in self._threads if thread is not threading.current_thread()]
        if others == self._threads:
            self._let_go()
        with self._changed:
            self._changed.notify_all()
        end = time.monotonic() + _FAREWELL
        for thread in others:
            thread.join(max(0.0, end - time.monotonic()))
        self._ended = True

    def _let_go(self) -> None:
        """Give the lock back if an interrupt struck after it was taken and before the block that gives it back."""
        with suppress(RuntimeError):
            while True:
                self._changed.release()

    def _act(self, act: Callable[[], None]) -> None:
        with self._changed:
            act()

    # ------------------------------------------------------------ in the threads

    def _work(self) -> None:
        while job := self._next_job():
            self._do(job)
            del job

    def _do(self, job: Job) -> None:
        answer = look = error = None
        try:
            answer = self._ask(job.window, job.page, job.size, arrived=partial(self._hear, job))
            look = look_at(answer, job, self._schedule.report)
        except BaseException as caught:
            # Whatever it is, the consumer waits for it.
            answer, error = None, caught.with_traceback(None)
        with self._changed:
            self._limit.asking.discard(job)
            self._schedule.put(job, answer, look, error)
            self._changed.notify_all()

    def _hear(self, job: Job, foretold: Foretold) -> None:
        with self._changed:
            self._limit.asking.discard(job)
            self._schedule.hear(job, foretold)
            self._start_if_needed()
            self._changed.notify_all()

    def _next_job(self) -> Job | None:
        with self._changed:
            while not self._closed:
                if job := self._choose():
                    self._start_if_needed()
                    return job
                # In case that an interrupt has struck before the threads were told of the end.
                self._changed.wait(_FAREWELL)
        return None

    def _choose(self) -> Job | None:
        if self._limit.idle <= 0 or self._stop.is_set():
            return None
        job = self._schedule.choose(self._limit.idle)
        if job is not None:
            self._limit.asking.add(job)
        return job

    def _start_if_needed(self) -> None:
        """Start a thread unless one waits already: the first of all, or one while all others are at work."""
        most = self._limit.concurrency + min(self._limit.concurrency, _DECODING)
        if not self._threads or (self._schedule.flying == len(self._threads) < most and self._limit.idle > 0):
            # A process at its limit of threads reads with those it has.
            with suppress(RuntimeError):
                self._start()

    def _start(self) -> None:
        thread = threading.Thread(target=self._work, name="retarus-page", daemon=True)
        thread.start()
        self._threads.append(thread)
