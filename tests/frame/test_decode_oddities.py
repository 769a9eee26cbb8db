"""Each oddity an answer can show, and what becomes of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from retarus_pandas.errors import (
    BrokenAnswerError,
    IncompleteRead,
    QueryError,
    ResultError,
    RetarusError,
    SchemaMismatchError,
)
from retarus_pandas.frame.decode.decoder import Decoder
from retarus_pandas.frame.decode.oddities import Oddity
from retarus_pandas.values import Column, Kind
from support.answers import WINDOW, answer_of, answer_text, decode, decode_value, nested, query_of

GOOD = answer_text('[{"v":"a"}]')

BODIES: dict[str, tuple[bytes, Oddity]] = {
    "nothing": (b"", Oddity.EMPTY),
    "blanks": (b" \n\t ", Oddity.EMPTY),
    "a mark of its encoding and nothing else": (b"\xef\xbb\xbf", Oddity.EMPTY),
    "a page of HTML": (b"<!doctype html><title>Bad gateway</title>", Oddity.HTML),
    "plain text": (b"upstream connect error", Oddity.NOT_JSON),
    "an answer cut short": (GOOD[:-5], Oddity.NOT_JSON),
    "an answer cut inside a text": (GOOD[: GOOD.index(b'"a"') + 2], Oddity.NOT_JSON),
    "two answers": (GOOD + GOOD, Oddity.NOT_JSON),
    "two answers on two lines": (GOOD + b"\n" + GOOD, Oddity.NOT_JSON),
    "something after the answer": (GOOD + b" x", Oddity.NOT_JSON),
    "a control character in a text": (answer_text('[{"v":"a\nb"}]'), Oddity.NOT_JSON),
    "null": (b"null", Oddity.NOT_AN_OBJECT),
    "null after blanks": (b" \r\n null", Oddity.NOT_AN_OBJECT),
    "true": (b"true", Oddity.NOT_AN_OBJECT),
    "a number": (b"1", Oddity.NOT_AN_OBJECT),
    "a text": (b'"data"', Oddity.NOT_AN_OBJECT),
    "a list": (b"[]", Oddity.NOT_AN_OBJECT),
    "a list of answers": (b"[" + GOOD + b"]", Oddity.NOT_AN_OBJECT),
    "invalid UTF-8": (answer_text('[{"v":"@"}]').replace(b"@", b"\xff"), Oddity.NOT_UTF8),
    "an encoded surrogate": (answer_text('[{"v":"@"}]').replace(b"@", b"\xed\xa0\x80"), Oddity.NOT_UTF8),
    "UTF-16": (GOOD.decode().encode("utf-16"), Oddity.NOT_UTF8),
    "lists 20,000 deep": (b"[" * 20_000 + b"]" * 20_000, Oddity.TOO_DEEP),
    "a value 20,000 deep": (answer_text('[{"v":' + "[" * 20_000 + "]" * 20_000 + "}]"), Oddity.TOO_DEEP),
    "objects 20,000 deep": (answer_text('[{"v":' + '{"a":' * 20_000 + "1" + "}" * 20_000 + "}]"), Oddity.TOO_DEEP),
    "an extension 20,000 deep": (b'{"extensions":' + b"[" * 20_000 + b"]" * 20_000 + b"," + GOOD[1:], Oddity.TOO_DEEP),
    "a record's field twice": (answer_text('[{"v":"a","v":"b"}]'), Oddity.TWICE),
    "the data twice": (b'{"data":null,' + GOOD[1:], Oddity.TWICE),
    "NaN": (answer_text('[{"v":NaN}]'), Oddity.CONSTANT),
    "Infinity": (answer_text('[{"v":-Infinity}]'), Oddity.CONSTANT),
    "an empty object": (b"{}", Oddity.NEITHER),
    "an error of something else": (b'{"message":"no route"}', Oddity.NEITHER),
    "data null": (b'{"data":null}', Oddity.NOT_THERE),
    "data null, and no errors": (b'{"data":null,"errors":[]}', Oddity.NOT_THERE),
    "the report null": (b'{"data":{"report":null}}', Oddity.NOT_THERE),
    "the report missing": (b'{"data":{}}', Oddity.NOT_THERE),
    "the records null": (answer_of(None), Oddity.NOT_THERE),
    "the records missing": (b'{"data":{"report":{"more":false}}}', Oddity.NOT_THERE),
    "no word of more pages": (b'{"data":{"report":{"rows":[]}}}', Oddity.MORE_UNKNOWN),
    "null for more pages": (answer_of([], more=None), Oddity.MORE_UNKNOWN),
    "text for more pages": (answer_of([], more="false"), Oddity.MORE_UNKNOWN),
    "the next page": (answer_of([], number=1), Oddity.OTHER_PAGE),
    "a page number as text": (answer_of([], number="0"), Oddity.OTHER_PAGE),
    "data as a list": (b'{"data":[]}', Oddity.SHAPE),
    "the report as a list": (b'{"data":{"report":[]}}', Oddity.SHAPE),
    "the records as an object": (answer_of({"v": "a"}), Oddity.SHAPE),
    "records that are no objects": (answer_of(["a"]), Oddity.SHAPE),
}


def said(oddity: Oddity) -> str:
    """A pattern of what an oddity says."""
    return re.escape(oddity.text).replace(r"\{\}", ".+")


def oddity_of(note: str) -> Oddity:
    """The oddity a note tells of."""
    _, _, text = note.partition(": ")
    (oddity,) = [oddity for oddity in Oddity if re.fullmatch(said(oddity), text)]
    return oddity


@pytest.mark.parametrize("name", BODIES)
def test_an_answer_without_a_page_is_one_clear_error(name: str) -> None:
    """Not a crash, not an empty frame, and of the type that says whether asking again may help."""
    body, oddity = BODIES[name]
    assert oddity.error is not None
    with pytest.raises(oddity.error) as caught:
        decode(Decoder(query_of(Column("v", Kind.TEXT))), body)
    assert type(caught.value) is oddity.error
    assert re.fullmatch(said(oddity), str(caught.value))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", BODIES)
def test_what_is_broken_is_broken_even_if_partial_data_is_kept(name: str) -> None:
    """Only missing records are then taken as none, and told."""
    body, _ = BODIES[name]
    decoder = Decoder(query_of(Column("v", Kind.TEXT)), keep_partial=True)
    if name in {"the records null", "the records missing"}:
        page = decode(decoder, body)
        assert page.rows.num_rows == 0
        assert list(map(oddity_of, page.notes)) == [Oddity.NO_CONTENT]
    else:
        with pytest.raises(RetarusError):
            decode(decoder, body)


def test_bodies_that_could_end_the_process_do_not() -> None:
    """Arrow is not shown a body of "null", which would be the end of it."""
    program = """
import sys
from support.answers import decode, query_of
from retarus_pandas.errors import RetarusError
from retarus_pandas.frame import Decoder
from retarus_pandas.values import Column, Kind
deep = [b"[" * 200_000, b'{"a":' * 200_000]
for body in (b"null", b" null ", b"\\xef\\xbb\\xbfnull", b"[null]", b"", b"{", b"{}{}", *deep):
    try:
        decode(Decoder(query_of(Column("v", Kind.UNDECLARED))), body)
    except RetarusError as error:
        print(type(error).__name__)
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert run.stderr == ""
    assert run.stdout.split() == ["BrokenAnswerError"] * 9


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("kind", [Kind.FLOAT, Kind.UNDECLARED])
def test_numbers_that_json_does_not_know_are_refused_where_arrow_reads_them(kind: Kind, value: str) -> None:
    """A missing number must not pass for one that was sent."""
    decoder = Decoder(query_of(Column("v", kind)))
    assert decode(decoder, answer_text('[{"v":1.5}]')).rows.num_rows == 1
    with pytest.raises(BrokenAnswerError, match=f"The answer holds {value}, which is not JSON"):
        decode(decoder, answer_text(f'[{{"v":{value}}}]'))


UTC_2026 = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
BIG = 2**63

# kind, value as JSON: the value in the page, and what is told (a piece of it)
VALUES: dict[str, tuple[Kind, str, Any, str | None]] = {
    "an Int": (Kind.INT, "1", 1, None),
    "an Int with a point": (Kind.INT, "1.0", 1, None),
    "an Int with an exponent": (Kind.INT, "1e3", 1000, None),
    "the largest Int": (Kind.INT, str(BIG - 1), BIG - 1, None),
    "the smallest Int": (Kind.INT, str(-BIG), -BIG, None),
    "an Int beyond 64 bits": (
        Kind.INT,
        str(BIG),
        str(BIG),
        "a number, 9223372036854775808, where Int is declared; the column becomes Decimal",
    ),
    "an Int of 5,000 digits": (Kind.INT, "9" * 5000, "9" * 5000, "where Int is declared; the column becomes Decimal"),
    "a fraction for an Int": (
        Kind.INT,
        "1.50",
        "1.50",
        "a number, 1.50, where Int is declared; the column becomes Decimal",
    ),
    "text for an Int": (Kind.INT, '"1"', "1", "text, '1', where Int is declared; the column becomes text"),
    "a boolean for an Int": (Kind.INT, "true", "true", "a boolean, True, where Int is declared"),
    "a list for an Int": (Kind.INT, "[1, 2.0]", "[1,2.0]", "a list, [1, 2.0], where Int is declared"),
    "an object for an Int": (Kind.INT, '{"a": null}', '{"a":null}', "an object, {'a': None}, where Int is declared"),
    "a Float": (Kind.FLOAT, "1.5", 1.5, None),
    "an integer for a Float": (Kind.FLOAT, "1", 1.0, None),
    "a large integer for a Float": (Kind.FLOAT, str(BIG), float(BIG), None),
    "a Float beyond all doubles": (Kind.FLOAT, "1e400", "1e400", "a number, 1e400, where Float is declared"),
    "text for a Float": (Kind.FLOAT, '"NaN"', "NaN", "text, 'NaN', where Float is declared"),
    "a Decimal": (Kind.DECIMAL, "12345678901234567.890", "12345678901234567.890", None),
    "an integer for a Decimal": (Kind.DECIMAL, "1", "1", None),
    "a Decimal as text": (Kind.DECIMAL, '"0.10"', "0.10", None),
    "text for a Decimal": (Kind.DECIMAL, '"ten"', "ten", "text, 'ten', where Decimal is declared"),
    "a boolean for a Decimal": (Kind.DECIMAL, "true", "true", "a boolean, True, where Decimal is declared"),
    "a Boolean": (Kind.BOOLEAN, "false", False, None),
    "a number for a Boolean": (Kind.BOOLEAN, "0", "0", "a number, 0, where Boolean is declared"),
    "text for a Boolean": (Kind.BOOLEAN, '"true"', "true", "text, 'true', where Boolean is declared"),
    "an empty text": (Kind.TEXT, '""', "", None),
    "a text with a NUL": (Kind.TEXT, r'"a\u0000b"', "a\0b", None),
    "a text of a megabyte": (Kind.TEXT, '"' + "ä" * 1_000_000 + '"', "ä" * 1_000_000, None),
    "a surrogate pair": (Kind.TEXT, r'"\ud83d\ude00"', "😀", None),
    "half of a surrogate pair": (Kind.TEXT, r'"a\ud83d"', "a\ufffd", "half of a surrogate pair"),
    "the other half": (Kind.TEXT, r'"\ude00a"', "\ufffda", "half of a surrogate pair"),
    "a number for a text": (Kind.TEXT, "1", "1", "a number, 1, where text is declared; its JSON text is kept"),
    "a fraction for a text": (Kind.TEXT, "1.50", "1.50", "a number, 1.50, where text is declared"),
    "an exponent for a text": (Kind.TEXT, "1E5", "1E5", "where text is declared"),
    "a boolean for a text": (Kind.TEXT, "true", "true", "a boolean, True, where text is declared"),
    "a list for a text": (Kind.TEXT, '["a", 1]', '["a",1]', "a list, ['a', 1], where text is declared"),
    "an object for a text": (Kind.TEXT, '{"a": "ä"}', '{"a":"ä"}', "an object, {'a': 'ä'}, where text is declared"),
    "an instant": (Kind.INSTANT, '"2026-01-31T23:59:59Z"', UTC_2026, None),
    "an instant with an offset": (Kind.INSTANT, '"2026-02-01T01:59:59+02:00"', UTC_2026, None),
    "an instant with a short offset": (Kind.INSTANT, '"2026-02-01T01:59:59+0200"', UTC_2026, None),
    "milliseconds": (Kind.INSTANT, '"2026-01-31T23:59:59.120Z"', UTC_2026.replace(microsecond=120000), None),
    "microseconds": (Kind.INSTANT, '"2026-01-31T23:59:59.123456Z"', UTC_2026.replace(microsecond=123456), None),
    "nanoseconds that are none": (Kind.INSTANT, '"2026-01-31T23:59:59.000000000Z"', UTC_2026, None),
    "nanoseconds": (
        Kind.INSTANT,
        '"2026-01-31T23:59:59.123456789Z"',
        UTC_2026.replace(microsecond=123456),
        "an instant finer than a microsecond, '2026-01-31T23:59:59.123456789Z'",
    ),
    "a decimal comma": (Kind.INSTANT, '"2026-01-31T23:59:59,5Z"', UTC_2026.replace(microsecond=500000), None),
    "small letters and blanks": (Kind.INSTANT, '" 2026-01-31t23:59:59z "', UTC_2026, None),
    "no seconds": (Kind.INSTANT, '"2026-01-31T23:59Z"', UTC_2026.replace(second=0), None),
    "no zone": (Kind.INSTANT, '"2026-01-31T23:59:59"', UTC_2026, "an instant without a zone, '2026-01-31T23:59:59'"),
    "only a date": (Kind.INSTANT, '"2026-01-31"', datetime(2026, 1, 31, tzinfo=UTC), "an instant without a zone"),
    "a leap second": (Kind.INSTANT, '"2026-01-31T23:59:60Z"', datetime(2026, 2, 1, tzinfo=UTC), "a leap second"),
    "an empty instant": (Kind.INSTANT, '""', None, None),
    "garbage for an instant": (Kind.INSTANT, '"soon"', "soon", "'soon' is not an instant; the column becomes text"),
    "a day that does not exist": (Kind.INSTANT, '"2026-02-30T00:00:00Z"', "2026-02-30T00:00:00Z", "not an instant"),
    "an instant before year 1": (Kind.INSTANT, '"0000-01-01T00:00:00Z"', "0000-01-01T00:00:00Z", "not an instant"),
    "an instant after year 9999": (
        Kind.INSTANT,
        '"9999-12-31T23:59:59-05:00"',
        "9999-12-31T23:59:59-05:00",
        "not an instant",
    ),
    "a number for an instant": (Kind.INSTANT, "1767225600", "1767225600", "where instant is declared"),
    "anything, of no declared type": (
        Kind.UNDECLARED,
        "1.50",
        "1.50",
        "a number that nobody declares, 1.50; its digits",
    ),
    "a list of no declared type": (Kind.UNDECLARED, '["a", null]', ["a", None], None),
    "a mixed list of no declared type": (Kind.UNDECLARED, '["a", 1.0]', '["a",1.0]', "nobody declares, 1.0"),
    "a nested list of no declared type": (Kind.UNDECLARED, "[[1], null, []]", [[1], None, []], None),
    "an object of no declared type": (Kind.UNDECLARED, '{"a": [1.50]}', '{"a":[1.50]}', None),
    "a list beyond all doubles": (Kind.UNDECLARED, "[1e400]", ["1e400"], "a number that nobody declares, 1e400"),
    "a large integer of no declared type": (Kind.UNDECLARED, str(10**30), str(10**30), "a number that nobody declares"),
    "nothing, of no declared type": (Kind.UNDECLARED, "null", None, None),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_kept_and_what_is_odd_is_told(name: str) -> None:
    """No value is lost, whatever was declared."""
    kind, value, expected, told = VALUES[name]
    page = decode_value(kind, value)
    (record,) = page.rows.to_pylist()
    assert record["v"] == expected
    assert type(record["v"]) is type(expected)
    assert len(page.notes) == (told is not None)
    assert all(note.startswith("report.rows.v: ") and str(told) in note for note in page.notes)


@pytest.mark.parametrize("kind", Kind)
def test_null_is_null_whatever_is_declared(kind: Kind) -> None:
    """A missing key is, too; nobody needs to be told of either."""
    column = Column("v", kind)
    page = decode(Decoder(query_of(column)), answer_text('[{"v":null},{}]'))
    assert page.rows.to_pylist() == [{"v": None}, {"v": None}]
    assert page.notes == ()
    assert not page.slow


LISTS: dict[str, tuple[Kind, str, Any, str | None]] = {
    "a list": (Kind.INT, "[1, null]", [1, None], None),
    "an empty list": (Kind.INT, "[]", [], None),
    "whole numbers with a point": (Kind.INT, "[1.0]", [1], None),
    "a fraction among integers": (Kind.INT, "[1, 2.5]", ["1", "2.5"], "where Int is declared"),
    "numbers for texts": (Kind.TEXT, '["a", 1.50]', ["a", "1.50"], "where text is declared"),
    "text among integers": (Kind.INT, '[1, "a"]', '[1,"a"]', "where Int is declared"),
    "instants": (Kind.INSTANT, '["2026-01-31T23:59:59Z", ""]', [UTC_2026, None], None),
    "garbage among instants": (
        Kind.INSTANT,
        '["2026-02-01T01:59:59+02:00", "soon"]',
        ["2026-01-31T23:59:59.000000Z", "soon"],
        "not an instant",
    ),
    "one value for a list": (Kind.INT, "1", "1", "a number, 1, where a list is declared; the column becomes text"),
    "an object for a list": (Kind.INT, "{}", "{}", "an object, {}, where a list is declared"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_kept_and_what_is_odd_is_told(name: str) -> None:
    """Elements fare as values do; what is no list becomes text."""
    kind, value, expected, told = LISTS[name]
    page = decode_value(kind, value, lists=1)
    (record,) = page.rows.to_pylist()
    assert record["v"] == expected
    assert len(page.notes) == (told is not None)
    assert all(str(told) in note for note in page.notes)


A = (Column("a", Kind.INT),)


@pytest.mark.parametrize(
    ("lists", "value", "expected", "told"),
    [
        (0, '{"a":1}', {"a": 1}, ()),
        (0, '{"a":null}', {"a": None}, ()),
        (0, '{"a":1,"b":2}', {"a": 1}, ("report.rows.v.b: the service sent a field nobody asked for; it is ignored",)),
        (
            0,
            '[{"a":1},null]',
            [{"a": 1}, None],
            ("report.rows.v: a list where one object is declared; the column holds lists",),
        ),
        (1, '[{"a":1},null]', [{"a": 1}, None], ()),
        (1, '{"a":1}', [{"a": 1}], ("report.rows.v: one object where a list is declared; the column holds lists",)),
        (
            1,
            '[{"a":"x"}]',
            [{"a": "x"}],
            ("report.rows.v.a: text, 'x', where Int is declared; the column becomes text",),
        ),
    ],
)
def test_objects_are_kept(lists: int, value: str, expected: Any, told: tuple[str, ...]) -> None:
    """One object may come as a list of them, where the schema only guesses."""
    page = decode_value(Kind.OBJECT, value, lists=lists, fields=A)
    assert page.rows.to_pylist() == [{"v": expected}]
    assert page.notes == told


@pytest.mark.parametrize("value", ["1", '"a"', "[1]"])
@pytest.mark.parametrize("lists", [0, 1])
def test_a_value_for_an_object_is_an_error(value: str, lists: int) -> None:
    """There is no column it could be kept in."""
    with pytest.raises(SchemaMismatchError, match=r"'report\.rows\.v' holds a value where an object is declared; load"):
        decode_value(Kind.OBJECT, value, lists=lists, fields=A)


def test_a_null_record_is_a_row_of_nulls_and_told() -> None:
    """The frame is not short of a row, and nobody is left in the dark."""
    page = decode(
        Decoder(query_of(Column("v", Kind.INT), nested("o", a=Kind.INT))), answer_text('[null,{"v":1,"o":{"a":null}}]')
    )
    assert page.rows.to_pylist() == [{"v": None, "o": None}, {"v": 1, "o": {"a": None}}]
    assert page.notes == ("report.rows: a record is null; it is kept as a row of nulls",)


def test_unknown_fields_around_and_in_the_records_are_ignored() -> None:
    """In the records, that is told; once seen, they do not make further pages slow."""
    records = [{"v": "a", "w": [{"x": 1}], "o": {"a": 1, "b": "c"}}]
    body = json.loads(answer_of(records, pageSize=10, total={"of": [1]}))
    body["extensions"] = {"cost": 1.5}
    body["data"]["other"] = None
    decoder = Decoder(query_of(Column("v", Kind.TEXT), nested("o", a=Kind.INT)))
    pages = [decode(decoder, json.dumps(body).encode()) for _ in range(3)]
    assert [page.slow for page in pages] == [True, False, False]
    ignored = "the service sent a field nobody asked for; it is ignored"
    for page in pages:
        assert page.rows.to_pylist() == [{"v": "a", "o": {"a": 1}}]
        assert set(page.notes) == {f"report.rows.w: {ignored}", f"report.rows.o.b: {ignored}"}


@pytest.mark.parametrize("name", ["pageIndex", "pageSize", "hasMoreElements", "__typename"])
def test_facts_an_author_selects_beside_the_records_keep_the_fast_path(name: str) -> None:
    """The documentation's own examples do."""
    value = {"pageIndex": 0, "pageSize": 10, "hasMoreElements": True, "__typename": "Result"}[name]
    page = decode(Decoder(query_of(Column("v", Kind.TEXT))), answer_of([{"v": "a"}], **{name: value}))
    assert not page.slow


def with_errors(data: Any, errors: Any) -> bytes:
    return json.dumps({"errors": errors, "data": data}).encode()


ERRORS: list[Any] = [{"message": "Too many rows", "path": ["report", 3, "v"]}, {"extensions": {}}, "odd"]
SOME_DATA = json.loads(answer_of([{"v": "a"}]))["data"]


@pytest.mark.parametrize("data", [SOME_DATA, None, {"report": None}, {}])
def test_errors_are_raised_with_all_they_came_with(data: Any) -> None:
    """Half a frame is not handed over as a whole one."""
    decoder = Decoder(query_of(Column("v", Kind.TEXT)))
    with pytest.raises(QueryError) as caught:
        decoder.page(with_errors(data, ERRORS), window=WINDOW, index=0, status=400)
    assert caught.value.errors == [ERRORS[0], ERRORS[1], {"message": "odd"}]
    assert caught.value.data == data
    assert caught.value.status == 400
    assert str(caught.value) == (
        "The service answered with errors: Too many rows (at report.3.v); an error without a message; odd."
    )


def test_many_long_errors_make_a_short_message() -> None:
    """All of them are in the exception's ``errors``."""
    errors = [{"message": "x" * 10_000}] * 100
    with pytest.raises(QueryError) as caught:
        decode(Decoder(query_of(Column("v", Kind.TEXT))), with_errors(None, errors))
    assert len(str(caught.value)) < 2000
    assert str(caught.value).endswith("; and 95 more.")
    assert caught.value.errors == errors


def test_partial_data_is_kept_with_its_errors_if_wanted() -> None:
    """The rows and the errors come together."""
    decoder = Decoder(query_of(Column("v", Kind.TEXT)), keep_partial=True)
    page = decode(decoder, with_errors(SOME_DATA, ERRORS))
    assert page.rows.to_pylist() == [{"v": "a"}]
    assert page.errors == (ERRORS[0], ERRORS[1], {"message": "odd"})


@pytest.mark.parametrize("data", [None, {"report": None}, {"report": {"rows": [], "more": None}}])
def test_errors_without_usable_data_are_raised_even_if_partial_data_is_wanted(data: Any) -> None:
    """Nothing at all, or no way to go on, is not partial data."""
    decoder = Decoder(query_of(Column("v", Kind.TEXT)), keep_partial=True)
    with pytest.raises(QueryError, match="Too many rows"):
        decode(decoder, with_errors(data, ERRORS))


@pytest.mark.parametrize("errors", [None, []])
def test_errors_that_are_none_are_none(errors: Any) -> None:
    """Some servers always send the member."""
    page = decode(Decoder(query_of(Column("v", Kind.TEXT))), with_errors(SOME_DATA, errors))
    assert page.rows.to_pylist() == [{"v": "a"}]
    assert page.errors == ()


def test_every_oddity_of_the_table_is_shown_here() -> None:
    """A new line in the table needs a case."""
    shown = {oddity for _, oddity in BODIES.values()}
    for lists, table in enumerate((VALUES, LISTS)):
        for kind, value, _, _ in table.values():
            shown |= set(map(oddity_of, decode_value(kind, value, lists=lists).notes))
    elsewhere = {Oddity.NO_CONTENT, Oddity.NULL_ROW, Oddity.UNKNOWN_FIELD, Oddity.WRAPPED}
    elsewhere |= {Oddity.ABSENT, Oddity.NO_IDENTITY}
    assert shown | elsewhere == set(Oddity)


def test_the_errors_of_the_table_say_whether_to_ask_again() -> None:
    """Transport asks again after a broken answer only."""
    assert {oddity.error for oddity in Oddity} == {
        None,
        BrokenAnswerError,
        ResultError,
        IncompleteRead,
        SchemaMismatchError,
    }


def test_a_field_s_name_from_the_service_is_told_plainly_and_in_short() -> None:
    """A terminal would obey it, and a screen would be full of it."""
    page = decode(
        Decoder(query_of(Column("v", Kind.TEXT))), answer_text('[{"v":"a","\\u001b[2Jx":1,"' + "y" * 5000 + '":1}]')
    )
    assert len(page.notes) == 2
    assert all(note.isprintable() and len(note) < 300 for note in page.notes)
