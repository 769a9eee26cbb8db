"""Masks: what is left of personal values, and that nothing else of them is."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import InputError, SchemaMismatchError
from retarus_pandas.frame import Mask, final_schema, to_frame, to_table
from retarus_pandas.values import Column, Kind, Secret

KEY = Secret("a key that is long enough for tests")
NUMBER = "+49891234567"

COLUMNS = (
    Column("id", Kind.TEXT),
    Column("number", Kind.TEXT, personal="number"),
    Column("sender", Kind.TEXT, personal="address"),
    Column("content", Kind.TEXT, personal="text"),
    Column("pages", Kind.INT),
)
TABLE = pa.table(
    {
        "id": ["1", "2", "3"],
        "number": [NUMBER, None, NUMBER],
        "sender": ["a@example.com", "", "b@example.com"],
        "content": ["Dear Ann", "Dear Bob", None],
        "pages": pa.array([1, 2, 3], pa.int64()),
    }
)


def shown(mask: Mask, table: pa.Table = TABLE, columns: tuple[Column, ...] = COLUMNS, **shape: Any) -> pa.Table:
    return to_table([table], mask.applied(columns, **shape), mask=mask, **shape)


def digest(text: str) -> str:
    return hmac.new(KEY.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def test_a_hash_is_keyed_and_the_same_wherever_the_value_is() -> None:
    table = shown(Mask({"number": "hash"}, key=KEY))
    assert table["number"].to_pylist() == [digest(NUMBER), None, digest(NUMBER)]
    assert table.drop_columns("number").equals(TABLE.drop_columns("number"))
    other = shown(Mask({"number": "hash"}, key=Secret("another key of some length")))
    assert other["number"][0] != table["number"][0]


def test_the_schema_says_what_is_personal() -> None:
    table = shown(Mask({}, personal=True, key=KEY))
    assert table.column_names == ["id", "number", "sender", "pages"]
    assert table["sender"].to_pylist() == [digest("a@example.com"), "", digest("b@example.com")]


def test_a_name_goes_before_the_class() -> None:
    table = shown(Mask({"content": "hash", "number": "keep", "id": "drop"}, personal=True, key=KEY))
    assert table.column_names == ["number", "sender", "content", "pages"]
    assert table["number"].to_pylist() == [NUMBER, None, NUMBER]
    assert table["content"].to_pylist() == [digest("Dear Ann"), digest("Dear Bob"), None]


def test_the_last_four_are_shown_where_they_are_not_most_of_it() -> None:
    texts = ["+49891234567", "1234567", "12345678", "", None, "ünï©öd€🎉🎉x"]
    table = pa.table({"number": texts})
    made = shown(Mask({"number": "last4"}), table, (Column("number", Kind.TEXT),))
    assert made["number"].to_pylist() == ["…4567", "…", "…5678", "", None, "…€🎉🎉x"]


@pytest.mark.parametrize("how", ["hash", "last4"])
def test_any_type_becomes_text_whether_there_are_rows_or_not(how: str) -> None:
    mask = Mask({"pages": how}, key=KEY)
    columns = mask.applied(COLUMNS)
    assert final_schema(columns, mask=mask).field("pages").type == pa.string()
    assert shown(mask).schema.field("pages").type == pa.string()
    frames = [to_frame(tables, columns, mask=mask, fixed=fixed) for tables in ([], [TABLE]) for fixed in (True, False)]
    assert {str(frame["pages"].dtype) for frame in frames} == {"str"}


def test_joins_and_counts_are_what_they_were() -> None:
    mask = Mask({"number": "hash"}, key=KEY)
    frame = to_frame([TABLE, TABLE], mask.applied(COLUMNS), mask=mask)
    plain = to_frame([TABLE, TABLE], COLUMNS)
    assert frame["number"].value_counts(dropna=False).tolist() == plain["number"].value_counts(dropna=False).tolist()
    assert frame["number"].isna().equals(plain["number"].isna())


# Few different letters, so that values meet again; blanks, signs and other scripts, so that none is trimmed or folded.
_VALUES = st.none() | st.text("ab ß\u0301\u212b\x00", max_size=3)


@given(st.lists(_VALUES, max_size=12), st.lists(_VALUES, max_size=12), st.integers(0, 12))
def test_whatever_is_joined_counted_or_grouped_comes_to_the_same(
    left: list[str | None], right: list[str | None], cut: int
) -> None:
    """Over two frames, each put together of any parts: the values are others, and equal where they were."""
    mask = Mask({"number": "hash"}, key=KEY)
    columns = (Column("number", Kind.TEXT), Column("place", Kind.INT))

    def frames(values: list[str | None]) -> tuple[pd.DataFrame, pd.DataFrame]:
        table = pa.table({"number": pa.array(values, pa.string()), "place": pa.array(range(len(values)), pa.int64())})
        parts = [table.slice(0, cut), table.slice(cut)]
        return to_frame(parts, columns), to_frame(parts, mask.applied(columns), mask=mask)

    (plain, hidden), (other, hidden_other) = frames(left), frames(right)
    for how in ("inner", "outer"):
        joined = [
            set(zip(*each, strict=True)) for each in (_joined(plain, other, how), _joined(hidden, hidden_other, how))
        ]
        assert joined[0] == joined[1]
    for dropna in (True, False):
        groups = [each.groupby("number", dropna=dropna)["place"].agg(list) for each in (plain, hidden)]
        assert sorted(groups[0]) == sorted(groups[1])
    assert plain["number"].isna().equals(hidden["number"].isna())
    assert plain["number"].eq("").equals(hidden["number"].eq(""))
    assert hidden["number"].dropna().replace("", "0" * 32).str.fullmatch("[0-9a-f]{32}").all()


def _joined(one: pd.DataFrame, other: pd.DataFrame, how: Any) -> list[list[int]]:
    merged = one.merge(other, on="number", how=how)
    return [merged[name].astype("Int64").fillna(-1).tolist() for name in ("place_x", "place_y")]


NESTED = (
    Column("id", Kind.TEXT),
    Column(
        "to",
        Kind.OBJECT,
        1,
        (
            Column("number", Kind.TEXT, personal="number"),
            Column("note", Kind.TEXT, personal="text"),
            Column("n", Kind.INT),
        ),
    ),
    Column("from", Kind.OBJECT, 0, (Column("number", Kind.TEXT, personal="number"), Column("city", Kind.TEXT))),
    Column("copies", Kind.TEXT, 1, personal="address"),
)
ROWS = pa.table(
    {
        "id": ["1", "2"],
        "to": [[{"number": NUMBER, "note": "x", "n": 1}, None], None],
        "from": [{"number": NUMBER, "city": "Ulm"}, None],
        "copies": [["a@example.com", None], []],
    }
)


def test_what_is_nested_or_in_lists_is_masked_where_it_is() -> None:
    table = shown(Mask({}, personal=True, key=KEY), ROWS, NESTED)
    assert table["to"].to_pylist() == [[{"number": digest(NUMBER), "n": 1}, None], None]
    assert table["from.number"].to_pylist() == [digest(NUMBER), None]
    assert table["from.city"].to_pylist() == ["Ulm", None]
    assert table["copies"].to_pylist() == [[digest("a@example.com"), None], []]


@pytest.mark.parametrize("name", ["number", "to.number"])
def test_with_record_path_a_column_is_named_as_in_the_frame(name: str) -> None:
    table = shown(Mask({name: "last4"}), ROWS, NESTED, record_path="to")
    assert table["number"].to_pylist() == ["…4567", None, None]
    assert table["from.number"].to_pylist() == [NUMBER, NUMBER, None]


def test_an_object_is_masked_with_all_that_is_in_it() -> None:
    assert shown(Mask({"from": "drop"}), ROWS, NESTED).column_names == ["id", "to", "copies"]
    table = shown(Mask({"from": "hash"}, key=KEY), ROWS, NESTED, sep="_")
    assert table["from_city"].to_pylist() == [digest("Ulm"), None]


def test_what_is_no_object_although_declared_so_is_an_error_for_nobody_knows_what_is_in_it() -> None:
    mask = Mask({}, personal=True, key=KEY)
    rows = ROWS.set_column(2, "from", pa.array([f"{NUMBER}, Ulm", None]))
    with pytest.raises(SchemaMismatchError, match="'from' is declared as an object, but came as text") as caught:
        to_frame([rows], mask.applied(NESTED), mask=mask)
    assert NUMBER not in str(caught.value)


def test_what_nobody_declared_is_masked_whatever_it_holds() -> None:
    columns = (Column("a", Kind.UNDECLARED), Column("b", Kind.UNDECLARED))
    table = pa.table({"a": [{"deep": NUMBER}, None], "b": [[NUMBER], []]})
    made = shown(Mask({"a": "hash", "b": "last4"}, key=KEY), table, columns)
    assert NUMBER not in str(made.to_pylist())
    assert made["b"].to_pylist() == ['…67"]', "…"]  # as text, since nobody knows that they are lists


def test_what_nobody_declared_may_be_personal_and_somebody_has_to_say_it() -> None:
    columns = (*COLUMNS, Column("extra", Kind.UNDECLARED), Column("new", Kind.UNDECLARED, personal="number"))
    with pytest.raises(InputError, match=r"'extra'.*cannot know whether it is personal"):
        Mask({}, personal=True, key=KEY).applied(columns)
    applied = Mask({"extra": "keep"}, personal=True, key=KEY).applied(columns)
    assert [column.mask for column in applied] == ["", "hash", "hash", "drop", "", "", "hash"]


@pytest.mark.parametrize(
    ("mask", "shape", "message"),
    [
        (Mask({"pages": "drop"}), {}, "'pages', which does not exist. There are: 'id', 'to.number'"),
        (Mask({"numbers": "drop"}), {}, r"'numbers', which does not exist. Did you mean 'to.number'\?"),
        (Mask({"to_number": "drop"}), {}, "'to_number'"),
        (Mask({"id": "drop", "to": "drop", "from": "drop", "copies": "drop"}), {}, "every column"),
        (Mask({"to": "drop"}), {"record_path": "to"}, "all of record_path 'to'"),
    ],
)
def test_what_cannot_be_meant_is_refused(mask: Mask, shape: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        mask.applied(NESTED, **shape)


def test_columns_that_are_not_shown_stay_as_they_are() -> None:
    columns = (
        Column("number", Kind.TEXT, personal="number"),
        Column("faxId", Kind.TEXT, hidden=True, personal="number"),
    )
    assert [column.mask for column in Mask({}, personal=True, key=KEY).applied(columns)] == ["hash", ""]
