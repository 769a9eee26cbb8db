"""Workbooks: what other programs read in them is what was there."""

from __future__ import annotations

import math
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import retarus_pandas as rt
from retarus_pandas.errors import ExportError, InputError
from retarus_pandas.read.files.xlsx import XlsxFile
from retarus_pandas.read.result import Shape
from retarus_pandas.values import Column, Kind
from support.files import HOSTILE, about, in_libreoffice, in_openpyxl, write
from support.trying import ONE_FIXTURE


def local(*instants: str, tz: str = "Europe/Berlin") -> pa.Array:
    stamps = [pd.Timestamp(each).tz_convert("UTC").to_pydatetime() for each in instants]
    return pa.array(stamps, pa.timestamp("us", "UTC")).cast(pa.timestamp("us", tz))


def autumn() -> dict[str, datetime]:
    return {"start": datetime(2026, 10, 1, tzinfo=UTC), "end": datetime(2026, 11, 1, tzinfo=UTC)}


def test_text_stays_text(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", pa.table({"a": HOSTILE}))
    rows = in_openpyxl(path)["faxOutUdrReport"]
    assert [row[0] or "" for row in rows] == ["a", *HOSTILE]


def test_text_stays_text_in_libreoffice(tmp_path: Path) -> None:
    # It takes a line break for \n, whichever it was, and shows no control characters.
    texts = [text for text in HOSTILE if text.isprintable()]
    path = write(tmp_path / "x.xlsx", pa.table({"a": texts, "b": ["-"] * len(texts)}))
    rows = in_libreoffice(path, tmp_path)["faxOutUdrReport"]
    assert rows[1:] == [[text, "-"] for text in texts]


@settings(max_examples=20, suppress_health_check=ONE_FIXTURE)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=20, max_size=60))
def test_any_text_stays_text(tmp_path: Path, texts: list[str]) -> None:
    path = write(tmp_path / "x.xlsx", pa.table({"a": pa.array(texts, pa.string()), "b": ["-"] * len(texts)}))
    assert [row[0] or "" for row in in_openpyxl(path)["faxOutUdrReport"]] == ["a", *texts]


def test_numbers_are_numbers_as_long_as_excel_keeps_all_digits(tmp_path: Path) -> None:
    table = pa.table(
        {
            "int": pa.array([1, -5, 10**15 - 1, 10**15, 2**63 - 1, None], pa.int64()),
            "float": [0.1 + 0.2, 1 / 3, 1e300, -0.0, float("inf"), None],
            "decimal": [Decimal("0.10"), Decimal("19.99"), Decimal("12345678901234567.89"), Decimal(100), None, None],
            "bool": [True, False, None, True, True, False],
        }
    )
    sheets = in_openpyxl(write(tmp_path / "x.xlsx", table))
    ints, floats, decimals, bools = zip(*sheets["faxOutUdrReport"][1:], strict=True)
    assert list(ints) == [1, -5, 10**15 - 1, "1000000000000000", "9223372036854775807", None]
    assert list(floats) == [0.1 + 0.2, 1 / 3, 1e300, 0, "inf", None]
    assert list(decimals) == [0.1, 19.99, "12345678901234567.89", 100, None, None]
    assert list(bools) == [True, False, None, True, True, False]
    notes = " ".join(str(cell) for row in sheets["About"] for cell in row)
    assert "int: 2 numbers have more digits than Excel keeps" in notes
    assert "decimal: 1 number has more digits than Excel keeps" in notes


def test_numbers_that_are_kept_as_written_are_numbers(tmp_path: Path) -> None:
    schema = Shape((Column("price", Kind.DECIMAL), Column("code", Kind.TEXT)), {}, {}).schema()
    table = pa.table(
        {"price": ["0.10", "1e2", "12345678901234567.89", "NaN", "?", None], "code": ["1"] * 6}, schema=schema
    )
    rows = in_openpyxl(write(tmp_path / "x.xlsx", table))["faxOutUdrReport"][1:]
    assert [price for price, _ in rows] == [0.1, 100, "12345678901234567.89", "NaN", "?", None]
    assert {code for _, code in rows} == {"1"}
    lines = write(tmp_path / "x.csv", table.slice(0, 1), csv="excel-de").read_text("utf-8-sig").splitlines()
    assert lines == ["price;code", "0,10;1"]


def test_instants_are_wall_time_with_the_zone_in_the_heading(tmp_path: Path) -> None:
    table = pa.table({"at": local("2026-06-01T10:00:00.123+02:00", "1653-01-01T00:00Z")})
    path = write(tmp_path / "x.xlsx", table, told=about(tz="Europe/Berlin"))
    [[heading], [first], [before_excel]] = in_openpyxl(path)["faxOutUdrReport"]
    assert heading == "at (Europe/Berlin)"
    assert first == datetime(2026, 6, 1, 10, 0, 0, 123000)
    assert before_excel.startswith("1653-01-01 00:53:28")


def test_an_hour_that_occurs_twice_is_told_apart_by_utc(tmp_path: Path) -> None:
    table = pa.table({"at": local("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00")})
    path = write(tmp_path / "x.xlsx", table, told=about(tz="Europe/Berlin", **autumn()))
    rows = in_openpyxl(path)["faxOutUdrReport"]
    assert rows == [
        ["at (Europe/Berlin)", "at (UTC)"],
        [datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30)],
        [datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 1, 30)],
    ]


@pytest.mark.parametrize("tz", ["UTC", "Asia/Kolkata", "+05:30"])
def test_where_no_clock_is_set_back_there_is_one_column(tmp_path: Path, tz: str) -> None:
    table = pa.table({"at": local("2026-10-25T02:30+02:00", tz=tz)})
    rows = in_openpyxl(write(tmp_path / "x.xlsx", table, told=about(tz=tz, **autumn())))["faxOutUdrReport"]
    assert rows[0] == [f"at ({tz})"]


def test_lists_are_json(tmp_path: Path) -> None:
    rows = in_openpyxl(write(tmp_path / "x.xlsx", pa.table({"a": [["ü", "b"], None, []]})))["faxOutUdrReport"]
    assert rows == [["a"], ['["ü", "b"]'], [None], ["[]"]]


def test_the_heading_stays_in_sight_and_filters(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", pa.table({"a": ["x" * 30, "y"], "n": [1, 2], "long": ["z" * 900, ""]}))
    sheet = openpyxl.load_workbook(path)["faxOutUdrReport"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C3"
    widths = [sheet.column_dimensions[name].width for name in "ABC"]
    assert 30 < widths[0] < 33
    assert 8 <= widths[1] < 10
    assert widths[2] < 52


def test_rows_go_on_in_the_next_sheet(tmp_path: Path) -> None:
    table = pa.table({"n": list(range(25))})
    book = XlsxFile(tmp_path / "x.xlsx", table.schema, about(), rows_a_sheet=11)
    book.write(table.slice(0, 4))
    book.write(table.slice(4))
    book.finish()
    sheets = in_openpyxl(tmp_path / "x.xlsx")
    assert list(sheets) == ["faxOutUdrReport", "About", "faxOutUdrReport (2)", "faxOutUdrReport (3)"]
    data = [rows for name, rows in sheets.items() if name != "About"]
    assert all(rows[0] == ["n"] for rows in data)
    assert [row[0] for rows in data for row in rows[1:]] == list(range(25))


@pytest.mark.parametrize("text", ["x" * 32_768, "🎉" * 16_384, "<r>" + "x" * 32_768 + "</r>"])
def test_a_text_too_long_for_a_cell_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    table = pa.table({"n": [1, 2, 3], "messageContent": ["a", "b", text]})
    with pytest.raises(ExportError, match=r"'messageContent' for the cell B4 of the sheet 'faxOutUdrReport'") as caught:
        write(tmp_path / "x.xlsx", table)
    assert "xxx" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_longest_text_that_fits_is_kept(tmp_path: Path) -> None:
    texts = ["x" * 32_767, "🎉" * 16_383]
    rows = in_openpyxl(write(tmp_path / "x.xlsx", pa.table({"a": texts})))["faxOutUdrReport"]
    assert [row[0] for row in rows[1:]] == texts


def test_the_second_sheet_says_what_the_rows_are(tmp_path: Path) -> None:
    told = about(tz="Europe/Berlin", query="{\n  faxOutUdrReport { faxId }\n}", **autumn())
    rows = in_openpyxl(write(tmp_path / "x.xlsx", pa.table({"a": ["x"]}), told=told))["About"]
    said = dict(rows)
    assert said["Report"] == "faxOutUdrReport"
    assert said["Rows"] == 2
    assert said["From"] == "2026-10-01 02:00:00+02:00"
    assert said["To, excluded"] == "2026-11-01 01:00:00+01:00"
    assert said["Note"] == "a note"
    assert said["Query"] == "{"
    assert ["", "  faxOutUdrReport { faxId }"] in rows


FILTERED = "query ($codes: [String!]) { faxOutUdrReport(filter: {jobBillingCode: {values: $codes}}) { faxId } }"


def test_the_second_sheet_says_what_was_left_out(session: rt.Session, tmp_path: Path) -> None:
    options: Any = {"last": "30D", "session": session, "customer_id": session.customer_id}
    wanted = {"statusName": ["OK", "BUSY"], "jobBillingCode": {"values": ["Pos. 2 Fax"]}}
    facts = rt.export_retarus("{ faxOutUdrReport { faxId } }", tmp_path / "x.xlsx", filters=wanted, **options)
    about = in_openpyxl(tmp_path / "x.xlsx")["About"]
    assert ["Customer ID", session.customer_id] in about
    assert ["Note", "Only rows with statusName OK or BUSY and jobBillingCode Pos. 2 Fax."] in about
    assert facts["notes"] == ["Only rows with statusName OK or BUSY and jobBillingCode Pos. 2 Fax."]
    rt.export_retarus(FILTERED, tmp_path / "y.xlsx", variables={"codes": ["Pos. 2 Fax"]}, **options)
    about = in_openpyxl(tmp_path / "y.xlsx")["About"]
    assert about[-2:] == [["Query", FILTERED], ["Variables", "$codes = ['Pos. 2 Fax']"]]


@pytest.fixture(scope="module")
def session() -> Iterator[rt.Session]:
    with rt.Session.sandbox(rows=400) as made:
        yield made


def test_the_sums_of_a_report_are_those_of_its_frame(session: rt.Session, tmp_path: Path) -> None:
    query = "{ faxOutUdrReport { faxId docPages callDuration statusName keyTimestamp } }"
    end = pd.Timestamp.now(tz="UTC")
    options: Any = {"start": end - pd.Timedelta("60D"), "end": end, "tz": "Europe/Berlin", "session": session}
    facts = rt.export_retarus(query, tmp_path / "faxes.xlsx", **options)
    frame = rt.read_retarus(query, **options)
    sheets = in_openpyxl(tmp_path / "faxes.xlsx")
    heading, *rows = sheets["faxOutUdrReport"]
    assert heading[:4] == ["faxId", "docPages", "callDuration", "statusName"]
    assert facts["rows"] == len(rows) == len(frame) > 100
    assert sum(row[1] for row in rows) == frame["docPages"].sum()
    assert [row[0] for row in rows] == list(frame["faxId"])
    shown = frame["keyTimestamp"].dt.tz_localize(None).dt.round("ms")
    assert [pd.Timestamp(row[4]) for row in rows] == list(shown)
    assert dict(sheets["About"])["Query"] == query

    office = in_libreoffice(tmp_path / "faxes.xlsx", tmp_path)["faxOutUdrReport"]
    assert sum(int(row[1]) for row in office[1:]) == frame["docPages"].sum()
    assert math.isclose(sum(float(row[2] or 0) for row in office[1:]), frame["callDuration"].sum())


def test_without_the_extra_it_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(InputError, match=r"-m pip install .*\[excel\]"):
        rt.export_retarus("faxOutUdrReport", tmp_path / "x.xlsx", last="1D")


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    table = pa.table({f"c{number}": ["some text"] * 500 for number in range(5)})
    book = XlsxFile(tmp_path / "x.xlsx", table.schema, about())
    book.write(table)
    tracemalloc.start()
    try:
        for _ in range(10):
            book.write(table)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        book.abandon()
    assert kept < 500_000
