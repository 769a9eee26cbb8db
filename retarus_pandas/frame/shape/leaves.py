"""The values of a column that hold no others, changed wherever they are: in objects, in lists, at any depth."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from retarus_pandas.errors import SchemaMismatchError
from retarus_pandas.frame.decode import relist, restruct, word_of
from retarus_pandas.values import Column

__all__ = ["Change", "change_leaves"]

# What becomes of the values of a column without fields; None where nothing does.
Change = Callable[[pa.Array, Column], pa.Array | None]


def change_leaves(values: pa.ChunkedArray, column: Column, change: Change) -> pa.ChunkedArray | None:
    """The values of a column with all that its fields hold changed; None if nothing remains.

    Raises
    ------
    SchemaMismatchError
        What is declared as an object is none, so that its fields cannot be told apart.
    """
    # One more, which has the type even where there is no chunk at all.
    chunks = [_changed(chunk, column, change) for chunk in [pa.nulls(0, values.type), *values.chunks]]
    return None if chunks[0] is None else pa.chunked_array(chunks[1:], chunks[0].type)


def _changed(values: pa.Array, column: Column, change: Change) -> pa.Array | None:
    if not column.fields:
        return change(values, column)
    if pa.types.is_list(values.type):
        inner = _changed(values.values[:0], column, change)
        return None if inner is None else relist(values, lambda each: _changed(each, column, change))
    if not pa.types.is_struct(values.type):
        raise SchemaMismatchError(
            f"The column {column.name!r} is declared as an object, but came as {word_of(values.type)}, so that the "
            "fields in it cannot be told apart. Leave the column out, or load the service's own schema."
        )
    fields = {each.name: _changed(values.field(each.name), each, change) for each in column.fields}
    left = {name: child for name, child in fields.items() if child is not None}
    return restruct(values, left) if left else None
