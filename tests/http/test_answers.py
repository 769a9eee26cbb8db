"""What an answer of the API means, and which error it is."""

from __future__ import annotations

from typing import Any

import pytest

from retarus_pandas.errors import AuthenticationError, QueryError, ServiceError
from retarus_pandas.http.connection import Connection
from support.asking import BODY, GOOD, connected, failure, post
from support.replies import Reply, answer, html, status
from support.servers import API, TOKEN, FaultyServer


@pytest.mark.parametrize("code", [200, 400, 403, 404, 422, 500])
def test_graphql_errors_are_read_whatever_the_status(server: FaultyServer, connection: Connection, code: int) -> None:
    errors = [{"message": "Unknown field", "path": ["report", 3, "faxID"]}, {"message": "and another"}]
    server.always(API, answer({"errors": errors, "data": {"report": None}}, code))
    error = failure(connection)
    assert isinstance(error, QueryError)
    assert (error.errors, error.data, error.status) == (errors, {"report": None}, code)
    assert "Unknown field (at report.3.faxID); and another." in str(error)
    # A 500 may pass, and after a 403 another token is tried.
    assert len(server.asked(API)) == {500: 5, 403: 2}.get(code, 1)


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ([{}], "an error without a message"),
        ([{"message": None, "path": "x"}], "an error without a message"),
        (["plain"], "plain"),
        ([{"message": f"number {i}"} for i in range(9)], "number 4; and 4 more"),
        ([{"message": "x" * 9999}], "x" * 200),
        ({"message": "not a list"}, "not a list"),
        (True, "True"),
    ],
)
def test_odd_errors_are_still_told(server: FaultyServer, connection: Connection, errors: Any, told: str) -> None:
    server.always(API, answer({"errors": errors, "data": 5}))
    error = failure(connection)
    assert isinstance(error, QueryError)
    assert error.data is None
    assert told in str(error)
    assert len(str(error)) < 2000


@pytest.mark.parametrize("code", [400, 402, 404, 405, 413, 418, 451, 501, 505, 599])
def test_another_status_is_told_at_once(server: FaultyServer, connection: Connection, code: int) -> None:
    server.always(API, html(code))
    error = failure(connection)
    assert isinstance(error, ServiceError)
    assert error.status == code
    assert "Please sign in" in str(error)
    assert len(server.asked(API)) == 1


def test_a_forbidden_request_is_an_authentication_error(server: FaultyServer, connection: Connection) -> None:
    server.always(API, status(403, b"no"))
    error = failure(connection)
    assert isinstance(error, AuthenticationError)
    assert "customer ID" in str(error)


def test_what_the_reader_finds_final_is_final(server: FaultyServer, connection: Connection) -> None:
    def read(body: bytes, code: int) -> None:
        raise QueryError(f"{code} {len(body)}")

    with pytest.raises(QueryError, match="200 "):
        connection.post(BODY, read)
    assert len(server.asked(API)) == 1


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("path", [API, TOKEN])
def test_a_redirect_is_not_followed(server: FaultyServer, connection: Connection, code: int, path: str) -> None:
    with FaultyServer() as elsewhere:
        target = elsewhere.url.replace("127.0.0.1", "localhost") + "/secret-path?x=canary"
        server.always(path, status(code, b"{}", Location=target))
        error = failure(connection)
        assert elsewhere.requests == []
    assert isinstance(error, ServiceError)
    assert error.status == code
    assert "'localhost'" in str(error)
    assert "canary" not in str(error)
    assert len(server.asked(path)) == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("path", [API, TOKEN])
@pytest.mark.parametrize("where", ["the same server", "another host, without TLS"])
def test_a_redirect_of_a_secure_server_is_not_followed(
    secure_server: FaultyServer, code: int, path: str, where: str
) -> None:
    """Neither to another path of the same server, nor out of TLS."""
    with FaultyServer() as elsewhere, connected(secure_server.endpoints) as connection:
        target = "/elsewhere" if where == "the same server" else elsewhere.url
        secure_server.always(path, status(code, b"{}", Location=target))
        error = failure(connection)
        assert elsewhere.connections == 0
    assert isinstance(error, ServiceError)
    assert not secure_server.asked("/elsewhere")
    assert len(secure_server.asked(path)) == 1


@pytest.mark.parametrize(
    "target", [None, "", "//user:canary@host/", "https://[::1", "\x00", "relative", f"https://{'x' * 5000}/"]
)
def test_a_strange_redirect_is_refused_too(server: FaultyServer, connection: Connection, target: str | None) -> None:
    server.always(API, answer(b"", 302, {} if target is None else {"Location": target}))
    error = failure(connection)
    assert isinstance(error, ServiceError)
    assert "canary" not in str(error)
    assert len(str(error)) < 400


def coded(code: str, member: str = "classification", **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": "m", "extensions": {member: code}}], **more}


REFUSING_TOKEN: dict[str, Reply] = {
    "401": status(401),
    "403": status(403),
    "400, unauthenticated": answer(coded("UNAUTHENTICATED", "code"), 400),
    "200, unauthenticated": answer(coded("UNAUTHENTICATED")),
    "200, unauthorized": answer(coded("UNAUTHORIZED", data={"report": None})),
}


@pytest.mark.parametrize("reply", REFUSING_TOKEN)
def test_a_refused_token_is_replaced_once(server: FaultyServer, connection: Connection, reply: str) -> None:
    """However the service says so."""
    server.api(REFUSING_TOKEN[reply])
    assert post(connection) == GOOD
    assert (len(server.asked(TOKEN)), len(server.asked(API))) == (2, 2)
    server.always(API, REFUSING_TOKEN[reply])
    assert isinstance(failure(connection), (AuthenticationError, QueryError))
    assert (len(server.asked(TOKEN)), len(server.asked(API))) == (3, 4)


@pytest.mark.parametrize(
    "reply",
    [answer(coded("FORBIDDEN")), answer(coded("UNAUTHORIZED", data={"report": 1})), status(400, b"UNAUTHORIZED")],
)
def test_what_does_not_refuse_the_token_leaves_it(server: FaultyServer, connection: Connection, reply: Reply) -> None:
    """A word is not enough, and where there is data the token was good."""
    server.api(reply)
    failure(connection)
    assert len(server.asked(TOKEN)) == 1


def test_the_page_of_a_firewall_is_told_as_such(server: FaultyServer, connection: Connection) -> None:
    """The customer ID has nothing to do with it."""
    server.always(API, html(403))
    error = failure(connection)
    assert isinstance(error, ServiceError)
    assert "a firewall or a proxy" in str(error)
    assert "customer ID" not in str(error)


def test_graphql_over_http_is_asked_for(server: FaultyServer, connection: Connection) -> None:
    """The newer media type first; servers that do not know it have the older one."""
    server.api(answer(GOOD, headers={"Content-Type": "application/graphql-response+json"}))
    assert post(connection) == GOOD
    accepted = server.asked(API)[0].headers["Accept"]
    assert accepted.startswith("application/graphql-response+json")
    assert "application/json" in accepted
    assert server.asked(TOKEN)[0].headers["Accept"] == "application/json"
