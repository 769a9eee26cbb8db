"""What a probe found is kept for this user only, and used to warn and to save requests, never to skip a proof."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import SchemaWarning
from retarus_pandas.sandbox import Quirk, Sandbox
from retarus_pandas.session.profile import Profile, Watched
from retarus_pandas.session.session import Session

ENDPOINT = "https://api.example.invalid/v1"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def found(**facts: object) -> Profile:
    watched = Watched("faxOutUdrReport", "a", "b", "c", ("faxId",), (("k", "d"),))
    refused = {"faxOutUdrReport": (("argument", "sort", ""),)}
    return Profile(datetime.now(UTC).isoformat(), {"sort": "no"}, facts, refused, watched)


def session_of(box: Sandbox) -> Session:
    return Session(box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url)


def test_it_comes_back_for_the_same_endpoint_and_customer(cache: Path) -> None:
    profile = found(sort="refused")
    profile.save(ENDPOINT, "1")
    again = Profile.load(ENDPOINT, "1")
    assert again is not None
    assert again.facts == profile.facts
    assert again.refusals("faxOutUdrReport") == profile.refusals("faxOutUdrReport") != ()
    assert again.watched == profile.watched
    assert Profile.load(ENDPOINT, "2") is None
    assert Profile.load(ENDPOINT + "/", "1") is None


def test_only_this_user_may_read_it(cache: Path) -> None:
    found().save(ENDPOINT, "12345")
    [file] = [path for path in cache.rglob("*") if path.is_file()]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "12345" not in file.name + file.read_text()


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", '{"version": 1}', '{"version": 99}', "not JSON"])
def test_a_file_that_cannot_be_used_is_none(cache: Path, content: str) -> None:
    found().save(ENDPOINT, "1")
    [file] = [path for path in cache.rglob("*") if path.is_file()]
    file.write_text(content)
    assert Profile.load(ENDPOINT, "1") is None


def test_one_of_another_version_is_none(cache: Path) -> None:
    found().save(ENDPOINT, "1")
    [file] = [path for path in cache.rglob("*") if path.is_file()]
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": 2}))
    assert Profile.load(ENDPOINT, "1") is None


def test_a_refusal_is_forgotten_after_a_day() -> None:
    """What the service lacks may be there tomorrow."""
    old = replace(found(introspection=False), made=(datetime.now(UTC) - timedelta(hours=25)).isoformat())
    assert found(introspection=False).gives_no_schema
    assert not old.gives_no_schema
    assert old.refusals("faxOutUdrReport") == ()


def test_what_was_refused_is_not_asked_in_vain(cache: Path) -> None:
    """A new session's first request is taken; the warning is the same as that of a refusal."""
    requests = {}
    for with_profile in (False, True):
        with Sandbox(50, missing=["sort"], quirks=[Quirk.NO_INTROSPECTION]) as box:
            with session_of(box) as session:
                if with_profile:
                    session.known.use_profile(found(introspection=False))
            with session_of(box) as session, pytest.warns(SchemaWarning, match="sort"):
                frame = rt.read_retarus("faxOutUdrReport", last="30D", session=session, progress=False)
            requests[with_profile] = box.requests.api
        assert len(frame)
    assert requests[True] < requests[False]


def test_a_profile_that_is_wrong_changes_no_row(cache: Path) -> None:
    """It says that there is no order and that periods are ignored; the read proves its rows all the same."""
    with Sandbox(400) as box, session_of(box) as session:
        plain = rt.read_retarus("faxOutUdrReport", last="60D", session=session, page_size=40, progress=False)
        session.known.use_profile(found(**{"period-time": "ignored"}))
        with pytest.warns(SchemaWarning) as told:
            frame = rt.read_retarus("faxOutUdrReport", last="60D", session=session, page_size=40, progress=False)
    assert frame["faxId"].tolist() == plain["faxId"].tolist()
    assert frame.attrs["retarus"]["proven"]
    assert any("does not look at the period" in str(each.message) for each in told)


def test_the_embedded_service_leaves_no_file(cache: Path) -> None:
    """Its address is another one each time."""
    with rt.Session.sandbox(rows=1) as session:
        session.known.use_profile(found())
        assert session.known.profile is not None
    assert list(cache.rglob("profile-*")) == []
