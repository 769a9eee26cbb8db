"""No secret is logged, warned of, printed or sent to where it does not belong, whatever the service does."""

from __future__ import annotations

import http.client
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import retarus_pandas as rt
from retarus_pandas.doctor.checks import doctor
from retarus_pandas.errors import PartialDataWarning, RetarusError
from retarus_pandas.values import Endpoints
from support.acting import QUERY, SCENARIOS, Scenario, echo, granted, page, session_at, signing_in
from support.canaries import CLIENT, CUSTOMER, SECRET, TOKEN, assert_nowhere
from support.looking import seen_of
from support.replies import answer, closed, status
from support.servers import API, FaultyServer, Request
from support.servers import TOKEN as TOKEN_PATH

HEADERS = {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection", "Content-Type", "Content-Length"}


class Kept(logging.Handler):
    """Keeps all that a record holds."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts += [self.format(record), repr(vars(record))]


@contextmanager
def everything_logged() -> Iterator[Kept]:
    """Every logger there is at its most talkative, and what they say."""
    kept, root = Kept(), logging.getLogger()
    loggers = [logging.getLogger(name) for name in ("urllib3", "requests", "http.client", "http.cookiejar", "asyncio")]
    loggers += [root, *(one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger))]
    before = {one: (one.level, one.disabled) for one in loggers}
    for one in loggers:
        one.setLevel(logging.DEBUG)
        one.disabled = False
    root.addHandler(kept)
    try:
        yield kept
    finally:
        root.removeHandler(kept)
        for one, (level, disabled) in before.items():
            one.setLevel(level)
            one.disabled = disabled


def malformed(sent: str) -> bytes:
    """Headers that urllib3 complains of, and quotes."""
    return f"HTTP/1.1 200 OK\r\nX-Good: 1\r\n{sent} no colon here\r\nX-Echo: {sent}\r\n\r\n{{}}".encode("latin-1")


MORE = {
    "API sends malformed headers, repeating": Scenario(api=closed(malformed(f"Bearer {TOKEN}"))),
    "API sends cookies": Scenario(api=answer({"errors": [{"message": "x"}]}, headers={"Set-Cookie": f"t={TOKEN}"})),
    "API asks for a pause, repeating": Scenario(api=status(503, b"{}", Retry_After=f"0 {TOKEN}")),
}


@pytest.mark.parametrize("scenario", SCENARIOS | MORE)
def test_nothing_is_logged_or_printed(
    scenario: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the most talkative setting of every library, with http.client's own printing switched on."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 9)
    with everything_logged() as kept, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with session_at((SCENARIOS | MORE)[scenario]) as session, suppress(RetarusError):
            rt.read_retarus(QUERY, last="2D", session=session, progress=True)
    printed = capfd.readouterr()
    assert any("127.0.0.1" in text for text in kept.texts), "nothing was logged, so nothing is proven"
    assert_nowhere([*kept.texts, printed.out, printed.err, *(str(one.message) for one in warned)])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_doctor_shows_nothing(scenario: str) -> None:
    with session_at(SCENARIOS[scenario]) as session:
        report = doctor(session)
        assert_nowhere([report.to_string(), *seen_of(report)])


def test_errors_that_come_with_data_show_nothing() -> None:
    """Neither the warning nor the frame; the rows are kept."""
    errors = [{"message": f"you sent {TOKEN}", "path": [TOKEN]}]
    with session_at(Scenario(api=page(errors=errors))) as session, pytest.warns(PartialDataWarning) as warned:
        frame = rt.read_retarus(QUERY, last="2D", session=session, errors="warn", progress=False)
    assert list(frame["faxId"]) == ["1"]
    assert frame.attrs["retarus"]["partial"]
    assert_nowhere([*(str(one.message) for one in warned), repr(frame.attrs), *seen_of(frame)])


def test_a_frame_its_facts_and_its_files_show_nothing(tmp_path: Path) -> None:
    with session_at(Scenario()) as session:
        frame = rt.read_retarus(QUERY, last="2D", session=session, progress=False)
        for name in ("x.parquet", "x.csv"):
            facts = rt.export_retarus(QUERY, tmp_path / name, last="2D", session=session, progress=False)
            assert_nowhere([(tmp_path / name).read_bytes(), repr(facts)])
        plan = rt.plan_retarus(QUERY, last="2D", session=session)
        assert_nowhere([*seen_of(frame), *seen_of(plan), frame.to_html(), repr(frame.attrs)])


def read(session: rt.Session) -> None:
    with suppress(RetarusError):
        rt.read_retarus(QUERY, last="2D", session=session, progress=False)


def refresh(session: rt.Session) -> None:
    with suppress(RetarusError):
        session.fetch_schema(refresh=True)


@pytest.mark.parametrize("act", [read, refresh, doctor, rt.Session.sign_in])
@pytest.mark.parametrize("refusal", [None, 401, 500], ids=str)
def test_the_secret_goes_to_the_token_endpoint_and_the_token_to_the_api(
    act: Callable[[rt.Session], object], refusal: int | None
) -> None:
    """On two hosts, in the one place each, with no header that nobody needs; also when the token is refused."""
    with FaultyServer() as realm, FaultyServer() as api:
        realm.always(TOKEN_PATH, granted())
        api.always(API, page() if refusal is None else echo(refusal))
        with signing_in(Endpoints(api.endpoints.api_url, realm.endpoints.token_url)) as session:
            act(session)
        asked_with_form = [request for request in realm.requests if request.body]
        assert asked_with_form
        for request in asked_with_form:
            assert request.form["client_secret"] == SECRET
            assert request.headers.keys() <= HEADERS
            assert_nowhere([request.path, repr({**request.headers})])
            assert_nowhere([request.body.replace(request.body.split(b"client_secret=")[1].split(b"&")[0], b"")])
        for request in (one for one in api.requests if one.body):
            assert request.bearer == TOKEN
            assert request.headers.keys() <= HEADERS | {"Authorization"}
            assert_nowhere([request.path, request.body, repr(without_authorization(request))])
        agents = {request.headers["User-Agent"] for request in [*realm.requests, *api.requests]}
        assert all(agent.startswith("retarus-pandas/") and CLIENT not in agent for agent in agents)
        assert not any(CUSTOMER in agent for agent in agents)


def without_authorization(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name != "Authorization"}
