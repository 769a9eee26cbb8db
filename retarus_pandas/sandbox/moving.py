"""Records that come, go and change between two pages of the same read."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Any, NamedTuple

from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.sandbox.records import Span, Table

__all__ = ["Movement", "Shifted"]


class Shifted(NamedTuple):
    """A record that appeared, vanished or changed while pages were read."""

    report: str
    record: dict[str, Any]


class Movement:
    """Moves one record at a time, as the quirks say.

    Parameters
    ----------
    quirks : frozenset of Quirk
        What records do.
    every : int or collection of int
        A record moves after so many pages; or the pages, counted from 1, after each of which one moves.
    limit : int or None
        How many times records move in all.

    Attributes
    ----------
    inserted, expired, updated : list of Shifted
        What moved so far; what changed, as it is since then.
    """

    def __init__(self, quirks: frozenset[Quirk], every: int | Collection[int], limit: int | None) -> None:
        self.inserted: list[Shifted] = []
        self.expired: list[Shifted] = []
        self.updated: list[Shifted] = []
        self._quirks = quirks
        self._every = every
        self._left = float("inf") if limit is None else limit
        self._lock = threading.Lock()

    def is_turn(self, page: int) -> bool:
        """Whether something happens at this page; pages are counted from 1."""
        return page % self._every == 0 if isinstance(self._every, int) else page in self._every

    def move(self, report: str, table: Table, span: Span) -> None:
        """Let a record of the span come, go or change, or all of it."""
        ways = (
            (Quirk.ROWS_INSERTED, table.insert, self.inserted),
            (Quirk.ROWS_EXPIRED, table.expire, self.expired),
            (Quirk.ROWS_UPDATED, table.update, self.updated),
        )
        with self._lock:
            if self._left <= 0:
                return
            for quirk, shift, shifted in ways:
                if quirk in self._quirks:
                    shifted += [Shifted(report, record) for record in table.dicts(shift(span))]
            self._left -= 1
