"""A stop at any moment leaves the state before or after a commit, for whoever reads, and the next sync goes on."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retarus_pandas.store import DayAnswer, Keeper, changes, verify
from retarus_pandas.values import Kind
from support.archives import (
    REPORT,
    Days,
    StoppedError,
    StoppingDisk,
    answer,
    commit,
    day,
    noon,
    ours,
    record,
    schema,
    theirs,
)

_TEXTS = schema(pages=(Kind.UNDECLARED, pa.string()))
_MORE = schema(pages=(Kind.UNDECLARED, pa.string()), zone=(Kind.TEXT, pa.string()))
_COSTS = schema(cost=(Kind.FLOAT, pa.float64()))

# Each sync with its answers: new days, late, changed and vanished records, an empty day, a type that widens, a field
# that comes, one that goes, and a record that is there again.
SYNCS: list[list[DayAnswer]] = [
    [answer(0, [record(0, "a"), record(0, "b")]), answer(1, [])],
    [answer(0, [record(0, "a", 2), record(0, "c")]), answer(2, [record(2, "d")])],
    [answer(0, [record(0, "a", 2)]), answer(1, [record(1, "e")])],
    [answer(2, [record(2, "d", "1"), record(2, "f", "n/a")], _TEXTS), answer(3, [record(3, "g", 7)])],
    [answer(3, [record(3, "g", "8", zone="DE")], _MORE)],
    [answer(4, [record(4, "h", 9)])],
    [answer(0, [record(0, "a", 2), record(0, "b")]), answer(5, [record(5, "i", cost=1)], _COSTS)],
    [answer(6, [record(6, "j")])],
]


def _run(path: Path, number: int, disk: StoppingDisk) -> None:
    commit(path, SYNCS[number], at=noon(10 + number), disk=disk)


def _as_texts(days: Days) -> dict[date, list[tuple[str, ...]]]:
    """Whatever the types were: the same records."""
    return {
        each: [tuple(f"{name}={value}" for name, value in sorted(row.items()) if value is not None) for row in rows]
        for each, rows in days.items()
    }


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sequence[Path], Sequence[Days], Sequence[int]]:
    """The archive before and after each sync: its folder, its records, and the steps it took to get there."""
    base = tmp_path_factory.mktemp("states")
    folders: list[Path] = [base / "0"]
    days: list[Days] = [{}]
    steps = [0]
    for number in range(len(SYNCS)):
        folder = base / str(number + 1)
        if folders[-1].exists():
            shutil.copytree(folders[-1], folder)
        disk = StoppingDisk()
        _run(folder, number, disk)
        folders.append(folder)
        days.append(ours(folder))
        steps.append(disk.steps)
    return folders, days, steps


def test_what_the_syncs_come_to(states: tuple[Sequence[Path], Sequence[Days], Sequence[int]]) -> None:
    """The oracle, written down by hand."""
    folders, days, steps = states
    assert _as_texts(days[-1]) == _as_texts(
        {
            day(0): [record(0, "a", 2), record(0, "b")],
            day(1): [record(1, "e")],
            day(2): [record(2, "d"), record(2, "f", "n/a")],
            day(3): [record(3, "g", 8, zone="DE")],
            day(4): [record(4, "h", 9)],
            day(5): [record(5, "i", cost=1.0)],
            day(6): [record(6, "j")],
        }
    )
    assert theirs(folders[-1]) == days[-1]
    report = folders[-1] / "sandbox-99999" / REPORT
    assert [
        (each.day, each.rows_before, each.added, each.changed, each.gone, each.rows)
        for each in changes(report, noon(11))
    ] == [
        (day(0), 2, 2, 1, 2, 2),
        (day(1), 0, 1, 0, 0, 1),
        (day(2), None, 2, 0, 0, 2),
        (day(3), None, 1, 1, 0, 1),
        (day(4), None, 1, 0, 0, 1),
        (day(5), None, 1, 0, 0, 1),
        (day(6), None, 1, 0, 0, 1),
    ]
    gone = pq.read_table(report / "_gone" / f"{day(0)}.parquet").to_pylist()
    assert [(row["id"], row["pages"], row["_goneAt"]) for row in gone] == [("b", 1, noon(11)), ("c", 1, noon(12))]
    assert sum(steps) >= 200


@pytest.mark.parametrize("number", range(len(SYNCS)))
def test_a_stop_at_any_moment_is_none_for_readers(
    number: int, states: tuple[Sequence[Path], Sequence[Days], Sequence[int]], tmp_path: Path
) -> None:
    """Before and after every step, and in the midst of every write: all of the commit, or nothing of it."""
    folders, days, steps = states
    before, after = map(_as_texts, days[number : number + 2])
    made = 0
    for stop_at in range(steps[number + 1]):
        folder = tmp_path / str(stop_at)
        if folders[number].exists():
            shutil.copytree(folders[number], folder)
        with pytest.raises(StoppedError):
            _run(folder, number, StoppingDisk(stop_at))
        if (folder / "_archive.json").exists():
            seen = _as_texts(ours(folder))
            assert seen in (before, after), stop_at
            made += seen == after
        found = _as_texts(theirs(folder))
        for each in {*found, *before, *after}:
            assert found.get(each) in (before.get(each), after.get(each)), (stop_at, each)
        _run(folder, number, StoppingDisk())
        assert _as_texts(ours(folder)) == _as_texts(theirs(folder)) == after, stop_at
        report = folder / "sandbox-99999" / REPORT
        assert verify(report) == [], stop_at
        assert _counts(report) == _counts(folders[number + 1] / "sandbox-99999" / REPORT), stop_at
        shutil.rmtree(folder)
    assert 0 < made < steps[number + 1]


def test_a_stop_while_a_commit_is_carried_out_again_is_none_either(
    states: tuple[Sequence[Path], Sequence[Days], Sequence[int]], tmp_path: Path
) -> None:
    """From the moment the journal is there, the commit is made, however often carrying it out is stopped."""
    folders, days, steps = states
    number, after, first = 1, _as_texts(days[2]), tmp_path / "first"
    made = [stop_at for stop_at in range(steps[2]) if _is_made(folders[number], first / str(stop_at), after)]
    assert len(made) > 5
    for stop_at in range(steps[2]):
        folder = tmp_path / "second" / str(stop_at)
        shutil.copytree(first / str(made[0]), folder)
        try:
            with Keeper(folder, disk=StoppingDisk(stop_at)):
                pass
        except StoppedError:
            assert _as_texts(ours(folder)) == after
        else:
            assert _as_texts(ours(folder)) == _as_texts(theirs(folder)) == after
            assert not (folder / "sandbox-99999" / REPORT / ".journal").exists()
            break
    assert stop_at > 5


def _is_made(before: Path, folder: Path, after: object) -> bool:
    """Whether the second sync is made, stopped at the step of the folder's name."""
    shutil.copytree(before, folder)
    with pytest.raises(StoppedError):
        _run(folder, 1, StoppingDisk(int(folder.name)))
    return _as_texts(ours(folder)) == after


def _counts(report: Path) -> list[tuple[date, int, int, int, int]]:
    """What the ledger says has happened to each day."""
    found = changes(report, noon(0))
    return [(each.day, each.added, each.changed, each.gone, each.rows) for each in found]
