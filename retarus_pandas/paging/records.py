"""Records of one answer as an Arrow table: where they stand in time, in which order, and which are missing.

A record's *place* is a whole number of microseconds that grows in the order of reading: its stamp since 1970, or
where the newest record comes first the bitwise complement of it. A half-open span ``[a, b)`` of time is then the
half-open span ``[-b, -a)`` of places, and flooring a place to a unit is the mirror image too. So one way of paging
serves both directions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.values import Window

__all__ = [
    "MINUTE",
    "SECOND",
    "Look",
    "contents",
    "examine",
    "floor",
    "hashes",
    "in_order",
    "joined",
    "missing",
    "place_of",
    "places_of",
    "window_of",
]

Places = npt.NDArray[np.int64]

MILLISECOND = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
_UNITS = (SECOND, SECOND // 10, SECOND // 100)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
# Control characters, which no key has.
_BETWEEN, _NOTHING = "\x1f", "\x1e"


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What one answer shows.

    ``rows`` are in order: by place, within one instant by key and content. ``places`` go with them; a record
    without a stamp has that of the record before it. ``unit`` is the finest fraction of a second among the
    stamps. ``stamped`` is False where a record, or a null in its place, has no stamp to read, ``ordered`` where
    the service sent the records in another order. ``blind`` is True where no record has a stamp.
    """

    rows: pa.Table
    places: Places
    unit: int = SECOND
    stamped: bool = True
    ordered: bool = True
    blind: bool = False

    def between(self, start: int, end: int) -> Look:
        """The records that stand in a span of places."""
        first, last = np.searchsorted(self.places, [start, end])
        return self._part(int(first), int(last))

    def from_(self, start: int) -> Look:
        """The records that stand at or behind a place."""
        return self._part(int(np.searchsorted(self.places, start)), len(self.places))

    def before(self, end: int) -> Look:
        """The records that stand in front of a place."""
        return self._part(0, int(np.searchsorted(self.places, end)))

    def not_in(self, shown: Look, key: Sequence[str]) -> Look:
        """The records that are missing from another look."""
        found = _missing(self.rows, shown.rows, key)
        return Look(self.rows.take(pa.array(found, pa.int64())), self.places[np.array(found, np.int64)], self.unit)

    def _part(self, first: int, last: int) -> Look:
        return Look(self.rows.slice(first, last - first), self.places[first:last], self.unit)

    def __len__(self) -> int:
        return len(self.places)


def places_of(window: Window, *, descending: bool) -> tuple[int, int]:
    """The span of places that a window is."""
    start, end = ((instant - _EPOCH) // _MICRO for instant in (window.start, window.end))
    return (-end, -start) if descending else (start, end)


def place_of(stamp: datetime, *, descending: bool) -> int:
    """The place of a record with this stamp."""
    place = (stamp - _EPOCH) // _MICRO
    return ~place if descending else place


def window_of(start: int, end: int, *, descending: bool) -> Window:
    """The window that a span of places is."""
    start, end = (-end, -start) if descending else (start, end)
    return Window(_EPOCH + start * _MICRO, _EPOCH + end * _MICRO)


def floor(place: int, unit: int) -> int:
    """The first place of the unit that a place is in."""
    return place - place % unit


def examine(
    rows: pa.Table, key: Sequence[str], key_timestamp: str | None, *, start: int = 0, descending: bool = False
) -> Look:
    """Find the places of an answer's records and put them in order; `start` is that of a first one without a stamp."""
    count = rows.num_rows
    known = _stamps(rows, key_timestamp)
    if known is None:
        # With no stamp that can be read the order is the service's.
        return Look(rows, np.full(count, start, dtype=np.int64), stamped=not count, blind=bool(count))
    stamps, valid = known
    places = ~stamps if descending else stamps
    unit = _unit(stamps[valid])
    if not valid.all():
        places = _filled(places, valid, start)
    ordered = bool(np.all(np.diff(places // MILLISECOND) >= 0))
    stamped = bool(valid.all())
    order = _order(rows, places, key)
    if order is not None:
        rows, places = rows.take(pa.array(order)), places[order]
    return Look(rows, places, unit, stamped, ordered, blind=not stamped and not valid.any())


def in_order(rows: pa.Table, key: Sequence[str], key_timestamp: str | None, *, descending: bool = False) -> pa.Table:
    """The records in the order in which a read gives them; those that have no stamps in that of the service.

    Parameters
    ----------
    rows : pyarrow.Table
        Records, the oldest first.
    key : sequence of str
        The columns that name a record.
    key_timestamp : str or None
        The column by which the service sorts.
    descending : bool, default False
        The newest record comes first.
    """
    look = examine(rows, key, key_timestamp, descending=descending)
    if look.blind and descending:
        return rows.take(pa.array(np.arange(rows.num_rows)[::-1]))
    return look.rows


def _stamps(rows: pa.Table, name: str | None) -> tuple[Places, npt.NDArray[np.bool_]] | None:
    column = rows.column(name) if name in rows.column_names else None
    if column is None or not pa.types.is_timestamp(column.type):
        return None
    numbers = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())
    valid = numbers.is_valid().to_numpy()
    return np.array(pc.fill_null(numbers, 0).to_numpy(), dtype=np.int64), valid


def _unit(stamps: Places) -> int:
    fractions = stamps % SECOND
    return next((unit for unit in _UNITS if not (fractions % unit).any()), MILLISECOND)


def _filled(places: Places, valid: npt.NDArray[np.bool_], start: int) -> Places:
    before = np.maximum.accumulate(np.where(valid, np.arange(len(places)), -1))
    return np.where(before < 0, np.int64(start), places[before])


def _order(rows: pa.Table, places: Places, key: Sequence[str]) -> npt.NDArray[np.int64] | None:
    """The order by place, key and content; None if the rows stand in it already, as far as places tell."""
    steps = np.diff(places)
    if (steps > 0).all():
        return None
    order = np.argsort(places, kind="stable")
    moved = places[order]
    same = np.flatnonzero(np.diff(moved) == 0)
    tied = np.unique(np.concatenate([same, same + 1]))
    if len(tied):
        among = rows.take(pa.array(order[tied]))
        order[tied] = order[tied][_order_of_ties(among, moved[tied], key)]
    return order


def _order_of_ties(rows: pa.Table, places: Places, key: Sequence[str]) -> npt.NDArray[np.int64]:
    names = [name for name in key if name in rows.column_names]
    columns = [pa.array(places), *(_text(rows.column(name)) for name in names)]
    labels = [str(number) for number in range(len(columns))]
    table = pa.table(columns, names=labels)
    if names:
        order = pc.sort_indices(table, [(label, "ascending") for label in labels]).to_numpy()
        sorted_keys = table.take(pa.array(order))
        if not _has_equal_neighbours(sorted_keys):
            return np.asarray(order, dtype=np.int64)
    table = table.append_column("content", pa.array(contents(rows), pa.string()))
    order = pc.sort_indices(table, [(label, "ascending") for label in table.column_names]).to_numpy()
    return np.asarray(order, dtype=np.int64)


def _has_equal_neighbours(table: pa.Table) -> bool:
    same = np.ones(max(table.num_rows - 1, 0), dtype=bool)
    for column in table.columns:
        equal = pc.equal(column[1:], column[:-1])
        both_null = pc.and_(column[1:].is_null(), column[:-1].is_null())
        same &= pc.coalesce(equal, both_null).to_numpy()
    return bool(same.any())


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_nested(column.type):
        return pa.chunked_array([pa.array([repr(value) for value in column.to_pylist()], pa.string())])
    if pa.types.is_timestamp(column.type):
        plain = column.cast(pa.timestamp("us")).cast(pa.string())
        return pc.binary_join_element_wise(pc.replace_substring(plain, " ", "T"), "Z", "")
    return column.cast(pa.string())


def contents(rows: pa.Table) -> list[str]:
    """Each row's whole content as text, which has no types: a column may become text in the middle of a read."""
    columns = [_text(column) if pa.types.is_timestamp(column.type) else column for column in rows.columns]
    if not columns:
        return [""] * rows.num_rows
    return list(map(repr, zip(*(column.to_pylist() for column in columns), strict=True)))


def missing(owed: pa.Table, shown: pa.Table, key: Sequence[str] = ()) -> pa.Table:
    """The owed rows that are not shown, in number and in every column; with a key, only those not updated either.

    An updated record has the key of one that is missing and was itself not owed.
    """
    return owed.take(pa.array(_missing(owed, shown, key), pa.int64()))


def _missing(owed: pa.Table, shown: pa.Table, key: Sequence[str]) -> list[int]:
    """Where the owed rows stand that are missing."""
    if not owed.num_rows or owed.equals(shown):
        return []
    left = Counter(contents(shown))
    left.subtract(texts := contents(owed))
    lacking: list[int] = []
    for index, text in enumerate(texts):
        if left[text] < 0:
            left[text] += 1
            lacking.append(index)
    return _not_updated(lacking, owed, shown, left, key) if key and lacking else lacking


def _not_updated(
    lacking: list[int], owed: pa.Table, shown: pa.Table, left: Counter[str], key: Sequence[str]
) -> list[int]:
    fresh: Counter[str] = Counter()
    for text, name in zip(contents(shown), contents(shown.select(key)), strict=True):
        if left[text] > 0:
            left[text] -= 1
            fresh[name] += 1
    gone: list[int] = []
    rows = owed.select(key).take(pa.array(lacking, pa.int64()))
    for index, name in zip(lacking, contents(rows), strict=True):
        if fresh[name] > 0:
            fresh[name] -= 1
        else:
            gone.append(index)
    return gone


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables one after the other; where a column became text on the way, it is text throughout."""
    first = tables[0]
    if all(table.schema.equals(first.schema) for table in tables):
        return pa.concat_tables(tables)
    return pa.concat_tables([_as_last(table, tables) for table in tables])


def _as_last(table: pa.Table, tables: Sequence[pa.Table]) -> pa.Table:
    for index, name in enumerate(table.column_names):
        types = {other.column(name).type for other in tables}
        if len(types) > 1:
            table = table.set_column(index, name, _text(table.column(name)))
    return table


def hashes(rows: pa.Table, key: Sequence[str]) -> npt.NDArray[np.uint64]:
    """One number for each row's key; rows without any key have none."""
    columns = [_text(rows.column(name)) for name in key]
    named = reduce(pc.or_, (column.is_valid() for column in columns))
    # As one text each, which is hashed in half the time of several; nothing has a mark of its own.
    texts = pc.binary_join_element_wise(*columns, _BETWEEN, null_handling="replace", null_replacement=_NOTHING)
    return np.asarray(pd.util.hash_array(texts.filter(named).to_numpy(), categorize=False), dtype=np.uint64)
