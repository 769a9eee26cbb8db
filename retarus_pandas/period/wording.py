"""Dates and lengths as people write them, put into a wording that has one reading, or refused with all written out.

What is not listed here is refused, and no reader's guess is relied on: the readers of dates that there are take a
range for one instant, an offset for a time of day, and the first of two numbers now for a day and now for a month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from retarus_pandas.errors import PeriodError
from retarus_pandas.values import show

__all__ = ["Wording", "length_in_order", "unit_missing", "wording"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    "(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_CENTURY = 100
_NOON = 12

_WEEKDAY = r"(?:(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,?\ )?"
_UNITS = (
    r"(?P<year>\d{4})[-/](?P<month>\d{1,2})",
    r"(?P<month>\d{1,2})[-/](?P<year>\d{4})",
    r"(?P<year>\d{4})",
    r"(?P<year>\d{4})[- ]?q(?P<quarter>[1-4])",
    r"q(?P<quarter>[1-4])[- ]?(?P<year>\d{4})",
    r"(?P<quarter>[1-4])q[- ]?(?P<year>\d{4})",
    rf"{_MONTH}[- ]?(?P<year>\d{{4}})",
)
_DAYS = (
    r"(?P<year>\d{4})(?P<between>[-/. ])(?P<month>\d{1,2})(?P=between)(?P<day>\d{1,2})",
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[- ]?{_MONTH}[,.]?[- ]?(?P<year>\d{{4}})",
    rf"{_MONTH}[. ] ?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
    r"(?P<one>\d{1,2})(?P<separator>[-/. ])(?P<other>\d{1,2})(?P=separator)(?P<last>\d{4}|\d\d)",
)
# A clock's time stands behind a day, and an offset behind a time: it says nothing of a day alone.
_TIME = (
    r"(?:(?:\ |t)(?P<hour>\d{1,2})(?::?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?P<fraction>\.\d+)?)?)?"
    r"(?:\ ?(?P<half>[ap])m)?"
    r"(?P<offset>\ ?(?:z|(?:utc|gmt)?\ ?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?(?:\ \([^()]*\))?"
    r"|utc|gmt))?)?"
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII) for form in (*_UNITS, *(f"{_WEEKDAY}{day}{_TIME}" for day in _DAYS))
)


class Wording(NamedTuple):
    """A date or an instant that has one reading: the year first, 24 hours, an offset as ISO 8601 has it."""

    text: str
    has_offset: bool


def wording(name: str, text: str) -> Wording:
    """A date or an instant in words that have one reading.

    Raises
    ------
    PeriodError
        It has several readings, which the message writes out, or its day does not exist.
    ValueError
        It is no date that anybody would know.
    """
    found = next(filter(None, (form.fullmatch(" ".join(text.split())) for form in _FORMS)), None)
    if found is None:
        raise ValueError(text)
    parts = found.groupdict()
    return Wording(_date_of(name, text, parts) + _time_of(parts), bool(parts.get("offset")))


def _date_of(name: str, text: str, parts: dict[str, str | None]) -> str:
    if parts.get("quarter"):
        return f"{parts['year']}Q{parts['quarter']}"
    day = _only_reading(name, text, parts) if parts.get("one") else _read(name, text, parts)
    weekday = parts.get("weekday")
    if weekday and (not isinstance(day, date) or _WEEKDAYS[day.weekday()] != weekday[:3].lower()):
        raise PeriodError(
            f"{name}={show(text)} contradicts itself: that day is no {weekday}. Write the day without its name."
        )
    return str(day)


def _read(name: str, text: str, parts: dict[str, str | None]) -> date | str:
    """The day, or the month or year alone as a text."""
    year, number = parts["year"], parts.get("month")
    month = int(number) if number else _MONTHS.index(str(parts["name"])[:3].lower()) + 1 if parts.get("name") else None
    if month is None:
        return str(year)
    found = _day(int(str(year)), month, int(parts.get("day") or 1))
    if found is None:
        raise _no_day(name, text) if parts.get("day") else _none_such(name, text, "month", "2026-10")
    return found if parts.get("day") else f"{found:%Y-%m}"


def _only_reading(name: str, text: str, parts: dict[str, str | None]) -> date:
    """The day of three numbers, the year last: dots put the day first, and all else is asked about."""
    readings = [*dict.fromkeys(filter(None, _readings(parts)))]
    if not readings:
        raise _no_day(name, text)
    if len(readings) > 1 or len(str(parts["last"])) < len("2026"):
        written = " or ".join(f'"{each}"' for each in readings)
        count = {1: "a short year", 2: "two readings"}.get(len(readings), "several readings")
        raise PeriodError(f"{name}={show(text)} has {count}: write {written}, the year first.")
    return readings[0]


def _readings(parts: dict[str, str | None]) -> Iterator[date | None]:
    one, other, last = (int(str(parts[each])) for each in ("one", "other", "last"))
    is_short = len(str(parts["last"])) < len("2026")
    year = last + 20 * _CENTURY if is_short else last
    yield _day(year, other, one)
    if parts["separator"] != "." or is_short:
        yield _day(year, one, other)
    if is_short:
        yield _day(one + 20 * _CENTURY, other, last)


def _no_day(name: str, text: str) -> PeriodError:
    return _none_such(name, text, "day", "2026-10-01")


def _none_such(name: str, text: str, what: str, example: str) -> PeriodError:
    return PeriodError(f'{name}={show(text)} is no {what}. Write it as "{example}", the year first.')


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time_of(parts: dict[str, str | None]) -> str:
    if not parts.get("hour"):
        return ""
    minute, second, fraction = (parts[each] or "" for each in ("minute", "second", "fraction"))
    clock = ":".join(filter(None, [f"{_hour(parts):02}", minute or ("00" if parts["offset"] else ""), second]))
    return f"T{clock}{fraction}{_offset(parts)}"


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(str(parts["hour"])), str(parts["half"] or "").lower()
    if half and not 1 <= hour <= _NOON:
        raise ValueError(hour)
    return hour % _NOON + (_NOON if half == "p" else 0) if half else hour


def _offset(parts: dict[str, str | None]) -> str:
    """How far the clock is ahead, as it is meant by who writes UTC+2; POSIX, and some after it, turn the sign."""
    if not parts["sign"]:
        return "Z" if parts["offset"] else ""
    return f"{parts['sign']}{int(str(parts['hours'])):02}:{parts['minutes'] or '00'}"


def length_in_order(name: str, text: str) -> str:
    """A length of time that has one reading.

    Raises
    ------
    PeriodError
        A comma or a blank within a number, a point that may part thousands, minutes that may be months, or months,
        whose lengths differ.
    """
    if re.search(r"\d\s*,\s*\d|\d\s+\d", text):
        raise PeriodError(f'{name}={show(text)} is not clear. Write a fraction with a point: "1.5D".')
    if thousands := re.fullmatch(r"\s*([1-9]\d{0,2})((?:\.\d{3})+)\s*([A-Za-z]*)\s*", text):
        whole, rest, unit = thousands.groups()
        raise PeriodError(
            f"{name}={show(text)} has two readings: "
            f'write "{whole}{rest.replace(".", "")}{unit or "D"}" or "{whole}{unit or "D"}".'
        )
    if re.fullmatch(r"\s*[\d.]+\s*m\s*", text):
        number = text.strip(" m")
        raise PeriodError(f'{name}={show(text)} has two readings: write "{number}min" for minutes, or days: "30D".')
    if re.fullmatch(r"\s*[\d.]*\s*(M|MS|ME|months?|mon)\s*|\s*-?P[^T]*M.*", text):
        other = ', or period="last month"' if name == "last" else ""
        raise PeriodError(f'{name}={show(text)} is no length, for months differ. Write days, "30D"{other}.')
    if re.fullmatch(r"\s*(?:\d+\.?\d*|\.\d+)\s*", text):
        raise unit_missing(name, text, text.strip())
    return text


def unit_missing(name: str, value: object, number: object) -> PeriodError:
    """A number alone, with what it may mean."""
    return PeriodError(
        f'{name}={show(value)} has no unit. Write "{number}D" for days, "{number}h" for hours, '
        f'or "{number}min" for minutes.'
    )
