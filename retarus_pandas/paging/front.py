"""The front of a read: takes the pieces in order, proves each border, and gives out what is proven.

In words, for one window::

    answer 1   |=====kept=====|carry|              cut at the instant of the last record
    answer 2                  |carry|=====kept=====|carry|
                              ^ every carried record must come again: then `kept` before it is proven, too

What the last answer kept is `pending` until the next one proves the border between them. What it holds behind that
border is the `carry`, whether the border is a cut, a split that was made while the answer was on its way, or the end
of what was asked, where a service that includes the end shows a record twice. Where time runs backwards such
records stand in front of the piece instead, and are looked for in `tail`, the last instant of the piece before.

A carried record that does not come is looked for across the border, and where it was seen. If it is there, what the
service shows is not what it selects by, and the rest of the window goes by page number, from the last border that
was proven. If it is not, it is gone.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np
import pyarrow as pa

from retarus_pandas.errors import RetarusError, retold
from retarus_pandas.paging.keys import Keys
from retarus_pandas.paging.numbered import instant_of, rest_of
from retarus_pandas.paging.pieces import Piece
from retarus_pandas.paging.records import SECOND, Look, floor, joined, missing, window_of
from retarus_pandas.paging.schedule import Schedule, Span
from retarus_pandas.values import wire_instant

__all__ = ["Front"]

# None asks to be called again when more has come.
Parts = Generator[pa.Table | None]
_LOOKS = 3  # second looks at one border


class Front:
    """Takes the pieces of a schedule in order."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._report = schedule.report
        self._facts = schedule.facts
        self._pending: Look | None = None
        self._carry: Look | None = None
        self._tail: Look | None = None
        # Where what is pending begins, where what was kept last began, and whether the carry is of another window.
        self._proven = self._origin = 0
        self._crossed = False
        self._given_of_window = 0
        self._keys = Keys(self._report.key if self._report.page is None else ())

    def parts(self) -> Parts:
        """All parts in order; None wherever the next one is not there yet."""
        first, end = self._bounds()
        while self._schedule.spans:
            span = self._schedule.spans[0]
            self._proven, self._given_of_window = span.start, 0
            self._crossed = self._carry is not None
            yield from self._window(span)
            self._schedule.spans.pop(0)
            self._facts.covered = (span.end - first) / (end - first)
        if self._carry is not None:
            yield from self._past_the_end(end)
        self._count_kept_twice()

    def _bounds(self) -> tuple[int, int]:
        spans = self._schedule.spans
        return (spans[0].start, spans[-1].end) if spans else (0, 1)

    def _window(self, span: Span) -> Parts:
        while span.pieces:
            piece = span.pieces[0]
            if self._schedule.reason and not (piece.by_number and not piece.instant):
                yield from self._give_up_slices()
            elif piece.error is not None:
                raise told(piece.error, self._place_of(piece))
            elif piece.by_number and not piece.instant:
                yield from self._rest(span, piece)
            elif not piece.done:
                yield None
            else:
                yield from self._take(span, piece)
        yield from self._flush()

    # ------------------------------------------------------------ slices

    def _take(self, span: Span, piece: Piece) -> Parts:
        if piece.passes is not None:
            self._tell_gone(instant_of(piece, piece.passes, self._report, self._facts), piece.start)
        yield from self._meet(piece)
        if self._cannot_cut():
            return
        self._schedule.more = bool(len(_look_of(piece))) or self._carry is not None
        yield from self._flush()
        self._schedule.more = False
        self._keep(piece)
        span.pieces.pop(0)
        if self._carry is None or not span.pieces:
            yield from self._flush()

    def _meet(self, piece: Piece) -> Parts:
        """Look for what the answers before have shown of this piece."""
        look = _look_of(piece)
        early = look.before(self._first_of(piece))
        if len(early) and not piece.everything:
            yield from self._meet_early(early, piece.start)
        if self._carry is None or self._cannot_cut():
            return
        end = self._end_of(piece)
        due = self._carry.before(end)
        if len(due):
            yield from self._settle(_lacking(due, look, self._schedule.unit, self._report.key), due)
        if self._cannot_cut():
            return
        later = self._carry.from_(end)
        self._carry = later if len(later) else None

    def _first_of(self, piece: Piece) -> int:
        return floor(piece.start, self._schedule.unit)

    def _meet_early(self, early: Look, border: int) -> Parts:
        """Where time runs backwards, a record shown at the end of what was asked belongs to the piece before."""
        before = self._tail
        if before is None:
            before = yield from self._ask(border - self._schedule.unit, border)
        lacking = missing(early.rows, before.rows, self._report.key)
        if lacking.num_rows and border == self._schedule.spans[0].start:
            yield from self._let_stay(lacking, border)
        elif lacking.num_rows:
            self._cannot("it shows records at the end of a period that it does not show when asked from there on")

    def _settle(self, lacking: Look, due: Look) -> Parts:
        """Find out why some of the due records did not come again."""
        for _ in range(_LOOKS):
            if not len(lacking) or self._cannot_cut():
                return
            unit = self._schedule.unit
            place = floor(int(lacking.places[0]), unit)
            here, lacking = lacking.before(place + unit), lacking.from_(place + unit)
            yield from self._look_again(len(here), due.between(place, place + unit), place)
        if len(lacking):
            self._cannot("records that it has shown do not come again")

    def _look_again(self, lacking: int, due: Look, place: int) -> Parts:
        """Look across the border, and if the records are not there, once more where they were seen."""
        gone = lacking
        across = (max(place - SECOND, self._schedule.start), place + SECOND)
        for start, end in (across, (min(self._origin, across[0]), place + self._schedule.unit)):
            piece = yield from self._ask_piece(start, end)
            gone = missing(due.rows, _look_of(piece).rows, self._report.key).num_rows
            if gone < lacking:
                self._cannot("the times it shows are not those by which it selects records")
                return
            # An answer that is cut says nothing of what stands behind its last record, nor of which ties it left out.
            if piece.full:
                self._cannot("records that it has shown do not come again")
                return
        self._tell_gone(gone, place)

    def _tell_gone(self, gone: int, place: int) -> None:
        self._facts.gone += gone
        if gone:
            seen = window_of(place, place + self._schedule.unit, descending=self._report.descending).start
            self._facts.note("gone", f"Records vanished from the service during the read, at {wire_instant(seen)}.")

    def _keep(self, piece: Piece) -> None:
        look = _look_of(piece)
        self._proven = self._origin = piece.start
        self._crossed = False
        self._facts.slices += 1
        if piece.everything:
            self._pending = look
            return
        end = self._end_of(piece)
        self._pending = look.between(self._first_of(piece), end)
        behind = look.from_(end)
        if self._carry is not None:
            behind = _with(behind, self._carry, self._report.key)
        self._carry = behind if len(behind) else None
        self._tail = self._pending.from_(end - self._schedule.unit) if self._report.descending else None

    def _end_of(self, piece: Piece) -> int:
        """Backwards, the unit that the end stands in belongs to the piece as a whole."""
        return -floor(-piece.end, self._schedule.unit) if self._report.descending else piece.end

    def _flush(self) -> Parts:
        pending, self._pending = self._pending, None
        if pending is not None and len(pending):
            yield self._given(pending.rows)

    def _given(self, rows: pa.Table) -> pa.Table:
        self._facts.rows += rows.num_rows
        self._given_of_window += rows.num_rows
        self._keys.add(rows)
        return rows

    # ------------------------------------------------------------ asking beside the pieces

    def _ask(self, start: int, end: int) -> Generator[None, None, Look]:
        piece = yield from self._ask_piece(start, end)
        return _look_of(piece)

    def _ask_piece(self, start: int, end: int) -> Generator[None, None, Piece]:
        piece = Piece(start, end)
        self._schedule.extras.append(piece)
        while not piece.done:
            yield None
        self._schedule.extras.remove(piece)
        if piece.error is not None:
            raise told(piece.error, self._place_of(piece))
        return piece

    def _place_of(self, piece: Piece) -> str:
        window = window_of(piece.start, piece.end, descending=self._report.descending)
        page = self._report.page if self._report.page is not None else len(piece.pages)
        return f"page {page} of {window}"

    def _past_the_end(self, end: int) -> Parts:
        """What was shown at the end of a window must stand behind it."""
        carried, self._carry = self._carry, None
        assert carried is not None
        look = yield from self._ask(end, end + self._schedule.unit)
        lacking = missing(carried.rows, look.rows, self._report.key)
        if lacking.num_rows:
            yield from self._let_stay(lacking, end)

    def _let_stay(self, rows: pa.Table, border: int) -> Parts:
        """Keep records that are shown at the end of what was asked, and are not found from there on either."""
        when = self._when(border)
        self._facts.note("unproven", f"Records are shown at {when}, the end of a period, and not found behind it.")
        yield self._given(rows)

    # ------------------------------------------------------------ what cannot be sliced

    def _cannot_cut(self) -> bool:
        return bool(self._schedule.reason)

    def _cannot(self, reason: str) -> None:
        self._schedule.reason = self._schedule.reason or reason

    def _give_up_slices(self) -> Parts:
        """Go on by page number; what the window before has shown of this one, and nobody else will, stays."""
        self._facts.note("unproven", f"The report cannot be cut by time: {self._schedule.reason}.")
        if self._crossed:
            yield from self._past_the_end(self._schedule.spans[0].start)
        self._pending = self._carry = None
        self._schedule.by_number(self._proven)

    def _rest(self, span: Span, piece: Piece) -> Parts:
        for rows in rest_of(self._schedule, span, piece, cut=piece.start > span.start and self._given_of_window > 0):
            yield rows if rows is None else self._given(rows)
        if span.pieces and piece.error is None:
            span.pieces.pop(0)

    # ------------------------------------------------------------ what is told

    def _count_kept_twice(self) -> None:
        self._facts.kept_twice = self._keys.repeated()
        if self._facts.kept_twice:
            self._facts.note("duplicates", "Records with the same key stand at different times; all were kept.")

    def _when(self, place: int) -> str:
        window = window_of(place, place + SECOND, descending=self._report.descending)
        return wire_instant(window.end if self._report.descending else window.start)


def _look_of(piece: Piece) -> Look:
    assert piece.look is not None
    return piece.look


def _lacking(due: Look, look: Look, unit: int, key: Sequence[str]) -> Look:
    """What of the due records is not shown. All but their last instant should be the same, row for row."""
    first, last = floor(int(due.places[0]), unit), floor(int(due.places[-1]), unit)
    spans = [span for span in ((first, last), (last, last + unit)) if span[0] < span[1]]
    parts = []
    for start, end in spans:
        parts.append(due.between(start, end).not_in(look.between(start, end), key))
    return _together(parts)


def _with(behind: Look, carry: Look, key: Sequence[str]) -> Look:
    """What is owed to the next piece: what this answer shows of it, and what an earlier one had shown besides."""
    return _together([behind, carry.not_in(behind, key)])


def _together(looks: Sequence[Look]) -> Look:
    looks = [look for look in looks if len(look)] or list(looks[:1])
    if len(looks) == 1:
        return looks[0]
    places = np.concatenate([look.places for look in looks])
    order = np.argsort(places, kind="stable")
    return Look(joined([look.rows for look in looks]).take(pa.array(order)), places[order])


def told(error: BaseException, where: str) -> BaseException:
    """The error with the place, and without the frames and the causes it came with."""
    if not isinstance(error, RetarusError):
        error.add_note(f"This happened in {where}.")
        error.__cause__ = error.__context__ = None
        return error
    return retold(error, f"{where}: {error}")
