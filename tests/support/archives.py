"""Made-up days for an archive, a disk that stops, and what all readers have to agree on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from retarus_pandas.store import DayAnswer, Folder, Keeper, Traits, described
from retarus_pandas.store.disk import Disk
from retarus_pandas.store.names import POINTER
from retarus_pandas.values import Column, Kind

REPORT = "faxOutUdrReport"
FIRST = date(2026, 9, 1)
COLUMNS: dict[str, tuple[Kind, pa.DataType]] = {
    "id": (Kind.TEXT, pa.string()),
    "at": (Kind.INSTANT, pa.timestamp("us", "UTC")),
    "pages": (Kind.INT, pa.int64()),
}

Records = list[dict[str, Any]]
Days = Mapping[date, Records]


def day(number: int) -> date:
    """A day, by its number from 0."""
    return FIRST + timedelta(days=number)


def noon(number: int) -> datetime:
    """The noon of a day."""
    return datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC) + timedelta(days=number)


def record(number: int, name: str, pages: Any = 1, **more: Any) -> dict[str, Any]:
    """A record of a day; the hour is by its name, so that the order is."""
    at = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=number, minutes=ord(name[0]))
    return {"id": name, "at": at, "pages": pages, **more}


def schema(*, key: tuple[str, ...] = ("id",), **types: tuple[Kind, pa.DataType]) -> pa.Schema:
    """The schema of such records, with other types or further columns."""
    columns = COLUMNS | types
    traits = Traits(tuple(Column(name, kind) for name, (kind, _) in columns.items()), key, "at")
    return described(pa.schema([(name, kind) for name, (_, kind) in columns.items()]), traits)


def answer(number: int, records: Sequence[Mapping[str, Any]], kind: pa.Schema | None = None, **more: Any) -> DayAnswer:
    """The service's answer for a day; asked at the noon of the next, unless something else is said."""
    table = pa.Table.from_pylist(list(records), schema=kind or schema())
    return DayAnswer(day(number), table, **{"asked": noon(number + 1), **more})


def commit(path: Path, answers: Sequence[DayAnswer], *, at: datetime | None = None, disk: Disk | None = None) -> None:
    """One sync of what is given."""
    with Keeper(path, disk=disk) as keeper:
        keeper.report("sandbox", "99999", REPORT).commit(answers, at=at)


def ours(path: Path, *, steady: bool = True) -> Days:
    """All records that our reader finds; as many as it says, if nobody writes meanwhile."""
    accounts = Folder(path).accounts()
    if not accounts or not accounts[0].reports():
        return {}
    history = Folder(path).account().report(REPORT)
    days = history.days(date.min, date.max)
    found = {each: history.table(each).to_pylist() for each in days}
    if steady:
        assert {each: len(rows) for each, rows in found.items()} == {each: one.rows for each, one in days.items()}
    return found


def theirs(path: Path) -> Days:
    """All records that somebody finds who knows nothing of us, in the folder that is to be read."""
    folder = path / "sandbox-99999" / REPORT
    if not (folder / POINTER).exists():
        return {}
    generation = folder / (folder / POINTER).read_text()
    found: dict[date, Records] = {date.fromisoformat(each.stem): [] for each in generation.glob("*.parquet")}
    for row in ds.dataset(generation, format="parquet").to_table().to_pylist():
        found[row["at"].date()].append(row)
    return dict(sorted(found.items()))


class StoppedError(BaseException):
    """The process has come to its end, so to say; nothing of it may catch this."""


@dataclass
class StoppingDisk(Disk):
    """A disk on which nothing happens from a certain step on.

    Attributes
    ----------
    stop_at : int or None
        Steps are counted from 0: one before each method, which is after the one before, and one in the midst of
        those that write. The process ends at this one. Without it, all are counted.
    """

    stop_at: int | None = None
    steps: int = field(default=0)

    def make_folder(self, path: Path) -> None:
        self._do(lambda: super(StoppingDisk, self).make_folder(path))

    def write(self, path: Path, data: bytes | memoryview) -> None:
        half = bytes(data[: len(data) // 2])
        self._do(lambda: super(StoppingDisk, self).write(path, data), lambda: path.write_bytes(half))

    def append(self, path: Path, size: int, data: bytes) -> None:
        half = data[: len(data) // 2]
        self._do(
            lambda: super(StoppingDisk, self).append(path, size, data),
            lambda: super(StoppingDisk, self).append(path, size, half),
        )

    def replace(self, source: Path, target: Path) -> None:
        self._do(lambda: super(StoppingDisk, self).replace(source, target))

    def remove(self, path: Path) -> None:
        self._do(lambda: super(StoppingDisk, self).remove(path))

    def remove_folder(self, path: Path) -> None:
        # Its files are removed one by one, each a step.
        super().remove_folder(path)

    def settle(self, folder: Path) -> None:
        self._do(lambda: super(StoppingDisk, self).settle(folder))

    def _do(self, whole: Callable[[], object], half: Callable[[], object] | None = None) -> None:
        self._step()
        if half is not None:
            if self.stop_at == self.steps:
                half()
            self._step()
        whole()

    def _step(self) -> None:
        if self.stop_at is not None and self.steps >= self.stop_at:
            raise StoppedError
        self.steps += 1
