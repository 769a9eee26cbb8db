"""What people write behind ``%retarus`` that is no command, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from retarus_pandas.read import join_line
from retarus_pandas.session import known_schema

__all__ = ["in_a_cell", "is_document", "way_on"]

_DOCUMENT = re.compile(r"\s*(?:\{|(?:query|fragment|mutation|subscription)\b[^{]*\{)")


def is_document(line: str) -> bool:
    """Whether a line is a GraphQL document, or the beginning of one."""
    return _DOCUMENT.match(line) is not None


def in_a_cell(body: str, line: str = "--last 7D", what: str = "A document") -> str:
    """How to read what was written behind ``%retarus``."""
    return f"{what} is read in a cell of its own. Write in a new cell:\n\n    %%retarus {line}\n    {body}\n"


def way_on(words: Sequence[str], commands: Iterable[str]) -> str:
    """One message about words that are no command."""
    commands = list(commands)
    first, line = words[0], join_line(words[1:]) or "--last 7D"
    schema = known_schema()
    known = {name.lower(): name for name in schema.reports()}
    report = known.get(first.lower())
    if report:
        return in_a_cell(report, line, "A report")
    if first.startswith("-"):
        return (
            f"The option {first!r} has no command before it. A report is read in a cell, whose first line is "
            f"%%retarus {join_line(words)}, with the report's name below. '%retarus help' lists the commands."
        )
    near = get_close_matches(first.lower(), [*commands, *known], n=1, cutoff=0.7)
    if near and near[0] in known:
        way = in_a_cell(known[near[0]], line, "A report")
        return f"There is no report {first!r}. Did you mean {known[near[0]]!r}? {way}"
    advice = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(commands)}."
    return f"There is no command {first!r}. {advice}"
