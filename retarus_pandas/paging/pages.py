"""Many pages, in order: several asked at a time, and no row lost in between without notice.

The service knows positions only, no snapshots, so records may move from page to page while a window is read:

- *Records expire.* All others move forward, and the first of a page may slip into one that was read before. So
  after a window of several pages its first record is asked again. (Not when it is read from its newest record
  backwards: what expires then is at the far end and moves nothing.)
- *Records arrive late.* All later ones move back. Read one after the other, pages then overlap and no more: the
  repeated rows are dropped. Read side by side, page 3 before the arrival and page 2 after it, the record that
  moved from 2 to 3 is in neither. Every pair of neighbours read in the right order across the same arrival
  repeats a row, so either a repeated row is seen, or the last page of all was asked before an earlier one was
  there and is out of date itself; then its first record is asked again too. In both cases the window is read
  again, this time page by page.

Where a repeated row cannot be recognised (a report without a key), pages are read one after the other. What no
look from outside can see: a record that vanishes from, or is moved within, the middle of a window; an arrival and
an expiry that undo each other's shift; and more than 50,000 late arrivals between two requests.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from retarus_pandas.errors import IncompleteRead
from retarus_pandas.paging.crew import Arrived, Counts, Crew, First, Source
from retarus_pandas.values import Page, Window

__all__ = ["Arrived", "Counts", "Finished", "Restarted", "Shifts", "Source", "read_pages"]

BUDGET = 256 * 2**20

# Without a key, equal pages may be long stretches of equal records; there must be an end to it all the same.
_EQUAL_PAGES = 1000


class Shifts(Protocol):
    """Recognises rows that an earlier page of the same window has brought."""

    @property
    def can_tell(self) -> bool: ...

    @property
    def gap(self) -> bool: ...

    def begin(self, window: Window) -> None: ...

    def take(self, page: Page) -> Page: ...


@dataclass(frozen=True, slots=True)
class Restarted:
    """The pages of this window that came so far are void; it is read again."""

    window: Window


@dataclass(frozen=True, slots=True)
class Finished:
    """The pages of this window are complete."""

    window: Window


class _Cause(Enum):
    EXPIRED = "records of {} expired while it was read, so that others may have been missed"
    SHIFTED = "records arrived late in {} while its pages were read side by side, so that one may have been missed"


_ADVICE = {
    _Cause.EXPIRED: "let the period start later, or read it at once instead of in chunks or into a file",
    _Cause.SHIFTED: "read it with concurrency=1, or at once instead of in chunks or into a file",
}


def read_pages(
    windows: Sequence[Window],
    source: Source,
    shifts: Shifts,
    *,
    concurrency: int = 4,
    budget: int = BUDGET,
    descending: bool = False,
    streaming: bool = False,
    counts: Counts | None = None,
) -> Generator[Page | Restarted | Finished, None, None]:
    """Read all pages of all windows, in order, without repeated rows.

    Closing the iterator ends all requests; its threads are gone within a second, however it ends. An interrupt
    comes out as the `KeyboardInterrupt` it is: the caller has other places where one may hit, and names them all.

    Parameters
    ----------
    windows : sequence of Window
        In the order in which they are to come.
    source : Source
        What asks.
    shifts : Shifts
        What drops repeated rows; called in the consumer's thread, page by page.
    concurrency : int
        Requests in flight at most.
    budget : int
        Bytes of pages that may be on their way or wait to be taken. The page that is needed next is always asked.
    descending : bool
        The newest record comes first.
    streaming : bool
        Pages that were handed out cannot be taken back. What else would be a `Restarted` is then an error.
    counts : Counts, optional
        Kept up to date.

    Yields
    ------
    Page
        The next page.
    Restarted
        The window's pages so far are void.
    Finished
        The window is complete.

    Raises
    ------
    IncompleteRead
        Rows may have been missed, or the service repeats itself.
    """
    counts = counts if counts is not None else Counts()
    width = concurrency if shifts.can_tell else 1
    crew = Crew(
        windows, source, concurrency=concurrency, width=width, descending=descending, budget=budget, counts=counts
    )
    reader = _Reader(crew, shifts, counts, streaming=streaming)
    try:
        try:
            crew.start()
            for window in windows:
                yield from reader.read(window)
        finally:
            crew.close()
    except (KeyboardInterrupt, RuntimeError) as error:
        # `threading` fails to release a lock that an interrupt kept it from taking back.
        if not isinstance(error, KeyboardInterrupt) and not isinstance(error.__context__, KeyboardInterrupt):
            raise
        # Once more, for it may have struck in there.
        crew.close()
        raise KeyboardInterrupt from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is known of a reading after some of its pages."""

    first: First = None
    last: First = None
    pages: int = 0
    dropped: int = 0
    side_by_side: bool = False

    def after(self, page: Page, *, ahead: bool, dropped: int) -> _Seen:
        """What is known after one page more."""
        return _Seen(
            first=self.first if self.pages else page.first,
            last=page.first,
            pages=self.pages + 1,
            dropped=self.dropped + dropped,
            side_by_side=self.side_by_side or ahead,
        )


class _Reader:
    def __init__(self, crew: Crew, shifts: Shifts, counts: Counts, *, streaming: bool) -> None:
        self._crew = crew
        self._shifts = shifts
        self._counts = counts
        self._streaming = streaming

    def read(self, window: Window) -> Iterator[Page | Restarted | Finished]:
        """Read one window, at most once more for each cause."""
        met: set[_Cause] = set()
        while cause := (yield from self._read_once(window)):
            if self._streaming or cause in met:
                raise IncompleteRead(f"{cause.value.format(window)}; {_ADVICE[cause]}")
            met.add(cause)
            self._counts.windows_reread += 1
            self._crew.again(side_by_side=_Cause.SHIFTED not in met)
            yield Restarted(window)
        self._crew.go_on()
        yield Finished(window)

    def _read_once(self, window: Window) -> Generator[Page, None, _Cause | None]:
        self._shifts.begin(window)
        seen = _Seen()
        repeats = _Repeats(1 if self._shifts.can_tell else _EQUAL_PAGES)
        more = True
        while more:
            page, ahead = self._take()
            kept = self._shifts.take(page)
            seen = seen.after(page, ahead=ahead, dropped=page.rows.num_rows - kept.rows.num_rows)
            if seen.dropped and seen.side_by_side:
                return _Cause.SHIFTED
            repeats.look(page)
            self._check_gap(page)
            more = page.more
            yield kept
        return self._moved(seen)

    def _take(self) -> tuple[Page, bool]:
        page, ahead = self._crew.take()
        if page.more and not page.rows.num_rows:
            raise IncompleteRead(
                f"page {page.index} of {page.window} holds no records and says that more follow, also when asked "
                "again; the service contradicts itself, so try later, or another period"
            )
        return page, ahead

    def _check_gap(self, page: Page) -> None:
        if self._shifts.gap:
            raise IncompleteRead(
                f"up to page {page.index} of {page.window}, rows of an earlier page came again in place of others; "
                "the service seems to have sent a page that was not asked, so try again"
            )

    def _moved(self, seen: _Seen) -> _Cause | None:
        """Ask again for the records by which a shift shows."""
        for page, first in self._crew.look_again().items():
            was, cause = (seen.last, _Cause.SHIFTED) if page else (seen.first, _Cause.EXPIRED)
            if first != was:
                return cause
        return None


class _Repeats:
    """Ends a read in which the service sends the same page for every number."""

    def __init__(self, allowed: int) -> None:
        self._left = self._allowed = allowed
        self._before: Page | None = None

    def look(self, page: Page) -> None:
        """Compare a page with the one before."""
        before, self._before = self._before, page
        repeated = before is not None and page.rows.num_rows and page.rows.equals(before.rows)
        self._left = self._left - 1 if repeated else self._allowed
        if before is not None and not self._left:
            raise IncompleteRead(
                f"page {page.index} of {page.window} is the same as page {before.index}, row for row; "
                "the service seems to ignore the page number, or the selection holds nothing that tells records apart"
            )
