"""Rows that came twice because the records shifted between two pages.

A record that arrives late moves all later ones by one position, so that the last row of a page comes again as
the first of the next. Such a row is recognised by its key and its whole content, never by less.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.frame.decode.texts import Written, as_text, to_python
from retarus_pandas.values import Page, Window

__all__ = ["ShiftFilter"]

# Rows of the pages before that a page is compared with. A shift this large would need as many records to arrive
# between two requests; in exchange the memory stays the same however long a window is.
REMEMBERED_ROWS = 50_000
# Remembered tables are joined up to this size: thousands of tiny ones would each be looked at for every page.
_JOINED_ROWS = 2_000

# No GraphQL name holds a blank, so no column is called this.
_POSITION = "position in the page"

_Key = tuple[Any, ...]


class ShiftFilter:
    """Drops the rows that another page of the same window has brought already.

    A row is dropped if it equals a row of an earlier page in its key and in every received column. Equal rows
    within one page are both kept, and so is a row whose key came before with another content. Without a key
    nothing is dropped: two equal rows may well be two records. Rows whose key is null throughout have none.

    Earlier pages are remembered until the newer ones hold 50,000 rows, and given up at the window's last page.

    Parameters
    ----------
    key : sequence of str
        The columns that together name one record; empty where the report has none.
    """

    def __init__(self, key: Sequence[str]) -> None:
        self._key = tuple(key)
        self._pages: deque[pa.Table] = deque()
        self._dropped: dict[Window, int] = {}
        self._conflicts: dict[Window, int] = {}
        self._owed: _Key | None = None
        self._gap = False

    @property
    def can_tell(self) -> bool:
        """Whether a shifted row can be told from a record that looks the same."""
        return bool(self._key)

    @property
    def dropped(self) -> int:
        """Rows dropped so far; what was dropped from a window read again does not count."""
        return sum(self._dropped.values())

    @property
    def conflicts(self) -> int:
        """Rows kept although their key came before, with another content."""
        return sum(self._conflicts.values())

    @property
    def gap(self) -> bool:
        """Whether rows came again as no late arrivals make them, so that others are missing.

        Late records move all others on: what comes again goes on to the last row that was there. An earlier page
        that is sent in place of the one asked breaks off before, and hides the rows of that one.
        """
        return self._gap

    def begin(self, window: Window) -> None:
        """Start with the window's page 0, for the first time or anew."""
        self._pages.clear()
        self._owed, self._gap = None, False
        self._dropped[window] = self._conflicts[window] = 0

    def take(self, page: Page) -> Page:
        """The page without the rows of earlier pages; the same object if there are none."""
        again = self._repeated(page) if self._key and self._pages else {}
        repeated = sorted(again)
        self._look_for_gap(page, set(again.values()))
        if page.more and self._key:
            self._remember(page.rows)
        else:
            self._pages.clear()
        if not repeated:
            return page
        self._dropped[page.window] += len(repeated)
        kept = np.ones(page.rows.num_rows, dtype=bool)
        kept[repeated] = False
        return replace(page, rows=page.rows.filter(pa.array(kept)))

    def _remember(self, rows: pa.Table) -> None:
        while self._pages and _worth_joining(self._pages[-1], rows):
            rows = pa.concat_tables([self._pages.pop(), rows]).combine_chunks()
        self._pages.append(rows)
        held = sum(table.num_rows for table in self._pages)
        while held - self._pages[0].num_rows >= REMEMBERED_ROWS:
            held -= self._pages.popleft().num_rows

    def _look_for_gap(self, page: Page, again: set[_Key]) -> None:
        if again and self._owed is None:
            self._owed = self._last_key()
        if self._owed in again:
            self._owed = None
        self._gap = self._owed is not None and not (again and page.more)

    def _last_key(self) -> _Key | None:
        """The key of the last row of the pages before; None if it has none."""
        last = next(table for table in reversed(self._pages) if table.num_rows)
        key = tuple(_as_text(last.column(name)[-1:])[0].as_py() for name in self._key)
        return key if any(value is not None for value in key) else None

    def _repeated(self, page: Page) -> dict[int, _Key]:
        """The positions of the rows to drop, and their keys."""
        earlier = [table.column(self._key[0]) for table in self._pages]
        if not pc.any(_is_among(_joined(earlier), page.rows.column(self._key[0]))).as_py():
            return {}
        seen: dict[_Key, set[str]] = {}
        for table in self._pages:
            for _, key, content in self._alike(table, page.rows):
                seen.setdefault(key, set()).add(content)
        repeated: dict[int, _Key] = {}
        for position, key, content in self._alike(page.rows, *self._pages):
            contents = seen.get(key, ())
            if content in contents:
                repeated[position] = key
            elif contents:
                self._conflicts[page.window] += 1
        return repeated

    def _alike(self, rows: pa.Table, *others: pa.Table) -> Iterator[tuple[int, _Key, str]]:
        """Position, key and content of the rows whose key may be among the others'.

        The content is text, because lists have no hash and NaN does not equal itself. Instants are in the form
        that they have in a column which one value made text, and integers in the one that fractions have.
        """
        found = rows.select(self._key).append_column(_POSITION, pa.array(np.arange(rows.num_rows)))
        for name in self._key:
            found = found.filter(_is_among(found.column(name), _joined([other.column(name) for other in others])))
        positions = found.column(_POSITION)
        keys = zip(*(_as_text(found.column(name)).to_pylist() for name in self._key), strict=True)
        columns = (_comparable(column) for column in rows.take(positions).columns)
        contents = map(repr, zip(*columns, strict=True))
        named = zip(positions.to_pylist(), keys, contents, strict=True)
        return (row for row in named if any(value is not None for value in row[1]))


def _worth_joining(before: pa.Table, rows: pa.Table) -> bool:
    """Tables of about the same size only, so that a row is copied a few times at most."""
    small = len(before) + len(rows) <= _JOINED_ROWS and len(before) <= 2 * len(rows)
    return small and before.schema == rows.schema


def _joined(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """One column of several; as text where their types differ, for a column's type may be relearned in mid-read."""
    if len({column.type for column in columns}) > 1:
        columns = [_as_text(column) for column in columns]
    return pa.chunked_array([chunk for column in columns for chunk in column.chunks], columns[0].type)


def _is_among(values: pa.ChunkedArray, wanted: pa.ChunkedArray) -> pa.ChunkedArray:
    if values.type != wanted.type:
        values, wanted = _as_text(values), _as_text(wanted)
    return pc.is_in(values, value_set=wanted)


def _as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([as_text(chunk) for chunk in values.chunks], pa.string())


def _comparable(values: pa.ChunkedArray) -> list[Any]:
    return to_python(_as_text(values) if pa.types.is_timestamp(values.type) else values, Written)
