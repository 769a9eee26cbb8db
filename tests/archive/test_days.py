"""Days go by, and the archive has what somebody would have who had written down every answer."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from retarus_pandas.archive.archive import sync_archive
from retarus_pandas.archive.syncing import Tally
from retarus_pandas.sandbox import Sandbox
from retarus_pandas.session import Session
from retarus_pandas.store import Folder, verify

REPORT = "faxOutUdrReport"
LONG = "RETARUS_LONG_TESTS" in os.environ
DAYS = 300 if LONG else 60
BEGIN = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)
_DAY = timedelta(days=1)

Records = list[dict[str, Any]]


class Oracle:
    """Who keeps every answer to what he asks, and what every day has lost."""

    def __init__(self, box: Sandbox) -> None:
        self.box, self.now = box, BEGIN
        self.kept: dict[date, Records] = {}
        self.gone: dict[date, set[str]] = defaultdict(set)
        self.sealed: set[date] = set()

    def advance(self, days: int) -> None:
        self.box.advance(days * _DAY)
        self.now += days * _DAY

    def sync(self) -> int:
        """Look at each day that is not sealed and still wholly there; how many were looked at."""
        held: dict[date, Records] = defaultdict(list)
        for record in self.box.records(REPORT):
            held[datetime.fromisoformat(record["keyTimestamp"]).date()].append(record)
        asked = [day for day in self._there() if day not in self.sealed]
        for day in asked:
            before = {record["faxId"] for record in self.kept.get(day, [])}
            self.gone[day] |= before - {record["faxId"] for record in held[day]}
            self.kept[day] = held[day]
            if self.now >= _midnight(day) + 11 * _DAY:
                self.sealed.add(day)
        return len(asked)

    def _there(self) -> Iterator[date]:
        """The days that have ended, and of which no part has left the history."""
        day = (self.now - 91 * _DAY).date()
        while _midnight(day) + _DAY <= self.now:
            if _midnight(day) >= self.now - 90 * _DAY + timedelta(minutes=15):
                yield day
            day += _DAY


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _intervals(chance: random.Random) -> Iterator[int]:
    """Days between syncs, up to 80, that come to all days."""
    left = DAYS
    while left:
        days = min(chance.choice([1, 1, 2, 3, 9, 25, 80]), left)
        left -= days
        yield days


def _typed(record: dict[str, Any], schema: pa.Schema) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if value and pa.types.is_timestamp(schema.field(name).type) else value
        for name, value in record.items()
    }


def _sync(path: Path, session: Session, now: datetime) -> Tally:
    [tally] = sync_archive(
        path, session, REPORT, reread="10D", fields=None, mask=None, progress=False, clock=lambda: now
    )
    return tally


@pytest.mark.parametrize("seed", range(6 if LONG else 1))
def test_each_day_is_the_last_answer_that_could_be_had(seed: int, tmp_path: Path) -> None:
    """Late, changed, withdrawn and expiring records; syncs up to 80 days apart; all days, all values, all states."""
    quirks = ["late-days", "changed-later", "withdrawn", "ties-anew"]
    path, chance = tmp_path / "faxes", random.Random(seed)
    with (
        Sandbox(rows={REPORT: 180}, now=BEGIN, days_ahead=DAYS + 1, seed=seed, quirks=quirks) as box,
        Session(
            box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
        ) as session,
    ):
        oracle, gone = Oracle(box), 0
        for days in [0, *_intervals(chance)]:
            oracle.advance(days)
            expected = oracle.sync()
            box.requests.clear()
            tally = _sync(path, session, oracle.now)
            assert (tally.asked, tally.failed) == (expected, 0)
            assert len(box.requests.pages) == expected
            gone += tally.gone
        history = Folder(path).account().report(REPORT)
        found = history.days(date.min, date.max, now=oracle.now)
        assert list(found) == sorted(oracle.kept)
        for day, records in oracle.kept.items():
            assert history.table(day).to_pylist() == [_typed(record, history.schema) for record in records]
            in_history = _midnight(day) >= oracle.now - 90 * _DAY
            state = "sealed" if day in oracle.sealed else "unsealed" if in_history else "unsettled"
            assert found[day].state == state
        assert _set_aside(history.folder) == {day: ids for day, ids in oracle.gone.items() if ids}
        assert gone == sum(map(len, oracle.gone.values()))
        assert gone or seed
        assert ds.dataset(history.generation, format="parquet").count_rows() == sum(map(len, oracle.kept.values()))
        assert {problem.kind for problem in verify(history.folder)} <= {"gap"}


def _set_aside(folder: Path) -> dict[date, set[str]]:
    files = (folder / "_gone").glob("*.parquet")
    return {date.fromisoformat(file.stem): set(pq.read_table(file)["faxId"].to_pylist()) for file in files}
