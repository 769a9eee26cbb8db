"""Signing in asks for one record: whether the customer ID is right, and what to do where that cannot be known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import QueryError
from retarus_pandas.session.account import check_account, is_about_the_customer


@pytest.fixture(scope="module")
def box() -> Iterator[rt.sandbox.Sandbox]:
    with rt.sandbox.Sandbox(rows=5) as made:
        yield made


def session(box: rt.sandbox.Sandbox, customer_id: str, api_url: str = "") -> rt.Session:
    where = api_url or box.api_url
    return rt.Session(customer_id, box.client_id, box.client_secret, api_url=where, token_url=box.token_url)


def test_the_right_customer_costs_one_request(box: rt.sandbox.Sandbox) -> None:
    before = box.requests.api
    with session(box, box.customer_id) as made:
        assert check_account(made) == (False, "")
    assert box.requests.api == before + 1


@pytest.mark.parametrize("customer_id", ["4712", 'x"} evil', "ü"])
def test_a_wrong_one_is_refused_in_the_service_s_words(box: rt.sandbox.Sandbox, customer_id: str) -> None:
    with session(box, customer_id) as made:
        check = check_account(made)
    assert check.is_refused
    assert "not valid for customer" in check.reason


def test_a_service_that_does_not_answer_refuses_nobody(box: rt.sandbox.Sandbox) -> None:
    with session(box, box.customer_id, box.api_url.replace("/v1", "/nowhere")) as made:
        check = check_account(made)
    assert not check.is_refused
    assert "404" in check.reason


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("The access token is not valid for customer '4712'", True),
        ("Access denied", True),
        ("No contract for 4712", True),
        ("Unknown argument 'customerId' on field 'Query.faxOutUdrReport'", False),
        ("Cannot query field 'faxId' on type 'Record'", False),
        ("Internal server error", False),
        ("No contract for 47123", False),
    ],
)
def test_only_what_is_about_the_customer_counts(message: str, expected: bool) -> None:
    assert is_about_the_customer(QueryError(message, [{"message": message}]), "4712") is expected
