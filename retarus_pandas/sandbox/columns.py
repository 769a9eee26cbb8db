"""Columns that keep numbers and make the values, or their JSON, only for the rows that are asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cache
from json import dumps
from json.encoder import encode_basestring
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Amended", "Choice", "Code", "Column", "Instant", "Like", "Made", "Missing", "Number", "Rows", "Text"]

Rows: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]

AMENDED = "corrected"

_MINUTE = 60_000
_BASE_36 = np.array(list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


class Column(ABC):
    """One field of all records of a report."""

    @abstractmethod
    def take(self, rows: Rows) -> list[Any]:
        """The values of these rows."""

    def encode(self, rows: Rows) -> list[str]:
        """The values of these rows as JSON texts."""
        return [dumps(value, ensure_ascii=False) for value in self.take(rows)]

    def among(self, rows: Rows, wanted: Sequence[str]) -> Mask:
        """Which of these rows hold one of the wanted texts."""
        texts = frozenset(wanted)
        return np.fromiter((value in texts for value in self.take(rows)), np.bool_, len(rows))

    def coarser(self, show: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]) -> Column:
        """The same with less exact instants, where it has instants."""
        return self


class Choice(Column):
    """Values from a short list."""

    def __init__(self, codes: npt.NDArray[Any], values: Sequence[Any]) -> None:
        self._codes = codes
        self._values = _objects(values)
        self._encoded = _objects([dumps(value, ensure_ascii=False) for value in values])

    def take(self, rows: Rows) -> list[Any]:
        return _listed(self._values[self._codes[rows]])

    def encode(self, rows: Rows) -> list[str]:
        return _listed(self._encoded[self._codes[rows]])

    def among(self, rows: Rows, wanted: Sequence[str]) -> Mask:
        codes = [code for code, value in enumerate(self._values) if value in wanted]
        return np.isin(self._codes[rows], codes)


class Number(Column):
    """Whole numbers, or other ones that are written as Python writes them."""

    def __init__(self, numbers: npt.NDArray[Any]) -> None:
        self._numbers = numbers

    def take(self, rows: Rows) -> list[Any]:
        return _listed(self._numbers[rows])

    def encode(self, rows: Rows) -> list[str]:
        return list(map(repr, self.take(rows)))


class _Texts(Column, ABC):
    """Values that are texts in any case."""

    def encode(self, rows: Rows) -> list[str]:
        return list(map(encode_basestring, self.take(rows)))


class Instant(_Texts):
    """Instants of UTC in milliseconds; on a whole second they are written without a fraction.

    ``finer`` holds microseconds beyond the milliseconds, which are written where there are any.
    """

    def __init__(self, milliseconds: npt.NDArray[np.int64], finer: npt.NDArray[np.int64] | None = None) -> None:
        self._milliseconds = milliseconds
        self._finer = finer

    def take(self, rows: Rows) -> list[Any]:
        minute, rest = np.divmod(self._milliseconds[rows], _MINUTE)
        # An instant is two texts: few minutes are met often, and there are only so many rests of a minute.
        minutes, at = np.unique(minute, return_inverse=True)
        texts = np.datetime_as_string(minutes.astype("datetime64[m]")).astype(object)
        whole = _listed(texts[at] + _rests_of_a_minute()[rest])
        return whole if self._finer is None else list(map(_with_finer, whole, _listed(self._finer[rows])))

    def coarser(self, show: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]) -> Column:
        return Instant(show(self._milliseconds))


class Code(_Texts):
    """Numbers as base-36 codes of one width."""

    def __init__(self, numbers: npt.NDArray[np.int64], width: int) -> None:
        self._numbers = numbers
        self._powers = 36 ** np.arange(width - 1, -1, -1, dtype=np.int64)

    def take(self, rows: Rows) -> list[Any]:
        digits = self._numbers[rows, np.newaxis] // self._powers % 36
        texts = np.ascontiguousarray(_BASE_36[digits]).view(f"U{len(self._powers)}")
        return _listed(texts.ravel())


class Text(_Texts):
    """A printf-style pattern over other columns."""

    def __init__(self, pattern: str, *parts: Column) -> None:
        self._pattern = pattern
        self._parts = parts

    def take(self, rows: Rows) -> list[Any]:
        pattern = self._pattern
        return [pattern % row for row in zip(*(part.take(rows) for part in self._parts), strict=True)]


class Made(Column):
    """What a function makes of another column's values."""

    def __init__(self, make: Callable[[Any], Any], column: Column) -> None:
        self._make = make
        self._column = column

    def take(self, rows: Rows) -> list[Any]:
        return list(map(self._make, self._column.take(rows)))


class Like(Column):
    """Another column, with the values of other rows."""

    def __init__(self, column: Column, rows: Rows) -> None:
        self._column = column
        self._rows = rows

    def take(self, rows: Rows) -> list[Any]:
        return self._column.take(self._rows[rows])

    def coarser(self, show: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]) -> Column:
        return Like(self._column.coarser(show), self._rows)


class Missing(Column):
    """Another column, with ``absent`` instead of the values where ``missing`` is true."""

    def __init__(self, column: Column, missing: Mask, absent: str | None = None) -> None:
        self._column = column
        self._missing = missing
        self._absent = absent

    def take(self, rows: Rows) -> list[Any]:
        return _replaced(self._column.take(rows), self._missing[rows], self._absent)

    def encode(self, rows: Rows) -> list[str]:
        return _replaced(self._column.encode(rows), self._missing[rows], dumps(self._absent))

    def coarser(self, show: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]) -> Column:
        return Missing(self._column.coarser(show), self._missing, self._absent)


class Amended(Column):
    """Another column, with a text that says so where a function says that a record has changed."""

    def __init__(self, column: Column, changed: Callable[[Rows], Mask]) -> None:
        self._column = column
        self._changed = changed

    def take(self, rows: Rows) -> list[Any]:
        return _replaced(self._column.take(rows), self._changed(rows), AMENDED)

    def encode(self, rows: Rows) -> list[str]:
        return _replaced(self._column.encode(rows), self._changed(rows), dumps(AMENDED))


def _replaced(values: list[Any], where: Mask, value: Any) -> list[Any]:
    for row in np.flatnonzero(where).tolist():
        values[row] = value
    return values


def _with_finer(instant: str, microseconds: int) -> str:
    if not microseconds:
        return instant
    return f"{instant.removesuffix('Z')}{'' if '.' in instant else '.000'}{microseconds:03d}Z"


@cache
def _rests_of_a_minute() -> npt.NDArray[np.object_]:
    seconds = (f":{number // 1000:02d}" for number in range(_MINUTE))
    return _objects([second + (f".{n % 1000:03d}Z" if n % 1000 else "Z") for n, second in enumerate(seconds)])


def _listed(array: npt.NDArray[Any]) -> list[Any]:
    values: list[Any] = array.tolist()
    return values


def _objects(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    # Filled by hand: an array made of lists at once would have two dimensions.
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
