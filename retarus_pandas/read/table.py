"""Frames that are meant to be read."""

from __future__ import annotations

import pandas as pd

__all__ = ["Table", "minutes"]

_STYLE = """<style>
.retarus-table td, .retarus-table th { text-align: left !important; vertical-align: top; white-space: pre-wrap; }
.retarus-table td { max-width: 32em; overflow-wrap: break-word; }
.retarus-table td:first-child, .retarus-table th { white-space: nowrap; }
</style>"""

# Letters that stand in one line of a notebook's column, however narrow the window, and about how wide one is.
_UNBROKEN, _LETTER = 28, 0.55

# A longer text pushes the rest of its line aside, rather than that all lines are as wide.
_WIDEST = 40


class Table(pd.DataFrame):
    """A frame of texts to be read: shown whole, whatever pandas' options say."""

    @property
    def _constructor(self) -> type[Table]:
        return Table

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            texts = self.map(_cell)
            widths = {
                name: f"{_LETTER * min(_UNBROKEN, texts[name].map(len).max()):.1f}em" for name in texts if len(texts)
            }
            return _STYLE + texts.to_html(classes="retarus-table", index=not self._is_numbered(), col_space=widths)

    def __repr__(self) -> str:
        rows = [list(self.columns), *self.to_numpy().tolist()]
        if not self._is_numbered():
            rows = [[label, *row] for label, row in zip(["", *self.index], rows, strict=True)]
        cells = [[*map(_cell, row)] for row in rows]
        widths = [min(max(map(len, column)), _WIDEST) for column in zip(*cells, strict=True)]
        return "\n".join(
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
        )

    def _is_numbered(self) -> bool:
        return isinstance(self.index, pd.RangeIndex)


def _cell(value: object) -> str:
    """A cell as text: a day without its midnight, an instant to the second, and nothing for nothing."""
    if value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.date()) if value.tz is None else f"{value:%Y-%m-%d %H:%M:%S %Z}"
    return str(value)


def minutes(seconds: float) -> str:
    """Seconds as ``m:ss``."""
    whole = max(int(seconds), 0)
    return f"{whole // 60}:{whole % 60:02}"
