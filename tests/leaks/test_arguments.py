"""A secret given as an argument, or by the environment, is in no frame of ours that an error comes through."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from IPython.core.ultratb import VerboseTB

import retarus_pandas as rt
from retarus_pandas.errors import RetarusError
from support.replies import answer
from support.servers import TOKEN, FaultyServer

SECRET = "s3cret-of-the-arguments"
CANARY = "something else that stands in the environment"
PACKAGE = str(Path(rt.__file__).parent)


Act = Callable[[pytest.MonkeyPatch, str], Any]


def _from_env(**environment: str) -> Act:
    def act(patch: pytest.MonkeyPatch, url: str) -> Any:
        usual = {"CUSTOMER_ID": "1", "CLIENT_ID": "c", "CLIENT_SECRET": SECRET, "API_URL": url, "TOKEN_URL": url}
        for name, value in (usual | environment).items():
            patch.setenv(f"RETARUS_{name}", value)
        return rt.Session.from_env()

    return act


def _read_by_environment(patch: pytest.MonkeyPatch, url: str) -> Any:
    _from_env()(patch, url).close()
    return rt.read_retarus("{ faxOutUdrReport { faxId } }", last="1D", progress=False)


# What is done stands in lambdas of this file, whose frames are the caller's own.
ACTS: dict[str, Act] = {
    "Session, a bad address": lambda patch, url: rt.Session("1", "c", _given(), api_url="http://example.org/"),
    "Session, no client": lambda patch, url: rt.Session("1", "", _given()),
    "Session, half a character": lambda patch, url: rt.Session("1", "c", _given() + "\ud800"),
    "Session, a bad schema": lambda patch, url: rt.Session("1", "c", _given(), schema="type Nothing"),
    "from_env, a bad address": _from_env(TOKEN_URL="http://example.org/"),
    "from_env, something missing": _from_env(CLIENT_ID=""),
    "login, a bad address": lambda patch, url: rt.login("1", "c", _given(), token_url="http://example.org/"),
    "login, nobody to ask": lambda patch, url: rt.login("1", client_secret=_given()),
    "login, refused": lambda patch, url: rt.login("1", "c", _given(), api_url=url, token_url=url),
    "a read by the environment": _read_by_environment,
}


def _given() -> str:
    return SECRET


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("UNRELATED", CANARY)
    for name in ("CUSTOMER_ID", "CLIENT_ID", "CLIENT_SECRET", "API_URL", "TOKEN_URL"):
        monkeypatch.delenv(f"RETARUS_{name}", raising=False)
    rt.logout()
    yield
    rt.logout()


@pytest.fixture(scope="module")
def refusing() -> Iterator[str]:
    """Where a token endpoint refuses every client."""
    with FaultyServer() as server:
        server.always(TOKEN, answer({"error": "invalid_client"}, 401))
        yield server.endpoints.token_url


def frames_of(error: BaseException) -> Iterator[FrameType]:
    """Of the error and of all it hangs on."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield from (frame for frame, _ in traceback.walk_tb(one.__traceback__))
            waiting += [one.__cause__, one.__context__]


def shown_of(error: BaseException, package: str = PACKAGE) -> list[str]:
    """The variables of the package's frames, and what IPython's most talkative mode makes of them."""
    ours = [frame for frame in frames_of(error) if frame.f_code.co_filename.startswith(package)]
    assert ours
    verbose = VerboseTB(include_vars=True).text(type(error), error, error.__traceback__)
    variables = [f"{frame.f_code.co_qualname}: {name} = {value!r}" for frame in ours for name, value in _locals(frame)]
    return [*variables, *_told_of(package, verbose)]


def _locals(frame: FrameType) -> list[tuple[str, Any]]:
    return list(frame.f_locals.items())


def _told_of(package: str, verbose: str) -> list[str]:
    """The parts of a traceback that tell of its files: how the caller wrote his own line is the caller's."""
    parts = re.split(r"^File ", re.sub(r"\x1b\[[0-9;]*m", "", verbose), flags=re.MULTILINE)
    found = [part for part in parts if f"/{Path(package).name}" in part.split(":")[0]]
    assert found
    return found


@pytest.mark.parametrize("act", ACTS)
def test_no_frame_of_ours_holds_a_plain_secret_or_the_environment(
    act: str, refusing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is raised between the argument and the wire."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(RetarusError) as caught:
        ACTS[act](monkeypatch, refusing)
    for text in shown_of(caught.value):
        assert SECRET not in text
        assert CANARY not in text


def test_a_frame_that_holds_one_is_found() -> None:
    """Both looks see what is there, as the variables of a careless function of this file."""

    def careless(secret: str) -> None:
        raise RetarusError(f"{len(secret)} letters")

    with pytest.raises(RetarusError) as caught:
        careless(SECRET)
    variables = [text for text in shown_of(caught.value, __file__) if text.startswith("test_")]
    verbose = [text for text in shown_of(caught.value, __file__) if not text.startswith("test_")]
    assert any(SECRET in text for text in variables)
    assert any(SECRET in text for text in verbose)
