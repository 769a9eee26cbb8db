"""What quirks make of records: of their instants, their fields, and of what is shown of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from retarus_pandas.sandbox.columns import Choice, Column, Like, Made, Number
from retarus_pandas.sandbox.draw import Draw, Integers
from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.schema import bundled

__all__ = ["finer_than_asked", "in_bursts", "odd", "repeated", "shown"]

_HOUR = 3_600_000
_STATUS_CODES = {"statusCode", "usageStatusCode"}

# Of the records that are like the one before, one for so many.
_REPEATED = 20


def in_bursts(keys: Integers, quirks: frozenset[Quirk]) -> Integers:
    """Key timestamps, of which many may be the same."""
    return keys // _HOUR * _HOUR if Quirk.MANY_AT_ONE_INSTANT in quirks else keys


def finer_than_asked(keys: Integers, quirks: frozenset[Quirk]) -> Integers:
    """Microseconds beyond the milliseconds of the key timestamps, in order within a millisecond."""
    if Quirk.STAMPS_FINER not in quirks:
        return np.zeros(len(keys), np.int64)
    finer = np.random.default_rng(0).integers(0, 1000, len(keys))
    return finer[np.lexsort((finer, keys))]


def odd(columns: Mapping[str, Column], draw: Draw, quirks: frozenset[Quirk]) -> Mapping[str, Column]:
    """The fields with those that are of another type or that nobody knows of."""
    if Quirk.NUMERIC_STATUS_CODE in quirks:
        columns = {name: Made(_number, one) if name in _STATUS_CODES else one for name, one in columns.items()}
    return {**columns, **_extra_fields(draw)} if Quirk.EXTRA_FIELDS in quirks else columns


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _extra_fields(draw: Draw) -> dict[str, Column]:
    """Values for the fields that nobody knows of, nested ones among them."""
    hops = [{"country": "DEU", "milliseconds": 12}, {"country": "AUT", "milliseconds": 41}]
    carriers = [
        {"name": "Netz A", "hops": hops},
        {"name": "Netz B", "hops": hops[:1]},
        {"name": None, "hops": []},
        None,
    ]
    return {
        "serviceLevel": draw.choice({"GOLD": 20, "SILVER": 70, None: 10}),
        "billedAmount": Number(draw.integers(1, 5000) / 100),
        "carrier": Choice(draw.codes([60, 30, 8, 2]), carriers),
        "labels": Choice(draw.codes([70, 20, 8, 2]), [[], ["night"], ["night", "retry"], None]),
    }


def repeated(
    report: str, keys: Integers, columns: Mapping[str, Column], quirks: frozenset[Quirk]
) -> tuple[Integers, Mapping[str, Column]]:
    """Let some records be like the one before, in all fields or in those of the key."""
    if not quirks & {Quirk.TWINS, Quirk.KEYS_REPEATED}:
        return keys, columns
    like = np.arange(len(keys))
    like[1::_REPEATED] -= 1
    key = bundled().key(report)
    same = columns if Quirk.TWINS in quirks else {*key.fields, key.timestamp}
    return keys[like], {name: Like(one, like) if name in same else one for name, one in columns.items()}


def shown(columns: Mapping[str, Column], quirks: frozenset[Quirk]) -> Mapping[str, Column]:
    """The fields as answers show them."""
    if Quirk.STAMPS_CUT in quirks:
        return _coarser(columns, lambda milliseconds: milliseconds // 1000 * 1000)
    if Quirk.STAMPS_ROUNDED in quirks:
        return _coarser(columns, lambda milliseconds: (milliseconds + 500) // 1000 * 1000)
    return columns


def _coarser(columns: Mapping[str, Column], show: Callable[[Integers], Integers]) -> Mapping[str, Column]:
    return {name: column.coarser(show) for name, column in columns.items()}
