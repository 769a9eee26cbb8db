"""The schema may be otherwise than it is known: names that do not exist, other types, no aliases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from retarus_pandas.errors import InputError
from retarus_pandas.sandbox import Sandbox

PERIOD = '{fromIncluded: "2026-11-01T00:00:00Z", toExcluded: "2026-11-20T00:00:00Z"}'


def test_any_field_or_argument_may_not_exist(started: Callable[..., Any]) -> None:
    client = started(missing=["keyTimestamp", "pageIndex", "size", "customerId"])
    query = f"{{ faxOutUdrReport(datePeriod: {PERIOD}) {{ content {{ faxId }} pageSize }} }}"
    assert client.data(query)["faxOutUdrReport"]["content"]
    refused = {
        "keyTimestamp": query.replace("faxId", "keyTimestamp"),
        "pageIndex": query.replace("pageSize", "pageIndex"),
        "size": query.replace("(", "(size: 3, "),
        "customerId": query.replace("(", '(customerId: "99999", '),
    }
    for name, text in refused.items():
        assert name in client.message(text)


def test_a_field_that_does_not_exist_is_no_filter_either(started: Callable[..., Any]) -> None:
    client = started(missing=["statusName"])
    assert "statusName" in client.report('filter: {statusName: {values: ["OK"]}}')


def test_one_missing_name_needs_no_list(started: Callable[..., Any]) -> None:
    assert "sort" in started(missing="sort").report("sort: ASC")


def test_missing_names_are_those_of_the_service() -> None:
    with pytest.raises(InputError, match="'faxIdd' cannot be missing: no report has it"):
        Sandbox(missing=["faxIdd"])
    with pytest.raises(InputError, match="'content' cannot be missing: the sandbox cannot do without it"):
        Sandbox(missing=["content"])


def test_arguments_may_have_other_scalars(started: Callable[..., Any]) -> None:
    client = started(quirks=["argument-types"])
    ask = '{ __type(name: "Query") { fields { name args { name type { name kind ofType { name } } } } } }'
    [report] = [one for one in client.data(ask)["__type"]["fields"] if one["name"] == "smsOutUdrReport"]
    types = {one["name"]: one["type"] for one in report["args"]}
    assert types["customerId"] == {"name": None, "kind": "NON_NULL", "ofType": {"name": "ID"}}
    assert types["page"] == {"name": None, "kind": "NON_NULL", "ofType": {"name": "Int"}}
    assert types["size"] == {"name": "Long", "kind": "SCALAR", "ofType": None}
    query = (
        f"{{ faxOutUdrReport(customerId: 99999, datePeriod: {PERIOD}, page: 0, size: 3) {{ content {{ faxId }} }} }}"
    )
    assert len(client.data(query)["faxOutUdrReport"]["content"]) == 3
    assert "page" in client.message(query.replace("page: 0, ", ""))


def test_aliases_may_not_be_allowed(started: Callable[..., Any]) -> None:
    client = started(quirks=["no-aliases"])
    assert client.data("{ __typename }") == {"__typename": "Query"}
    assert client.message("{ other: __typename }") == "Aliases are not allowed: 'other'"
