"""Single pages of one report, asked in the workers of a read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from retarus_pandas.frame import Decoder, Learned
from retarus_pandas.paging import Arrived
from retarus_pandas.read.limits import Limits
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.values import Page, Window

__all__ = ["Asking", "Post"]

T = TypeVar("T")

# Without numbers, so that it is told once.
_SHORT_PAGE = (
    "A page holds fewer rows than were asked although more follow; nothing is missing if the service serves smaller "
    "pages than asked, else rows may be: compare with another page_size=."
)


class Post(Protocol):
    """Sends one request, again if that may help, and hands body and status to `read`."""

    def __call__(
        self,
        body: Mapping[str, Any],
        read: Callable[[bytes, int], T],
        /,
        *,
        retry: bool = True,
        limit: int,
        stop: threading.Event,
    ) -> T: ...


class Asking:
    """Asks pages of one report; in any number of threads."""

    def __init__(
        self,
        plan: ReportPlan,
        post: Post,
        limits: Limits,
        first: Page | None = None,
        *,
        learned: Learned | None = None,
    ) -> None:
        self.stop = threading.Event()
        self._first = first
        # Whether there is more behind the page that the document pins.
        self.more_behind_pinned = False
        self._plan = plan
        self._post = post
        self._limits = limits
        self._size = limits.page_size(plan.page_size)
        self._decoder = Decoder(plan.query, keep_partial=limits.keeps_partial, learned=learned)

    def first(self, stop: threading.Event) -> Page:
        """Ask the first page alone."""
        self.stop = stop
        pinned = self._plan.query.page
        if pinned is not None:
            return self._ask(self._plan.windows[0], pinned, self._plan.page_size)
        return self._ask(self._plan.windows[0], 0, self._size)

    def fetch(self, window: Window, index: int, *, speculative: bool, arrived: Arrived) -> Page:
        """Ask one page, or the one that the document pins."""
        pinned = self._plan.query.page
        if pinned is None:
            return self._ask(window, index, self._size, retry=not speculative, arrived=arrived)
        page = self._ask(window, pinned, self._plan.page_size)
        self.more_behind_pinned |= page.more
        return replace(page, more=False)

    def probe(self, window: Window, page: int) -> Any:
        """Look at the first record of a page again: with one row a page, its number is its position."""
        return self._ask(window, page * self._size, 1).first

    def _ask(
        self, window: Window, index: int, size: int, *, retry: bool = True, arrived: Arrived | None = None
    ) -> Page:
        def read(body: bytes, status: int) -> Page:
            if arrived is not None:
                arrived(self._decoder.foretell(body))
            return self._decoder.page(body, window=window, index=index, status=status)

        if self._first is not None and (self._first.window, self._first.index) == (window, index):
            page, self._first = self._first, None
            return page
        page = self._post(
            self._plan.query.request(window, index, size),
            read,
            retry=retry,
            limit=self._limits.concurrency,
            stop=self.stop,
        )
        return replace(page, notes=(*page.notes, _SHORT_PAGE)) if page.more and page.rows.num_rows < size else page
