"""No text that is taken for a date or a length has two readings."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import PeriodError
from retarus_pandas.period.instants import clock_in, read_instant
from retarus_pandas.period.period import Period, resolve

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def _resolve(**given: Any) -> Period:
    return resolve(tz="Europe/Berlin", now=NOW, **given)


def _refused(**given: Any) -> str:
    with pytest.raises(PeriodError) as caught:
        _resolve(**given)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("10.11.2026", datetime(2026, 11, 9, 23, tzinfo=UTC)),
        ("9.11.2026 08:30", datetime(2026, 11, 9, 7, 30, tzinfo=UTC)),
        ("25/10/2026", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        ("10/25/2026", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        ("10/10/2026", datetime(2026, 10, 9, 22, tzinfo=UTC)),
        ("Thu Oct 01 2026 00:00:00 GMT+0200", datetime(2026, 9, 30, 22, tzinfo=UTC)),
        ("2026-10-01 00:00 UTC+02:00", datetime(2026, 9, 30, 22, tzinfo=UTC)),
        ("2026-10-01 00:00 UTC-5", datetime(2026, 10, 1, 5, tzinfo=UTC)),
        ("2026-10-01T00:00:00+02:00", datetime(2026, 9, 30, 22, tzinfo=UTC)),
        ("2026-10-01 00:00 -5", datetime(2026, 10, 1, 5, tzinfo=UTC)),
        ("2026-10-01 00:00 GMT", datetime(2026, 10, 1, tzinfo=UTC)),
        ("2026-10-01T00:00:00.123456Z", datetime(2026, 10, 1, 0, 0, 0, 124_000, tzinfo=UTC)),
        ("Thu Oct 01 2026 00:00:00 GMT+0200 (Central European Summer Time)", datetime(2026, 9, 30, 22, tzinfo=UTC)),
        ("Thu, 01 Oct 2026 00:00:00 +0200", datetime(2026, 9, 30, 22, tzinfo=UTC)),
        ("November 9, 2026", datetime(2026, 11, 8, 23, tzinfo=UTC)),
        ("9-Nov-2026 8:30 pm", datetime(2026, 11, 9, 19, 30, tzinfo=UTC)),
        ("9. Nov. 2026 12am", datetime(2026, 11, 8, 23, tzinfo=UTC)),
        ("20261109T0830", datetime(2026, 11, 9, 7, 30, tzinfo=UTC)),
        ("2026\u00a011\u00a009", datetime(2026, 11, 8, 23, tzinfo=UTC)),
        ("4Q2026", datetime(2026, 9, 30, 22, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_as_it_is_meant(text: str, meant: datetime) -> None:
    """Dots put the day first, and a sign behind UTC says how far a clock is ahead."""
    assert _resolve(start=text).start == meant


@pytest.mark.parametrize("text", ["03/10/2026", "3-10-2026", "03/10/2026 08:00"])
def test_two_readings_are_both_written_out(text: str) -> None:
    message = _refused(start=text)
    assert "2026-10-03" in message
    assert "2026-03-10" in message


@pytest.mark.parametrize(
    "given",
    [
        {"start": "2026,10,09"},
        {"start": "2026-10-01 00:00 CEST+2"},
        {"start": "31.02.2026"},
        {"start": "2026-10-32"},
        {"period": "2026-13"},
        {"start": "01.10.2026 - 05.10.2026"},
        {"start": "2026-10-01 08:00 - 10:00"},
        {"start": "2026-11-10 UTC-5"},
        {"start": "2026-11-10 +02:00"},
        {"start": "2026-11 08:30"},
        {"start": "2026 10"},
        {"start": "10am"},
        {"start": "11-10"},
        {"start": "Mon 10 Nov 2026"},
        {"start": "2026-11-10 13pm"},
        {"start": "2026-11-10 08:30 CET"},
        {"period": "2026-11-04 08:30 -5"},
        {"period": "2026-11-04 08:30 GMT"},
        {"last": "P1M"},
        {"last": "1.000D"},
        {"period": "2026-11-04 08:30 UTC+2"},
        {"period": "2026-11-04 08:30 CET"},
        {"last": "1,5D"},
        {"last": "1 5D"},
        {"last": "1m"},
        {"last": "1M"},
        {"last": "30"},
    ],
    ids=str,
)
def test_what_is_not_clear_is_refused_with_a_way_on(given: dict[str, str]) -> None:
    (text,) = given.values()
    message = _refused(**given)
    assert text in message
    assert "rite " in message or "such as" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [("2026-13", 'no month. Write it as "2026-10"'), ("2026-02-30", 'no day. Write it as "2026-10-01"')],
)
def test_a_month_that_is_none_is_not_called_a_day(text: str, said: str) -> None:
    assert said in _refused(period=text)


@given(
    day=st.dates(date(2026, 9, 1), date(2026, 11, 25)),
    form=st.sampled_from(["{d}.{m}.{y}", "{d:02}.{m:02}.{y}", "{d}/{m}/{y}", "{m}/{d}/{y}", "{d}-{m}-{y}"]),
)
def test_no_accepted_date_has_two_readings(day: date, form: str) -> None:
    """Whoever writes a day either gets that day, or is asked what he means."""
    text = form.format(d=day.day, m=day.month, y=day.year)
    if "." not in form and day.day != day.month and day.day <= 12:
        assert "two readings" in _refused(period=text)
        return
    period = _resolve(period=text)
    noon = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
    assert period.start <= noon < period.end
    assert period.end - period.start <= timedelta(hours=25)


# As they are read in one country or another; dots put the day first everywhere.
_READERS = [
    order.replace(" ", separator)
    for separator in "-/. "
    for order in ("%d %m %Y", "%m %d %Y", "%Y %m %d", "%d %m %y", "%m %d %y", "%y %m %d")
    if (separator, order) != (".", "%m %d %Y")
]
_NUMBERS = st.one_of(st.integers(1, 31).map(str), st.integers(1, 31).map("{:02}".format), st.just("2026"))
_TIMES = st.sampled_from(["", " 08:30", "T08:30", " 0830", " 8:30", " 8:30 am"])


def _readings(text: str) -> set[datetime]:
    found = set()
    for reader in _READERS:
        with suppress(ValueError):
            found.add(datetime.strptime(text, reader).replace(tzinfo=ZoneInfo("Europe/Berlin")))
    return found


@given(numbers=st.tuples(_NUMBERS, _NUMBERS, _NUMBERS), separator=st.sampled_from("-/. "), time=_TIMES)
def test_three_numbers_are_a_day_only_if_all_the_world_reads_the_same(
    numbers: tuple[str, str, str], separator: str, time: str
) -> None:
    text = separator.join(numbers)
    try:
        found = instant(text + time)
    except PeriodError:
        return
    clock = timedelta(hours=8, minutes=30) if time else timedelta(0)
    assert _readings(text) == {found.astimezone(ZoneInfo("Europe/Berlin")) - clock}


def instant(text: str) -> datetime:
    """What a text is read as, whatever the service keeps."""
    return read_instant("start", text, clock_in("Europe/Berlin", NOW)).when


@given(st.text(st.sampled_from("0123456789-/.,: +TZQapmUGoctnv"), min_size=4, max_size=24))
def test_whatever_is_read_can_be_written_again(text: str) -> None:
    """An instant that is read has a year, and means the same in the one form that nobody doubts."""
    try:
        found = instant(text)
    except PeriodError:
        return
    assert str(found.year) in text or found.month in (1, 12)
    assert instant(found.isoformat()) == found


def test_months_by_their_words() -> None:
    last, this = _resolve(period="last month"), _resolve(period="This month")
    assert (last.start, last.end) == (datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert (this.start, this.end) == (last.end, NOW)
