"""What to offer at a place of a magic's cell or line."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from retarus_pandas.completion import complete
from retarus_pandas.notebook.magic.fitting import fitting_types
from retarus_pandas.notebook.magic.line_completion import Offer, complete_cell_line, complete_command
from retarus_pandas.session import known_schema

__all__ = ["offer_in_cell", "offer_on_line"]


def offer_on_line(words: str) -> Offer | None:
    """What to offer after ``%retarus`` and these words."""
    return complete_command(words, known_schema())


def offer_in_cell(text: str, begin: int, offset: int, shell: InteractiveShell) -> Offer | None:
    """What to offer in a ``%%retarus`` cell, whose options begin at `begin`."""
    if offset <= begin:
        return None
    line, newline, body = text[begin:].partition("\n")
    start = begin + len(line) + len(newline)
    if offset < start or not newline:
        return complete_cell_line(text[begin:offset], body, known_schema())
    return Offer(*complete(body, offset - start, schema=known_schema(), names=lambda: _variables(shell)))


def _variables(shell: InteractiveShell) -> dict[str, Any]:
    return fitting_types(shell.user_ns, shell.user_ns_hidden)
