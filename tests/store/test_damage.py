"""Files that are not as they were left are found, named, and never taken for what they were."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retarus_pandas.errors import ArchiveError, ArchiveLocked, InputError
from retarus_pandas.store import Folder, Keeper, verify
from retarus_pandas.values import Kind
from support.archives import REPORT, answer, commit, day, noon, ours, record, schema


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Four days, of which the first has lost a record."""
    path = tmp_path / "faxes"
    commit(path, [answer(number, [record(number, "a"), record(number, "b", number)]) for number in range(4)])
    commit(path, [answer(0, [record(0, "a")])])
    return path


def _report(archive: Path) -> Path:
    return archive / "sandbox-99999" / REPORT


def _file(archive: Path, number: int) -> Path:
    return _report(archive) / "1" / f"{day(number)}.parquet"


def _edit(archive: Path) -> None:
    frame = pd.read_parquet(_file(archive, 1))
    frame.loc[0, "pages"] = 9
    frame.to_parquet(_file(archive, 1))


def _rewrite(archive: Path) -> None:
    pq.write_table(pq.read_table(_file(archive, 1)), _file(archive, 1), compression="gzip")


def _exchange(archive: Path) -> None:
    _file(archive, 1).write_bytes(_file(archive, 2).read_bytes())


def _tear(archive: Path) -> None:
    _file(archive, 1).write_bytes(_file(archive, 1).read_bytes()[:-20])


def _lose_what_is_gone(archive: Path) -> None:
    (_report(archive) / "_gone" / f"{day(0)}.parquet").unlink()


def _add_a_file(archive: Path) -> None:
    _file(archive, 1).with_name("2026-09-02 (1).parquet").write_bytes(b"x")


def _break_the_ledger(archive: Path) -> None:
    ledger = _report(archive) / "_ledger.jsonl"
    before, said, after = ledger.read_bytes().rpartition(b'"rows": 2')
    ledger.write_bytes(before + said.replace(b"2", b"3") + after)


def _shorten_the_ledger(archive: Path) -> None:
    (_report(archive) / "_ledger.jsonl").write_bytes(b"")


def _lose_the_schema(archive: Path) -> None:
    (_report(archive) / "1" / "_schema.arrow").unlink()


@pytest.mark.parametrize(
    ("damage", "kind", "number"),
    [
        (lambda archive: _file(archive, 1).unlink(), "missing", 1),
        (_tear, "torn", 1),
        (_edit, "edited", 1),
        (_rewrite, "rewritten", 1),
        (_exchange, "exchanged", 1),
        (_lose_what_is_gone, "missing", 0),
        (_add_a_file, "unknown", None),
        (_break_the_ledger, "books", None),
        (_shorten_the_ledger, "books", None),
        (_lose_the_schema, "books", None),
    ],
)
def test_what_was_done_to_a_file_is_found(
    archive: Path, damage: Callable[[Path], None], kind: str, number: int | None
) -> None:
    assert verify(_report(archive)) == []
    damage(archive)
    [problem] = verify(_report(archive))
    assert (problem.kind, problem.day) == (kind, None if number is None else day(number))


def test_a_day_that_was_never_archived_is_a_gap_and_an_empty_one_is_none(archive: Path) -> None:
    commit(archive, [answer(4, []), answer(7, [record(7, "a")])])
    assert [(problem.kind, problem.day) for problem in verify(_report(archive))] == [("gap", day(5)), ("gap", day(6))]


@pytest.mark.parametrize("damage", [_tear, lambda archive: _file(archive, 1).unlink()])
def test_a_reader_does_not_take_a_damaged_file_for_a_day(archive: Path, damage: Callable[[Path], None]) -> None:
    damage(archive)
    with pytest.raises(ArchiveError, match="archive verify"):
        ours(archive)


def test_a_line_of_the_ledger_that_was_torn_off_never_was(archive: Path) -> None:
    ledger = _report(archive) / "_ledger.jsonl"
    before = ours(archive)
    with ledger.open("ab") as file:
        file.write(b'{"commit": 99, "day": "2026-')
    assert ours(archive) == before
    assert verify(_report(archive)) == []
    commit(archive, [answer(5, [record(5, "z")])])
    assert ours(archive) == {**before, day(5): [record(5, "z")]}
    assert all(line.endswith(b"}\n") for line in ledger.read_bytes().splitlines(keepends=True))


def test_a_file_that_was_edited_is_not_replaced_and_one_that_is_missing_is(archive: Path) -> None:
    """What an edited file lacks nobody could tell; a missing one is asked for again, and the ledger says so."""
    _edit(archive)
    edited = _file(archive, 1).read_bytes()
    _file(archive, 2).unlink()
    with Keeper(archive) as keeper:
        answers = [answer(1, [record(1, "a")]), answer(2, [record(2, "c")])]
        first, second = keeper.report("sandbox", "99999", REPORT).commit(answers)
    assert "not as it was written" in first.trouble
    assert _file(archive, 1).read_bytes() == edited
    assert "was missing" in second.trouble
    assert pq.read_table(_file(archive, 2))["id"].to_pylist() == ["c"]


def test_an_answer_that_nothing_proves_takes_nothing_away(archive: Path) -> None:
    before = ours(archive)
    with Keeper(archive) as keeper:
        report = keeper.report("sandbox", "99999", REPORT)
        [less] = report.commit([answer(1, [record(1, "a")], proven=False, sealed=True)])
        [more] = report.commit([answer(2, [*before[day(2)], record(2, "c")], proven=False, sealed=True)])
    assert "lacks 1 records" in less.trouble
    assert (less.rows, more.rows, more.trouble, more.sealed) == (2, 3, "", False)
    assert ours(archive)[day(1)] == before[day(1)]


def test_without_a_key_records_are_counted(tmp_path: Path) -> None:
    """Two that are equal are two; one that changed is one that is gone and one that is new."""
    path, kind = tmp_path / "faxes", schema(key=())
    commit(path, [answer(0, [record(0, "a"), record(0, "a"), record(0, "b")], kind)])
    with Keeper(path) as keeper:
        answers = [answer(0, [record(0, "a"), record(0, "b", 2)], kind)]
        [entry] = keeper.report("sandbox", "99999", REPORT).commit(answers)
    assert (entry.added, entry.changed, entry.gone) == (1, 0, 2)
    gone = pq.read_table(_report(path) / "_gone" / f"{day(0)}.parquet").to_pylist()
    assert [(row["id"], row["pages"]) for row in gone] == [("a", 1), ("b", 1)]


@pytest.mark.parametrize("key", [("id",), ()])
def test_a_field_that_goes_keeps_the_values_it_had(tmp_path: Path, key: tuple[str, ...]) -> None:
    """By the key, or where nothing else has changed; and no record counts as changed for it."""
    path = tmp_path / "faxes"
    more, less = schema(key=key, zone=(Kind.TEXT, pa.string())), schema(key=key)
    commit(path, [answer(0, [record(0, "a", zone="DE"), record(0, "b", zone="FR"), record(0, "b", zone="IT")], more)])
    with Keeper(path) as keeper:
        rows = [record(0, "A"), record(0, "a"), record(0, "b"), record(0, "b")]
        [entry] = keeper.report("sandbox", "99999", REPORT).commit([answer(0, rows, less)])
    assert (entry.added, entry.changed, entry.gone) == (1, 0, 0)
    assert [row["zone"] for row in ours(path)[day(0)]] == [None, "DE", "FR", "IT"]


def test_a_record_outside_of_its_day_is_told(archive: Path) -> None:
    """Then rows cannot be cut by the key timestamp."""
    assert Folder(archive).account().report(REPORT).key_timestamp == "at"
    commit(archive, [answer(5, [record(6, "x")])])
    assert Folder(archive).account().report(REPORT).key_timestamp is None


def test_accounts_are_told_apart(archive: Path) -> None:
    with Keeper(archive) as keeper:
        keeper.report("sandbox", "11111", REPORT).commit([answer(0, [record(0, "x")])])
    assert Folder(archive).account("11111").report(REPORT).days(date.min, date.max)[day(0)].rows == 1
    with pytest.raises(InputError, match="several accounts: sandbox-11111, sandbox-99999"):
        Folder(archive).account()
    with pytest.raises(InputError, match="no account '2'"):
        Folder(archive).account("2")
    with pytest.raises(InputError, match="no report 'x'"):
        Folder(archive).account("99999").report("x")


_HOLD = """
import sys
from retarus_pandas.store import Keeper
with Keeper(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_and_readers_are_not(archive: Path) -> None:
    """The lock of a process that was killed is nobody's."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(archive)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(ArchiveLocked, match="Somebody else writes"):
            commit(archive, [answer(5, [])])
        assert len(ours(archive)) == 4
        holder.kill()
    commit(archive, [answer(5, [])], at=noon(20))
    assert len(ours(archive)) == 5
