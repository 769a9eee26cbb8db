"""The fast path: Arrow reads a whole answer as one row of JSON, without Python objects and without the GIL."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from retarus_pandas.frame.decode.answer import Answer
from retarus_pandas.frame.decode.fit import fit
from retarus_pandas.frame.decode.memory import POOL
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path
from retarus_pandas.frame.decode.unify import EXACT, relist, restruct
from retarus_pandas.frame.decode.wire import Wire
from retarus_pandas.values import Column, Kind, Query

__all__ = ["Refused", "read_fast"]

_LARGEST = 2**31 - 2  # a block's size is a C int


class Refused(Exception):  # noqa: N818 - not an error: the general path decides
    """Arrow, or one of the guards around it, refuses the answer."""


def read_fast(body: memoryview, query: Query, wire: Wire, schema: pa.Schema, notes: Notes) -> Answer:
    """Read an answer as the selection promises it; anything unexpected is refused."""
    table = _parse(body, schema)
    result = table.column("data").chunk(0).field(query.response_name)
    content, more = map(result.field, (query.content_name, query.more_name))
    if content.null_count or more.null_count:
        raise Refused
    records = content.flatten()
    if records.null_count:
        raise Refused
    path = ("data", query.response_name, query.content_name)
    for place, names in wire.extras.items():
        if place[: len(path)] == path:
            notes.add_all(place, names, Oddity.UNKNOWN_FIELD)
    columns = {
        column.name: _conform(column, records.field(column.name), (*path, column.name), notes)
        for column in query.columns
    }
    index, size = (result.field(name)[0].as_py() if name else None for name in (query.index_name, query.size_name))
    return Answer(pa.table(columns), more[0].as_py(), index, size)


def _parse(body: memoryview, schema: pa.Schema) -> pa.Table:
    # Whatever is not an object is kept away from Arrow: a body of "null" ends the process.
    if bytes(body[:64]).lstrip(b" \t\r\n")[:1] != b"{" or len(body) > _LARGEST:
        raise Refused
    try:
        table = arrow_json.read_json(
            pa.BufferReader(body),
            read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(body) + 1),
            parse_options=arrow_json.ParseOptions(
                explicit_schema=schema, newlines_in_values=True, unexpected_field_behavior="error"
            ),
            memory_pool=POOL,
        )
        table.validate(full=True)  # else invalid UTF-8 passes
    except pa.ArrowException:
        raise Refused from None
    if table.num_rows != 1:  # else two documents in one body pass
        raise Refused
    return table


def _conform(column: Column, values: pa.Array, path: Path, notes: Notes) -> pa.Array:
    if column.fields:
        if pa.types.is_list(values.type):
            return relist(values, lambda inner: _conform(column, inner, path, notes))
        fields = {
            each.name: _conform(each, values.field(each.name), (*path, each.name), notes) for each in column.fields
        }
        return restruct(values, fields)
    return _conform_leaf(column, column.lists, values, path, notes)


def _conform_leaf(column: Column, lists: int, values: pa.Array, path: Path, notes: Notes) -> pa.Array:
    if lists:
        return relist(values, lambda inner: _conform_leaf(column, lists - 1, inner, path, notes))
    _guard(column, values)
    return fit(column, values, path, notes)


def _guard(column: Column, values: pa.Array) -> None:
    """Refuse doubles that JSON cannot hold (Arrow reads NaN), or that may have been another integer."""
    if pa.types.is_list(values.type):
        _guard(column, values.values)
    elif pa.types.is_floating(values.type):
        sound = pc.is_finite(values) if column.kind is Kind.FLOAT else pc.less_equal(pc.abs(values), EXACT)
        if pc.all(sound).as_py() is False:
            raise Refused
