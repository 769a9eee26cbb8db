"""Writing into an archive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from retarus_pandas.store.entries import Entry
from retarus_pandas.store.head import read_head
from retarus_pandas.store.names import ACCOUNT, ARCHIVE, LEDGER, POINTER, SCHEMA, account_folder, day_file

__all__ = ["DayAnswer", "Keeper", "ReportKeeper"]


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """The service's whole answer for one UTC day of one report.

    Attributes
    ----------
    day : date
        The day.
    table : pyarrow.Table
        Its records, in the service's ascending order, with a schema that `described` made.
    asked : datetime
        When the first request was sent.
    proven : bool
        Whether these are all records for certain.
    sealed : bool
        Whether the day need not be asked again.
    """

    day: date
    table: pa.Table
    asked: datetime
    proven: bool = True
    sealed: bool = False


class Keeper:
    """The one who writes into an archive; made where there is none.

    Parameters
    ----------
    path : pathlib.Path
        The archive's folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (path / ARCHIVE).exists():
            (path / ARCHIVE).write_text(json.dumps({"format": 1}))

    def report(self, environment: str, customer_id: str, name: str) -> ReportKeeper:
        """One report of an account."""
        account = self.path / account_folder(environment, customer_id)
        (account / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        said = {"environment": environment, "customer_id": customer_id}
        (account / ACCOUNT).write_text(json.dumps(said))
        return ReportKeeper(account / name)


class ReportKeeper:
    """Writes days of one report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def commit(self, answers: Sequence[DayAnswer]) -> list[Entry]:
        """Take up some days, all or none."""
        head = read_head(self.folder)
        generation = self.folder / "1"
        generation.mkdir(mode=0o700, exist_ok=True)
        (generation / SCHEMA).write_bytes(answers[0].table.schema.serialize().to_pybytes())
        entries = []
        for answer in answers:
            path = generation / day_file(answer.day)
            pq.write_table(answer.table, path)
            written = path.read_bytes()
            entries.append(
                Entry(
                    head.commit + 1,
                    datetime.now(UTC),
                    answer.day,
                    answer.asked,
                    answer.table.num_rows,
                    file=hashlib.sha256(written).hexdigest(),
                    size=len(written),
                    proven=answer.proven,
                    stamped=True,
                    sealed=answer.sealed,
                )
            )
        with (self.folder / LEDGER).open("ab") as ledger:
            ledger.writelines(entry.to_line() for entry in entries)
        (self.folder / POINTER).write_text("1")
        return entries
