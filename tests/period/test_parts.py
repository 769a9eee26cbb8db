"""A period in parts: no gap, no overlap, every border a whole minute of UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import PeriodError
from retarus_pandas.period import parts

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Santiago", "Pacific/Chatham"])
START = datetime(2026, 3, 1, tzinfo=UTC)


@given(
    begin=st.integers(0, 40 * 86_400_000),
    length=st.integers(1, 90 * 86_400_000),
    minutes=st.integers(30, 9000),
    tz=ZONES,
)
def test_parts_cover_the_period_once(begin: int, length: int, minutes: int, tz: str) -> None:
    start = START + timedelta(milliseconds=begin)
    end = start + timedelta(milliseconds=length)
    found = parts(start, end, timedelta(minutes=minutes), tz)
    assert (found[0].start, found[-1].end) == (start, end)
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all((part.start.second, part.start.microsecond) == (0, 0) for part in found[1:])
    assert all(part.end - part.start <= timedelta(minutes=minutes + 60) for part in found)


def test_a_day_has_the_hours_that_the_clocks_give_it() -> None:
    days = parts(datetime(2026, 10, 23, 22, tzinfo=UTC), datetime(2026, 10, 26, 23, tzinfo=UTC), "1D", "Europe/Berlin")
    assert [(day.end - day.start) // timedelta(hours=1) for day in days] == [24, 25, 24]


def test_nothing_has_no_parts() -> None:
    assert parts(START, START, "1D") == ()


@pytest.mark.parametrize("length", ["30s", "1m", "1M", "0D", "-1D", 5, None, "90.5s", "x"])
def test_a_length_that_is_none_is_refused(length: object) -> None:
    with pytest.raises(PeriodError, match="split="):
        parts(START, START + timedelta(days=1), length)
