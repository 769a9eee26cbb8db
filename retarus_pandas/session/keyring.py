"""The login in the computer's own keyring, for those who chose to have it remembered.

Needs the ``keyring`` extra. A keyring may be missing, locked or broken, it may wait for somebody who is not there,
and it may say that it did what it did not do: it is asked in a thread that is left behind when it takes too long,
and what it did is looked at afterwards.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from retarus_pandas.values import Credentials, Endpoints, Secret

__all__ = [
    "Keyring",
    "forget_login",
    "is_login_remembered",
    "remember_login",
    "remembered_login",
    "remembered_mask_key",
    "usable_keyring",
]

T = TypeVar("T")

_SERVICE = "retarus_pandas"
_ENTRY = "login"
_MASK_KEY = "mask-key"
_PARTS = ("customer_id", "client_id", "client_secret", "api_url", "token_url")
# Seconds for one answer; a form waits no longer to be shown.
_WAITING = 3.0


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keyring in use; ``is_plain_text`` says that everybody who can read its file can read what it keeps."""

    name: str
    is_plain_text: bool


def usable_keyring() -> Keyring | None:
    """The keyring, if there is one that keeps something."""
    return _answer_of(_look_at_keyring, None)


def remembered_login() -> tuple[Credentials, Endpoints] | None:
    """What was remembered; None if nothing was, or it cannot be used."""
    return _answer_of(lambda: _parse(_entry()), None)


def is_login_remembered() -> bool:
    """Whether there is an entry, of whatever kind."""
    return _answer_of(lambda: _entry() is not None, default=False)


def remember_login(credentials: Credentials, endpoints: Endpoints) -> bool:
    """Remember, in place of what was remembered before; False if it was not kept."""
    return _answer_of(lambda: _write(credentials, endpoints), default=False)


def forget_login() -> bool:
    """Remember no longer; False if something is still there, or nobody knows."""
    return _answer_of(_delete, default=False)


def remembered_mask_key() -> Secret:
    """What somebody put there for hashing personal values; empty if nobody did."""
    return _answer_of(lambda: Secret.of(_backend().get_password(_SERVICE, _MASK_KEY)), Secret(""))


# The questions that were left behind; nothing else is asked while one of them waits, so that a form waits once.
_unanswered: list[threading.Thread] = []


def _answer_of(ask: Callable[[], T], default: T) -> T:
    """What the keyring answers; the default where it fails, or does not answer in time."""
    _unanswered[:] = [thread for thread in _unanswered if thread.is_alive()]
    if _unanswered:
        return default
    answers: list[T] = []

    def work() -> None:
        try:
            answers.append(ask())
        except BaseException:
            # Backends raise whatever comes to them, panics of other languages too, and some put what they were given
            # into the message, which an error that left the thread would print.
            return

    thread = threading.Thread(target=work, name="retarus-keyring", daemon=True)
    thread.start()
    thread.join(_WAITING)
    _unanswered.extend([thread] * thread.is_alive())
    return answers[0] if answers else default


def _backend() -> Any:
    import keyring

    return keyring.get_keyring()


def _look_at_keyring() -> Keyring | None:
    backend = _backend()
    if backend.priority <= 0:
        return None
    # Of several in a chain, the first one gets what is saved.
    first = next(iter(getattr(backend, "backends", ())), backend)
    return Keyring(type(first).__name__, "plain" in type(first).__name__.lower())


def _entry() -> str | None:
    entry: str | None = _backend().get_password(_SERVICE, _ENTRY)
    return entry


def _parse(entry: str | None) -> tuple[Credentials, Endpoints] | None:
    """The login in an entry; None for one of another version, or of somebody else."""
    kept = json.loads(entry or "null")
    if not isinstance(kept, dict) or not all(isinstance(kept.get(part), str) and kept[part] for part in _PARTS):
        return None
    credentials = Credentials.of(kept["customer_id"], kept["client_id"], Secret(kept["client_secret"]))
    return None if credentials.missing else (credentials, Endpoints(kept["api_url"], kept["token_url"]))


def _write(credentials: Credentials, endpoints: Endpoints) -> bool:
    kept = (
        credentials.customer_id,
        credentials.client_id,
        credentials.client_secret.reveal(),
        endpoints.api_url,
        endpoints.token_url,
    )
    entry = json.dumps(dict(zip(_PARTS, kept, strict=True)))
    _backend().set_password(_SERVICE, _ENTRY, entry)
    return _entry() == entry


def _delete() -> bool:
    backend = _backend()
    # What cannot be read may still be deleted, so the reading is not asked first.
    try:
        backend.delete_password(_SERVICE, _ENTRY)
    except Exception:
        return _entry() is None
    return _entry() is None
