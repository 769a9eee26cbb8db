"""A report on Dask, in this process and in others of this machine: the rows of the reader, and one limit for all."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import retarus_pandas as rt
from retarus_pandas.dask.signing_in import session_here
from retarus_pandas.errors import InputError, NotSignedInError, PeriodError, SessionClosedError
from retarus_pandas.sandbox import Sandbox
from support.archived import keep, kept
from support.spans import session_for, span

LIMIT = 3


def compute(frame: Any, **how: Any) -> Any:
    return frame.compute(**how)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(rows=900, latency=0.02) as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        yield made


def days(**options: Any) -> dict[str, Any]:
    return span(30, **{"tz": "Europe/Berlin", "page_size": 100, **options})


@pytest.mark.parametrize(("scheduler", "split"), [("sync", "10D"), ("threads", "1D"), ("processes", "5D")])
def test_the_rows_are_those_of_the_reader_within_the_limit(box: Sandbox, scheduler: str, split: str) -> None:
    how = days()
    whole = rt.read_retarus("faxOutUdrReport", **how)
    faxes = rt.read_retarus_dask("faxOutUdrReport", split=split, limit=LIMIT, **how)
    pd.testing.assert_frame_equal(faxes._meta.reset_index(drop=True), whole.iloc[:0])
    box.requests.clear()
    frame = compute(faxes, scheduler=scheduler, num_workers=4)
    pd.testing.assert_frame_equal(frame.reset_index(drop=True), whole)
    assert frame.index.equals(pd.DatetimeIndex(whole["keyTimestamp"]))
    assert box.requests.most_in_flight <= LIMIT
    assert box.requests.tokens <= (4 if scheduler == "processes" else 0)


@pytest.mark.parametrize("backend", ["numpy_nullable", "pyarrow"])
def test_the_backends_are_those_of_pandas(box: Sandbox, backend: Any) -> None:
    how = days(dtype_backend=backend)
    frame = compute(rt.read_retarus_dask("faxOutUdrReport", split="15D", **how), scheduler="sync")
    pd.testing.assert_frame_equal(frame.reset_index(drop=True), rt.read_retarus("faxOutUdrReport", **how))


def test_a_slice_of_time_asks_its_days_only(box: Sandbox) -> None:
    how = days()
    whole = rt.read_retarus("faxOutUdrReport", **how)
    faxes = rt.read_retarus_dask("faxOutUdrReport", **how)
    assert box.requests.api
    box.requests.clear()
    day = f"{how['end'] - pd.Timedelta('9D'):%Y-%m-%d}"
    frame = compute(faxes.loc[day], scheduler="sync")
    assert len(box.requests.pages) == 1
    assert frame["faxId"].tolist() == whole.loc[whole["keyTimestamp"].dt.strftime("%Y-%m-%d") == day, "faxId"].tolist()


def test_without_the_timestamp_there_are_no_divisions_and_texts_stay_as_they_are(box: Sandbox) -> None:
    faxes = rt.read_retarus_dask("{ faxOutUdrReport { faxId docPages } }", **days())
    assert not faxes.known_divisions
    assert faxes.dtypes.astype(str).to_dict() == {"faxId": "str", "docPages": "Int64"}
    down = rt.read_retarus_dask("{ faxOutUdrReport(sort: DESC) { faxId keyTimestamp } }", **days())
    assert not down.known_divisions
    frame = compute(down, scheduler="sync")
    assert frame["keyTimestamp"].is_monotonic_decreasing


def test_an_empty_period_is_an_empty_frame(box: Sandbox) -> None:
    now = pd.Timestamp.now(tz="UTC")
    faxes = rt.read_retarus_dask("faxOutUdrReport", start=now, end=now)
    assert len(compute(faxes, scheduler="sync")) == 0
    assert list(faxes.columns) == list(rt.fields("faxOutUdrReport")["field"])


def test_the_session_that_is_given_stays_in_this_process(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RETARUS_CLIENT_SECRET")
    session = session_for(box)
    faxes = rt.read_retarus_dask("{ faxOutUdrReport { faxId } }", session=session, split="15D", **days())
    graph = pickle.dumps(faxes.dask)
    assert box.client_secret.encode() not in graph
    assert len(compute(faxes, scheduler="threads"))
    with pytest.raises(NotSignedInError, match="RETARUS_CLIENT_SECRET in the environment in which workers start"):
        compute(faxes, scheduler="processes", num_workers=1)
    session.close()
    with pytest.raises(SessionClosedError):
        compute(faxes, scheduler="sync")
    with pytest.raises(NotSignedInError, match="keyring"):
        session_here("")


def test_an_archive_gives_its_days_and_is_no_reason_to_sign_in(tmp_path: Path) -> None:
    document = "{ faxOutUdrReport { faxId docPages keyTimestamp } }"
    with kept(tmp_path / "faxes", rows=600) as found:
        how = days(archive=found.archive, session=found.session)
        whole = rt.read_retarus(document, **{**how, "archive": None})
        found.box.requests.clear()
        faxes = rt.read_retarus_dask(document, **how)
        pd.testing.assert_frame_equal(compute(faxes, scheduler="threads").reset_index(drop=True), whole)
        asked = found.box.requests.api
        end = how["end"].floor("D") - pd.Timedelta("12D")
        old = rt.read_retarus_dask(document, archive=found.archive, start=end - pd.Timedelta("9D"), end=end)
        assert len(compute(old, scheduler="sync")) > 10
        # Only days that are not sealed were asked; of those that are, nobody is.
        assert 0 < asked <= 12
        assert found.box.requests.api == asked


def test_what_an_archive_has_masked_is_promised_as_text(tmp_path: Path) -> None:
    document = "{ faxOutUdrReport { faxId docPages } }"
    with rt.Session.sandbox(rows=600) as session:
        keep(tmp_path / "faxes", session, mask={"docPages": "last4"})
    end = pd.Timestamp.now("UTC").floor("D") - pd.Timedelta("15D")
    faxes = rt.read_retarus_dask(document, archive=tmp_path / "faxes", start=end - pd.Timedelta("9D"), end=end)
    frame = compute(faxes, scheduler="sync")
    assert len(frame) > 10
    assert faxes.dtypes["docPages"] == "str"
    assert faxes.dtypes.to_dict() == frame.dtypes.to_dict()


def test_what_cannot_be_read_in_parts_is_refused_before_anything_is_sent(box: Sandbox) -> None:
    refused: dict[str, Any] = {"max_rows": 5, "concurrency": 2, "progress": True, "chunksize": 5, "csv": "excel"}
    for name, value in refused.items():
        with pytest.raises(InputError, match=f"{name}= is not taken by read_retarus_dask"):
            rt.read_retarus_dask("faxOutUdrReport", last="1D", **{name: value})
    with pytest.raises(InputError, match="limit=0"):
        rt.read_retarus_dask("faxOutUdrReport", last="1D", limit=0)
    with pytest.raises(PeriodError, match="split='1m' has two readings"):
        rt.read_retarus_dask("faxOutUdrReport", last="1D", split="1m")
    with pytest.raises(InputError, match="one report"):
        rt.read_retarus_dask("{ smsInUdrReport { smsId } smsOutUdrReport { smsId } }", last="1D")
    assert box.requests.api == 0
