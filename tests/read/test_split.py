"""A plan in pieces that any process can read: together they are the whole, row for row."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import retarus_pandas as rt
from retarus_pandas.errors import ArchiveWarning, IncompleteRead, InputError, PeriodError, UnprovenRowsWarning
from retarus_pandas.sandbox import Quirk, Sandbox
from support.archived import REPORT, Kept, keep, kept
from support.canaries import assert_nowhere
from support.spans import session_for, span

KEY = "canary-key-of-the-mask"
DOCUMENT = "{ faxOutUdrReport { faxId calledNumber docPages keyTimestamp } }"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows=900) as made:
        yield made


@pytest.fixture(scope="module")
def session(box: Sandbox) -> Iterator[rt.Session]:
    with session_for(box) as made:
        yield made


def how_for(session: rt.Session, **options: Any) -> dict[str, Any]:
    return span(20, **{"page_size": 40, "session": session, **options})


def together(pieces: tuple[rt.Piece, ...], session: rt.Session) -> pd.DataFrame:
    frames = [rt.read_retarus(piece, session=session) for piece in pickle.loads(pickle.dumps(pieces))]
    whole: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return whole


def test_pieces_that_ask_the_same_are_equal_and_can_be_keys() -> None:
    """Also after a journey, and whatever was given for the filters."""
    how: dict[str, Any] = {"start": (pd.Timestamp.now(tz="UTC") - pd.Timedelta("3D")).isoformat(), "customer_id": "1"}
    plan = rt.plan_retarus(DOCUMENT, filters={"statusName": pd.Series(["OK"])}, **how)
    pieces = plan.split("1D")
    sent = pickle.loads(pickle.dumps(pieces))
    assert sent == pieces
    assert {piece: number for number, piece in enumerate(pieces)}[sent[1]] == 1
    assert len({*pieces, *sent}) == len(pieces)
    typed = rt.plan_retarus(DOCUMENT, filters={"statusName": ["OK"]}, dtype={"docPages": "int64"}, **how).split("1D")
    assert typed[1] not in pieces
    assert hash(plan) == hash(pickle.loads(pickle.dumps(plan)))


def test_a_piece_is_asked_for_no_key_where_an_option_of_its_plan_is_given(session: rt.Session) -> None:
    piece: Any = rt.plan_retarus(DOCUMENT, last="1D", session=session).split()[0]
    with pytest.raises(InputError, match=r"The option mask= belongs to the plan"):
        rt.read_retarus(piece, mask="personal", session=session)
    with pytest.raises(InputError, match=r"The option page_size= belongs to the plan"):
        rt.read_retarus(piece, page_size=-1, session=session)


@pytest.mark.parametrize("length", ["1D", "7h", "50D", pd.Timedelta("36h")])
@pytest.mark.parametrize("order", ["", "(sort: DESC)"])
def test_the_pieces_are_the_whole_row_for_row(session: rt.Session, length: Any, order: str) -> None:
    text = DOCUMENT.replace("Report", f"Report{order}")
    how = how_for(session, tz="Europe/Berlin", filters={"statusName": ["OK"]})
    pieces = rt.plan_retarus(text, **how).split(length)
    edges = sorted((piece.start, piece.end) for piece in pieces)
    assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]
    pd.testing.assert_frame_equal(together(pieces, session), rt.read_retarus(text, **how))


def test_days_are_those_of_the_zone(session: rt.Session) -> None:
    pieces = rt.plan_retarus("faxOutUdrReport", **how_for(session, tz="Asia/Kolkata")).split()
    assert {(piece.start.hour, piece.start.minute) for piece in pieces[1:]} == {(18, 30)}


@pytest.mark.parametrize("quirk", [Quirk.STAMPS_ROUNDED, Quirk.PERIOD_END_INCLUDED, Quirk.TWINS, Quirk.PERIOD_BY_DATE])
def test_whatever_the_service_does_the_pieces_are_exact_or_end_in_an_error(quirk: Quirk) -> None:
    with Sandbox(rows=900, quirks=[quirk]) as box, session_for(box) as session, warnings.catch_warnings():
        warnings.simplefilter("ignore", UnprovenRowsWarning)
        how = how_for(session)
        pieces = rt.plan_retarus(DOCUMENT, **how).split()
        if quirk is Quirk.PERIOD_BY_DATE:
            with pytest.raises(IncompleteRead, match="outside of"):
                together(pieces, session)
        else:
            pd.testing.assert_frame_equal(together(pieces, session), rt.read_retarus(DOCUMENT, **how))


@pytest.mark.parametrize("quirk", [Quirk.PERIOD_BY_DATE, Quirk.PERIOD_IGNORED])
def test_pieces_that_fit_one_answer_are_not_doubled_either(quirk: Quirk) -> None:
    """Alone, such an answer would hold all the same; put together, its rows would stand in several parts."""
    with Sandbox(rows=300, quirks=[quirk]) as box, session_for(box) as session:
        pieces = rt.plan_retarus("{ faxOutUdrReport { faxId docPages } }", last="9D", session=session).split("3D")
        with pytest.raises(IncompleteRead, match="outside of"):
            together(pieces, session)


def test_another_process_reads_a_piece_with_its_own_session(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    """As with the executors of Ray or Spark: what goes there is pickled, and holds no secret."""
    for name, value in {**box.environment, "PYTHONPATH": str(project)}.items():
        monkeypatch.setenv(name, value)
    pieces = rt.plan_retarus(DOCUMENT, last="3D").split()
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        frames = list(processes.map(rt.read_retarus, pieces))
    assert pd.concat(frames)["faxId"].tolist() == together(pieces, rt.Session.from_env())["faxId"].tolist()
    assert box.client_secret.encode() not in pickle.dumps(pieces)


def test_a_piece_goes_into_files_and_streams_too(session: rt.Session, tmp_path: Path) -> None:
    [*_, piece] = rt.plan_retarus(DOCUMENT, **how_for(session)).split("5D")
    frame = rt.read_retarus(piece, session=session)
    rt.export_retarus(piece, tmp_path / "x.parquet", session=session)
    assert pd.read_parquet(tmp_path / "x.parquet").equals(frame)
    assert rt.scan_retarus(piece, session=session).to_pandas().equals(frame)
    assert repr(piece).startswith("<Piece faxOutUdrReport, ")


def test_what_belongs_to_the_plan_is_not_changed_by_a_piece(session: rt.Session) -> None:
    [piece, *_] = rt.plan_retarus(DOCUMENT, **how_for(session)).split()
    with pytest.raises(InputError, match="tz= belongs to the plan"):
        rt.read_retarus(piece, tz="Europe/Berlin", session=session)
    with pytest.raises(InputError, match="planned already"):
        rt.plan_retarus(piece)  # type: ignore[arg-type]


def test_what_no_part_can_keep_to_is_refused(session: rt.Session) -> None:
    with pytest.raises(InputError, match="max_rows="):
        rt.plan_retarus(DOCUMENT, max_rows=5, **how_for(session)).split()
    with pytest.raises(InputError, match="pins page 1"):
        rt.plan_retarus(DOCUMENT.replace("Report", "Report(page: 1)"), **how_for(session)).split()


def test_a_piece_is_read_from_the_service_it_was_planned_for(session: rt.Session) -> None:
    [piece, *_] = rt.plan_retarus(DOCUMENT, **how_for(session)).split()
    with rt.Session.sandbox(rows=10) as other, pytest.raises(InputError, match="planned for the service at"):
        rt.read_retarus(piece, session=other)


def test_a_mask_goes_without_its_key_and_is_made_with_the_same_one(
    session: rt.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETARUS_MASK_KEY", KEY)
    how = how_for(session, mask={"*": "personal", "docPages": "keep"})
    pieces = rt.plan_retarus(DOCUMENT, **how).split("5D")
    assert_nowhere([pickle.dumps(pieces), repr(pieces)], KEY)
    pd.testing.assert_frame_equal(together(pieces, session), rt.read_retarus(DOCUMENT, **how))
    monkeypatch.setenv("RETARUS_MASK_KEY", KEY.upper())
    with pytest.raises(InputError, match="the same RETARUS_MASK_KEY"):
        together(pieces, session)


# ---------------------------------------------------------------- with an archive


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    with kept(tmp_path_factory.mktemp("archived") / "faxes", rows=600) as found:
        yield found


@pytest.mark.parametrize("tz", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize(("length", "order"), [("1D", ""), ("50h", "(sort: DESC)")])
def test_old_and_new_pieces_are_the_whole_row_for_row(archived: Kept, tz: str, length: str, order: str) -> None:
    """Also where a border stands within a day of the archive."""
    text = DOCUMENT.replace("Report", f"Report{order}")
    how = span(30, tz=tz, session=archived.session)
    pieces = rt.plan_retarus(text, archive=archived.archive, **how).split(length)
    archived.box.requests.clear()
    frame = together(pieces, archived.session)
    assert archived.box.requests.api <= sum(piece.asks for piece in pieces) <= 12 < len(pieces)
    pd.testing.assert_frame_equal(frame, rt.read_retarus(text, **how))


def test_a_piece_of_sealed_days_takes_no_session_from_any_folder(
    archived: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = pd.Timestamp.now(tz="UTC").floor("D") - pd.Timedelta("12D")
    how: dict[str, Any] = {"start": end - pd.Timedelta("4D"), "end": end}
    monkeypatch.chdir(Path(archived.archive).parent)
    pieces = rt.plan_retarus(DOCUMENT, archive=Path(archived.archive).name, session=archived.session, **how).split()
    monkeypatch.chdir(tmp_path)
    frame = pd.concat([rt.read_retarus(piece) for piece in pieces], ignore_index=True)
    pd.testing.assert_frame_equal(frame, rt.read_retarus(DOCUMENT, session=archived.session, **how))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with kept(tmp_path / "faxes", rows=50) as found:
        [piece, *_] = rt.plan_retarus(DOCUMENT, archive=found.archive, **how_for(found.session)).split()
        (tmp_path / "faxes").rename(tmp_path / "moved")
        with pytest.raises(InputError, match="no such folder where it is read"):
            rt.read_retarus(piece, session=found.session)


def test_days_that_can_only_be_read_whole_are_not_cut(tmp_path: Path) -> None:
    report = "transactionalEmailUdrReport"
    with rt.Session.sandbox(rows={report: 60}) as session, warnings.catch_warnings():
        warnings.simplefilter("ignore", (ArchiveWarning, UnprovenRowsWarning))
        archive = rt.Archive(tmp_path / "mails", session)
        archive.sync(report, progress=False)
        end = pd.Timestamp.now(tz="UTC").floor("D") - pd.Timedelta("20D")
        plan = rt.plan_retarus(report, archive=archive, session=session, start=end - pd.Timedelta("9D"), end=end)
        pieces = plan.split("3D")
        assert len(together(pieces, session)) == len(rt.read_retarus(report, session=session, **_of(pieces)))
        with pytest.raises(PeriodError, match="only give whole UTC days"):
            plan.split("7h")


def _of(pieces: tuple[rt.Piece, ...]) -> dict[str, Any]:
    return {"start": pieces[0].start, "end": pieces[-1].end}


def test_a_masked_archive_goes_in_pieces_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is hashed there is not hashed again."""
    monkeypatch.setenv("RETARUS_MASK_KEY", KEY)
    with rt.Session.sandbox(rows=200) as session:
        keep(tmp_path / "faxes", session, REPORT, mask="personal")
        how = how_for(session, mask="personal")
        pieces = rt.plan_retarus(DOCUMENT, archive=tmp_path / "faxes", **how).split("5D")
        pd.testing.assert_frame_equal(together(pieces, session), rt.read_retarus(DOCUMENT, **how))


@pytest.mark.parametrize("quirks", [[], [Quirk.NO_INTROSPECTION]], ids=["introspection", "none"])
def test_pieces_are_read_by_a_service_that_lacks_what_was_added(quirks: list[Quirk]) -> None:
    """The first one is told of it, and the others go by what it learned, although they were planned before."""
    with Sandbox(120, missing=["sort", "attemptSeqNo"], quirks=quirks) as box, session_for(box) as session:
        pieces = rt.plan_retarus("{ faxOutUdrReport { faxId keyTimestamp } }", **span(20, session=session)).split("5D")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            frame = together(pieces, session)
        whole = {row["faxId"] for row in box.records("faxOutUdrReport")}
    assert len(frame) > 10
    assert set(frame["faxId"]) <= whole
    assert any("sort" in str(one.message) for one in told)
