"""What an archive says of itself, as frames that are printed whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from retarus_pandas.archive.syncing import Tally
from retarus_pandas.period import clock_in, read_instant
from retarus_pandas.read import Table
from retarus_pandas.store import Account, Day, Folder, ReportHistory, changes, since, verify

__all__ = ["changes_frame", "coverage_frame", "problems_frame", "sync_frame"]

_SYNC = ("report", "asked", "failed", "sealed", "rows", "added", "changed", "gone", "requests", "trouble")
_COVERAGE = {
    "account": "str",
    "report": "str",
    "first": "datetime64[us]",
    "last": "datetime64[us]",
    "days": "int64",
    "sealed": "int64",
    "unsealed": "int64",
    "unsettled": "int64",
    "gaps": "int64",
    "rows": "int64",
    "megabytes": "float64",
    "later": "str",
    "folder": "str",
}
_PROBLEMS = {"account": "str", "report": "str", "day": "datetime64[us]", "kind": "str", "what": "str", "path": "str"}
_CHANGES = {
    "account": "str",
    "report": "str",
    "day": "datetime64[us]",
    "rows_before": "Int64",
    "added": "int64",
    "changed": "int64",
    "gone": "int64",
    "rows": "int64",
    "at": "datetime64[us, UTC]",
}


def sync_frame(tallies: Sequence[Tally]) -> Table:
    """What a sync came to."""
    rows = [{name: getattr(tally, name) for name in _SYNC} | {"trouble": "; ".join(tally.trouble)} for tally in tallies]
    return Table(pd.DataFrame(rows, columns=list(_SYNC)))


def coverage_frame(folder: Folder, *, now: datetime) -> Table:
    """What is archived."""
    return _typed([_covered(account, history, now) for account, history in _histories(folder)], _COVERAGE)


def _covered(account: Account, history: ReportHistory, now: datetime) -> dict[str, Any]:
    days = history.days(date.min, date.max, now=now)
    states = [*map(_state, days.values())]
    first, last = min(days, default=None), max(days, default=None)
    return {
        "account": account.path.name,
        "report": history.name,
        "first": first,
        "last": last,
        "days": len(days),
        **{state: states.count(state) for state in ("sealed", "unsealed", "unsettled")},
        "gaps": (last - first + timedelta(days=1)).days - len(days) if first and last else 0,
        "rows": sum(day.rows for day in days.values()),
        "megabytes": round(history.size / 1e6, 1),
        "later": ", ".join(_later(history)),
        "folder": str(history.generation),
    }


def _state(day: Day) -> str:
    return day.state


def _later(history: ReportHistory) -> Iterator[str]:
    """The fields that were not asked for from the beginning."""
    for field in history.schema:
        if (first := since(field)) is not None:
            yield f"{field.name} since {first:%Y-%m-%d}"


def problems_frame(folder: Folder) -> Table:
    """What is wrong with the files."""
    found = [
        {"account": account.path.name, "report": name, **asdict(problem)}
        for account in folder.accounts()
        for name in account.folders()
        for problem in verify(account.path / name)
    ]
    return _typed(found, _PROBLEMS)


def changes_frame(folder: Folder, moment: Any) -> Table:
    """What has changed since then."""
    when = _instant(moment)
    found = [
        {"account": account.path.name, "report": history.name, **asdict(change)}
        for account, history in _histories(folder)
        for change in changes(history.folder, when)
    ]
    return _typed(found, _CHANGES)


def _histories(folder: Folder) -> Iterator[tuple[Account, ReportHistory]]:
    for account in folder.accounts():
        for name in account.reports():
            yield account, account.report(name)


def _typed(rows: Sequence[Mapping[str, Any]], dtypes: Mapping[str, str]) -> Table:
    frame = pd.DataFrame([{name: row[name] for name in dtypes} for row in rows], columns=list(dtypes), dtype=object)
    text = frame.get("path")
    if text is not None:
        frame["path"] = text.map(str)
    return Table(frame.astype(dict(dtypes)))


def _instant(since: Any) -> datetime:
    return read_instant("since", since, clock_in("UTC", datetime.now(UTC))).when
