"""What a reader finds in an archive."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from retarus_pandas.errors import InputError
from retarus_pandas.store import DayAnswer, Folder, Keeper, Traits, described
from retarus_pandas.values import Column, Kind

TRAITS = Traits((Column("id", Kind.TEXT), Column("at", Kind.INSTANT)), ("id",), "at")
SCHEMA = described(pa.schema([("id", pa.string()), ("at", pa.timestamp("us", "UTC"))]), TRAITS)
DAY = date(2026, 9, 1)
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def _answer(day: date, rows: int) -> DayAnswer:
    instants = [datetime(day.year, day.month, day.day, hour, tzinfo=UTC) for hour in range(rows)]
    table = pa.table({"id": [f"{day}-{row}" for row in range(rows)], "at": instants}, schema=SCHEMA)
    return DayAnswer(day, table, asked=NOON + timedelta(days=20), sealed=True)


def test_a_day_is_read_as_it_was_given(tmp_path: Path) -> None:
    """With what its columns mean."""
    answer = _answer(DAY, 3)
    with Keeper(tmp_path / "faxes") as keeper:
        keeper.report("sandbox", "99999", "faxOutUdrReport").commit([answer, _answer(date(2026, 9, 2), 0)])
    history = Folder(tmp_path / "faxes").account().report("faxOutUdrReport")
    assert history.table(DAY).equals(answer.table)
    assert history.schema.equals(SCHEMA, check_metadata=True)
    assert (history.traits, history.key_timestamp) == (TRAITS, "at")
    days = history.days(date(2026, 8, 1), date(2026, 9, 30))
    assert {day: (each.state, each.rows) for day, each in days.items()} == {
        DAY: ("sealed", 3),
        date(2026, 9, 2): ("sealed", 0),
    }


def test_a_folder_that_is_no_archive_is_named(tmp_path: Path) -> None:
    """And nothing is made of it."""
    with pytest.raises(InputError, match="does not exist"):
        Folder(tmp_path / "faxes")
    with pytest.raises(InputError, match="is no archive"):
        Folder(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_filter_by_the_key_timestamp_opens_the_files_of_its_days_only(tmp_path: Path) -> None:
    """What else is there may even be broken."""
    path = tmp_path / "faxes"
    with Keeper(path) as keeper:
        keeper.report("sandbox", "99999", "faxOutUdrReport").commit(
            [_answer(DAY + timedelta(days=number), 3) for number in range(5)]
        )
    history = Folder(path).account().report("faxOutUdrReport")
    assert history.dataset().to_table().num_rows == 15
    for number in (0, 1, 4):
        (history.generation / f"{DAY + timedelta(days=number)}.parquet").write_bytes(b"broken")
    stamp = pc.field("at")
    one, other = (datetime(2026, 9, 3, hour, tzinfo=UTC) for hour in (1, 23))
    assert history.dataset().to_table(filter=(stamp >= one) & (stamp < other))["id"].to_pylist() == [
        "2026-09-03-1",
        "2026-09-03-2",
    ]
