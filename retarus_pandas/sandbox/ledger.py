"""The tables of one customer, each made when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from retarus_pandas.sandbox.clock import Clock
from retarus_pandas.sandbox.columns import Amended, Column
from retarus_pandas.sandbox.draw import DAYS, Draw, Integers, arrivals
from retarus_pandas.sandbox.makers import MAKERS
from retarus_pandas.sandbox.oddities import finer_than_asked, in_bursts, odd, repeated, shown
from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.sandbox.records import Table
from retarus_pandas.sandbox.timeline import Timeline

__all__ = ["Ledger"]

# Of the records that come late, one for so many that are there from the beginning.
_LATE_SHARE = 20


class Ledger:
    """The tables of one customer.

    Parameters
    ----------
    customer_id : str
        Whose they are.
    rows : dict
        How many records each report has on the first day.
    clock : Clock
        The days before its present one have records.
    days_ahead : int
        So many days from the present one on get records as the clock goes on.
    seed : int
        Another seed, other records.
    quirks : frozenset of Quirk
        What is odd about the records.
    """

    def __init__(
        self,
        customer_id: str,
        rows: Mapping[str, int],
        *,
        clock: Clock,
        days_ahead: int,
        seed: int,
        quirks: frozenset[Quirk],
    ) -> None:
        self._customer_id = customer_id
        self._rows = rows
        self._clock = clock
        self._midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        self._days_ahead = days_ahead
        self._seed = seed
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
        late = self._rows[report] // _LATE_SHARE + 10 if Quirk.ROWS_INSERTED in self._quirks else 0
        past = self._rows[report] + late
        seeds = (self._seed, self._customer_id, report, self._midnight.date().isoformat())
        size = past + self._ahead(report)
        draw = Draw(size, *seeds, missing="" if Quirk.EMPTY_TIMESTAMPS in self._quirks else None)
        keys = in_bursts(self._keys(draw, past), self._quirks)
        finer = finer_than_asked(keys, self._quirks)
        columns = MAKERS[report].make(draw.with_finer(finer), keys, self._customer_id, self._quirks)
        keys, columns = repeated(report, keys, odd(columns, draw, self._quirks), self._quirks)
        random = np.random.default_rng(self._seed)
        waiting = np.zeros(size, np.bool_)
        waiting[random.choice(past, late, replace=False)] = True
        timeline = Timeline(keys, waiting, self._quirks, Draw(size, *seeds, "timeline"))
        columns = self._amended(report, columns, timeline)
        return Table(keys, finer, columns, shown(columns, self._quirks), timeline, self._clock.milliseconds, random)

    def _ahead(self, report: str) -> int:
        """How many records are still to come."""
        return 0 if Quirk.ONE_WEEK in self._quirks else self._rows[report] * self._days_ahead // DAYS

    def _keys(self, draw: Draw, past: int) -> Integers:
        keys = arrivals(draw.sized(past), self._midnight, one_week=Quirk.ONE_WEEK in self._quirks)
        if draw.size == past:
            return keys
        until = self._midnight + timedelta(days=self._days_ahead)
        return np.concatenate([keys, arrivals(draw.sized(draw.size - past), until, days=self._days_ahead)])

    def _amended(self, report: str, columns: Mapping[str, Column], timeline: Timeline) -> Mapping[str, Column]:
        """The same with the field that changes where a record changes."""
        name = MAKERS[report].changes
        if not name:
            return columns
        amended = Amended(columns[name], lambda rows: timeline.changed(rows, self._clock.milliseconds()))
        return {**columns, name: amended}
