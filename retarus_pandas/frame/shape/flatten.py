"""Nested columns become flat ones: objects by their fields, one path of lists by its elements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.errors import InputError
from retarus_pandas.frame.decode import Path
from retarus_pandas.values import Column, show

__all__ = ["explode", "flatten", "name_columns", "split_path"]

Flat = list[tuple[Path, pa.ChunkedArray]]


def flatten(path: Path, values: pa.ChunkedArray) -> Flat:
    """An object as its fields, at any depth; anything else as it is."""
    if not pa.types.is_struct(values.type):
        return [(path, values)]
    fields = zip(values.type, values.flatten(), strict=True)
    return [flat for field, child in fields for flat in flatten((*path, field.name), child)]


def name_columns(flat: Flat, sep: str) -> dict[str, pa.ChunkedArray]:
    """The columns under their final names.

    Raises
    ------
    InputError
        Two of them would have the same name.
    """
    named: dict[str, tuple[Path, pa.ChunkedArray]] = {}
    for path, values in flat:
        name = sep.join(path)
        if name in named:
            raise InputError(
                f"The fields {'.'.join(named[name][0])!r} and {'.'.join(path)!r} would both become the column "
                f"{name!r}. Give one of them an alias in the document, or choose another sep= than {sep!r}."
            )
        named[name] = path, values
    return {name: values for name, (_, values) in named.items()}


def split_path(record_path: str | Sequence[str] | None, columns: Sequence[Column], sep: str) -> Path | None:
    """The field whose elements become the rows, as its path.

    Parameters
    ----------
    record_path : str or list of str, optional
        As in `pandas.json_normalize`; a text may name a nested field with ``sep``.
    columns : sequence of Column
        The query's columns.
    sep : str
        What joins the names of nested fields.

    Raises
    ------
    InputError
        There is no such list.
    """
    if record_path is None:
        return None
    if not isinstance(record_path, str | list | tuple) or not all(isinstance(name, str) for name in record_path):
        raise InputError(f"record_path={show(record_path)} is neither a text nor a list of texts.")
    path = tuple(record_path.split(sep) if isinstance(record_path, str) and sep else [*_as_list(record_path)])
    lists = dict(_lists(columns, ()))
    if path not in lists:
        can = ", ".join(repr(sep.join(each)) for each, certain in lists.items() if certain)
        advice = f"Choose one of: {can}." if can else "There is none in this selection, so leave it out."
        raise InputError(f"The option record_path={show(sep.join(path))} names no list of objects. {advice}")
    return path


def _as_list(record_path: str | Sequence[str]) -> Sequence[str]:
    return [record_path] if isinstance(record_path, str) else record_path


def _lists(columns: Sequence[Column], path: Path) -> Iterator[tuple[Path, bool]]:
    """Everything that may be a list, and whether it is declared as one.

    Where the schema only guesses, what looks like one object may come as a list of them.
    """
    for column in columns:
        here = (*path, column.name)
        if not column.hidden and (column.lists or column.fields):
            yield here, bool(column.lists)
            yield from _lists(column.fields, here)


def explode(flat: Flat, record_path: Path) -> Flat:
    """One row for each element at a path; its own fields first, then all other columns, repeated.

    Lists on the way are exploded, too. A row without elements stays, with nulls for them.
    """
    while (at := _next_list(flat, record_path)) is not None:
        flat = _explode_at(flat, at)
    inner = [(path[len(record_path) :] or path[-1:], values) for path, values in flat if _is_at(path, record_path)]
    return inner + [(path, values) for path, values in flat if not _is_at(path, record_path)]


def _is_at(path: Path, record_path: Path) -> bool:
    return path[: len(record_path)] == record_path


def _next_list(flat: Flat, record_path: Path) -> int | None:
    """The position of the first list on the way to the elements."""
    ways = (at for at, (path, values) in enumerate(flat) if _is_at(record_path, path) and _is_list(values))
    return next(ways, None)


def _is_list(values: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_list(values.type))


def _explode_at(flat: Flat, at: int) -> Flat:
    table = pa.table([values for _, values in flat], names=[str(position) for position in range(len(flat))])
    batches = [_explode_batch(batch, at) for batch in table.to_batches()]
    types = [*table.schema.types]
    types[at] = types[at].value_type
    columns = [pa.chunked_array([batch[position] for batch in batches], kind) for position, kind in enumerate(types)]
    paths = [path for path, _ in flat]
    return [each for path, values in zip(paths, columns, strict=True) for each in _opened(path, values, paths[at])]


def _opened(path: Path, values: pa.ChunkedArray, opened: Path) -> Flat:
    return flatten(path, values) if path == opened else [(path, values)]


def _explode_batch(batch: pa.RecordBatch, at: int) -> list[pa.Array]:
    lists = batch.column(at)
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    times = np.maximum(lengths, 1)
    there = np.repeat(lengths > 0, times)
    elements = lists.flatten().take(pa.array(np.cumsum(there) - 1, mask=~there))
    rows = pa.array(np.repeat(np.arange(len(lists)), times))
    return [elements if position == at else each.take(rows) for position, each in enumerate(batch.columns)]
