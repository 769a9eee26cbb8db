"""The general path: every answer that JSON allows, value by value."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import pyarrow as pa

from retarus_pandas.frame.decode.answer import Answer
from retarus_pandas.frame.decode.build import Builder, Written
from retarus_pandas.frame.decode.envelope import Envelope, open_answer
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path, place, quote
from retarus_pandas.frame.decode.wire import Wire, infer
from retarus_pandas.values import Query

__all__ = ["read_general"]

_MOST_DIGITS = 4300  # of an integer that Python reads


def read_general(
    body: memoryview, query: Query, notes: Notes, *, keep_partial: bool, status: int
) -> tuple[Answer, Wire]:
    """Read an answer; also tell what Arrow should have expected."""
    try:
        envelope = open_answer(parse(body), query, notes, keep_partial=keep_partial, status=status)
        path = ("data", query.response_name, query.content_name)
        builder = Builder(notes)
        columns = builder.fields(query.columns, _checked(envelope.records, path, notes), path)
    except RecursionError:
        raise Oddity.TOO_DEEP.exception() from None
    index, size = (envelope.result.get(name) if name else None for name in (query.index_name, query.size_name))
    answer = Answer(pa.table(columns), envelope.more, index, size, envelope.errors)
    return answer, _around(envelope, query).after(builder.seen())


def parse(body: memoryview) -> Any:
    """The body's JSON; nothing in it is lost without an error.

    Raises
    ------
    BrokenAnswerError
        It is not one JSON document, or one of its objects has a name twice.
    """
    try:
        text = str(body, "utf-8")
    except UnicodeDecodeError as error:
        raise Oddity.NOT_UTF8.exception(error.reason) from None
    if not text.strip():
        raise Oddity.EMPTY.exception()
    if text.lstrip().startswith("<"):
        raise Oddity.HTML.exception()
    try:
        return json.loads(
            text, parse_float=Written, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        raise Oddity.NOT_JSON.exception(error) from None


def _integer(digits: str) -> int | Written:
    return int(digits) if len(digits) < _MOST_DIGITS else Written(digits)


def _constant(name: str) -> NoReturn:
    raise Oddity.CONSTANT.exception(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise Oddity.TWICE.exception(quote(next(name for name in names if names.count(name) > 1)))
    return members


def _around(envelope: Envelope, query: Query) -> Wire:
    """What stands in the answer beside the records."""
    facts = (query.content_name, query.more_name, query.index_name, query.size_name)
    result = {name for name in facts if name}
    around: dict[Path, tuple[Mapping[str, Any], set[str]]] = {
        (): (envelope.answer, {"data", "errors"}),
        ("data",): (envelope.answer["data"], {query.response_name}),
        ("data", query.response_name): (envelope.result, result),
    }
    extras = {
        path: {name: kind for name in members.keys() - known if (kind := infer([members[name]])) is not None}
        for path, (members, known) in around.items()
    }
    return Wire({}, {}, extras)


def _checked(records: Sequence[Any], path: Path, notes: Notes) -> Sequence[Any]:
    kinds = set(map(type, records))
    if type(None) in kinds:
        notes.add(path, Oddity.NULL_ROW)
    if not kinds <= {dict, type(None)}:
        raise Oddity.SHAPE.exception(f"a record of {place(path)!r} is not an object")
    return records
