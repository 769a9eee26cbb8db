"""Dates and lengths as people write them, put into a wording that has one reading, or refused with both written out."""

from __future__ import annotations

import re
from datetime import date

from retarus_pandas.errors import PeriodError
from retarus_pandas.values import show

__all__ = ["date_in_order", "length_in_order", "unit_missing"]

_DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
# "UTC+02:00" means two hours ahead to who writes it, and two hours behind to POSIX, whom pandas follows.
_NAMED_OFFSET = re.compile(r"\b(?:GMT|UTC)\s*([+-])(\d{1,2}):?(\d{2})?(?!\d)", re.IGNORECASE)
_OTHER_OFFSET = re.compile(r"[A-Za-z]{2,5}\s*[+-]\s*\d")
_WEEKDAY = re.compile(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+", re.IGNORECASE)


def date_in_order(name: str, text: str) -> str:
    """A date or an instant with the year first and an offset that means what it says.

    Raises
    ------
    PeriodError
        It has two readings, both of which the message writes out.
    """
    text = _with_iso_offset(_WEEKDAY.sub("", text.strip()))
    if _OTHER_OFFSET.search(re.sub(r"T(?=\d)", " ", text)) or re.search(r"\d\s*,\s*\d", text):
        raise PeriodError(f'{name}={show(text)} is not clear. Write it as "2026-10-01T08:00:00+02:00".')
    return _DAY_MONTH.sub(lambda found: _year_first(name, found), text)


def _with_iso_offset(text: str) -> str:
    return _NAMED_OFFSET.sub(lambda found: f"{found[1]}{int(found[2]):02}:{found[3] or '00'}", text)


def _year_first(name: str, found: re.Match[str]) -> str:
    one, separator, other, year = found[1], found[2], found[3], int(found[4])
    day_first, month_first = _date(year, int(other), int(one)), _date(year, int(one), int(other))
    if separator == "." or month_first is None or day_first == month_first:
        meant = day_first
    elif day_first is None:
        meant = month_first
    else:
        raise PeriodError(
            f'{name}={show(found[0])} has two readings: write "{day_first}" or "{month_first}", the year first.'
        )
    if meant is None:
        raise PeriodError(f'{name}={show(found[0])} is no day. Write it as "2026-10-01", the year first.')
    return meant.isoformat()


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def length_in_order(name: str, text: str) -> str:
    """A length of time that has one reading.

    Raises
    ------
    PeriodError
        A comma or a blank within a number, minutes that may be months, or months, whose lengths differ.
    """
    if re.search(r"\d\s*,\s*\d|\d\s+\d", text):
        raise PeriodError(f'{name}={show(text)} is not clear. Write a fraction with a point: "1.5D".')
    if re.fullmatch(r"\s*[\d.]+\s*m\s*", text):
        number = text.strip(" m")
        raise PeriodError(f'{name}={show(text)} has two readings: write "{number}min" for minutes, or days: "30D".')
    if re.fullmatch(r"\s*[\d.]*\s*(M|MS|ME|months?|mon)\s*", text):
        raise PeriodError(
            f'{name}={show(text)} is no length, for months differ. Write days, "30D", or period="last month".'
        )
    if re.fullmatch(r"\s*(?:\d+\.?\d*|\.\d+)\s*", text):
        raise unit_missing(name, text, text.strip())
    return text


def unit_missing(name: str, value: object, number: object) -> PeriodError:
    """A number alone, with what it may mean."""
    return PeriodError(
        f'{name}={show(value)} has no unit. Write "{number}D" for days, "{number}h" for hours, '
        f'or "{number}min" for minutes.'
    )
