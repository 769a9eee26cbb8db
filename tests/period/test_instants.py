"""Reading instants, units and lengths: as pandas does, save where pandas guesses without a word."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retarus_pandas.errors import PartialDataWarning, PeriodError
from retarus_pandas.period.instants import clock_in, read_instant, read_length, read_step, read_unit

NOW = datetime(2026, 11, 23, 23, 30, 21, 240683, tzinfo=UTC)
BERLIN = clock_in("Europe/Berlin", NOW)
CLOCK = clock_in("UTC", NOW)


@pytest.mark.parametrize(
    "tz",
    ["UTC", "Europe/Berlin", "+02:00", "UTC-03:30", UTC, ZoneInfo("Asia/Tokyo"), timezone(timedelta(hours=1)), "CET"],
)
def test_a_zone_is_whatever_pandas_takes_for_one(tz: str | tzinfo) -> None:
    assert clock_in(tz, NOW).first_instant(pd.Timestamp("2026-10-01")).tzinfo is UTC


@pytest.mark.parametrize(
    ("tz", "hint"),
    [
        ("Berlin", "Did you mean 'Europe/Berlin'?"),
        ("europe/berlin", "Did you mean 'Europe/Berlin'?"),
        ("Europe/Berln", "Did you mean 'Europe/Berlin'?"),
        ("CEST", 'Write a name such as "Europe/Berlin"'),
        ("", 'Write a name such as "Europe/Berlin"'),
        ("x" * 300, 'Write a name such as "Europe/Berlin"'),
        ("../etc", "tz='../etc' is not a time zone."),
        ("Europe", "tz='Europe' is not a time zone."),
        (None, "tz=None is not a time zone."),
        (5, "tz=5 is not a time zone."),
    ],
)
def test_what_is_no_zone_is_refused_with_a_suggestion(tz: Any, hint: str) -> None:
    with pytest.raises(PeriodError) as caught:
        clock_in(tz, NOW)
    assert hint in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    "value",
    ["2026-10-05", "5 Oct 2026", "2026/10/05", date(2026, 10, 5), np.datetime64("2026-10-05"), pd.Period("2026-10-05")],
)
def test_a_day_can_be_written_in_many_ways(value: Any) -> None:
    unit = read_unit(value, BERLIN)
    assert unit.start == datetime(2026, 10, 4, 22, tzinfo=UTC)
    assert unit.end == datetime(2026, 10, 5, 22, tzinfo=UTC)


def test_any_frequency_of_pandas_is_a_unit() -> None:
    week = read_unit(pd.Period("2026-10-07", freq="W"), CLOCK)
    assert (week.start.day, week.end.day) == (5, 12)
    hours = read_unit(pd.Period("2026-10-05 14:00", freq="2h"), CLOCK)
    assert hours.end - hours.start == timedelta(hours=2)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "x" * 500,
        "202610",
        "9999",
        "NaT",
        2026,
        2026.0,
        True,
        pd.NaT,
        NOW,
        pd.Timestamp("2026-10-05"),
        ["2026-10"],
        pd.Series(["2026-10"]),
        "2026-10-05T00:00Z",
        "2026-10-05 14+02:00",
        "2026-10-05T14:30-0500",
        "2026-10-05/2026-10-11",
        "2026-10-05 - 2026-10-11",
        "14:30",
    ],
)
def test_what_is_no_period_is_refused_and_quoted(value: Any) -> None:
    with pytest.raises(PeriodError) as caught:
        read_unit(value, BERLIN)
    assert str(caught.value).startswith("period=")
    assert 'is not a period such as "2026-10"' in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "value",
    [
        "", "week", "0D", "-1D", "1ns", "NaT", "999999999999D", True, 0, -7, float("nan"), pd.NaT,
        timedelta(0), timedelta(days=999_999_999), NOW, [], pd.offsets.MonthEnd(-1), pd.offsets.YearEnd(9999),
    ],
)  # fmt: skip
def test_what_is_no_length_is_refused_and_quoted(value: Any) -> None:
    with pytest.raises(PeriodError, match=r'^last=.* is not a length of time such as "7D"'):
        read_length(value, BERLIN)


@pytest.mark.parametrize("value", [7, 7.5, np.int64(7), np.float32(7.5), "7", " 7 ", "7.5", "7."])
def test_a_length_without_a_unit_is_told_what_it_may_mean(value: Any) -> None:
    number = str(value).strip()
    with pytest.raises(PeriodError, match=rf'has no unit. Write "{number}D" for days, "{number}h" for hours, or "'):
        read_length(value, BERLIN)
    with pytest.raises(PeriodError, match=r"^split=.* has no unit"):
        read_step(value)


@pytest.mark.parametrize("value", ["3D", "3d", "3 days", timedelta(3), np.timedelta64(3, "D"), pd.Timedelta("72h")])
def test_a_length_can_be_written_in_many_ways(value: Any) -> None:
    assert read_length(value, BERLIN) == datetime(2026, 11, 20, 23, 30, 21, 241000, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["2026-10-05", "20261005", date(2026, 10, 5), np.datetime64("2026-10-05"), "05.10.2026 "],
)
def test_a_date_is_the_beginning_of_its_day(value: Any) -> None:
    instant = read_instant("start", value, BERLIN)
    assert instant.when == datetime(2026, 10, 4, 22, tzinfo=UTC)
    assert instant.day == pd.Timestamp("2026-10-05")


@pytest.mark.parametrize(
    "value",
    [
        "2026-10-05T00:00",
        "2026-10-05 00",
        datetime(2026, 10, 5),
        pd.Timestamp("2026-10-05"),
        pd.Timestamp("2026-10-05").as_unit("s"),
        np.datetime64("2026-10-05T00:00"),
        "2026-10-05T00:00+02:00",
        "2026-10-04T22:00Z",
    ],
)
def test_an_instant_with_a_time_names_no_day(value: Any) -> None:
    assert read_instant("end", value, BERLIN) == (datetime(2026, 10, 4, 22, tzinfo=UTC), None)


def test_words_stand_for_the_present() -> None:
    assert read_instant("end", "now", BERLIN).when == datetime(2026, 11, 23, 23, 30, 21, 241000, tzinfo=UTC)
    assert read_instant("start", "today", BERLIN).when == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert read_instant("start", " Yesterday", BERLIN).when == datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert read_instant("end", "today", BERLIN).day == pd.Timestamp("2026-11-24")


@pytest.mark.parametrize("value", ["2026-10-25 02:30", "2026-03-29 02:30", datetime(2026, 10, 25, 2, 30)])
def test_a_local_time_that_is_skipped_or_repeated_asks_for_its_offset(value: Any) -> None:
    with pytest.raises(PeriodError, match=r"^end=.* in Europe/Berlin, where the clocks are changed then.*offset"):
        read_instant("end", value, BERLIN)
    assert read_instant("end", value, CLOCK).day is None


def test_an_aware_time_in_the_repeated_hour_keeps_its_fold() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert read_instant("end", first, CLOCK).when == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert read_instant("end", first.replace(fold=1), CLOCK).when == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "", "soon", "tomorrow", "0001-01-01", "99999-01-01", "9999-12-31T23:59:59.9999999", "NaT", 1, 1.5,
        True, np.int64(5), np.datetime64("NaT", "ns"), pd.NaT, time(8), [], pd.Series(["2026"]), pd.Period("2026-10"),
        "2026-10-05 10:00 XYZ", "2026-10-05/2026-10-11", "2026-10-05..2026-10-11", "14:30",
    ],
)  # fmt: skip
def test_what_is_no_instant_is_refused_and_quoted(value: Any) -> None:
    with pytest.raises(PeriodError, match=r"(?s)^start=.* is not a date or an instant such as"):
        read_instant("start", value, BERLIN)


@given(text=st.text(alphabet="0123456789-/:.+TZ QWMDhoct", max_size=24) | st.text(max_size=12))
def test_no_text_brings_an_exception_or_warning_of_pandas(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with suppress(PeriodError):
            assert read_instant("start", text, BERLIN).when.tzinfo is UTC
        with suppress(PeriodError):
            assert read_unit(text, BERLIN).start.tzinfo is UTC
        with suppress(PeriodError):
            assert read_length(text, BERLIN).tzinfo is UTC


@settings(max_examples=20)
@given(tz=st.text(max_size=12))
def test_no_text_for_a_zone_brings_an_exception_of_pandas(tz: str) -> None:
    with suppress(PeriodError):
        assert clock_in(tz, NOW).now.tzinfo is UTC


def test_reading_in_threads_keeps_nobody_from_warning() -> None:
    """The filters of warnings are the process's; another thread may have to warn of lost rows just then."""
    before = list(warnings.filters)
    done = threading.Event()

    def read_until_done() -> None:
        while not done.is_set():
            read_length("7d", CLOCK)

    with ThreadPoolExecutor(4) as threads:
        reading = [threads.submit(read_until_done) for _ in range(4)]
        try:
            for _ in range(2000):
                with pytest.raises(PartialDataWarning):
                    warnings.warn("lost", PartialDataWarning, stacklevel=1)
        finally:
            done.set()
        for each in reading:
            each.result()
    assert warnings.filters == before
