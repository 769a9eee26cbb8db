"""Which cells are ours: those of ``%%retarus``, also within the magics of IPython that run the rest as a cell."""

from __future__ import annotations

import re

__all__ = ["is_python", "options_begin"]

# Magics that run the rest as a cell of its own.
_NAMES = r"(?:time|timeit|capture|prun)\b"
_AROUND = rf"\s*(?:%%{_NAMES}[^\n]*\n\s*)*"
_CELL = re.compile(rf"{_AROUND}%%retarus(?!\S)")
_OTHER = re.compile(rf"{_AROUND}%%(?!{_NAMES})")


def options_begin(cell: str) -> int | None:
    """Where the options of a ``%%retarus`` cell begin; None in all other cells."""
    found = _CELL.match(cell)
    return found.end() if found else None


def is_python(cell: str) -> bool:
    """Whether the lines of a cell are Python's, where a line magic can stand."""
    return _OTHER.match(cell) is None
