"""The rules of a report: account, date period, page size, paging."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from graphql import GraphQLError

from retarus_pandas.sandbox.columns import Rows
from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.sandbox.records import Span, Table
from retarus_pandas.schema import HISTORY, LONGEST_SPAN, MOST_RECORDS_A_PAGE

__all__ = ["PageRequest", "Selected", "Wanted", "select_page", "understand"]

DEFAULT_PAGE = 100
CLAMPED_PAGE = 25

_HOUR, _DAY = 3_600_000, 86_400_000

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")


class PageRequest(NamedTuple):
    """One page of a report that was asked for."""

    report: str
    page: int
    size: int
    window: tuple[str, str]


@dataclass(frozen=True)
class Wanted:
    """What the arguments of a report ask for."""

    request: PageRequest
    span: Span
    filters: Mapping[str, list[str]]
    descending: bool


@dataclass(frozen=True)
class Selected:
    """The records of one page."""

    table: Table
    rows: Rows
    page: int
    size: int
    more: bool


def understand(
    report: str, arguments: Mapping[str, Any], *, customer_id: str, quirks: frozenset[Quirk], now: datetime
) -> Wanted:
    """Hold the arguments of a report against the rules.

    Raises
    ------
    GraphQLError
        A rule is broken.
    """
    asked = arguments.get("customerId", customer_id)
    if asked != customer_id:
        raise GraphQLError(f"The access token is not valid for customer {asked!r}")
    page, size = _paging(arguments, quirks)
    period = arguments["datePeriod"]
    request = PageRequest(report, page, size, (period["fromIncluded"], period["toExcluded"]))
    return Wanted(request, _span(period, quirks, now), _filters(arguments), arguments.get("sort") == "DESC")


def select_page(table: Table, wanted: Wanted, quirks: frozenset[Quirk]) -> Selected:
    """Select the records of a page.

    Raises
    ------
    GraphQLError
        The page is past the end, and that is an error by the quirks.
    """
    rows = _ordered(table, table.select(wanted.span, _meant(table, wanted.filters, quirks)), wanted, quirks)
    _, page, size, _ = wanted.request
    # The last page that a client has reason to ask for.
    last = len(rows) // size if Quirk.MORE_WHEN_FULL in quirks else max(0, (len(rows) - 1) // size)
    if page > last and Quirk.PAST_END_ERROR in quirks:
        raise GraphQLError(f"Page {page} does not exist; the last page is {last}")
    if page > last and Quirk.PAST_END_LAST in quirks:
        page = last
    if page == 1 and Quirk.ENDS_EARLY in quirks:
        return Selected(table, rows[:0], page, size, more=False)
    return Selected(table, rows[page * size : (page + 1) * size], page, size, more=page < last)


def _meant(table: Table, filters: Mapping[str, Sequence[str]], quirks: frozenset[Quirk]) -> Mapping[str, Sequence[str]]:
    """The values that the texts of each filter stand for."""
    if not quirks & {Quirk.FILTERS_ANY_CASE, Quirk.FILTERS_BY_PART}:
        return filters
    fold = str.lower if Quirk.FILTERS_ANY_CASE in quirks else str
    fits = operator.contains if Quirk.FILTERS_BY_PART in quirks else operator.eq
    return {
        name: [value for value in table.texts(name) if any(fits(fold(value), fold(text)) for text in texts)]
        for name, texts in filters.items()
    }


def _ordered(table: Table, rows: Rows, wanted: Wanted, quirks: frozenset[Quirk]) -> Rows:
    if Quirk.SORT_IGNORED in quirks:
        # Neither by time nor backwards, and the same on each request.
        return rows[np.argsort(rows * np.int64(7919) % 1009, kind="stable")]
    if Quirk.TIES_ANEW in quirks:
        rows = rows[np.lexsort((np.random.default_rng().random(len(rows)), table.finer[rows], table.keys[rows]))]
    return rows[::-1] if wanted.descending else rows


def _paging(arguments: Mapping[str, Any], quirks: frozenset[Quirk]) -> tuple[int, int]:
    page, size = arguments.get("page"), arguments.get("size")
    page = 0 if page is None else page
    size = DEFAULT_PAGE if size is None else size
    if page < 0:
        raise GraphQLError(f"page must be 0 or more, not {page}")
    if size < 1:
        raise GraphQLError(f"size must be 1 or more, not {size}")
    if size > MOST_RECORDS_A_PAGE.value and Quirk.CLAMP_LIMITS not in quirks:
        raise GraphQLError(f"size must be at most {MOST_RECORDS_A_PAGE.value}, not {size}")
    most = CLAMPED_PAGE if Quirk.SIZE_CLAMPED in quirks else MOST_RECORDS_A_PAGE.value
    return page, min(size, most)


def _span(period: Mapping[str, str], quirks: frozenset[Quirk], now: datetime) -> Span:
    start, end = (_instant(name, period[name]) for name in ("fromIncluded", "toExcluded"))
    if start >= end:
        raise GraphQLError("datePeriod must end after it starts")
    earliest = now - HISTORY.value
    if Quirk.CLAMP_LIMITS in quirks:
        start = max(start, earliest)
        end = max(start, min(end, start + LONGEST_SPAN.value))
    if start < earliest:
        raise GraphQLError(f"datePeriod must not start before {earliest:%Y-%m-%dT%H:%M:%SZ}: 90 days are kept")
    if end - start > LONGEST_SPAN.value:
        raise GraphQLError("datePeriod must not be longer than 45 days")
    if end - start == LONGEST_SPAN.value and Quirk.SPAN_EXCLUSIVE in quirks:
        raise GraphQLError("datePeriod must be shorter than 45 days")
    return _understood(Span(_milliseconds(start), _milliseconds(end)), quirks)


def _understood(span: Span, quirks: frozenset[Quirk]) -> Span:
    """What the service makes of a period that keeps to the rules."""
    if Quirk.PERIOD_IGNORED in quirks:
        return Span(0, 2**62)
    if Quirk.PERIOD_BY_DATE in quirks:
        return Span(span.start // _DAY * _DAY, (span.end // _DAY + 1) * _DAY)
    shift = _HOUR if Quirk.PERIOD_LOCAL_TIME in quirks else 0
    return Span(span.start - shift, span.end - shift + (Quirk.PERIOD_END_INCLUDED in quirks))


def _instant(name: str, text: str) -> datetime:
    if _INSTANT.fullmatch(text):
        with suppress(ValueError):
            return datetime.fromisoformat(text)
    raise GraphQLError(f"{name} must be an instant such as 2026-11-01T00:00:00.000Z, not {text!r}")


def _milliseconds(instant: datetime) -> int:
    # Upwards: an instant between two milliseconds includes the later one only, at either end.
    return -((datetime(1970, 1, 1, tzinfo=UTC) - instant) // timedelta(milliseconds=1))


def _filters(arguments: Mapping[str, Any]) -> dict[str, list[str]]:
    columns = arguments.get("filter") or {}
    return {name: column["values"] for name, column in columns.items() if column and column.get("values") is not None}
