"""Single pages of one report, asked in the workers of a read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from retarus_pandas.frame import Decoder, Learned
from retarus_pandas.paging import Foretold, Heard, Report
from retarus_pandas.read.limits import Limits
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.values import Page, Window

__all__ = ["Asking", "Post"]

T = TypeVar("T")


class Post(Protocol):
    """Sends one request, again if that may help, and hands body and status to `read`."""

    def __call__(
        self,
        body: Mapping[str, Any],
        read: Callable[[bytes, int], T],
        /,
        *,
        limit: int,
        stop: threading.Event,
        on_wait: Callable[[float, str], None] | None = None,
    ) -> T: ...


class Asking:
    """Asks pages of one report; in any number of threads.

    Parameters
    ----------
    plan : ReportPlan
        What is read.
    post : Post
        Sends a request.
    limits : Limits
        How pages are asked.
    first : Page, optional
        The answer to the first request, where it is there already.
    learned : Learned, optional
        What earlier reads taught of the report's values, to be added to.
    """

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
        self.report = Report(
            size=plan.page_size,
            key=plan.query.key,
            key_timestamp=plan.query.key_timestamp,
            descending=plan.query.descending,
            page=plan.query.page,
            max_rows=limits.max_rows,
            is_part=plan.is_part,
        )
        self._plan = plan
        self._post = post
        self._limits = limits
        self._first = first
        self._decoder = Decoder(plan.query, keep_partial=limits.keeps_partial, learned=learned)

    def first(self, stop: threading.Event) -> Page:
        """Ask the first page alone."""
        self.stop = stop
        return self.page(self._plan.windows[0], self._plan.query.page or 0, self.report.enough, arrived=_nobody)

    def page(self, window: Window, page: int, size: int, *, arrived: Heard) -> Page:
        """Ask one page."""
        first = self._first
        if first is not None and (first.window, first.index) == (window, page):
            # It is asked again only where something has come in between.
            self._first = None
            return first

        def read(body: bytes, status: int) -> Page:
            arrived(self._decoder.foretell(body))
            return self._decoder.page(body, window=window, index=page, status=status)

        request = self._plan.query.request(window, page, size)
        return self._post(request, read, limit=self._limits.concurrency, stop=self.stop)


def _nobody(foretold: Foretold) -> None:
    """Nobody waits to ask on."""
