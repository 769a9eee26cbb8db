"""Date periods: what the caller wrote, held against what the service keeps, and cut into windows it accepts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from retarus_pandas.errors import PeriodError
from retarus_pandas.period.instants import Clock, clock_in, read_instant, read_length, read_unit
from retarus_pandas.schema import HISTORY, LONGEST_WINDOW, MARGIN
from retarus_pandas.values import Window, show, wire_instant

__all__ = ["Period", "check_kept", "resolve", "windows"]

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of time: ``start`` included, ``end`` excluded, both UTC in whole milliseconds.

    ``moved`` says that the start was moved inside the service's history. ``notes`` tell what was decided on the
    way, ``warnings`` what the caller may not have meant.
    """

    start: datetime
    end: datetime
    moved: bool = False
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def resolve(
    period: Any = None,
    start: Any = None,
    end: Any = None,
    last: Any = None,
    tz: str | tzinfo = "UTC",
    *,
    now: datetime,
    archived: bool = False,
) -> Period:
    """The span of time the caller means.

    Parameters
    ----------
    period : str, pandas.Period or datetime.date, optional
        A year, quarter, month, day or any other period pandas knows, in local time: a day has 23 or 25 hours
        where the clocks are changed. Also "today" and "yesterday".
    start, end : str, datetime-like, optional
        Anything `pandas.Timestamp` takes. A date stands for the beginning of its day. Without `end` the period
        ends now. Also "now", and "today" and "yesterday" for the beginning of these days.
    last : str, timedelta or pandas offset, optional
        How far back from now. "7D" is exactly 168 hours, whatever the clocks did; longer pandas offsets, such as
        ``pandas.DateOffset(months=1)``, go by the local calendar.
    tz : str or tzinfo, default "UTC"
        The zone of the calendar and of instants without one.
    now : datetime
        The present, aware.
    archived : bool, default False
        Whether records may come from elsewhere, so that the service's history is no limit.

    Returns
    -------
    Period
        Never later than `now`. Equal `start` and `end` make an empty period, which has no windows.

    Raises
    ------
    PeriodError
        The period cannot be told, or the service does not have it.
    """
    given = {"period": period, "last": last, "start": start, "end": end}
    form = _form({name: value for name, value in given.items() if value is not None})
    clock = clock_in(tz, now)
    if form == "period":
        meant = _calendar(period, clock)
    elif form == "last":
        meant = Period(read_length(last, clock), clock.now) if archived else _last(last, clock)
    else:
        meant = _between(start, end, clock)
    return _ended(_started(meant, clock), clock) if archived else _available(meant, clock)


def check_kept(start: datetime, end: datetime, *, now: datetime) -> None:
    """Refuse a period that was resolved some time ago and that the service does not have in full any more.

    Raises
    ------
    PeriodError
        It starts before the service's history.
    """
    edge = now - HISTORY.value
    if start < edge and start < end:
        raise PeriodError(_too_old(Period(start, end), clock_in("UTC", now)))


def windows(
    start: datetime, end: datetime, *, descending: bool = False, limit: timedelta = LONGEST_WINDOW.value
) -> tuple[Window, ...]:
    """Windows of about the same length that cover a period without gap or overlap.

    Where one ends and the next begins is a whole minute: no service shows an instant there otherwise than it is.

    Parameters
    ----------
    start, end : datetime
        The period, in whole milliseconds of UTC.
    descending : bool, default False
        The latest window first.
    limit : timedelta
        The longest window allowed, at least some minutes; a window may be up to a minute longer.

    Returns
    -------
    tuple of Window
        Empty for an empty period.
    """
    span = (end - start) // _MILLISECOND
    count = -(-span // (limit // _MILLISECOND))
    inner = [(start + span * i // count * _MILLISECOND).replace(second=0, microsecond=0) for i in range(1, count)]
    edges = [start, *inner, end] if count > 0 else []
    cut = tuple(Window(*edge) for edge in pairwise(edges))
    return cut[::-1] if descending else cut


def _form(given: dict[str, Any]) -> str:
    """Which of the three ways to name a period was used."""
    match sorted(given):
        case ["period"] | ["last"] | ["start"] as one:
            return one[0]
        case ["end", "start"]:
            return "start"
        case []:
            raise PeriodError('No period is given. Write last="7D", period="2026-10", or start= and end=.')
        case ["end"]:
            raise PeriodError(f"end={show(given['end'])} has no beginning. Add start=.")
    written = ", ".join(f"{name}={show(value)}" for name, value in given.items())
    raise PeriodError(f"More than one period is given: {written}. Keep either period=, or last=, or start= with end=.")


def _calendar(value: Any, clock: Clock) -> Period:
    unit = read_unit(value, clock)
    if unit.start == unit.end:
        raise PeriodError(
            f"period={show(value)} has no length in {clock.zone}: the clocks are put forward then. Write another."
        )
    return Period(unit.start, unit.end)


def _last(value: Any, clock: Clock) -> Period:
    """The period back from now, its start moved inside the history where it lies at the edge."""
    start, edge = read_length(value, clock), clock.now - HISTORY.value
    if start < edge - MARGIN.value:
        raise PeriodError(f'last={show(value)} reaches beyond the 90 days the service keeps. Write last="90D" at most.')
    if start >= edge + MARGIN.value:
        return Period(start, clock.now)
    start = edge + MARGIN.value
    minutes = MARGIN.value.seconds // 60
    note = f"The start was moved to {_shown(start, clock)}, {minutes} minutes inside the service's history."
    return Period(start, clock.now, moved=True, notes=(note,))


def _between(start: Any, end: Any, clock: Clock) -> Period:
    first = read_instant("start", start, clock)
    if end is None:
        return Period(first.when, max(first.when, clock.now))
    last = read_instant("end", end, clock)
    if last.when < first.when:
        raise PeriodError(f"start={show(start)} is later than end={show(end)}. Exchange them.")
    doubts: tuple[str, ...] = ()
    if last.day is not None and last.when <= clock.now:
        doubts += (
            f"end={show(end)} is the beginning of {last.day:%Y-%m-%d}: that day is not included. "
            f'Write end="{last.day + timedelta(days=1):%Y-%m-%d}" to include it.',
        )
    return Period(first.when, last.when, warnings=doubts)


def _available(period: Period, clock: Clock) -> Period:
    """The part of the period that the service can have, or the reason why there is none."""
    edge = clock.now - HISTORY.value
    if _started(period, clock).start < edge:
        raise PeriodError(_too_old(period, clock))
    period = _ended(period, clock)
    if period.start < edge + MARGIN.value and not period.moved:
        doubt = (
            f"The period starts at the edge of the 90 days the service keeps, {_shown(edge, clock)} and moving: "
            f'a slow read may be refused. Write start="{_safe_start(clock)}" to be sure.'
        )
        period = replace(period, warnings=(*period.warnings, doubt))
    return period


def _started(period: Period, clock: Clock) -> Period:
    """The period, if anything of it is over."""
    if period.start > clock.now or (period.start == clock.now < period.end):
        raise PeriodError(
            f"The period starts at {_shown(period.start, clock)}, in the future. "
            'Write last="7D" for the latest records.'
        )
    return period


def _ended(period: Period, clock: Clock) -> Period:
    """The period up to now."""
    if period.end <= clock.now:
        return period
    note = f"The period ends in the future; it is read until now, {_shown(clock.now, clock)}."
    return replace(period, end=clock.now, notes=(*period.notes, note))


def _too_old(period: Period, clock: Clock) -> str:
    edge = clock.now - HISTORY.value
    until = f', end="{_shown(period.end, clock)}"' if edge + 2 * MARGIN.value < period.end < clock.now else ""
    return (
        f"The period starts at {_shown(period.start, clock)}; the service keeps 90 days, so the earliest start now is "
        f'{_shown(edge, clock)}. Write start="{_safe_start(clock)}"{until}, or last="90D".'
    )


def _safe_start(clock: Clock) -> str:
    """A start to suggest: still good when the caller has written it."""
    safe = (clock.now - HISTORY.value + MARGIN.value).replace(second=0, microsecond=0) + timedelta(minutes=15)
    return _shown(safe, clock)


def _shown(instant: datetime, clock: Clock) -> str:
    """An instant as it can be written again, in the zone of the calendar."""
    if str(clock.zone) == "UTC":
        return wire_instant(instant)
    try:
        return instant.astimezone(clock.zone).isoformat(timespec="milliseconds")
    except OverflowError:  # the zone has no date for it
        return wire_instant(instant)
