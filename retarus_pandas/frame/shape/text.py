"""Lists as JSON text, for files that know only text."""

from __future__ import annotations

import json

import pyarrow as pa

__all__ = ["lists_as_json", "without_lists"]


def _is_nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind))


def without_lists(schema: pa.Schema) -> pa.Schema:
    """Return the schema with text in place of every nested type."""
    return pa.schema([field.with_type(pa.string()) if _is_nested(field.type) else field for field in schema])


def lists_as_json(table: pa.Table) -> pa.Table:
    """Return the table with every nested value written as JSON; a missing list stays missing."""
    columns = [_as_json(column) if _is_nested(column.type) else column for column in table.columns]
    return pa.table(columns, schema=without_lists(table.schema))


def _as_json(column: pa.ChunkedArray) -> pa.Array:
    texts = [
        None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in column.to_pylist()
    ]
    return pa.array(texts, pa.string())
