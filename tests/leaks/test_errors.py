"""No error shows a secret: not in its text, chain and attributes, not in the frames that a debugger goes to."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import RetarusError
from retarus_pandas.http.auth import Bearer
from support.acting import ECHOES, QUERY, SCENARIOS, Scenario, echo, page, session_at
from support.canaries import assert_nowhere
from support.looking import seen_of, seen_of_error
from support.replies import answer

LONG = "RETARUS_LONG_TESTS" in os.environ
PERIOD: dict[str, Any] = {"last": "2D", "progress": False}

ACTS: dict[str, Callable[[rt.Session, Path], Any]] = {
    "read": lambda session, folder: rt.read_retarus(QUERY, session=session, **PERIOD, concurrency=2),
    "chunks": lambda session, folder: list(rt.read_retarus(QUERY, session=session, **PERIOD, chunksize=1)),
    "export": lambda session, folder: rt.export_retarus(QUERY, folder / "x.csv", session=session, **PERIOD),
    "sign in": lambda session, folder: session.sign_in(),
    "schema": lambda session, folder: session.fetch_schema(refresh=True),
}


def outcome(act: Callable[[], Any]) -> tuple[Any, RetarusError | None]:
    """What an act returns, or the error it ends in."""
    try:
        return act(), None
    except RetarusError as error:
        return None, error


def succeeds(scenario: str, act: str) -> bool:
    """Only a read of a service that is well succeeds; to sign in, the API is not needed."""
    is_well = scenario in {"success", "API has a field named like the token"}
    return (is_well and act != "schema") or (act == "sign in" and "API" in scenario)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("act", ["read", "export", "sign in", "schema", *["chunks"] * LONG])
def test_an_error_shows_nothing(scenario: str, act: str, tmp_path: Path) -> None:
    """Whatever is done, and whatever the service does about it."""
    with session_at(SCENARIOS[scenario]) as session, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        result, error = outcome(lambda: ACTS[act](session, tmp_path))
        assert_nowhere([*seen_of(session), *(str(each.message) for each in warned)])
    assert (error is None) == succeeds(scenario, act)
    if error is None:
        assert_nowhere([repr(result), *seen_of(result)])
    else:
        assert error.__context__ is None
        assert_nowhere([*seen_of_error(error), *seen_of(error)])


@pytest.mark.parametrize("spelling", ECHOES)
@pytest.mark.parametrize("in_errors", [True, False])
@pytest.mark.parametrize("code", [200, 401, *[400, 403, 500] * LONG])
def test_what_a_server_repeats_is_not_shown(spelling: str, in_errors: bool, code: int) -> None:
    """In whatever spelling, by either endpoint."""
    repeating = echo(code, ECHOES[spelling], in_errors=in_errors)
    for scenario in (Scenario(token=repeating), Scenario(api=repeating)):
        with session_at(scenario) as session, pytest.raises(RetarusError) as caught:
            rt.read_retarus(QUERY, session=session, **PERIOD)
        assert_nowhere(seen_of_error(caught.value))


def test_no_object_shows_a_secret() -> None:
    """None that can be reached from a session, nor a read that is under way."""
    with session_at(Scenario()) as session:
        token = session.sign_in()
        chunks = rt.read_retarus(QUERY, session=session, chunksize=1, **PERIOD)
        next(iter(chunks))
        for thing in (session, session._credentials, token, session.connection, session.connection._tokens, chunks):
            assert_nowhere(seen_of(thing))
        chunks.close()
        assert_nowhere(seen_of(Bearer(token)))
    assert_nowhere(seen_of(session))


def test_escape_sequences_of_the_service_reach_no_screen() -> None:
    """A terminal would obey them, and a text that runs from right to left would say something else."""
    odd = "x\x1b[2J\x1b]0;y\x07\r\u202e"
    errors = [{"message": odd, "path": [odd]}]
    for code in (200, 400, 500):
        with (
            session_at(Scenario(api=answer({"errors": errors}, code))) as session,
            pytest.raises(RetarusError) as caught,
        ):
            rt.read_retarus(QUERY, session=session, **PERIOD)
        assert str(caught.value).isprintable()
    beside = Scenario(api=page(errors=errors))
    with session_at(beside) as session, pytest.warns(rt.errors.PartialDataWarning) as told:
        rt.read_retarus(QUERY, session=session, **PERIOD, errors="warn")
    assert all(str(each.message).isprintable() for each in told)
