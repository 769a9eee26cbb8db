"""The way from an answer's outermost object to its records; whatever is missing there ends the read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retarus_pandas.errors import QueryError
from retarus_pandas.frame.decode.hidden import hidden_paths, without_hidden
from retarus_pandas.frame.decode.oddities import Notes, Oddity
from retarus_pandas.values import Query, show, show_errors

__all__ = ["Envelope", "open_answer"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """The records as JSON values, with what stands around them."""

    answer: Mapping[str, Any]
    result: Mapping[str, Any]
    records: Sequence[Mapping[str, Any] | None]
    more: bool
    errors: tuple[Mapping[str, Any], ...]


def open_answer(answer: Any, query: Query, notes: Notes, *, keep_partial: bool, status: int) -> Envelope:
    """Find the records.

    Raises
    ------
    QueryError
        The service reports errors, and partial data is not wanted or there is none.
    """
    if not isinstance(answer, dict):
        raise Oddity.NOT_AN_OBJECT.exception(_kind_of(answer))
    errors = without_hidden(_errors_of(answer), query)
    data = answer.get("data")
    result = data.get(query.response_name) if isinstance(data, dict) else None
    usable = isinstance(result, dict) and isinstance(result.get(query.more_name), bool)
    if errors and not (keep_partial and usable):
        raise QueryError(
            f"The service answered with errors: {show_errors(errors)}",
            errors,
            data if isinstance(data, dict) and not hidden_paths(query) else None,
            status,
        )
    if "data" not in answer:
        raise Oddity.NEITHER.exception()
    result = _member(_member(answer, "data"), query.response_name)
    records = _records(result, query, notes, keep_partial=keep_partial)
    more = result.get(query.more_name)
    if not isinstance(more, bool):
        raise Oddity.MORE_UNKNOWN.exception(_told(result, query.more_name))
    return Envelope(answer, result, records, more, errors)


def _errors_of(answer: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    errors = answer.get("errors") or []
    each = errors if isinstance(errors, list) else [errors]
    return tuple(error if isinstance(error, dict) else {"message": error} for error in each if error is not None)


def _member(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    child = parent.get(name)
    if child is None:
        raise Oddity.NOT_THERE.exception(_told(parent, name))
    if not isinstance(child, dict):
        raise Oddity.SHAPE.exception(f"{name!r} is {_kind_of(child)} where an object is expected")
    return child


def _records(result: Mapping[str, Any], query: Query, notes: Notes, *, keep_partial: bool) -> Sequence[Any]:
    records = result.get(query.content_name)
    if records is None and not keep_partial:
        raise Oddity.NOT_THERE.exception(_told(result, query.content_name))
    if records is None:
        notes.add((query.response_name,), Oddity.NO_CONTENT, _told(result, query.content_name))
        return ()
    if not isinstance(records, list):
        raise Oddity.SHAPE.exception(f"{query.content_name!r} is {_kind_of(records)} where a list is expected")
    return records


def _told(parent: Mapping[str, Any], name: str) -> str:
    return f"{name}: {show(parent[name]) if parent[name] is not None else 'null'}" if name in parent else f"no {name!r}"


def _kind_of(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
