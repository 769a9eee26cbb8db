"""What was asked of the sandbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from retarus_pandas.sandbox.rules import PageRequest

__all__ = ["Journal"]


class Journal:
    """Counts requests.

    Attributes
    ----------
    tokens, api : int
        Requests to the token endpoint and to the API, refused ones too.
    pages : list of PageRequest
        The pages asked, in the order in which they were answered: report, page, size and window of each.
    most_in_flight : int
        The largest number of API requests that were being answered at one time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_flight = 0
        self.clear()

    def clear(self) -> None:
        """Forget what was asked."""
        with self._lock:
            self.tokens = self.api = self.most_in_flight = 0
            self.pages: list[PageRequest] = []

    def count_token(self) -> None:
        """One more request for a token."""
        with self._lock:
            self.tokens += 1

    def add_page(self, request: PageRequest) -> int:
        """Note one more page; say how many that makes."""
        with self._lock:
            self.pages.append(request)
            return len(self.pages)

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """One more API request, while it is answered."""
        with self._lock:
            self.api += 1
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1
