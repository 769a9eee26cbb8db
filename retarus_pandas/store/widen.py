"""Types that change: one schema for all files of a report, and every table in it, without losing a digit."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.frame import as_text, relist, restruct
from retarus_pandas.store.columns import Traits, described
from retarus_pandas.values import Column

__all__ = ["InexactError", "fit", "plain_schema", "united"]

_PANDAS = b"pandas"
_NUMPY = {"string": "str", "double": "float64"}


class InexactError(Exception):
    """Whole numbers that no float holds exactly; the column has to become text."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


def united(old: pa.Schema, new: pa.Schema, *, asked: datetime, texts: Collection[str] = ()) -> pa.Schema:
    """The least schema in which tables of both fit; the old one itself, if they fit in it.

    Parameters
    ----------
    old, new : pyarrow.Schema
        As `described` makes them.
    asked : datetime
        Since when there is what only the new one has.
    texts : collection of str
        Columns that become text in any case where the types differ.
    """
    before, now = Traits.of(old), Traits.of(new)
    fields = [_widened(field, new, texts) for field in old]
    since = {"since": asked.isoformat()}
    fields += [_with(field, since) for field in new if field.name not in old.names]
    traits = Traits(
        _merged(before.columns, now.columns), before.key or now.key, before.key_timestamp or now.key_timestamp
    )
    if [field.type for field in fields] == old.types and (traits.key, traits.key_timestamp) == _keys(before):
        return old
    metadata = {**(old.metadata or {}), _PANDAS: _pandas(old, new, fields)}
    return described(pa.schema(fields, metadata=metadata), traits)


def _keys(traits: Traits) -> tuple[tuple[str, ...], str | None]:
    return traits.key, traits.key_timestamp


def _widened(field: pa.Field, new: pa.Schema, texts: Collection[str]) -> pa.Field:
    at = new.get_field_index(field.name)
    kind = field.type if at < 0 else _wider(field.type, new.field(at).type, exact=field.name in texts)
    return field.with_type(kind)


def _with(field: pa.Field, said: Mapping[str, str]) -> pa.Field:
    return field.with_metadata({**(field.metadata or {}), **said})


def _wider(one: pa.DataType, other: pa.DataType, *, exact: bool) -> pa.DataType:
    """A type for the values of both."""
    if one == other:
        return one
    if pa.types.is_list(one) and pa.types.is_list(other):
        return pa.list_(_wider(one.value_type, other.value_type, exact=exact))
    if pa.types.is_struct(one) and pa.types.is_struct(other):
        names = dict.fromkeys(field.name for kind in (one, other) for field in kind)
        return pa.struct([(name, _wider(*_both(one, other, name), exact=exact)) for name in names])
    if {str(one), str(other)} == {"int64", "double"} and not exact:
        return pa.float64()
    return pa.string()


def _both(one: pa.DataType, other: pa.DataType, name: str) -> tuple[pa.DataType, pa.DataType]:
    found = [kind.field(name).type for kind in (one, other) if kind.get_field_index(name) >= 0]
    return found[0], found[-1]


def _merged(old: tuple[Column, ...], new: tuple[Column, ...]) -> tuple[Column, ...]:
    """All columns of both, by name; what is declared stays as it was declared first."""
    known = {column.name: column for column in new}
    kept = [replace(column, fields=_merged(column.fields, known.pop(column.name, column).fields)) for column in old]
    return (*kept, *known.values())


def fit(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table in a schema that is at least as wide.

    Raises
    ------
    InexactError
        A column cannot become one of floats.
    """
    nulls = pa.nulls(table.num_rows)
    columns = []
    for field in schema:
        at = table.schema.get_field_index(field.name)
        array = _whole(table.column(at)) if at >= 0 else nulls
        try:
            columns.append(_fit(array, field.type))
        except pa.ArrowInvalid:
            raise InexactError(field.name) from None
    return pa.table(columns, schema=plain_schema(schema))


def _whole(values: pa.ChunkedArray) -> pa.Array:
    array = values.combine_chunks()
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


def _fit(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if array.type == kind:
        return array
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), kind)
    if pa.types.is_list(array.type) and pa.types.is_list(kind):
        return relist(array, lambda inner: _fit(inner, kind.value_type))
    if pa.types.is_struct(array.type) and pa.types.is_struct(kind):
        there = {field.name for field in array.type}
        nulls = pa.nulls(len(array))
        fields = {
            field.name: _fit(array.field(field.name) if field.name in there else nulls, field.type) for field in kind
        }
        return restruct(array, fields)
    return pc.cast(array, kind) if pa.types.is_floating(kind) else as_text(array)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema that stands in a day's file: types, and what pandas needs for its dtypes."""
    said = {name: value for name, value in (schema.metadata or {}).items() if name == _PANDAS}
    return pa.schema([field.remove_metadata() for field in schema], metadata=said)


def _pandas(old: pa.Schema, new: pa.Schema, fields: list[pa.Field]) -> bytes:
    """The notes by which pandas finds the dtypes, for these fields."""
    notes: dict[str, Any] = json.loads((old.metadata or {}).get(_PANDAS, b"{}"))
    theirs: dict[str, Any] = json.loads((new.metadata or {}).get(_PANDAS, b"{}"))
    known = {each["name"]: each for said in (theirs, notes) for each in said.get("columns", ())}
    types = {field.name: field.type for field in old}
    notes["columns"] = [
        known[field.name]
        if field.name in known and types.get(field.name, field.type) == field.type
        else _note(field.name, str(field.type))
        for field in fields
    ]
    return json.dumps(notes).encode()


def _note(name: str, kind: str) -> dict[str, Any]:
    numpy = _NUMPY.get(kind, "object")
    return {"name": name, "field_name": name, "pandas_type": "object", "numpy_type": numpy, "metadata": None}
