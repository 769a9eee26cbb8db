"""An archive's folder on the disk: day files, the ledger, and commits that are whole or not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.store.changing import changes
    from retarus_pandas.store.columns import Traits, described, since
    from retarus_pandas.store.folder import Account, Folder, named_folder
    from retarus_pandas.store.history import Day, ReportHistory
    from retarus_pandas.store.keeper import Keeper
    from retarus_pandas.store.names import day_file
    from retarus_pandas.store.report import ReportKeeper
    from retarus_pandas.store.staging import DayAnswer
    from retarus_pandas.store.times import end_of, start_of
    from retarus_pandas.store.verifying import verify
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "Account": "retarus_pandas.store.folder",
            "Day": "retarus_pandas.store.history",
            "DayAnswer": "retarus_pandas.store.staging",
            "Folder": "retarus_pandas.store.folder",
            "Keeper": "retarus_pandas.store.keeper",
            "ReportHistory": "retarus_pandas.store.history",
            "ReportKeeper": "retarus_pandas.store.report",
            "Traits": "retarus_pandas.store.columns",
            "changes": "retarus_pandas.store.changing",
            "day_file": "retarus_pandas.store.names",
            "described": "retarus_pandas.store.columns",
            "end_of": "retarus_pandas.store.times",
            "named_folder": "retarus_pandas.store.folder",
            "since": "retarus_pandas.store.columns",
            "start_of": "retarus_pandas.store.times",
            "verify": "retarus_pandas.store.verifying",
        },
    )

__all__ = [
    "Account",
    "Day",
    "DayAnswer",
    "Folder",
    "Keeper",
    "ReportHistory",
    "ReportKeeper",
    "Traits",
    "changes",
    "day_file",
    "described",
    "end_of",
    "named_folder",
    "since",
    "start_of",
    "verify",
]
