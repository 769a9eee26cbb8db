"""Values that no type of Arrow holds, made text in the body, so that Arrow can read the rest of a page."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["MARK", "holds_mark", "is_marked", "quote_literals", "unmarked"]

# Stands before the text of a value that was none; JSON can hold it in texts as an escape only.
MARK = "\u0001"
_ESCAPED = b"\\u0001"
_TEXT = rb'"(?:[^"\\]|\\.)*+"'
_VALUE = re.compile(
    rb"""\s*+ (?: (?P<plain> -?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)? | true | false )
              | (?P<nested> \{ (?: [^{}\[\]"] | %(text)s )*+ \} | \[ (?: [^{}\[\]"] | %(text)s )*+ \] ) )
        (?= \s*+ [,}\]] )"""
    % {b"text": _TEXT},
    re.VERBOSE,
)


def holds_mark(body: bytes) -> bool:
    """Whether a text of the body may begin as marked ones do."""
    return _ESCAPED in body


def quote_literals(body: bytes, names: Collection[str]) -> bytes:
    """Put a marked text in place of the fields' numbers, truth values, and flat lists and objects.

    Fields are found by their names, wherever they stand. What is not found, or nested deeper, stays as it is.
    """
    view, end = memoryview(body), 0
    pieces: list[bytes | memoryview] = []
    found = sorted(span for name in names for span in _spans(body, b'"%s":' % name.encode()))
    for start, stop, nested in found:
        if start >= end:  # else it is part of a value that is quoted as a whole
            value = _as_text(body[start:stop]) if nested else view[start:stop]
            pieces += [view[end:start], b'"', _ESCAPED, value, b'"']
            end = stop
    return b"".join([*pieces, view[end:]])


def _spans(body: bytes, key: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where the values of a field begin and end, and whether they have to be escaped."""
    at = body.find(key)
    while at >= 0:
        at += len(key)
        match = _VALUE.match(body, at)
        if match:
            yield *match.span(match.lastgroup or 0), match.lastgroup == "nested"
        at = body.find(key, at)


def _as_text(value: bytes) -> bytes:
    return value.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def is_marked(texts: pa.StringArray) -> pa.BooleanArray:
    """Which of the texts were values of another type."""
    return pc.starts_with(texts, MARK)


def unmarked(texts: pa.StringArray) -> pa.StringArray:
    """The texts of values without their marks."""
    return pc.utf8_slice_codeunits(texts, 1)
