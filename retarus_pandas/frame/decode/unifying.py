"""How arrays of several types become one without losing a value.

A column ends with the least type that holds the declared one and every value that came, and the text of a
value depends on that value alone. So neither the size nor the order of the pages can change a frame.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.frame.decode.texts import as_text
from retarus_pandas.frame.decode.types import DIGITS, INSTANT, relist, restruct

__all__ = ["unify"]

_TEXTS = {pa.string(), INSTANT}


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
    if types == {pa.int64(), DIGITS}:
        return [as_text(array).cast(DIGITS) for array in arrays]
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
