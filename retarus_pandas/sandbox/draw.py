"""Seeded draws: when messages go out, and what they are like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd

from retarus_pandas.sandbox.columns import Choice, Code, Column, Instant, Made, Mask, Missing, Number, Text

__all__ = ["DAY", "DAYS", "Codes", "Draw", "Integers", "arrivals"]

Integers: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.int16]

_Kind = TypeVar("_Kind", bound=np.generic)

# Two days less than the service keeps, so that no record grows too old while somebody reads.
DAYS = 88

_ZONE = "Europe/Berlin"
DAY = 86_400_000
_HOURS = [0, 0, 2, 2, 3, 5, 14, 40, 90, 100, 95, 80, 55, 70, 85, 75, 60, 35, 18, 12, 8, 6, 4, 3]
_WEEKDAYS = [95, 105, 100, 98, 82, 9, 4]


class Draw:
    """One random number after another for the records of one report of one customer.

    ``missing`` is what the service sends for an instant that there is not.
    """

    def __init__(self, size: int, *seeds: int | str, missing: str | None = None) -> None:
        self._random = np.random.default_rng([crc32(str(seed).encode()) for seed in seeds])
        self._missing = missing
        self._finer: Integers | None = None
        self._groups: Integers | None = None
        self.size = size

    def sized(self, size: int) -> Draw:
        """The same draws, for so many records."""
        other = copy(self)
        other.size = size
        return other

    def with_finer(self, microseconds: Integers) -> Draw:
        """The same draws, but with instants that have microseconds beyond their milliseconds."""
        other = copy(self)
        other._finer = microseconds if microseconds.any() else None
        return other

    def grouped(self, groups: Integers) -> Draw:
        """The same draws, but with one outcome for all records of a group; groups are counted from 0."""
        other = copy(self)
        other._groups = groups
        return other

    def codes(self, weights: Sequence[float], size: int | None = None) -> Codes:
        """Random positions in a list of weights; ``size`` of them, or one for each record."""
        limits = np.cumsum(weights)
        draws = self._random.random(self.size if size is None else size) * limits[-1]
        codes: Codes = np.searchsorted(limits, draws, side="right").astype(np.int16)
        return self._spread(codes) if size is None else codes

    def choice(self, weights: Mapping[Any, float]) -> Choice:
        """Random values from a list of weights."""
        return Choice(self.codes(list(weights.values())), list(weights))

    def chance(self, share: float) -> Mask:
        """True for this share of the records."""
        return self._spread(self._random.random(self.size) < share)

    def integers(self, low: int, high: int, size: int | None = None) -> Integers:
        """Random whole numbers from ``low`` to ``high`` - 1; ``size`` of them, or one for each record."""
        if size is not None:
            return self._random.integers(low, high, size)
        return self._spread(self._random.integers(low, high, self.size))

    def skewed(self, mean: float, most: int) -> Integers:
        """Random whole numbers from 1 up, the larger the rarer."""
        return self._spread(np.minimum(self._random.geometric(1 / mean, self.size), most))

    def flag(self, share: float) -> Choice:
        """A Boolean column."""
        return Choice(self.chance(share).astype(np.int16), [False, True])

    def always(self, value: Any) -> Choice:
        """The same in all records."""
        return Choice(np.zeros(self.size, np.int16), [value])

    def code(self, width: int) -> Code:
        """A random code of at most 12 letters and digits."""
        return Code(self.integers(0, 36**width), width)

    def uuid(self) -> Text:
        """A random UUID."""
        halves = [Number(self.integers(0, 1 << bits)) for bits in (32, 16, 12, 12, 48)]
        return Text("%08x-%04x-4%03x-8%03x-%012x", *halves)

    def instant(self, milliseconds: Integers, missing: Mask | None = None) -> Column:
        """Instants, absent where ``missing`` is true."""
        column = Instant(milliseconds, self._finer)
        return column if missing is None else Missing(column, missing, self._missing)

    def german(self, milliseconds: Integers) -> Column:
        """Instants as the ids of SMS write them: in German local time."""
        local = pd.to_datetime(milliseconds, unit="ms", utc=True).tz_convert(_ZONE).tz_localize(None)
        return Made(_compact, Instant(local.to_numpy().astype("datetime64[ms]").astype(np.int64)))

    def _spread(self, outcomes: npt.NDArray[_Kind]) -> npt.NDArray[_Kind]:
        return outcomes if self._groups is None else outcomes[self._groups]


def _compact(instant: str) -> str:
    date, _, clock = instant.rstrip("Z").partition("T")
    return f"{date.replace('-', '')}-{clock.replace(':', ''):.6}.{clock[9:] or '000'}"


def arrivals(draw: Draw, midnight: datetime, *, days: int = DAYS, one_week: bool = False) -> Integers:
    """Instants of all records, in order: the days before ``midnight``, in German office hours.

    Month ends are busy, weekends nearly empty, some records come in bursts of one instant.
    """
    first = midnight.replace(tzinfo=None) - timedelta(days=days)
    dates = pd.date_range(first, periods=days, freq="D")
    weekdays = np.array(_WEEKDAYS)[dates.day_of_week.to_numpy()]
    weights = weekdays * np.where(dates.days_in_month - dates.day < 2, 2.2, 1.0)
    if one_week:
        weights = np.where((dates >= dates[40]) & (dates < dates[47]) & (dates.day_of_week < 5), 1.0, 0.0)
    local = dates.to_numpy().astype("datetime64[ms]").astype(np.int64)[draw.codes(weights.tolist())]
    local = local + draw.codes(_HOURS) * np.int64(3_600_000) + draw.integers(0, 3_600_000)
    local = np.where(draw.chance(0.03), local // 60_000 * 60_000, local)
    local = np.where(draw.chance(0.1), local // 1000 * 1000, local)
    stamps = pd.DatetimeIndex(local.astype("datetime64[ms]")).tz_localize(
        _ZONE, ambiguous=np.ones(draw.size, np.bool_), nonexistent="shift_forward"
    )
    return np.sort(stamps.tz_convert(None).to_numpy().astype("datetime64[ms]").astype(np.int64))
