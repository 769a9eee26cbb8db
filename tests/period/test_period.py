"""What the caller means by a period, held against what the service keeps, and cut into windows."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import PeriodError
from retarus_pandas.period.period import Period, resolve, windows
from retarus_pandas.schema import limits
from retarus_pandas.values import wire_instant

NOW = datetime(2026, 11, 23, 23, 30, 21, 240683, tzinfo=UTC)
NOW_SENT = datetime(2026, 11, 23, 23, 30, 21, 241000, tzinfo=UTC)
HISTORY, LONGEST_WINDOW, MARGIN = limits.HISTORY.value, limits.LONGEST_WINDOW.value, limits.MARGIN.value
EDGE = NOW_SENT - HISTORY
MILLISECOND = timedelta(milliseconds=1)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def _resolve(*, now: datetime = NOW, **given: Any) -> Period:
    return resolve(**given, now=now)


def _span(**given: Any) -> tuple[str, str]:
    period = _resolve(**given)
    return f"{period.start:%m-%dT%H:%M}", f"{period.end:%m-%dT%H:%M}"


def _local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)  # type: ignore[arg-type, misc]


# ---------------------------------------------------------------- which period


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, 'No period is given. Write last="7D"'),
        ({"end": "2026-10-05"}, "end='2026-10-05' has no beginning. Add start=."),
        ({"period": "2026", "last": "7D"}, "More than one period is given: period='2026', last='7D'."),
        ({"period": "2026", "start": "2026"}, "More than one period is given: period='2026', start='2026'."),
        ({"last": "7D", "end": "2026"}, "More than one period is given: last='7D', end='2026'."),
    ],
)
def test_exactly_one_period_has_to_be_given(given: dict[str, Any], message: str) -> None:
    with pytest.raises(PeriodError, match=re.escape(message)):
        _resolve(**given)


def test_what_comes_back_is_plain_utc_in_whole_milliseconds() -> None:
    fine = "2026-10-05T10:00:00.1234567+02:00"
    for period in (_resolve(period="2026Q4"), _resolve(last="36h"), _resolve(start=fine, tz="Europe/Berlin")):
        for instant in (period.start, period.end):
            assert type(instant) is datetime
            assert instant.tzinfo is UTC
            assert instant.microsecond % 1000 == 0


@pytest.mark.parametrize("period", ["2026-10", pd.Period("2026-10"), "Oct 2026", " 2026-10 "])
def test_a_month_is_the_month_of_the_local_calendar(period: Any) -> None:
    assert _span(period=period) == ("10-01T00:00", "11-01T00:00")
    assert _span(period=period, tz="Europe/Berlin") == ("09-30T22:00", "10-31T23:00")
    assert _span(period=period, tz="Asia/Tokyo") == ("09-30T15:00", "10-31T15:00")


def test_a_quarter_is_the_quarter_of_the_local_calendar() -> None:
    later = datetime(2026, 10, 1, tzinfo=UTC)
    short = _resolve(period=pd.Period("2026-09", freq="Q"), tz="Europe/Berlin", now=datetime(2026, 7, 1, tzinfo=UTC))
    assert short.start == _local(2026, 7, 1)
    with pytest.raises(PeriodError, match=r"2026-07-01T00:00:00.000\+02:00"):
        _resolve(period="2026Q3", tz="Europe/Berlin", now=later)


@given(
    day=st.dates(date(2021, 1, 1), date(2037, 1, 1)),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, zone: str) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    next_midnight = midnight + timedelta(days=1)
    period = _resolve(period=str(day), tz=zone, now=next_midnight.astimezone(UTC) + timedelta(days=1))
    assert (period.start, period.end) == (midnight.astimezone(UTC), next_midnight.astimezone(UTC))
    assert period.notes == period.warnings == ()


def test_days_of_23_and_25_hours() -> None:
    spring, autumn = (
        _resolve(period=day, tz="Europe/Berlin", now=datetime.fromisoformat(f"{day}T12:00Z") + timedelta(days=3))
        for day in ("2026-03-29", "2026-10-25")
    )
    assert spring.end - spring.start == timedelta(hours=23)
    assert autumn.end - autumn.start == timedelta(hours=25)


def test_a_day_whose_midnight_is_skipped_begins_when_the_clocks_resume() -> None:
    period = _resolve(period="2026-04-24", tz="Africa/Cairo", now=datetime(2026, 5, 1, tzinfo=UTC))
    assert (period.start, period.end) == (
        datetime(2026, 4, 23, 22, tzinfo=UTC),
        datetime(2026, 4, 24, 21, tzinfo=UTC),
    )


def test_today_and_yesterday_are_local_days() -> None:
    assert _span(period="today") == ("11-23T00:00", "11-23T23:30")
    assert _span(period="yesterday") == ("11-22T00:00", "11-23T00:00")
    assert _span(period="Today", tz="Europe/Berlin") == ("11-23T23:00", "11-23T23:30")
    assert _span(period="yesterday", tz="Europe/Berlin") == ("11-22T23:00", "11-23T23:00")


def test_an_hour_that_the_clocks_skip_is_no_period() -> None:
    with pytest.raises(PeriodError, match="no length in Europe/Berlin"):
        _resolve(period="2026-03-29 02", tz="Europe/Berlin", now=datetime(2026, 4, 1, tzinfo=UTC))


# ---------------------------------------------------------------- last


@pytest.mark.parametrize("last", ["7D", "7d", "168h", "1W", "P7D", timedelta(7), pd.Timedelta("7D"), pd.offsets.Day(7)])
def test_last_is_an_exact_length_back_from_now(last: Any) -> None:
    for zone in ("UTC", "Europe/Berlin"):
        period = _resolve(last=last, tz=zone, now=datetime(2026, 10, 28, tzinfo=UTC))
        assert period == Period(datetime(2026, 10, 21, tzinfo=UTC), datetime(2026, 10, 28, tzinfo=UTC))


def test_pandas_offsets_go_by_the_local_calendar() -> None:
    now = _local(2026, 10, 28, 12)
    assert _resolve(last=pd.DateOffset(days=7), tz="Europe/Berlin", now=now).start == _local(2026, 10, 21, 12)
    assert _resolve(last=pd.DateOffset(months=1), tz="Europe/Berlin", now=now).start == _local(2026, 9, 28, 12)


@pytest.mark.parametrize("last", ["90D", "2160h", timedelta(90), pd.offsets.Day(90), timedelta(90) - 14 * MARGIN / 15])
def test_the_whole_history_can_be_asked_for_and_starts_a_margin_inside(last: Any) -> None:
    period = _resolve(last=last, tz="Europe/Berlin")
    assert period.start == EDGE + MARGIN
    assert period.moved
    assert period.notes == (
        "The start was moved to 2026-08-26T01:45:21.241+02:00, 15 minutes inside the service's history.",
    )
    assert period.warnings == ()


def test_a_start_inside_the_margin_is_not_moved() -> None:
    assert _resolve(last=timedelta(90) - MARGIN).moved is False


def test_longer_than_the_history_is_refused() -> None:
    with pytest.raises(PeriodError, match=r"last='91D' reaches beyond the 90 days .* Write last=\"90D\""):
        _resolve(last="91D")


# ---------------------------------------------------------------- start and end


def test_an_end_that_is_missing_is_now() -> None:
    period = _resolve(start="2026-11-20T08:00Z")
    assert period == Period(datetime(2026, 11, 20, 8, tzinfo=UTC), NOW_SENT)


def test_instants_without_a_zone_are_local() -> None:
    assert _span(start="2026-10-05 10:00", end="2026-11-05 10:00", tz="Europe/Berlin") == (
        "10-05T08:00",
        "11-05T09:00",
    )


def test_instants_with_an_offset_keep_it() -> None:
    aware = datetime(2026, 10, 5, 10, tzinfo=ZoneInfo("America/New_York"))
    assert _span(start=aware, end="2026-10-06T10:00+05:30", tz="Europe/Berlin") == ("10-05T14:00", "10-06T04:30")


@given(start=st.integers(0, 10**10), length=st.integers(0, 10**10), record=st.integers(0, 10**4))
def test_rounding_up_leaves_every_record_on_its_side(start: int, length: int, record: int) -> None:
    """Records have whole milliseconds, the bounds may be finer."""
    first = pd.Timestamp("2026-10-01", tz="UTC") + pd.Timedelta(start, "ns")
    end = first + pd.Timedelta(length, "ns")
    period = _resolve(start=first, end=end)
    stamp = pd.Timestamp("2026-10-01", tz="UTC") + pd.Timedelta(record, "ms")
    assert (first <= stamp < end) == (period.start <= stamp.to_pydatetime() < period.end)


@pytest.mark.parametrize("end", ["2026-10-31", date(2026, 10, 31), "31.10.2026", "Oct 31 2026"])
def test_an_end_that_is_only_a_date_warns_that_its_day_is_not_included(end: Any) -> None:
    period = _resolve(start="2026-10-01", end=end)
    assert period.end == datetime(2026, 10, 31, tzinfo=UTC)
    (warning,) = period.warnings
    assert 'Write end="2026-11-01" to include it.' in warning


@pytest.mark.parametrize("end", ["2026-10-31T00:00", "2026-10-31 00:00Z", datetime(2026, 10, 31), "now", "2026-12-24"])
def test_other_ends_do_not_warn(end: Any) -> None:
    assert _resolve(start="2026-10-01", end=end).warnings == ()


def test_equal_ends_are_an_empty_period() -> None:
    period = _resolve(start="2026-10-05T08:00", end="2026-10-05T08:00")
    assert period.start == period.end
    assert windows(period.start, period.end) == ()


def test_a_start_after_the_end_is_refused() -> None:
    with pytest.raises(PeriodError, match="start='2026-10-06' is later than end='2026-10-05'"):
        _resolve(start="2026-10-06", end="2026-10-05")


# ---------------------------------------------------------------- what the service has


@pytest.mark.parametrize("given", [{"period": "2026-11"}, {"start": "2026-11-01", "end": "2026-12-01"}])
def test_the_end_is_frozen_to_now(given: dict[str, Any]) -> None:
    period = _resolve(**given)
    assert (period.start, period.end) == (datetime(2026, 11, 1, tzinfo=UTC), NOW_SENT)
    assert period.notes == ("The period ends in the future; it is read until now, 2026-11-23T23:30:21.241Z.",)


@pytest.mark.parametrize(
    "given",
    [
        {"period": "2026-12"},
        {"start": "2026-11-24"},
        {"start": "2026-12-01", "end": "2026-12-01"},
        {"start": "now", "end": "2026-12-01"},
    ],
)
def test_a_period_in_the_future_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(PeriodError, match="in the future"):
        _resolve(**given)


def test_a_start_before_the_history_is_refused_with_the_earliest_start() -> None:
    with pytest.raises(PeriodError) as caught:
        _resolve(period="2026-08", tz="Europe/Berlin")
    message = str(caught.value)
    assert "starts at 2026-08-01T00:00:00.000+02:00" in message
    assert "the earliest start now is 2026-08-26T01:30:21.241+02:00" in message
    (suggested,) = re.findall(r'start="(.*?)", end="(.*?)"', message)
    later = NOW + timedelta(minutes=10)
    period = resolve(start=suggested[0], end=suggested[1], now=later)
    assert (period.warnings, period.end) == ((), datetime(2026, 8, 31, 22, tzinfo=UTC))


def test_nothing_is_suggested_to_end_before_the_history() -> None:
    with pytest.raises(PeriodError, match=r'Write start="[^"]*", or last="90D"'):
        _resolve(period="2026-06")


def test_a_start_at_the_edge_of_the_history_warns() -> None:
    at_edge = _resolve(start=EDGE, end="2026-09-10T00:00")
    assert (at_edge.start, at_edge.moved) == (EDGE, False)
    assert "a slow read may be refused" in at_edge.warnings[0]
    assert _resolve(start=EDGE + MARGIN, end="2026-09-10T00:00").warnings == ()
    with pytest.raises(PeriodError, match="the earliest start"):
        _resolve(start=EDGE - MILLISECOND, end="2026-09-10T00:00")


# ---------------------------------------------------------------- windows


@given(start=INSTANTS, span=st.integers(1, 90 * 86_400_000), limit=st.integers(600_000, 44 * 86_400_000))
def test_windows_tile_the_period(start: datetime, span: int, limit: int) -> None:
    start = start.replace(microsecond=start.microsecond // 1000 * 1000)
    limit = max(limit, span // 500)
    end = start + span * MILLISECOND
    cut = windows(start, end, limit=limit * MILLISECOND)
    assert (cut[0].start, cut[-1].end) == (start, end)
    assert all(before.end == after.start for before, after in pairwise(cut))
    lengths = [(window.end - window.start) / MILLISECOND for window in cut]
    minute = 60_000
    assert max(lengths) < limit + minute
    assert max(lengths) - min(lengths) <= 2 * minute
    assert len(cut) == -(-span // limit)
    assert all(float(length).is_integer() for length in lengths)
    assert all((window.start.second, window.start.microsecond) == (0, 0) for window in cut[1:])
    assert windows(start, end, limit=limit * MILLISECOND, descending=True) == cut[::-1]


def test_no_window_is_as_long_as_the_service_may_refuse() -> None:
    start = datetime(2026, 9, 1, tzinfo=UTC)
    assert len(windows(start, start + LONGEST_WINDOW)) == 1
    assert len(windows(start, start + LONGEST_WINDOW + MILLISECOND)) == 2
    assert len(windows(start, start + HISTORY)) == 3


def test_windows_are_sent_as_the_documentation_shows() -> None:
    period = _resolve(period="2026-10", tz="Europe/Berlin")
    (window,) = windows(period.start, period.end)
    assert window.to_wire() == {"fromIncluded": "2026-09-30T22:00:00.000Z", "toExcluded": "2026-10-31T23:00:00.000Z"}
    assert wire_instant(period.end) == "2026-10-31T23:00:00.000Z"
