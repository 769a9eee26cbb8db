"""Waits that end when somebody says stop, and what is made anew after a fork."""

from __future__ import annotations

import os
import threading
import time
from typing import Protocol
from weakref import WeakSet

from retarus_pandas.errors import TransportError

__all__ = ["LOOK_EVERY", "Stop", "renew_after_fork"]

# Seconds between two looks at an event; far below the second within which an interrupt has to work.
LOOK_EVERY = 0.1


class Stop:
    """Several stop events as one."""

    def __init__(self, *events: threading.Event) -> None:
        self._events = events

    def is_set(self) -> bool:
        """Whether any of the events is set."""
        return any(event.is_set() for event in self._events)

    def check(self) -> None:
        """Raise if stopped."""
        if self.is_set():
            raise TransportError("The request was stopped before its answer was there.")

    def wait(self, seconds: float) -> None:
        """Sleep, or raise as soon as stopped."""
        end = time.monotonic() + seconds
        self.check()
        while (left := end - time.monotonic()) > 0:
            self._events[0].wait(min(LOOK_EVERY, left))
            self.check()


class _Renewable(Protocol):
    def renew(self) -> None: ...


_living: WeakSet[_Renewable] = WeakSet()


def renew_after_fork(thing: _Renewable) -> None:
    """Call ``thing.renew()`` in every forked child.

    A lock that another thread held at the fork stays locked in the child for ever, and a connection that is
    shared by two processes mixes their answers.
    """
    _living.add(thing)


def _renew_all() -> None:
    for thing in list(_living):
        thing.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
