"""What a call will ask, worked out before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import DocumentError, InputError, PeriodError
from retarus_pandas.values import Query, Window, show, wire_instant

if TYPE_CHECKING:
    from retarus_pandas.schema import Schema

__all__ = ["Plan", "ReportPlan", "make_plan"]

MOST_ROWS_A_PAGE = 10_000  # documented
_ACCOUNTS = 10**12  # more than there are


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """One report of a call: what is asked, for which windows, in pages of which size.

    Attributes
    ----------
    query : Query
        The report's own document and columns.
    start, end : datetime.datetime
        The period in UTC, half-open.
    windows : tuple of Window
        The period, cut to what one query may span, in the order of reading.
    page_size : int
        Rows asked at a time.
    notes : tuple of str
        What was decided about the period.
    warnings : tuple of str
        What the caller may not have meant by it.
    """

    query: Query
    start: datetime
    end: datetime
    windows: tuple[Window, ...]
    page_size: int
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def document(self) -> str:
        """The document of the first request."""
        return str(self._first["query"])

    @property
    def variables(self) -> dict[str, Any]:
        """The values of the document's variables."""
        return dict(self._first["variables"])

    @property
    def _first(self) -> dict[str, Any]:
        window = self.windows[0] if self.windows else None
        return self.query.request(window, self.query.page or 0, self.page_size)

    @property
    def all_notes(self) -> tuple[str, ...]:
        """What the caller should know about the period and the document."""
        return (*self.notes, *self.warnings, *self.query.notes)

    def __str__(self) -> str:
        lines = [
            f"{self.query.response_name}: {wire_instant(self.start)} to {wire_instant(self.end)} (excluded), "
            f"{len(self.windows)} window(s), pages of {self.page_size:,} rows",
            *(f"  window {number}: {window}" for number, window in enumerate(self.windows, 1)),
            *(f"  note: {note}" for note in self.all_notes),
            "  variables:",
            *(f"    {line}" for line in json.dumps(self.variables, indent=2, ensure_ascii=False).splitlines()),
            "  document of the first request:",
            *(f"    {line}" for line in self.document.splitlines()),
        ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a call will ask; nothing was sent to make it.

    Attributes
    ----------
    reports : tuple of ReportPlan
        One for each report the document asks.
    """

    reports: tuple[ReportPlan, ...]

    @property
    def several(self) -> bool:
        """Whether the document asks more than one report."""
        return len(self.reports) > 1

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.reports))

    __repr__ = __str__


def make_plan(
    query: str | Path,
    *,
    schema: Schema,
    default_customer_id: str | None,
    now: datetime | None = None,
    period: Any = None,
    start: Any = None,
    end: Any = None,
    last: Any = None,
    tz: str = "UTC",
    filters: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    operation: str | None = None,
    customer_id: str | int | None = None,
    page_size: int = MOST_ROWS_A_PAGE,
) -> Plan:
    """Work out the reports, their windows and the final documents; parameters as `read_retarus` has them."""
    times = {"period": period, "start": start, "end": end, "last": last}
    period_given = any(value is not None for value in times.values())
    given = {"variables": variables, "operation": operation, "filters": filters}
    given["customer_id"] = _account(customer_id)
    given = {name: value for name, value in given.items() if not _is_nothing(value)}
    ask = partial(_queries, given=given) if given else _queries_alone
    queries = ask(_text(query), schema, period_given=period_given)
    queries = tuple(_for_customer(asked, default_customer_id) for asked in queries)
    now = now or datetime.now(UTC)
    return Plan(tuple(_plan_report(asked, times, tz, now, _checked_size(page_size)) for asked in queries))


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and not value)


def _queries(text: str, schema: Schema, *, period_given: bool, given: Mapping[str, Any]) -> tuple[Query, ...]:
    from retarus_pandas.document import read_queries

    return read_queries(text, schema=schema, period_given=period_given, **given)


@lru_cache(maxsize=32)
def _queries_alone(text: str, schema: Schema, *, period_given: bool) -> tuple[Query, ...]:
    """The same where nothing but the text matters: a cell is run again and again, and reading it takes its time."""
    return _queries(text, schema, period_given=period_given, given={})


def _for_customer(query: Query, customer_id: str | None) -> Query:
    """Fill in the account where neither the document nor the caller names one."""
    return replace(query, customer_id=customer_id) if query.customer_id is None else query


def _text(query: str | Path) -> str:
    """Read a query's file; leave a text as it is."""
    if isinstance(query, Path):
        try:
            return query.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"the query's file {str(query)!r} cannot be read: {error}") from None
    if not isinstance(query, str):
        raise DocumentError(
            f"the query is a {type(query).__name__}; give a GraphQL document or a report's name as text, "
            "or a pathlib.Path to a .graphql file"
        )
    return query


def _account(customer_id: Any) -> str | None:
    """A customer ID as text; numbers are taken, since most people write it as one."""
    if isinstance(customer_id, int) and not isinstance(customer_id, bool) and 0 <= customer_id < _ACCOUNTS:
        return str(customer_id)
    if customer_id is not None and not isinstance(customer_id, str):
        raise InputError(f"customer_id={show(customer_id)} is not the number of an account; give it as text")
    return customer_id


def _checked_size(size: int) -> int:
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MOST_ROWS_A_PAGE:
        raise InputError(f"page_size={show(size)} is not between 1 and {MOST_ROWS_A_PAGE:,}, the most a page may hold")
    return size


def _plan_report(query: Query, times: Mapping[str, Any], tz: str, now: datetime, page_size: int) -> ReportPlan:
    from retarus_pandas.period import resolve, windows

    if query.period is not None:
        times = {"start": query.period[0], "end": query.period[1]}
    span = resolve(**times, tz=tz, now=now)
    cut = windows(span.start, span.end, descending=query.descending)
    if query.page is not None and len(cut) > 1:
        raise PeriodError(
            f"the document pins page {query.page} of a period that has to be asked in {len(cut)} parts; "
            "shorten the period to 44 days, or leave the page out to read all"
        )
    size = _checked_size(query.size) if query.size is not None else page_size
    return ReportPlan(
        query=query,
        start=span.start,
        end=span.end,
        windows=cut,
        page_size=size,
        notes=span.notes,
        warnings=span.warnings,
    )
