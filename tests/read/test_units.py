"""Units: the evidence of the schema decides which numbers are calculated with, in every way out."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.api.extensions import no_default

import retarus_pandas as rt
from retarus_pandas.errors import InputError
from retarus_pandas.schema import bundled, load, sdl
from retarus_pandas.values import Unit
from support.files import in_libreoffice, in_openpyxl

GUESSED = 'callDuration: Int @known(by: SAMPLED) @unit(of: "milliseconds", by: GUESSED)'
DOCUMENT = "{ faxOutUdrReport { faxId took: callDuration sumCallDurations callConnectedAt keyTimestamp } }"
NOTES = [
    "In SI units: took (milliseconds, documented).",
    "Not converted to SI units: sumCallDurations (milliseconds, guessed).",
]


def documented() -> str:
    """The bundled schema with one word changed, as who reads it in the vendor's documentation would change it."""
    assert sdl().count(GUESSED) == 1
    return sdl().replace(GUESSED, GUESSED.replace("GUESSED", "DOCUMENTED"))


@pytest.fixture(scope="module")
def session() -> Iterator[rt.Session]:
    with (
        rt.sandbox.Sandbox(rows=300) as box,
        rt.Session(
            box.customer_id,
            box.client_id,
            box.client_secret,
            api_url=box.api_url,
            token_url=box.token_url,
            schema=documented(),
        ) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def span(session: rt.Session) -> dict[str, Any]:
    end = pd.Timestamp.now(tz="UTC").floor("s")
    return {"start": end - pd.Timedelta("60D"), "end": end, "session": session}


@pytest.fixture(scope="module")
def seconds(span: dict[str, Any]) -> list[float | None]:
    """What every way out has to show, from the numbers as they came."""
    plain = rt.read_retarus(DOCUMENT, **span)["took"]
    assert str(plain.dtype) == "Int64"
    assert plain.sum() > 0
    return [None if pd.isna(each) else each / 1000 for each in plain]


def spoken(durations: Any) -> list[float | None]:
    return [None if pd.isna(each) else float(each) for each in durations]


def test_nothing_is_certain_enough_in_what_is_known_of_the_service_so_far() -> None:
    """The day that this fails, say in the README which columns it is."""
    schema = bundled()
    known = [
        (report, name, unit)
        for report in schema.reports()
        for name, field in getattr(schema.record_type(report), "fields").items()  # noqa: B009 - of a type or None
        if (unit := schema.unit(schema.record_type(report), name))
        and unit.to_si(schema.kind(field.type, name)[0]) is not None
    ]
    assert known == []


def test_a_guessed_unit_leaves_the_numbers_and_is_named(span: dict[str, Any]) -> None:
    with rt.Session.sandbox(rows=50) as session:
        frame = rt.read_retarus(DOCUMENT, last="30D", units="si", session=session)
    assert str(frame["took"].dtype) == "Int64"
    [note] = frame.attrs["retarus"]["notes"]
    left = "took (milliseconds, guessed), sumCallDurations (milliseconds, guessed)"
    assert note == f"Not converted to SI units: {left}."


@pytest.mark.parametrize("backend", [no_default, "numpy_nullable", "pyarrow"])
def test_a_frame_has_durations(span: dict[str, Any], seconds: list[float | None], backend: Any) -> None:
    frame = rt.read_retarus(DOCUMENT, units="si", dtype_backend=backend, **span)
    assert spoken(frame["took"].dt.total_seconds()) == seconds
    assert str(frame["sumCallDurations"].dtype).startswith(("Int64", "int64"))
    assert frame.attrs["retarus"]["notes"] == NOTES


def test_chunks_have_durations(span: dict[str, Any], seconds: list[float | None]) -> None:
    frames = list(rt.read_retarus(DOCUMENT, units="si", chunksize=70, **span))
    assert len(frames) > 2
    assert {str(frame["took"].dtype) for frame in frames} == {"timedelta64[us]"}
    assert spoken(pd.concat(frames)["took"].dt.total_seconds()) == seconds


def test_parquet_gives_back_the_frame(span: dict[str, Any], tmp_path: Path) -> None:
    rt.export_retarus(DOCUMENT, tmp_path / "x.parquet", units="si", **span)
    file = pd.read_parquet(tmp_path / "x.parquet")
    pd.testing.assert_frame_equal(file, rt.read_retarus(DOCUMENT, units="si", **span))
    assert file.attrs["retarus"]["notes"] == NOTES


@pytest.mark.parametrize(
    ("csv", "name"), [("plain", "took"), ({"sep": "|"}, "took"), ("excel", "took (s)"), ("excel-de", "took (s)")]
)
def test_csv_has_seconds(
    span: dict[str, Any], seconds: list[float | None], tmp_path: Path, csv: Any, name: str
) -> None:
    rt.export_retarus(DOCUMENT, tmp_path / "x.csv", units="si", csv=csv, **span)
    settings = {"excel-de": {"sep": ";", "decimal": ","}, "plain": {}, "excel": {}}.get(str(csv), csv)
    assert spoken(pd.read_csv(tmp_path / "x.csv", encoding="utf-8-sig", **settings)[name]) == seconds


def test_a_workbook_has_seconds_that_add_up(span: dict[str, Any], seconds: list[float | None], tmp_path: Path) -> None:
    rt.export_retarus(DOCUMENT, tmp_path / "x.xlsx", units="si", **span)
    sheets = in_openpyxl(tmp_path / "x.xlsx")
    heading, *rows = sheets["faxOutUdrReport"]
    at = heading.index("took (s)")
    assert [row[at] for row in rows] == seconds
    notes = [value for _, value in sheets["About"]]
    assert set(NOTES) <= set(notes)
    office = in_libreoffice(tmp_path / "x.xlsx", tmp_path)["faxOutUdrReport"]
    assert sum(float(row[at] or 0) for row in office[1:]) == pytest.approx(sum(filter(None, seconds)))


def test_without_the_option_nothing_changes(span: dict[str, Any]) -> None:
    frame = rt.read_retarus(DOCUMENT, units=None, **span)
    assert str(frame["took"].dtype) == "Int64"
    assert frame.attrs["retarus"]["notes"] == []


def test_the_dtype_of_the_caller_is_applied_last(span: dict[str, Any]) -> None:
    frame = rt.read_retarus(DOCUMENT, units="si", dtype={"took": "timedelta64[s]"}, **span)
    assert str(frame["took"].dtype) == "timedelta64[s]"


@pytest.mark.parametrize("units", ["metric", "SI", True, ["si"]])
def test_another_system_is_refused(units: Any) -> None:
    with pytest.raises(InputError, match=r"The option units=.* does not fit: choose 'si'"):
        rt.plan_retarus(DOCUMENT, last="1D", units=units)


def test_the_unit_and_its_evidence_are_told(session: rt.Session) -> None:
    """Of a schema of one's own, too, which says it itself or leaves it to the bundled one."""
    units = rt.fields("faxOutUdrReport", session=session).set_index("field")["unit"]
    assert units["callDuration"] == "milliseconds (documented)"
    assert units["timeToFirstDial"] == "milliseconds (guessed)"
    assert "documented" in str(inspect.getdoc(rt.fields))


def test_the_services_own_schema_says_nothing_of_units_and_the_bundled_one_does() -> None:
    with rt.Session.sandbox(rows=5) as session:
        live = session.fetch_schema()
    assert live.unit(live.record_type("faxInUdrReport"), "baudRate") == Unit("bit/s", "documented")
    assert live.unit(live.record_type("faxInUdrReport"), "allPages") is None
    assert live.unit(None, "baudRate") is None


def test_records_are_known_by_their_report_whatever_their_type_is_called() -> None:
    renamed = load(sdl().replace("FaxInUdrReportRecord", "FaxIn").replace('@unit(of: "bit/s", by: DOCUMENTED)', ""))
    assert renamed.unit(renamed.record_type("faxInUdrReport"), "baudRate") == Unit("bit/s", "documented")


def test_somebody_elses_directive_of_that_name_says_nothing() -> None:
    other = load(
        "directive @unit(symbol: String) on FIELD_DEFINITION type Q { content: [R] } type R "
        '{ a: Int @unit(symbol: "ms") } type Query { r: Q }'
    )
    assert other.unit(other.record_type("r"), "a") is None
