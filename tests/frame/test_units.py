"""Numbers in SI units: exact, or an error; and never by a unit that is only guessed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import SchemaMismatchError
from retarus_pandas.frame import Mask, final_schema, to_frame, to_table
from retarus_pandas.values import Column, Kind, Secret, Unit

MILLISECONDS, SECONDS = Unit("milliseconds", "documented"), Unit("seconds", "documented")
LARGEST = 2**63 - 1


def column(unit: Unit | None, kind: Kind = Kind.INT, **more: Any) -> Column:
    return Column("x", kind, unit=unit, **more)


def table(*values: Any, type_: pa.DataType | None = None) -> pa.Table:
    return pa.table({"x": pa.array(values, type_ or pa.int64())})


def si(its: Column, rows: pa.Table, **options: Any) -> Any:
    return to_table([rows], [its], units="si", **options)["x"]


@given(st.lists(st.none() | st.integers(-(LARGEST // 1000), LARGEST // 1000)))
def test_a_duration_is_exact_and_a_missing_one_stays_missing(values: list[int | None]) -> None:
    frame = to_frame([table(*values)], [column(MILLISECONDS)], units="si")
    assert frame["x"].dtype == "timedelta64[us]"
    expected = [None if value is None else value * 1000 for value in values]
    assert [None if each is pd.NaT else int(each.to_numpy().astype("int64")) for each in frame["x"]] == expected


@pytest.mark.parametrize(
    ("backend", "dtype"),
    [({}, "timedelta64[us]"), ("numpy_nullable", "timedelta64[us]"), ("pyarrow", "duration[us][pyarrow]")],
)
@pytest.mark.parametrize("fixed", [True, False])
def test_dtypes_are_the_same_with_rows_and_without(backend: Any, dtype: str, fixed: bool) -> None:
    options: dict[str, Any] = {"dtype_backend": backend} if backend else {}
    for tables in ([], [table(None)], [table(1500, None)], [table(1), table(2)]):
        frame = to_frame(tables, [column(MILLISECONDS)], units="si", fixed=fixed, **options)
        assert str(frame["x"].dtype) == dtype
    assert final_schema([column(MILLISECONDS)], units="si").field("x").type == pa.duration("us")


def test_durations_can_be_calculated_with() -> None:
    columns = [column(MILLISECONDS), Column("at", Kind.INSTANT)]
    rows = pa.table({"x": [1500], "at": pa.array([pd.Timestamp("2026-10-25T00:30Z")], pa.timestamp("us", "UTC"))})
    frame = to_frame([rows], columns, units="si", tz="Europe/Berlin")
    assert frame["x"].dt.total_seconds().tolist() == [1.5]
    assert (frame["at"] + frame["x"])[0] == pd.Timestamp("2026-10-25T00:30:01.5Z")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("microseconds", 7, pd.Timedelta(microseconds=7)),
        ("seconds", -7, pd.Timedelta(seconds=-7)),
        ("minutes", 7, pd.Timedelta(minutes=7)),
        ("hours", 7, pd.Timedelta(hours=7)),
        ("days", 7, pd.Timedelta(days=7)),
        ("bytes", 7, 7),
        ("kilobytes", 7, 7000),
        ("kibibytes", 7, 7168),
        ("megabytes", 7, 7_000_000),
        ("mebibytes", 7, 7_340_032),
    ],
)
def test_each_unit_has_its_factor(name: str, value: int, expected: Any) -> None:
    frame = to_frame([table(value)], [column(Unit(name, "documented"))], units="si")
    assert frame["x"][0] == expected


def test_a_fraction_of_a_unit_is_rounded_to_the_microsecond() -> None:
    rows = table(1.5, 0.0000014, None, type_=pa.float64())
    made = si(column(SECONDS, Kind.FLOAT), rows)
    assert made.cast(pa.int64()).to_pylist() == [1_500_000, 1, None]
    sizes = si(column(Unit("kilobytes", "documented"), Kind.FLOAT), rows)
    assert sizes.to_pylist() == [1500.0, 0.0014, None]


@pytest.mark.parametrize(
    ("kind", "value", "type_"),
    [
        (Kind.INT, LARGEST, pa.int64()),
        (Kind.INT, -(2**63), pa.int64()),
        (Kind.FLOAT, 1e300, pa.float64()),
        (Kind.FLOAT, float("inf"), pa.float64()),
        (Kind.FLOAT, float("nan"), pa.float64()),
    ],
)
def test_what_no_duration_holds_is_an_error_and_no_other_duration(kind: Kind, value: Any, type_: pa.DataType) -> None:
    for unit in (MILLISECONDS, Unit("microseconds", "documented")):
        if (value, unit.name) != (LARGEST, "microseconds"):
            with pytest.raises(SchemaMismatchError, match=r"'x' counts m.* no duration or size.*Leave units= out"):
                si(column(unit, kind), table(1, value, type_=type_))


def test_a_size_that_is_too_large_is_an_error() -> None:
    with pytest.raises(SchemaMismatchError, match="'x' counts kilobytes"):
        si(column(Unit("kilobytes", "documented")), table(LARGEST // 999))


def test_what_is_no_number_is_an_error_for_it_would_have_another_unit() -> None:
    with pytest.raises(SchemaMismatchError, match="'x' counts milliseconds, but came as text"):
        to_frame([table("14 s", type_=pa.string())], [column(MILLISECONDS)], units="si")


@pytest.mark.parametrize(
    "unit",
    [
        None,
        Unit("milliseconds", "guessed"),
        Unit("milliseconds", "sampled"),
        Unit("bit/s", "documented"),
        Unit("as another field says", "documented"),
    ],
)
def test_what_is_not_known_for_certain_stays_a_plain_number(unit: Unit | None) -> None:
    frame = to_frame([table(1500, LARGEST, None)], [column(unit)], units="si")
    pd.testing.assert_frame_equal(frame, to_frame([table(1500, LARGEST, None)], [column(unit)]))
    assert str(frame["x"].dtype) == "Int64"


def test_exact_numbers_and_texts_have_no_unit() -> None:
    for kind, type_ in ((Kind.TEXT, pa.string()), (Kind.DECIMAL, pa.large_string())):
        assert si(column(MILLISECONDS, kind), table("15", type_=type_)).to_pylist() == ["15"]


def test_what_is_nested_or_in_lists_is_converted_where_it_is() -> None:
    inner = (Column("ms", Kind.INT, unit=MILLISECONDS), Column("n", Kind.INT))
    columns = [
        Column("o", Kind.OBJECT, 0, inner),
        Column("l", Kind.OBJECT, 1, inner),
        Column("s", Kind.INT, 1, unit=SECONDS),
    ]
    rows = pa.table({"o": [{"ms": 1, "n": 1}], "l": [[{"ms": 2, "n": 2}, None]], "s": [[3, None]]})
    made = to_table([rows], columns, units="si")
    us = {name: made[name].cast(pa.int64()).to_pylist() for name in ("o.ms", "o.n")}
    assert us == {"o.ms": [1000], "o.n": [1]}
    assert made["l"].to_pylist() == [[{"ms": pd.Timedelta(milliseconds=2).to_pytimedelta(), "n": 2}, None]]
    assert made["s"].to_pylist() == [[pd.Timedelta(seconds=3).to_pytimedelta(), None]]
    exploded = to_frame([rows], columns, units="si", record_path="l")
    assert exploded["ms"].tolist() == [pd.Timedelta(milliseconds=2), pd.NaT]


def test_what_is_masked_is_hashed_as_it_came() -> None:
    mask = Mask({"x": "hash"}, key=Secret("a key that is long enough for tests"))
    columns = mask.applied([column(MILLISECONDS)])
    with_units = to_table([table(LARGEST, None)], columns, mask=mask, units="si")
    assert with_units.equals(to_table([table(LARGEST, None)], columns, mask=mask))


def test_a_column_is_not_shared_with_arrow() -> None:
    frame = to_frame([table(1)], [column(MILLISECONDS)], units="si")
    frame.loc[0, "x"] = pd.Timedelta(np.timedelta64(5, "s"))
    assert frame["x"].tolist() == [pd.Timedelta(seconds=5)]
