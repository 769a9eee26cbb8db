"""Keyrings that fail, hang, lie, and hold what nobody of ours wrote."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import retarus_pandas as rt
from retarus_pandas.notebook.signin.form import LoginForm
from retarus_pandas.sandbox import Sandbox
from retarus_pandas.session.keyring import (
    forget_login,
    is_login_remembered,
    remember_login,
    remembered_login,
    usable_keyring,
)
from retarus_pandas.session.session import session_of
from retarus_pandas.values import Credentials, Endpoints, Secret
from support.signing_in import wait

keyring = pytest.importorskip("keyring", reason="the keyring extra is not installed")

CREDENTIALS = Credentials("4711", "the-client", Secret("s3cret"))
ENDPOINTS = Endpoints(token_url="https://token.example.org/")
PLACE = ("retarus_pandas", "login")
NO = keyring.errors.KeyringLocked("no")

Act = Callable[..., Any]


def fail(*given: Any) -> Any:
    raise NO


def do_nothing(*given: Any) -> None:
    return None


class Keyring(keyring.backend.KeyringBackend):  # type: ignore[name-defined, misc]
    """A keyring in memory, which does other than it should where it is told how."""

    priority = 1.0

    def __init__(self, **instead: Act) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.instead = instead

    def get_password(self, service: str, username: str) -> Any:
        return self.instead.get("read", lambda: self.entries.get((service, username)))()

    def set_password(self, service: str, username: str, password: str) -> Any:
        if "save" in self.instead:
            return self.instead["save"]()
        self.entries[service, username] = password
        return None

    def delete_password(self, service: str, username: str) -> Any:
        if "delete" in self.instead:
            return self.instead["delete"]()
        if (service, username) not in self.entries:
            raise keyring.errors.PasswordDeleteError("no such entry")
        del self.entries[service, username]
        return None


class _Panic(BaseException):
    """What backends in other languages raise."""


@pytest.mark.parametrize("kind", [ValueError, _Panic, SystemExit, KeyboardInterrupt])
def test_what_a_keyring_says_of_the_entry_it_does_not_take_is_not_printed(
    use: Use, capsys: pytest.CaptureFixture[str], kind: type[BaseException]
) -> None:
    """Also where it raises what is no usual exception, and where it has not been asked before."""

    class Talking(Keyring):
        def set_password(self, service: str, username: str, password: str) -> Any:
            raise kind(password)

    use(Talking())
    assert not remember_login(CREDENTIALS, ENDPOINTS)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("forget", [True, False])
def test_without_a_keyring_nothing_is_said_of_one(capsys: pytest.CaptureFixture[str], forget: bool) -> None:
    """But to who wants something deleted."""
    rt.logout(forget=forget)
    told = capsys.readouterr().out
    assert told.startswith("No keyring answers here") if forget else told == ""


class PlaintextKeyring(Keyring):
    """One that anybody can read."""


Use = Callable[[Keyring], Keyring]


@pytest.fixture
def use() -> Iterator[Use]:
    before = keyring.get_keyring()

    def use(ring: Keyring) -> Keyring:
        keyring.set_keyring(ring)
        return ring

    yield use
    keyring.set_keyring(before)


# What a keyring does instead, and what then becomes of saving, reading, and deleting.
FAULTS: dict[str, tuple[dict[str, Act], bool, bool, bool]] = {
    "none": ({}, True, True, True),
    "does not save": ({"save": fail}, False, False, True),
    "says it saved": ({"save": do_nothing}, False, False, True),
    "does not read": ({"read": fail}, False, False, False),
    "reads something else": ({"read": lambda: "{}"}, False, False, False),
    "reads what is no text": ({"read": lambda: 7}, False, False, False),
    "does not delete": ({"delete": fail}, True, True, False),
    "says it deleted": ({"delete": do_nothing}, True, True, False),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_keyring_does_is_looked_at(use: Use, fault: str) -> None:
    """A success is one only where the keyring holds, or no longer holds, what it should."""
    instead, saves, reads, deletes = FAULTS[fault]
    use(Keyring(**instead))
    assert remember_login(CREDENTIALS, ENDPOINTS) is saves
    assert remembered_login() == ((CREDENTIALS, ENDPOINTS) if reads else None)
    assert forget_login() is deletes


GOOD = {"customer_id": "1", "client_id": "c", "client_secret": "s", "api_url": "https://a/", "token_url": "https://t/"}


@pytest.mark.parametrize("part", GOOD)
@pytest.mark.parametrize("value", [7, None, "", [], {"a": 1}, True])
def test_an_entry_of_wrong_types_cannot_be_used_and_can_be_forgotten(use: Use, part: str, value: object) -> None:
    """It is no login; it is still there, and it goes when it is to go."""
    ring = use(Keyring())
    ring.entries[PLACE] = json.dumps(GOOD)
    assert remembered_login() is not None
    ring.entries[PLACE] = json.dumps(GOOD | {part: value})
    assert remembered_login() is None
    assert is_login_remembered()
    assert forget_login()
    assert ring.entries == {}


def test_what_cannot_be_read_is_deleted_all_the_same(use: Use) -> None:
    """Whether it is gone nobody knows then, and that is what is said."""
    ring = use(Keyring(read=fail))
    ring.entries[PLACE] = "something"
    assert not forget_login()
    assert ring.entries == {}


def test_a_keyring_without_an_answer_holds_up_the_form_once(use: Use) -> None:
    """And nothing is said that is not known; once it has answered it is asked again."""
    answering = threading.Event()
    questions: list[int] = []

    def hang() -> str:
        questions.append(1)
        answering.wait()
        return json.dumps(GOOD)

    use(Keyring(read=hang))
    try:
        form = LoginForm(no_sign_in, no_sandbox, CREDENTIALS, ENDPOINTS)
        form.ask()
        assert remembered_login() is None
        assert not remember_login(CREDENTIALS, ENDPOINTS)
        assert form.questions is not None
        assert not form.questions.remember.value
        assert questions == [1]
    finally:
        answering.set()
    for thread in threading.enumerate():
        if thread.name == "retarus-keyring":
            thread.join()
    assert remembered_login() is not None


def test_a_keyring_that_keeps_plain_text_is_named(use: Use) -> None:
    """Before it is used, in the box that offers it."""
    use(PlaintextKeyring())
    ring = usable_keyring()
    assert ring is not None
    assert (ring.name, ring.is_plain_text) == ("PlaintextKeyring", True)
    assert "as plain text: PlaintextKeyring" in box_of(LoginForm(no_sign_in, no_sandbox, CREDENTIALS, ENDPOINTS))
    use(Keyring())
    assert "plain" not in box_of(LoginForm(no_sign_in, no_sandbox, CREDENTIALS, ENDPOINTS))


def no_sign_in(credentials: Credentials, endpoints: Endpoints) -> rt.Session:
    raise AssertionError


def no_sandbox() -> rt.Session:
    raise AssertionError


def box_of(form: LoginForm) -> str:
    form.ask()
    assert form.questions is not None
    return str(form.questions.remember.description)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(rows=1) as box:
        yield box


@pytest.mark.parametrize(
    ("instead", "remember", "told"),
    [
        ({"save": fail}, True, "did not save"),
        ({"save": do_nothing}, True, "did not save"),
        ({"delete": fail}, False, "did not delete"),
        ({"delete": do_nothing}, False, "did not delete"),
        ({}, True, ""),
        ({}, False, ""),
    ],
)
def test_what_was_not_done_is_told_in_the_form(
    use: Use, sandbox: Sandbox, instead: dict[str, Act], remember: bool, told: str
) -> None:
    """Beside the good news."""
    use(Keyring(**instead)).entries[PLACE] = json.dumps(GOOD)
    credentials = Credentials(sandbox.customer_id, sandbox.client_id, Secret(sandbox.client_secret))
    form = LoginForm(session_of, no_sandbox, credentials, Endpoints(sandbox.api_url, sandbox.token_url))
    form.ask()
    assert form.questions is not None
    form.questions.remember.value = remember
    form.submit()
    wait()
    ((line, _),) = [row.children for row in form.panel.children]
    assert "Signed in as customer" in line.value
    assert ("The keyring" in line.value) == bool(told)
    assert told in line.value


def test_the_form_says_what_stays_and_forgets_it_on_demand(use: Use, sandbox: Sandbox) -> None:
    """After a log-out, too."""
    ring = use(Keyring())
    credentials = Credentials(sandbox.customer_id, sandbox.client_id, Secret(sandbox.client_secret))
    form = LoginForm(session_of, no_sandbox, credentials, Endpoints(sandbox.api_url, sandbox.token_url))
    form.ask()
    assert form.questions is not None
    form.questions.remember.value = True
    form.submit()
    wait()
    ((_, leave),) = [row.children for row in form.panel.children]
    leave.click()
    assert form.questions is not None
    assert "stays" in form.questions.rows[1].value
    form.questions.forget.click()
    assert ring.entries == {}
    assert "remembered no longer" in form.questions.rows[1].value
    assert not form.questions.remember.value


def test_logging_out_says_whether_the_entry_stays(use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    """And has one word to delete it."""
    ring = use(Keyring())
    rt.logout()
    assert capsys.readouterr().out == ""
    ring.entries[PLACE] = json.dumps(GOOD)
    rt.logout()
    assert "logout(forget=True)" in capsys.readouterr().out
    rt.logout(forget=True)
    assert capsys.readouterr().out == ""
    assert ring.entries == {}
    use(Keyring(delete=fail)).entries[PLACE] = json.dumps(GOOD)
    rt.logout(forget=True)
    assert "did not delete" in capsys.readouterr().out
