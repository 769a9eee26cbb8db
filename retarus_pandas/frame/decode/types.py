"""The Arrow types of the table of kinds."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from retarus_pandas.values import Column, Kind

__all__ = ["DIGITS", "INSTANT", "declared_type", "natural_type", "relist", "restruct", "wire_types", "word_of"]

INSTANT = pa.timestamp("us", "UTC")
# A number as it was written. Nothing else is kept in this type, so that it tells numbers from texts.
DIGITS = pa.large_string()


def _named(name: str) -> pa.DataType:
    if name.startswith("["):
        return pa.list_(_named(name[1:-1]))
    return INSTANT if name.startswith("timestamp") else pa.type_for_alias(name)


_DECLARED = {kind: _named(kind.arrow) for kind in Kind if kind.arrow}
_WIRE = {kind: tuple(map(_named, (name for name in kind.wire if name != "literal"))) for kind in Kind}
_WORDS = {str(declared): kind.word for kind, declared in _DECLARED.items()} | {"string": "text"}


def declared_type(kind: Kind) -> pa.DataType | None:
    """The type of a kind's values, None where it is not declared."""
    return _DECLARED.get(kind)


def wire_types(kind: Kind) -> tuple[pa.DataType, ...]:
    """The types in which Arrow may read a kind from JSON, the declared one first; none if only as it is written."""
    return _WIRE[kind]


def word_of(kind: pa.DataType) -> str:
    """What messages call a type."""
    return _WORDS.get(str(kind), "a list" if pa.types.is_list(kind) else "an object")


def natural_type(column: Column, undeclared: pa.DataType) -> pa.DataType:
    """The type a column has by declaration; ``undeclared`` stands where nobody declared one."""
    if column.fields:
        natural = pa.struct([(field.name, natural_type(field, undeclared)) for field in column.fields])
    else:
        natural = _DECLARED.get(column.kind, undeclared)
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
