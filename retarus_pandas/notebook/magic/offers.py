"""What the magics hand to completion and inspection: their options, their commands, and the shell's variables."""

from __future__ import annotations

import re

from IPython.core.interactiveshell import InteractiveShell

from retarus_pandas.completion import Command, Offer, complete_command, fitting_types
from retarus_pandas.completion import about_in_cell as about_at
from retarus_pandas.completion import offer_in_cell as offer_at
from retarus_pandas.notebook.magic.commands import ARGUMENTS, COMMANDS, MANUAL
from retarus_pandas.notebook.magic.line import CELL_OPTIONS
from retarus_pandas.session import known_schema

__all__ = ["about_in_cell", "offer_in_cell", "offer_on_line"]

_ABOUT = dict(re.findall(r"^ *%retarus (\w+).*?  +(.+)$", MANUAL, re.MULTILINE))
_COMMANDS = {name: Command(_ABOUT.get(name, ""), ARGUMENTS.get(name, ())) for name in COMMANDS}


def offer_on_line(words: str) -> Offer | None:
    """What to offer after ``%retarus`` and these words."""
    return complete_command(words, known_schema(), _COMMANDS)


def offer_in_cell(text: str, begin: int, offset: int, shell: InteractiveShell) -> Offer | None:
    """What to offer in a ``%%retarus`` cell, whose options begin at `begin`."""
    return offer_at(
        text,
        begin,
        offset,
        schema=known_schema(),
        options=CELL_OPTIONS,
        names=lambda: fitting_types(shell.user_ns, shell.user_ns_hidden),
    )


def about_in_cell(text: str, begin: int, offset: int) -> str | None:
    """What stands at a place in a ``%%retarus`` cell, whose options begin at `begin`."""
    return about_at(text, begin, offset, schema=known_schema(), options=CELL_OPTIONS)
