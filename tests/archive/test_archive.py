"""An archive of a real service, as a caller, a shell and a notebook have it."""

from __future__ import annotations

import json
import stat
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

import retarus_pandas as rt
from retarus_pandas.__main__ import main
from retarus_pandas.errors import ArchiveError, ArchiveLocked, ArchiveWarning, InputError, QueryError
from retarus_pandas.store import Folder, Keeper

REPORT = "smsInUdrReport"
KEY = "a key that is long enough for tests"


@pytest.fixture(scope="module")
def session() -> Iterator[rt.Session]:
    with rt.Session.sandbox(rows={REPORT: 270}) as made:
        yield made


@pytest.fixture(scope="module")
def synced(session: rt.Session, tmp_path_factory: pytest.TempPathFactory) -> tuple[rt.Archive, pd.DataFrame]:
    """An archive after its first sync, which must not be changed; and what the sync said."""
    archive = rt.Archive(tmp_path_factory.mktemp("archive") / "sms", session)
    return archive, archive.sync(REPORT, progress=False)


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., rt.sandbox.Sandbox]:
    """Starts a service that the environment leads to."""

    def start(**options: Any) -> rt.sandbox.Sandbox:
        box = rt.sandbox.Sandbox(**options).start()
        for name, value in box.environment.items():
            monkeypatch.setenv(name, value)
        return box

    return start


def test_the_next_sync_asks_the_unsealed_days_only(
    session: rt.Session, synced: tuple[rt.Archive, pd.DataFrame], tmp_path: Path
) -> None:
    archive, first = synced
    [row] = first.to_dict("records")
    assert row["asked"] in (88, 89)
    assert (row["failed"], row["sealed"], row["trouble"]) == (0, row["asked"] - 10, "")
    [again] = archive.sync(REPORT, progress=False).to_dict("records")
    assert (again["asked"], again["requests"], again["added"], again["changed"], again["gone"]) == (10, 10, 0, 0, 0)
    [covered] = archive.coverage().to_dict("records")
    assert (covered["days"], covered["unsealed"], covered["unsettled"], covered["gaps"]) == (row["asked"], 10, 0, 0)
    assert archive.verify().empty
    assert archive.changes(pd.Timestamp.now("UTC")).empty


def test_others_read_what_the_service_answers(session: rt.Session, synced: tuple[rt.Archive, pd.DataFrame]) -> None:
    """pandas gets the frame that a read gives, dtypes included; DuckDB and pyarrow the same rows."""
    archive, _ = synced
    [covered] = archive.coverage().to_dict("records")
    until = covered["last"] + pd.Timedelta("1D")
    live = rt.read_retarus(REPORT, start=covered["first"], end=until, session=session, progress=False)
    live.attrs = {}
    pd.testing.assert_frame_equal(pd.read_parquet(covered["folder"]), live)
    with duckdb.connect() as base:
        query = f"select count(*), count(distinct smsId) from '{covered['folder']}/*.parquet'"
        assert base.execute(query).fetchall() == [(len(live), live["smsId"].nunique())]
    assert archive.dataset(REPORT).count_rows() == len(live) == covered["rows"]


def test_everything_is_for_the_owner_alone(synced: tuple[rt.Archive, pd.DataFrame]) -> None:
    root = synced[0].path
    for path in [root, *root.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_no_secret_is_in_any_file(session: rt.Session, synced: tuple[rt.Archive, pd.DataFrame]) -> None:
    token = session.sign_in().secret.reveal().encode()
    files = [path.read_bytes() for path in synced[0].path.rglob("*") if path.is_file()]
    assert not any(secret in data for data in files for secret in (token, b"s4ndb0x", b"sandbox-client"))


def test_masked_from_the_first_byte_and_by_one_key_only(
    session: rt.Session, synced: tuple[rt.Archive, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETARUS_MASK_KEY", KEY)
    archive = rt.Archive(tmp_path / "masked", session)
    archive.sync(REPORT, mask="personal", progress=False)
    found = archive.dataset(REPORT).to_table().to_pandas()
    assert found["sender"].str.fullmatch("[0-9a-f]{32}").all()
    assert "messageContent" not in found
    numbers = {str(number) for number in synced[0].dataset(REPORT).to_table()["sender"].to_pylist()}
    files = [path.read_bytes().decode("latin-1") for path in archive.path.rglob("*") if path.is_file()]
    assert not any(text in data for data in files for text in [KEY, *numbers])
    with pytest.raises(InputError, match="holds masked records"):
        archive.sync(REPORT, progress=False)
    with pytest.raises(InputError, match="masked in another way"):
        archive.sync(REPORT, mask={"sender": "hash"}, progress=False)
    with pytest.raises(InputError, match="not masked"):
        synced[0].sync(REPORT, mask="personal", progress=False)
    monkeypatch.setenv("RETARUS_MASK_KEY", KEY[::-1])
    with pytest.raises(InputError, match="another key"):
        archive.sync(REPORT, mask="personal", progress=False)


def test_fields_are_remembered_and_can_grow_but_not_shrink(session: rt.Session, tmp_path: Path) -> None:
    archive = rt.Archive(tmp_path / "few", session)
    archive.sync(REPORT, fields=["billingCode"], progress=False)
    assert archive.dataset(REPORT).schema.names == ["billingCode", "smsId", "receivedTs"]
    archive.sync(REPORT, progress=False)
    assert archive.dataset(REPORT).schema.names == ["billingCode", "smsId", "receivedTs"]
    with pytest.raises(InputError, match="leaves out"):
        archive.sync(REPORT, fields=["numberOfParts"], progress=False)
    archive.sync(REPORT, fields=["billingCode", "numberOfParts"], progress=False)
    [covered] = archive.coverage().to_dict("records")
    assert covered["folder"].endswith("2")
    assert covered["later"].startswith("numberOfParts since ")
    parts = archive.dataset(REPORT).to_table()["numberOfParts"]
    assert 0 < parts.null_count < len(parts)
    assert archive.verify().empty


class Moody(rt.Session):
    """A session whose service answers for one day with an error."""

    day = ""

    def post(self, body: Any, read: Any, **options: Any) -> Any:
        if f'{self.day}T00:00:00.000Z", toExcluded' in body["query"]:
            raise QueryError("Some records cannot be read.", data={})
        return super().post(body, read, **options)


def test_an_answer_that_is_not_whole_is_not_taken_and_no_empty_day(tmp_path: Path) -> None:
    """It is a gap, told of, which the next sync fills; where something is archived, that stays."""
    with (
        rt.sandbox.Sandbox(rows={REPORT: 270}) as box,
        Moody(
            box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
        ) as session,
    ):
        archive = rt.Archive(tmp_path / "sms", session)
        day = pd.Timestamp.now("UTC").normalize() - pd.Timedelta("4D")
        session.day = f"{day:%Y-%m-%d}"
        with pytest.warns(ArchiveWarning, match=f"{session.day}: .*Some records cannot be read"):
            assert archive.sync(REPORT, progress=False)["failed"].tolist() == [1]
        assert archive.verify()[["kind", "day"]].to_numpy().tolist() == [["gap", day.tz_localize(None)]]
        assert archive.coverage()["gaps"].tolist() == [1]
        session.day = "none"
        assert archive.sync(REPORT, progress=False)["asked"].tolist() == [10]
        assert archive.verify().empty
        rows = archive.dataset(REPORT).count_rows()
        session.day = f"{day:%Y-%m-%d}"
        with pytest.warns(ArchiveWarning, match="their files are as they were"):
            archive.sync(REPORT, progress=False)
        assert archive.dataset(REPORT).count_rows() == rows
        assert archive.verify().empty


def test_interrupted_it_keeps_what_was_read_and_goes_on_later(session: rt.Session, tmp_path: Path) -> None:
    archive = rt.Archive(tmp_path / "sms", session)
    seen: list[rt.Progress] = []

    def stop(progress: rt.Progress) -> None:
        seen.append(progress)
        if len(seen) == 7:
            raise KeyboardInterrupt

    with pytest.raises(rt.errors.Interrupted, match="Interrupted after 7 days, which are archived"):
        archive.sync(REPORT, progress=stop)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("retarus-archive")]
    assert archive.coverage()["days"].tolist() == [7]
    archive.sync(REPORT, progress=seen.append)
    assert archive.verify().empty
    assert archive.coverage()["gaps"].tolist() == [0]
    assert seen[-1].finished


def test_what_nothing_proves_is_never_sealed(tmp_path: Path) -> None:
    """A report that is read by page numbers, from a service that says too early that there is no more."""
    report = "transactionalEmailUdrReport"
    with rt.Session.sandbox(rows={report: 1800}, quirks=["size-clamped", "ends-early"]) as session:
        archive = rt.Archive(tmp_path / "mails", session)
        with pytest.warns(rt.errors.UnprovenRowsWarning):
            archive.sync(report, progress=False)
    history = Folder(archive).account().report(report)
    days = history.days(pd.Timestamp.min.date(), pd.Timestamp.max.date()).values()
    assert {day.proven for day in days} == {True, False}
    assert not any(day.state == "sealed" for day in days if not day.proven)
    assert history.key_timestamp is None


def test_the_shell_says_by_its_exit_status_what_came_of_it(
    signed_in: Callable[..., rt.sandbox.Sandbox], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "sms")
    assert main(["archive", "sync", target, "--report", REPORT]) == 3
    assert "RETARUS_CLIENT_SECRET" in capsys.readouterr().err
    assert main(["archive", "status", target]) == 2
    assert main(["archive", "changes", target]) == 2
    assert main(["archive", "verify", target, "--since", "2026-11-01"]) == 2
    with signed_in(rows={REPORT: 90}):
        assert main(["archive", "sync", target, "--report", REPORT, "--no-progress"]) == 0
        capsys.readouterr()
        with Keeper(target):
            assert main(["archive", "sync", target, "--report", REPORT]) == 75
            assert "Somebody else writes" in capsys.readouterr().err
            assert main(["archive", "status", target, "--json"]) == 0
    [covered] = json.loads(capsys.readouterr().out)["rows"]
    assert covered["rows"] == 90 or covered["days"] == 88
    assert main(["archive", "verify", target]) == 0
    assert "all is well" in capsys.readouterr().out
    assert main(["archive", "verify", target, "--report", "smsInUdrRepor"]) == 2
    assert "there are: smsInUdrReport" in capsys.readouterr().err
    assert main(["archive", "changes", target, "--since", "2026-01-01", "--report", REPORT]) == 0
    file = sorted(Path(covered["folder"]).glob("*.parquet"))[3]
    file.write_bytes(file.read_bytes()[:-10])
    assert main(["archive", "verify", target]) == 4
    assert f"{file.stem}  torn" in capsys.readouterr().out


@pytest.mark.parametrize("reread", ["30", 30, "1m", "1M", "P1M", "1,5D", "1.000D", "-1D", "81D", None])
def test_a_wait_that_is_not_clear_seals_nothing(tmp_path: Path, reread: Any) -> None:
    """A bare number would be nanoseconds, and all days would be sealed at once."""
    with rt.Session.sandbox(rows=10) as session, pytest.raises(InputError, match=r"^reread="):
        rt.Archive(tmp_path, session).sync(REPORT, reread=reread, progress=False)
    assert not [*tmp_path.iterdir()]


def test_an_instant_that_is_not_clear_is_refused_where_a_bill_is_compared(tmp_path: Path) -> None:
    with rt.Session.sandbox(rows=10) as session:
        archive = rt.Archive(tmp_path, session)
        archive.sync(REPORT, progress=False)
    unclear: list[Any] = ["11/10/2026", "10.11.26", "2026-11-01 -05:00", "7D", 5, None]
    for since in unclear:
        with pytest.raises(InputError, match=r"^since="):
            archive.changes(since)
    pd.testing.assert_frame_equal(archive.changes("yesterday"), archive.changes(pd.Timestamp.now("UTC").normalize()))


def test_a_report_that_is_refused_is_told_and_nothing_is_made_of_it(tmp_path: Path) -> None:
    with rt.Session.sandbox(rows=90, quirks=["no-introspection"]) as session:
        archive = rt.Archive(tmp_path / "sms", session)
        with pytest.raises(QueryError, match="noSuchField"):
            archive.sync(REPORT, fields=["noSuchField"], progress=False)
        assert archive.coverage().empty
        assert archive.verify().empty


def test_what_cannot_be_an_archive_is_refused_before_anything_is_sent(session: rt.Session, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    cases: list[tuple[Path, dict[str, Any], str]] = [
        (tmp_path, {}, "notes.txt"),
        (tmp_path / "notes.txt", {}, "is a file"),
        (tmp_path / "x", {"reread": "soon"}, "reread='soon'"),
        (tmp_path / "x", {"reread": "-1D"}, "reread='-1D'"),
        (tmp_path / "x", {"reports": "noReport"}, "no report 'noReport'"),
        (tmp_path / "x", {"reports": "transactionalEmailEventReport"}, "Name them"),
        (tmp_path / "x", {"fields": ["smsId"]}, "does not say of which report"),
        (tmp_path / "x", {"fields": {REPORT: ["no field"]}}, "no field"),
    ]
    for path, options, said in cases:
        with pytest.raises(InputError, match=said):
            rt.Archive(path, session).sync(**options)
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_the_errors_of_an_archive_are_one_family() -> None:
    assert issubclass(ArchiveLocked, ArchiveError)
    assert issubclass(ArchiveWarning, rt.errors.RetarusWarning)


@pytest.mark.parametrize("quirk", ["period-by-date", "period-ignored"])
def test_what_a_service_sends_from_other_days_is_not_archived_twice(quirk: str, tmp_path: Path) -> None:
    """Alone, such an answer would hold all the same; in two days' files its records would be billed twice."""
    with rt.Session.sandbox(rows={REPORT: 400}, quirks=[quirk]) as session, warnings.catch_warnings():
        warnings.simplefilter("ignore", ArchiveWarning)
        archive = rt.Archive(tmp_path / "sms", session)
        try:
            trouble = " ".join(archive.sync(REPORT, progress=False)["trouble"])
        except rt.errors.IncompleteRead as error:  # the others would hardly fare better
            trouble = str(error)
    assert "outside of" in trouble
    kept = [pq.read_table(path)["smsId"].to_pylist() for path in tmp_path.rglob("2*.parquet")]
    names = [name for day in kept for name in day]
    assert len(names) == len(set(names))


def test_a_masked_archive_does_not_repeat_what_the_service_says_of_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETARUS_MASK_KEY", KEY)
    with (
        rt.sandbox.Sandbox(rows={REPORT: 270}) as box,
        Moody(
            box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
        ) as session,
    ):
        archive = rt.Archive(tmp_path / "sms", session)
        session.day = f"{pd.Timestamp.now('UTC').normalize() - pd.Timedelta('4D'):%Y-%m-%d}"
        with pytest.warns(ArchiveWarning, match="Some records cannot be read"):
            archive.sync(REPORT, mask="personal", progress=False)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"QueryError" in written
    assert b"Some records cannot be read" not in written


def test_small_files_that_are_damaged_are_told(session: rt.Session, tmp_path: Path) -> None:
    folder = tmp_path / "sms"
    archive = rt.Archive(folder, session)
    archive.sync(REPORT, fields=["smsId"], progress=False)
    (report,) = folder.glob(f"*/{REPORT}")
    for path, data in (
        (report / "1" / "_schema.arrow", b""),
        (report / "_fields.json", b"{}"),
    ):
        before = path.read_bytes()
        path.write_bytes(data)
        with pytest.raises(rt.errors.ArchiveError, match="Restore it"):
            archive.sync(REPORT, progress=False)
        path.write_bytes(before)
    (report.parent / "_account.json").write_bytes(b"{}")
    with pytest.raises(rt.errors.ArchiveError, match="does not say 'customer_id'"):
        archive.coverage()
