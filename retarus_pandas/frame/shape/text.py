"""What files of text cannot hold, as text: lists as JSON, instants with their offset."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["durations_as_seconds", "instants_as_text", "lists_as_json", "wall_time"]

_SECOND = 1_000_000.0
_MINUTE = 60_000_000


def _is_nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind))


def _without_lists(schema: pa.Schema) -> pa.Schema:
    """Return the schema with text in place of every nested type."""
    return pa.schema([field.with_type(pa.string()) if _is_nested(field.type) else field for field in schema])


def lists_as_json(table: pa.Table) -> pa.Table:
    """Return the table with every nested value written as JSON; a missing list stays missing."""
    columns = [_as_json(column) if _is_nested(column.type) else column for column in table.columns]
    return pa.table(columns, schema=_without_lists(table.schema))


def _as_json(column: pa.ChunkedArray) -> pa.Array:
    texts = [
        None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in column.to_pylist()
    ]
    return pa.array(texts, pa.string())


def durations_as_seconds(table: pa.Table, *, heading: str = "{}") -> pa.Table:
    """Return the table with numbers of seconds in place of durations, under headings made of their names."""
    columns = [_seconds(column) if pa.types.is_duration(column.type) else column for column in table.columns]
    names = [heading.format(field.name) if pa.types.is_duration(field.type) else field.name for field in table.schema]
    return pa.table(columns, names)


def _seconds(values: pa.ChunkedArray) -> pa.ChunkedArray:
    # Exact as they are written: fewer digits than a double has, for 285 years.
    return pc.divide(_number(values.cast(pa.duration("us"))).cast(pa.float64(), safe=False), _SECOND)


def instants_as_text(table: pa.Table) -> pa.Table:
    """Return the table with zoned instants as local time and offset, ``2026-10-25 02:30:00.000000+0200``.

    Arrow would write the same, but not where the system has no zones; those of Python may come from elsewhere.
    """
    columns = [_with_offset(column) if _is_zoned(column.type) else column for column in table.columns]
    return pa.table(columns, names=table.column_names)


def _is_zoned(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) and kind.tz)


def _with_offset(values: pa.ChunkedArray) -> pa.ChunkedArray:
    local = wall_time(values)
    if values.type.tz == "UTC":
        return pc.binary_join_element_wise(local.cast(pa.string()), "Z", "")
    return pc.binary_join_element_wise(local.cast(pa.string()), _offsets(local, values), "")


def _offsets(local: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.Array:
    micro = pa.timestamp("us")
    minutes = pc.divide(pc.subtract(_number(local.cast(micro)), _number(values.cast(micro))), _MINUTE)
    coded = pc.dictionary_encode(minutes).combine_chunks()
    return pa.array([_offset(each) for each in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)


def _offset(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _number(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return values.cast(pa.int64())


def wall_time(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return zoned instants as naive ones that show the local time, by Python's zones."""
    naive = pa.timestamp(values.type.unit)
    utc = _number(values).cast(naive)
    if values.type.tz == "UTC":
        return utc
    zone = pa.lib.string_to_tzinfo(values.type.tz)
    local = pd.DatetimeIndex(utc.to_numpy()).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return pa.chunked_array([pa.array(np.asarray(local), naive)], naive)
