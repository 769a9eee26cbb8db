"""What is said of a read beyond its rows, so that whoever gets them later knows what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from retarus_pandas.values import Column, plain, several, show

__all__ = ["filter_notes", "unit_notes", "variable_words"]

_SHOWN_VALUES = 5
_SHOWN_LETTERS = 60


def filter_notes(filters: Mapping[str, Any] | None, *, masked: bool) -> tuple[str, ...]:
    """Which rows were left out; of a masked read without the values, which may be those that are masked."""
    if not filters:
        return ()
    if masked:
        return (f"Only rows that fit a filter on {', '.join(filters)}.",)
    return (f"Only rows with {' and '.join(f'{column} {_values(wanted)}' for column, wanted in filters.items())}.",)


def _values(wanted: Any) -> str:
    if isinstance(wanted, Mapping):
        if set(wanted) != {"values"}:
            return show(wanted)
        wanted = wanted["values"]
    values = [plain(str(value), _SHOWN_LETTERS) or "''" for value in several(wanted)]
    more = len(values) - _SHOWN_VALUES
    return " or ".join([*values[:_SHOWN_VALUES], *([f"one of {more} more values"] if more > 0 else [])]) or "no value"


def variable_words(variables: Mapping[str, Any], *, masked: bool) -> Iterator[str]:
    """The values of a document's variables; of a masked read only their names."""
    for name, value in variables.items():
        yield f"${name}" if masked else f"${name} = {show(value)}"


def unit_notes(columns: Sequence[Column], units: str | None) -> tuple[str, ...]:
    """Which columns are in SI units, and which stay as they came, because their unit is not documented."""
    counting = [*_counting(columns, "")] if units else []
    converted = [said for said, is_converted in counting if is_converted]
    left = [said for said, is_converted in counting if not is_converted]
    return (
        *([f"In SI units: {', '.join(converted)}."] if converted else []),
        *([f"Not converted to SI units: {', '.join(left)}."] if left else []),
    )


def _counting(columns: Sequence[Column], prefix: str) -> Iterator[tuple[str, bool]]:
    """The columns that count something, with what they count, and whether that is converted."""
    for column in columns:
        if column.unit and not column.mask and not column.hidden:
            said = f"{prefix}{column.name} ({column.unit.name}, {column.unit.evidence})"
            yield said, column.unit.to_si(column.kind) is not None
        yield from _counting(column.fields, f"{prefix}{column.name}.")
