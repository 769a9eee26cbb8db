"""What a service contradicts is learned once: from the first records, by one thread, for later reads too."""

from __future__ import annotations

import json
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from retarus_pandas.errors import QueryError
from retarus_pandas.frame import Decoder, Learned
from retarus_pandas.frame.decode.expected import Expected
from retarus_pandas.frame.decode.first_look import look
from retarus_pandas.frame.decode.oddities import Oddity
from retarus_pandas.values import Column, Kind
from support.answers import answer_of, answer_text, decode, nested, query_of

COLUMNS = (Column("n", Kind.INT), Column("t", Kind.TEXT), nested("o", a=Kind.INT), Column("u", Kind.UNDECLARED))
PLAIN = {"n": 1, "t": "x" * 100, "o": {"a": 1}, "u": None}
MANY = 2_000

CONTRADICTIONS: dict[str, dict[str, Any]] = {
    "a number as text": {"n": "1"},
    "a fraction": {"n": 1.5},
    "a number for a text": {"t": 7},
    "a list for a text": {"t": ["a"]},
    "an object for a text": {"t": {"a": 1}},
    "a list of objects for one": {"o": [{"a": 1}]},
    "a price that nobody declares": {"u": 0.25},
    "a field nobody asked for": {"own": {"deep": [1]}},
}


def body_of(record: dict[str, Any], **around: Any) -> bytes:
    """A page that is large enough to be looked at first."""
    answer = json.loads(answer_of([PLAIN | record] * MANY))
    return json.dumps(answer | around, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_what_the_first_records_contradict_makes_no_page_slow(name: str) -> None:
    """Not even the first; what is told and what the page holds is the same as on the general path."""
    record = CONTRADICTIONS[name]
    fast = decode(Decoder(query_of(*COLUMNS)), body_of(record))
    slow = decode(Decoder(query_of(*COLUMNS)), answer_of([PLAIN | record] * 3))
    assert (fast.slow, slow.slow) == (False, True)
    assert fast.rows[:3].to_pylist() == slow.rows.to_pylist()
    assert fast.rows.schema == slow.rows.schema
    assert fast.notes == slow.notes
    assert fast.notes


@pytest.mark.parametrize("around", [{"errors": []}, {"extensions": {"cost": {"left": [1, 2]}}}, {"errors": None}])
def test_what_stands_around_the_data_makes_no_page_slow(around: dict[str, Any]) -> None:
    """Many servers send it with every answer."""
    page = decode(Decoder(query_of(*COLUMNS)), body_of({}, **around))
    assert not page.slow
    assert page.errors == ()


def test_errors_are_not_overlooked_by_the_fast_path() -> None:
    """An empty list of them is expected, and no other."""
    with pytest.raises(QueryError, match="Too much"):
        decode(Decoder(query_of(*COLUMNS)), body_of({}, errors=[{"message": "Too much"}]))


@pytest.mark.parametrize("extra", [1, "a", [{"a": 1}], None])
def test_extensions_that_change_are_learned(extra: Any) -> None:
    """Wrong guesses make a page slow, never wrong."""
    decoder = Decoder(query_of(*COLUMNS))
    decode(decoder, body_of({}, extensions={"a": 1}))
    page = decode(decoder, body_of({}, extensions=extra))
    assert page.rows.num_rows == MANY


@pytest.mark.parametrize("body", [b"", b"x", b"[" * 100_000, b"}]" * 100_000, answer_text('[{"n":1},') * 10_000])
def test_a_body_that_cannot_be_looked_at_teaches_nothing(body: bytes) -> None:
    """It is refused later, and with all its reasons."""
    assert look(body, query_of(*COLUMNS)) == Expected()


def test_a_surprise_after_the_first_records_is_learned_from_the_page_that_has_it() -> None:
    """A column that mixes texts and numbers is read fast from then on."""
    decoder = Decoder(query_of(*COLUMNS))
    records = [PLAIN] * MANY + [PLAIN | {"t": 7}]
    pages = [decode(decoder, answer_of(records)) for _ in range(3)]
    assert [page.slow for page in pages] == [True, False, False]
    assert pages[1].rows == pages[2].rows == pages[0].rows
    assert pages[1].notes == pages[0].notes


def test_a_later_read_begins_with_what_an_earlier_one_learned() -> None:
    """Also in another process, whose reader gets it with its work."""
    learned = Learned()
    body = answer_of([PLAIN | {"t": 7}, PLAIN])
    assert decode(Decoder(query_of(*COLUMNS), learned=learned), body).slow
    for known in (learned, pickle.loads(pickle.dumps(learned))):
        assert not decode(Decoder(query_of(*COLUMNS), learned=known), body).slow


def test_what_was_learned_of_another_selection_spoils_nothing() -> None:
    """The same name may stand for another field by then."""
    learned = Learned()
    decode(Decoder(query_of(Column("v", Kind.UNDECLARED)), learned=learned), answer_text('[{"v":[0.5]}]'))
    page = decode(Decoder(query_of(nested("v", a=Kind.INT)), learned=learned), answer_text('[{"v":{"a":1}}]'))
    assert page.rows.to_pylist() == [{"v": {"a": 1}}]


def test_one_thread_learns_and_the_others_use_it() -> None:
    """All pages arrive at once, and only one of them is slow."""
    decoder = Decoder(query_of(*COLUMNS))
    body = answer_of([PLAIN] * MANY + [PLAIN | {"t": 7}])
    together = threading.Barrier(6)

    def page(_: int) -> bool:
        together.wait()
        return decode(decoder, body).slow

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(page, range(6))) == 1


def test_a_null_record_does_not_make_a_page_slow() -> None:
    """It is a row of nulls on either path."""
    page = decode(Decoder(query_of(*COLUMNS)), answer_of([PLAIN, None]))
    assert not page.slow
    assert page.rows.to_pylist() == [PLAIN, dict.fromkeys(PLAIN)]
    assert page.notes == (f"report.rows: {Oddity.NULL_ROW.text}",)


def test_a_name_that_stands_for_several_fields_is_read_rightly() -> None:
    """Values are found by their names, which other fields and values inside of values may have, too."""
    columns = (Column("v", Kind.UNDECLARED), nested("o", v=Kind.INT, w=Kind.UNDECLARED), Column("w", Kind.TEXT))
    records = '[{"v":1.50,"o":{"v":2,"w":0.5},"w":{"v":[1.0]}},{"v":2,"o":{"v":3,"w":1},"w":"{\\"v\\":1}"}]'
    decoder = Decoder(query_of(*columns))
    pages = [decode(decoder, answer_text(records)) for _ in range(3)]
    for page in pages:
        assert page.rows.to_pylist() == [
            {"v": "1.50", "o": {"v": 2, "w": "0.5"}, "w": '{"v":[1.0]}'},
            {"v": "2", "o": {"v": 3, "w": "1"}, "w": '{"v":1}'},
        ]


def test_a_field_that_no_record_has_is_told_by_name() -> None:
    """Else a column of nulls would pass for what the service knows."""
    decoder = Decoder(query_of(*COLUMNS))
    for record in ({"t": "a", "o": {}}, {"t": "b", "o": {}}):
        page = decode(decoder, answer_of([record, record]))
        assert page.notes == (f"report.rows.n: {Oddity.ABSENT.text}", f"report.rows.o.a: {Oddity.ABSENT.text}")


@pytest.mark.parametrize("records", [[], [{"n": None}], [{"n": None}, {}]])
def test_a_field_that_is_null_or_of_no_record_is_not_told_of(records: list[Any]) -> None:
    """Nulls are values, an empty page lacks nothing, and what was not asked cannot come."""
    columns = (Column("n", Kind.INT), Column("gone", Kind.INT, absent=True))
    assert decode(Decoder(query_of(*columns)), answer_of(records)).notes == ()


def test_an_identity_that_is_null_is_told_by_name() -> None:
    """It was to tell one record from another."""
    columns = (Column("id", Kind.TEXT, identity=True), Column("n", Kind.INT))
    page = decode(Decoder(query_of(*columns)), answer_of([{"id": "a", "n": 1}, {"id": None, "n": 2}]))
    assert page.notes == (f"report.rows.id: {Oddity.NO_IDENTITY.text}",)
    whole = decode(Decoder(query_of(*columns)), answer_of([{"id": "a", "n": None}, None]))
    assert whole.notes == (f"report.rows: {Oddity.NULL_ROW.text}",)
