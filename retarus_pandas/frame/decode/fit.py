"""One column's values, as they came, become what the column holds."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.frame.decode.instants import read_instants
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path
from retarus_pandas.frame.decode.texts import NUMBER, Written, as_text, to_python
from retarus_pandas.frame.decode.types import DIGITS, natural_type, word_of
from retarus_pandas.values import Column, Kind, show

__all__ = ["fit"]

_NAMES = {
    pa.int64(): "a number",
    pa.float64(): "a number",
    DIGITS: "a number",
    pa.bool_(): "a boolean",
    pa.string(): "text",
}


def fit(column: Column, values: pa.Array, path: Path, notes: Notes) -> pa.Array:
    """The values in the column's own type, or, where they contradict it, in the type that holds them.

    The values are of one JSON type, and not of the lists that the column declares: those are opened before.
    """
    natural = natural_type(Column(column.name, column.kind), pa.null())
    if values.null_count == len(values):
        return pa.nulls(len(values), natural)
    if column.kind is Kind.INSTANT and pa.types.is_string(values.type):
        return read_instants(values, path, notes)
    if pa.types.is_null(natural):
        return _fit_undeclared(values, path, notes)
    fitting = values if values.type == natural else _convert(column.kind, values)
    if fitting.type != natural or (column.kind is Kind.TEXT and fitting is not values):
        _tell(column.kind, values, fitting, path, notes)
    return fitting


def _fit_undeclared(values: pa.Array, path: Path, notes: Notes) -> pa.Array:
    if values.type == DIGITS:
        notes.add(path, Oddity.EXACT, show(_example(values)))
    return values


def _convert(kind: Kind, values: pa.Array) -> pa.Array:
    """What has numbers where numbers are declared stays a number; all else is text."""
    if kind is Kind.INT and values.type == DIGITS:
        return values
    is_exact = kind is Kind.DECIMAL and (pa.types.is_integer(values.type) or _are_numbers(values))
    return as_text(values).cast(DIGITS) if is_exact else as_text(values)


def _are_numbers(values: pa.Array) -> bool:
    return pa.types.is_string(values.type) and pc.all(pc.match_substring_regex(values, NUMBER)).as_py() is not False


def _example(values: pa.Array) -> object:
    return to_python(values.drop_null()[:1], Written)[0]


def _tell(kind: Kind, values: pa.Array, fitting: pa.Array, path: Path, notes: Notes) -> None:
    what = f"{_NAMES.get(values.type, 'a list')}, {show(_example(values))},"
    if kind is Kind.TEXT:
        notes.add(path, Oddity.TEXT_OF, what)
    else:
        notes.add(path, Oddity.CONTRADICTION, what, kind.word, word_of(fitting.type))
