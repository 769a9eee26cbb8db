"""What is said of the units in which numbers are handed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retarus_pandas.values import Column

__all__ = ["unit_notes"]


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
            yield (
                f"{prefix}{column.name} ({column.unit.name}, {column.unit.evidence})",
                column.unit.to_si(column.kind) is not None,
            )
        yield from _counting(column.fields, f"{prefix}{column.name}.")
