"""What is asked next, and what an answer changes. It knows neither threads nor clocks.

A window begins as one piece. When its answer is cut, the rest becomes a piece of its own. When workers are idle,
the tail of a piece becomes another, even while its answer is on the way: any place may be a border, because the
left answer's records behind it are owed by the right one. So is the place that the end of an answer foretells before
it is decoded. Pieces that are done wait here until the front (`front.py`) takes them in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from retarus_pandas.paging.crowded import Passes
from retarus_pandas.paging.pieces import DISORDER, OUTSIDE, CannotCut, Cut, Piece, Stuck, Whole, is_inside, judge
from retarus_pandas.paging.records import SECOND, Look, floor, place_of, places_of, window_of
from retarus_pandas.paging.report import Answer, Facts, Foretold, Report
from retarus_pandas.paging.splitting import best_to_split, border
from retarus_pandas.values import Window

__all__ = ["Job", "Schedule", "Span"]


@dataclass(slots=True, eq=False)
class Span:
    """A window: its places, and its pieces that were not taken yet."""

    start: int
    end: int
    pieces: list[Piece]

    @property
    def is_untouched(self) -> bool:
        """Whether nothing of it was asked yet."""
        if len(self.pieces) != 1:
            return False
        first = self.pieces[0]
        return first.is_open and not first.known and not first.pages


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One request."""

    piece: Piece
    window: Window
    page: int
    size: int


@dataclass(slots=True)
class Schedule:
    """The requests of one report.

    `reason` says why it cannot be cut by time, `unit` is that of its stamps, and `more` is True while a record
    behind those given out is known. `disordered` says that an answer came in another order than by time, `was_cut`
    that one was cut, which rests on the order.
    """

    report: Report
    windows: Sequence[Window]
    facts: Facts
    streaming: bool = False
    budget: int = 0
    spans: list[Span] = field(init=False)
    extras: list[Piece] = field(default_factory=list)
    reason: str = ""
    disordered: bool = False
    was_cut: bool = False
    more: bool = False
    unit: int = SECOND
    flying: int = 0
    largest: int = 0
    full_size: int | None = None

    def __post_init__(self) -> None:
        by_number = self.report.key_timestamp is None or self.report.page is not None
        self.spans = [self._span(window, by_number=by_number) for window in self.windows]

    def _span(self, window: Window, *, by_number: bool) -> Span:
        start, end = places_of(window, descending=self.report.descending)
        return Span(start, end, [Piece(start, end, by_number=by_number)])

    @property
    def start(self) -> int:
        """The first place of all."""
        return places_of(self.windows[0], descending=self.report.descending)[0]

    @property
    def is_joined(self) -> bool:
        """Whether the rows of several windows are put together, here or by who reads the other parts."""
        return len(self.windows) > 1 or self.report.is_part

    # ------------------------------------------------------------ what to ask

    def choose(self, idle: int) -> Job | None:
        """The next request, if one is worth it; `idle` workers have none."""
        piece = self._needed()
        if piece is None and self._has_room():
            piece = self._ahead(idle)
        return None if piece is None else self._job(piece)

    def _needed(self) -> Piece | None:
        first = self.spans[0].pieces[:1] if self.spans else []
        wanted = [*self.extras, *(piece for piece in first if len(piece.pages) == piece.taken or piece.instant)]
        return next((piece for piece in wanted if piece.is_open), None)

    def _has_room(self) -> bool:
        wanted = self.report.max_rows
        if wanted is not None and self._rows_ahead() + (self.flying + 1) * self.report.enough > wanted:
            return False
        return not self.streaming or self._bytes_ahead() + (self.flying + 1) * self.largest <= self.budget

    def _rows_ahead(self) -> int:
        return self.facts.rows + sum(len(piece.look) for piece in self._pieces() if piece.look is not None)

    def _bytes_ahead(self) -> int:
        return sum(piece.nbytes for piece in self._pieces())

    def _pieces(self) -> Iterator[Piece]:
        return (piece for span in self.spans for piece in span.pieces)

    def _ahead(self, idle: int) -> Piece | None:
        if untouched := next((span for span in self.spans if span.is_untouched), None):
            return untouched.pieces[0]
        near = [piece for span in self.spans[: 1 if self.streaming else None] for piece in span.pieces]
        waiting = [piece for piece in near if piece.is_open]
        if waiting:
            return waiting[0] if self.streaming else max(waiting, key=lambda piece: piece.expected)
        piece = best_to_split(near, self.report.enough, nearest=self.streaming)
        room = self.budget // max(self.largest, 1) if self.streaming else None
        place = border(piece, self.report.enough, idle, room=room) if piece else None
        return None if piece is None or place is None else self._split(piece, place)

    def _split(self, piece: Piece, place: int) -> Piece:
        right = Piece(place, piece.end, rate=piece.rate)
        piece.end = place
        self._insert(piece, right)
        return right

    def _insert(self, piece: Piece, right: Piece) -> None:
        span = next(span for span in self.spans if piece in span.pieces)
        span.pieces.insert(span.pieces.index(piece) + 1, right)

    def _job(self, piece: Piece) -> Job:
        piece.asked = (piece.start, piece.end)
        self.flying += 1
        self.facts.requests += 1
        window = window_of(piece.start, piece.end, descending=self.report.descending)
        page = self.report.page if self.report.page is not None else len(piece.pages)
        # An instant is read to its end, however few rows are wanted; so is what comes in no order.
        return Job(piece, window, page, self.report.size if piece.instant or self.reason else self.report.enough)

    # ------------------------------------------------------------ what came

    def hear(self, job: Job, foretold: Foretold) -> None:
        """The body of an answer is there; what its end says is good enough for a border."""
        piece = job.piece
        piece.heard = True
        if foretold is None or piece.by_number or piece.dead or piece in self.extras:
            return
        more, last = foretold
        if more and last is not None:
            self._foresee(piece, place_of(last, descending=self.report.descending), job.size)

    def _foresee(self, piece: Piece, last: int, size: int) -> None:
        place = floor(last, self.unit)
        if piece.start < place < piece.end:
            right = self._split(piece, place)
            right.rate, right.known = size / (place - piece.start), True

    def put(self, job: Job, answer: Answer | None, look: Look | None, error: BaseException | None = None) -> None:
        """Take an answer, or the error in its place."""
        self.flying -= 1
        piece = job.piece
        if piece.dead:
            return
        if answer is None or look is None:
            piece.error, piece.done = error, True
            return
        self._tally(answer, look)
        self.facts.fail(answer.errors, job.window)
        piece.nbytes += answer.nbytes
        full = self._is_full(job, answer, look)
        if piece.passes is not None:
            self._add_to_instant(job, piece.passes, answer, look, full=full)
        elif piece.by_number:
            self._add_page(piece, answer, look)
        elif piece in self.extras:
            piece.look, piece.full, piece.done = look, full or answer.more, True
            self._watch(piece, look)
        else:
            self._take_in(piece, answer, look, full=full)
            self._hold_to_order(look)

    def _tally(self, answer: Answer, look: Look) -> None:
        self.largest = max(self.largest, answer.nbytes)
        self.unit = min(self.unit, look.unit)
        self.facts.slow += answer.slow
        for text in answer.notes:
            self.facts.note("service", text)

    def _is_full(self, job: Job, answer: Answer, look: Look) -> bool:
        if answer.more and len(look):
            self.full_size = max(self.full_size or 0, len(look))
        sizes = [size for size in (job.size, answer.size, self.full_size) if size]
        return len(look) >= min(sizes)

    def _add_page(self, piece: Piece, answer: Answer, look: Look) -> None:
        piece.asked = None
        if piece.full and not answer.more and not len(look) and not piece.doubted:
            # More was promised: an end that may be a lapse is asked for once more.
            piece.doubted = True
            return
        piece.doubted = False
        piece.pages.append(look)
        piece.finished = not answer.more or self.report.page is not None
        piece.full = answer.more
        # An empty page that promises more is an error where the pages are taken.
        piece.done = piece.finished or not len(look)

    def _add_to_instant(self, job: Job, passes: Passes, answer: Answer, look: Look, *, full: bool) -> None:
        piece = job.piece
        piece.asked = None
        piece.pages.append(look)
        ended = not answer.more or not len(look)
        piece.finished = not answer.more
        # Whoever never says that more follow may not know it, and between a short page and the next one some may stand.
        size = max(min(job.size, answer.size or job.size), self.full_size or 0)
        piece.doubted |= len(look) < size if answer.more else full and self.full_size is None
        piece.done = passes.add(piece.pages, ended=ended)
        piece.finished |= passes.agree
        if not piece.pages:
            piece.nbytes = 0

    def _take_in(self, piece: Piece, answer: Answer, look: Look, *, full: bool) -> None:
        assert piece.asked is not None
        size, descending = self.report.enough, self.report.descending
        verdict = judge(
            look, piece.asked, size=size, full=full, more=answer.more, unit=self.unit, descending=descending
        )
        # Of a record without a stamp nobody knows on which side of a border it stands, nor whether the answer on the
        # other side shows it, too.
        if isinstance(verdict, Whole) and not look.stamped and not self._is_alone(piece):
            verdict = CannotCut("it sends records without a time by which they are sorted")
        if isinstance(verdict, CannotCut) and verdict.harmless and self._is_alone(piece):
            self.facts.note("unproven", f"The service does not keep to the period: {verdict.reason}.")
            piece.everything, verdict = True, Whole()
        piece.look, piece.done = look, True
        if isinstance(verdict, CannotCut):
            self.reason = self.reason or verdict.reason
        elif isinstance(verdict, Cut) and self._shows_no_order(look, verdict.place, piece.asked[1]):
            self._ask_before(piece, verdict.place)
        elif isinstance(verdict, Cut):
            self._cut(piece, verdict.place)
        elif isinstance(verdict, Stuck):
            self._number_instant(piece, verdict.end)

    def _watch(self, piece: Piece, look: Look) -> None:
        """What an answer beside the pieces shows of the service counts as much."""
        assert piece.asked is not None
        if len(look) and not is_inside(look, piece.asked, unit=self.unit, descending=self.report.descending):
            self._doubt(OUTSIDE)
        self._hold_to_order(look)

    def _hold_to_order(self, look: Look) -> None:
        """Where one answer is not in order, that of another that was cut came by chance."""
        self.disordered |= not look.ordered
        if self.disordered and self.was_cut:
            self._doubt(DISORDER)

    def _doubt(self, reason: str) -> None:
        """Give up cutting, and tell it even if nothing is left to read."""
        self.reason = self.reason or reason
        self.facts.note("unproven", f"The report cannot be cut by time: {self.reason}.")

    def _is_alone(self, piece: Piece) -> bool:
        return not self.is_joined and self.spans[0].pieces == [piece] and piece.start == self.spans[0].start

    def _shows_no_order(self, look: Look, place: int, end: int) -> bool:
        """Whether all stand at the cut, so that nothing but the order that was asked says what is in front of them."""
        return floor(int(look.places[0]), self.unit) == place < end

    def _ask_before(self, piece: Piece, place: int) -> None:
        """Ask what is in front of the cut on its own, and what is behind it, too."""
        if place < piece.end:
            self._insert(piece, Piece(place, piece.end))
            piece.end = place
        piece.look, piece.done, piece.asked, piece.heard, piece.nbytes = None, False, None, False, 0

    def _cut(self, piece: Piece, place: int) -> None:
        assert piece.look is not None
        self.was_cut = True
        rate = len(piece.look) / (place - piece.start)
        if place < piece.end:
            self._insert(piece, Piece(place, piece.end, rate=rate, known=True))
            piece.end = place

    def _number_instant(self, piece: Piece, end: int) -> None:
        if end < piece.end:
            self._insert(piece, Piece(end, piece.end))
            piece.end = end
        piece.look, piece.done, piece.asked, piece.nbytes = None, False, None, 0
        piece.by_number, piece.passes = True, Passes(self.report.key)

    # ------------------------------------------------------------ page numbers instead

    def by_number(self, start: int) -> None:
        """Read what is left from a place on by page number; what was read of it is void."""
        for span in self.spans:
            for piece in span.pieces:
                piece.dead = True
            span.pieces = [Piece(max(start, span.start), span.end, by_number=True)]
