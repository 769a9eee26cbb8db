"""The records of one report of one customer, and which of them the service holds now."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from retarus_pandas.sandbox.columns import Column, Mask, Rows
from retarus_pandas.sandbox.draw import Integers
from retarus_pandas.sandbox.timeline import Timeline

__all__ = ["Span", "Table"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open span of time in milliseconds since 1970."""

    start: int
    end: int


@dataclass(eq=False)
class Table:
    """All records of one report, ordered by their key timestamps.

    Attributes
    ----------
    keys, finer : numpy.ndarray
        The key timestamps in milliseconds since 1970, and what they have in microseconds beyond that.
    columns, shown : dict
        The fields as they are, and as answers show them.
    timeline : Timeline
        Which records the service holds at an instant.
    now : callable
        The current instant in milliseconds since 1970.
    """

    keys: Integers
    finer: Integers
    columns: Mapping[str, Column]
    shown: Mapping[str, Column]
    timeline: Timeline
    now: Callable[[], int]
    random: np.random.Generator
    lock: threading.Lock = field(default_factory=threading.Lock)

    def select(self, span: Span, filters: Mapping[str, Sequence[str]]) -> Rows:
        """The numbers of the records within the span that pass all filters."""
        with self.lock:
            rows = self._held(span)
        for name, wanted in filters.items():
            rows = rows[self.columns[name].among(rows, wanted)]
        return rows

    def texts(self, name: str) -> set[str]:
        """The texts that a field has in any record."""
        values = self.columns[name].take(np.arange(len(self.keys)))
        return {value for value in values if isinstance(value, str)}

    def insert(self, span: Span) -> Rows:
        """Let a late record appear in the span, if one is left; most often near the beginning."""
        with self.lock:
            rows = self._within(span, self.timeline.waiting)
            chosen = self._one_of(rows[: 1 + len(rows) // 2])
            self.timeline.let_in(chosen)
        return chosen

    def expire(self, span: Span) -> Rows:
        """Let the oldest record of the span vanish."""
        with self.lock:
            rows = self._held(span)[:1]
            self.timeline.let_go(rows)
        return rows

    def update(self, span: Span) -> Rows:
        """Let a record of the span change that has not changed yet, if one is left."""
        with self.lock:
            rows = self._held(span)
            chosen = self._one_of(rows[~self.timeline.changed(rows, self.now())])
            self.timeline.change(chosen)
        return chosen

    def records(self) -> list[dict[str, Any]]:
        """All records that the service holds now."""
        with self.lock:
            rows = np.flatnonzero(self.timeline.held(slice(None), self.now()))
        return self.dicts(rows)

    def dicts(self, rows: Rows) -> list[dict[str, Any]]:
        """Records with all their fields, as they are."""
        names = list(self.columns)
        values = zip(*(column.take(rows) for column in self.columns.values()), strict=True)
        return [dict(zip(names, row, strict=True)) for row in values]

    def _held(self, span: Span) -> Rows:
        now = self.now()
        return self._within(span, lambda rows: self.timeline.held(rows, now))

    def _within(self, span: Span, mask: Callable[[slice], Mask]) -> Rows:
        low, high = np.searchsorted(self.keys, [span.start, span.end]).tolist()
        rows: Rows = np.flatnonzero(mask(slice(low, high))) + low
        return rows

    def _one_of(self, rows: Rows) -> Rows:
        chosen: Rows = self.random.choice(rows, min(1, len(rows)), replace=False)
        return chosen
