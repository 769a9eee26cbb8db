"""The pieces that a window is read in, and what one answer means for its piece."""

from __future__ import annotations

from dataclasses import dataclass, field

from retarus_pandas.paging.crowded import Passes
from retarus_pandas.paging.records import Look, floor

__all__ = ["DISORDER", "OUTSIDE", "CannotCut", "Cut", "Piece", "Stuck", "Whole", "is_inside", "is_within", "judge"]

OUTSIDE = "it sends records outside of the period that is asked"
DISORDER = "it sends records in another order than by time"


@dataclass(slots=True, eq=False)
class Piece:
    """A span of places that is read by one request, or by page numbers.

    `asked` is the span that was sent, wider than the piece if its tail was split off meanwhile. `rate` is the
    records expected for each microsecond; `known` says that they come from the piece's own answers. By page
    number, `pages` holds what came and `finished` is set at the last; the piece that is one unit long and holds more
    than a page has `passes`. `everything` keeps records outside of the piece, too. `doubted` says of a page without
    records that the one before had promised more, and of an instant that one of its pages is full and nothing shows
    what it means that no more are promised, or that one of them promises more and holds less than was asked, or others.
    A `dead` piece was replaced by another; its answer is not looked at.
    """

    start: int
    end: int
    rate: float = 0.0
    known: bool = False
    asked: tuple[int, int] | None = None
    heard: bool = False
    done: bool = False
    look: Look | None = None
    nbytes: int = 0
    full: bool = False
    error: BaseException | None = None
    by_number: bool = False
    doubted: bool = False
    passes: Passes | None = None
    finished: bool = False
    everything: bool = False
    dead: bool = False
    pages: list[Look] = field(default_factory=list)
    taken: int = 0

    @property
    def expected(self) -> float:
        """Records that are expected in the piece."""
        return self.rate * (self.end - self.start)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be asked."""
        return self.asked is None and not self.done

    @property
    def instant(self) -> bool:
        """Whether it is one instant that holds more than a page."""
        return self.passes is not None

    def let_go(self) -> None:
        """Forget the next page, which was taken."""
        page = self.pages[self.taken]
        self.pages[self.taken] = Look(page.rows.schema.empty_table(), page.places[:0])
        self.taken += 1
        if self.taken == len(self.pages):
            self.nbytes = 0


@dataclass(frozen=True, slots=True)
class Whole:
    """The answer holds all records of what was asked."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The answer is complete up to a place, and what stands there must come again."""

    place: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """More than a page stands within one unit, from the piece's start to this place."""

    end: int


@dataclass(frozen=True, slots=True)
class CannotCut:
    """The report cannot be cut by time, for this reason. ``harmless`` if the answer holds all the same."""

    reason: str
    harmless: bool = False


def judge(
    look: Look, asked: tuple[int, int], *, size: int, full: bool, more: bool, unit: int, descending: bool
) -> Whole | Cut | Stuck | CannotCut:
    """What an answer means.

    Parameters
    ----------
    look : Look
        What it shows.
    asked : tuple of int
        The span of places that was asked.
    size : int
        Records that were asked.
    full : bool
        Whether it may be a full page.
    more : bool
        Whether it says that more follow.
    unit : int
        The unit of the report's stamps.
    descending : bool
        Whether places run against time.
    """
    cut = full or more
    if len(look) and not is_inside(look, asked, unit=unit, descending=descending):
        return CannotCut(OUTSIDE, harmless=not cut)
    if not cut:
        return Whole()
    if reason := _doubt(look, size):
        return CannotCut(reason)
    start, end = asked
    place = floor(int(look.places[-1]), unit)
    # A record shown behind the end says nothing about the instants between it and the end.
    if place > start:
        return Cut(place)
    return Stuck(place + unit if place + unit > start else end)


def _doubt(look: Look, size: int) -> str:
    if not len(look):
        return "it says that more follow an empty page"
    if len(look) > size:
        return "it sends more records than are asked"
    if not look.stamped:
        return "it sends records without a time by which they are sorted"
    return "" if look.ordered else DISORDER


def is_inside(look: Look, asked: tuple[int, int], *, unit: int, descending: bool) -> bool:
    """Whether all records stand in the span, or at its end in time, from where they are handed over."""
    start, end = asked
    if descending:
        return is_within(look, (start - unit, end), unit, descending=True)
    return bool(look.places[0] >= floor(start, unit) and floor(int(look.places[-1]), unit) <= end)


def is_within(look: Look, asked: tuple[int, int], unit: int, *, descending: bool) -> bool:
    """Whether all records stand in the span."""
    start, end = asked
    # The unit that a bound of time stands in belongs to the span if the bound is the lower one.
    end = -floor(-end, unit) if descending else end
    return bool(look.places[0] >= floor(start, unit) and look.places[-1] < end)
