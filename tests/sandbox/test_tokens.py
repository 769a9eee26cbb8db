"""The token endpoint keeps to the documented rules."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests


def test_the_answer_has_the_documented_shape(client: Any) -> None:
    reply = client.sign_in()
    answer = reply.json()
    assert reply.status_code == 200
    assert answer.pop("access_token").count(".") == 2
    assert answer == {
        "expires_in": 300,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "",
    }


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_secret": "ü"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "profile"}, 400, "invalid_scope"),
        ({"scope": None}, 400, "invalid_request"),
        ({"client_secret": None}, 400, "invalid_request"),
        ({"audience": "somebody"}, 400, "invalid_request"),
        ({"scope": ["openid", "openid"]}, 400, "invalid_request"),
    ],
)
def test_anything_but_the_four_right_parameters_is_refused(
    client: Any, changes: dict[str, Any], status: int, error: str
) -> None:
    reply = requests.post(client.box.token_url, data=client.form | changes, timeout=30)
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert client.box.client_secret not in reply.text


def test_json_is_no_form(client: Any) -> None:
    assert requests.post(client.box.token_url, json=client.form, timeout=30).status_code == 415


@pytest.mark.parametrize("body", [b"", b"grant_type", b"a=%ff%fe&b=\xff"])
def test_a_body_that_is_no_form_is_refused(client: Any, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    reply = requests.post(client.box.token_url, data=body, headers=headers, timeout=30)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")


def test_a_secret_in_a_header_is_refused(client: Any) -> None:
    reply = requests.post(client.box.token_url, data=client.form, auth=("user", "password"), timeout=30)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("secret", ["a+b&c=d%20e f", "süß=ä€😀", "#?/\\'\""])
def test_any_secret_that_is_encoded_as_a_form_is_understood(started: Callable[..., Any], secret: str) -> None:
    client = started()
    client.box.add_customer("12345", "other", secret)
    client.form |= {"client_id": "other", "client_secret": secret}
    assert client.sign_in().status_code == 200


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nonsense", "Basic {token}", "{token}"])
def test_the_api_wants_a_token_that_was_issued(client: Any, header: str | None) -> None:
    client.sign_in()
    headers = {} if header is None else {"Authorization": header.format(token=client.token)}
    reply = requests.post(client.box.api_url, json={"query": "{ __typename }"}, headers=headers, timeout=30)
    assert reply.status_code == 401
    assert "Bearer" in reply.headers["WWW-Authenticate"]


def test_a_token_expires(started: Callable[..., Any]) -> None:
    client = started(token_lifetime=0.2)
    client.sign_in()
    # However slow the machine: one expires sometime, and a new one is good for a while.
    while client.post("{ __typename }").status_code != 401:
        time.sleep(0.02)
    while client.post("{ __typename }").status_code != 200:
        client.sign_in()


def test_a_revoked_token_is_worth_nothing_and_a_new_one_is(started: Callable[..., Any]) -> None:
    client = started()
    client.sign_in()
    client.box.revoke_tokens()
    assert client.post("{ __typename }").status_code == 401
    client.sign_in()
    assert client.post("{ __typename }").status_code == 200


def test_a_token_is_good_for_its_own_customer_only(started: Callable[..., Any]) -> None:
    """Two customers have credentials, records and tokens of their own."""
    client = started()
    other = client.box.add_customer("12345", rows=7)
    assert other.client_secret not in repr(other)
    assert "not valid for customer" not in str(client.report(""))
    client.form |= {"client_id": other.client_id, "client_secret": other.client_secret}
    client.sign_in()
    assert client.report("") == "The access token is not valid for customer '99999'"
    client.box.customer_id = "12345"
    [customer] = {row["jobCustomerId"] for row in client.report("", "jobCustomerId")["content"]}
    assert customer == "12345"
    assert len(client.box.records("faxOutUdrReport", "12345")) == 7
    assert len(client.box.records("faxOutUdrReport", "99999")) == 200
