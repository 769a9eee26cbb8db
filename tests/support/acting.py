"""What can happen to a session, each time with the canaries in it: every scenario ends in an error, or in none."""

from __future__ import annotations

import json
from base64 import b32encode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_plus

import retarus_pandas as rt
from retarus_pandas.values import Endpoints
from support.canaries import CLIENT, CUSTOMER, SECRET, TOKEN
from support.replies import Reply, answer, html, reset, short, status
from support.servers import API, DEAD_PORT, FaultyServer
from support.servers import TOKEN as TOKEN_PATH
from support.trials import QuickSession

if TYPE_CHECKING:
    from support.servers import Exchange

__all__ = ["ECHOES", "QUERY", "SCENARIOS", "Scenario", "echo", "granted", "page", "session_at", "signing_in"]

QUERY = "{ faxOutUdrReport { content { faxId } hasMoreElements pageIndex } }"

# An hour ago, which every period of these tests holds.
_STAMP = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

RECORD: Mapping[str, Any] = {"faxId": "1", "attemptSeqNo": 1, "keyTimestamp": _STAMP}

Spell = Callable[[str], str]


def granted(**more: Any) -> Reply:
    """The canary token."""
    return answer({"access_token": TOKEN, "expires_in": 300, "token_type": "Bearer", **more})


def page(record: Mapping[str, Any] = RECORD, **more: Any) -> Reply:
    """One record, whatever was asked; what it has beside the usual fields is shown in any case."""

    def reply(exchange: Exchange) -> None:
        asked = exchange.request_.json["query"]
        names = dict(_aliased(asked))
        content = [
            {names.get(name, name): value for name, value in record.items() if name in asked or name not in RECORD}
        ]
        result = {
            names.get("hasMoreElements", "hasMoreElements"): False,
            names.get("pageIndex", "pageIndex"): 0,
            "content": content,
        }
        answer({"data": {"faxOutUdrReport": result}, **more})(exchange)

    return reply


def _aliased(document: str) -> Iterator[tuple[str, str]]:
    for line in document.split("\n"):
        alias, colon, name = line.strip().partition(": ")
        if colon and name.isidentifier():
            yield name, alias


def _received(exchange: Exchange) -> str:
    """What a talkative server may repeat of a request."""
    asked = exchange.request_
    return f"{asked.headers.get('Authorization', '')} {asked.body.decode()} {unquote_plus(asked.body.decode())}"


def _of_java(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" if character in "&=<>'" else character for character in text)


# How servers spell what they repeat.
ECHOES: dict[str, Spell] = {
    "as it is": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, lower case": lambda text: "".join(
        character if character.isalnum() and character.isascii() else quote(character, safe="").lower()
        for character in text
    ),
    "percent, twice": lambda text: quote(quote(text, safe="")),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON of Java": lambda text: _of_java(json.dumps(text)[1:-1]),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[1:-1],
    "JSON, slashes": lambda text: json.dumps(text)[1:-1].replace("/", r"\/"),
    "HTML": escape,
    "HTML, numbered": lambda text: "".join(
        character if character.isalnum() else f"&#{ord(character)};" for character in text
    ),
    "HTML, hexadecimal": lambda text: "".join(
        character if character.isalnum() else f"&#x{ord(character):X};" for character in text
    ),
    "Python": lambda text: repr(text.encode())[2:-1],
    "base64": lambda text: b64encode(text.encode()).decode(),
}


def echo(code: int, spell: Spell = str, *, in_errors: bool = True) -> Reply:
    """An error that repeats the request: in GraphQL's or OAuth2's shape, or as text."""

    def reply(exchange: Exchange) -> None:
        said = f"you sent {spell(_received(exchange))}"
        shaped = {
            "errors": [{"message": said, "path": ["x", said], "extensions": {"request": {"headers": [said]}}}],
            "data": {"faxOutUdrReport": None, "echo": said},
            "error": said,
            "error_description": said,
        }
        answer(shaped if in_errors else said.encode(), code)(exchange)

    return reply


def _to_a_host_of(sent: str, spell: Spell = str) -> Reply:
    """A redirect to a host that is made of what was sent."""

    def reply(exchange: Exchange) -> None:
        asked = exchange.request_
        text = asked.headers.get(sent, "").removeprefix("Bearer ") or asked.form.get(sent, "")
        status(302, Location=f"https://{spell(quote(text, safe=''))}.elsewhere.test/")(exchange)

    return reply


@dataclass(frozen=True)
class Scenario:
    """What the two endpoints answer."""

    token: Reply = field(default_factory=granted)
    api: Reply = field(default_factory=page)
    token_is_down: bool = False


SCENARIOS: dict[str, Scenario] = {
    "success": Scenario(),
    "refused": Scenario(answer({"error": "invalid_client"}, 401)),
    "refused, repeating": Scenario(echo(401)),
    "refused, repeating as text": Scenario(echo(400, in_errors=False)),
    "token endpoint down": Scenario(token_is_down=True),
    "token endpoint broken": Scenario(status(503)),
    "token endpoint broken, repeating": Scenario(echo(500, in_errors=False)),
    "token endpoint resets": Scenario(reset()),
    "token cut short": Scenario(short(json.dumps({"access_token": TOKEN}).encode())),
    "token of nonsense": Scenario(granted(expires_in=-1)),
    "token behind a page": Scenario(html()),
    "API refuses the token": Scenario(api=status(401)),
    "API refuses, repeating": Scenario(api=echo(401)),
    "API forbids, repeating": Scenario(api=echo(403, in_errors=False)),
    "API errors": Scenario(api=answer({"errors": [{"message": "no"}]})),
    "API errors, repeating": Scenario(api=echo(200)),
    "API broken, repeating": Scenario(api=echo(500)),
    "API answers with text, repeating": Scenario(api=echo(200, in_errors=False)),
    "API resets": Scenario(api=reset()),
    "API cut short": Scenario(api=short(b'{"data": ')),
    "API redirects": Scenario(api=status(302, Location=f"https://elsewhere.test/?{quote(TOKEN)}")),
    "API redirects to the token": Scenario(api=_to_a_host_of("Authorization")),
    "API redirects to the token, in capitals": Scenario(api=_to_a_host_of("Authorization", str.upper)),
    "token endpoint redirects to the secret": Scenario(_to_a_host_of("client_secret")),
    "token endpoint redirects to the secret, in small letters": Scenario(_to_a_host_of("client_secret", str.lower)),
    "token endpoint redirects to the secret, in base32": Scenario(
        _to_a_host_of("client_secret", lambda text: b32encode(text.encode()).decode().strip("="))
    ),
    "API has a field named like the token": Scenario(api=page({**RECORD, TOKEN: 1})),
    "token endpoint redirects": Scenario(status(307, Location=f"https://elsewhere.test/{quote(SECRET)}")),
}


@contextmanager
def session_at(scenario: Scenario) -> Iterator[rt.Session]:
    """A session with the canaries, where the scenario happens."""
    with FaultyServer() as server:
        server.always(TOKEN_PATH, scenario.token)
        server.always(API, scenario.api)
        token_url = f"http://127.0.0.1:{DEAD_PORT}/" if scenario.token_is_down else server.endpoints.token_url
        with signing_in(Endpoints(server.endpoints.api_url, token_url)) as session:
            yield session


@contextmanager
def signing_in(places: Endpoints) -> Iterator[rt.Session]:
    """A session with the canary secret."""
    session = QuickSession(CUSTOMER, CLIENT, SECRET, api_url=places.api_url, token_url=places.token_url, timeout=30)
    with session:
        yield session
