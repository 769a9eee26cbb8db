"""A look at the first records of an answer, before Arrow is given all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from retarus_pandas.errors import RetarusError
from retarus_pandas.frame.decode.expected import Expected
from retarus_pandas.frame.decode.general_path import read_general
from retarus_pandas.frame.decode.oddities import Notes
from retarus_pandas.frame.decode.parse import DECODER
from retarus_pandas.values import Query

__all__ = ["look"]

_RECORDS = 20
_BYTES = 1 << 16  # in which the first records are looked for
# Below, to read the whole page on the general path takes no longer than the difference is worth.
_SMALL = 1 << 16
_BETWEEN = " \t\r\n,"


def look(body: bytes, query: Query) -> Expected:
    """What the first records and what stands around them tell; nothing where that cannot be seen.

    It is a guess like the declaration itself: where it is wrong Arrow refuses the answer.
    """
    begin = re.search(rb'"%s"\s*:\s*\[' % query.content_name.encode(), body[:_BYTES])
    end = body.rfind(b"}]")
    if len(body) < _SMALL or begin is None or end < begin.end():
        return Expected()
    records = ",".join(_first_records(body[begin.end() : begin.end() + _BYTES])).encode()
    sample = body[: begin.end()] + records + body[end + 1 :]
    try:
        return read_general(sample, query, Notes({}), keep_partial=True, status=200)[1]
    except RetarusError:
        return Expected()


def _first_records(piece: bytes) -> Iterator[str]:
    text = piece.decode("utf-8", errors="ignore")
    for _ in range(_RECORDS):
        text = text.lstrip(_BETWEEN)
        try:
            end = DECODER.raw_decode(text)[1]
        except (json.JSONDecodeError, RetarusError, RecursionError):
            return
        yield text[:end]
        text = text[end:]
