"""Which columns a frame has, and of which dtypes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from pandas.api.extensions import no_default

from retarus_pandas.errors import InputError, SchemaMismatchError
from retarus_pandas.frame.decode.decoder import Decoder
from retarus_pandas.frame.shape.dtypes import final_schema, to_frame, to_table
from retarus_pandas.values import Column, Kind
from support.answers import answer_of, decode, frame_of, nested, plain, query_of

TZ = "Europe/Berlin"
EVERY = (
    Column("int", Kind.INT),
    Column("float", Kind.FLOAT),
    Column("decimal", Kind.DECIMAL),
    Column("boolean", Kind.BOOLEAN),
    Column("text", Kind.TEXT),
    Column("instant", Kind.INSTANT),
    Column("undeclared", Kind.UNDECLARED),
    Column("ints", Kind.INT, 1),
    Column("hidden", Kind.TEXT, hidden=True),
)
RECORD: dict[str, Any] = {
    "int": 2**60 + 1,
    "float": 1.5,
    "decimal": 0.5,
    "boolean": True,
    "text": "00491234",
    "instant": "2026-07-01T00:00:00Z",
    "undeclared": "x",
    "ints": [1, None],
    "hidden": "h",
}
NULLS = dict.fromkeys(RECORD)

TABLE: dict[Any, dict[str, Any]] = {
    no_default: {
        "int": "Int64",
        "float": "float64",
        "decimal": "object",
        "boolean": "boolean",
        "text": "str",
        "instant": "datetime64[us, Europe/Berlin]",
        "undeclared": "str",
        "ints": "object",
    },
    "numpy_nullable": {
        "int": "Int64",
        "float": "Float64",
        "decimal": "object",
        "boolean": "boolean",
        "text": "string",
        "instant": "datetime64[us, Europe/Berlin]",
        "undeclared": "string",
        "ints": "object",
    },
    "pyarrow": {
        "int": pd.ArrowDtype(pa.int64()),
        "float": pd.ArrowDtype(pa.float64()),
        "decimal": pd.ArrowDtype(pa.decimal128(38, 18)),
        "boolean": pd.ArrowDtype(pa.bool_()),
        "text": pd.ArrowDtype(pa.string()),
        "instant": pd.ArrowDtype(pa.timestamp("us", TZ)),
        "undeclared": pd.ArrowDtype(pa.string()),
        "ints": pd.ArrowDtype(pa.list_(pa.int64())),
    },
}

PAGES: dict[str, list[bytes]] = {
    "no page": [],
    "an empty page": [answer_of([])],
    "nulls": [answer_of([NULLS, NULLS])],
    "values": [answer_of([RECORD])],
    "several pages": [answer_of([RECORD]), answer_of([NULLS]), answer_of([]), answer_of([RECORD, RECORD])],
}


@pytest.mark.parametrize("backend", TABLE)
@pytest.mark.parametrize("name", PAGES)
def test_dtypes_come_from_the_declaration(backend: Any, name: str) -> None:
    """An empty answer, a null and a year have the same; hidden columns are left out; the index counts."""
    frame = frame_of(EVERY, PAGES[name], tz=TZ, dtype_backend=backend)
    assert dict(frame.dtypes) == TABLE[backend]
    assert isinstance(frame.index, pd.RangeIndex)


def test_the_dtypes_of_text_and_instants_are_what_pandas_itself_makes() -> None:
    """Code that compares dtypes meets no strangers."""
    frame = frame_of(EVERY, PAGES["values"], tz=TZ)
    assert frame["text"].dtype == pd.Series(["a"]).dtype
    assert frame["instant"].dtype == pd.to_datetime(pd.Series(["2026-01-01T00:00:00Z"])).dt.tz_convert(TZ).dtype


@pytest.mark.parametrize("backend", TABLE)
def test_values_arrive_exactly(backend: Any) -> None:
    """Large integers beside nulls, leading zeros, summer time."""
    frame = frame_of(EVERY, PAGES["several pages"], tz=TZ, dtype_backend=backend)
    first, second = frame.iloc[0], frame.iloc[1]
    assert first["int"] == 2**60 + 1
    assert first["text"] == "00491234"
    assert first["instant"] == pd.Timestamp("2026-07-01 02:00", tz=TZ)
    assert list(first["ints"]) == [1, None]
    assert all(second[name] is None or pd.isna(second[name]) for name in RECORD if name in frame)
    assert len(frame) == 4


def test_lists_are_lists() -> None:
    """Not NumPy arrays, in which an integer beside a null would be a float."""
    (value,) = frame_of((Column("v", Kind.INT, 2),), [answer_of([{"v": [[1, None], None, []]}])])["v"]
    assert value == [[1, None], None, []]
    assert type(value) is list
    assert type(value[0]) is list


@pytest.mark.parametrize("tz", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("backend", TABLE)
def test_instants_are_shown_in_a_zone(tz: str, backend: Any) -> None:
    """The instant is the same."""
    column = Column("v", Kind.INSTANT)
    (value,) = frame_of((column,), [answer_of([{"v": "2026-01-01T12:00:00Z"}])], tz=tz, dtype_backend=backend)["v"]
    assert value == pd.Timestamp("2026-01-01 12:00", tz="UTC")
    assert str(value.tz) == tz


def test_instants_in_lists_are_shown_in_the_zone_too() -> None:
    """As they are in the rows of a record path."""
    columns = (nested("o", 1, at=Kind.INSTANT),)
    frame = frame_of(columns, [answer_of([{"o": [{"at": "2026-01-01T12:00:00Z"}]}])], tz=TZ)
    assert str(frame["o"][0][0]["at"]) == "2026-01-01 13:00:00+01:00"


@pytest.mark.parametrize("tz", ["Mars/Olympus", "", 3])
def test_a_zone_that_does_not_exist_is_refused(tz: Any) -> None:
    """With the name as it was written."""
    with pytest.raises(InputError, match=r"tz=.* is no time zone. Use a name such as"):
        frame_of(EVERY, [], tz=tz)


def test_an_unknown_backend_is_refused() -> None:
    """And the known ones are named."""
    with pytest.raises(
        InputError, match=r"dtype_backend='polars' does not exist. Choose 'numpy_nullable' or 'pyarrow'"
    ):
        frame_of(EVERY, [], dtype_backend="polars")


UNIONS: list[tuple[list[Any], str, list[Any]]] = [
    ([1, None, 2], "Int64", [1, None, 2]),
    ([1, 2.5], "object", [Decimal(1), Decimal("2.5")]),
    ([1, 2**70], "object", [Decimal(1), Decimal(2**70)]),
    ([1, "a"], "str", ["1", "a"]),
    ([1.0, "a", 2.5], "str", ["1.0", "a", "2.5"]),
    ([True, False], "boolean", [True, False]),
    ([True, 1], "str", ["true", "1"]),
    ([2**60, 0.5], "object", [Decimal(2**60), Decimal("0.5")]),
    ([[1], [2.5], None], "object", [[Decimal(1)], [Decimal("2.5")], None]),
    ([[1], ["a"]], "str", ["[1]", '["a"]']),
    ([[1], 1], "str", ["[1]", "1"]),
    ([[1, "a"], [1.0], None, []], "str", ['[1,"a"]', "[1.0]", None, "[]"]),
    ([{"a": 1}, None], "str", ['{"a":1}', None]),
    ([None, None], "str", [None, None]),
]


@pytest.mark.parametrize(("values", "dtype", "expected"), UNIONS)
@pytest.mark.parametrize("together", [True, False])
def test_what_nobody_declares_is_typed_once_over_all_pages(
    values: Sequence[Any], dtype: str, expected: Sequence[Any], *, together: bool
) -> None:
    """Whether the values come on one page or on many."""
    records = [{"v": value} for value in values]
    pages = [answer_of(records)] if together else [answer_of([record]) for record in records]
    frame = frame_of((Column("v", Kind.UNDECLARED),), pages)
    assert str(frame["v"].dtype) == dtype
    assert frame["v"].astype(object).where(frame["v"].notna(), None).tolist() == expected


@pytest.mark.parametrize("together", [True, False])
def test_one_object_among_lists_of_them_becomes_a_list(*, together: bool) -> None:
    """On its own page or beside them; no object is no list."""
    values: list[Any] = [{"a": 1}, None, [{"a": 2}, None], []]
    records = [{"o": value} for value in values]
    pages = [answer_of(records)] if together else [answer_of(records[:2]), answer_of(records[2:])]
    frame = frame_of((nested("o", a=Kind.INT),), pages)
    assert frame["o"].tolist() == [[{"a": 1}], None, [{"a": 2}, None], []]


def test_numbers_beside_a_contradiction_keep_their_text() -> None:
    """An integer is a Float, too; and its text is the shortest."""
    frame = frame_of((Column("v", Kind.FLOAT),), [answer_of([{"v": value} for value in (1, 2.50, 2**70, "a", 3.0)])])
    assert frame["v"].tolist() == ["1", "2.5", repr(float(2**70)), "a", "3"]


def test_objects_become_columns_in_the_order_of_the_selection() -> None:
    """At any depth; what is null above is null below."""
    columns = (
        Column("z", Kind.INT),
        Column("o", Kind.OBJECT, 0, (Column("b", Kind.TEXT), nested("p", c=Kind.INT), Column("a", Kind.TEXT, 1))),
        Column("y", Kind.INT),
    )
    records = [{"z": 1, "o": {"b": "x", "p": {"c": 3}, "a": ["t"]}, "y": 2}, {"z": 1, "o": {"p": None}}, {"o": None}]
    frame = frame_of(columns, [answer_of(records)])
    assert list(frame) == ["z", "o.b", "o.p.c", "o.a", "y"]
    assert frame["o.p.c"].tolist() == [3, pd.NA, pd.NA]
    assert list(frame_of(columns, [], sep="_")) == ["z", "o_b", "o_p_c", "o_a", "y"]


def test_columns_that_would_have_one_name_are_refused() -> None:
    """With both fields, and before anything is read."""
    columns = (Column("a_b", Kind.INT), nested("a", b=Kind.INT))
    message = r"The fields 'a_b' and 'a\.b' would both become the column 'a_b'\. Give one of them an alias"
    with pytest.raises(InputError, match=message):
        final_schema(columns, sep="_")
    with pytest.raises(InputError, match=message):
        frame_of(columns, [], sep="_")
    assert list(frame_of(columns, [])) == ["a_b", "a.b"]


FAX = (
    Column("id", Kind.TEXT),
    Column("tries", Kind.OBJECT, 1, (Column("no", Kind.INT), nested("end", code=Kind.TEXT))),
    Column("tags", Kind.TEXT, 1),
    nested("job", id=Kind.TEXT),
)
TRIES = [
    {
        "id": "a",
        "tries": [{"no": 1, "end": {"code": "busy"}}, {"no": 2, "end": {"code": "ok"}}],
        "tags": ["x", "y"],
        "job": {"id": "j"},
    },
    {"id": "b", "tries": [{"no": 3, "end": {"code": "ok"}}], "tags": [], "job": {"id": "k"}},
]


def test_a_record_path_explodes_as_json_normalize_does() -> None:
    """The elements' columns first, then the record's own, repeated."""
    oracle = pd.json_normalize(TRIES, record_path="tries", meta=["id", "tags", ["job", "id"]])
    frame = frame_of(FAX, [answer_of(TRIES)], record_path="tries")
    assert list(frame) == list(oracle) == ["no", "end.code", "id", "tags", "job.id"]
    assert frame.astype(object).to_dict("list") == oracle.astype(object).to_dict("list")
    assert isinstance(frame.index, pd.RangeIndex)


@pytest.mark.parametrize("empty", [[], None])
def test_a_record_without_elements_stays_as_a_row_of_nulls(empty: Any) -> None:
    """pandas would lose it."""
    records = [TRIES[0] | {"tries": empty}, TRIES[1], TRIES[1] | {"tries": empty}]
    frame = frame_of(FAX, [answer_of(records[:1]), answer_of(records[1:])], record_path=["tries"])
    assert frame["id"].tolist() == ["a", "b", "b"]
    assert frame["no"].tolist() == [pd.NA, 3, pd.NA]


def test_a_null_element_is_a_row_of_nulls() -> None:
    """It is an element."""
    frame = frame_of(FAX, [answer_of([TRIES[0] | {"tries": [None, {"no": 1}]}])], record_path="tries")
    assert frame["no"].tolist() == [pd.NA, 1]


DEEP = (
    Column("id", Kind.TEXT),
    Column(
        "jobs", Kind.OBJECT, 1, (Column("no", Kind.INT), Column("faxes", Kind.OBJECT, 1, (Column("to", Kind.TEXT),)))
    ),
    Column("end", Kind.INT),
)


@pytest.mark.parametrize("path", [["jobs", "faxes"], "jobs.faxes"])
def test_lists_on_the_way_to_a_record_path_are_exploded_too(path: Any) -> None:
    """As pandas does; the text form uses ``sep``."""
    records = [
        {
            "id": "a",
            "jobs": [{"no": 1, "faxes": [{"to": "x"}, {"to": "y"}]}, {"no": 2, "faxes": [{"to": "z"}]}],
            "end": 1,
        },
        {"id": "b", "jobs": [{"no": 3, "faxes": [{"to": "w"}]}], "end": 2},
    ]
    oracle = pd.json_normalize(records, record_path=["jobs", "faxes"], meta=["id", ["jobs", "no"], "end"])
    frame = frame_of(DEEP, [answer_of(records)], record_path=path)
    assert list(frame) == list(oracle) == ["to", "id", "jobs.no", "end"]
    assert frame.astype(object).to_dict("list") == oracle.astype(object).to_dict("list")


def test_records_without_elements_stay_on_every_level_of_a_record_path() -> None:
    """A job without faxes, a record without jobs."""
    records = [{"id": "a", "jobs": [{"no": 1, "faxes": []}, {"no": 2}]}, {"id": "b", "jobs": None}]
    frame = frame_of(DEEP, [answer_of(records)], record_path=["jobs", "faxes"])
    assert frame["jobs.no"].tolist() == [1, 2, pd.NA]
    assert frame["id"].tolist() == ["a", "a", "b"]


def test_a_record_path_inside_an_object_keeps_the_object_around() -> None:
    """Its other fields stay columns."""
    columns = (Column("o", Kind.OBJECT, 0, (Column("a", Kind.INT), nested("l", 1, x=Kind.INT))),)
    frame = frame_of(columns, [answer_of([{"o": {"a": 1, "l": [{"x": 2}, {"x": 3}]}}, {"o": None}])], record_path="o.l")
    assert {name: list(map(plain, frame[name])) for name in frame} == {"x": [2, 3, None], "o.a": [1, 1, None]}


def test_a_list_of_values_explodes_under_its_own_name() -> None:
    """pandas would call the column 0."""
    frame = frame_of(FAX, [answer_of(TRIES)], record_path="tags")
    assert list(frame) == ["tags", "id", "tries", "job.id"]
    assert frame["tags"].tolist()[:2] == ["x", "y"]
    assert pd.isna(frame["tags"][2])


@pytest.mark.parametrize("length", [0, 1, 2])
def test_lists_of_one_length_stay_lists(length: int) -> None:
    """An array of objects takes nested lists apart where it may."""
    lists = [["x"] * length] * 2
    frame = frame_of((Column("tags", Kind.TEXT, 1),), [answer_of([{"tags": each} for each in lists])])
    assert frame["tags"].tolist() == lists


@pytest.mark.parametrize("listed", [True, False])
def test_an_object_may_turn_out_to_be_a_list(*, listed: bool) -> None:
    """Where the schema only guesses, a record path gives the same columns either way."""
    columns = (Column("id", Kind.TEXT), nested("o", a=Kind.INT))
    value: Any = [{"a": 1}] if listed else {"a": 1}
    frame = frame_of(columns, [answer_of([{"id": "x", "o": value}]), answer_of([{"id": "y"}])], record_path="o")
    assert dict(frame.dtypes) == {"a": "Int64", "id": "str"} == dict(frame_of(columns, [], record_path="o").dtypes)
    assert frame["a"].tolist() == [1, pd.NA]


@pytest.mark.parametrize("backend", TABLE)
@pytest.mark.parametrize("path", ["tries", "tags"])
def test_no_rows_explode_to_the_same_columns(path: str, backend: Any) -> None:
    """Columns and dtypes do not depend on the data here, either."""
    some = frame_of(FAX, [answer_of(TRIES)], record_path=path, dtype_backend=backend)
    none = frame_of(FAX, [], record_path=path, dtype_backend=backend)
    assert dict(none.dtypes) == dict(some.dtypes)
    assert len(none) == 0


@pytest.mark.parametrize("path", ["nothing", "id", "tries.no", "tries.nothing", [], ["job", "id"], "hidden"])
def test_a_record_path_that_is_no_list_is_refused(path: Any) -> None:
    """And the lists are named, before anything is read."""
    columns = (*FAX, Column("hidden", Kind.TEXT, 1, hidden=True))
    with pytest.raises(
        InputError, match=r"record_path='.*' names no list of objects. Choose one of: 'tries', 'tags'\.$"
    ):
        final_schema(columns, record_path=path)


def test_a_record_path_without_any_list_is_refused() -> None:
    """Saying that there is none."""
    with pytest.raises(InputError, match=r"record_path='id' names no list of objects. There is none in this selection"):
        final_schema((Column("id", Kind.TEXT),), record_path="id")


def test_an_elements_column_that_clashes_with_a_records_own_is_refused() -> None:
    """pandas asks for a prefix; an alias in the document is as good."""
    with pytest.raises(InputError, match="would both become the column 'id'"):
        final_schema((Column("id", Kind.INT), nested("l", 1, id=Kind.INT)), record_path="l")


def test_dtypes_can_be_chosen() -> None:
    """For some columns, or for all; the others stay as they are."""
    frame = frame_of(EVERY, PAGES["values"], dtype={"int": "int64", "text": "category"})
    assert str(frame["int"].dtype) == "int64"
    assert str(frame["text"].dtype) == "category"
    assert str(frame["boolean"].dtype) == "boolean"
    assert set(frame_of(EVERY, PAGES["values"], dtype=object).dtypes) == {pd.Series(dtype=object).dtype}


@pytest.mark.parametrize("dtype", [{"int": "int64"}, {"text": float}, {"int": "nonsense"}])
def test_a_dtype_that_does_not_fit_is_refused(dtype: Any) -> None:
    """With the column's name."""
    records = [NULLS, RECORD | {"text": "a"}]
    with pytest.raises(InputError, match=rf"The column '{next(iter(dtype))}' cannot become "):
        frame_of(EVERY, [answer_of(records)], dtype=dtype)


def test_a_dtype_for_a_column_that_does_not_exist_is_refused() -> None:
    """A misspelt name would otherwise pass unseen."""
    with pytest.raises(InputError, match=r"dtype= names the column 'imt', .* Did you mean 'int'\?"):
        frame_of(EVERY, [], dtype={"imt": "int64"})


@pytest.mark.parametrize("backend", TABLE)
def test_a_frame_of_lists_alone_keeps_its_rows(backend: Any) -> None:
    """And its index."""
    frame = frame_of((Column("v", Kind.INT, 1),), [answer_of([{"v": [1]}, {"v": None}])], dtype_backend=backend)
    assert frame["v"].isna().tolist() == [False, True]
    assert isinstance(frame.index, pd.RangeIndex)


def test_a_frame_shares_no_memory_that_its_owner_could_change() -> None:
    """Writing into one frame changes neither the pages nor another frame made of them."""
    decoder = Decoder(query_of(*EVERY))
    table = decode(decoder, answer_of([RECORD] * 3)).rows
    one, other = to_frame([table], EVERY), to_frame([table], EVERY)
    values: dict[str, Any] = {"int": 0, "float": 0.0, "boolean": False, "text": "", "instant": pd.Timestamp.now(TZ)}
    for name, value in values.items():
        one.loc[0, name] = value
    assert other["int"][0] == 2**60 + 1
    assert other["float"][0] == 1.5
    assert other["boolean"][0]
    assert other["instant"][0] == pd.Timestamp("2026-07-01", tz="UTC")
    assert table.to_pylist()[0]["float"] == 1.5
    assert one["text"][0] == ""


def test_a_table_for_a_file_has_types_that_no_value_changes() -> None:
    """What nobody declares is text; lists stay lists."""
    pages = [[{"v": 1, "l": [1]}], [{"v": "a", "l": None}], [{"v": [1.0, "b"], "l": []}], [{"v": True}], []]
    columns = (Column("v", Kind.UNDECLARED), Column("l", Kind.UNDECLARED, 1))
    decoder = Decoder(query_of(*columns))
    tables = [decode(decoder, answer_of(records)).rows for records in pages]
    parts = [to_table([table], columns) for table in tables]
    assert {part.schema for part in parts} == {final_schema(columns)}
    assert final_schema(columns) == pa.schema([("v", pa.string()), ("l", pa.list_(pa.string()))])
    assert pa.concat_tables(parts).to_pylist() == [
        {"v": "1", "l": ["1"]},
        {"v": "a", "l": None},
        {"v": '[1.0,"b"]', "l": []},
        {"v": "true", "l": None},
    ]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (Column("v", Kind.INT), "a", "The column 'v' is declared as Int, but came as text"),
        (Column("v", Kind.INT, 1), 1, "The column 'v' is declared as a list, but came as text"),
        (nested("v", a=Kind.INT), {"a": 1.5}, "The column 'v.a' is declared as Int, but came as Decimal"),
        (nested("v", a=Kind.INT), [{"a": 1}], "The column 'v' is declared as an object, but came as a list"),
        (nested("v", 1, a=Kind.INSTANT), [{"a": "soon"}], "The column 'v.a' is declared as instant, but came as text"),
    ],
)
def test_a_contradiction_is_an_error_where_types_are_fixed(column: Column, value: Any, told: str) -> None:
    """Half of a file could not be rewritten."""
    table = decode(Decoder(query_of(column)), answer_of([{"v": value}])).rows
    with pytest.raises(SchemaMismatchError) as caught:
        to_table([table], [column])
    assert str(caught.value).startswith(told)
    assert "cannot change when rows are handed over in parts" in str(caught.value)


def test_undeclared_fields_of_objects_are_fixed_as_text_too() -> None:
    """At any depth."""
    column = Column("o", Kind.OBJECT, 1, (nested("p", u=Kind.UNDECLARED), Column("a", Kind.INT)))
    table = decode(Decoder(query_of(column)), answer_of([{"o": [{"p": {"u": 1.0}, "a": 2}, None]}, {"o": None}])).rows
    assert to_table([table], [column]).to_pylist() == [{"o": [{"p": {"u": "1.0"}, "a": 2}, None]}, {"o": None}]


def test_a_frame_can_be_written_and_read_back(tmp_path: Any) -> None:
    """Column names and dtypes survive Parquet."""
    frame = frame_of(EVERY, PAGES["several pages"], tz=TZ, dtype_backend="pyarrow")
    frame.to_parquet(tmp_path / "frame.parquet")
    again = pd.read_parquet(tmp_path / "frame.parquet", dtype_backend="pyarrow")
    pd.testing.assert_frame_equal(again, frame)
