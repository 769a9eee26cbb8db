"""How a message quotes what somebody wrote."""

from __future__ import annotations

__all__ = ["show"]

_SHOWN = 80


def show(value: object) -> str:
    """What the caller wrote, as an error quotes it: short, whatever it is."""
    try:
        text = repr(value)
    except Exception:  # nested without end, a number of thousands of digits, somebody's own class
        return f"<{type(value).__name__}>"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
