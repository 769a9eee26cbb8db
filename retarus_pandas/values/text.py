"""How a message quotes what somebody wrote, or what somebody sent."""

from __future__ import annotations

__all__ = ["show"]

_LONGEST = 80


def show(value: object) -> str:
    """A value as a message quotes it: short and on one line, whatever it is."""
    try:
        text = repr(value)
    except Exception:  # nested without end, a number of thousands of digits, somebody's own class
        return f"<{type(value).__name__}>"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
