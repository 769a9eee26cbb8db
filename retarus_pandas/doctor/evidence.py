"""Pages of records as a probe sees them, and what can be read off them."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from retarus_pandas.doctor.asking import Reply
from retarus_pandas.values import Kind, Query, Window, show_errors

__all__ = [
    "HOUR",
    "MILLISECOND",
    "SECOND",
    "Seen",
    "at",
    "compared",
    "digest",
    "fraction_digits",
    "instant_columns",
    "is_rising",
    "micros",
    "seen_in",
    "window_between",
]

Record = Mapping[str, Any]

# Microseconds, as all numbers here that stand for instants count them since 1970.
MILLISECOND, SECOND, HOUR = 1000, 1_000_000, 3_600_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FRACTION = re.compile(r":\d\d\.(\d+)")


def micros(value: Any) -> int | None:
    """The instant that a value shows; None if it shows none."""
    with suppress(TypeError, ValueError, OverflowError):
        shown = datetime.fromisoformat(value)
        return ((shown if shown.tzinfo else shown.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)
    return None


def at(instant: int) -> datetime:
    """A number as an instant, floored to the millisecond that can be asked."""
    return _EPOCH + timedelta(milliseconds=instant // MILLISECOND)


def window_between(start: int, end: int) -> Window:
    """The span between two numbers; a millisecond at least."""
    return Window(at(start), max(at(end), at(start + MILLISECOND)))


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer to one question for a page.

    ``asked`` and ``page`` are the size and the number that were asked, ``size`` and ``index`` those that the service
    says it used.
    """

    query: Query
    window: Window
    page: int
    asked: int
    status: int
    errors: tuple[Any, ...]
    records: tuple[Record, ...]
    more: bool | None
    size: int | None
    index: int | None

    @property
    def refused(self) -> bool:
        """Whether there is an error in place of records."""
        return bool(self.errors) and not self.records

    @property
    def refusal(self) -> str:
        """What the service said, with the status."""
        return f"HTTP {self.status}, {show_errors(self.errors)}"

    @property
    def stamp(self) -> str | None:
        """The column by whose instants the period is believed to select."""
        return self.query.key_timestamp

    def places(self, column: str | None = None) -> list[int]:
        """The instants of a column, where there are any; the key timestamps if none is named."""
        name = column or self.stamp
        found = (micros(record.get(name)) for record in self.records) if name else ()
        return [place for place in found if place is not None]

    def outside(self) -> list[int]:
        """The key timestamps that are not in the span that was asked, but for its last second and its first."""
        start, end = self.window.start - timedelta(seconds=1), self.window.end + timedelta(seconds=1)
        return [place for place in self.places() if not start <= at(place) < end]

    def has(self, record: Record) -> bool:
        """Whether this record is among these, by its key where one is known."""
        names = self.query.key or sorted(record)
        return digest(record, names) in {digest(each, names) for each in self.records}

    @property
    def whole(self) -> bool:
        """Whether this can be all records of the span."""
        full = min(each for each in (self.asked, self.size) if each)
        return not self.errors and self.more is False and len(self.records) < full and not self.outside()


def seen_in(reply: Reply, query: Query, window: Window, page: int, size: int) -> Seen:
    """Read a page's answer; whatever is no record is left out."""
    result = (reply.data or {}).get(query.response_name)
    result = result if isinstance(result, dict) else {}
    content = result.get(query.content_name)
    more, told, index = (result.get(name or "") for name in (query.more_name, query.size_name, query.index_name))
    return Seen(
        query=query,
        window=window,
        page=page,
        asked=size,
        status=reply.status,
        errors=reply.errors,
        records=tuple(each for each in content if isinstance(each, dict)) if isinstance(content, list) else (),
        more=more if isinstance(more, bool) else None,
        size=told if type(told) is int and told > 0 else None,
        index=index if type(index) is int else None,
    )


def digest(record: Record, fields: Iterable[str]) -> str:
    """A short text that is the same for the same values, and says nothing of them."""
    text = json.dumps([record.get(name) for name in fields], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def compared(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> tuple[int, int, int]:
    """How many records came, went and changed between two looks, as digests of keys and contents."""
    first, second = Counter(before), Counter(after)
    came, gone = second - first, first - second
    keys_came, keys_gone = Counter(key for key, _ in came.elements()), Counter(key for key, _ in gone.elements())
    changed = (keys_came & keys_gone).total()
    return keys_came.total() - changed, keys_gone.total() - changed, changed


def is_rising(places: Sequence[int]) -> bool:
    """Whether each instant is the one before, or a later one."""
    return all(earlier <= later for earlier, later in pairwise(places))


def instant_columns(query: Query) -> list[str]:
    """The columns that are declared to hold instants."""
    return [column.name for column in query.columns if column.kind is Kind.INSTANT and not column.absent]


def fraction_digits(records: Iterable[Record], columns: Sequence[str]) -> int:
    """The most digits that a second's fraction has."""
    texts = (record.get(name) for record in records for name in columns)
    found = (_FRACTION.search(text) for text in texts if isinstance(text, str))
    return max((len(each[1]) for each in found if each), default=0)
