"""Credentials are remembered where there is a keyring, and its faults stay its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from retarus_pandas.notebook.signin.form import LoginForm
from retarus_pandas.sandbox import Sandbox
from retarus_pandas.session.keyring import forget_login, remember_login, remembered_login, usable_keyring
from retarus_pandas.session.session import Session
from retarus_pandas.session.sources import mask_key
from retarus_pandas.values import Credentials, Endpoints, Secret
from support.signing_in import wait

keyring = pytest.importorskip("keyring", reason="the keyring extra is not installed")

CREDENTIALS = Credentials("4711", "the-client", Secret("s3cret"))
ENDPOINTS = Endpoints(token_url="https://token.example.org/")


class Kept(keyring.backend.KeyringBackend):  # type: ignore[name-defined, misc]
    """A keyring that lasts as long as the test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


class Locked(Kept):
    """A keyring that the user does not open."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("no")

    set_password = get_password  # type: ignore[assignment]
    delete_password = get_password  # type: ignore[assignment]


@pytest.fixture
def ring() -> Iterator[Kept]:
    yield from use(Kept())


def use(ring: Kept) -> Iterator[Kept]:
    before = keyring.get_keyring()
    keyring.set_keyring(ring)
    try:
        yield ring
    finally:
        keyring.set_keyring(before)


def test_what_is_saved_is_loaded_until_it_is_forgotten(ring: Kept) -> None:
    """The whole way there and back."""
    assert usable_keyring()
    assert remembered_login() is None
    forget_login()
    assert remember_login(CREDENTIALS, ENDPOINTS)
    assert remembered_login() == (CREDENTIALS, ENDPOINTS)
    forget_login()
    assert remembered_login() is None
    assert ring.entries == {}


def test_a_locked_keyring_is_no_fault() -> None:
    """Not remembered, and nothing else goes wrong."""
    for _ in use(Locked()):
        assert usable_keyring()
        assert remembered_login() is None
        assert remember_login(CREDENTIALS, ENDPOINTS) is False
        forget_login()


@pytest.mark.parametrize("content", ["", "{}", "[1]", "not JSON", '{"customer_id": "1"}'])
def test_an_entry_that_is_not_ours_is_none(ring: Kept, content: str) -> None:
    """Another version, or somebody else, may have written it."""
    ring.entries["retarus_pandas", "login"] = content
    assert remembered_login() is None


@pytest.mark.usefixtures("ring")
def test_what_cannot_be_deleted_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some keyrings are read-only."""
    assert remember_login(CREDENTIALS, ENDPOINTS)
    monkeypatch.setattr(Kept, "delete_password", Locked.delete_password)
    forget_login()
    assert remembered_login() is not None


def test_without_the_extra_nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package does not need it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert not usable_keyring()
    assert remembered_login() is None
    assert not remember_login(CREDENTIALS, ENDPOINTS)
    forget_login()


def test_no_keyring_is_not_usable() -> None:
    """A machine without one is not offered to remember."""
    for _ in use(keyring.backends.fail.Keyring()):
        assert not usable_keyring()
        assert remembered_login() is None


def sign_in_by_form(form: LoginForm, *, remember: bool, before: bool) -> None:
    """Tick or clear the box, which was as it was left `before`, and wait for the form's thread."""
    form.ask()
    assert form.questions is not None
    assert form.questions.remember in form.questions.rows
    assert form.questions.remember.value is before
    form.questions.remember.value = remember
    form.submit()
    wait()


def test_the_box_remembers_and_forgets(ring: Kept) -> None:
    """Ticked, it saves what was good; cleared again, it forgets; nothing is saved unasked."""
    with Sandbox(rows=1) as box:
        credentials = Credentials(box.customer_id, box.client_id, Secret(box.client_secret))
        endpoints = Endpoints(box.api_url, box.token_url)

        def sign_in(credentials: Credentials, endpoints: Endpoints) -> Session:
            return Session(
                credentials.customer_id,
                credentials.client_id,
                credentials.client_secret,
                api_url=endpoints.api_url,
                token_url=endpoints.token_url,
            )

        for remember, kept in [(False, 0), (True, 1), (False, 0)]:
            form = LoginForm(sign_in, Session.sandbox, credentials, endpoints)
            sign_in_by_form(form, remember=remember, before=bool(ring.entries))
            assert len(ring.entries) == kept


def test_without_a_keyring_there_is_no_box() -> None:
    """What cannot be done is not offered."""
    for _ in use(keyring.backends.fail.Keyring()):
        form = LoginForm(lambda *typed: pytest.fail("not asked"), Session.sandbox, CREDENTIALS, ENDPOINTS)
        form.ask()
        assert form.questions is not None
        assert form.questions.remember not in form.questions.rows


def test_the_key_for_masks_comes_from_the_environment_else_from_the_keyring(
    ring: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RETARUS_MASK_KEY", raising=False)
    assert not mask_key()
    keyring.set_password("retarus_pandas", "mask-key", "of the keyring")
    assert mask_key() == Secret("of the keyring")
    monkeypatch.setenv("RETARUS_MASK_KEY", "of the environment")
    assert mask_key() == Secret("of the environment")
