"""A period in parts that can be read on their own: its days, or any other length of whole minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd

from retarus_pandas.period.instants import Clock, clock_in, read_step
from retarus_pandas.values import Window

__all__ = ["parts"]

_DAY = timedelta(days=1)


def parts(start: datetime, end: datetime, length: Any, tz: str = "UTC") -> tuple[Window, ...]:
    """The parts of a period, in order, without gap or overlap.

    Days are those of the zone, so that one has 23 or 25 hours where the clocks are changed: who slices a result by
    its days means these, and with the zone left out they are UTC's. Other lengths are counted from the midnight at
    which the first day begins. Every border is a whole minute of UTC, where no service shows an instant otherwise
    than it is.

    Parameters
    ----------
    start, end : datetime
        The period, in UTC.
    length : str or timedelta
        The length of a part, as `pandas.Timedelta` takes it, in whole minutes.
    tz : str, default "UTC"
        The zone of the days.

    Returns
    -------
    tuple of Window
        Empty for an empty period; the first and the last one may be shorter than the others.

    Raises
    ------
    PeriodError
        That is no such length.
    """
    step = read_step(length)
    if start >= end:
        return ()
    inner: list[datetime] = []
    for border in _borders(start, step, clock_in(tz, start)):
        if border >= end:
            break
        inner += [border] if border > start else []
    return tuple(Window(*edges) for edges in pairwise([start, *inner, end]))


def _borders(start: datetime, step: timedelta, clock: Clock) -> Iterator[datetime]:
    """Where parts begin, from the first day on."""
    day = clock.midnight(0)
    if step % _DAY:
        border = _minute(clock.first_instant(day))
        while True:
            yield border
            border += step
    while True:
        yield _minute(clock.first_instant(day))
        day += pd.Timedelta(step)


def _minute(instant: datetime) -> datetime:
    """Offsets that count seconds went out of use long ago; a border does not depend on that."""
    return instant.replace(second=0, microsecond=0)
