"""Numbers keep their digits, wherever nobody says that they are doubles."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.api.extensions import no_default

from retarus_pandas.errors import BrokenAnswerError
from retarus_pandas.frame.decode.decoder import Decoder
from retarus_pandas.frame.shape.dtypes import to_frame
from retarus_pandas.values import Column, Kind
from support.answers import answer_of, answer_text, decode, frame_of, nested, query_of

# As JSON writes them: without an exponent, so that they are also what `format` makes of a decimal.
DIGITS = st.from_regex(r"-?(0|[1-9][0-9]{0,24})\.[0-9]{1,12}", fullmatch=True)
KINDS = st.sampled_from([Kind.UNDECLARED, Kind.DECIMAL])


def page_of(literals: Sequence[str]) -> bytes:
    """A page whose records hold these numbers, and then one without any."""
    return answer_text("[" + "".join(f'{{"v":{literal}}},' for literal in literals) + '{"v":null}]')


@pytest.mark.parametrize("literal", ["0.10", "12345678901234567.89", "-0.0", "1.000000000000000000001"])
@pytest.mark.parametrize("kind", [Kind.UNDECLARED, Kind.DECIMAL])
def test_a_price_is_the_price_that_was_written(kind: Kind, literal: str) -> None:
    """In a frame as a decimal, in chunks and files as its text."""
    column = Column("v", kind)
    whole = frame_of([column], [page_of([literal])] * 3)
    parts = frame_of([column], [page_of([literal])] * 3, fixed=True)
    assert [str(value) for value in whole["v"].dropna()] == [literal] * 3
    assert {type(value) for value in whole["v"].dropna()} == {Decimal}
    assert parts["v"].dropna().tolist() == [literal] * 3


@given(KINDS, st.lists(DIGITS, min_size=1, max_size=5), st.integers(0, 5))
def test_digits_survive_wherever_pages_are_cut(kind: Kind, literals: list[str], cut: int) -> None:
    """Whether a page was the first, which is read value by value, or one that Arrow reads."""
    pages = [page_of(literals[:cut]), page_of(literals[cut:]), page_of(literals)]
    column = Column("v", kind)
    decoder = Decoder(query_of(column))
    frame = to_frame([decode(decoder, page).rows for page in pages], [column])
    assert [format(value, "f") for value in frame["v"].dropna()] == literals * 2
    assert frame["v"].isna().sum() == 3


@given(KINDS, st.lists(DIGITS, min_size=1, max_size=5))
def test_decimals_of_arrow_are_the_same_numbers(kind: Kind, literals: list[str]) -> None:
    """However many digits stand before and after the point."""
    frame = frame_of([Column("v", kind)], [page_of(literals)], dtype_backend="pyarrow")
    assert isinstance(frame["v"].dtype, pd.ArrowDtype)
    assert pa.types.is_decimal(frame["v"].dtype.pyarrow_dtype)
    assert frame["v"].dropna().tolist() == [Decimal(literal) for literal in literals]


@pytest.mark.parametrize(
    ("kind", "literals", "expected"),
    [
        (Kind.DECIMAL, [], pa.decimal128(38, 18)),
        (Kind.DECIMAL, ["0.10"], pa.decimal128(38, 18)),
        (Kind.DECIMAL, ["1" * 21 + ".5"], pa.decimal128(38, 17)),
        (Kind.DECIMAL, ["0." + "1" * 20], pa.decimal128(38, 20)),
        (Kind.DECIMAL, ["1" * 39], pa.decimal256(76, 18)),
        (Kind.DECIMAL, ["1" * 77], pa.string()),
        (Kind.DECIMAL, ["1e90"], pa.string()),
        (Kind.UNDECLARED, ["0.10", "2.5"], pa.decimal128(38, 2)),
        (Kind.UNDECLARED, ["1e3"], pa.decimal128(38, 0)),
        (Kind.UNDECLARED, [str(2**64), "1"], pa.decimal128(38, 0)),
    ],
)
def test_a_decimal_of_arrow_is_as_large_as_it_must(kind: Kind, literals: list[str], expected: pa.DataType) -> None:
    """A declared one has the same type for all usual values; beyond all decimals, text holds the digits."""
    frame = frame_of([Column("v", kind)], [page_of(literals)], dtype_backend="pyarrow")
    assert frame["v"].dtype == pd.ArrowDtype(expected)
    assert frame["v"].isna().tolist() == [*[False] * len(literals), True]


@pytest.mark.parametrize("backend", [no_default, "numpy_nullable", "pyarrow"])
def test_decimals_in_lists_and_objects_are_decimals(backend: Any) -> None:
    """At any depth."""
    columns = (Column("l", Kind.DECIMAL, 1), nested("o", 1, a=Kind.UNDECLARED), nested("p", b=Kind.DECIMAL))
    page = answer_text('[{"l":[0.10,null],"o":[{"a":2.50}],"p":{"b":"3.0"}},{"l":null,"o":null,"p":null}]')
    frame = frame_of(columns, [page], dtype_backend=backend)
    assert [list(frame["l"][0]), list(frame["o"][0]), frame["p.b"][0]] == [
        [Decimal("0.10"), None],
        [{"a": Decimal("2.50")}],
        Decimal("3.0"),
    ]


@pytest.mark.parametrize("literals", [["1", "2"], [str(2**63 - 1), str(-(2**63))]])
def test_integers_that_nobody_declares_are_integers(literals: list[str]) -> None:
    """As long as 64 bits hold them."""
    frame = frame_of([Column("v", Kind.UNDECLARED)], [page_of(literals)])
    assert frame["v"].dtype == "Int64"
    assert frame["v"].dropna().tolist() == [*map(int, literals)]


@pytest.mark.parametrize("literal", ["1.00000000000000000001", str(2**64), "12345678901234567.89", "0.10"])
def test_a_number_that_is_no_int_of_64_bits_loses_no_digit_where_one_is_declared(literal: str) -> None:
    """The column becomes one of decimals."""
    frame = frame_of([Column("v", Kind.INT)], [page_of(["7"]), page_of([literal])])
    assert frame["v"].dropna().tolist() == [Decimal(7), Decimal(literal)]


def test_decimals_are_summed_and_multiplied_exactly() -> None:
    """What a controller does with prices."""
    frame = frame_of([Column("v", Kind.DECIMAL)], [page_of(["0.10"] * 10)])
    assert frame["v"].sum() == Decimal("1.00")
    assert (frame["v"].dropna() * 3).tolist() == [Decimal("0.30")] * 10


def test_numbers_beside_texts_are_as_they_were_written() -> None:
    """The column is text then."""
    frame = frame_of([Column("v", Kind.UNDECLARED)], [answer_of([{"v": "a"}]), page_of(["0.10"])])
    assert frame["v"].dropna().tolist() == ["a", "0.10"]


@pytest.mark.parametrize("literal", ["01.5", "1.", ".5", "-", "+1.5", "1.5e", "NaN", "0x1"])
@pytest.mark.parametrize("kind", [Kind.UNDECLARED, Kind.DECIMAL])
def test_what_is_no_number_in_json_is_refused_where_digits_are_kept(kind: Kind, literal: str) -> None:
    """The digits are taken from the answer as they are, but not unseen."""
    decoder = Decoder(query_of(Column("v", kind)))
    assert decode(decoder, page_of(["1.5"])).rows.num_rows == 2
    with pytest.raises(BrokenAnswerError, match="not JSON"):
        decode(decoder, page_of([literal]))


# A page of prices comes first; what the next one holds in their place, or beside them.
NEXT: dict[str, str] = {
    "prices": '[{"v":0.10},{"v" : 1e3 },{"v":-0.0}]',
    "nulls among them": '[{"v":null},{"v":0.10},{},null,{"v":2.50}]',
    "nulls only": '[{"v":null},{}]',
    "integers": '[{"v":1},{"v":-2},{"v":null}]',
    "integers that 64 bits do not hold": '[{"v":18446744073709551616},{"v":1}]',
    "the largest of them": '[{"v":9223372036854775807},{"v":-9223372036854775808}]',
    "a minus before nothing": '[{"v":-0},{"v":0.5}]',
    "numbers beyond all doubles": '[{"v":1e999},{"v":0.10}]',
    "the same double, written in two ways": '[{"v":0.1},{"v":0.10000000000000000555}]',
    "texts": '[{"v":"0.10"},{"v":"a"}]',
    "a text among them": '[{"v":0.10},{"v":"\\"v\\":0.10"}]',
    "a truth value": '[{"v":true},{"v":0.10}]',
    "a list": '[{"v":[0.10]},{"v":0.10}]',
    "an object": '[{"v":{"v":0.10}},{"v":0.10}]',
    "another field of their name": '[{"v":0.10,"more":{"v":0.10}},{"v":0.20,"more":null}]',
    "another one in place of it": '[{"v":null,"more":{"v":0.10}},{"v":0.10,"more":null}]',
    "their name in other letters": '[{"\\u0076":0.10},{"v":0.20}]',
}


@pytest.mark.parametrize("kind", [Kind.UNDECLARED, Kind.DECIMAL])
@pytest.mark.parametrize("records", NEXT.values(), ids=NEXT)
def test_what_follows_a_page_of_prices_is_read_as_if_it_had_come_alone(records: str, kind: Kind) -> None:
    """Digits are found by the name of their field, where they are those of its values and of no others."""
    page = answer_text(records)
    alone = decode(Decoder(query_of(Column("v", kind))), page)
    decoder = Decoder(query_of(Column("v", kind)))
    assert decode(decoder, page_of(["0.10", "2.50"])).rows.num_rows == 3
    for _ in range(3):
        again = decode(decoder, page)
        assert again.rows.schema == alone.rows.schema
        assert again.rows.to_pylist() == alone.rows.to_pylist()
        assert {each.partition(":")[0] for each in again.notes} == {each.partition(":")[0] for each in alone.notes}
    prices = decode(decoder, page_of(["0.10", "2.50"]))
    assert [row["v"] for row in prices.rows.to_pylist()] == ["0.10", "2.50", None]
    assert not prices.slow
