"""Who asks: credentials, where they come from, and the one current session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.session.account import AccountCheck, check_account
    from retarus_pandas.session.current import (
        acquire_session,
        can_sign_in,
        changes_so_far,
        current_session,
        known_api_url,
        known_customer_id,
        known_schema,
        known_service,
        logout,
        make_current,
        on_sign_in_or_out,
        sign_out,
        was_logged_out,
    )
    from retarus_pandas.session.keyring import (
        Keyring,
        forget_login,
        is_login_remembered,
        remember_login,
        usable_keyring,
    )
    from retarus_pandas.session.profile import FilterRule, Profile, Watched
    from retarus_pandas.session.session import Session, session_of
    from retarus_pandas.session.sources import (
        CREDENTIAL_VARIABLES,
        credentials_in_environment,
        endpoints_in_environment,
        known_login,
        mask_key,
    )
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "AccountCheck": "retarus_pandas.session.account",
            "CREDENTIAL_VARIABLES": "retarus_pandas.session.sources",
            "Keyring": "retarus_pandas.session.keyring",
            "FilterRule": "retarus_pandas.session.profile",
            "Profile": "retarus_pandas.session.profile",
            "Session": "retarus_pandas.session.session",
            "Watched": "retarus_pandas.session.profile",
            "acquire_session": "retarus_pandas.session.current",
            "check_account": "retarus_pandas.session.account",
            "can_sign_in": "retarus_pandas.session.current",
            "changes_so_far": "retarus_pandas.session.current",
            "credentials_in_environment": "retarus_pandas.session.sources",
            "current_session": "retarus_pandas.session.current",
            "endpoints_in_environment": "retarus_pandas.session.sources",
            "forget_login": "retarus_pandas.session.keyring",
            "is_login_remembered": "retarus_pandas.session.keyring",
            "known_api_url": "retarus_pandas.session.current",
            "known_customer_id": "retarus_pandas.session.current",
            "known_login": "retarus_pandas.session.sources",
            "known_schema": "retarus_pandas.session.current",
            "known_service": "retarus_pandas.session.current",
            "logout": "retarus_pandas.session.current",
            "make_current": "retarus_pandas.session.current",
            "mask_key": "retarus_pandas.session.sources",
            "on_sign_in_or_out": "retarus_pandas.session.current",
            "remember_login": "retarus_pandas.session.keyring",
            "session_of": "retarus_pandas.session.session",
            "sign_out": "retarus_pandas.session.current",
            "usable_keyring": "retarus_pandas.session.keyring",
            "was_logged_out": "retarus_pandas.session.current",
        },
    )

__all__ = [
    "CREDENTIAL_VARIABLES",
    "AccountCheck",
    "FilterRule",
    "Keyring",
    "Profile",
    "Session",
    "Watched",
    "acquire_session",
    "can_sign_in",
    "changes_so_far",
    "check_account",
    "credentials_in_environment",
    "current_session",
    "endpoints_in_environment",
    "forget_login",
    "is_login_remembered",
    "known_api_url",
    "known_customer_id",
    "known_login",
    "known_schema",
    "known_service",
    "logout",
    "make_current",
    "mask_key",
    "on_sign_in_or_out",
    "remember_login",
    "session_of",
    "sign_out",
    "usable_keyring",
    "was_logged_out",
]
