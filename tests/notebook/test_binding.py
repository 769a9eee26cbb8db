"""Notebook variables become GraphQL variables of the declared type."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd
import pytest

from retarus_pandas.document.document import declared_variables, driven_variables
from retarus_pandas.errors import DocumentError
from retarus_pandas.notebook.magic.binding import bind
from retarus_pandas.schema.sources import bundled


class Color(Enum):
    RED = "red"


class Direction(Enum):
    ASC = 1


def bound(declaration: str, value: Any, *, tz: str = "UTC") -> Any:
    text = f"query ($x: {declaration}) {{ faxOutUdrReport(other: $x) {{ faxId }} }}"
    values, taken = bind(declared_variables(text), driven_variables(text), {}, {"x": value}, schema=bundled(), tz=tz)
    assert taken == ["x"]
    return values["x"]


@pytest.mark.parametrize(
    ("declaration", "value", "sent"),
    [
        ("Int", 5, 5),
        ("Int!", np.int64(5), 5),
        ("Int", 5.0, 5),
        ("Float", 5, 5.0),
        ("Boolean", np.True_, True),
        ("String", "a", "a"),
        ("String", Color.RED, "red"),
        ("String", datetime(2026, 10, 1, 12, tzinfo=UTC), "2026-10-01T12:00:00.000Z"),
        ("String", pd.Timestamp("2026-10-01 12:00", tz="Europe/Berlin"), "2026-10-01T10:00:00.000Z"),
        ("String", date(2026, 10, 1), "2026-10-01"),
        ("String", pd.Period("2026-10"), "2026-10"),
        ("ID", 7, "7"),
        ("[String!]!", ["a", Color.RED], ["a", "red"]),
        ("[String]", pd.Series(["a", "b"]), ["a", "b"]),
        ("[String]", (letter for letter in "ab"), ["a", "b"]),
        ("[Int]", np.array([1, 2]), [1, 2]),
        ("[String]", "a", ["a"]),
        ("SortDirection", Direction.ASC, "ASC"),
        ("SortDirection", "DESC", "DESC"),
        ("FaxOutColumnUdrFilters", {"statusName": {"values": ["OK"]}}, {"statusName": {"values": ["OK"]}}),
        ("NotInTheSchema", {"a": [np.int64(1), Color.RED]}, {"a": [1, "red"]}),
    ],
)
def test_a_value_takes_its_declared_type(declaration: str, value: Any, sent: Any) -> None:
    result = bound(declaration, value)
    assert result == sent
    assert type(result) is type(sent)


def test_an_instant_without_a_zone_is_in_the_zone_of_the_read() -> None:
    assert bound("String", datetime(2026, 10, 1, 12), tz="Europe/Berlin") == "2026-10-01T10:00:00.000Z"


def test_a_month_becomes_a_date_period_in_local_time() -> None:
    month = bound("DatePeriod", pd.Period("2026-10"), tz="Europe/Berlin")
    assert month == {"fromIncluded": "2026-09-30T22:00:00.000Z", "toExcluded": "2026-10-31T23:00:00.000Z"}


@pytest.mark.parametrize(
    ("declaration", "value"),
    [("Int", "5"), ("Int", 5.5), ("Int", True), ("Boolean", 1), ("String", 5), ("Float", "1"), ("String", object())],
)
def test_a_misfit_names_the_variable_its_type_and_the_values(declaration: str, value: Any) -> None:
    with pytest.raises(DocumentError) as caught:
        bound(declaration, value)
    for word in ("$x", declaration, type(value).__name__):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("declaration", "value", "words"),
    [
        ("Int", pd.NA, "missing value"),
        ("String", None, "missing value"),
        ("Float", float("nan"), "missing value"),
        ("[String!]", None, "missing value"),
        ("[String]!", pd.Series(["a", None]), "missing value"),
        ("FaxOutColumnUdrFilters", {"statusName": None}, "missing value"),
        ("FaxOutColumnUdrFilters", {"statusName": {"values": None}}, "missing value"),
        ("FaxOutColumnUdrFilters", {"statusName": {"values": ["OK", float("nan")]}}, "missing value"),
        ("FaxOutColumnUdrFilters", {"statusName": {"values": pd.Series(["OK", None])}}, "missing value"),
        ("Unknown", {"statusName": {"values": [pd.NA]}}, "missing value"),
        ("[String!]", pd.DataFrame({"a": ["OK"]}), "one of its columns"),
        ("[String!]", pd.Series(["OK", "OK"]).value_counts(), "give their index"),
        ("[String!]", b"OK", "decode it"),
        ("[String!]", io.StringIO("OK"), "an open file"),
    ],
)
def test_what_would_find_all_or_nothing_is_refused(declaration: str, value: Any, words: str) -> None:
    """In a cell as in ``filters=``: the rule is one."""
    with pytest.raises(DocumentError, match=words):
        bound(declaration, value)


def test_a_missing_value_on_the_line_is_meant() -> None:
    text = "query ($x: [String]) { faxOutUdrReport(other: $x) { faxId } }"
    for given, sent in (("null", None), ('["a", null]', ["a", None])):
        values, _ = bind(declared_variables(text), (), {"x": given}, {}, schema=bundled(), tz="UTC")
        assert values == {"x": sent}


TEXT = """query ($customerId: String!, $datePeriod: DatePeriod!, $page: Int, $n: Int, $on: Boolean, $s: String) {
  faxOutUdrReport(customerId: $customerId, datePeriod: $datePeriod, page: $page, n: $n, on: $on, s: $s) { faxId }
}"""


def test_what_the_reader_drives_is_never_taken_from_the_notebook() -> None:
    names = {"customerId": "1", "datePeriod": {}, "page": 3, "n": 1, "on": True, "s": "t", "unrelated": 5}
    values, taken = bind(declared_variables(TEXT), driven_variables(TEXT), {}, names, schema=bundled(), tz="UTC")
    assert values == {"n": 1, "on": True, "s": "t"}
    assert taken == ["n", "on", "s"]


def test_the_line_goes_before_the_notebook_and_is_read_by_the_declared_type() -> None:
    line = {"n": "2", "on": "true", "s": "2", "page": "1", "unknown": "x"}
    values, taken = bind(
        declared_variables(TEXT), driven_variables(TEXT), line, {"n": 1, "on": False}, schema=bundled(), tz="UTC"
    )
    assert values == {"n": 2, "on": True, "s": "2", "page": 1, "unknown": "x"}
    assert taken == []


def without_end() -> list[Any]:
    around: list[Any] = []
    around.append(around)
    return around


@pytest.mark.parametrize(
    ("declaration", "value", "tz"),
    [
        ("Int", np.float32("inf"), "UTC"),
        ("[String]", without_end(), "UTC"),
        ("NotInTheSchema", without_end(), "UTC"),
        ("String", pd.Timestamp("2026-03-29 02:30"), "Europe/Berlin"),
        ("String", datetime(2026, 3, 1), "no/where"),
        ("DatePeriod", pd.Period("9999-12", freq="M"), "Europe/Berlin"),
    ],
)
def test_what_has_no_such_value_is_named(declaration: str, value: Any, tz: str) -> None:
    with pytest.raises(DocumentError, match=r"\$x is declared as"):
        bound(declaration, value, tz=tz)


def test_a_deep_value_on_the_line_is_a_text() -> None:
    types = declared_variables("query ($x: Int) { faxOutUdrReport(other: $x) { faxId } }")
    with pytest.raises(DocumentError, match=r"\$x is declared as Int"):
        bind(types, (), {"x": "[" * 100_000}, {}, schema=bundled(), tz="UTC")
