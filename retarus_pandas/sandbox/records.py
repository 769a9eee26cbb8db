"""The records of one customer: a table for each report, and which of its records the service holds now."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from retarus_pandas.sandbox.columns import Choice, Column, Like, Made, Mask, Number, Rows
from retarus_pandas.sandbox.draw import Draw, Integers, arrivals
from retarus_pandas.sandbox.makers import MAKERS
from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.schema import bundled

__all__ = ["Ledger", "Span", "Table"]

# Of the records that come late, one for so many that are there from the beginning.
_LATE_SHARE = 20

_HOUR = 3_600_000

# Of the records that are like the one before, one for so many.
_REPEATED = 20


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open span of time in milliseconds since 1970."""

    start: int
    end: int


@dataclass(eq=False)
class Table:
    """All records of one report, ordered by their key timestamps; ``there`` says which the service holds."""

    keys: Integers
    columns: Mapping[str, Column]
    there: Mask
    late: Mask
    random: np.random.Generator
    lock: threading.Lock = field(default_factory=threading.Lock)

    def select(self, span: Span, filters: Mapping[str, Sequence[str]]) -> Rows:
        """The numbers of the records within the span that pass all filters."""
        with self.lock:
            rows = self._within(span, self.there)
        for name, wanted in filters.items():
            rows = rows[self.columns[name].among(rows, wanted)]
        return rows

    def insert(self, span: Span) -> Rows:
        """Let a late record appear in the span, if one is left; most often near the beginning."""
        with self.lock:
            rows = self._within(span, self.late & ~self.there)
            chosen = rows[: 1 + len(rows) // 2]
            chosen = self.random.choice(chosen, min(1, len(chosen)), replace=False)
            self.there[chosen] = True
        return chosen

    def expire(self, span: Span) -> Rows:
        """Let the oldest record of the span vanish."""
        with self.lock:
            rows = self._within(span, self.there)[:1]
            self.there[rows] = False
            self.late[rows] = False
        return rows

    def dicts(self, rows: Rows) -> list[dict[str, Any]]:
        """Records with all their fields."""
        names = list(self.columns)
        values = zip(*(column.take(rows) for column in self.columns.values()), strict=True)
        return [dict(zip(names, row, strict=True)) for row in values]

    def _within(self, span: Span, mask: Mask) -> Rows:
        low, high = np.searchsorted(self.keys, [span.start, span.end]).tolist()
        rows: Rows = np.flatnonzero(mask[low:high]) + low
        return rows


class Ledger:
    """The tables of one customer, each made when it is first asked for."""

    def __init__(
        self, customer_id: str, rows: Mapping[str, int], seed: int, midnight: datetime, quirks: frozenset[Quirk]
    ) -> None:
        self._customer_id = customer_id
        self._rows = rows
        self._seed = seed
        self._midnight = midnight
        self._quirks = quirks
        self._tables: dict[str, Table] = {}
        self._lock = threading.Lock()

    def table(self, report: str) -> Table:
        """The table of a report."""
        with self._lock:
            if report not in self._tables:
                self._tables[report] = self._make(report)
            return self._tables[report]

    def _make(self, report: str) -> Table:
        count = self._rows[report]
        late = count // _LATE_SHARE + 10 if Quirk.ROWS_INSERTED in self._quirks else 0
        missing = "" if Quirk.EMPTY_TIMESTAMPS in self._quirks else None
        seeds = (self._seed, self._customer_id, report, self._midnight.date().isoformat())
        draw = Draw(count + late, *seeds, missing=missing, shown=_shown(self._quirks))
        keys = arrivals(draw, self._midnight, one_week=Quirk.ONE_WEEK in self._quirks)
        if Quirk.MANY_AT_ONE_INSTANT in self._quirks:
            keys = keys // _HOUR * _HOUR
        columns: Mapping[str, Column] = dict(MAKERS[report].make(draw, keys, self._customer_id, self._quirks))
        if Quirk.NUMERIC_STATUS_CODE in self._quirks:
            columns = {**columns, **{name: Made(_number, columns[name]) for name in columns if name in _STATUS_CODES}}
        if Quirk.EXTRA_FIELDS in self._quirks:
            columns = {**columns, **_extra_fields(draw)}
        keys, columns = self._repeated(report, keys, columns)
        comes_late = np.zeros(count + late, np.bool_)
        random = np.random.default_rng(self._seed)
        comes_late[random.choice(count + late, late, replace=False)] = True
        return Table(keys, columns, ~comes_late, comes_late, random)

    def _repeated(
        self, report: str, keys: Integers, columns: Mapping[str, Column]
    ) -> tuple[Integers, Mapping[str, Column]]:
        """Let some records be like the one before, in all fields or in those of the key."""
        if not self._quirks & {Quirk.TWINS, Quirk.KEYS_REPEATED}:
            return keys, columns
        like = np.arange(len(keys))
        like[1::_REPEATED] -= 1
        key = bundled().key(report)
        same = columns if Quirk.TWINS in self._quirks else {*key.fields, key.timestamp}
        return keys[like], {name: Like(one, like) if name in same else one for name, one in columns.items()}


def _shown(quirks: frozenset[Quirk]) -> Callable[[Integers], Integers] | None:
    """What is shown of instants in milliseconds; None where that is all of them."""
    if Quirk.STAMPS_CUT in quirks:
        return lambda milliseconds: milliseconds // 1000 * 1000
    if Quirk.STAMPS_ROUNDED in quirks:
        return lambda milliseconds: (milliseconds + 500) // 1000 * 1000
    return None


_STATUS_CODES = {"statusCode", "usageStatusCode"}


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _extra_fields(draw: Draw) -> dict[str, Column]:
    """Values for the fields that nobody knows of, nested ones among them."""
    hops = [{"country": "DEU", "milliseconds": 12}, {"country": "AUT", "milliseconds": 41}]
    carriers = [
        {"name": "Netz A", "hops": hops},
        {"name": "Netz B", "hops": hops[:1]},
        {"name": None, "hops": []},
        None,
    ]
    return {
        "serviceLevel": draw.choice({"GOLD": 20, "SILVER": 70, None: 10}),
        "billedAmount": Number(draw.integers(1, 5000) / 100),
        "carrier": Choice(draw.codes([60, 30, 8, 2]), carriers),
        "labels": Choice(draw.codes([70, 20, 8, 2]), [[], ["night"], ["night", "retry"], None]),
    }
