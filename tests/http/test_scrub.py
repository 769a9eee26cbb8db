"""No error, log or traceback shows the client secret or the access token."""

from __future__ import annotations

import http.client
import logging
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.http.connection import Connection
from retarus_pandas.http.scrub import repeats
from retarus_pandas.values import Secret
from support.acting import ECHOES
from support.asking import BODY, failure
from support.canaries import SECRET as CANARY
from support.replies import FAULTS, Reply, answer, status
from support.servers import API, TOKEN, FaultyServer

LEAKY: Mapping[str, tuple[str, Reply]] = {
    **{f"API {name}": (API, reply) for name, (reply, _) in FAULTS.items()},
    **{f"token {name}": (TOKEN, reply) for name, (reply, _) in FAULTS.items()},
    "API refuses": (API, status(401)),
    "API forbids": (API, status(403)),
    "API redirects": (API, status(302, Location="http://localhost/")),
    "token refused": (TOKEN, answer({"error": "invalid_client"}, 401)),
    "token redirects": (TOKEN, status(302, Location="http://localhost/")),
    "token of nonsense": (TOKEN, answer({"access_token": "canary-token", "expires_in": -1})),
}


def everything_shown(error: BaseException | None) -> Iterator[str]:
    """All that a verbose traceback or a debugger shows of an error: the texts, frames and variables of its chain."""
    while error is not None:
        yield from (str(error), repr(error), repr(vars(error)))
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if "retarus_pandas" in frame.f_code.co_filename or "site-packages" in frame.f_code.co_filename:
                yield repr(dict(frame.f_locals))
                yield from (repr(vars(value)) for value in frame.f_locals.values() if hasattr(value, "__dict__"))
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("scenario", LEAKY)
def test_no_error_shows_the_secret_or_the_token(
    server: FaultyServer,
    connection: Connection,
    scenario: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not in its text, frames and chain, not in any log, and not through http.client's debugging."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    caplog.set_level(logging.DEBUG)
    path, reply = LEAKY[scenario]
    if path == API:
        server.token(*[answer({"access_token": "canary-token", "expires_in": 300})] * 2)
    server.always(path, reply)
    error = failure(connection)
    shown = [*everything_shown(error), caplog.text, *capfd.readouterr()]
    assert len(shown) > 6
    assert not [text for text in shown if "canary" in text]
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize("code", [200, 400, 401, 403, 404, 500])
@pytest.mark.parametrize("in_errors", [True, False])
def test_a_token_that_the_api_repeats_is_not_shown(
    server: FaultyServer, connection: Connection, code: int, in_errors: bool
) -> None:
    echo = "the header was: Bearer canary/token+=="
    server.always(TOKEN, answer({"access_token": "canary/token+==", "expires_in": 300}))
    content: Any = {"errors": [{"message": echo, "extensions": {"x": [echo]}}], "data": {"y": echo}}
    server.always(API, answer(content if in_errors else echo.encode(), code))
    error = failure(connection)
    assert "canary" not in f"{error} {vars(error)}"


def test_an_interrupt_carries_nothing_of_the_libraries(server: FaultyServer, connection: Connection) -> None:
    """Where the request is made in the main thread."""

    def read(body: bytes, code: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        connection.post(BODY, read)
    assert type(caught.value).__name__ == "Interrupted"
    assert caught.value.__context__ is None


# HTML has no spelling for control characters.
SECRETS = st.text(st.characters(exclude_categories=["C"]), min_size=12)


@given(SECRETS, st.sampled_from(sorted(ECHOES)), st.text("ab:", max_size=3))
def test_a_repeated_secret_is_recognized(secret: str, spelling: str, before: str) -> None:
    """Any secret, in any spelling, with something around it."""
    assert repeats(f'{{"x": "{ECHOES[spelling](before + secret)}"}}', Secret(secret))


@pytest.mark.parametrize("kept", [slice(None, 12), slice(-12, None)])
@pytest.mark.parametrize("spelling", ECHOES)
def test_a_part_of_a_secret_is_recognized(spelling: str, kept: slice) -> None:
    """A server may cut what it repeats, at either end."""
    assert repeats(f"you sent {ECHOES[spelling](CANARY[kept])}".encode(), Secret(CANARY))


@pytest.mark.parametrize(
    "text", [b"", b"invalid_client: wrong secret", b"\xff%zz\\u12 &#; &#99999999999;", b'{"errors": []}']
)
def test_other_text_is_shown(text: bytes) -> None:
    assert not repeats(text, Secret(CANARY))
    assert not repeats(text, Secret(""))


def test_what_is_too_long_to_be_looked_through_is_not_shown() -> None:
    assert repeats(b"x" * (1 << 24) + b"x", Secret(CANARY))
    assert not repeats(b"x" * (1 << 24), Secret(CANARY))
