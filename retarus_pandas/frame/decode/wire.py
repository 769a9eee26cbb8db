"""What Arrow is told to expect of an answer: the selection's types, and what this read has learned since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from retarus_pandas.frame.decode.oddities import Path
from retarus_pandas.values import Column, Kind, Query

__all__ = ["Wire", "infer"]

_SCALARS = {pa.int64(), pa.float64(), pa.bool_(), pa.string()}
_READ = {Kind.INT: pa.int64(), Kind.FLOAT: pa.float64(), Kind.BOOLEAN: pa.bool_()}
# Arrow's doubles forget how a number was written, so they cannot stand for text; they read integers by themselves.
_LEARNABLE = {
    Kind.TEXT: {pa.int64(), pa.bool_(), pa.list_(pa.string())},
    Kind.FLOAT: {pa.bool_(), pa.string()},
    Kind.UNDECLARED: _SCALARS | {pa.list_(scalar) for scalar in _SCALARS},
    Kind.OBJECT: _SCALARS | {pa.list_(scalar) for scalar in _SCALARS},
}
# Authors select these beside the records; under other names they are learned.
_BESIDE = {"pageIndex": pa.int64(), "pageSize": pa.int64(), "hasMoreElements": pa.bool_(), "__typename": pa.string()}


def infer(values: Sequence[Any]) -> pa.DataType | None:
    """The one Arrow type of the values, None if there is none."""
    try:
        return pa.infer_type(values)
    except (pa.ArrowException, OverflowError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Wire:
    """How values come, where that is not as declared.

    ``leaves`` holds the types of values, ``listed`` the objects that come as lists of objects, ``extras`` the
    fields beyond the selection, each by its place in the answer.
    """

    leaves: Mapping[Path, pa.DataType] = field(default_factory=dict)
    listed: Mapping[Path, bool] = field(default_factory=dict)
    extras: Mapping[Path, Mapping[str, pa.DataType]] = field(default_factory=dict)

    def after(self, seen: Wire) -> Wire:
        """What is known when ``seen`` was seen last."""
        extras = {place: {**self.extras.get(place, {}), **found} for place, found in seen.extras.items()}
        return Wire({**self.leaves, **seen.leaves}, {**self.listed, **seen.listed}, {**self.extras, **extras})

    def schema(self, query: Query) -> pa.Schema:
        """The whole answer, as one row."""
        at_result = ("data", query.response_name)
        at_rows = (*at_result, query.content_name)
        record = self._fields(query.columns, at_rows)
        known = {query.content_name: pa.list_(pa.struct(record)), query.more_name: pa.bool_()}
        numbers = {name: pa.int64() for name in (query.index_name, query.size_name) if name}
        result = _BESIDE | numbers | known
        data = {query.response_name: pa.struct(self._extended(result, at_result))}
        answer = {"data": pa.struct(self._extended(data, ("data",))), "errors": pa.null()}
        return pa.schema(self._extended(answer, ()))

    def _extended(self, fields: Mapping[str, pa.DataType], path: Path) -> dict[str, pa.DataType]:
        return {**self.extras.get(path, {}), **fields}

    def _fields(self, columns: Sequence[Column], path: Path) -> dict[str, pa.DataType]:
        return self._extended({column.name: self._type(column, (*path, column.name)) for column in columns}, path)

    def _type(self, column: Column, path: Path) -> pa.DataType:
        lists = column.lists or int(self.listed.get(path, False))
        one = pa.struct(self._fields(column.fields, path)) if column.fields else self._leaf(column, path)
        for _ in range(lists):
            one = pa.list_(one)
        return one

    def _leaf(self, column: Column, path: Path) -> pa.DataType:
        declared = _READ.get(column.kind, pa.string())
        return declared if column.lists else self.leaves.get(path, declared)


def learn(column: Column, values: Sequence[Any]) -> pa.DataType | None:
    """How the values of a leaf come, None if they do not tell."""
    seen = infer(values)
    if seen is None or pa.types.is_null(seen):
        return None
    return seen if seen in _LEARNABLE.get(column.kind, _SCALARS) else _READ.get(column.kind, pa.string())
