"""Page numbers: for more than a page at one instant, and for what cannot be cut by time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from retarus_pandas.errors import IncompleteRead
from retarus_pandas.paging.crowded import Passes
from retarus_pandas.paging.pieces import Piece, is_within
from retarus_pandas.paging.records import Look, examine, hashes, joined, window_of
from retarus_pandas.paging.report import Facts, Report
from retarus_pandas.paging.schedule import Schedule, Span

__all__ = ["instant_of", "rest_of"]

# Without a key, equal pages may be long stretches of equal records; there must be an end to it all the same.
_EQUAL_PAGES = 1000


def instant_of(piece: Piece, passes: Passes, report: Report, facts: Facts) -> int:
    """Make one look of the pages of an instant, and tell if nothing proves that they are all.

    Returns
    -------
    int
        Records of a page that were gone when it was asked again.
    """
    if passes.is_stuck:
        raise IncompleteRead(_repeated(piece, len(piece.pages) - 1, report))
    rows = joined([page.rows for page in piece.pages])
    piece.look = examine(rows, report.key, report.key_timestamp, start=piece.start, descending=report.descending)
    if not piece.finished:
        raise IncompleteRead(_empty(piece, len(piece.pages) - 1, report))
    if not (passes.agree and piece.look.stamped and _is_proven(piece, rows, report)):
        facts.note("unproven", "More records than a page stand at one instant, and nothing proves that they are all.")
        return 0
    return passes.gone(piece.look)


def _is_proven(piece: Piece, rows: pa.Table, report: Report) -> bool:
    """Whether the pages hold as many records as there are places for, no two of them the same."""
    sizes = [len(page) for page in piece.pages]
    if piece.doubted or len(sizes) == 1:
        return not piece.doubted
    if not report.key or len(set(sizes[:-1])) != 1 or not 0 < sizes[-1] <= sizes[0]:
        return False
    return bool(len(np.unique(hashes(rows, report.key))) == rows.num_rows)


def rest_of(schedule: Schedule, span: Span, piece: Piece, *, cut: bool) -> Iterator[pa.Table | None]:
    """The pages of a piece, one after another; None wherever the next one is not there yet.

    Parameters
    ----------
    schedule : Schedule
        Where they are asked.
    span : Span
        The window.
    piece : Piece
        What is left of it.
    cut : bool
        Rows of the window in front of the piece were given out.
    """
    held: list[pa.Table] = []
    repeats = _Repeats(1 if schedule.report.key else _EQUAL_PAGES)
    while piece.taken < len(piece.pages) or not piece.done:
        if piece.taken == len(piece.pages):
            yield None
            continue
        page = piece.pages[piece.taken]
        piece.let_go()
        _check(schedule, piece, page, cut=cut)
        repeats.look(page.rows, piece, schedule.report)
        if _is_held(schedule):
            held.append(page.rows)
        elif len(page):
            yield page.rows
    if piece.error is None:
        _tell(schedule, piece)
        yield from _in_order(held, schedule.report)


def _is_held(schedule: Schedule) -> bool:
    report = schedule.report
    return not schedule.streaming and report.key_timestamp is not None and report.page is None


def _in_order(held: list[pa.Table], report: Report) -> Iterator[pa.Table]:
    if held:
        rows = joined(held)
        look = examine(rows, report.key, report.key_timestamp, descending=report.descending)
        yield look.rows if look.stamped else rows


def _check(schedule: Schedule, piece: Piece, page: Look, *, cut: bool) -> None:
    report = schedule.report
    if not len(page) and not piece.finished and report.page is None:
        raise IncompleteRead(_empty(piece, piece.taken - 1, report))
    if report.page is not None or report.key_timestamp is None or not len(page):
        return
    if page.stamped and not is_within(page, (piece.start, piece.end), schedule.unit, descending=report.descending):
        _tell_outside(schedule, piece, cut=cut)


def _tell_outside(schedule: Schedule, piece: Piece, *, cut: bool) -> None:
    window = window_of(piece.start, piece.end, descending=schedule.report.descending)
    text = f"The service sends records outside of {window}, which was asked"
    if cut or schedule.is_joined:
        raise IncompleteRead(f"{text}, so that rows would stand in the result twice. Ask for a shorter period.")
    schedule.facts.note("unproven", f"{text}.")


def _tell(schedule: Schedule, piece: Piece) -> None:
    report = schedule.report
    if report.page is not None:
        schedule.facts.truncated |= piece.full
    elif report.key_timestamp is None and (len(piece.pages) > 1 or schedule.is_joined):
        schedule.facts.note(
            "unproven",
            "Nothing is known of the report by which its rows could be proven complete, and they came on several "
            "pages. Ask for a period whose records fit on one page to be sure.",
        )


def _empty(piece: Piece, page: int, report: Report) -> str:
    window = window_of(piece.start, piece.end, descending=report.descending)
    return (
        f"Page {page} of {window} holds no records and says that more follow. "
        "The service contradicts itself, so try later, or another period."
    )


def _repeated(piece: Piece, page: int, report: Report) -> str:
    window = window_of(piece.start, piece.end, descending=report.descending)
    return (
        f"Page {page} of {window} is the same as the page before, row for row. The service seems "
        "to ignore the page number, or the selection holds nothing that tells records apart."
    )


class _Repeats:
    """Ends a read in which the service sends the same page for every number."""

    def __init__(self, allowed: int) -> None:
        self._left = self._allowed = allowed
        self._before: pa.Table | None = None

    def look(self, rows: pa.Table, piece: Piece, report: Report) -> None:
        """Compare a page with the one before."""
        before, self._before = self._before, rows
        repeated = before is not None and rows.num_rows and rows.equals(before)
        self._left = self._left - 1 if repeated else self._allowed
        if not self._left:
            raise IncompleteRead(_repeated(piece, piece.taken - 1, report))
