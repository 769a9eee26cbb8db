"""The rows of all pages become one DataFrame, whose dtypes come from the declared types."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.extensions import no_default

from retarus_pandas.errors import InputError
from retarus_pandas.frame.decode import DIGITS, POOL, declared_type, make_room, to_python
from retarus_pandas.frame.shape.decimals import as_decimals
from retarus_pandas.frame.shape.mask import Mask
from retarus_pandas.frame.shape.tables import final_schema, to_table
from retarus_pandas.frame.shape.zones import Tell
from retarus_pandas.values import Column, Kind, show

__all__ = ["check_options", "final_schema", "to_frame", "to_table"]

_Mapper = Callable[[pa.DataType], Any]

# What pandas makes by itself of an Arrow array has no dtype here, and neither have lists and durations.
_BY_ITSELF = {"object", "float64"}


def _dtypes(names: Mapping[Kind, str]) -> dict[pa.DataType, Any]:
    known = {declared_type(kind): name for kind, name in names.items() if name not in _BY_ITSELF}
    return {kind: pd.api.types.pandas_dtype(name) for kind, name in known.items() if kind is not None}


_BACKENDS: dict[object, dict[pa.DataType, Any] | None] = {
    no_default: _dtypes({kind: kind.dtype for kind in Kind}),
    "numpy_nullable": _dtypes({kind: kind.nullable for kind in Kind}),
    "pyarrow": None,
}


def to_frame(
    tables: Iterable[pa.Table],
    columns: Sequence[Column],
    *,
    tz: str = "UTC",
    dtype_backend: Any = no_default,
    dtype: Any = None,
    sep: str = ".",
    record_path: str | Sequence[str] | None = None,
    mask: Mask | None = None,
    units: str | None = None,
    fixed: bool = False,
    tell: Tell = lambda note: None,
) -> pd.DataFrame:
    """Make one DataFrame of the rows of some pages.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        The rows of the pages, in order; none at all gives an empty frame with the same columns and dtypes.
    columns : sequence of Column
        The query's columns; hidden ones are left out.
    tz : str, default "UTC"
        The zone in which instants are shown.
    dtype_backend : {"numpy_nullable", "pyarrow"}, optional
        As in the pandas readers.
    dtype : dtype or mapping of column name to dtype, optional
        As in the pandas readers, applied last.
    sep : str, default "."
        What joins the names of nested fields.
    record_path : str or list of str, optional
        The list of objects of which each element becomes a row, as in `pandas.json_normalize`; a row without
        elements stays, with nulls.
    mask : Mask, optional
        Has the key for the columns that are to be masked.
    units : {"si"}, optional
        Numbers of a documented unit become durations, or bytes.
    fixed : bool, default False
        Whether the dtypes depend on the declaration alone, as the parts of one result need it.
    tell : callable, optional
        Is told of columns whose type is another than the declared one, because of the zone.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    InputError
        An option does not fit the columns.
    SchemaMismatchError
        Values contradict the declared type, and it is fixed; or the unit in which they are wanted.
    """
    mapper = _mapper(dtype_backend, tz)
    shape: dict[str, Any] = {"tz": tz, "sep": sep, "record_path": record_path, "mask": mask, "units": units}
    table = to_table(tables, columns, **shape, fixed=fixed, tell=tell)
    if dtype_backend == "pyarrow":
        empty = to_table((), columns, **shape, fixed=False)
        table = as_decimals(table, empty.schema)
    frame = _to_pandas(table, mapper)
    return frame if dtype is None else _convert(frame, dtype)


def check_options(
    columns: Sequence[Column],
    *,
    tz: str = "UTC",
    dtype_backend: Any = no_default,
    dtype: Any = None,
    sep: str = ".",
    record_path: str | Sequence[str] | None = None,
    mask: Mask | None = None,
    units: str | None = None,
) -> None:
    """Raise what `to_frame` would raise for options that do not fit the columns, while there are no rows yet."""
    shape: dict[str, Any] = {"tz": tz, "sep": sep, "record_path": record_path, "mask": mask, "units": units}
    if dtype is None:
        _mapper(dtype_backend, tz)
        final_schema(columns, **shape)
    else:
        to_frame((), columns, dtype_backend=dtype_backend, dtype=dtype, **shape)


def _mapper(dtype_backend: Any, tz: str) -> _Mapper:
    if not isinstance(dtype_backend, Hashable) or dtype_backend not in _BACKENDS:
        raise InputError(f"dtype_backend={show(dtype_backend)} does not exist. Choose 'numpy_nullable' or 'pyarrow'.")
    known = _BACKENDS[dtype_backend]
    if known is None:
        return pd.ArrowDtype
    return lambda kind: pd.DatetimeTZDtype("us", tz) if pa.types.is_timestamp(kind) else known.get(kind)


def _to_pandas(table: pa.Table, mapper: _Mapper) -> pd.DataFrame:
    make_room(table.nbytes)
    named = zip(table.column_names, table.columns, strict=True)
    columns = {name: _array(values, mapper(values.type)) for name, values in named}
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows), copy=False)


def _array(values: pa.ChunkedArray, dtype: Any) -> Any:
    """The values as pandas holds them."""
    if isinstance(dtype, pd.StringDtype):
        # As pandas would cast them, but not in its allocator.
        values = pc.cast(values, pa.large_string(), memory_pool=POOL)
    elif values.type == DIGITS:
        return _decimals(values)
    elif dtype is None and pa.types.is_nested(values.type):
        return _objects(values)
    array = values.to_numpy() if dtype is None else dtype.__from_arrow__(values)
    # A single chunk is shared with Arrow, and would refuse to be written to.
    is_shared = values.num_chunks == 1 and isinstance(dtype, pd.DatetimeTZDtype | None)
    return array.copy() if is_shared else array


def _objects(values: pa.ChunkedArray) -> Any:
    objects = np.empty(len(values), dtype=object)
    objects[:] = to_python(values, Decimal)
    return objects


def _decimals(values: pa.ChunkedArray) -> Any:
    """Each different number once, for prices repeat."""
    encoded = pc.dictionary_encode(values.combine_chunks())
    distinct = np.array([*map(Decimal, encoded.dictionary.to_pylist()), None], dtype=object)
    return distinct[encoded.indices.fill_null(len(distinct) - 1).to_numpy(zero_copy_only=False)]


def _convert(frame: pd.DataFrame, dtype: Any) -> pd.DataFrame:
    wanted: Mapping[Hashable, Any] = dtype if isinstance(dtype, Mapping) else dict.fromkeys(frame.columns, dtype)
    unknown = [name for name in wanted if name not in frame.columns]
    if unknown:
        near = get_close_matches(str(unknown[0]), map(str, frame.columns), n=1)
        advice = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(map(repr, frame.columns))}."
        raise InputError(f"The option dtype= names the column {show(unknown[0])}, which does not exist. {advice}")
    columns = {name: _convert_one(frame[name], wanted[name]) if name in wanted else frame[name] for name in frame}
    return pd.DataFrame(columns, index=frame.index, copy=False)


def _convert_one(values: pd.Series[Any], dtype: Any) -> pd.Series[Any]:
    try:
        return values.astype(dtype)
    except (TypeError, ValueError, ArithmeticError, LookupError, NotImplementedError, RecursionError) as error:
        raise InputError(
            f"The column {values.name!r} cannot become {show(dtype)}: {str(error).rstrip('.')}. Give another dtype=."
        ) from error
