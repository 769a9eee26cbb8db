"""Who asks: credentials, where they come from, and the one current session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.session import keyring_store
    from retarus_pandas.session.session import (
        CREDENTIAL_VARIABLES,
        Session,
        acquire_session,
        current_session,
        known_customer_id,
        known_schema,
        logout,
        make_current,
    )
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "CREDENTIAL_VARIABLES": "retarus_pandas.session.session",
            "Session": "retarus_pandas.session.session",
            "acquire_session": "retarus_pandas.session.session",
            "current_session": "retarus_pandas.session.session",
            "keyring_store": "retarus_pandas.session",
            "known_customer_id": "retarus_pandas.session.session",
            "known_schema": "retarus_pandas.session.session",
            "logout": "retarus_pandas.session.session",
            "make_current": "retarus_pandas.session.session",
        },
    )

__all__ = [
    "CREDENTIAL_VARIABLES",
    "Session",
    "acquire_session",
    "current_session",
    "keyring_store",
    "known_customer_id",
    "known_schema",
    "logout",
    "make_current",
]
