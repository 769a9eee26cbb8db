"""What the answers of a service taught: how values come where that is not as declared."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from retarus_pandas.frame.decode.expected import Expected

__all__ = ["Learned"]


class Learned:
    """What the pages of one report taught, for the next page and for the next read.

    Whoever reads keeps one for each endpoint and report. It may serve any number of reads and threads at once:
    what is wrong in it makes a page slow, but never another page.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._expected: Expected | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return (_learned, (self._expected,))

    @property
    def expected(self) -> Expected | None:
        """What is known; None before anybody looked."""
        return self._expected

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be the only one who learns; the others wait, and may find that there is nothing left to learn."""
        with self._turn:
            yield

    def add(self, seen: Expected) -> None:
        """Know what was seen, too."""
        with self._lock:
            self._expected = (self._expected or Expected()).after(seen)


def _learned(expected: Expected | None) -> Learned:
    """A copy that knows the same."""
    learned = Learned()
    if expected is not None:
        learned.add(expected)
    return learned
