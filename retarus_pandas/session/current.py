"""The one current session of the process, and what is known without one.

`login` and the environment set it; a ``session=`` argument always goes before it.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

from retarus_pandas.errors import InputError, NotSignedInError, SessionClosedError
from retarus_pandas.session.keyring import forget_login, is_login_remembered, usable_keyring
from retarus_pandas.session.session import Session
from retarus_pandas.session.sources import (
    credentials_in_environment,
    endpoints_in_environment,
    environment_fingerprint,
    schema_in_environment,
)

if TYPE_CHECKING:
    from retarus_pandas.schema import Schema

__all__ = [
    "acquire_session",
    "can_sign_in",
    "changes_so_far",
    "current_session",
    "known_api_url",
    "known_customer_id",
    "known_schema",
    "known_service",
    "logout",
    "make_current",
    "on_sign_in_or_out",
    "sign_out",
    "was_logged_out",
]


_NOT_DELETED = "The keyring did not delete the remembered login; delete the entry 'retarus_pandas' there yourself."
_NO_KEYRING = "No keyring answers here, so nothing was deleted; where one holds an entry 'retarus_pandas', it stays."


class _Watcher(Protocol):
    def session_changed(self) -> None: ...


_watchers: WeakSet[_Watcher] = WeakSet()


class _Current:
    """The one current session of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: Session | None = None
        # Those that were current and are yet to be closed.
        self._former: list[Session] = []
        # Those of an environment that was changed since: reads may still use them, until somebody logs out.
        self._outdated: WeakSet[Session] = WeakSet()
        self._environment: int | None = None
        self.was_logged_out = False
        self.changes = 0

    def get(self) -> Session | None:
        with self._lock:
            return None if self._session is None or self._session.closed else self._session

    def replace(self, session: Session | None, since: int | None = None) -> None:
        """Put another in its place, and close the one before; what an interrupt leaves open is closed the next time."""
        with self._lock:
            if since not in {None, self.changes}:
                raise NotSignedInError("Somebody logged out, or signed in elsewhere, in the meantime; log in again.")
            self.changes += 1
            if self._session is not None and self._session is not session:
                self._former.append(self._session)
            self._session = session
            if session is not None:
                self._outdated.discard(session)
            self._environment = None
            self.was_logged_out = session is None
        for former in [*self._outdated, *self._former]:
            former.close()
            with suppress(ValueError):  # somebody else closed it at the same time
                self._former.remove(former)

    def get_or_make(self) -> Session:
        with self._lock:
            if self._session is None or self._session.closed or self._is_outdated():
                if self._session is not None:
                    self._outdated.add(self._session)
                self._session = Session.from_env()
                self._environment = environment_fingerprint()
            return self._session

    def _is_outdated(self) -> bool:
        """Whether the session came from an environment that holds other credentials now, say to mend a wrong secret.

        Credentials that were only taken out, so that other programs do not see them, sign nobody out.
        """
        if self._environment is None or credentials_in_environment().missing:
            return False
        return self._environment != environment_fingerprint()


_current = _Current()


def current_session() -> Session | None:
    """Return the current session, or None when nobody is signed in.

    Returns
    -------
    Session or None
    """
    return _current.get()


def make_current(session: Session, *, since: int | None = None) -> Session:
    """Make `session` the current one; the session before it, if another, is closed.

    Raises
    ------
    NotSignedInError
        With `since`, a number of `changes_so_far`: somebody signed in or logged out after that.
    """
    _replace(session, since)
    return session


def changes_so_far() -> int:
    """How often somebody has signed in or logged out."""
    return _current.changes


def sign_out() -> None:
    """Close the current session and forget it, without a word."""
    _replace(None)


def was_logged_out() -> bool:
    """Whether somebody logged out and nobody signed in since."""
    return _current.was_logged_out


def on_sign_in_or_out(watcher: _Watcher) -> None:
    """Call ``watcher.session_changed()`` at every sign-in and log-out, as long as somebody else refers to it."""
    _watchers.add(watcher)


def _replace(session: Session | None, since: int | None = None) -> None:
    _current.replace(session, since)
    for watcher in list(_watchers):
        watcher.session_changed()


def acquire_session(session: Session | None = None) -> Session:
    """Return the given session, else the current one, else one made from the environment, which becomes current.

    Raises
    ------
    NotSignedInError
        There is none and the environment does not hold credentials.
    SessionClosedError
        The given session is closed.
    """
    if session is None:
        return _current.get_or_make()
    _check_type(session)
    if session.closed:
        raise SessionClosedError(
            "The session given was closed or logged out; make a new one, or call retarus_pandas.login()."
        )
    return session


def can_sign_in(session: Session | None = None) -> bool:
    """Return whether `acquire_session` would return one; nothing is made."""
    return _given_or_current(session) is not None or not credentials_in_environment().missing


def _check_type(session: object) -> None:
    if not isinstance(session, Session):
        raise InputError(f"session= is a {type(session).__name__}; give a retarus_pandas.Session, or leave it out.")


def _given_or_current(session: Session | None) -> Session | None:
    if session is None:
        return current_session()
    _check_type(session)
    return session


def known_api_url(session: Session | None = None) -> str:
    """Return which service would be asked; empty where nobody is signed in and the environment holds no credentials."""
    session = _given_or_current(session)
    if session:
        return session.api_url
    return "" if credentials_in_environment().missing else endpoints_in_environment().api_url


def known_customer_id(session: Session | None = None) -> str | None:
    """Return whose records would be read, signed in or not; None where nobody says."""
    session = _given_or_current(session)
    return session.customer_id if session else credentials_in_environment().customer_id or None


def known_schema(session: Session | None = None) -> Schema:
    """Return the schema of the given session, else of the current one, else the environment's, else the bundled one."""
    from retarus_pandas.schema import bundled

    session = _given_or_current(session)
    return session.schema if session else schema_in_environment() or bundled()


def known_service(session: Session | None = None) -> str:
    """Return which service would be asked, as an archive tells it from others; empty where nobody is signed in yet."""
    session = _given_or_current(session)
    return session.endpoints.service if session else ""


def logout(*, forget: bool = False) -> None:
    """Close the current session and forget it; its secret and token are gone from memory.

    Sessions made with `Session` and passed as ``session=`` are not touched. Credentials in the environment stay where
    they are: the next read uses them, and `login` offers them.

    Parameters
    ----------
    forget : bool, default False
        Also delete the login that is remembered in this computer's keyring. Where one stays, a line says so.
    """
    sign_out()
    if forget and not forget_login():
        _say(_NOT_DELETED if usable_keyring() else _NO_KEYRING)
    elif not forget and is_login_remembered():
        _say("The login remembered in this computer's keyring stays; logout(forget=True) deletes it.")


def _say(line: str) -> None:
    print(line)  # noqa: T201 - who logs out wants to know what is left
