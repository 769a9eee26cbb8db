"""How a message quotes what somebody wrote, or what somebody sent."""

from __future__ import annotations

__all__ = ["plain", "show"]

_LONGEST = 80


def show(value: object) -> str:
    """A value as a message quotes it: short and on one line, whatever it is."""
    try:
        text = repr(value)
    except Exception:  # nested without end, a number of thousands of digits, somebody's own class
        return f"<{type(value).__name__}>"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def plain(text: str, longest: int) -> str:
    """A foreign text on one line: short, and without control characters, which a terminal would obey."""
    line = " ".join(text[: 4 * longest].split())
    line = "".join(character if character.isprintable() else "\ufffd" for character in line)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
