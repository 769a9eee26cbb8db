"""Values that no type of Arrow holds, made text in the body, so that Arrow can read the rest of a page."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["digits_of", "is_marked", "literal_of", "quote_literals", "unmarked"]

# Stands before the text of a value that was none. No service can know it, so no text that was one begins with it.
_MARK = "\u0001" + secrets.token_hex(4)
_ESCAPED = _MARK.replace("\u0001", r"\u0001").encode()
_NUMBER = rb"-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?"
_PLAIN = rb"%s|true|false" % _NUMBER
_FLAT = rb'(?:[^{}\[\]"]|"(?:[^"\\]|\\.)*+")*+'
_NESTED = rb"\{%s\}|\[%s\]" % (_FLAT, _FLAT)


def quote_literals(body: bytes, names: Mapping[str, bool]) -> bytes:
    """Put a marked text in place of values that are none.

    Parameters
    ----------
    body : bytes
        The answer.
    names : mapping of str to bool
        The fields, which are found by their names wherever they stand; and whether their flat lists and objects are
        made text beside numbers and truth values. What is nested deeper stays as it is.
    """
    for name, nested in names.items():
        body = _field(name, nested=nested).sub(_quote, body)
    return body


def digits_of(body: bytes, name: str) -> pa.StringArray:
    """All numbers that stand behind a field's name, in order and as they are written."""
    return pa.array(_numbers(name).findall(body), pa.string())


@cache
def _numbers(name: str) -> re.Pattern[bytes]:
    return re.compile(rb'"%s":\s*+(%s)(?=\s*+[,}\]])' % (name.encode(), _NUMBER))


@cache
def _field(name: str, *, nested: bool) -> re.Pattern[bytes]:
    value = rb"%s|%s" % (_PLAIN, _NESTED) if nested else _PLAIN
    return re.compile(rb'("%s":\s*+)(%s)(?=\s*+[,}\]])' % (name.encode(), value))


def _quote(match: re.Match[bytes]) -> bytes:
    value = match[2]
    if value[0] in b"{[":
        value = value.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'%s"%s%s"' % (match[1], _ESCAPED, value)


def is_marked(texts: pa.StringArray) -> pa.BooleanArray:
    """Which of the texts were values of another type."""
    return pc.starts_with(texts, _MARK)


def unmarked(texts: pa.StringArray) -> pa.StringArray:
    """The texts of values without their marks."""
    return pc.utf8_slice_codeunits(texts, len(_MARK))


def literal_of(text: str) -> str | None:
    """The JSON text of a value; None of what was a text.

    Raises
    ------
    ValueError
        Part of the value was marked before all of it was.
    """
    if not text.startswith(_MARK):
        return None
    literal = text.removeprefix(_MARK)
    if _MARK in literal or _ESCAPED.decode() in literal:
        raise ValueError("a value inside a value is marked")
    return literal
