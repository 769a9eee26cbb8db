"""Which cells are ours: those of ``%%retarus``, also within the magics of IPython that run the rest as a cell."""

from __future__ import annotations

import re

__all__ = ["options_begin"]

_CELL = re.compile(r"\s*(?:%%(?:time|timeit|capture|prun)\b[^\n]*\n\s*)*%%retarus(?!\S)")


def options_begin(cell: str) -> int | None:
    """Where the options of a ``%%retarus`` cell begin; None in all other cells."""
    found = _CELL.match(cell)
    return found.end() if found else None
