"""The tables of all pages become one, with the final columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo

import pandas as pd
import pyarrow as pa

from retarus_pandas.errors import InputError, SchemaMismatchError
from retarus_pandas.frame.decode import DIGITS, Path, as_text, natural_type, place, relist, restruct, unify, word_of
from retarus_pandas.frame.shape.flatten import explode, flatten, name_columns, split_path
from retarus_pandas.frame.shape.mask import Mask, masked
from retarus_pandas.frame.shape.units import in_si_units
from retarus_pandas.frame.shape.zones import Tell, showable
from retarus_pandas.values import Column, show

__all__ = ["final_schema", "to_table"]


def to_table(
    tables: Iterable[pa.Table],
    columns: Sequence[Column],
    *,
    tz: str = "UTC",
    sep: str = ".",
    record_path: str | Sequence[str] | None = None,
    mask: Mask | None = None,
    units: str | None = None,
    fixed: bool = True,
    tell: Tell = lambda note: None,
) -> pa.Table:
    """Put the rows of some pages together, in their final columns.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        The rows of the pages, in order.
    columns : sequence of Column
        The query's columns; hidden ones are left out.
    tz : str, default "UTC"
        The zone in which instants are shown.
    sep : str, default "."
        What joins the names of nested fields.
    record_path : str or list of str, optional
        The list of objects of which each element becomes a row.
    mask : Mask, optional
        Has the key for the columns that are to be masked.
    units : {"si"}, optional
        Numbers of a documented unit become durations, or bytes.
    fixed : bool, default True
        Whether the types depend on the declaration alone, as parts of one file need it: what nobody declared
        is text then, and so are numbers of which the digits are kept, for a file's decimals would all get as many
        places. Else a column takes the least type that holds its values, too.
    tell : callable, optional
        Is told of columns whose type is another than the declared one, because of the zone.

    Returns
    -------
    pyarrow.Table
        Lists stay lists; objects are flattened.

    Raises
    ------
    InputError
        The zone or ``record_path`` does not exist, or two columns would have the same name.
    SchemaMismatchError
        Values contradict the declared type, or the zone has no date for an instant, and the type is fixed; or they do
        not fit the unit in which they are wanted.
    """
    zone, arrows_name = _zone(tz)
    path = split_path(record_path, columns, sep)
    parts = list(tables)
    flat = []
    for column in columns:
        if not column.hidden:
            counted = _gather(column, parts, fixed=fixed)
            counted = in_si_units(counted, column) if units else counted
            values = masked(counted, column, mask.key if mask else None)
            flat += [] if values is None else flatten((column.name,), values)
    exploded = explode(flat, path) if path else flat
    named = name_columns(exploded, sep)
    shown = {name: showable(values, (name,), zone, fixed=fixed, tell=tell) for name, values in named.items()}
    return pa.table({name: _finished(values, arrows_name, fixed=fixed) for name, values in shown.items()})


def final_schema(
    columns: Sequence[Column],
    *,
    tz: str = "UTC",
    sep: str = ".",
    record_path: str | Sequence[str] | None = None,
    mask: Mask | None = None,
    units: str | None = None,
) -> pa.Schema:
    """The names and fixed types of `to_table`; wrong options are refused here before anything is read."""
    return to_table((), columns, tz=tz, sep=sep, record_path=record_path, mask=mask, units=units).schema


def _zone(tz: str) -> tuple[tzinfo, str]:
    """The zone, and what Arrow calls it."""
    try:
        zone = pd.DatetimeTZDtype("us", tz).tz
        return zone, str(pa.timestamp("us", zone).tz)
    except (TypeError, ValueError, LookupError, OSError) as error:
        raise InputError(f"tz={show(tz)} is no time zone. Use a name such as 'UTC' or 'Europe/Berlin'.") from error


def _gather(column: Column, tables: Sequence[pa.Table], *, fixed: bool) -> pa.ChunkedArray:
    arrays = [chunk for table in tables for chunk in table.column(column.name).chunks]
    if fixed:
        natural = natural_type(column, pa.string())
        return pa.chunked_array([_settle(column, column.lists, array, (column.name,)) for array in arrays], natural)
    declared = natural_type(column, pa.null())
    if all(array.type == declared for array in arrays):
        return pa.chunked_array(arrays, declared)
    return pa.chunked_array(unify([pa.nulls(0, declared), *arrays])[1:])


def _settle(column: Column, lists: int, values: pa.Array, path: Path) -> pa.Array:
    """The values in the declared type, or text where none is declared."""
    natural = natural_type(Column(column.name, column.kind, lists, column.fields), pa.string())
    if pa.types.is_null(values.type):
        return pa.nulls(len(values), natural)
    if values.type == natural:
        return values
    if lists and pa.types.is_list(values.type):
        return relist(values, lambda inner: _settle(column, lists - 1, inner, path))
    if pa.types.is_struct(natural) and pa.types.is_struct(values.type):
        return restruct(
            values,
            {
                each.name: _settle(each, each.lists, values.field(each.name), (*path, each.name))
                for each in column.fields
            },
        )
    if natural in (pa.string(), DIGITS):
        return as_text(values).cast(natural)
    declared = word_of(natural) if column.fields or lists else column.kind.word
    raise SchemaMismatchError(
        f"The column {place(path)!r} is declared as {declared}, but came as {word_of(values.type)}, and its type "
        "cannot change when rows are handed over in parts. Load the service's own schema, or leave the column out."
    )


def _finished(values: pa.ChunkedArray, zone: str, *, fixed: bool) -> pa.ChunkedArray:
    final = _final(values.type, zone, digits=pa.string() if fixed else DIGITS)
    return values if values.type == final else values.cast(final)


def _final(kind: pa.DataType, zone: str, digits: pa.DataType) -> pa.DataType:
    """Instants in their zone; text for what stayed null throughout."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp(kind.unit, zone)
    if pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(_final(kind.value_type, zone, digits))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _final(field.type, zone, digits)) for field in kind])
    return digits if kind == DIGITS else kind
