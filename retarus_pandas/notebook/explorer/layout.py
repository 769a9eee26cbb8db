"""Where the explorer's widgets stand beside each other, and the order in which it works on what is done to them."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable
from typing import Any

import ipywidgets

__all__ = ["Turns", "beside_labels", "note", "pair", "row", "show"]

_ROW = {"flex_flow": "row wrap", "overflow": "visible", "align_items": "center", "grid_gap": "4px 8px"}


class Turns:
    """Has what was clicked or changed done once all that came before is done.

    JupyterLab has the first message of a widget worked on in the main thread, and later ones in a subshell's.
    """

    def __init__(self) -> None:
        self._turn = threading.RLock()

    def __call__(self, act: Callable[[], object]) -> Callable[[object], None]:
        """Make a handler that does it."""

        def handle(event: object) -> None:
            with self._turn:
                act()

        return handle


def row(*parts: Any) -> Any:
    """One beside the other, or below it where there is no room."""
    return ipywidgets.HBox(parts, layout=_ROW)


def pair(*parts: Any) -> Any:
    """A row whose second label stands between two fields."""
    made = row(*parts)
    made.add_class("retarus-explorer-pair")
    return made


def beside_labels(part: Any) -> Any:
    """Where the fields are that have a label."""
    space = ipywidgets.Box()
    space.add_class("retarus-explorer-space")
    return row(space, part)


def note(text: str) -> str:
    """A remark in HTML."""
    return f'<span class="retarus-explorer-note">{html.escape(text)}</span>'


def show(widget: Any, *, shown: bool) -> None:
    """Show a widget, or hide it."""
    widget.layout.display = None if shown else "none"
