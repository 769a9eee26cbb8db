"""What a page lacks although it is declared, which no type would show: it reads as nulls."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path
from retarus_pandas.values import Column, Kind

__all__ = ["tell_missing"]


def tell_missing(columns: Sequence[Column], rows: pa.Table, path: Path, body: bytes, notes: Notes) -> None:
    """Tell of columns that no record has, and of identities that are null."""
    if rows.num_rows:
        # A record that is null has no identity either, and is told of already.
        look = _Look(body, notes)
        whole = not notes.tells(path, Oddity.NULL_ROW)
        for column in (each for each in columns if not each.absent):
            look.at(column, rows.column(column.name).chunk(0), (*path, column.name), whole=whole)


class _Look:
    """Goes through the columns of one page."""

    def __init__(self, body: bytes, notes: Notes) -> None:
        self._body = body
        self._notes = notes

    def at(self, column: Column, values: pa.Array, path: Path, *, whole: bool = True) -> None:
        """Look at a column, and into its objects."""
        if values.null_count == len(values):
            if len(values) and column.kind is not Kind.UNDECLARED and self._is_absent(column.name, path):
                self._notes.add(path, Oddity.ABSENT)
            return
        if column.identity and values.null_count and whole:
            self._notes.add(path, Oddity.NO_IDENTITY)
        if column.fields:
            self._into(column, values, path)

    def _into(self, column: Column, values: pa.Array, path: Path) -> None:
        while pa.types.is_list(values.type):
            values = values.flatten()
        objects = values.drop_null()
        for field in column.fields:
            self.at(field, objects.field(field.name), (*path, field.name))

    def _is_absent(self, name: str, path: Path) -> bool:
        """Whether its name is nowhere in the body; a search through all of it is worth it once a read."""
        if self._notes.was_told(path, Oddity.ABSENT):
            return True
        return re.search(rb'"%s"\s*:' % name.encode(), self._body) is None
