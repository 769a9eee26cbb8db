"""Numbers of a known unit in SI units: durations, and sizes in bytes.

Nothing is calculated with a unit that is only guessed, and what cannot be calculated exactly is an error: a column
holds one unit from its first row to its last.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.errors import SchemaMismatchError
from retarus_pandas.frame.decode import relist, word_of
from retarus_pandas.frame.shape.leaves import change_leaves
from retarus_pandas.values import Column, Conversion

__all__ = ["in_si_units"]

# Stands for a missing duration in pandas.
_MISSING = np.iinfo(np.int64).min


def in_si_units(values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    """The values of a column, those of a documented unit in SI units.

    Raises
    ------
    SchemaMismatchError
        A value is no number, or one that no duration or size can be.
    """
    return change_leaves(values, column, _converted) if _is_counted(column) else values


def _is_counted(column: Column) -> bool:
    return _conversion(column) is not None or any(map(_is_counted, column.fields))


def _conversion(column: Column) -> Conversion | None:
    """How a column is converted; what is masked is seen by nobody, in whatever unit."""
    return column.unit.to_si(column.kind) if column.unit and not column.mask else None


def _converted(values: pa.Array, column: Column) -> pa.Array:
    conversion = _conversion(column)
    if conversion is None:
        return values
    if pa.types.is_list(values.type):
        return relist(values, lambda inner: _converted(inner, column))
    if not pa.types.is_integer(values.type) and not pa.types.is_floating(values.type):
        raise _mismatch(column, f"came as {word_of(values.type)}")
    try:
        return _multiplied(values, conversion)
    except pa.ArrowInvalid:
        raise _mismatch(column, "holds a number that no duration or size can be") from None


def _multiplied(values: pa.Array, conversion: Conversion) -> pa.Array:
    if not conversion.is_duration:
        return pc.multiply_checked(values, pa.scalar(conversion.factor, values.type))
    if pa.types.is_floating(values.type):
        values = pc.round(pc.multiply(values, float(conversion.factor))).cast(pa.int64())
    else:
        values = pc.multiply_checked(values, conversion.factor)
    if pc.any(pc.equal(values, _MISSING)).as_py():
        raise pa.ArrowInvalid
    return values.cast(pa.duration("us"))


def _mismatch(column: Column, what: str) -> SchemaMismatchError:
    return SchemaMismatchError(
        f"The column {column.name!r} counts {column.unit and column.unit.name}, but {what}, so that it cannot be had "
        "in SI units. Leave units= out to get it as it came."
    )
