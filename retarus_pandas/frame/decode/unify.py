"""Types of columns, and how arrays of several types become one without losing a value.

A column ends with the least type that holds the declared one and every value that came, and the text of a
value depends on that value alone. So neither the size nor the order of the pages can change a frame.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.values import Column, Kind

__all__ = ["EXACT", "INSTANT", "as_text", "json_text", "natural_type", "relist", "restruct", "unify"]

INSTANT = pa.timestamp("us", "UTC")
EXACT = 2**53 - 1  # up to here no two integers share a double

_LEAVES = {
    Kind.INT: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.TEXT: pa.string(),
    Kind.INSTANT: INSTANT,
}
_TEXTS = {pa.string(), INSTANT}


def natural_type(column: Column, undeclared: pa.DataType) -> pa.DataType:
    """The type a column has by declaration; ``undeclared`` stands where nobody declared one."""
    if column.fields:
        natural = pa.struct([(field.name, natural_type(field, undeclared)) for field in column.fields])
    else:
        natural = _LEAVES.get(column.kind, undeclared)
    for _ in range(column.lists):
        natural = pa.list_(natural)
    return natural


def relist(lists: pa.ListArray, change: Callable[[pa.Array], pa.Array]) -> pa.ListArray:
    """The same lists with their values changed one for one."""
    whole = pa.concat_arrays([lists]) if lists.offset else lists
    return pa.ListArray.from_arrays(whole.offsets, change(whole.values), mask=whole.is_null())


def restruct(objects: pa.StructArray, fields: dict[str, pa.Array]) -> pa.StructArray:
    """The same objects with other fields."""
    return pa.StructArray.from_arrays(list(fields.values()), names=list(fields), mask=objects.is_null())


def unify(arrays: Sequence[pa.Array]) -> list[pa.Array]:
    """The arrays in their least common type; text where nothing else holds them all."""
    typed = [array for array in arrays if not pa.types.is_null(array.type)]
    types = {array.type for array in typed}
    unified = typed if len(types) <= 1 else _unify_types(typed, types)
    common = unified[0].type if unified else pa.null()
    rest = iter(unified)
    return [pa.nulls(len(array), common) if pa.types.is_null(array.type) else next(rest) for array in arrays]


def _unify_types(arrays: Sequence[pa.Array], types: set[pa.DataType]) -> list[pa.Array]:
    if all(map(pa.types.is_struct, types)):
        return _unify_structs(arrays)
    if any(map(pa.types.is_struct, types)):
        return unify([_in_lists(array) if pa.types.is_struct(array.type) else array for array in arrays])
    if all(map(pa.types.is_list, types)):
        return _unify_lists(arrays)
    if types == {pa.int64(), pa.float64()} and not any(map(_has_wide, arrays)):
        return [array.cast(pa.float64()) for array in arrays]
    return [as_text(array) for array in arrays]


def _unify_structs(arrays: Sequence[pa.StructArray]) -> list[pa.Array]:
    names = [field.name for field in arrays[0].type]
    columns = [unify([array.field(name) for array in arrays]) for name in names]
    return [
        restruct(array, dict(zip(names, row, strict=True)))
        for array, row in zip(arrays, zip(*columns, strict=True), strict=True)
    ]


def _in_lists(objects: pa.StructArray) -> pa.ListArray:
    """Each object as a list of its own; no object is no list."""
    there = pc.filter(objects, objects.is_valid())
    ends = pc.cumulative_sum(objects.is_valid().cast(pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pa.ListArray.from_arrays(offsets, there, mask=objects.is_null())


def _unify_lists(arrays: Sequence[pa.ListArray]) -> list[pa.Array]:
    values = [pa.concat_arrays([array]).values if array.offset else array.values for array in arrays]
    unified = iter(unify(values))
    types = {value.type for value in values} - {pa.null()}
    lists = [relist(array, lambda _: next(unified)) for array in arrays]
    if pa.types.is_string(lists[0].type.value_type) and not types <= _TEXTS:
        return [as_text(array) for array in arrays]  # as elements, 1 and "1" could no longer be told apart
    return lists


def _has_wide(array: pa.Array) -> bool:
    """Whether an integer is too large to be exact as a double."""
    if not pa.types.is_integer(array.type):
        return False
    ends = pc.min_max(array).as_py().values()
    return any(end is not None and abs(end) > EXACT for end in ends)


def as_text(array: pa.Array) -> pa.Array:
    """The values as text, each in the one form that does not depend on the array's type."""
    kind = array.type
    if pa.types.is_string(kind):
        return array
    if pa.types.is_timestamp(kind):
        plain = array.cast(pa.timestamp("us")).cast(pa.string())
        return pc.binary_join_element_wise(pc.replace_substring(plain, " ", "T"), "Z", "")
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return array.cast(pa.string())
    return pa.array([None if value is None else _text(value) for value in array.to_pylist()], pa.string())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def json_text(value: Any) -> str:
    """A value as compact JSON; numbers in the form `as_text` gives them."""
    match value:
        case dict():
            return "{" + ",".join(f"{json_text(key)}:{json_text(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ",".join(map(json_text, value)) + "]"
        case float():
            return _number_text(value)
        case datetime():
            return json_text(value.isoformat(timespec="microseconds").replace("+00:00", "Z"))
        case _:
            return json.dumps(value, ensure_ascii=False)


def _number_text(value: float) -> str:
    if math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) <= EXACT else repr(float(value))
    exact: str = getattr(value, "exact", repr(value))
    return exact
