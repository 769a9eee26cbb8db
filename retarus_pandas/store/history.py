"""One report of one account, as it is archived; for readers, who never wait and change nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import pyarrow as pa

from retarus_pandas.errors import ArchiveError
from retarus_pandas.schema import HISTORY
from retarus_pandas.store.columns import Traits
from retarus_pandas.store.entries import Entry
from retarus_pandas.store.files import DamagedError, read_schema, read_table
from retarus_pandas.store.head import read_head
from retarus_pandas.store.names import FIELDS, day_file
from retarus_pandas.store.times import end_of, start_of
from retarus_pandas.store.widen import plain_schema

if TYPE_CHECKING:
    import pyarrow.dataset as ds

__all__ = ["Day", "ReportHistory", "State"]

T = TypeVar("T")
State = Literal["sealed", "unsealed", "unsettled"]

_TRIES = 20
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Day:
    """A UTC day of which an archive has the records.

    Attributes
    ----------
    state : {"sealed", "unsealed", "unsettled"}
        Sealed: asked long enough after its end, so that nothing is expected to change. Unsealed: still to be asked
        again. Unsettled: it left the service's history before it could be sealed, so that records which came late
        may be missing for good.
    rows : int
        Records of the day.
    path : pathlib.Path
        The day's file.
    asked : datetime
        When the answer was asked for that the file holds, in UTC. A field that was first asked for later (see
        `retarus_pandas.store.since`) is not archived for this day.
    proven : bool
        Whether it is certain that these are all records that the service had, once each.
    """

    state: State
    rows: int
    path: Path
    asked: datetime
    proven: bool


class ReportHistory:
    """The archived days of one report.

    The columns are named by their path in the record, joined by dots. Their types are those that
    ``export_retarus(name, "x.parquet", tz="UTC")`` writes: int64, double, bool, string, timestamp[us, UTC], lists as
    lists (of objects, as structs). What nobody declared is text, and so are numbers that are kept digit by digit. All
    files of a report have the same columns and types, whatever they were when a day was read.

    Parameters
    ----------
    folder : pathlib.Path
        The report's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._head = read_head(folder)

    @property
    def name(self) -> str:
        """The report's."""
        return self.folder.name

    @property
    def generation(self) -> Path:
        """The folder of the day files."""
        return self.folder / str(self._head.generation)

    @property
    def size(self) -> int:
        """Bytes of all day files."""
        return sum(entry.size for entry in self._head.entries.values())

    @property
    def schema(self) -> pa.Schema:
        """Of all files; each field's metadata has its ``path`` (JSON), its ``kind``, its ``mask``, and ``since``."""
        return self._steady(lambda: read_schema(self.generation))

    @property
    def traits(self) -> Traits:
        """The fields as a record has them, and its key."""
        return Traits.of(self.schema)

    @property
    def has_all_fields(self) -> bool:
        """Whether all fields that were known are asked for, so that one which is not here was not there."""
        return not (self.folder / FIELDS).is_file()

    @property
    def key_timestamp(self) -> str | None:
        """The column by which rows can be cut within a day; None if that was not proven for all days."""
        stamped = all(entry.stamped for entry in self._head.entries.values() if entry.file)
        return self.traits.key_timestamp if stamped else None

    def days(self, first: date, last: date, *, now: datetime | None = None) -> dict[date, Day]:
        """What is archived of the days from `first` to `last`, in order.

        Parameters
        ----------
        first, last : datetime.date
            UTC days; both are included.
        now : datetime, optional
            The current instant, which says what has left the service's history.
        """
        edge = (now or datetime.now(UTC)) - HISTORY.value
        entries = sorted(self._head.entries.items())
        return {day: self._day(entry, edge) for day, entry in entries if first <= day <= last and entry.file}

    def _day(self, entry: Entry, edge: datetime) -> Day:
        state: State = "sealed" if entry.sealed else "unsealed" if start_of(entry.day) >= edge else "unsettled"
        return Day(state, entry.rows, self.generation / day_file(entry.day), entry.asked, entry.proven)

    def table(self, day: date, columns: Sequence[str] | None = None) -> pa.Table:
        """The whole records of a day, in the service's ascending order.

        Parameters
        ----------
        day : datetime.date
            One of `days`.
        columns : sequence of str, optional
            Only these.

        Raises
        ------
        ArchiveError
            The file is missing, or is not as it was written.
        """
        return self._steady(lambda: self._read(day, columns))

    def dataset(self) -> ds.Dataset:
        """All days, as they are now; with a filter by the key timestamp, only the files of its days are opened."""
        import pyarrow.dataset as ds
        from pyarrow.fs import LocalFileSystem

        days = sorted(day for day, entry in self._head.entries.items() if entry.file)
        schema, stamp = plain_schema(self.schema), self.key_timestamp
        return ds.FileSystemDataset.from_paths(
            [str(self._place(f"{self._head.generation}/{day_file(day)}")) for day in days],
            schema=schema,
            format=ds.ParquetFileFormat(),
            filesystem=LocalFileSystem(),
            partitions=[ds.scalar(value=True) if stamp is None else _within(schema.field(stamp), day) for day in days],
        )

    def _read(self, day: date, columns: Sequence[str] | None) -> pa.Table:
        entry = self._head.entries.get(day)
        if entry is None or not entry.file:
            raise ArchiveError(f"The day {day} of {self.name} is not archived in {str(self.folder)!r}.", self.folder)
        table = read_table(self._place(f"{self._head.generation}/{day_file(day)}"), columns, size=entry.size)
        schema = self.schema if columns is None else pa.schema([self.schema.field(name) for name in columns])
        return pa.table(table.columns, schema=schema)

    def _place(self, name: str) -> Path:
        """Where a file is now: in its place, unless it is still to be put there."""
        staged = self.folder / self._head.staged.get(name, name)
        return staged if staged.exists() else self.folder / name

    def _steady(self, look: Callable[[], T]) -> T:
        """Look, and look again at what a writer has changed meanwhile."""
        for _ in range(_TRIES):
            head = self._head
            try:
                return look()
            except (OSError, DamagedError, pa.ArrowException) as error:
                problem = error
            time.sleep(_PAUSE)
            self._head = read_head(self.folder)
            if self._head == head:
                break
        raise ArchiveError(
            f"The archive's report {str(self.folder)!r} cannot be read: {problem} "
            "'python -m retarus_pandas archive verify' says which files are missing or changed; restore them.",
            self.folder,
        ) from None


def _within(stamp: pa.Field, day: date) -> ds.Expression:
    """What is known of all records of a day."""
    import pyarrow.dataset as ds

    first, after = (pa.scalar(each, stamp.type) for each in (start_of(day), end_of(day)))
    return (ds.field(stamp.name) >= first) & (ds.field(stamp.name) < after)
