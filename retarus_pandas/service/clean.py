"""What keeps secrets out of errors: texts without them, and exceptions without the frames they came through."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable
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


def _spellings(secret: Secret) -> set[str]:
    text = secret.reveal()
    return {text, quote(text), quote(text, safe=""), quote_plus(text), json.dumps(text)[1:-1], html.escape(text)} - {""}


def hide(body: bytes, secrets: Iterable[Secret]) -> bytes:
    """The bytes without the secrets, in any spelling a server may echo them in."""
    for secret in secrets:
        for spelling in sorted(_spellings(secret), key=len, reverse=True):
            encoded = spelling.encode("utf-8", "surrogatepass")
            if encoded in body:
                body = body.replace(encoded, HIDDEN.encode())
    return body


def quoted(body: bytes) -> str:
    """The beginning of an answer, on one line."""
    text = " ".join(body[: 4 * _SHOWN].decode("utf-8", "replace").split())
    text = "".join(character if character.isprintable() else "\ufffd" for character in text)
    if not text:
        return "an empty body"
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
