"""What people write behind ``%retarus`` that is no command, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from retarus_pandas.read import join_line
from retarus_pandas.session import known_schema

__all__ = ["way_on"]


def way_on(words: Sequence[str], commands: Iterable[str]) -> str:
    """One message about words that are no command."""
    commands = list(commands)
    first, rest = words[0], list(words[1:])
    schema = known_schema()
    known = {name.lower(): name for name in schema.reports()}
    report = known.get(first.lower())
    if report:
        line = join_line(rest) or "--last 7D"
        return f"A report is read in a cell of its own. Write in a new cell:\n\n    %%retarus {line}\n    {report}\n"
    if first.startswith("-"):
        return (
            f"The option {first!r} has no command before it. A report is read in a cell, whose first line is "
            f"%%retarus {join_line(words)}, with the report's name below. '%retarus help' lists the commands."
        )
    near = get_close_matches(first.lower(), [*commands, *known], n=1, cutoff=0.7)
    advice = f"Did you mean {known.get(near[0], near[0])!r}?" if near else f"There are: {', '.join(commands)}."
    return f"There is no command {first!r}. {advice}"
