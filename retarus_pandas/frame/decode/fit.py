"""One column's values, as they came, become what the column holds."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.frame.decode.instants import read_instants
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path, quote
from retarus_pandas.frame.decode.unify import EXACT, as_text, natural_type
from retarus_pandas.values import Column, Kind

__all__ = ["fit"]

_NAMES = {pa.int64(): "a number", pa.float64(): "a number", pa.bool_(): "a boolean", pa.string(): "text"}


def fit(column: Column, values: pa.Array, path: Path, notes: Notes) -> pa.Array:
    """The values in the column's own type, or, where they contradict it, in the type that holds them.

    The values are of one JSON type, and not of the lists that the column declares: those are opened before.
    """
    natural = natural_type(Column(column.name, column.kind), pa.null())
    if values.null_count == len(values):
        return pa.nulls(len(values), natural)
    if column.kind is Kind.INSTANT and pa.types.is_string(values.type):
        return read_instants(values, path, notes)
    if values.type == natural or pa.types.is_null(natural):
        return values
    fitting = _whole(values) if column.kind is Kind.INT else as_text(values)
    if fitting.type != natural or column.kind is Kind.TEXT:
        _tell(column, values, fitting, path, notes)
    return fitting


def _whole(values: pa.Array) -> pa.Array:
    if not pa.types.is_floating(values.type):
        return as_text(values)
    whole = pc.and_(pc.equal(pc.floor(values), values), pc.less_equal(pc.abs(values), EXACT))
    return values.cast(pa.int64()) if pc.all(whole).as_py() else values


def _tell(column: Column, values: pa.Array, fitting: pa.Array, path: Path, notes: Notes) -> None:
    example = values.drop_null()[0].as_py()
    what = f"{_NAMES.get(values.type, 'a list')}, {quote(example)},"
    if column.kind is Kind.TEXT:
        notes.add(path, Oddity.TEXT_OF, what)
    else:
        became = "text" if pa.types.is_string(fitting.type) else Kind.FLOAT.value
        notes.add(path, Oddity.CONTRADICTION, what, column.kind.value, became)
