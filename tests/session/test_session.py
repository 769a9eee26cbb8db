"""Sessions: what they hold, what they show, and the one that is current."""

from __future__ import annotations

import copy
import os
import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graphql import print_schema

import retarus_pandas as rt
from retarus_pandas.errors import (
    AuthenticationError,
    DocumentError,
    InputError,
    NotSignedInError,
    SessionClosedError,
    TransportError,
)
from retarus_pandas.session.current import acquire_session, known_customer_id, make_current

SECRET = "c4n4ry+&%=ü"


@pytest.fixture(scope="module")
def box() -> Iterator[rt.sandbox.Sandbox]:
    with rt.sandbox.Sandbox(rows=50, quirks=["extra-fields"]) as made:
        made.add_customer("4711", "canary", SECRET)
        yield made


@pytest.fixture(autouse=True)
def _no_traces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("CUSTOMER_ID", "CLIENT_ID", "CLIENT_SECRET", "API_URL", "TOKEN_URL"):
        monkeypatch.delenv(f"RETARUS_{name}", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    rt.logout()
    yield
    rt.logout()


def canary(box: rt.sandbox.Sandbox, secret: str = SECRET) -> rt.Session:
    return rt.Session("4711", "canary", secret, api_url=box.api_url, token_url=box.token_url)


def test_any_secret_survives_the_way_to_the_token_endpoint(box: rt.sandbox.Sandbox) -> None:
    with canary(box) as session:
        assert session.sign_in().remaining() > 200


def test_a_wrong_secret_is_refused_and_not_repeated(box: rt.sandbox.Sandbox) -> None:
    with canary(box, SECRET + "x") as session, pytest.raises(AuthenticationError) as caught:
        session.sign_in()
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_what_a_session_shows_of_itself_holds_no_secret(box: rt.sandbox.Sandbox) -> None:
    with canary(box) as session:
        token = session.sign_in()
        for thing in (session, token, session._credentials, session.connection):
            for text in (repr(thing), str(thing), f"{thing}"):
                assert SECRET not in text
                assert token.secret.reveal() not in text
        assert "4711" in repr(session)


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_session_is_not_pickled_or_copied(box: rt.sandbox.Sandbox, take: object) -> None:
    with canary(box) as session, pytest.raises(TypeError, match="secret"):
        take(session)  # type: ignore[operator]


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_an_empty_credential_is_named(missing: int) -> None:
    given = ["1", "2", "3"]
    given[missing] = " " if missing < 2 else ""
    name = ("customer_id", "client_id", "client_secret")[missing]
    with pytest.raises(InputError, match=name):
        rt.Session(*given)


@pytest.mark.parametrize("url", ["http://example.com/api", "ftp://127.0.0.1/", "example.com", "https://"])
def test_an_address_that_is_not_safe_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(InputError):
        rt.Session("1", "2", "3", api_url=url)
    with pytest.raises(InputError):
        rt.Session("1", "2", "3", token_url=url)


def test_a_closed_session_says_so_and_knows_no_secret_any_more(box: rt.sandbox.Sandbox) -> None:
    session = canary(box)
    session.sign_in()
    session.close()
    session.close()
    assert session.closed
    assert not session._credentials.client_secret
    with pytest.raises(SessionClosedError):
        session.sign_in()


def test_the_environment_makes_a_session_and_names_what_is_missing(
    box: rt.sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotSignedInError, match="RETARUS_CLIENT_ID"):
        rt.Session.from_env()
    for name, value in box.environment.items():
        monkeypatch.setenv(name, value)
    with rt.Session.from_env() as session:
        assert session.customer_id == box.customer_id
        assert session.api_url == box.api_url


def test_what_the_environment_does_not_say_is_given(
    box: rt.sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A schema that is given goes before the environment's."""
    for name, value in box.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("given", "set"):
        text = f"type Query {{ {name}(page: Int, size: Int): P }} type P {{ content: [R] }} type R {{ x: Int }}"
        (tmp_path / f"{name}.graphql").write_text(text, encoding="utf-8")
    monkeypatch.setenv("RETARUS_SCHEMA", str(tmp_path / "set.graphql"))
    with rt.Session.from_env() as session:
        assert session.schema.reports() == ("set",)
    with rt.Session.from_env(schema=tmp_path / "given.graphql") as session:
        assert session.schema.reports() == ("given",)
    monkeypatch.delenv("RETARUS_SCHEMA")
    with rt.Session.from_env(max_bytes=10) as session, pytest.raises(TransportError, match="more than 10 bytes"):
        rt.read_retarus("smsInUdrReport", last="1D", session=session)


def test_a_mended_environment_replaces_the_session_made_from_it(
    box: rt.sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (box.environment | {"RETARUS_CLIENT_SECRET": "wrong"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(AuthenticationError):
        acquire_session().sign_in()
    monkeypatch.setenv("RETARUS_CLIENT_SECRET", box.client_secret)
    session = acquire_session()
    assert session.sign_in().remaining() > 0
    assert acquire_session() is session


def test_there_is_one_current_session_and_a_new_one_closes_it(box: rt.sandbox.Sandbox) -> None:
    first, second = canary(box), canary(box)
    assert make_current(first) is rt.current_session()
    make_current(second)
    assert first.closed
    assert acquire_session() is second
    assert known_customer_id() == "4711"
    rt.logout()
    assert rt.current_session() is None
    assert second.closed


def test_a_given_session_goes_before_the_current_one(box: rt.sandbox.Sandbox) -> None:
    with canary(box) as given:
        make_current(canary(box))
        assert acquire_session(given) is given


def test_logging_out_leaves_other_sessions_alone(box: rt.sandbox.Sandbox) -> None:
    with canary(box) as mine:
        make_current(canary(box))
        rt.logout()
        assert not mine.closed


def test_the_embedded_service_ends_with_its_session() -> None:
    before = set(threading.enumerate())
    with rt.Session.sandbox(rows=10) as session:
        assert session.endpoints.environment == "sandbox"
        session.sign_in()
    assert set(threading.enumerate()) <= before


def test_the_services_own_schema_decides_once_it_is_fetched(box: rt.sandbox.Sandbox) -> None:
    with canary(box) as session:
        assert session.schema.bundled
        schema = session.fetch_schema()
        assert schema is session.schema
        assert not schema.bundled
        assert len(schema.known_fields("transactionalEmailEventReport")) > 0
        with pytest.raises(DocumentError, match="notThere"):
            rt.read_retarus("{ faxOutUdrReport { notThere } }", last="1D", session=session)


def test_a_fetched_schema_is_kept_for_the_next_session(box: rt.sandbox.Sandbox) -> None:
    with canary(box) as session:
        session.fetch_schema()
    asked = box.requests.api
    with canary(box) as session:
        session.fetch_schema()
        assert box.requests.api == asked
        session.fetch_schema(refresh=True)
        assert box.requests.api == asked + 1


def test_a_service_without_introspection_leaves_the_schema_as_it_was() -> None:
    with rt.Session.sandbox(rows=10, quirks=["no-introspection"]) as session:
        with pytest.raises(InputError, match="introspection"):
            session.fetch_schema()
        assert session.schema.bundled


def test_a_schema_may_be_given_as_text_or_file(box: rt.sandbox.Sandbox, tmp_path: Path) -> None:
    with canary(box) as session:
        text = print_schema(session.fetch_schema().graphql)
    path = tmp_path / "own.graphql"
    path.write_text(text, encoding="utf-8")
    for source in (text, path, str(path)):
        with rt.Session("1", "2", "3", schema=source) as session:
            assert not session.schema.bundled
            session.use_schema(None)
            assert session.schema.bundled


def test_the_environment_may_name_the_schema(
    box: rt.sandbox.Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all sessions that are given none, and while nobody is signed in; the embedded service has its own."""
    with canary(box) as session:
        text = print_schema(session.fetch_schema().graphql)
    path = tmp_path / "own.graphql"
    path.write_text(text.replace("statusName: String", "statusWord: String"), encoding="utf-8")
    monkeypatch.setenv("RETARUS_SCHEMA", str(path))
    assert "statusWord" in set(rt.fields("faxOutUdrReport")["field"])
    with canary(box) as session:
        assert session.schema.source == f"file {path}"
        assert session.schema is session.schema
        with pytest.raises(DocumentError, match="statusName"):
            rt.plan_retarus("{ faxOutUdrReport { statusName } }", last="1D", session=session)
        session.use_schema(text)
        assert "statusName" in set(rt.fields("faxOutUdrReport", session=session)["field"])
    with rt.Session.sandbox(rows=1) as session:
        assert session.schema.bundled
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1, 1))
    assert "statusName" in set(rt.fields("faxOutUdrReport")["field"])


def test_a_schema_of_the_environment_that_is_not_there_is_named(
    box: rt.sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETARUS_SCHEMA", "gone.graphql")
    asked = box.requests.api
    with canary(box) as session, pytest.raises(InputError, match=r"'gone.graphql' cannot be read.*RETARUS_SCHEMA"):
        rt.read_retarus("faxOutUdrReport", last="1D", session=session)
    assert box.requests.api == asked


@pytest.mark.parametrize(
    "option",
    [
        *({"timeout": value} for value in ("120", None, 0, -1, float("nan"), True)),
        *({"max_bytes": value} for value in ("1 GiB", None, 0, 1.5, True)),
        *({"schema": value} for value in (7, b"type Query", ["type Query"])),
        *({name: value} for name in ("api_url", "token_url") for value in (7, b"https://host/", ["https://host/"])),
    ],
    ids=str,
)
def test_an_option_of_a_session_that_does_not_fit_is_named(option: dict[str, Any]) -> None:
    (name,) = option
    with pytest.raises(InputError, match=f"(?i){name}=|A {name} is|{name.replace('_', ' ')}"):
        rt.Session("4711", "canary", SECRET, **option)


def test_a_session_takes_numbers_of_numpy() -> None:
    limits: dict[str, Any] = {"timeout": np.float64(30), "max_bytes": np.int64(1 << 20)}
    rt.Session("4711", "canary", SECRET, **limits).close()
