"""What the token cache makes of the answers of a token endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest

from retarus_pandas.errors import AuthenticationError, BrokenAnswerError, ServiceError
from retarus_pandas.http.auth import ClientCredentials
from retarus_pandas.http.retry import RetryPolicy
from retarus_pandas.http.stopping import Stop
from retarus_pandas.http.transport import Transport
from retarus_pandas.values import Credentials, Secret, Token
from support.replies import answer, closed, html, short, status
from support.servers import TOKEN, FaultyServer

SECRET = "c4n+ary & %= ü/"

Ask = Callable[..., Token]


@pytest.fixture
def ask(server: FaultyServer) -> Iterator[Ask]:
    """Fetch a token with a cache of its own."""
    transport = Transport(connect_timeout=2, read_timeout=10)

    def ask(secret: str = SECRET) -> Token:
        credentials = Credentials("12345", "client", Secret(secret))
        policy = RetryPolicy(seconds=20, tries=5, first_pause=0.001)
        return ClientCredentials(credentials, server.endpoints.token_url, transport, policy=policy).token(Stop(Event()))

    yield ask
    transport.close()


@pytest.mark.parametrize(
    ("told", "lifetime"),
    [("300", 300), (" 45 ", 45), (299.5, 299.5), (10**400, 86_400), ("Infinity", 86_400), (None, 60)],
)
def test_odd_lifetimes_are_understood(server: FaultyServer, ask: Ask, told: Any, lifetime: float) -> None:
    server.token(answer({"access_token": "x", "expires_in": told}))
    assert ask().lifetime == lifetime


def test_a_missing_lifetime_and_an_empty_scope_are_no_errors(server: FaultyServer, ask: Ask) -> None:
    server.token(answer({"access_token": "x", "scope": "", "not-before-policy": 0, "refresh_expires_in": 0}))
    assert ask().lifetime == 60


@pytest.mark.parametrize("told", [0, -5, "soon", True, [], {}, "NaN", "-1"])
def test_a_lifetime_that_makes_no_sense_is_refused(server: FaultyServer, ask: Ask, told: Any) -> None:
    server.always(TOKEN, answer({"access_token": "canary", "expires_in": told}))
    with pytest.raises(BrokenAnswerError, match="expires_in") as caught:
        ask()
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "reply",
    [
        html(),
        answer(b""),
        answer(b"null"),
        answer([]),
        answer(b'{"access_token": "canary'),
        answer({"token": "canary"}),
        answer({"access_token": None}),
        answer({"access_token": ""}),
        answer({"access_token": "two\r\nlines: canary"}),
        answer({"access_token": "canary canary"}),
        answer({"access_token": "canäry"}),
        answer({"access_token": {"canary": 1}}),
        answer(b"[" * 20_000),
        answer(b'{"access_token": "canary", "expires_in": ' + b"9" * 5000 + b"}"),
        answer(b"\xff\xfe{canary}"),
        short(b'{"access_token": "canary"}'),
        closed(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\ncanary"),
    ],
)
def test_an_answer_without_a_usable_token_is_broken_and_not_repeated(
    server: FaultyServer, ask: Ask, reply: Any
) -> None:
    """Once is mended by asking again; for ever is an error that shows nothing that may be a token."""
    server.token(reply)
    assert ask()
    server.always(TOKEN, reply)
    with pytest.raises(BrokenAnswerError, match="Tried 5 times") as caught:
        ask()
    assert "canary" not in str(caught.value)


REFUSALS = [
    answer({"error": "invalid_client", "error_description": "Invalid client"}, 401),
    answer({"error": "unauthorized_client", "error_description": "Invalid client secret"}, 401),
    answer({"error": "invalid_client"}, 400),
    answer({"error": 5, "error_description": None}, 400),
    answer(b"no", 401),
    answer(b"", 401),
    answer([1], 401),
    answer({"error": "invalid_client"}, 200),
    answer({"error": "invalid_client", "access_token": ""}, 200),
]


@pytest.mark.parametrize("reply", REFUSALS)
def test_a_refused_client_is_told_what_to_check(server: FaultyServer, ask: Ask, reply: Any) -> None:
    server.always(TOKEN, reply)
    with pytest.raises(AuthenticationError) as caught:
        ask()
    for part in ("client ID", "client secret", "customer ID", "account manager"):
        assert part in str(caught.value)
    assert len(server.asked(TOKEN)) == 1


def test_the_servers_reason_is_shown(server: FaultyServer, ask: Ask) -> None:
    server.always(TOKEN, answer({"error": "unauthorized_client", "error_description": "Client 'x' disabled"}, 400))
    with pytest.raises(AuthenticationError, match="HTTP 400: unauthorized_client, Client 'x' disabled"):
        ask()


@pytest.mark.parametrize("form", ["{}", "raw form: {}"])
def test_a_secret_that_the_server_repeats_is_not_shown(server: FaultyServer, ask: Ask, form: str) -> None:
    secret = 'can"ary+&/ü<'
    spellings = [secret, "can%22ary%2B%26%2F%C3%BC%3C", "can%22ary%2B%26/%C3%BC%3C", "can&quot;ary+&amp;/ü&lt;"]
    for spelling in spellings:
        for reply in (
            answer({"error": "invalid_client", "error_description": form.format(spelling)}, 401),
            answer(form.format(spelling).encode(), 401),
            answer(form.format(spelling).encode(), 404),
        ):
            server.token(reply)
            with pytest.raises((AuthenticationError, ServiceError)) as caught:
                ask(secret)
            assert "ary" not in str(caught.value)
            assert "not shown" in str(caught.value)


def test_a_wrong_address_is_named(server: FaultyServer, ask: Ask) -> None:
    server.always(TOKEN, status(404))
    with pytest.raises(ServiceError, match=r"404 \(Not Found\).*token URL"):
        ask()


@pytest.mark.parametrize(
    ("content", "code", "advice"),
    [
        ({"error": "invalid_client", "error_description": "Invalid client"}, 401, "copied whole"),
        ({"error": "unauthorized_client"}, 401, "grant type client_credentials"),
        ({"error": "invalid_scope"}, 400, "scope 'openid'"),
        ({"error": "unsupported_grant_type"}, 400, "client credentials is off"),
        ({"error": "invalid_request", "error_description": "HTTPS required"}, 403, "begins with https://"),
        ({"error": "invalid_client"}, 200, "copied whole"),
    ],
)
def test_the_advice_fits_the_error(
    server: FaultyServer, ask: Ask, content: dict[str, str], code: int, advice: str
) -> None:
    server.always(TOKEN, answer(content, code))
    with pytest.raises(AuthenticationError) as caught:
        ask()
    assert advice in str(caught.value)
    assert content["error"] in str(caught.value)


@pytest.mark.parametrize("code", [400, 403])
def test_the_page_of_a_firewall_is_told_as_such(server: FaultyServer, ask: Ask, code: int) -> None:
    """The credentials have nothing to do with it."""
    server.always(TOKEN, html(code))
    with pytest.raises(ServiceError, match="a firewall or a proxy") as caught:
        ask()
    assert "client secret" not in str(caught.value)


def test_an_escape_sequence_of_the_server_is_not_passed_on(server: FaultyServer, ask: Ask) -> None:
    server.always(TOKEN, answer({"error": "x\x1b[2J", "error_description": "y\x1b]0;z\x07\u202e"}, 401))
    with pytest.raises(AuthenticationError) as caught:
        ask()
    assert str(caught.value).isprintable()
