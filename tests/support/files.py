"""Files written from tables, and read by programs that are not ours."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.utils.escape import unescape

from retarus_pandas.read.export import check_path, open_sink
from retarus_pandas.read.files.about import About
from retarus_pandas.values import RunFacts

__all__ = ["HOSTILE", "about", "in_libreoffice", "in_openpyxl", "write"]

# What programs that open a file take for something else than a text.
HOSTILE = [
    "0049891234",
    "+49 89 1234",
    "=1+1",
    '=HYPERLINK("http://example.com","x")',
    "@SUM(A1)",
    "-2+3",
    "http://example.com/x",
    "mailto:a@example.com",
    "internal:Sheet2!A1",
    "12345678901234567890",
    "1e5",
    "2026-10-01",
    "TRUE",
    "#N/A",
    "<r>x</r>",
    "<r><t>y</t></r>",
    "<b>&amp;</b>",
    "_x0041_",
    "a\0b\x1fc",
    "\r\n\t lead and trail \n",
    "￾",
    "ü ß € 漢 🎉",
    "{=A1}",
    "'quoted",
    '"; DROP',
    "",
]

# Sheets apart, comma, quotes, UTF-8, values rather than what is shown of them.
_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
_FROM_CSV = "Text - txt - csv (StarCalc):{sep},34,76,1,{columns}"
_TEXT = 2


def about(**changes: Any) -> About:
    """What a file says of itself where nothing was read."""
    facts = RunFacts("faxOutUdrReport", 2, "", "", windows=1, requests=1, seconds=0.1, notes=("a note",))
    said = {
        "report": "faxOutUdrReport",
        "query": "{ faxOutUdrReport }",
        "tz": "UTC",
        "customer": "99999",
        "variables": (),
        "facts": lambda: facts,
    }
    june = {"start": datetime(2026, 6, 1, tzinfo=UTC), "end": datetime(2026, 7, 1, tzinfo=UTC)}
    return About(**{**said, **june, **changes})


def write(path: Path, *tables: pa.Table, told: About | None = None, **options: Any) -> Path:
    """Write tables of one schema into a file."""
    target = check_path(path, **options)
    with open_sink(target, lambda: (tables[0].schema, told or about()), **options) as append:
        for table in tables:
            append(table)
    return target


def in_openpyxl(path: Path) -> dict[str, list[list[Any]]]:
    """The rows of each sheet, as openpyxl reads them."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: [[_plain(cell) for cell in row] for row in sheet.iter_rows()] for sheet in book}


def _plain(cell: Any) -> Any:
    assert cell.data_type != "f", f"{cell.coordinate} is a formula"
    assert cell.hyperlink is None, f"{cell.coordinate} is a link"
    return unescape(cell.value) if isinstance(cell.value, str) else cell.value


def in_libreoffice(path: Path, folder: Path, *, sep: str = ",", texts: int = 0) -> dict[str, list[list[str]]]:
    """The rows of each sheet, as LibreOffice reads them; the test is skipped where there is none.

    The first `texts` columns of a CSV file are taken for texts, as somebody would say in the dialog that opens.
    """
    program = shutil.which("soffice")
    if program is None:
        (pytest.fail if os.environ.get("RETARUS_REQUIRE_OFFICE") else pytest.skip)("there is no LibreOffice here")
    home = (folder / "profile").as_uri()
    line = [program, f"-env:UserInstallation={home}", "--headless", "--convert-to", _AS_CSV, "--outdir", str(folder)]
    if path.suffix == ".csv":
        columns = "/".join(f"{number}/{_TEXT}" for number in range(1, texts + 1))
        line.append(f"--infilter={_FROM_CSV.format(sep=ord(sep), columns=columns)}")
    subprocess.run([*line, str(path)], check=True, capture_output=True, timeout=120)
    return {made.stem.removeprefix(f"{path.stem}-"): _rows(made) for made in folder.glob(f"{path.stem}-*.csv")}


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
