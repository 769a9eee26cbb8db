"""Variables: declared, given, missing, of the wrong type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from retarus_pandas.document.document import declared_variables, driven_variables
from retarus_pandas.errors import DocumentError
from retarus_pandas.schema.bundle import sdl
from retarus_pandas.schema.sources import load
from support.documents import ask, refused

_LIVE = load(sdl())


_FILTER = "query ($f: FaxOutColumnUdrFilters) { faxOutUdrReport(filter: $f) { faxId } }"


def test_a_value_is_sent_with_its_variable() -> None:
    """The author's variable is kept and its value goes with each request."""
    query = ask(_FILTER, variables={"f": {"statusName": {"values": ("OK",)}}}, customer_id="9")
    assert query.variables == {"f": {"statusName": {"values": ["OK"]}}}
    assert "$f: FaxOutColumnUdrFilters" in query.document


def test_a_variable_that_may_be_null_may_stay_unset() -> None:
    query = ask(_FILTER)
    assert dict(query.variables) == {}
    assert "$f" not in query.document
    assert query.remarks == ("No filter: $f is not set.",)


def test_what_is_declared_and_not_used_is_not_sent() -> None:
    query = ask("query ($a: Int!, $b: Strange) { faxOutUdrReport { faxId } }", variables={"a": 1})
    assert "$a" not in query.document
    assert "$b" not in query.document
    assert dict(query.variables) == {}


def test_all_missing_variables_are_named_at_once() -> None:
    """With their types and places, those in conditions too."""
    message = refused(
        "query ($one: Boolean!, $two: [Int!]!, $three: Int) {\n"
        "  faxOutUdrReport { content { faxId @include(if: $one) a(of: $two, at: $three) } }\n}"
    )
    assert "$one (Boolean!) has no value" in message
    assert "$two ([Int!]!) has no value" in message
    assert "$three" not in message.partition("\n")[0]
    assert message.startswith("2 mistakes:")


def test_a_condition_without_a_value_is_missing_even_where_null_is_allowed() -> None:
    assert "$a (Boolean) has no value" in refused(
        "query ($a: Boolean) { faxOutUdrReport { faxId, statusName @skip(if: $a) } }"
    )


def test_an_unknown_variable_is_told_the_nearest() -> None:
    text = "query ($pageIndex: Int) { faxOutUdrReport(page: $pageIndex) { faxId } }"
    assert "no variable $pageindex. Did you mean $pageIndex?" in refused(text, variables={"pageindex": 1})
    assert "It declares none." in refused("{ faxOutUdrReport { faxId } }", variables={"a": 1})
    assert "It declares none." in refused("faxOutUdrReport", variables={1: 1})


@pytest.mark.parametrize("place", ["{statusName: {values: $codes}}", "{jobBillingCode: {values: $codes}}"])
def test_an_empty_list_is_no_filter_that_anybody_knows(place: str) -> None:
    """Where one stands for "no filter", all rows would look like those asked for."""
    text = f"query ($codes: [String!]) {{ faxOutUdrReport(filter: {place}) {{ faxId }} }}"
    assert "$codes is an empty list" in refused(text, variables={"codes": []})


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"statusName": {"values": []}}, "$f has an empty list at statusName.values"),
        ({"statusName": {}}, "$f has an empty object at statusName"),
        ({"statusName": {"values": ["OK"]}, "jobBillingCode": {"values": []}}, "jobBillingCode.values"),
    ],
)
def test_nor_is_one_within_a_whole_filter(filters: dict[str, Any], words: str) -> None:
    assert words in refused(_FILTER, variables={"f": filters})


@pytest.mark.parametrize(
    ("value", "said"), [(None, "No filter: $f is null."), ({}, "No filter: $f is empty."), (..., "$f is not set.")]
)
def test_a_whole_filter_that_holds_nothing_is_told(value: Any, said: str) -> None:
    query = ask(_FILTER, variables={} if value is ... else {"f": value})
    assert any(said in remark for remark in query.remarks)


@pytest.mark.parametrize("kind", [pd.Series, pd.Index, np.array])
def test_a_column_is_no_value_and_is_told_so(kind: Callable[[list[str]], Any]) -> None:
    """A comparison with one answers by element, and what comes of that is no error of ours."""
    text = "query ($codes: [String!]) { faxOutUdrReport(filter: {statusName: {values: $codes}}) { faxId } }"
    assert "lists and dicts of them" in refused(text, variables={"codes": kind(["OK"])})


@pytest.mark.parametrize("value", [{1, 2}, datetime(2026, 10, 1), float("nan"), object(), b"x"])
def test_what_is_not_json_is_named_with_its_type(value: Any) -> None:
    message = refused(_FILTER, variables={"f": value})
    assert "$f (FaxOutColumnUdrFilters)" in message
    assert type(value).__name__ in message


def test_a_value_without_end_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert "$f" in refused(_FILTER, variables={"f": endless})


@pytest.mark.parametrize(
    ("declared", "value"),
    [("Int", "x"), ("Int!", None), ("String", 1), ("[Boolean!]", [None]), ("SortDirection", "UP")],
)
def test_a_value_of_another_type_is_refused_by_name(declared: str, value: Any) -> None:
    text = f"query ($v: {declared}) {{ faxOutUdrReport {{ content {{ faxId(of: $v) }} }} }}"
    message = refused(text, variables={"v": value})
    assert "Variable '$v'" in message
    assert "(line 1, column 8)" in message


def test_an_enum_is_given_as_text() -> None:
    text = "query ($v: SortDirection) { faxOutUdrReport { content { faxId(of: $v) } } }"
    assert ask(text, variables={"v": "DESC"}).variables == {"v": "DESC"}


def test_a_filter_column_the_bundled_schema_does_not_know_is_sent_and_noted() -> None:
    """A schema of the service's own decides instead."""
    given = {"f": {"calledCountry": {"values": ["DEU"]}}}
    query = ask(_FILTER, variables=given)
    assert query.variables == given
    assert any("calledCountry" in note for note in query.notes)
    assert "calledCountry" in refused(_FILTER, variables=given, schema=_LIVE)


def test_a_type_nobody_knows_is_not_checked() -> None:
    text = "query ($v: Strange!) { faxOutUdrReport { content { faxId(of: $v) } } }"
    assert ask(text, variables={"v": [1, "a"]}).variables == {"v": [1, "a"]}


@pytest.mark.parametrize("name", ["variables", "filters"])
def test_only_a_mapping_is_taken(name: str) -> None:
    assert f"{name}= takes a dict" in refused("faxOutUdrReport", **{name: ["x"]})


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    message = refused("{ faxOutUdrReport(page: " + "1" * 5000 + ") { faxId } }")
    assert "(line 1, column 19)" in message or "(line 1, column 25)" in message


def test_the_declared_variables_are_told_with_their_types() -> None:
    text = "query A($p: [Int!]!, $q: X = 1) { a } query B { b }"
    assert {name: type(node).__name__ for name, node in declared_variables(text, "A").items()} == {
        "p": "NonNullTypeNode",
        "q": "NamedTypeNode",
    }
    assert declared_variables(text, "B") == {}
    assert declared_variables("faxOutUdrReport") == {}
    with pytest.raises(DocumentError, match="choose by operation= one of A, B"):
        declared_variables(text)


def test_the_variables_we_drive_are_told() -> None:
    text = """query ($c: String!, $from: String!, $p: Int, $s: SortDirection, $f: F) {
        faxOutUdrReport(customerId: $c, datePeriod: {fromIncluded: $from}, page: $p, sort: $s, filter: $f) { faxId }
    }"""
    assert driven_variables(text) == {"c", "from", "p", "s"}
