"""One line that says what a read brought, from the facts of its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

__all__ = ["result_line"]


def result_line(
    name: str,
    reads: Sequence[Mapping[str, Any]],
    *,
    taken: Sequence[str] = (),
    tz: str = "UTC",
    told: Sequence[str] = (),
) -> str:
    """Say rows, columns, period, variables taken, seconds, and whatever the reader of a bill must know.

    Parameters
    ----------
    name : str
        The variable or file that holds the result; empty for a result that is shown.
    reads : sequence of dict
        The facts of each report's run, as in ``frame.attrs["retarus"]``.
    taken : sequence of str
        GraphQL variables that came from the notebook.
    tz : str
        Time zone for the period.
    told : sequence of str
        Warnings that were shown; what they say is not said again.
    """
    label = f"{name}: " if name else ""
    return "\n".join(_one(label, facts, taken, tz, told) for facts in reads)


def _one(label: str, facts: Mapping[str, Any], taken: Sequence[str], tz: str, told: Sequence[str]) -> str:
    said = [
        _count(facts),
        _period(facts, tz),
        *([f"with {', '.join(f'${name}' for name in taken)} from the notebook"] if taken else []),
        *_warnings(facts, told),
        f"{facts['seconds']:.1f} s",
    ]
    report = f"{facts['report']} " if label else ""
    return f"{label}{report}{' · '.join(said)}"


def _count(facts: Mapping[str, Any]) -> str:
    rows = f"{facts['rows']:,} {'row' if facts['rows'] == 1 else 'rows'}"
    return f"{rows} × {facts['columns']} columns" if "columns" in facts else rows


def _warnings(facts: Mapping[str, Any], told: Sequence[str]) -> list[str]:
    return [
        *(["cut off at max_rows, more exist"] if facts["truncated"] else []),
        *(["NOT PROVEN: some rows may be missing or doubled"] if not facts["proven"] else []),
        *(["PARTIAL: some data is missing"] if facts["partial"] else []),
        *(note.rstrip(".") for note in facts["notes"] if not any(text.startswith(note) for text in told)),
    ]


def _period(facts: Mapping[str, Any], tz: str) -> str:
    """In local time; whole days as people name them, with the last one that is in it."""
    start, end = (pd.Timestamp(datetime.fromisoformat(facts[edge])).tz_convert(tz) for edge in ("start", "end"))
    if start < end and start == start.normalize() and end == end.normalize():
        last = (end - pd.Timedelta(1, "us")).normalize()
        days = f"{start:%Y-%m-%d}" if start == last else f"{start:%Y-%m-%d} to {last:%Y-%m-%d}"
        return f"{days} ({'the whole day' if start == last else 'whole days'}, {tz})"
    return f"{start:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S} {tz}"
