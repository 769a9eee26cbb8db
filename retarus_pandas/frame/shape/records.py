"""Whole records, as files keep them, become the columns of a query: as if they had just been asked for.

A file has flat columns, named by their path in the record, and no aliases. An object is put together from its
fields; that it was null is seen by all of them being null.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.frame.decode import DIGITS, Path, as_text, natural_type, relist, restruct
from retarus_pandas.values import Column, Kind

_NUMBERS = (Kind.INT, Kind.FLOAT, Kind.DECIMAL)
_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"

__all__ = ["flat_names", "from_records", "with_texts"]


def flat_names(columns: Sequence[Column], schema: pa.Schema) -> list[str]:
    """The flat columns that a query's columns are made from.

    Parameters
    ----------
    columns : sequence of Column
        The query's.
    schema : pyarrow.Schema
        Of the records; each field's metadata has its ``path`` in the record as JSON.
    """
    places = _places(schema)
    found = dict.fromkeys(name for column in columns for name in _names(column, (), places))
    return [name for name in schema.names if name in found]


def from_records(records: pa.Table, columns: Sequence[Column]) -> pa.Table:
    """The records as the decoder would have read them for a query.

    Parameters
    ----------
    records : pyarrow.Table
        Whole records, or at least those of `flat_names`.
    columns : sequence of Column
        The query's; one that the records do not have is null.

    Returns
    -------
    pyarrow.Table
        One column for each of the query's, hidden ones too, under their response names.
    """
    places = _places(records.schema)
    whole = records.combine_chunks()
    made = {column.name: _column(column, (), whole, places) for column in columns}
    # A table of no columns would have no rows either.
    return pa.table(made) if made else records.select([])


def _places(schema: pa.Schema) -> dict[Path, pa.Field]:
    return {tuple(json.loads(field.metadata[b"path"])): field for field in schema if b"path" in (field.metadata or {})}


def _names(column: Column, path: Path, places: Mapping[Path, pa.Field]) -> Iterator[str]:
    here = (*path, column.source)
    if here in places:
        yield places[here].name
    elif column.fields:
        # All of its fields, for whether there is an object at all.
        yield from (field.name for place, field in places.items() if place[: len(here)] == here)


def _column(column: Column, path: Path, records: pa.Table, places: Mapping[Path, pa.Field]) -> pa.Array:
    here = (*path, column.source)
    if here in places:
        values = _one(records.column(places[here].name))
        kind = places[here].metadata.get(b"kind", b"").decode()
        return _projected(values, column, column.lists, kind)
    below = [field.name for place, field in places.items() if place[: len(here)] == here]
    if not below or not column.fields:
        return pa.nulls(records.num_rows, natural_type(column, pa.null()))
    absent = reduce(pc.and_, (_one(records.column(name)).is_null() for name in below))
    fields = {each.name: _column(each, here, records, places) for each in column.fields}
    return pa.StructArray.from_arrays(list(fields.values()), names=list(fields), mask=absent)


def _one(values: pa.ChunkedArray) -> pa.Array:
    return values.chunk(0) if values.num_chunks == 1 else pa.concat_arrays([pa.nulls(0, values.type), *values.chunks])


def _projected(values: pa.Array, column: Column, lists: int, kind: str) -> pa.Array:
    """The selected fields of the objects, under their response names."""
    if pa.types.is_list(values.type):
        return relist(values, lambda inner: _projected(inner, column, max(lists - 1, 0), kind))
    if not pa.types.is_struct(values.type):
        return _leaf(values, column, kind)
    fields = {field.name: values.field(field.name) for field in values.type}
    picked = {each.name: _field(fields.get(each.source), each, len(values)) for each in column.fields}
    return restruct(values, picked)


def _field(values: pa.Array | None, column: Column, rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(rows, natural_type(column, pa.null()))
    return _projected(values, column, column.lists, column.kind.word)


def _leaf(values: pa.Array, column: Column, kind: str) -> pa.Array:
    """The values in the type that is declared now, where that loses nothing."""
    natural = natural_type(Column(column.name, column.kind), pa.null())
    if values.type == natural or pa.types.is_null(natural):
        return values
    if natural == pa.string():
        return as_text(values)
    if natural == DIGITS or kind == Kind.UNDECLARED.word or pa.types.is_string(values.type):
        try:
            return values.cast(natural)
        except pa.ArrowException:  # then it is the text that contradicts what is declared
            return _as_numbers(values, column)
    return values


def _as_numbers(values: pa.Array, column: Column) -> pa.Array:
    """Texts that are all numbers, where numbers are declared, as numbers that keep their digits."""
    if column.kind not in _NUMBERS or not pa.types.is_string(values.type):
        return values
    is_number = pc.fill_null(pc.match_substring_regex(values, _NUMBER), True)  # noqa: FBT003 - what stands for a null
    return values.cast(DIGITS) if pc.all(is_number).as_py() else values


def with_texts(records: pa.Table, wanted: Mapping[str, Sequence[str]], *, ignores_case: bool = False) -> pa.Table:
    """The records that have one of the wanted texts in each of these flat columns; other values are compared as text.

    Parameters
    ----------
    records : pyarrow.Table
        Flat, with the columns that are wanted.
    wanted : mapping of str to sequence of str
        The texts by column.
    ignores_case : bool, default False
        Take capitals for small letters.
    """
    for name, texts in wanted.items():
        values, sought = as_text(_one(records.column(name))), pa.array(texts, pa.string())
        if ignores_case:
            values, sought = pc.utf8_lower(values), pc.utf8_lower(sought)
        records = records.filter(pc.is_in(values, sought))
    return records
