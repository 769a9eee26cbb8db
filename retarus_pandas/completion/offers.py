"""What to offer at a place of a magic's cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from retarus_pandas.completion.candidates import complete
from retarus_pandas.completion.lines import Offer, complete_cell_line
from retarus_pandas.read import Option
from retarus_pandas.schema import Schema

__all__ = ["offer_in_cell"]


def offer_in_cell(
    text: str,
    begin: int,
    offset: int,
    *,
    schema: Schema,
    options: Mapping[str, Option],
    names: Callable[[], Mapping[str, str]],
) -> Offer | None:
    """What to offer in a ``%%retarus`` cell, whose options begin at `begin`; None before them.

    Parameters
    ----------
    text : str
        The whole cell.
    begin, offset : int
        Where the options begin, and where the cursor is.
    schema : Schema
        The schema in use.
    options : mapping of str to Option
        What can stand on the line.
    names : callable
        Returns the notebook's variables, with the GraphQL types that fit them.
    """
    if offset <= begin:
        return None
    line, newline, body = text[begin:].partition("\n")
    start = begin + len(line) + len(newline)
    if offset < start or not newline:
        return complete_cell_line(text[begin:offset], body, schema, options)
    return Offer(*complete(body, offset - start, schema=schema, names=names))
