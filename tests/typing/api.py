"""The public names as a type checker sees them; never run, checked by mypy.

Each ``type: ignore`` stands where a mistake has to be found: one that is not needed is an error, too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type, cast

import pandas as pd
from pandas.api.extensions import no_default

import retarus_pandas as rt


def reading(session: rt.Session) -> None:
    """A frame, or a dict of frames where the document asks several reports; chunks where they are asked for."""
    assert_type(rt.read_retarus("faxOutUdrReport", last="7D"), pd.DataFrame | Any)
    assert_type(rt.read_retarus(Path("query.graphql"), period=pd.Period("2026-10"), chunksize=None), pd.DataFrame | Any)
    with rt.read_retarus("faxOutUdrReport", last="7D", chunksize=1000) as chunks:
        assert_type(chunks, rt.Chunks)
        assert_type(next(chunks), pd.DataFrame)
        assert_type(chunks.facts, dict[str, Any])
    # Which document asks several reports, the caller knows.
    frames = cast("dict[str, pd.DataFrame]", rt.read_retarus("{ a { b } c { d } }", last="7D"))
    frame: pd.DataFrame = rt.read_retarus(
        "faxOutUdrReport",
        start="2026-10-01",
        end=pd.Timestamp("2026-11-01"),
        tz="Europe/Berlin",
        filters={"statusName": ["OK"]},
        variables={"name": 1},
        operation="Faxes",
        customer_id=99999,
        record_path=["recipients"],
        sep="_",
        dtype={"faxId": "string"},
        mask={"*": "personal", "faxId": "keep"},
        units="si",
        dtype_backend="pyarrow",
        max_rows=10,
        page_size=1000,
        concurrency=2,
        errors="warn",
        progress=lambda progress: print(progress.rows, progress.covered),
        session=session,
    )
    rt.read_retarus("faxOutUdrReport", last=pd.Timedelta("7D"), dtype_backend=no_default, progress=watch)
    del frames, frame


def watch(progress: rt.Progress) -> None:
    """An observer."""
    assert_type(progress.rows, int)
    assert_type(progress.covered, float | None)


def planning_and_files(session: rt.Session, path: Path) -> None:
    """A plan takes whatever a read or a file takes."""
    plan = rt.plan_retarus("faxOutUdrReport", last="7D", dtype="str", chunksize=5, session=session)
    assert_type(plan, rt.Plan)
    assert_type(plan.reports[0].page_size, int)
    assert_type(rt.export_retarus("faxOutUdrReport", path, last="7D", errors="raise"), dict[str, Any])


def streams_and_pieces(session: rt.Session) -> None:
    """A scan is read by others; a plan's pieces are read like a query."""
    with rt.scan_retarus("faxOutUdrReport", last="7D", session=session) as faxes:
        assert_type(faxes, rt.Scan)
        assert_type(faxes.facts, dict[str, Any])
        assert_type(faxes.to_pandas(), pd.DataFrame)
    [piece, *_] = rt.plan_retarus("faxOutUdrReport", last="7D").split("1D")
    assert_type(piece, rt.Piece)
    assert_type(rt.read_retarus(piece, session=session), pd.DataFrame | Any)
    rt.read_retarus_dask("faxOutUdrReport", split="6h", limit=2, last="7D")


def looking_around() -> None:
    """Frames that describe, and who is signed in."""
    assert_type(rt.reports(), pd.DataFrame)
    assert_type(rt.fields("faxOutUdrReport"), pd.DataFrame)
    assert_type(rt.current_session(), rt.Session | None)
    assert_type(rt.Session.sandbox(), rt.Session)
    rt.logout()


def mistakes(path: Path) -> None:
    """What a type checker has to find."""
    rt.read_retarsu("faxOutUdrReport")  # type: ignore[attr-defined]
    rt.read_retarus()  # type: ignore[call-overload]
    rt.read_retarus("faxOutUdrReport", lats="7D")  # type: ignore[call-overload]
    rt.read_retarus("faxOutUdrReport", last="7D", errors="ignore")  # type: ignore[call-overload]
    rt.read_retarus("faxOutUdrReport", last="7D", dtype_backend="polars")  # type: ignore[call-overload]
    rt.read_retarus("faxOutUdrReport", last="7D", dtype_backend=None)  # type: ignore[call-overload]
    rt.read_retarus("faxOutUdrReport", last="7D", units="metric")  # type: ignore[call-overload]
    rt.read_retarus("faxOutUdrReport", last="7D", page_size="1000")  # type: ignore[call-overload]
    rt.read_retarus("faxOutUdrReport", last="7D", progress="no")  # type: ignore[call-overload]
    rt.read_retarus("faxOutUdrReport", last="7D", session="me")  # type: ignore[call-overload]
    rt.plan_retarus("faxOutUdrReport", last="7D", errors="ignore")  # type: ignore[arg-type]
    rt.plan_retarus("faxOutUdrReport", lats="7D")  # type: ignore[call-arg]
    rt.export_retarus("faxOutUdrReport", last="7D")  # type: ignore[call-arg]
    rt.export_retarus("faxOutUdrReport", path, last="7D", dtype="str")  # type: ignore[call-arg]
    rt.export_retarus("faxOutUdrReport", path, last="7D", chunksize=5)  # type: ignore[call-arg]
