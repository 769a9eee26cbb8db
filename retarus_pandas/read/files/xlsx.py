"""Excel workbooks, written row by row, so that memory does not grow with them.

The first sheet holds the rows, the second says what they are; rows that a sheet has no place for go on in the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from retarus_pandas.errors import ExportError
from retarus_pandas.read.files.about import About
from retarus_pandas.read.files.cells import Cell, cells, holds_digits, holds_instants, holds_numbers
from retarus_pandas.read.files.sheet import Sheet
from retarus_pandas.read.files.wall import WallTime

__all__ = ["ROWS_A_SHEET", "XlsxFile"]

ROWS_A_SHEET = 1_048_576  # of Excel, the header among them
_COLUMNS_A_SHEET = 16_384
_SHEET_NAME = 31
_NARROWEST, _WIDEST, _OF_INSTANTS = 8, 50, 20

# Nothing that the service sends may become anything but what it is.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "use_zip64": True,
}


@dataclass(slots=True)
class _Column:
    """A column of the sheets, and how many of its numbers had to be text."""

    name: str
    kind: pa.DataType
    digits: bool = False
    texts: int = 0

    def take(self, values: pa.ChunkedArray) -> list[Cell]:
        """The cells of some rows."""
        made = cells(values, digits=self.digits)
        if self.digits or holds_numbers(self.kind):
            self.texts += sum(isinstance(cell, str) for cell in made)
        return made

    def width(self, values: Sequence[Cell]) -> int:
        """A sensible width for some rows; with room for the arrow of the filter beside the heading."""
        longest = max((len(str(value)) for value in values if value is not None), default=0)
        content = _OF_INSTANTS if holds_instants(self.kind) else longest + 1
        return min(max(content, len(self.name) + 3, _NARROWEST), _WIDEST)


class XlsxFile:
    """A workbook that is being written.

    Parameters
    ----------
    part : pathlib.Path
        The file; what it takes to make it lies in the same folder.
    schema : pyarrow.Schema
        Of all tables to come.
    about : About
        What the second sheet says.
    rows_a_sheet : int, default ROWS_A_SHEET
        Rows before the next sheet is begun, the header among them.
    """

    def __init__(self, part: Path, schema: pa.Schema, about: About, *, rows_a_sheet: int = ROWS_A_SHEET) -> None:
        self._about, self._wall, self._rows_a_sheet = about, WallTime(schema, about), rows_a_sheet
        shown = self._wall.schema(schema)
        _check_width(shown)
        self._book = xlsxwriter.Workbook(part, {**_OPTIONS, "tmpdir": str(part.parent)})
        digits = {field.name for field in schema if holds_digits(field)}
        self._columns = [_Column(field.name, field.type, field.name in digits) for field in shown]
        self._names = [column.name for column in self._columns]
        instant = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._styles = [instant if holds_instants(column.kind) else None for column in self._columns]
        self._bold = self._book.add_format({"bold": True})
        self._widths = [column.width([]) for column in self._columns]
        self._sheets: list[Sheet] = []
        self._begin_sheet()
        self._second = Sheet(self._book.add_worksheet("About"))

    def write(self, table: pa.Table) -> None:
        """Append some rows."""
        shown = self._wall.table(table)
        taken = [column.take(values) for column, values in zip(self._columns, shown.columns, strict=True)]
        for row in zip(*taken, strict=True):
            if self._sheets[-1].row == self._rows_a_sheet:
                self._begin_sheet()
            self._sheets[-1].append(row, self._styles, self._names)
        fitting = [column.width(values[:1000]) for column, values in zip(self._columns, taken, strict=True)]
        self._widths = [max(pair) for pair in zip(self._widths, fitting, strict=True)]

    def finish(self) -> None:
        """Write the second sheet, and put the file together."""
        for sheet in self._sheets:
            sheet.settle(self._widths)
        self._tell()
        try:
            self._book.close()
        except XlsxWriterException as error:
            raise OSError(str(error)) from None

    def abandon(self) -> None:
        """Let go of a file that will not be completed."""
        for page in self._book.worksheets():
            with suppress(OSError):
                page.row_data_fh.close()

    def _begin_sheet(self) -> None:
        number = f" ({len(self._sheets) + 1})" if self._sheets else ""
        name = self._about.report[: _SHEET_NAME - len(number)] + number
        self._sheets.append(Sheet(self._book.add_worksheet(name)))
        self._sheets[-1].append(self._names, [self._bold] * len(self._names), self._names)

    def _tell(self) -> None:
        wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        for line in [*self._about.lines(), *self._kept_as_text()]:
            self._second.append(line, [self._bold, wrapped])
        self._second.widen([16, 100])

    def _kept_as_text(self) -> Iterator[tuple[str, str]]:
        for column in self._columns:
            if column.texts:
                what = "number has" if column.texts == 1 else "numbers have"
                yield "Note", f"{column.name}: {column.texts:,} {what} more digits than Excel keeps; kept as text."


def _check_width(schema: pa.Schema) -> None:
    if len(schema) > _COLUMNS_A_SHEET:
        raise ExportError(
            f"The report has {len(schema):,} columns, and Excel allows {_COLUMNS_A_SHEET:,}. Select fewer fields."
        )
