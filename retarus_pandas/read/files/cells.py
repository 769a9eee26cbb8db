"""What a value becomes in a cell of Excel: a number only where Excel shows and keeps all of it, else text."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa

__all__ = ["Cell", "cells", "holds_digits", "holds_instants", "holds_numbers"]

Cell = str | float | bool | None

_DIGITS = 15  # more are kept by no cell that is edited, and shown by none
_LARGEST = 10**_DIGITS
_DAY = 86_400_000_000
_EPOCH = 25_569  # 1970-01-01 as Excel counts days
# Before March 1900 Excel counts a day that never was, and after 9999 it counts none.
_FIRST, _LAST = 61, 2_958_466


class _Exact(float):
    """A number that is written with all digits it takes to read the same one."""

    def __format__(self, spec: str) -> str:
        return repr(self)

    __repr__ = float.__repr__


def cells(values: pa.ChunkedArray, *, digits: bool = False) -> list[Cell]:
    """The values of a column as cells; texts of `digits` are numbers."""
    if digits:
        return [None if text is None else _number(text) for text in values.to_pylist()]
    if pa.types.is_timestamp(values.type):
        return _instants(values)
    make = _maker(values.type)
    return [None if value is None else make(value) for value in values.to_pylist()]


def holds_digits(field: pa.Field) -> bool:
    """Whether a column's texts are numbers as they were written."""
    return b"digits" in (field.metadata or {})


def holds_numbers(kind: pa.DataType) -> bool:
    """Whether a cell with text stands where a number was meant."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def holds_instants(kind: pa.DataType) -> bool:
    """Whether its numbers are days."""
    return bool(pa.types.is_timestamp(kind))


def _maker(kind: pa.DataType) -> Callable[[Any], Cell]:
    if pa.types.is_nested(kind):
        return _json
    if pa.types.is_boolean(kind):
        return bool
    if pa.types.is_integer(kind):
        return _integer
    if pa.types.is_floating(kind):
        return _float
    return _decimal if pa.types.is_decimal(kind) else str


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _integer(value: int) -> Cell:
    return value if abs(value) < _LARGEST else str(value)


def _float(value: float) -> Cell:
    return _Exact(value) if math.isfinite(value) else str(value)


def _number(text: str) -> Cell:
    try:
        number = Decimal(text)
    except ArithmeticError:  # what the service sent is no number
        return text
    return _decimal(number) if number.is_finite() else text


def _decimal(value: Decimal) -> Cell:
    return _Exact(value) if len(value.normalize().as_tuple().digits) <= _DIGITS else format(value, "f")


def _instants(values: pa.ChunkedArray) -> list[Cell]:
    """Days since Excel's day nought, as wall time; as text where Excel has no such day."""
    micros = values.cast(pa.timestamp("us"))
    texts = micros.cast(pa.string()).to_pylist()
    days = [None if each is None else _EPOCH + each / _DAY for each in micros.cast(pa.int64()).to_pylist()]
    return [
        _Exact(day) if day is not None and _FIRST <= day < _LAST else text
        for day, text in zip(days, texts, strict=True)
    ]
