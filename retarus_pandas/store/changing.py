"""What has changed since an instant, by the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from retarus_pandas.store.entries import Entry
from retarus_pandas.store.head import read_ledger

__all__ = ["DayChange", "changes"]


@dataclass(frozen=True, slots=True)
class DayChange:
    """What has become of a day since an instant.

    Attributes
    ----------
    day : date
        A UTC day.
    rows_before : int or None
        Records that were archived then; None if the day was not archived yet.
    added, changed, gone : int
        Records that have come, have changed and have vanished since.
    rows : int
        Records now.
    at : datetime
        When that was last written.
    """

    day: date
    rows_before: int | None
    added: int
    changed: int
    gone: int
    rows: int
    at: datetime


def changes(folder: Path, since: datetime) -> list[DayChange]:
    """All days of a report of which something is different since then, in order.

    Parameters
    ----------
    folder : pathlib.Path
        The report's.
    since : datetime
        An instant; what was written at it counts.
    """
    before: dict[date, Entry] = {}
    after: dict[date, list[Entry]] = {}
    for entry in read_ledger(folder):
        if not entry.file:
            continue
        if entry.at < since:
            before[entry.day] = entry
        else:
            after.setdefault(entry.day, []).append(entry)
    return sorted(_changed(before, after), key=lambda change: change.day)


def _changed(before: dict[date, Entry], after: dict[date, list[Entry]]) -> Iterator[DayChange]:
    for day, entries in after.items():
        was = before.get(day)
        counted = entries if was is not None else [replace(entries[0], added=entries[0].rows), *entries[1:]]
        told = [entry for entry in counted if entry.added or entry.changed or entry.gone]
        if told or was is None:
            yield DayChange(
                day=day,
                rows_before=None if was is None else was.rows,
                added=sum(entry.added for entry in told),
                changed=sum(entry.changed for entry in told),
                gone=sum(entry.gone for entry in told),
                rows=entries[-1].rows,
                at=max(entry.at for entry in told or entries),
            )
