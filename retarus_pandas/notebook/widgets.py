"""Showing widgets, and taking them out of kernel and browser again: saved notebooks hold no remains of them."""

from __future__ import annotations

from typing import Any

__all__ = ["close_all", "show", "style_without_kernel"]

# Frontends give that class to all widgets of a kernel that is gone, and put a broken chain before each.
_GONE = """
.NAME.jupyter-widgets-disconnected > * { display: none !important; }
.NAME.jupyter-widgets.jupyter-widgets-disconnected::before { content: "SENTENCE"; padding: 0; font: inherit;
  font-size: var(--jp-ui-font-size1, 13px); line-height: 1.4; color: var(--jp-ui-font-color1, inherit); }
"""


def style_without_kernel(name: str, sentence: str) -> str:
    """The rules by which a sentence stands where widgets of a kernel that is gone could not be used.

    As where they were saved in a notebook that is opened again, or the kernel was restarted.

    Parameters
    ----------
    name : str
        The CSS class of the outermost widget.
    sentence : str
        Without double quotes and backslashes.
    """
    return _GONE.replace("NAME", name).replace("SENTENCE", sentence)


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
