"""A blank that does not break, right behind ``%%retarus`` or ``%retarus``, as web pages and word processors write it.

IPython ends a magic's name at a plain blank only; those further right are ours to split at.
"""

from __future__ import annotations

import re

from IPython.core.interactiveshell import InteractiveShell

__all__ = ["register", "unregister"]

_BEHIND_THE_NAME = re.compile(r"^(\s*%%?retarus)(?:[^\S \t\r\n]|[\u200b\u2060\ufeff])+")


def register(shell: InteractiveShell) -> None:
    """Mend cells of this shell before IPython looks for magics in them."""
    unregister(shell)
    shell.input_transformers_cleanup.insert(0, _mended)


def unregister(shell: InteractiveShell) -> None:
    """Leave cells as they are again."""
    found = shell.input_transformers_cleanup
    found[:] = [each for each in found if each is not _mended]


def _mended(lines: list[str]) -> list[str]:
    return [_BEHIND_THE_NAME.sub(r"\1 ", line) for line in lines]
