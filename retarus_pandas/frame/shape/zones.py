"""Instants that the zone of the result cannot show: there it is before the year 1, or after the year 9999."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.errors import SchemaMismatchError
from retarus_pandas.frame.decode import Path, as_text, relist, restruct

__all__ = ["Tell", "showable"]

Tell = Callable[[str], object]


def showable(values: pa.ChunkedArray, path: Path, zone: tzinfo, *, fixed: bool, tell: Tell) -> pa.ChunkedArray:
    """The values, with UTC's text in place of instants where one of them has no date in the zone.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
        A column, or the values of a field.
    path : tuple of str
        Where they stand, for the messages.
    zone : datetime.tzinfo
        In which they are to be shown.
    fixed : bool
        Whether instants have to stay instants.
    tell : callable
        Is told of what becomes text.

    Raises
    ------
    SchemaMismatchError
        There is such an instant, and the type is fixed.
    """
    kind = values.type
    if pa.types.is_timestamp(kind):
        odd = _beyond(values, zone)
        if odd is None:
            return values
        text = as_text(pa.array([odd], kind))[0]
        what = f"{'.'.join(path)}: the instant {text} is outside the years 1 to 9999 in {zone}"
        if fixed:
            raise SchemaMismatchError(
                f"{what}, and the column's type cannot change when rows are handed over in parts. "
                'Write tz="UTC", or leave the column out.'
            )
        tell(f"{what}; the column becomes text, in UTC")
        return pa.chunked_array([as_text(chunk) for chunk in values.chunks], pa.string())
    return _nested(values, path, zone, fixed=fixed, tell=tell) if _holds_instants(kind) else values


def _nested(values: pa.ChunkedArray, path: Path, zone: tzinfo, *, fixed: bool, tell: Tell) -> pa.ChunkedArray:
    """The same of lists and objects; in one chunk, so that all of them are of one type."""

    def inner(array: pa.Array, at: Path) -> pa.Array:
        return showable(pa.chunked_array([array]), at, zone, fixed=fixed, tell=tell).combine_chunks()

    whole = values.combine_chunks()
    if pa.types.is_list(whole.type):
        return pa.chunked_array([relist(whole, lambda items: inner(items, path))])
    fields = {each.name: inner(whole.field(each.name), (*path, each.name)) for each in whole.type}
    return pa.chunked_array([restruct(whole, fields)])


def _holds_instants(kind: pa.DataType) -> bool:
    if pa.types.is_list(kind):
        return _holds_instants(kind.value_type)
    return any(_holds_instants(each.type) for each in kind) if pa.types.is_struct(kind) else pa.types.is_timestamp(kind)


def _beyond(values: pa.ChunkedArray, zone: tzinfo) -> datetime | None:
    """The first or the last instant, if it has no date in the zone."""
    ends = pc.min_max(values).as_py().values()
    return next((each for each in ends if each is not None and not _has_date(each, zone)), None)


def _has_date(instant: datetime, zone: tzinfo) -> bool:
    try:
        instant.astimezone(zone)
    except OverflowError:
        return False
    return True
