"""Where pieces are split: into parts that a page holds with room to spare, and not for a third of a page."""

from __future__ import annotations

import pytest

from retarus_pandas.paging.pieces import Piece
from retarus_pandas.paging.records import MINUTE
from retarus_pandas.paging.splitting import best_to_split, border

SIZE = 1000
DAY = 24 * 60 * MINUTE


def piece_of(pages: float) -> Piece:
    """A day that is expected to hold so many pages, as its own answers say."""
    return Piece(0, DAY, rate=pages * SIZE / DAY, known=True)


def parts_of(piece: Piece, idle: int) -> list[Piece]:
    """What becomes of a piece where workers stay idle."""
    if best_to_split([piece], SIZE) is None:
        return [piece]
    place = border(piece, SIZE, idle)
    assert place is not None
    left = Piece(piece.start, place, rate=piece.rate, known=True)
    right = Piece(place, piece.end, rate=piece.rate, known=True)
    return [*parts_of(left, idle), *parts_of(right, idle)]


@pytest.mark.parametrize("idle", [1, 2, 3, 7])
@pytest.mark.parametrize("pages", [2, 3, 4, 5, 8, 20])
def test_no_part_is_expected_to_be_just_full(pages: int, idle: int) -> None:
    """One record more than expected would cost a request more."""
    assert max(part.expected for part in parts_of(piece_of(pages), idle)) < 0.99 * SIZE


@pytest.mark.parametrize("pages", [0.5, 1.0, 1.25])
def test_what_a_page_and_the_next_hold_stays_together(pages: float) -> None:
    """Two requests either way, and the cut one proves more."""
    assert best_to_split([piece_of(pages)], SIZE) is None


def test_what_is_clearly_more_than_a_page_is_shared() -> None:
    assert best_to_split([piece_of(1.4), piece_of(1.9), piece_of(0.2)], SIZE) is not None


def test_the_fullest_is_split_first() -> None:
    fullest = piece_of(3)
    assert best_to_split([piece_of(2), fullest, piece_of(2.9)], SIZE) is fullest


def test_the_nearest_is_split_first_where_rows_are_given_out_in_order() -> None:
    nearest = piece_of(2)
    assert best_to_split([piece_of(1), nearest, piece_of(9)], SIZE, nearest=True) is nearest
    assert best_to_split([piece_of(1)], SIZE, nearest=True) is None


@pytest.mark.parametrize(("room", "page"), [(None, 90), (50, 18), (10, 9), (2, 1), (0, 1)])
def test_a_border_is_no_farther_than_there_is_room_for(room: int | None, page: int) -> None:
    """Nor than two pages for each of ten workers."""
    place = border(piece_of(98), SIZE, 9, room=room)
    assert place is not None
    assert round(place * 100 / DAY) == page


def test_nothing_is_split_of_which_nothing_is_known() -> None:
    piece = piece_of(9)
    piece.known = False
    assert best_to_split([piece], SIZE) is None


def test_borders_are_whole_minutes() -> None:
    place = border(piece_of(7.3), SIZE, 3)
    assert place is not None
    assert place % MINUTE == 0


def test_less_than_two_minutes_have_no_border() -> None:
    assert border(Piece(0, MINUTE, rate=9 * SIZE / MINUTE, known=True), SIZE, 1) is None
