"""Instants, calendar units and lengths of time, read as pandas reads them, in the caller's time zone."""

from __future__ import annotations

import os
import threading
import warnings
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from difflib import get_close_matches
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from retarus_pandas.errors import PeriodError
from retarus_pandas.period.wording import length_in_order, unit_missing, wording
from retarus_pandas.values import show

__all__ = [
    "Clock",
    "Instant",
    "Unit",
    "check_zone",
    "clock_in",
    "read_duration",
    "read_instant",
    "read_length",
    "read_step",
    "read_unit",
]

_T = TypeVar("_T")

_DAYS_AGO = {"today": 0, "yesterday": 1}
_MONTHS_AGO = {"this month": 0, "last month": 1}
_EXPECTED = {
    "period": 'a period such as "2026-10", "2026Q3", "2026-10-05" or "last month"',
    "last": 'a length of time such as "7D" or "36h"',
    "start": 'a date or an instant such as "2026-10-01" or "2026-10-01T08:00:00Z"',
    "end": 'a date or an instant such as "2026-11-01" or "2026-11-01T08:00:00Z"',
    "reread": 'a length of time such as "10D", "36h" or "0D"',
    "since": 'a date or an instant such as "2026-11-01" or "2026-11-01T08:00:00Z"',
    "split": 'a length of whole minutes such as "1D" or "6h"',
}
_MINUTE = timedelta(minutes=1)
_UNREADABLE = (
    ValueError,
    TypeError,
    OverflowError,
    AttributeError,
    LookupError,
    OSError,
    NotImplementedError,
    RecursionError,
)


class Clock(NamedTuple):
    """The present and the zone of the calendar."""

    now: datetime
    zone: tzinfo

    def midnight(self, days_ago: int) -> pd.Timestamp:
        """The beginning of a day, as the calendar has it: without its zone."""
        return pd.Timestamp(self.now).tz_convert(self.zone).tz_localize(None).normalize() - pd.Timedelta(days=days_ago)

    def first_instant(self, local: pd.Timestamp) -> datetime:
        """The first instant of a calendar unit, also where the clocks are changed at its beginning."""
        return _utc(local.tz_localize(self.zone, ambiguous=True, nonexistent="shift_forward"))


class Unit(NamedTuple):
    """A calendar unit: the instants it begins and ends at."""

    start: datetime
    end: datetime


class Instant(NamedTuple):
    """An instant, and the day where only a day was written."""

    when: datetime
    day: pd.Timestamp | None


def clock_in(tz: str | tzinfo, now: datetime) -> Clock:
    """The clock of a time zone, in anything pandas takes for one."""
    zone = None
    if isinstance(tz, str | tzinfo):
        try:
            zone = pd.Timestamp(0, tz=tz).tzinfo
        except _UNREADABLE:
            zone = None
    if zone is None:
        raise PeriodError(f"tz={show(tz)} is not a time zone. {_zone_hint(tz)}")
    return Clock(_ceil(now), zone)


def check_zone(tz: Any) -> None:
    """Refuse what is not a time zone.

    Raises
    ------
    PeriodError
        It is none; says which may be meant.
    """
    clock_in(tz, datetime.now(UTC))


def _zone_hint(tz: object) -> str:
    wanted = tz.lower() if isinstance(tz, str) else ""
    # Short names such as "EST" look alike and mean different zones.
    known = {name.lower(): name for name in sorted(zoneinfo.available_timezones()) if "/" in name}
    near = [name for name in known if name.endswith(f"/{wanted}")] or get_close_matches(wanted, known, n=1)
    return f"Did you mean {known[near[0]]!r}?" if near else 'Write a name such as "Europe/Berlin" or "UTC".'


def read_unit(value: Any, clock: Clock) -> Unit:
    """The calendar unit that ``period=`` names."""
    with _reading("period", value):
        unit = _pandas_period(value, clock)
        start, end = clock.first_instant(unit.start_time), clock.first_instant((unit + 1).start_time)
        return Unit(start, end)


def _pandas_period(value: Any, clock: Clock) -> pd.Period:
    if isinstance(value, pd.Period):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return pd.Period(value, freq="D")
    if not isinstance(value, str | np.datetime64):
        raise TypeError
    text = str(value).strip()
    if text.lower() in _DAYS_AGO:
        return pd.Period(clock.midnight(_DAYS_AGO[text.lower()]), freq="D")
    if text.lower() in _MONTHS_AGO:
        return pd.Period(clock.midnight(0), freq="M") - _MONTHS_AGO[text.lower()]
    words = wording("period", text)
    # pandas drops an offset without a word.
    if words.has_offset:
        raise ValueError
    return _not_missing(pd.Period(words.text))


def read_length(value: Any, clock: Clock) -> datetime:
    """The instant that lies as far back as ``last=`` says."""
    now = pd.Timestamp(clock.now)
    with _reading("last", value):
        if isinstance(value, pd.offsets.BaseOffset) and not isinstance(value, pd.offsets.Tick | pd.offsets.Day):
            start = _utc(now.tz_convert(clock.zone) - value)
        # pandas takes a bare number for nanoseconds.
        elif _is_bare(value):
            raise _bare("last", value)
        else:
            start = _utc(now - _not_missing(pd.Timedelta(_length("last", value))))
        if start >= clock.now:
            raise ValueError
        return start


def _length(name: str, value: Any) -> Any:
    """What pandas makes a length of; its oldest versions that are supported make none of days."""
    if isinstance(value, pd.offsets.Day):
        return timedelta(days=value.n)
    return length_in_order(name, value) if isinstance(value, str) else value


def _is_bare(value: Any) -> bool:
    # To NumPy a length of time is a number, too.
    return isinstance(value, int | float | np.number) and not isinstance(value, np.timedelta64)


def _bare(name: str, value: Any) -> Exception:
    """Of a bare number, which is a length where nothing but the unit is missing."""
    return (
        ValueError()
        if isinstance(value, bool | np.bool_) or not 0 < value < np.inf
        else unit_missing(name, value, value)
    )


def read_duration(name: str, value: Any) -> timedelta:
    """A length of time, whatever it is counted from."""
    with _reading(name, value):
        if _is_bare(value):
            raise _bare(name, value)
        return _not_missing(pd.Timedelta(_length(name, value))).to_pytimedelta()


def read_step(value: Any) -> timedelta:
    """The length of the parts that ``split=`` cuts a period into."""
    step = read_duration("split", value)
    with _reading("split", value):
        if step < _MINUTE or step % _MINUTE:
            raise ValueError
        return step


def read_instant(name: str, value: Any, clock: Clock) -> Instant:
    """The instant that ``start=`` or ``end=`` names."""
    with _reading(name, value):
        stamp, whole_day = _timestamp(name, value, clock)
        if stamp.tzinfo is not None:
            return Instant(_utc(stamp), None)
        if whole_day:
            return Instant(clock.first_instant(stamp), stamp)
        return Instant(_utc(_localized(name, value, stamp, clock.zone)), None)


def _timestamp(name: str, value: Any, clock: Clock) -> tuple[pd.Timestamp, bool]:
    """The value as pandas reads it, and whether it names a whole day."""
    if isinstance(value, int | float | np.number):
        raise TypeError
    if isinstance(value, date) and not isinstance(value, datetime):
        return pd.Timestamp(value), True
    if not isinstance(value, str | np.datetime64):
        return _not_missing(pd.Timestamp(value)), False
    text = str(value).strip()
    if text.lower() == "now":
        return pd.Timestamp(clock.now), False
    if text.lower() in _DAYS_AGO:
        return clock.midnight(_DAYS_AGO[text.lower()]), True
    text = wording(name, text).text
    return _not_missing(pd.Timestamp(text)), _names_a_day(text)


def _names_a_day(text: str) -> bool:
    try:
        return pd.Period(text).freqstr[0] in "YQMWD"
    except _UNREADABLE:
        return False


def _localized(name: str, value: Any, stamp: pd.Timestamp, zone: tzinfo) -> pd.Timestamp:
    try:
        return stamp.tz_localize(zone)
    except ValueError:
        raise PeriodError(
            f"{name}={show(value)} does not exist, or exists twice, in {zone}, where the clocks are changed then. "
            'Write it with its offset, such as "2026-10-25T02:30:00+01:00".'
        ) from None


# The filters are the process's: two threads that set and restore them in turns would leave them changed.
_one_at_a_time = threading.RLock()
_THESE_MODULES = r"retarus_pandas\.period\."

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_one_at_a_time.acquire,
        after_in_parent=_one_at_a_time.release,
        after_in_child=_one_at_a_time.release,
    )


@contextmanager
def _reading(name: str, value: Any) -> Iterator[None]:
    """While an argument is read: an exception of pandas becomes ours."""
    try:
        with _one_at_a_time, warnings.catch_warnings():
            # Spellings such as "7d" are deprecated in pandas; they are clear, and refused here when pandas does.
            # Only what pandas says to these modules is ignored: other threads may have to warn of lost rows.
            warnings.filterwarnings("ignore", module=_THESE_MODULES)
            yield
    except PeriodError:
        raise
    except _UNREADABLE:
        raise PeriodError(f"{name}={show(value)} is not {_EXPECTED[name]}.") from None


def _not_missing(value: _T) -> _T:
    if value is pd.NaT:
        raise ValueError
    return value


def _utc(stamp: pd.Timestamp) -> datetime:
    return _ceil(stamp.tz_convert("UTC").ceil("us").to_pydatetime())


def _ceil(instant: datetime) -> datetime:
    """The instant in UTC, rounded up to the milliseconds that records have.

    Rounding both ends up keeps the half-open meaning: a record in whole milliseconds is on the same side as before.
    """
    instant = instant.astimezone(UTC)
    return instant + (-instant.microsecond % 1000) * timedelta(microseconds=1)
