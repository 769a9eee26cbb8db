"""How it is told that the service refuses a query: once, at the author's own words where they are to blame."""

from __future__ import annotations

import re
from collections.abc import Iterable

from retarus_pandas.errors import QueryError, retold
from retarus_pandas.values import Doubt, Query, show_errors

__all__ = ["pointed_out", "with_a_way_on"]

_WAY_ON = (
    "If the service knows these names otherwise, Session.fetch_schema() asks it for its own schema; or give the file "
    "it offers for download as schema= or RETARUS_SCHEMA"
)


# How paging says which page an error is of.
_OF_A_PAGE = re.compile(r"^page \d+ of \S+ to \S+: ")


def with_a_way_on(error: QueryError, query: Query) -> QueryError:
    """The refusal of a report's first request, and what to do if it is the schema that is wrong."""
    if _is_about_values(error):
        return retold(error)
    told = pointed_out(error, query)
    return told if _WAY_ON in str(told) else _led_on(told)


def _led_on(error: QueryError) -> QueryError:
    ended = str(error).rstrip(".")
    return retold(error, f"{ended}{'' if ended.endswith('?') else '.'}{_separator(error)}{_WAY_ON}.")


def _separator(error: QueryError) -> str:
    return "\n" if "\n" in str(error) else " "


def pointed_out(error: QueryError, query: Query) -> QueryError:
    """The refusal, told where the author wrote what was doubtful before; as it is, if it is about something else."""
    doubts, others = _sorted(error, query.doubts)
    if _is_about_values(error):
        return retold(error)
    if not doubts:
        # Of a document, and of no page of it.
        told = retold(error, _OF_A_PAGE.sub("", str(error)))
        # The author's own field, which the schema in use has and the service has not.
        return _led_on(told) if any(set(_words(each)) & _fields(query) for each in error.errors) else told
    shown = "\n".join(each.shown for each in doubts)
    rest = f"\nIt also answered: {show_errors(others)}" if others else ""
    return retold(error, f"{shown}\nThe service refused it.{rest}")


def _is_about_values(error: QueryError) -> bool:
    """Whether the document itself was accepted."""
    return error.data is not None or any(isinstance(each, dict) and each.get("path") for each in error.errors)


def _sorted(error: QueryError, doubts: Iterable[Doubt]) -> tuple[list[Doubt], list[object]]:
    """The doubts that the service's errors confirm, and the errors that are about none of them."""
    words = [set(_words(each)) for each in error.errors]
    confirmed = [each for each in doubts if any(_names(each) <= names or each.word in names for names in words)]
    known = [_names(each) for each in confirmed]
    about = [({each.word for each in confirmed} & names) or any(one <= names for one in known) for names in words]
    return confirmed, [each for each, is_known in zip(error.errors, about, strict=True) if not is_known]


def _names(doubt: Doubt) -> set[str]:
    """What a doubt quotes, where it points at none of it, as at braces that should not be there."""
    return set(re.findall(r"'(\w+)", doubt.note.partition("Did you mean")[0])) or {doubt.word}


def _fields(query: Query) -> set[str]:
    return {column.name for column in query.columns}


def _words(error: object) -> list[str]:
    return re.findall(r"\w+", _message(error))


def _message(error: object) -> str:
    # What is suggested is not what is wrong.
    message = error.get("message") if isinstance(error, dict) else error
    return str(message or "").partition("Did you mean")[0]
