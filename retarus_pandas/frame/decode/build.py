"""Arrow arrays of JSON values, whatever mixture of them a column holds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.frame.decode.expected import Expected, infer, learn
from retarus_pandas.frame.decode.fit import fit
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path, place
from retarus_pandas.frame.decode.texts import Written, as_text, is_number, json_text
from retarus_pandas.frame.decode.types import DIGITS, natural_type
from retarus_pandas.frame.decode.unifying import unify
from retarus_pandas.values import Column, Kind, show

__all__ = ["Builder"]

_WORD = 2**63
_SURROGATES = re.compile("[\ud800-\udfff]")
_NAMES = {dict: "an object", list: "a list", str: "text", bool: "a boolean"}


class Builder:
    """Makes the arrays of one page, and writes down how the values came."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._leaves: dict[Path, pa.DataType] = {}
        self._listed: dict[Path, bool] = {}
        self._extras: dict[Path, dict[str, pa.DataType]] = {}
        self._literals: set[str] = set()
        self._numbers: dict[str, bool] = {}

    def seen(self) -> Expected:
        """What Arrow should have expected."""
        return Expected(self._leaves, self._listed, self._extras, frozenset(self._literals), self._numbers)

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
        self._literals |= {name for name, kind in kinds.items() if kind is None}
        self._extras[path] = {name: kind or pa.string() for name, kind in kinds.items()}

    def _column(self, column: Column, lists: int, values: Sequence[Any], path: Path) -> pa.Array:
        if column.fields:
            if not column.lists and (kinds := set(map(type, values)) - {type(None)}):
                self._listed[path] = list in kinds
            return self._objects(column, lists, values, path)
        self._learn_leaf(column, values, path)
        return self.leaf(column, lists, values, path)

    def _learn_leaf(self, column: Column, values: Sequence[Any], path: Path) -> None:
        kind, as_written = learn(column, values)
        if as_written:
            self._literals.add(column.name)
            only_numbers = {int, Written, type(None)}.issuperset(map(type, values))
            self._numbers[column.name] = only_numbers and self._numbers.get(column.name, True)
        elif kind is not None:
            self._leaves[path] = kind

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

    def leaf(self, column: Column, lists: int, values: Sequence[Any], path: Path) -> pa.Array:
        """One array of the values of a field without fields of its own."""
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
        if column.kind is Kind.DECIMAL:
            values = [_with_numbers(value) for value in values]
        flat = _flat(values)
        inner = self.leaf(column, max(lists - 1, 0), flat, path)
        mixed = pa.types.is_string(inner.type) and not {str, type(None)}.issuperset(map(type, flat))
        if not mixed or column.kind is Kind.TEXT:
            return _listed(values, inner)
        # As elements, 1 and "1" could no longer be told apart; and what a list becomes depends on nothing beside it.
        there = [value for value in values if value is not None]
        if len(there) == 1:
            return self._texts([None if value is None else json_text(value) for value in values], path)
        return pa.concat_arrays([as_text(self._lists(column, lists, [value], path)) for value in values])

    def _scalars(self, declared: Column, kind: type, values: Sequence[Any], path: Path) -> Iterator[pa.Array]:
        if kind in {dict, list}:
            yield self._texts([None if value is None else json_text(value) for value in values], path)
            self._contradiction(declared, kind, values, path)
            return
        for array in self._arrays(declared.kind, kind, values, path):
            yield array if declared.lists else fit(declared, array, path, self._notes)
        if declared.lists:
            self._contradiction(declared, kind, values, path)

    def _arrays(self, declared: Kind, kind: type, values: Sequence[Any], path: Path) -> Iterator[pa.Array]:
        """The values as Arrow reads them where it is told to expect them."""
        if kind is str:
            yield self._texts(values, path)
        elif kind is bool:
            yield pa.array(values, pa.bool_())
        elif declared is Kind.FLOAT:
            yield from _doubles(values)
        else:
            yield _exact(values if declared is not Kind.INT else [_whole(value) for value in values])

    def _contradiction(self, declared: Column, kind: type, values: Sequence[Any], path: Path) -> None:
        if declared.kind in {Kind.UNDECLARED, Kind.OBJECT} and not declared.lists:
            return
        example = show(next(value for value in values if value is not None))
        what = f"{_NAMES.get(kind, 'a number')}, {example},"
        if declared.lists:
            self._notes.add(path, Oddity.CONTRADICTION, what, "a list", "text")
        elif declared.kind is Kind.TEXT:
            self._notes.add(path, Oddity.TEXT_OF, what)
        else:
            self._notes.add(path, Oddity.CONTRADICTION, what, declared.kind.word, "text")

    def _texts(self, values: Sequence[str | None], path: Path) -> pa.StringArray:
        try:
            return pa.array(values, pa.string())
        except UnicodeEncodeError:  # half a surrogate pair: JSON can write it, UTF-8 cannot
            self._notes.add(path, Oddity.SURROGATE)
            return pa.array([value and _SURROGATES.sub("\ufffd", value) for value in values], pa.string())


def _doubles(numbers: Sequence[int | Written | None]) -> Iterator[pa.Array]:
    """The numbers as doubles, and apart from them those that are beyond all doubles."""
    floats = [number if number is None else Written(str(number)) for number in numbers]
    beyond = [number is not None and not math.isfinite(number) for number in floats]
    pairs = list(zip(floats, beyond, strict=True))
    if not all(beyond):
        yield pa.array([None if is_beyond else number for number, is_beyond in pairs], pa.float64())
    if any(beyond):
        yield _exact([number if is_beyond else None for number, is_beyond in pairs])


def _exact(numbers: Sequence[int | Written | None]) -> pa.Array:
    """The numbers as integers if all of them are, else as they were written."""
    if all(number is None or (isinstance(number, int) and -_WORD <= number < _WORD) for number in numbers):
        return pa.array(numbers, pa.int64())
    return pa.array([None if number is None else repr(number) for number in numbers], DIGITS)


def _whole(number: int | Written | None) -> int | Written | None:
    whole = number.whole() if isinstance(number, Written) else None
    return number if whole is None else whole


def _with_numbers(value: Any) -> Any:
    """Numbers in place of their texts, so that a list has one text, whatever lists stand beside it."""
    if isinstance(value, list):
        return [_with_numbers(each) for each in value]
    return Written(value) if isinstance(value, str) and is_number(value) else value


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
