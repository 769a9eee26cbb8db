"""Random answers: the fast path, the general path and pandas agree, and pages may be cut anywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import assume, given
from hypothesis import strategies as st

from retarus_pandas.errors import RetarusError, SchemaMismatchError
from retarus_pandas.frame.decode.arrow_path import Refused, read_fast
from retarus_pandas.frame.decode.decoder import Decoder
from retarus_pandas.frame.decode.expected import Expected
from retarus_pandas.frame.decode.general_path import read_general
from retarus_pandas.frame.decode.oddities import Notes
from retarus_pandas.frame.shape.dtypes import to_frame
from retarus_pandas.values import Column, Kind
from support.answers import answer_of, answer_text, decode, plain, query_of

NAMES = ("alpha", "beta", "gamma", "delta")
LETTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.text(LETTERS, max_size=8)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda moment: moment.isoformat() + "Z")

DECLARED = {
    Kind.INT: INTEGERS,
    Kind.FLOAT: DOUBLES,
    Kind.DECIMAL: INTEGERS | DOUBLES,
    Kind.BOOLEAN: st.booleans(),
    Kind.TEXT: TEXTS,
    Kind.INSTANT: MOMENTS | st.just(""),
}
ODD_INSTANTS = st.sampled_from(
    ["", "soon", "2026-01-01", "2026-01-01T00:00:60Z", "2026-01-01T02:00:00.1234567+02:00", "0000-01-01T00:00:00Z"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.integers(-3, 3)
    | DOUBLES
    | st.sampled_from([1.0, 2.5])
    | TEXTS
    | MOMENTS
    | ODD_INSTANTS
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def columns(draw: st.DrawFn, depth: int = 2) -> tuple[Column, ...]:
    """Columns of all kinds, some of them objects or lists."""
    kinds = [*Kind] if depth else [kind for kind in Kind if kind is not Kind.OBJECT]
    found = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)):
        kind = draw(st.sampled_from(kinds))
        fields = draw(columns(depth - 1)) if kind is Kind.OBJECT else ()
        found.append(Column(name, kind, draw(st.integers(0, 1)), fields))
    return tuple(found)


def value_of(column: Column, lists: int) -> st.SearchStrategy[Any]:
    """What the declaration promises."""
    if lists:
        return st.none() | st.lists(value_of(column, lists - 1), max_size=3)
    if column.fields:
        return st.none() | st.fixed_dictionaries({each.name: value_of(each, each.lists) for each in column.fields})
    return st.none() | DECLARED.get(column.kind, TEXTS)


@st.composite
def promised(draw: st.DrawFn) -> tuple[tuple[Column, ...], list[dict[str, Any]]]:
    """Columns, and records that hold what they promise."""
    chosen = draw(columns())
    record = st.fixed_dictionaries({column.name: value_of(column, column.lists) for column in chosen})
    return chosen, draw(st.lists(record, max_size=5))


@st.composite
def unruly(draw: st.DrawFn) -> tuple[tuple[Column, ...], list[dict[str, Any]]]:
    """Columns, and records that hold what they promise, or anything else."""
    chosen = draw(columns())
    wild = {
        column.name: value_of(column, column.lists) if column.fields else value_of(column, column.lists) | ANYTHING
        for column in chosen
    }
    return chosen, draw(st.lists(st.fixed_dictionaries(wild), max_size=6))


def parsed(column: Column, value: Any, lists: int, number: Any = Decimal) -> Any:
    """What a JSON value stands for by its declaration; written without any code under test."""
    if value is None:
        return None
    if lists:
        return [parsed(column, each, lists - 1, number) for each in value]
    if column.fields:
        return {each.name: parsed(each, value[each.name], each.lists, number) for each in column.fields}
    if column.kind is Kind.INSTANT:
        return datetime.fromisoformat(value) if value else None
    if column.kind is Kind.DECIMAL:
        return number(json.dumps(value))
    return float(value) if column.kind is Kind.FLOAT else value


def names_of(columns: Sequence[Column], kind: Kind) -> set[str]:
    """The names of all columns of a kind, at any depth."""
    here = {column.name for column in columns if column.kind is kind}
    return here.union(*(names_of(column.fields, kind) for column in columns))


@given(promised())
def test_what_is_promised_is_read_fast_and_by_both_paths_alike(
    asked: tuple[tuple[Column, ...], list[dict[str, Any]]],
) -> None:
    """The general path is the fast one's equal, and both give what the JSON says."""
    chosen, records = asked
    # Exact numbers are found by their names, so the general path reads lists of them where objects have the same.
    assume(not names_of(chosen, Kind.OBJECT) & names_of(chosen, Kind.DECIMAL))
    query, body = query_of(*chosen), answer_of(records)
    notes = Notes({})
    fast = read_fast(body, Expected().layout(query), notes)
    general, _ = read_general(body, query, notes, keep_partial=False, status=200)
    assert fast.rows == general.rows
    assert fast.rows.schema == general.rows.schema
    assert (fast.more, fast.index) == (general.more, general.index)
    assert notes.texts() == ()
    expected = [{each.name: parsed(each, record[each.name], each.lists, str) for each in chosen} for record in records]
    assert fast.rows.to_pylist() == expected


@given(promised())
def test_a_frame_has_the_values_of_json_normalize(asked: tuple[tuple[Column, ...], list[dict[str, Any]]]) -> None:
    """Where an object is null pandas has no columns for its fields; here they are null."""
    chosen, records = asked
    page = decode(Decoder(query_of(*chosen)), answer_of(records))
    frame = to_frame([page.rows], chosen)
    oracle = pd.json_normalize(
        [{each.name: parsed(each, record[each.name], each.lists) for each in chosen} for record in records]
    )
    assert list(frame.index) == list(range(len(records)))
    for name in frame:
        theirs = oracle[name].tolist() if name in oracle else [None] * len(records)
        assert list(map(plain, frame[name])) == list(map(plain, theirs))
    inside = {name for name in oracle if name not in frame}
    assert all(oracle[name].isna().all() for name in inside)


def cut(records: Sequence[Any], sizes: Sequence[int]) -> list[list[Any]]:
    """The records in pages of these sizes, the last ones in one page."""
    pages, rest = [], list(records)
    for size in sizes:
        pages.append(rest[:size])
        rest = rest[size:]
    return [*pages, rest]


@given(unruly(), st.lists(st.integers(0, 4), max_size=5), st.randoms())
def test_a_frame_does_not_depend_on_the_pages(
    asked: tuple[tuple[Column, ...], list[dict[str, Any]]], sizes: list[int], random: Any
) -> None:
    """Neither on where they are cut, nor on which is decoded first; whatever they hold."""
    chosen, records = asked
    try:
        whole = to_frame([decode(Decoder(query_of(*chosen)), answer_of(records)).rows], chosen)
    except SchemaMismatchError:
        return
    decoder = Decoder(query_of(*chosen))
    bodies = list(map(answer_of, cut(records, sizes)))
    decoded: dict[int, pa.Table] = {}
    for position in random.sample(range(len(bodies)), len(bodies)):
        decoded[position] = decode(decoder, bodies[position]).rows
    pieces = to_frame([decoded[position] for position in range(len(bodies))], chosen)
    pd.testing.assert_frame_equal(pieces, whole)
    for name in whole:
        assert list(map(plain, pieces[name])) == list(map(plain, whole[name]))
        assert [type(value) for value in pieces[name]] == [type(value) for value in whole[name]]


CLASHES = st.sampled_from(
    [
        *("null", "true", '"a"', '"1"', '""', "1", "1.0", "2.50", "1E2", "1e20", "1e400", "9007199254740993"),
        *('"2026-01-01T02:00:00+02:00"', '"2026-01-01"', '"soon"', '["soon", "2026-01-01T02:00:00+02:00"]'),
        *("[]", "[1]", "[1.0]", "[2.5]", "[null]", '["1"]', '[1, "a"]', "[9007199254740993]", "[[1]]", '[["a"]]'),
        *("123456789012345678901", "[123456789012345678901]", "{}", '{"x": 1.50}', '[{"x": 1}]', r'"\ud800"'),
    ]
)


@given(
    st.sampled_from([kind for kind in Kind if kind is not Kind.OBJECT]),
    st.integers(0, 1),
    st.lists(CLASHES, min_size=1, max_size=6),
    st.lists(st.integers(0, 2), max_size=4),
    st.randoms(),
)
def test_clashing_values_do_not_depend_on_the_pages(
    kind: Kind, lists: int, values: list[str], sizes: list[int], random: Any
) -> None:
    """However a value was written, and whatever else its page holds."""
    column = Column("v", kind, lists)
    pages = [answer_text("[" + ",".join(f'{{"v":{value}}}' for value in page) + "]") for page in cut(values, sizes)]
    decoder = Decoder(query_of(column))
    decoded = {at: decode(decoder, pages[at]).rows for at in random.sample(range(len(pages)), len(pages))}
    whole = decode(Decoder(query_of(column)), answer_text("[" + ",".join(f'{{"v":{each}}}' for each in values) + "]"))
    pieces = to_frame([decoded[at] for at in range(len(pages))], [column])
    pd.testing.assert_frame_equal(pieces, to_frame([whole.rows], [column]))


@given(unruly(), st.integers(0, 6))
def test_what_was_learned_changes_no_frame(asked: tuple[tuple[Column, ...], list[dict[str, Any]]], first: int) -> None:
    """Whatever Arrow was told to expect: it reads what the general path reads, or refuses."""
    chosen, records = asked
    query, body = query_of(*chosen), answer_of(records[first:])
    try:
        before, seen = read_general(answer_of(records[:first]), query, Notes({}), keep_partial=False, status=200)
        general, _ = read_general(body, query, Notes({}), keep_partial=False, status=200)
        fast = read_fast(body, seen.layout(query), Notes({}))
    except (SchemaMismatchError, Refused):
        return
    pd.testing.assert_frame_equal(
        to_frame([before.rows, fast.rows], chosen), to_frame([before.rows, general.rows], chosen)
    )


@given(promised())
def test_parts_with_fixed_types_are_parts_of_the_whole(
    asked: tuple[tuple[Column, ...], list[dict[str, Any]]],
) -> None:
    """What is handed over in chunks has the same dtypes however little a chunk holds."""
    chosen, records = asked
    decoder = Decoder(query_of(*chosen))
    tables = [decode(decoder, answer_of([record])).rows for record in records]
    parts = [to_frame([], chosen, fixed=True), *(to_frame([table], chosen, fixed=True) for table in tables)]
    whole = to_frame(tables, chosen, fixed=True)
    assert all(part.dtypes.equals(whole.dtypes) for part in parts)
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)


@given(st.binary(max_size=60) | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_page_or_an_error_of_ours(body: bytes) -> None:
    """Nothing else comes out, whatever goes in."""
    with suppress(RetarusError):
        assert decode(Decoder(query_of(Column("alpha", Kind.UNDECLARED))), body).rows.num_columns == 1


@given(promised(), st.integers(0, 10_000), st.integers(0, 255))
def test_a_damaged_answer_is_a_page_or_an_error_of_ours(
    asked: tuple[tuple[Column, ...], list[dict[str, Any]]], place: int, byte: int
) -> None:
    """One wrong byte may change a value, but nothing crashes and no other exception comes out."""
    chosen, records = asked
    body = bytearray(answer_of(records))
    body[place % len(body)] = byte
    with suppress(RetarusError):
        frame = to_frame([decode(Decoder(query_of(*chosen)), bytes(body)).rows], chosen)
        assert list(frame) == list(to_frame([], chosen)) or len(frame)


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(-840, 840))
def test_an_instant_is_the_same_in_every_zone_it_is_written_in(moment: datetime, minutes: int) -> None:
    """Offsets are converted, never dropped."""
    instant = moment.replace(tzinfo=UTC)
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    local = (instant + timedelta(minutes=minutes)).replace(tzinfo=None)
    column = Column("at", Kind.INSTANT)
    page = decode(Decoder(query_of(column)), answer_of([{"at": f"{local.isoformat()}{sign}{hours:02}:{rest:02}"}]))
    assert page.rows.to_pylist() == [{"at": instant}]


STAMPS = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["2026-01-31T12:00:00", "1969-12-31 23:59:59", "2500-06-01T00:00:00", "2026-01-31", "0000-01-01T00:00:00"]
    ),
    st.sampled_from(["", ".5", ".123456", ".1234567", ".999999999", ".0000000000", ",5"]),
    st.sampled_from(["", "Z", "+02:00", "-0530", "+02", " Z", "z", "x"]),
) | st.just("")


@given(st.lists(STAMPS, min_size=1, max_size=6))
def test_an_instant_does_not_depend_on_those_beside_it(stamps: list[str]) -> None:
    """Columns are read together where that is faster, and each value as it would be alone."""
    column = Column("at", Kind.INSTANT)
    together = decode(Decoder(query_of(column)), answer_of([{"at": stamp} for stamp in stamps]))
    apart = [decode(Decoder(query_of(column)), answer_of([{"at": stamp}])) for stamp in stamps]
    pd.testing.assert_frame_equal(
        to_frame([together.rows], [column]), to_frame([page.rows for page in apart], [column])
    )
    # The example is the first one, and the same for all parts of a read.
    told = {re.sub("'.*'", "", note) for page in apart for note in page.notes}
    assert {re.sub("'.*'", "", note) for note in together.notes} == told
