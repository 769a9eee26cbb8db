"""When each record appears, changes and vanishes."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from retarus_pandas.sandbox.columns import Mask, Rows
from retarus_pandas.sandbox.draw import DAY, Draw, Integers
from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.schema import HISTORY

__all__ = ["Timeline"]

# Milliseconds since 1970, as all instants here.
_PAST, _NEVER = -(2**62), 2**62
_KEPT = HISTORY.value // timedelta(milliseconds=1)

# What happens to a record later happens within so many days of its key timestamp.
_DAYS = 9


class Timeline:
    """The times of all records of a table. A record appears at its key timestamp and goes with the history.

    Parameters
    ----------
    keys : numpy.ndarray
        The key timestamps.
    waiting : numpy.ndarray
        Which records do not appear before they are let in.
    quirks : frozenset of Quirk
        What else happens to records in the days after their key timestamps.
    draw : Draw
        Says to which of them, and when.
    """

    def __init__(self, keys: Integers, waiting: Mask, quirks: frozenset[Quirk], draw: Draw) -> None:
        late, changed, withdrawn = (
            _later(keys, draw, share) if quirk in quirks else np.full(draw.size, _NEVER)
            for quirk, share in ((Quirk.LATE_DAYS, 0.05), (Quirk.CHANGED_LATER, 0.05), (Quirk.WITHDRAWN, 0.02))
        )
        self._waiting = waiting
        self._appears = np.where(waiting, _NEVER, np.where(late < _NEVER, late, keys))
        self._changes = changed
        self._vanishes = np.minimum(keys + _KEPT, withdrawn)

    def held(self, rows: slice, now: int) -> Mask:
        """Which of these records the service holds."""
        return np.asarray((self._appears[rows] <= now) & (now < self._vanishes[rows]))

    def waiting(self, rows: slice) -> Mask:
        """Which of these records can still be let in."""
        return self._waiting[rows]

    def changed(self, rows: Rows, now: int) -> Mask:
        """Which of these records have changed."""
        return np.asarray(self._changes[rows] <= now)

    def let_in(self, rows: Rows) -> None:
        """Let records appear now."""
        self._appears[rows] = _PAST
        self._waiting[rows] = False

    def let_go(self, rows: Rows) -> None:
        """Let records vanish now."""
        self._vanishes[rows] = _PAST

    def change(self, rows: Rows) -> None:
        """Let records change now."""
        self._changes[rows] = _PAST


def _later(keys: Integers, draw: Draw, share: float) -> Integers:
    """Instants in the days after the key timestamps for this share of the records, and never for the others."""
    return np.where(draw.chance(share), keys + draw.integers(1, _DAYS * DAY), _NEVER)
