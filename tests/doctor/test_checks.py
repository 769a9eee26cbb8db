"""The doctor finds what is wrong, says what to do, and tells no secrets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from retarus_pandas.doctor.checks import doctor
from retarus_pandas.sandbox import Quirk, Sandbox
from retarus_pandas.session.current import current_session, make_current
from retarus_pandas.session.profile import Profile
from retarus_pandas.session.session import Session
from retarus_pandas.session.sources import CREDENTIAL_VARIABLES
from support.kernels import run_kernel
from support.replies import Reply, answer, closed, html, status
from support.servers import API, DEAD_PORT, FaultyServer


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows=1) as running:
        yield running


@pytest.fixture
def places(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox's addresses, in the environment."""
    monkeypatch.setenv("RETARUS_API_URL", box.api_url)
    monkeypatch.setenv("RETARUS_TOKEN_URL", box.token_url)


def finding(table: pd.DataFrame, check: str) -> pd.Series:
    (row,) = [row for _, row in table.iterrows() if row["check"] == check]
    return row


def session_of(box: Sandbox, secret: str | None = None) -> Session:
    return Session(
        box.customer_id, box.client_id, secret or box.client_secret, api_url=box.api_url, token_url=box.token_url
    )


def test_a_healthy_session(box: Sandbox) -> None:
    """Everything is ok, and the table has a row for each thing that is checked."""
    with session_of(box) as session:
        table = doctor(session)
        token = session.sign_in().secret.reveal()
    assert list(table.columns) == ["check", "outcome", "detail", "to_do"]
    assert set(table["outcome"]) == {"ok"}
    assert {
        "Python",
        "pandas",
        "pyarrow",
        "CA certificates",
        "API",
        "clock (API)",
        "sign-in",
        "query",
        "schema",
        "probe",
        "frontend",
    } <= {*table["check"]}
    shown = repr(table) + table._repr_html_()
    assert box.client_secret not in shown
    assert token not in shown


@pytest.mark.usefixtures("places")
def test_signed_out_it_checks_what_it_can() -> None:
    """The hosts answer without credentials; how to sign in is said."""
    table = doctor()
    assert finding(table, "token endpoint")["outcome"] == "ok"
    assert finding(table, "sign-in")["outcome"] == "warn"
    assert "login()" in finding(table, "sign-in")["to_do"]
    assert "query" not in set(table["check"])
    assert current_session() is None


@pytest.mark.usefixtures("places")
def test_credentials_in_the_environment_are_tried_and_not_kept(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check signs nobody in."""
    for name, value in zip(CREDENTIAL_VARIABLES, (box.customer_id, box.client_id, box.client_secret), strict=True):
        monkeypatch.setenv(name, value)
    assert finding(doctor(), "query")["outcome"] == "ok"
    assert current_session() is None


def test_the_current_session_is_checked_and_stays(box: Sandbox) -> None:
    """Checked, not closed."""
    session = make_current(session_of(box))
    assert finding(doctor(), "query")["outcome"] == "ok"
    assert current_session() is session


def test_a_refused_secret_is_told_without_repeating_it(box: Sandbox) -> None:
    """The words of the token endpoint and what to check."""
    with session_of(box, "wr0ng-secret") as session:
        table = doctor(session)
    assert finding(table, "sign-in")["outcome"] == "fail"
    assert "client secret" in finding(table, "sign-in")["detail"]
    assert "wr0ng-secret" not in repr(table)


def test_a_host_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which address, by which way, and where to look."""
    dead = f"http://127.0.0.1:{DEAD_PORT}/"
    monkeypatch.setenv("RETARUS_API_URL", dead)
    monkeypatch.setenv("RETARUS_TOKEN_URL", dead)
    found = finding(doctor(), "API")
    assert found["outcome"] == "fail"
    assert dead in found["detail"]
    assert "refuses connections" in found["detail"]
    assert "HTTPS_PROXY" in found["to_do"]


def test_a_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of the proxy helps, its password does not."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://proxy-user:proxy-pw@127.0.0.1:{DEAD_PORT}")
    monkeypatch.setenv("RETARUS_API_URL", "https://api.example.invalid/")
    monkeypatch.setenv("RETARUS_TOKEN_URL", "https://token.example.invalid/")
    table = doctor()
    assert "***@127.0.0.1" in finding(table, "API")["detail"]
    assert "proxy-pw" not in repr(table)
    assert "proxy-user" not in repr(table)


@pytest.mark.usefixtures("places")
def test_certificates_that_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A variable that points nowhere breaks every request."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    found = finding(doctor(), "CA certificates")
    assert found["outcome"] == "fail"
    assert "REQUESTS_CA_BUNDLE" in found["to_do"]


def test_an_address_that_must_not_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong setting is a finding, not an error of the doctor."""
    monkeypatch.setenv("RETARUS_API_URL", "http://example.org/")
    monkeypatch.setenv("RETARUS_TOKEN_URL", "not an address")
    for name in CREDENTIAL_VARIABLES:
        monkeypatch.setenv(name, "x")
    table = doctor()
    assert finding(table, "API")["outcome"] == "fail"
    assert "https://" in finding(table, "token endpoint")["detail"]
    assert "cannot be used" in finding(table, "sign-in")["detail"]


def through(server: FaultyServer) -> Session:
    return Session("1", "c", "s", api_url=server.endpoints.api_url, token_url=server.endpoints.token_url)


@pytest.mark.parametrize(
    ("date", "told"),
    [
        (b"Date: Mon, 01 Jan 2001 00:00:00 GMT\r\n", "s ahead"),
        (b"Date: Fri, 01 Jan 2999 00:00:00 GMT\r\n", "s behind"),
        (b"", "does not tell the time"),
    ],
)
def test_a_clock_that_is_wrong_or_silent(date: bytes, told: str) -> None:
    """The API's clock and this machine's are compared."""
    with FaultyServer() as server, through(server) as session:
        server.api(closed(b"HTTP/1.1 401 Unauthorized\r\n" + date + b"Content-Length: 0\r\n\r\n"))
        found = finding(doctor(session), "clock (API)")
    assert found["outcome"] == "warn"
    assert told in found["detail"]


REFUSED = {"errors": [{"message": "no such thing"}]}


@pytest.mark.parametrize(
    ("reply", "outcome", "told"),
    [
        (answer(REFUSED), "ok", "accepts the token"),
        (answer(REFUSED, 403), "fail", "no such thing"),
        (html(), "fail", "page of a proxy"),
    ],
)
def test_what_answers_the_trial_query(reply: Reply, outcome: str, told: str) -> None:
    """That the query is refused in good order proves the token; a proxy's page does not."""
    with FaultyServer() as server, through(server) as session:
        server.always(API, reply)
        found = finding(doctor(session), "query")
    assert found["outcome"] == outcome
    assert told in found["detail"]


def test_a_closed_session_is_a_finding(box: Sandbox) -> None:
    """Logged out is told, not raised."""
    session = session_of(box)
    session.close()
    assert "login()" in finding(doctor(session), "sign-in")["detail"]


@pytest.mark.parametrize(("attended", "outcome"), [(True, "ok"), (False, "warn")])
def test_a_notebook_is_told_apart_from_one_that_a_program_executes(box: Sandbox, attended: bool, outcome: str) -> None:
    """There nobody can be asked."""
    with run_kernel(RETARUS_API_URL=box.api_url, RETARUS_TOKEN_URL=box.token_url) as kernel:
        code = "from retarus_pandas.doctor import doctor\nprint(doctor())"
        (line,) = [line for line in kernel.printed(code, attended=attended).splitlines() if line.startswith("frontend")]
    assert line.split()[1] == outcome


def test_what_is_assumed_is_compared_with_what_the_service_says(box: Sandbox) -> None:
    """By one request for its schema, and none for records; the session goes on with what it had."""
    with session_of(box) as session:
        before = box.requests.api
        found = finding(doctor(session), "schema")
        assert found["outcome"] == "ok"
        assert found["detail"].startswith("against the bundled schema the service has ")
        assert "--diff" in found["to_do"]
        assert box.requests.api == before + 3  # the address, a trial query, the schema
        assert not box.requests.pages
        assert session.schema.bundled


def test_what_the_service_says_otherwise_is_named_with_the_way_on() -> None:
    with Sandbox(rows=1, quirks=[Quirk.FIELDS_MISSING, Quirk.ARGUMENT_TYPES, Quirk.EXTRA_FIELDS]) as box:
        with session_of(box) as session:
            found = finding(doctor(session), "schema")
            assert found["outcome"] == "warn"
            assert "lacks 7: faxInUdrReport.(sort), " in found["detail"]
            assert "and 4 more; declares otherwise " in found["detail"]
            assert "faxInUdrReport.(customerId): ID!, not String!" in found["detail"]
            assert "more: faxInUdrReport.(filter), " in found["detail"]
            assert "Session.fetch_schema()" in found["to_do"]
            assert "RETARUS_SCHEMA" in found["to_do"]
            session.fetch_schema()
            found = finding(doctor(session), "schema")
        assert found["outcome"] == "ok"
        assert "the schema in use (live, 127.0.0.1) says what the service says" in found["detail"]


def test_a_service_that_gives_no_schema_is_said_to_give_none() -> None:
    with Sandbox(rows=1, quirks=[Quirk.NO_INTROSPECTION]) as box, session_of(box) as session:
        found = finding(doctor(session), "schema")
    assert found["outcome"] == "warn"
    assert "does not give its schema, so the bundled schema stays" in found["detail"]
    assert "doctor --probe" in found["to_do"]


def test_names_of_a_strange_schema_do_not_steer_the_screen() -> None:
    """What a service sends reaches the table without control characters, and shortened."""
    with FaultyServer() as server, through(server) as session:
        server.always(API, answer({"errors": [{"message": "\x1b[2J off \x07" + "x" * 5000}]}))
        found = finding(doctor(session), "schema")
    assert "\x1b" not in found["detail"] + found["to_do"]
    assert len(found["detail"]) < 700


def test_a_service_that_is_away_when_its_schema_is_asked_is_told() -> None:
    with FaultyServer() as server, through(server) as session:
        # The address is asked without a token first, then with a trial query.
        server.api(status(401), answer({"data": {"__typename": "Query"}}), status(503))
        found = finding(doctor(session), "schema")
    assert found["outcome"] == "warn"
    assert "was not heard about its schema" in found["detail"]


def test_what_a_probe_found_is_said_in_a_line(box: Sandbox) -> None:
    """Only what differs from what is assumed, with the day."""
    made = "2026-11-20T10:00:00+00:00"
    with session_of(box) as session:
        assert "none was made; 'python -m retarus_pandas doctor --probe'" in finding(doctor(session), "probe")["detail"]
        session.known.use_profile(Profile(made, {"sort": "yes"}, {"sort": "honoured", "past-end": "error"}))
        assert finding(doctor(session), "probe")["detail"] == (
            "of 2026-11-20, 2 answers: nothing otherwise than is assumed"
        )
        session.known.use_profile(
            Profile(made, {"sort": "no", "period-end": "yes"}, {"sort": "ignored", "period-end": True})
        )
        assert finding(doctor(session), "probe")["detail"] == (
            "of 2026-11-20, 2 answers, otherwise than is assumed: Does a record at the end of a period belong to it? "
            "yes. Is the order honoured that is asked for? no."
        )
