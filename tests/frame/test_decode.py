"""One answer becomes one page."""

from __future__ import annotations

import json
import threading
from typing import Any

import pyarrow as pa
import pytest

from retarus_pandas.frame.decode.decoder import Decoder
from retarus_pandas.values import Column, Kind
from support.answers import WINDOW, answer_of, answer_text, decode, nested, query_of

COLUMNS = (
    Column("faxId", Kind.TEXT),
    Column("pages", Kind.INT),
    Column("at", Kind.INSTANT),
    Column("other", Kind.UNDECLARED),
    nested("job", id=Kind.TEXT),
    Column("secret", Kind.TEXT, hidden=True),
)
RECORD = {
    "faxId": "F1",
    "pages": 2,
    "at": "2026-01-01T00:00:00Z",
    "other": "x",
    "job": {"id": "J"},
    "secret": "key",
}


def test_a_page_has_every_column_and_tells_what_was_asked() -> None:
    """The hidden ones, too: pages are compared by them."""
    body = answer_of([RECORD, RECORD], more=True, number=3)
    page = decode(Decoder(query_of(*COLUMNS, key=("faxId", "pages"))), body, index=3)
    assert page.rows.column_names == [column.name for column in COLUMNS]
    assert page.rows.num_rows == 2
    assert (page.window, page.index, page.more, page.nbytes) == (WINDOW, 3, True, len(body))
    assert (page.slow, page.errors, page.notes) == (False, (), ())
    assert page.first == ("F1", "2")


def test_an_empty_page_has_the_declared_types() -> None:
    """And no first record."""
    page = decode(Decoder(query_of(*COLUMNS)), answer_of([]))
    types = [
        pa.string(),
        pa.int64(),
        pa.timestamp("us", "UTC"),
        pa.null(),
        pa.struct([("id", pa.string())]),
        pa.string(),
    ]
    assert page.rows.schema.types == types
    assert page.first is None


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(json.loads(answer_of([RECORD])), indent=4).encode(),
        b"\xef\xbb\xbf" + answer_of([RECORD]),
        b"\r\n\t " * 100 + answer_of([RECORD]) + b"\n\n",
        answer_of([RECORD]).replace(b"faxId", rb"f\u0061xId"),
        answer_of([RECORD], number=None),
        answer_of([{name: value for name, value in RECORD.items() if name != "other"}]),
    ],
    ids=["indented", "marked", "padded", "escaped", "unnumbered", "incomplete"],
)
def test_other_spellings_of_an_answer_are_read_alike(body: bytes) -> None:
    """White space, a byte order mark and escapes mean nothing."""
    page = decode(Decoder(query_of(*COLUMNS)), body)
    assert page.rows.num_rows == 1
    assert page.rows["faxId"].to_pylist() == ["F1"]
    assert page.notes == ()


def test_without_a_key_the_first_record_is_known_by_all_it_holds() -> None:
    """Nested values, too."""
    page = decode(Decoder(query_of(*COLUMNS)), answer_of([RECORD]))
    assert page.first == ("F1", "2", "2026-01-01T00:00:00.000000Z", "x", '{"id":"J"}', "key")


@pytest.mark.parametrize("others", [[], ["a"], [2.5]])
def test_the_first_record_does_not_depend_on_what_stands_beside_it(others: list[Any]) -> None:
    """Asked again alone, it must compare equal, whatever type its page gave the column."""
    column = Column("v", Kind.INT)
    page = decode(Decoder(query_of(column, key=("v",))), answer_of([{"v": 1}, *({"v": other} for other in others)]))
    assert page.first == ("1",)


TURNS: list[tuple[Kind, str]] = [
    (Kind.TEXT, "200"),
    (Kind.TEXT, "true"),
    (Kind.TEXT, '["a", "b"]'),
    (Kind.INT, '"200"'),
    (Kind.INT, "2.5"),
    (Kind.INT, "2.0"),
    (Kind.INT, "true"),
    (Kind.FLOAT, '"2.5"'),
    (Kind.BOOLEAN, "1"),
    (Kind.BOOLEAN, '"true"'),
    (Kind.INSTANT, "1767225600"),
    (Kind.INSTANT, '"soon"'),
    (Kind.UNDECLARED, "1"),
    (Kind.UNDECLARED, "1.5"),
    (Kind.UNDECLARED, "[true]"),
    (Kind.UNDECLARED, '["a", null]'),
]


@pytest.mark.parametrize(("kind", "value"), TURNS)
def test_after_the_first_contradiction_pages_are_read_fast_again(kind: Kind, value: str) -> None:
    """What a service does once it does all the time; each page tells of it in the same words."""
    decoder = Decoder(query_of(Column("v", kind)))
    body = answer_text(f'[{{"v":{value}}},{{"v":null}}]')
    first, *rest = [decode(decoder, body) for _ in range(3)]
    for page in rest:
        assert not page.slow
        assert page.rows == first.rows
        assert page.notes == first.notes


def test_an_instant_in_an_odd_form_makes_no_page_slow() -> None:
    """Only its column goes a longer way."""
    page = decode(Decoder(query_of(*COLUMNS)), answer_of([RECORD, RECORD | {"at": "2026-01-01T00:00:60"}]))
    assert not page.slow
    assert len(page.notes) == 2


def test_an_object_that_comes_as_a_list_is_read_fast_again() -> None:
    """And turns back if it must."""
    decoder = Decoder(query_of(nested("job", id=Kind.TEXT)))
    bodies = [answer_of([{"job": [{"id": "a"}, None]}]), answer_of([{"job": None}]), answer_of([{"job": {"id": "b"}}])]
    pages = [decode(decoder, body) for body in (bodies[0], bodies[0], bodies[1], bodies[2], bodies[2])]
    assert [page.slow for page in pages] == [True, False, False, True, False]
    assert pages[1].rows.to_pylist() == [{"job": [{"id": "a"}, None]}]


def test_the_same_oddity_is_told_in_the_same_words_on_every_page() -> None:
    """Its example is the first one, so that whoever collects the notes sees one."""
    decoder = Decoder(query_of(Column("v", Kind.INT)))
    notes = [decode(decoder, answer_of([{"v": value}])).notes for value in ("a", "b", 1.5, "c")]
    assert (
        notes[0]
        == notes[1]
        == notes[3]
        == ("report.rows.v: text, 'a', where Int is declared; the column becomes text",)
    )


def test_an_example_is_shown_short() -> None:
    """A megabyte of text does not belong in a warning."""
    (note,) = decode(Decoder(query_of(Column("v", Kind.INT))), answer_of([{"v": "x" * 1_000_000}])).notes
    assert len(note) < 200


def test_threads_share_a_decoder() -> None:
    """Pages of one read are decoded at once, some of them odd."""
    decoder = Decoder(query_of(Column("v", Kind.UNDECLARED), Column("w", Kind.INT)))
    values: list[Any] = ["a", 1, 2.5, None, [1], True]
    found: dict[int, list[Any]] = {}

    def work(number: int) -> None:
        record = {"v": values[number % len(values)], "w": number, f"extra{number % 3}": number}
        found[number] = decode(decoder, answer_of([record] * 50)).rows.to_pylist()

    threads = [threading.Thread(target=work, args=[number]) for number in range(48)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    values[values.index(2.5)] = "2.5"  # as it was written
    assert found == {number: [{"v": values[number % len(values)], "w": number}] * 50 for number in range(48)}


def test_a_column_may_be_named_as_anything_in_the_answer() -> None:
    """Names repeat on different levels."""
    columns = tuple(Column(name, Kind.TEXT) for name in ("data", "report", "rows", "more", "errors"))
    page = decode(Decoder(query_of(*columns)), answer_of([{column.name: column.name for column in columns}]))
    assert not page.slow
    assert page.rows.to_pylist() == [{column.name: column.name for column in columns}]
