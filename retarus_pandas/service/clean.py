"""What keeps secrets out of errors: texts without them, and exceptions without the frames they came through."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import quote, quote_plus

from retarus_pandas.errors import Interrupted, RetarusError
from retarus_pandas.values import Secret

__all__ = ["forgetful", "hide", "quoted"]

P = ParamSpec("P")
T = TypeVar("T")

HIDDEN = "***"
_SHOWN = 160
_LOOKED_AT = 1 << 16


def forgetful(function: Callable[P, T]) -> Callable[P, T]:
    """Let errors of ours out as if they began here; an interrupt too.

    A verbose traceback prints the variables of every frame and of every chained exception, and in the frames of
    the HTTP libraries these hold the token and the client secret.
    """

    @wraps(function)
    def wrapper(*args: P.args, **options: P.kwargs) -> T:
        kept: RetarusError | Interrupted
        try:
            return function(*args, **options)
        except RetarusError as error:
            kept = error
        except KeyboardInterrupt:
            kept = Interrupted("interrupted while waiting for the service")
        kept.__cause__ = kept.__context__ = None
        try:
            raise kept.with_traceback(None)
        finally:
            del kept

    return wrapper


def _spellings(secret: Secret) -> list[str]:
    text = secret.reveal()
    in_json = json.dumps(text)[1:-1]
    found = {
        *(text, html.escape(text), quote(text), quote(text, safe=""), quote_plus(text)),
        *(in_json, in_json.replace("/", r"\/")),
    }
    return sorted(found - {""}, key=len, reverse=True)


def hide(text: str, secret: Secret) -> str:
    """The text without the secret, in whatever spelling a server may repeat it."""
    for spelling in _spellings(secret):
        text = text.replace(spelling, HIDDEN)
    return text


def quoted(body: bytes, secret: Secret | None = None) -> str:
    """The beginning of an answer, on one line and without the secret."""
    text = body[:_LOOKED_AT].decode("utf-8", "replace")
    if secret is not None:
        text = hide(text, secret)
    text = " ".join(text.split())
    text = "".join(character if character.isprintable() else "\ufffd" for character in text[: _SHOWN + 1])
    if not text:
        return "an empty body"
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
