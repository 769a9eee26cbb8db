"""Taking widgets out of kernel and browser again, so that saved notebooks hold no remains of them."""

from __future__ import annotations

from typing import Any

__all__ = ["close_all"]


def close_all(widget: Any) -> None:
    """Close a widget and all it is made of."""
    parts = [getattr(widget, name, None) for name in ("layout", "style")]
    for child in getattr(widget, "children", ()):
        close_all(child)
    for part in (widget, *parts):
        if part is not None:
            part.close()
