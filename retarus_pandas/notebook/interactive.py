"""A frame as a table that can be sorted and searched, where ``itables`` is installed.

Its cells hold what strangers wrote, so it gets texts only, all of them escaped; and nothing is loaded
from the internet.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pandas as pd
from IPython.display import display

from retarus_pandas.read import here
from retarus_pandas.values import how_to_install

__all__ = ["reason_against_tables", "show_table"]

# More of them make a page slow, and a notebook's file large.
_MOST_CELLS = 30_000

# Its own colours would be white on white in a dark notebook.
_STYLE = """<style>
.retarus-interactive { --dtfc_background: transparent; --dt-html-background: transparent; overflow-x: auto; }
.retarus-interactive .dt-container :is(input, select, button) { color: inherit !important; }
.retarus-interactive select option { color: black; }
.retarus-interactive .dt-container { width: fit-content; min-width: min(100%, 600px); max-width: 100%; }
.retarus-interactive table.dataTable { margin: 0 !important; }
.retarus-interactive thead .dt-left { text-align: left !important; }
</style>"""


def reason_against_tables() -> str:
    """Why no interactive table can be shown here; empty if one can."""
    if not here().is_kernel:
        return "The option --table takes a notebook; a terminal shows no interactive tables."
    if find_spec("itables") is None:
        return (
            "The option --table takes the package itables, which is not installed. "
            f"Run: {how_to_install(package='itables')}"
        )
    return ""


def show_table(frame: pd.DataFrame) -> None:
    """Show a frame as an interactive table."""
    rows = min(len(frame), max(1, _MOST_CELLS // max(1, frame.shape[1])))
    left = f"The first {rows:,} of {len(frame):,} rows; the others are not searched." if rows < len(frame) else ""
    display({"text/html": _html(frame.head(rows), left), "text/plain": repr(frame)}, raw=True)


def _html(frame: pd.DataFrame, caption: str) -> str:
    from itables import options, to_html_datatable
    from itables.javascript import generate_init_offline_itables_html

    plain = pd.DataFrame({name: _plain(frame[name]) for name in frame}, index=frame.index)
    texts = [place for place, name in enumerate(frame) if not _is_number(frame[name])]
    table = to_html_datatable(
        plain,
        caption or None,
        connected=False,
        allow_html=False,
        showIndex=False,
        maxBytes=0,
        maxColumns=0,
        display_logo_when_loading=False,
        columnDefs=[{"targets": texts, "type": "string", "className": "dt-left"}],
    )
    # The library comes with every table, so that it is there whichever cells are run again or cleared.
    library = generate_init_offline_itables_html(options.dt_bundle)
    return f'{_STYLE}{library}<div class="retarus-interactive">{table}</div>'


def _plain(values: pd.Series[Any]) -> pd.Series[Any]:
    """Texts, with all digits of a number, of which a browser would lose some; they sort as numbers all the same."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        # All with as many digits of a second as the longest has, as pandas shows a frame.
        values = pd.Series(pd.DatetimeIndex(values), index=values.index).astype("str")
    return values.astype("object").where(values.notna(), "").map(str)


def _is_number(values: pd.Series[Any]) -> bool:
    kinds = pd.api.types
    return kinds.is_numeric_dtype(values.dtype) or kinds.infer_dtype(values, skipna=True) == "decimal"
