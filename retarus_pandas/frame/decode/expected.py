"""What Arrow is told to expect of an answer: the selection's types, and what was learned since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from retarus_pandas.frame.decode.oddities import Path
from retarus_pandas.frame.decode.texts import Written
from retarus_pandas.frame.decode.types import wire_types
from retarus_pandas.values import Column, Kind, Query

__all__ = ["KEEPS_DIGITS", "Expected", "Layout", "infer", "learn"]

KEEPS_DIGITS = {Kind.DECIMAL, Kind.UNDECLARED, Kind.OBJECT}

# Authors select these beside the records; under other names they are learned.
_BESIDE = {"pageIndex": pa.int64(), "pageSize": pa.int64(), "hasMoreElements": pa.bool_(), "__typename": pa.string()}


def infer(values: Sequence[Any]) -> pa.DataType | None:
    """The one Arrow type of the values, None if there is none."""
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) > 1 and not kinds <= {int, Written}:  # of "a" and 1, `pyarrow.infer_type` says text
        return None
    try:
        return pa.array(values).type if kinds & {dict, list} else pa.infer_type(values)
    except (pa.ArrowException, OverflowError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Layout:
    """One query's answer, as Arrow is to read it.

    ``literals`` names the fields whose values are made text before, and says whether lists and objects are, too: not
    where other fields of that name are expected to hold some. ``digits`` are columns of numbers only, which Arrow may
    read as doubles, because their digits are found in the answer by the field's name.
    """

    query: Query
    expected: Expected
    schema: pa.Schema
    literals: Mapping[str, bool]
    digits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Expected:
    """How values come, where that is not as declared.

    ``leaves`` holds the types of values, ``listed`` the objects that come as lists of objects, ``extras`` the
    fields beyond the selection, each by its place in the answer. ``literals`` are the names of fields whose values
    are of no one type that Arrow reads, or of one in which it would lose digits; ``numbers`` says of which of them
    nothing but numbers was seen.
    """

    leaves: Mapping[Path, pa.DataType] = field(default_factory=dict)
    listed: Mapping[Path, bool] = field(default_factory=dict)
    extras: Mapping[Path, Mapping[str, pa.DataType]] = field(default_factory=dict)
    literals: frozenset[str] = frozenset()
    numbers: Mapping[str, bool] = field(default_factory=dict)

    def after(self, seen: Expected) -> Expected:
        """What is known when ``seen`` was seen last."""
        extras = {place: {**self.extras.get(place, {}), **found} for place, found in seen.extras.items()}
        numbers = {name: still and self.numbers.get(name, True) for name, still in seen.numbers.items()}
        return Expected(
            {**self.leaves, **seen.leaves},
            {**self.listed, **seen.listed},
            {**self.extras, **extras},
            self.literals | seen.literals,
            {**self.numbers, **numbers},
        )

    def layout(self, query: Query) -> Layout:
        """What is expected of the answer to a query."""
        literals = self.literals | {column.name for column in _leaves(query.columns) if not wire_types(column.kind)}
        # Values are found by their field's name alone, and what tells of pages is read as it is.
        literals -= {query.more_name, query.index_name, query.size_name}
        digits = self._digits(query, literals)
        objects = {"data", "errors", query.response_name, query.content_name, *_objects(query.columns)}
        names = {name: name not in objects for name in sorted(literals - digits)}
        return Layout(query, self, _Schema(self, literals - digits, digits).of(query), names, digits)

    def _digits(self, query: Query, literals: frozenset[str]) -> frozenset[str]:
        """The columns of numbers that are the only fields of their names, as far as is known."""
        named = [*(column.name for column in _leaves(query.columns)), *_objects(query.columns)]
        named += [name for names in self.extras.values() for name in names]
        return frozenset(
            column.name
            for column in query.columns
            if column.name in literals
            and self.numbers.get(column.name)
            and not (column.fields or column.lists)
            and column.kind in KEEPS_DIGITS
            and named.count(column.name) == 1
        )


@dataclass(frozen=True, slots=True)
class _Schema:
    """Puts an answer's schema together."""

    expected: Expected
    literals: frozenset[str]
    digits: frozenset[str]

    def of(self, query: Query) -> pa.Schema:
        """The whole answer, as one row."""
        at_result = ("data", query.response_name)
        at_rows = (*at_result, query.content_name)
        record = self._fields(query.columns, at_rows)
        known = {query.content_name: pa.list_(pa.struct(record)), query.more_name: pa.bool_()}
        numbers = {name: pa.int64() for name in (query.index_name, query.size_name) if name}
        data = {query.response_name: pa.struct(self._extended(_BESIDE | numbers | known, at_result))}
        # Many servers send an empty list of errors with every answer; one that is not empty is refused.
        answer = {"data": pa.struct(self._extended(data, ("data",))), "errors": pa.list_(pa.null())}
        return pa.schema(self._extended(answer, ()))

    def _extended(self, fields: Mapping[str, pa.DataType], path: Path) -> dict[str, pa.DataType]:
        extras = self.expected.extras.get(path, {})
        texts = {name: pa.string() for name in extras if name in self.literals}
        return {**extras, **texts, **fields}

    def _fields(self, columns: Sequence[Column], path: Path) -> dict[str, pa.DataType]:
        return self._extended({column.name: self._type(column, (*path, column.name)) for column in columns}, path)

    def _type(self, column: Column, path: Path) -> pa.DataType:
        if column.name in self.literals and not column.fields:
            return pa.string()
        if column.name in self.digits:
            return pa.float64()
        lists = column.lists or int(self.expected.listed.get(path, False))
        one = pa.struct(self._fields(column.fields, path)) if column.fields else self._leaf(column, path)
        for _ in range(lists):
            one = pa.list_(one)
        return one

    def _leaf(self, column: Column, path: Path) -> pa.DataType:
        declared, *_ = (*wire_types(column.kind), pa.string())
        return declared if column.lists else self.expected.leaves.get(path, declared)


def _leaves(columns: Sequence[Column]) -> Iterator[Column]:
    for column in columns:
        yield from _leaves(column.fields) if column.fields else [column]


def _objects(columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        if column.fields:
            yield column.name
            yield from _objects(column.fields)


def learn(column: Column, values: Sequence[Any]) -> tuple[pa.DataType | None, bool]:
    """How the values of a leaf come, None if they do not tell; and whether Arrow can read them only as text."""
    seen = infer(values)
    if seen is not None and pa.types.is_null(seen):
        return None, False
    if column.lists:
        return None, seen != _nested(column)
    if seen in wire_types(column.kind) and not (seen == pa.float64() and _too_large(values)):
        return seen, False
    return None, True


def _nested(column: Column) -> pa.DataType | None:
    kinds = wire_types(column.kind)
    nested = kinds[0] if kinds else None
    for _ in range(column.lists):
        nested = nested and pa.list_(nested)
    return nested


def _too_large(values: Sequence[Any]) -> bool:
    return any(isinstance(value, Written) and value in (float("inf"), float("-inf")) for value in values)
