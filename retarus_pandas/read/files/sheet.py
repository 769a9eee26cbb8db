"""One sheet of a workbook, filled from top to bottom; a text stays a text, whatever it looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_rowcol_to_cell

from retarus_pandas.errors import ExportError
from retarus_pandas.read.files.cells import Cell

__all__ = ["Sheet"]

_TEXT = 32_767  # the most UTF-16 units a cell holds


class Sheet:
    """One sheet.

    Attributes
    ----------
    row : int
        The next to be filled, counted from 0.
    """

    def __init__(self, page: Any) -> None:
        self._page = page
        self.row = 0
        self._put: Mapping[type, Callable[..., int]] = {str: self._text, bool: page.write_boolean}

    def append(self, cells: Sequence[Cell], styles: Sequence[Any], names: Sequence[str] = ()) -> None:
        """Fill the next row.

        Parameters
        ----------
        cells : sequence of Cell
            Missing ones are left blank.
        styles : sequence of Format or None
            Of each cell.
        names : sequence of str, optional
            Of the columns, for an error.

        Raises
        ------
        ExportError
            A text is longer than a cell can hold.
        """
        for place, (cell, style) in enumerate(zip(cells, styles, strict=True)):
            if cell is not None and self._put.get(type(cell), self._page.write_number)(self.row, place, cell, style):
                raise self._too_long(place, names[place] if names else "")
        self.row += 1

    def settle(self, widths: Sequence[int]) -> None:
        """Freeze and filter below the heading, set the widths, and take numbers kept as text for what they are."""
        self._page.freeze_panes(1, 0)
        if widths:
            self._page.autofilter(0, 0, self.row - 1, len(widths) - 1)
            self._page.ignore_errors(
                {"number_stored_as_text": f"A1:{xl_rowcol_to_cell(self.row - 1, len(widths) - 1)}"}
            )
        self.widen(widths)

    def widen(self, widths: Sequence[int]) -> None:
        """Set the columns' widths, in characters."""
        for place, width in enumerate(widths):
            self._page.set_column(place, place, width)

    def _text(self, row: int, place: int, text: str, style: Any) -> int:
        # Excel counts units of UTF-16, and not every version of the library does.
        if len(text) > _TEXT // 2 and len(text.encode("utf-16-le")) // 2 > _TEXT:
            return -2
        # What looks like a formatted text would be taken for one, and put into the file as it is.
        if text.startswith("<r>") and text.endswith("</r>"):
            text = f'<r><t xml:space="preserve">{escape(text)}</t></r>'
        return int(self._page.write_string(row, place, text, style))

    def _too_long(self, place: int, name: str) -> ExportError:
        cell = xl_rowcol_to_cell(self.row, place)
        return ExportError(
            f"The text of the column {name!r} for the cell {cell} of the sheet {self._page.get_name()!r} is longer "
            f"than the {_TEXT:,} characters that Excel allows. Leave the column out, or write .parquet or .csv."
        )
