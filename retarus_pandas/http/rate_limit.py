"""The limits every request of a session goes through: few at a time, none while the service wants a pause."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from retarus_pandas.errors import DeadlineError
from retarus_pandas.http.stopping import LOOK_EVERY, Stop, renew_after_fork

__all__ = ["RateLimit"]


class RateLimit:
    """Bounds the requests in flight and keeps all of them back during a pause.

    Who waits is let through in the order of arrival: a read that allows itself one request at a time is not
    kept out for ever by one that allows itself four.
    """

    def __init__(self) -> None:
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Make it anew: open, and nobody inside."""
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._inside = 0
        self._opens = 0.0

    @contextmanager
    def slot(self, limit: int, stop: Stop, longest: float) -> Iterator[None]:
        """Wait until fewer than `limit` are inside and no pause is on, and be inside for the block.

        A pause of more than `longest` seconds is not waited for.
        """
        self._enter(limit, stop, longest)
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def pause(self, seconds: float) -> None:
        """Keep everybody out for some seconds."""
        with self._changed:
            self._opens = max(self._opens, time.monotonic() + seconds)

    def paused_for(self) -> float:
        """Seconds until the pause is over."""
        return max(0.0, self._opens - time.monotonic())

    def _enter(self, limit: int, stop: Stop, longest: float) -> None:
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                stop.check()
                while self._waiting[0] is not ticket or self._inside >= limit or self.paused_for():
                    self._check_pause(longest)
                    self._changed.wait(LOOK_EVERY)
                    stop.check()
                self._inside += 1
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _check_pause(self, longest: float) -> None:
        pause = self.paused_for()
        if pause > longest:
            raise DeadlineError(
                f"The service wants a pause of {pause:.0f} s (Retry-After), longer than the {longest:g} s that a "
                "request may take in all; try again later."
            )
