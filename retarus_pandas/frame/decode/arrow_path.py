"""The fast path: Arrow reads a whole answer as one row of JSON, without Python objects and without the GIL."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from retarus_pandas.errors import BrokenAnswerError
from retarus_pandas.frame.decode.build import Builder
from retarus_pandas.frame.decode.decoded import Decoded
from retarus_pandas.frame.decode.expected import KEEPS_DIGITS, Layout
from retarus_pandas.frame.decode.fit import fit
from retarus_pandas.frame.decode.literals import digits_of, is_marked, literal_of, quote_literals, unmarked
from retarus_pandas.frame.decode.memory import POOL
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path
from retarus_pandas.frame.decode.parse import parse
from retarus_pandas.frame.decode.types import DIGITS, relist, restruct
from retarus_pandas.values import Column, Kind

__all__ = ["Refused", "read_fast"]

_LARGEST = 2**31 - 2  # a block's size is a C int
# What a literal is if it is no truth value, and neither a list nor an object; for where it cannot be anything else.
_NUMBER = r"^[-0-9]"


class Refused(Exception):  # noqa: N818 - not an error: the general path decides
    """Arrow, or one of the guards around it, refuses the answer."""


def read_fast(body: bytes, layout: Layout, notes: Notes) -> Decoded:
    """Read an answer as the selection promises it; anything unexpected is refused."""
    query = layout.query
    # Whatever is not an object is kept away from Arrow: a body of "null" ends the process.
    if body[:64].lstrip(b" \t\r\n")[:1] != b"{" or len(body) > _LARGEST:
        raise Refused
    result = (
        _parse(quote_literals(body, layout.literals), layout.schema).column("data").chunk(0).field(query.response_name)
    )
    content, more = map(result.field, (query.content_name, query.more_name))
    if content.null_count or more.null_count:
        raise Refused
    path = ("data", query.response_name, query.content_name)
    records = content.flatten()
    if records.null_count:
        notes.add(path, Oddity.NULL_ROW)
    for place, names in layout.expected.extras.items():
        if place[: len(path)] == path:
            notes.add_all(place, names, Oddity.UNKNOWN_FIELD)
    columns = _Conform(body, layout, notes).fields(query.columns, records, path)
    index, size = (result.field(name)[0].as_py() if name else None for name in (query.index_name, query.size_name))
    return Decoded(pa.table(columns), more[0].as_py(), index, size)


def _parse(body: bytes, schema: pa.Schema) -> pa.Table:
    try:
        table = arrow_json.read_json(
            pa.BufferReader(body),
            read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(body) + 1),
            parse_options=arrow_json.ParseOptions(
                explicit_schema=schema, newlines_in_values=True, unexpected_field_behavior="error"
            ),
            memory_pool=POOL,
        )
        table.validate(full=True)  # else invalid UTF-8 passes
    except pa.ArrowException:
        raise Refused from None
    if table.num_rows != 1:  # else two documents in one body pass
        raise Refused
    return table


class _Conform:
    """Makes columns of what Arrow read."""

    def __init__(self, body: bytes, layout: Layout, notes: Notes) -> None:
        self._body = body
        self._literals = layout.literals
        self._digits = layout.digits
        self._notes = notes

    def fields(self, columns: tuple[Column, ...], objects: pa.StructArray, path: Path) -> dict[str, pa.Array]:
        """One array for each of the objects' selected fields."""
        # A null object's fields are null, which an array below it does not tell by itself.
        flat = objects.flatten() if objects.null_count else [objects.field(at) for at in range(len(objects.type))]
        named = dict(zip((field.name for field in objects.type), flat, strict=True))
        return {column.name: self._column(column, named[column.name], (*path, column.name)) for column in columns}

    def _column(self, column: Column, values: pa.Array, path: Path) -> pa.Array:
        if column.name in self._digits:
            return fit(column, _as_written(column, values, digits_of(self._body, column.name)), path, self._notes)
        if not column.fields:
            is_literal = column.name in self._literals
            return self._literal(column, values, path) if is_literal else self._leaf(column, column.lists, values, path)
        if pa.types.is_list(values.type):
            if not column.lists and values.null_count < len(values):
                self._notes.add(path, Oddity.WRAPPED, "a list", "one object")
            return relist(values, lambda inner: self._column(column, inner, path))
        return restruct(values, self.fields(column.fields, values, path))

    def _leaf(self, column: Column, lists: int, values: pa.Array, path: Path) -> pa.Array:
        if lists:
            return relist(values, lambda inner: self._leaf(column, lists - 1, inner, path))
        # Arrow reads NaN, which JSON does not know, and makes infinity of a number that is too large.
        if pa.types.is_floating(values.type) and pc.all(pc.is_finite(values)).as_py() is False:
            raise Refused
        return fit(column, values, path, self._notes)

    def _literal(self, column: Column, texts: pa.StringArray, path: Path) -> pa.Array:
        """Values of which Arrow was given the text."""
        marked = is_marked(texts)
        if column.lists:
            return self._mixed(column, texts, path)
        if not pc.any(marked).as_py():
            return fit(column, texts, path, self._notes)
        literals = pc.if_else(marked, unmarked(texts), texts)
        if column.kind in KEEPS_DIGITS and _are_digits(column.kind, marked, literals):
            return fit(column, literals.cast(DIGITS), path, self._notes)
        if column.kind is Kind.TEXT and _are_numbers(literals.filter(marked)):
            fit(column, literals.filter(marked).cast(DIGITS), path, self._notes)  # which tells of them
            return literals
        return self._mixed(column, texts, path)

    def _mixed(self, column: Column, texts: pa.StringArray, path: Path) -> pa.Array:
        """Each different value by itself, as the general path reads it."""
        encoded = texts.dictionary_encode()
        try:
            values = [_value(text) for text in encoded.dictionary.to_pylist()]
            built = Builder(self._notes).leaf(column, column.lists, values, path)
        except (BrokenAnswerError, ValueError, RecursionError):
            raise Refused from None
        return built.take(encoded.indices)


def _as_written(column: Column, doubles: pa.DoubleArray, digits: pa.StringArray) -> pa.Array:
    """The numbers of a column with their digits, where these are those of all its values and of no others.

    Each number of the column is found; so as many as it has are its own, and their values are compared besides.
    """
    numbers = doubles.drop_null()
    if len(digits) != len(numbers) or not digits.cast(pa.float64()).equals(numbers):
        raise Refused
    if pc.any(pc.equal(digits, "-0")).as_py():  # the one number whose digits are not its text
        raise Refused
    written = digits.cast(DIGITS)
    if column.kind is not Kind.DECIMAL and not pc.any(pc.match_substring_regex(digits, "[.eE]")).as_py():
        with suppress(pa.ArrowInvalid):  # more than 64 bits
            written = digits.cast(pa.int64())
    if not doubles.null_count:
        return written
    return pc.replace_with_mask(pa.nulls(len(doubles), written.type), doubles.is_valid(), written)


def _are_digits(kind: Kind, marked: pa.BooleanArray, literals: pa.StringArray) -> bool:
    """Whether the digits of all values are kept: they are numbers, and not all of them integers of 64 bits."""
    if pc.all(marked).as_py() is False or not _are_numbers(literals):
        return False
    return kind is Kind.DECIMAL or bool(pc.any(pc.match_substring_regex(literals, "[.eE]")).as_py())


def _are_numbers(literals: pa.StringArray) -> bool:
    """Whether the literals are numbers, as they are written in their one form."""
    numbers = pc.and_(pc.match_substring_regex(literals, _NUMBER), pc.not_equal(literals, "-0"))
    return pc.all(numbers).as_py() is not False


def _value(text: str) -> Any:
    literal = literal_of(text)
    return text if literal is None else parse(literal)
