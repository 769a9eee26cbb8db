"""Measure an archive of years: reading it, adding a day to it, and a rival in the same run.

    python tests/benchmarks/archive.py [--days 1095] [--rows 9132]

Made-up faxes of 14 columns, one commit a day as a daily sync makes them. The rival is ``pyarrow.dataset.write_dataset``
with a folder a day and ``delete_matching``, which compares nothing and knows nothing of what was there.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

sys.path.insert(0, str(Path(__file__).parent.parent))

from retarus_pandas.archive import Archive
from retarus_pandas.store import DayAnswer, Keeper, Traits, described
from retarus_pandas.values import Column, Kind
from support.archives import REPORT

FIRST = date(2023, 9, 1)
TEXTS = ("faxId", "jobId", "accountId", "billedCountry", "calledNumber", "calledZone", "jobBillingCode", "statusName")
NUMBERS = ("attemptSeqNo", "callDuration", "docPages", "sumPagesTransmitted")
STAMPS = ("jobSubmittedAt", "keyTimestamp")
_COLUMNS = tuple(
    Column(name, kind)
    for names, kind in ((TEXTS, Kind.TEXT), (NUMBERS, Kind.INT), (STAMPS, Kind.INSTANT))
    for name in names
)
_TYPES = {Kind.TEXT: pa.string(), Kind.INT: pa.int64(), Kind.INSTANT: pa.timestamp("us", "UTC")}
SCHEMA = described(
    pa.schema([(column.name, _TYPES[column.kind]) for column in _COLUMNS]),
    Traits(_COLUMNS, ("faxId", "attemptSeqNo", "keyTimestamp"), "keyTimestamp"),
)


def table(number: int, rows: int) -> pa.Table:
    """A day's records."""
    random = np.random.default_rng(number)
    start = np.datetime64(FIRST + timedelta(days=number), "us")
    stamps = np.sort(start + random.integers(0, 86_400_000_000, rows).astype("timedelta64[us]"))
    ids = [f"F{number:05}{row:08}" for row in range(rows)]
    columns: dict[str, object] = {name: random.integers(0, 500, rows).astype(str) for name in TEXTS}
    columns |= {name: random.integers(0, 300, rows) for name in NUMBERS}
    columns |= {"faxId": ids, "jobId": ids} | dict.fromkeys(STAMPS, stamps)
    return pa.table([pa.array(columns[field.name], field.type) for field in SCHEMA], schema=SCHEMA)


def seconds(act: Callable[[], object], times: int = 5) -> float:
    """The median of several runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def add_a_day(path: Path, number: int, answer: pa.Table) -> None:
    """What a sync writes of a new day, from taking the lock to letting it go."""
    asked = datetime(2026, 11, 26, tzinfo=UTC)
    days = [DayAnswer(FIRST + timedelta(days=number), answer, asked, sealed=True)]
    with Keeper(path) as keeper:
        keeper.report("sandbox", "99999", REPORT).commit(days)


def rival(path: Path, number: int, answer: pa.Table) -> None:
    """The same day by pyarrow alone."""
    day = pa.array([str(FIRST + timedelta(days=number))] * answer.num_rows)
    ds.write_dataset(
        answer.append_column("day", day),
        path,
        format="parquet",
        partitioning=["day"],
        existing_data_behavior="delete_matching",
    )


def main() -> None:
    """Fill, add, read; print a line each."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--days", type=int, default=1095)
    options.add_argument("--rows", type=int, default=9132)
    given = options.parse_args()
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours, theirs = base / "ours", base / "theirs"
        days = [given.days + each for each in range(5)]
        small = [table(each, given.rows) for each in days]
        first = [seconds(lambda at=at: add_a_day(ours, at, small[at]), 1) for at in range(5)]  # type: ignore[misc]
        began = time.perf_counter()
        for number in range(given.days):
            answer = table(number, given.rows)
            add_a_day(ours, number, answer)
            rival(theirs, number, answer)
        print(f"filled with {given.days:,} days of {given.rows:,} rows, twice, in {time.perf_counter() - began:.0f} s")
        last, others = [], []
        for at, number in enumerate(days):
            last.append(seconds(lambda at=at, number=number: add_a_day(ours, number, small[at]), 1))  # type: ignore[misc]
            others.append(seconds(lambda at=at, number=number: rival(theirs, number, small[at]), 1))  # type: ignore[misc]
        print(f"a day to an empty archive  {statistics.median(first[1:]):.3f} s")
        print(f"a day to a full one        {statistics.median(last):.3f} s, ", end="")
        print(f"write_dataset {statistics.median(others):.3f} s")
        _read(ours, theirs, given.days)


def _read(ours: Path, theirs: Path, days: int) -> None:
    archive = Archive(ours)
    names = ["docPages", "jobBillingCode"]
    month = FIRST + timedelta(days=days // 2)
    span = [pa.scalar(datetime(month.year, month.month, 1 + each, tzinfo=UTC)) for each in (0, 27)]

    def within(dataset: ds.Dataset) -> pa.Table:
        stamp = pc.field("keyTimestamp")
        return dataset.to_table(names, filter=(stamp >= span[0]) & (stamp < span[1]))

    def plain() -> ds.Dataset:
        return ds.dataset(theirs, format="parquet", partitioning=["day"])

    rows = archive.dataset(REPORT).count_rows()
    print(
        f"two columns of all {rows:,} rows: {seconds(lambda: archive.dataset(REPORT).to_table(names)):.2f} s, ", end=""
    )
    print(f"write_dataset's {seconds(lambda: plain().to_table(names)):.2f} s")
    print(f"two columns of four weeks: {seconds(lambda: within(archive.dataset(REPORT))):.2f} s, ", end="")
    print(f"write_dataset's {seconds(lambda: within(plain())):.2f} s")


if __name__ == "__main__":
    main()
