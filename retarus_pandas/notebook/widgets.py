"""Showing widgets, and taking them out of kernel and browser again: saved notebooks hold no remains of them."""

from __future__ import annotations

from typing import Any

__all__ = ["close_all", "show"]


def show(widget: Any, instead: str) -> None:
    """Display a widget; where it cannot be shown, a text stands instead.

    That is a frontend without widgets, such as a console, and a notebook that is opened again: there the extension for
    JupyterLab knows our outputs by the mark.
    """
    from IPython.display import display

    display({**widget._repr_mimebundle_(), "text/plain": instead}, raw=True, metadata={"retarus_pandas": True})


def close_all(widget: Any) -> None:
    """Close a widget and all it is made of."""
    parts = [getattr(widget, name, None) for name in ("layout", "style")]
    for child in getattr(widget, "children", ()):
        close_all(child)
    for part in (widget, *parts):
        if part is not None:
            part.close()
