"""CSV: its presets, the names of pandas, and texts that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import retarus_pandas as rt
from retarus_pandas.errors import ExportError, InputError
from support.files import about, in_libreoffice, write

TEXTS = ["0049", "a;b", 'q"q', "line\nbreak", "\r\n", "ü€漢🎉", " lead ", "", "=1+1", "a,b", "\t"]


def rows(path: Path, sep: str, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline=""), delimiter=sep))


def test_plain_text_reads_back(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", pa.table({"a": TEXTS, "b": ["-"] * len(TEXTS)}))
    assert [row[0] for row in rows(path, ",")] == ["a", *TEXTS]


@pytest.mark.parametrize(("preset", "sep"), [("excel", ","), ("excel-de", ";")])
def test_a_preset_reads_back_but_for_what_would_be_calculated(tmp_path: Path, preset: str, sep: str) -> None:
    path = write(tmp_path / "x.csv", pa.table({"a": TEXTS, "b": ["-"] * len(TEXTS)}), csv=preset)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    guarded = {"=1+1": "'=1+1", "\r\n": "'\r\n", "\t": "'\t"}
    assert [row[0] for row in rows(path, sep)] == ["a", *(guarded.get(text, text) for text in TEXTS)]


def test_parts_follow_one_another_under_one_heading_and_one_mark(tmp_path: Path) -> None:
    table = pa.table({"a": ["x", "y"], "n": [1.5, None]})
    path = write(tmp_path / "x.csv", table, table.slice(1), csv="excel-de")
    assert path.read_bytes() == b"\xef\xbb\xbfa;n\r\nx;1,5\r\ny;\r\ny;\r\n"


def test_no_rows_leave_the_heading(tmp_path: Path) -> None:
    table = pa.table({"a": pa.array([], pa.string())})
    assert write(tmp_path / "x.csv", table, csv="excel").read_bytes() == b"\xef\xbb\xbfa\r\n"


def test_numbers_take_the_decimal_sign_and_keep_their_digits(tmp_path: Path) -> None:
    table = pa.table(
        {
            "i": pa.array([2**63 - 1, None], pa.int64()),
            "f": [0.1 + 0.2, None],
            "d": [Decimal("12345678901234567.89"), Decimal("0.10")],
            "b": [True, None],
        }
    )
    path = write(tmp_path / "x.csv", table, csv="excel-de")
    assert rows(path, ";")[1:] == [
        ["9223372036854775807", "0,30000000000000004", "12345678901234567,89", "True"],
        ["", "", "0,10", ""],
    ]


def test_instants_are_wall_time_for_a_spreadsheet_and_tell_an_hour_that_occurs_twice(tmp_path: Path) -> None:
    stamps = pa.array(
        [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, 0, 120_000, tzinfo=UTC)]
    )
    table = pa.table({"at": stamps.cast(pa.timestamp("us", "Europe/Berlin"))})
    told = about(start=datetime(2026, 10, 1, tzinfo=UTC), end=datetime(2026, 11, 1, tzinfo=UTC), tz="Europe/Berlin")
    assert rows(write(tmp_path / "x.csv", table, told=told, csv="excel-de"), ";") == [
        ["at (Europe/Berlin)", "at (UTC)"],
        ["2026-10-25 02:30:00", "2026-10-25 00:30:00"],
        ["2026-10-25 02:30:00,120", "2026-10-25 01:30:00,120"],
    ]
    assert rows(write(tmp_path / "y.csv", table, told=told), ",") == [
        ["at"],
        ["2026-10-25 02:30:00.000000+0200"],
        ["2026-10-25 02:30:00.120000+0100"],
    ]


FORMULAS = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://x")']
HARMLESS = ["+4989123456", "-5", "a=b", "0049", "+1,5", "'=1", ""]


def test_formulas_are_escaped_for_spreadsheets_unless_that_is_switched_off(tmp_path: Path) -> None:
    table = pa.table({"a": FORMULAS + HARMLESS, "b": ["-"] * len(FORMULAS + HARMLESS)})

    def written(csv: Any) -> list[str]:
        return [row[0] for row in rows(write(tmp_path / "x.csv", table, csv=csv), ",")][1:]

    assert written("excel") == [f"'{text}" for text in FORMULAS] + HARMLESS
    assert written({"preset": "excel", "escape_formulas": False}) == FORMULAS + HARMLESS
    assert written("plain") == FORMULAS + HARMLESS
    assert written({"escape_formulas": True}) == [f"'{text}" for text in FORMULAS] + HARMLESS


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_break_within_a_text_is_no_end_of_a_line(tmp_path: Path, end: str) -> None:
    table = pa.table({"a": ["x\ry", "x\ny", "x\r\ny"], "n": [1, 2, 3]})
    path = write(tmp_path / "x.csv", table, csv={"lineterminator": end})
    assert rows(path, ",") == [["a", "n"], ["x\ry", "1"], ["x\ny", "2"], ["x\r\ny", "3"]]
    assert path.read_bytes().endswith(f"3{end}".encode())


def test_a_mapping_takes_the_names_of_pandas(tmp_path: Path) -> None:
    stamp = pa.array([datetime(2026, 6, 1, 8, tzinfo=UTC)]).cast(pa.timestamp("us", "Europe/Berlin"))
    table = pa.table({"a": ["ü", None][:1], "f": [1.5], "n": pa.array([None], pa.string()), "at": stamp})
    settings = {
        "sep": "|",
        "decimal": ",",
        "encoding": "cp1252",
        "quoting": csv.QUOTE_NONNUMERIC,
        "date_format": "%d.%m.%Y %H:%M %z",
        "na_rep": "NA",
        "lineterminator": "\r\n",
    }
    expected = b'"a"|"f"|"n"|"at"\r\n"\xfc"|"1,5"|"NA"|"01.06.2026 10:00 +0200"\r\n'
    assert write(tmp_path / "x.csv", table, csv=settings).read_bytes() == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("excel-fr", "'excel-fr'"),
        (7, "=7 does not fit"),
        ({"delimiter": ";"}, "no setting 'delimiter'"),
        ({"preset": "excel", "index": True}, "no setting 'index'"),
        ({"encoding": "utf-9"}, "utf-9"),
        ({"encoding": None}, "pandas does not take"),
        ({"sep": ";;"}, "pandas does not take"),
        ({"quoting": 9}, "pandas does not take"),
        ({"quoting": 3}, "need to escape"),
        ({"sep": '"'}, "both separator and quote"),
        ({"escape_formulas": "yes"}, "'yes'"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_read(tmp_path: Path, given: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        rt.export_retarus("faxOutUdrReport", tmp_path / "x.csv", last="1D", csv=given)


def test_the_option_is_refused_for_other_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"csv='excel' does not fit a \.parquet file"):
        rt.export_retarus("faxOutUdrReport", tmp_path / "x.parquet", last="1D", csv="excel")


def test_a_letter_that_the_encoding_does_not_have_is_an_error_and_no_question_mark(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"'漢' cannot be written in cp1252"):
        write(tmp_path / "x.csv", pa.table({"a": ["a漢"]}), csv={"encoding": "cp1252"})
    assert list(tmp_path.iterdir()) == []


def test_libreoffice_reads_what_was_written(tmp_path: Path) -> None:
    table = pa.table({"a": ["ü;€", "x"], "n": [1, 2], "b": ["1", "2"]})
    path = write(tmp_path / "x.csv", table, csv="excel")
    assert in_libreoffice(path, tmp_path / "out")["x"] == [["a", "n", "b"], ["ü;€", "1", "1"], ["x", "2", "2"]]


def test_leading_zeros_survive_as_readme_says(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", pa.table({"callingNumber": ["0049891234", None], "docPages": [1, 2]}))
    frame = pd.read_csv(path, dtype={"callingNumber": "str"})
    assert frame["callingNumber"].tolist()[0] == "0049891234"
    assert frame["docPages"].sum() == 3


_ZONE_OF_PYTHON = """
import sys
from datetime import datetime, UTC
from pathlib import Path
sys.path.insert(0, {tests!r})
import pyarrow as pa
from support.files import write
stamps = pa.array([datetime(2026, 6, 1, 8, tzinfo=UTC)]).cast(pa.timestamp("us", "Made/Up"))
try:
    stamps.cast(pa.string())
except pa.ArrowInvalid:
    print("Arrow has no such zone")
print(write(Path({target!r}), pa.table({{"at": stamps}})).read_text())
"""


def test_zones_that_only_python_has_are_enough(tmp_path: Path) -> None:
    """As on systems without a zone database, where Python takes the zones from the package tzdata."""
    zones = tmp_path / "zones" / "Made"
    zones.mkdir(parents=True)
    zones.joinpath("Up").write_bytes(_zone_file(hours=3))
    source = _ZONE_OF_PYTHON.format(tests=str(Path(__file__).parent.parent), target=str(tmp_path / "x.csv"))
    environment = os.environ | {"PYTHONTZPATH": str(zones.parent)}
    done = subprocess.run([sys.executable, "-c", source], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Arrow has no such zone", '"at"', '"2026-06-01 11:00:00.000000+0300"', ""]


def _zone_file(*, hours: int) -> bytes:
    """A zone with one offset, in the format TZif, version 1."""
    counts = (0, 0, 0, 0, 1, 4)
    head = b"TZif\0" + bytes(15) + b"".join(count.to_bytes(4, "big") for count in counts)
    return head + (hours * 3600).to_bytes(4, "big", signed=True) + b"\0\0" + b"MUT\0"
