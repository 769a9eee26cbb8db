"""Warnings of a cell: one line each, for the only place in the program to point at is the cell itself."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from retarus_pandas.errors import RetarusWarning
from retarus_pandas.read import in_words_of_a_line

__all__ = ["warnings_on_one_line"]


@contextmanager
def warnings_on_one_line() -> Iterator[list[str]]:
    """While a cell runs, show the warnings of this package without a path and a line of source.

    Yields
    ------
    list of str
        What was shown so far.
    """
    shown: list[str] = []
    before = warnings.formatwarning

    # Only how it looks is changed: who records warnings, or turns them into errors, still does.
    def on_one_line(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
    ) -> str:
        if not issubclass(category, RetarusWarning):
            return before(message, category, filename, lineno, line)
        shown.append(str(message))
        return f"{category.__name__}: {in_words_of_a_line(str(message))}\n"

    warnings.formatwarning = on_one_line
    try:
        yield shown
    finally:
        warnings.formatwarning = before
