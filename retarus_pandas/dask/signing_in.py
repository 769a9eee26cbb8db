"""Who asks in the process that reads a partition: a session is never sent, so that each process has its own."""

from __future__ import annotations

import threading
from uuid import uuid4
from weakref import ReferenceType, ref

from retarus_pandas.errors import NotSignedInError, SessionClosedError
from retarus_pandas.session import (
    CREDENTIAL_VARIABLES,
    Session,
    acquire_session,
    known_login,
    make_current,
    session_of,
)
from retarus_pandas.values import Credentials, Secret

__all__ = ["remember_session", "session_here"]

# Sessions that frames were made with, under names that say nothing; only this process knows them.
_given: dict[str, ReferenceType[Session]] = {}
_signing_in = threading.Lock()


def remember_session(session: Session | None) -> str:
    """A name under which `session_here` finds the session in this process; "" for none."""
    if session is None:
        return ""
    name = uuid4().hex
    _given[name] = ref(session)
    return name


def session_here(name: str) -> Session:
    """The session of that name, else this process's own: its current one, or one made from environment or keyring.

    Raises
    ------
    NotSignedInError
        There are no credentials here.
    SessionClosedError
        The session of that name is closed or gone.
    """
    if name in _given:
        session = _given[name]()
        if session is None:
            raise SessionClosedError("The session that the frame was made with is gone; keep it until it is computed.")
        return acquire_session(session)
    with _signing_in:
        try:
            return acquire_session()
        except NotSignedInError:
            credentials, endpoints = known_login(Credentials("", "", Secret("")), None, None)
        if credentials.missing:
            raise NotSignedInError(
                "A Dask worker is not signed in: sessions are never sent to other processes. Set "
                f"{', '.join(CREDENTIAL_VARIABLES)} in the environment in which workers start, or remember the login "
                "in the keyring of their computer."
            ) from None
        return make_current(session_of(credentials, endpoints))
