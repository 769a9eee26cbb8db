"""The credentials in the computer's own keyring, for those who chose to have them remembered.

Needs the ``keyring`` extra. A keyring may be missing, locked or broken; every function here fails softly.
"""

from __future__ import annotations

import json
from typing import Any

from retarus_pandas.values import Credentials, Endpoints, Secret

__all__ = ["can_remember_login", "forget_login", "remember_login", "remembered_login"]

_SERVICE = "retarus_pandas"
_ENTRY = "login"


def can_remember_login() -> bool:
    """Whether there is a keyring that keeps something."""
    try:
        return bool(_keyring().get_keyring().priority > 0)
    except Exception:
        return False


def remembered_login() -> tuple[Credentials, Endpoints] | None:
    """What was remembered; None if nothing was, or it cannot be read."""
    try:
        text = _keyring().get_password(_SERVICE, _ENTRY)
        if text is None:
            return None
        kept = json.loads(text)
        return (
            Credentials(kept["customer_id"], kept["client_id"], Secret(kept["client_secret"])),
            Endpoints(kept["api_url"], kept["token_url"]),
        )
    except Exception:
        return None


def remember_login(credentials: Credentials, endpoints: Endpoints) -> bool:
    """Remember; False if the keyring refused."""
    kept = {
        "customer_id": credentials.customer_id,
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret.reveal(),
        "api_url": endpoints.api_url,
        "token_url": endpoints.token_url,
    }
    try:
        _keyring().set_password(_SERVICE, _ENTRY, json.dumps(kept))
    except Exception:
        return False
    return True


def forget_login() -> None:
    """Remember no longer; that there is nothing to forget is no fault."""
    try:
        if remembered_login() is not None:
            _keyring().delete_password(_SERVICE, _ENTRY)
    except Exception:
        return


def _keyring() -> Any:
    import keyring

    return keyring
