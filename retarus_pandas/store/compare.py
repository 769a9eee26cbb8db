"""Two answers for one day: what is new, what has changed, what is gone; and a digest of records alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from retarus_pandas.frame import as_text

__all__ = ["Difference", "compare", "content_digest", "with_lost_columns"]

_Codes = NDArray[np.int64]

# Two thousand million bytes of a day's texts are too many for the smaller type.
_TEXT = pa.large_string()
_COLON, _NOTHING = pa.scalar(":", _TEXT), pa.scalar("", _TEXT)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new answer has beyond the old one.

    Attributes
    ----------
    added, changed : int
        Records that are new, and those whose values are others under the same key.
    gone : pyarrow.Table
        The old records that are not in it.
    """

    added: int
    changed: int
    gone: pa.Table


def compare(old: pa.Table, new: pa.Table, key: Sequence[str], *, columns: Sequence[str] | None = None) -> Difference:
    """Hold two answers against each other, record by record, whatever their order.

    Parameters
    ----------
    old, new : pyarrow.Table
        Both with the same schema.
    key : sequence of str
        The columns that identify a record; without them a changed record is one that is gone and one that is new.
    columns : sequence of str, optional
        Those that count; all by default.
    """
    counted = old.column_names if columns is None else columns
    olds, news = _coded(*(_texts(table.select(counted)) for table in (old, new)))
    left, came = np.flatnonzero(_alone(olds, news)), np.flatnonzero(_alone(news, olds))
    if not key:
        return Difference(len(came), 0, old.take(pa.array(left)))
    had, has = _coded(*(_texts(table.select(key).take(pa.array(at))) for table, at in ((old, left), (new, came))))
    added = int(_alone(has, had).sum())
    return Difference(added, len(came) - added, old.take(pa.array(left[_alone(had, has)])))


def with_lost_columns(old: pa.Table, new: pa.Table, lost: Sequence[str], key: Sequence[str]) -> pa.Table:
    """A new answer with the values of fields that the service no longer has, as they were.

    Parameters
    ----------
    old, new : pyarrow.Table
        Both with the same schema.
    lost : sequence of str
        The columns that were not in the new answer.
    key : sequence of str
        By which a record is found again; without one, by all of its other values.
    """
    by = [name for name in key or new.column_names if name not in lost]
    olds, news = _coded(*(_texts(table.select(by)) for table in (old, new)))
    width = max(len(olds), len(news)) + 1
    theirs, mine = (codes * width + _times_before(codes) for codes in (olds, news))
    order = np.argsort(theirs)
    at = np.minimum(np.searchsorted(theirs[order], mine), max(len(theirs) - 1, 0))
    found = order[at] if len(theirs) else at
    there = theirs[found] == mine if len(theirs) else np.zeros(len(mine), np.bool_)
    rows = pa.array(found, mask=~there)
    for name in lost:
        new = new.set_column(new.schema.get_field_index(name), new.schema.field(name), old.column(name).take(rows))
    return new


def content_digest(table: pa.Table) -> str:
    """SHA-256 of the records in their order; the same for each way to write them down, and for any null columns."""
    digest = hashlib.sha256()
    texts = _texts(table)
    digest.update(np.asarray(pc.binary_length(texts)).astype("<i8").tobytes())
    for text in texts.to_pylist():
        digest.update(text.encode())
    return digest.hexdigest()


def _texts(table: pa.Table) -> pa.Array:
    """Each record as one text that no other record has."""
    parts = [_column_texts(name, table.column(name)) for name in sorted(table.column_names)]
    if not parts:
        return pa.array([""] * table.num_rows, _TEXT)
    return pc.binary_join_element_wise(*parts, _NOTHING)


def _column_texts(name: str, values: pa.ChunkedArray) -> pa.Array:
    """The name, the length and the value; nothing for a null."""
    array = values.combine_chunks()
    text = as_text(pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array)
    long, prefix = text.cast(_TEXT), pa.scalar(f"{name}\0", _TEXT)
    said = pc.binary_join_element_wise(prefix, pc.binary_length(long).cast(_TEXT), _COLON, long, _NOTHING)
    return pc.fill_null(said, _NOTHING)


def _coded(old: pa.Array, new: pa.Array) -> tuple[_Codes, _Codes]:
    """A number for each different text."""
    codes = pa.concat_arrays([old, new]).dictionary_encode()
    numbers: Any = codes.indices.to_numpy().astype(np.int64)
    return numbers[: len(old)], numbers[len(old) :]


def _alone(mine: _Codes, theirs: _Codes) -> NDArray[np.bool_]:
    """Which of mine have no equal among theirs; each of theirs is the equal of one."""
    most = int(max(mine.max(initial=-1), theirs.max(initial=-1))) + 1
    return np.asarray(_times_before(mine) >= np.bincount(theirs, minlength=most)[mine])


def _times_before(codes: _Codes) -> _Codes:
    """How often each was there before."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    runs = np.diff(begins, append=len(ordered))
    before = np.empty(len(codes), np.int64)
    before[order] = np.arange(len(ordered)) - np.repeat(begins, runs)
    return before
