"""Records that come and go between two pages of the same read."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.sandbox.records import Span, Table

__all__ = ["Movement", "Shifted"]


class Shifted(NamedTuple):
    """A record that appeared or vanished while pages were read."""

    report: str
    record: dict[str, Any]


class Movement:
    """Moves one record at a time, as the quirks say.

    Parameters
    ----------
    quirks : frozenset of Quirk
        What records do.
    every : int
        A record moves after so many pages.
    limit : int or None
        How many times records move in all.

    Attributes
    ----------
    inserted, expired : list of Shifted
        What moved so far.
    """

    def __init__(self, quirks: frozenset[Quirk], every: int, limit: int | None) -> None:
        self.inserted: list[Shifted] = []
        self.expired: list[Shifted] = []
        self._quirks = quirks
        self._every = every
        self._left = float("inf") if limit is None else limit
        self._lock = threading.Lock()

    def is_turn(self, page: int) -> bool:
        """Whether something happens at this page; pages are counted from 1."""
        return page % self._every == 0

    def move(self, report: str, table: Table, span: Span) -> None:
        """Let a record of the span come or go, or both."""
        with self._lock:
            if self._left <= 0:
                return
            if Quirk.ROWS_INSERTED in self._quirks:
                self.inserted += [Shifted(report, record) for record in table.dicts(table.insert(span))]
            if Quirk.ROWS_EXPIRED in self._quirks:
                self.expired += [Shifted(report, record) for record in table.dicts(table.expire(span))]
            self._left -= 1
