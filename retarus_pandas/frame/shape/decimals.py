"""Numbers as they were written become decimals of Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import pyarrow as pa

from retarus_pandas.frame.decode import DIGITS, to_python

__all__ = ["as_decimals"]

# Where a decimal is declared, so that the type does not depend on the values as long as they fit.
_PLACES = 18
_SIZES = ((38, pa.decimal128), (76, pa.decimal256))


def as_decimals(table: pa.Table, declared: pa.Schema) -> pa.Table:
    """Put decimals in place of numbers as written; text, where no decimal of Arrow has enough digits.

    A declared column has 18 places, or more if it must; one that nobody declared as many as its values.
    """
    columns = [
        _converted(column, _PLACES if declared.field(name).type == column.type else 0)
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return pa.table(dict(zip(table.column_names, columns, strict=True)))


def _converted(values: pa.ChunkedArray, places: int) -> pa.ChunkedArray:
    kind = _with(values.type, DIGITS)
    if kind == _with(values.type, pa.null()):  # no digits in it
        return values
    python = to_python(values, Decimal)
    number = _least(list(_numbers(python)), places)
    if number is pa.string():
        return values.cast(_with(values.type, pa.string()))
    return pa.chunked_array([pa.array(python, _with(values.type, number))])


def _with(kind: pa.DataType, number: pa.DataType) -> pa.DataType:
    """The type with another one in place of the digits."""
    if pa.types.is_list(kind):
        return pa.list_(_with(kind.value_type, number))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _with(field.type, number)) for field in kind])
    return number if kind == DIGITS else kind


def _numbers(values: Iterable[object]) -> Iterator[Decimal]:
    for value in values:
        if isinstance(value, Decimal):
            yield value
        elif isinstance(value, list):
            yield from _numbers(value)
        elif isinstance(value, dict):
            yield from _numbers(value.values())


def _least(numbers: list[Decimal], places: int) -> pa.DataType:
    """The least decimal type that holds the numbers, with so many places at least; text if there is none."""
    exponents = [int(number.as_tuple().exponent) for number in numbers]
    digits = [len(number.as_tuple().digits) + exponent for number, exponent in zip(numbers, exponents, strict=True)]
    before = max([*digits, 0])
    after = max([*(-exponent for exponent in exponents), 0])
    for precision, make in _SIZES:
        scale = max(after, min(places, precision - before))
        if before + scale <= precision:
            return make(precision, scale)
    return pa.string()
