"""Where credentials and endpoints come from: the arguments, then the keyring, then the environment.

The environment is read here and nowhere else, and the secret in it is wrapped where it is read: no function that
can raise holds it, or the environment, in a variable that a verbose traceback prints.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from retarus_pandas.errors import InputError
from retarus_pandas.session.keyring import remembered_login, remembered_mask_key
from retarus_pandas.values import Credentials, Endpoints, Secret

if TYPE_CHECKING:
    from retarus_pandas.schema import Schema

__all__ = [
    "CREDENTIAL_VARIABLES",
    "credentials_in_environment",
    "endpoints_in_environment",
    "environment_fingerprint",
    "known_login",
    "mask_key",
    "schema_in_environment",
]

CREDENTIAL_VARIABLES = ("RETARUS_CUSTOMER_ID", "RETARUS_CLIENT_ID", "RETARUS_CLIENT_SECRET")

_ENDPOINT_VARIABLES = ("RETARUS_API_URL", "RETARUS_TOKEN_URL")


def credentials_in_environment() -> Credentials:
    """The credentials that are set in the environment; empty where one is not."""
    customer_id, client_id = map(_variable, CREDENTIAL_VARIABLES[:2])
    return Credentials.of(customer_id, client_id, _secret_variable(CREDENTIAL_VARIABLES[2]))


def endpoints_in_environment() -> Endpoints:
    """The endpoints that are set in the environment, else the documented ones."""
    usual = Endpoints()
    api_url, token_url = map(_variable, _ENDPOINT_VARIABLES)
    return Endpoints(api_url or usual.api_url, token_url or usual.token_url)


def schema_in_environment() -> Schema | None:
    """The schema of the file that ``RETARUS_SCHEMA`` names; None where it names none.

    Raises
    ------
    InputError
        The file cannot be read, or holds no reports.
    """
    name = _variable("RETARUS_SCHEMA")
    if not name:
        return None
    written = None
    with suppress(OSError):
        written = Path(name).stat().st_mtime_ns
    return _schema_of(Path(name), written)


@lru_cache(maxsize=4)
def _schema_of(path: Path, written: int | None) -> Schema:
    """Read once, until the file is written anew."""
    from retarus_pandas.schema import load

    try:
        return load(path)
    except InputError as error:
        reason = str(error)
    raise InputError(f"{reason} It is the one that RETARUS_SCHEMA names.")


def environment_fingerprint() -> int:
    """A number that changes with what is read from the environment."""
    return hash((credentials_in_environment(), endpoints_in_environment()))


def known_login(given: Credentials, api_url: str | None, token_url: str | None) -> tuple[Credentials, Endpoints]:
    """What need not be asked: the arguments, else what the keyring holds, else the environment.

    Who gives something means somebody in particular, and the keyring is not asked.
    """
    is_anything_given = len(given.missing) < 3 or api_url or token_url
    remembered = None if is_anything_given else remembered_login()
    if remembered is not None:
        return remembered
    found, places = credentials_in_environment(), endpoints_in_environment()
    return (
        Credentials(
            given.customer_id or found.customer_id,
            given.client_id or found.client_id,
            given.client_secret or found.client_secret,
        ),
        Endpoints(api_url or places.api_url, token_url or places.token_url),
    )


def mask_key() -> Secret:
    """The key with which personal values are hashed: the environment's, else the keyring's; empty if there is none."""
    return _secret_variable("RETARUS_MASK_KEY") or remembered_mask_key()


def _variable(name: str) -> str:
    return os.environ.get(name, "").strip()


def _secret_variable(name: str) -> Secret:
    return Secret.of(os.environ.get(name))
