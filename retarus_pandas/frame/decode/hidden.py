"""What no note and no error may show: the values of masked columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from retarus_pandas.frame.decode.oddities import Path
from retarus_pandas.values import Column, Query

__all__ = ["hidden_paths", "without_hidden"]

_FAILED = "A masked field could not be read, and what the service says of it is not shown"


def hidden_paths(query: Query) -> frozenset[Path]:
    """The paths of all masked fields, as notes name them."""
    return frozenset(_masked(query.columns, ("data", query.response_name, query.content_name)))


def _masked(columns: Sequence[Column], path: Path) -> Iterator[Path]:
    for column in columns:
        here = (*path, column.name)
        if column.mask:
            yield here
        yield from _masked(column.fields, here)


def without_hidden(errors: Sequence[Mapping[str, Any]], query: Query) -> tuple[Mapping[str, Any], ...]:
    """Errors of the service without what they say of masked fields, since some quote the value they failed at."""
    hidden = hidden_paths(query)
    return tuple({"message": _FAILED, "path": error["path"]} if _is_at(error, hidden) else error for error in errors)


def _is_at(error: Mapping[str, Any], hidden: frozenset[Path]) -> bool:
    """Whether an error lies at a masked field, in it, or above it."""
    path = error.get("path")
    if not isinstance(path, list):
        return False
    place = ("data", *(name for name in path if isinstance(name, str)))
    return any(place[: len(each)] == each for each in hidden)
