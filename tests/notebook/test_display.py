"""Texts that people read are shown whole, and without secrets."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from retarus_pandas.notebook.display import signed_in_line, status_table
from retarus_pandas.read.table import Table, minutes
from retarus_pandas.session.profile import Profile
from retarus_pandas.session.session import Session
from retarus_pandas.values import Secret, Token

LONG = "long words " * 40


@pytest.mark.parametrize(
    ("seconds", "shown"), [(299.9, "4:59"), (60, "1:00"), (5, "0:05"), (-3, "0:00"), (3600, "60:00")]
)
def test_minutes(seconds: float, shown: str) -> None:
    """As a clock shows them."""
    assert minutes(seconds) == shown


def test_a_table_shows_its_texts_whole_and_changes_no_option() -> None:
    """pandas cuts a text at 50 characters; a sentence about a fault is longer."""
    before = pd.get_option("display.max_colwidth")
    table = Table({"check": ["a<b"], "detail": [LONG]})
    assert LONG.strip() in repr(table)
    assert LONG.strip() in table._repr_html_()
    assert "a&lt;b" in table._repr_html_()
    assert pd.get_option("display.max_colwidth") == before
    assert isinstance(table[table["check"] == "a<b"], Table)


def test_a_notebook_shows_a_table_as_a_terminal_does() -> None:
    """Nothing for nothing, a day without its midnight, an instant to the second."""
    at, day = pd.Timestamp("2026-10-01T08:30:00.123456Z"), pd.Timestamp("2026-10-01")
    shown = Table({"rows": [pd.NA, 7], "at": [at, pd.NaT], "day": [day, day]})._repr_html_()
    cells = [line.strip() for line in shown.splitlines() if "<td>" in line]
    texts = ["", "2026-10-01 08:30:00 UTC", "2026-10-01", "7", "", "2026-10-01"]
    assert cells == [f"<td>{text}</td>" for text in texts]


def test_a_narrow_window_breaks_no_day_and_leaves_long_texts_room() -> None:
    """Each column is as wide as its texts, or as some words of them."""
    shown = Table({"day": [pd.Timestamp("2026-10-01")], "meaning": [LONG]})._repr_html_()
    assert '<th style="min-width: 5.5em;">day</th>' in shown
    assert '<th style="min-width: 15.4em;">meaning</th>' in shown


def test_an_empty_table_is_shown_too() -> None:
    """Its column names are left."""
    assert repr(Table({"check": []})) == "check"


def test_the_status_of_nobody_says_how_to_sign_in() -> None:
    """One line, and what to do."""
    assert "'%retarus login'" in repr(status_table(None))


def test_the_status_says_that_the_environment_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the next read; the values are not shown."""
    for name in ("RETARUS_CUSTOMER_ID", "RETARUS_CLIENT_ID", "RETARUS_CLIENT_SECRET"):
        assert "'%retarus login'" in repr(status_table(None))
        monkeypatch.setenv(name, "c4n4ry")
    shown = repr(status_table(None))
    assert "no; a cell that reads signs in by RETARUS_CUSTOMER_ID, " in shown
    assert "c4n4ry" not in shown


def test_the_status_has_neither_secret_nor_token() -> None:
    """Who, where, for how long; nothing is sent to find out."""
    with Session.sandbox(rows=1) as session:
        assert status_table(session).loc["token", "status"] == "fetched when needed"
        token = session.sign_in()
        shown = repr(status_table(session)) + status_table(session)._repr_html_()
        assert "renewed when needed" in shown
        assert session.customer_id in shown
        assert token.secret.reveal() not in shown
        assert session._credentials.client_secret.reveal() not in shown
    assert "'%retarus login'" in repr(status_table(session))


@pytest.mark.parametrize(
    ("api", "token", "foreign"),
    [
        (None, None, None),
        (None, "https://other.eu.retarus.com/token", None),
        (None, "https://retarus.com.example.org/token", "retarus.com.example.org"),
        (None, "https://notretarus.com/token", "notretarus.com"),
        ("https://api.acme.co.uk/", "https://token.acme.co.uk/token", None),
        ("https://api.acme.co.uk/", "https://token.other.co.uk/token", "token.other.co.uk"),
        ("https://api.acme.com./", "https://token.other.com./token", "token.other.com."),
        (None, "https://token.retarus.com./token", None),
        ("http://localhost:1/", "http://127.0.0.1:2/", None),
        ("https://10.1.2.3/", "https://10.2.2.3/", "10.2.2.3"),
        ("http://127.0.0.1:1/", "https://login.example.org/", "login.example.org"),
    ],
)
def test_a_foreign_token_host_is_shown(api: str | None, token: str | None, foreign: str | None) -> None:
    """Wherever it is said who is signed in."""
    with Session("1", "c", "s", api_url=api, token_url=token) as session:
        line = signed_in_line(session, Token(Secret("t"), 300, time.monotonic() + 300, time.time() + 300))
        table = str(status_table(session))
    assert session.endpoints.foreign_token_host == foreign
    assert ("foreign host" in line) == ("foreign host" in table) == (foreign is not None)
    assert (foreign or "") in line


def test_what_a_probe_found_is_shown() -> None:
    """When, and what differs from what is assumed."""
    with Session.sandbox(rows=1) as session:
        assert "'python -m retarus_pandas doctor --probe'" in str(status_table(session).loc["probe", "status"])
        session.known.use_profile(Profile("2026-11-20T10:00:00+00:00", {"sort": "no"}, {"sort": "ignored"}))
        shown = str(status_table(session).loc["probe", "status"])
    assert shown.startswith("of 2026-11-20")
    assert "Is the order honoured that is asked for? no." in shown
