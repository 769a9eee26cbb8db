"""Where a piece is split, so that idle workers have something to ask.

A piece is worth splitting if its own answers say that it holds more than a page and a third. It is shared between
the worker that has it and the idle ones in whole pages, each a little less than full: pages that are expected to be
just full need one request more every other time. A stream has room for some pages only, and is given out in order: it
is split as near to its front as may be, within as many pages as there is room for, and into few of them for each
worker: else pages far ahead, which are asked as soon as others end, take the room of those that are needed next.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from retarus_pandas.paging.pieces import Piece
from retarus_pandas.paging.records import MINUTE

__all__ = ["best_to_split", "border"]

_WORTH_IT = 1.3  # expected pages
_SLACK = 1.02  # pages for every expected one
_NEAR = 2  # pages of a stream for each worker; with one, all of them would wait for whoever has the rest


def best_to_split(pieces: Iterable[Piece], size: int, *, nearest: bool = False) -> Piece | None:
    """The piece with most expected records among those that are worth it, or the nearest of them."""
    worth = [piece for piece in pieces if _may_be_split(piece) and piece.expected > _WORTH_IT * size]
    return next(iter(worth), None) if nearest else max(worth, key=lambda piece: piece.expected, default=None)


def _may_be_split(piece: Piece) -> bool:
    return piece.known and not piece.done and not piece.heard and not piece.by_number


def border(piece: Piece, size: int, idle: int, *, room: int | None = None) -> int | None:
    """The whole minute at which the piece, or as many of its pages as there is room for, is split, or None.

    It is split for the first of some `idle` workers.
    """
    pages = math.ceil(piece.expected * _SLACK / size)
    near = pages if room is None else min(pages, max(room, 2), _NEAR * (idle + 1))
    right = max(1, near // (idle + 1))
    place = piece.start + (piece.end - piece.start) * (near - right) // pages
    place = round(place / MINUTE) * MINUTE
    return place if piece.start < place < piece.end else None
