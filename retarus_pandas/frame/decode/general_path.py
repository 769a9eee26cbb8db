"""The general path: every answer that JSON allows, value by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from retarus_pandas.frame.decode.build import Builder
from retarus_pandas.frame.decode.decoded import Decoded
from retarus_pandas.frame.decode.envelope import Envelope, open_answer
from retarus_pandas.frame.decode.expected import Expected, infer
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path, place
from retarus_pandas.frame.decode.parse import parse, text_of
from retarus_pandas.values import Query

__all__ = ["read_general"]


def read_general(
    body: bytes, query: Query, notes: Notes, *, keep_partial: bool, status: int
) -> tuple[Decoded, Expected]:
    """Read an answer; also tell what Arrow should have expected."""
    try:
        envelope = open_answer(parse(text_of(body)), query, notes, keep_partial=keep_partial, status=status)
        path = ("data", query.response_name, query.content_name)
        builder = Builder(notes)
        columns = builder.fields(query.columns, _checked(envelope.records, path, notes), path)
    except RecursionError:
        raise Oddity.TOO_DEEP.exception() from None
    index, size = (envelope.result.get(name) if name else None for name in (query.index_name, query.size_name))
    decoded = Decoded(pa.table(columns), envelope.more, index, size, envelope.errors)
    return decoded, _around(envelope, query).after(builder.seen())


def _around(envelope: Envelope, query: Query) -> Expected:
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
    return Expected(extras=extras)


def _checked(records: Sequence[Any], path: Path, notes: Notes) -> Sequence[Any]:
    kinds = set(map(type, records))
    if type(None) in kinds:
        notes.add(path, Oddity.NULL_ROW)
    if not kinds <= {dict, type(None)}:
        raise Oddity.SHAPE.exception(f"a record of {place(path)!r} is not an object")
    return records
