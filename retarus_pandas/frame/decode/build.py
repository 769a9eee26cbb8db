"""Arrow arrays of JSON values, whatever mixture of them a column holds."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.frame.decode.fit import fit
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path, place, quote
from retarus_pandas.frame.decode.unify import as_text, json_text, natural_type, unify
from retarus_pandas.frame.decode.wire import Wire, infer, learn
from retarus_pandas.values import Column, Kind

__all__ = ["Builder", "Written"]

_WORD = 2**63
_SURROGATES = re.compile("[\ud800-\udfff]")
_NAMES = {dict: "an object", list: "a list", str: "text", bool: "a boolean"}


class Written(float):
    """A number, and how it was written."""

    __slots__ = ("exact",)
    exact: str

    def __new__(cls, text: str) -> Written:
        number = super().__new__(cls, text)
        number.exact = text
        return number


_ARROW = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), Written: pa.float64()}
_HOLDS: dict[type, Callable[[Any], bool]] = {int: lambda value: -_WORD <= value < _WORD, Written: math.isfinite}


class Builder:
    """Makes the arrays of one page, and writes down how the values came."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._leaves: dict[Path, pa.DataType] = {}
        self._listed: dict[Path, bool] = {}
        self._extras: dict[Path, dict[str, pa.DataType]] = {}

    def seen(self) -> Wire:
        """What Arrow should have expected."""
        return Wire(self._leaves, self._listed, self._extras)

    def fields(self, columns: Sequence[Column], objects: Sequence[Any], path: Path) -> dict[str, pa.Array]:
        """One array for each of the objects' selected fields."""
        extras = set(chain.from_iterable(filter(None, objects))) - {column.name for column in columns}
        if extras:
            self._learn_extras(extras, objects, path)
        return {
            column.name: self._column(column, column.lists, _members(objects, column.name), (*path, column.name))
            for column in columns
        }

    def _learn_extras(self, names: set[str], objects: Sequence[Any], path: Path) -> None:
        self._notes.add_all(path, names, Oddity.UNKNOWN_FIELD)
        kinds = {name: infer(_members(objects, name)) for name in names}
        self._extras[path] = {name: kind for name, kind in kinds.items() if kind is not None}

    def _column(self, column: Column, lists: int, values: Sequence[Any], path: Path) -> pa.Array:
        if column.fields:
            if not column.lists and (kinds := set(map(type, values)) - {type(None)}):
                self._listed[path] = list in kinds
            return self._objects(column, lists, values, path)
        if not column.lists and (kind := learn(column, values)) is not None:
            self._leaves[path] = kind
        return self._leaf(column, lists, values, path)

    def _objects(self, column: Column, lists: int, values: Sequence[Any], path: Path) -> pa.Array:
        kinds = set(map(type, values)) - {type(None)}
        if not kinds <= {dict, list}:
            raise Oddity.SHAPE.exception(f"{place(path)!r} holds a value where an object is declared")
        if not lists and list not in kinds:
            there = [value is None for value in values]
            fields = self.fields(column.fields, values, path)
            return pa.StructArray.from_arrays(
                list(fields.values()), names=list(fields), mask=pa.array(there, pa.bool_())
            )
        if not lists:
            self._notes.add(path, Oddity.WRAPPED, "a list", "one object")
        if dict in kinds:
            self._notes.add(path, Oddity.WRAPPED, "one object", "a list")
            values = [_in_list(value) for value in values]
        return _listed(values, self._objects(column, max(lists - 1, 0), _flat(values), path))

    def _leaf(self, column: Column, lists: int, values: Sequence[Any], path: Path) -> pa.Array:
        declared = Column(column.name, column.kind, lists)
        parts = [pa.nulls(len(values), natural_type(declared, pa.null()))]
        kinds = set(map(type, values)) - {type(None)}
        for kind in kinds:
            part: Sequence[Any] = (
                values if len(kinds) == 1 else [value if type(value) is kind else None for value in values]
            )
            if kind is list and (lists or column.kind in {Kind.UNDECLARED, Kind.OBJECT}):
                parts.append(self._lists(column, lists, part, path))
            else:
                parts.extend(self._scalars(declared, kind, part, path))
        together = unify(parts)
        return together[-1] if len(kinds) <= 1 == len(parts) - 1 else pc.coalesce(*together)

    def _lists(self, column: Column, lists: int, values: Sequence[list[Any] | None], path: Path) -> pa.Array:
        flat = _flat(values)
        inner = self._leaf(column, max(lists - 1, 0), flat, path)
        mixed = pa.types.is_string(inner.type) and not {str, type(None)}.issuperset(map(type, flat))
        if not mixed or column.kind is Kind.TEXT:
            return _listed(values, inner)
        # As elements, 1 and "1" could no longer be told apart; and what a list becomes depends on nothing beside it.
        there = [value for value in values if value is not None]
        if len(there) == 1:
            return self._texts([None if value is None else json_text(value) for value in values], path)
        return pa.concat_arrays([as_text(self._lists(column, lists, [value], path)) for value in values])

    def _scalars(self, declared: Column, kind: type, values: Sequence[Any], path: Path) -> Iterator[pa.Array]:
        if kind is int and declared.kind is Kind.FLOAT:
            kind, values = Written, [None if value is None else Written(str(value)) for value in values]
        plain, rest = _split(declared.kind, kind, values)
        if plain:
            array = self._texts(plain, path) if kind is str else pa.array(plain, _ARROW[kind])
            yield array if declared.lists else fit(declared, array, path, self._notes)
        if rest:
            yield self._texts([None if value is None else _exact(value) for value in rest], path)
        if rest or declared.lists:
            self._contradiction(declared, kind, rest or values, path)

    def _contradiction(self, declared: Column, kind: type, values: Sequence[Any], path: Path) -> None:
        if declared.kind in {Kind.UNDECLARED, Kind.OBJECT} and not declared.lists:
            return
        example = quote(next(value for value in values if value is not None))
        beyond = " beyond 64 bits" if kind is int and not declared.lists else ""
        what = f"{_NAMES.get(kind, 'a number')}{beyond}, {example},"
        if declared.lists:
            self._notes.add(path, Oddity.CONTRADICTION, what, "a list", "text")
        elif declared.kind is Kind.TEXT:
            self._notes.add(path, Oddity.TEXT_OF, what)
        else:
            self._notes.add(path, Oddity.CONTRADICTION, what, declared.kind.value, "text")

    def _texts(self, values: Sequence[str | None], path: Path) -> pa.StringArray:
        try:
            return pa.array(values, pa.string())
        except UnicodeEncodeError:  # half a surrogate pair: JSON can write it, UTF-8 cannot
            self._notes.add(path, Oddity.SURROGATE)
            return pa.array([value and _SURROGATES.sub("\ufffd", value) for value in values], pa.string())


def _split(declared: Kind, kind: type, values: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """The values that Arrow holds as they are, and the rest; each with nulls in place of the others, or empty."""
    if kind in {str, bool}:
        return values, ()
    if kind not in _HOLDS or (kind is Written and declared is Kind.TEXT):
        return (), values
    holds = _HOLDS[kind]
    odd = [value is not None and not holds(value) for value in values]
    if not any(odd):
        return values, ()
    pairs = list(zip(values, odd, strict=True))
    return [None if is_odd else value for value, is_odd in pairs], [
        value if is_odd else None for value, is_odd in pairs
    ]


def _exact(value: Any) -> str:
    return value.exact if isinstance(value, Written) else json_text(value)


def _in_list(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


def _members(objects: Sequence[Any], name: str) -> list[Any]:
    return [None if each is None else each.get(name) for each in objects]


def _flat(values: Sequence[list[Any] | None]) -> list[Any]:
    return list(chain.from_iterable(value for value in values if value is not None))


def _listed(values: Sequence[list[Any] | None], inner: pa.Array) -> pa.ListArray:
    """The values of `_flat`, in their lists again."""
    lengths = (0 if value is None else len(value) for value in values)
    offsets = pa.array(list(accumulate(lengths, initial=0)), pa.int32())
    return pa.ListArray.from_arrays(offsets, inner, mask=pa.array([value is None for value in values], pa.bool_()))
