"""What keeps secrets out of errors: texts without them, and exceptions without the frames they came through."""

from __future__ import annotations

import html
import re
from base64 import b32encode, b64encode
from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import unquote_plus

from retarus_pandas.errors import Interrupted, RetarusError
from retarus_pandas.values import Secret, plain

__all__ = ["NOT_SHOWN", "quoted", "repeats", "scrub_errors"]

P = ParamSpec("P")
T = TypeVar("T")

NOT_SHOWN = "(not shown, because it repeats a secret that was sent, or is too long to tell)"
_SHOWN = 160
_LOOKED_AT = 1 << 16

# Whoever repeats a secret in part repeats its beginning or its end.
_PART = 8
_ENCODED_PART = 12
_LAYERS = 2
# Longer than a page of 10,000 rows; to look through more could take minutes.
_LONGEST = 1 << 24
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)


def scrub_errors(function: Callable[P, T]) -> Callable[P, T]:
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
            kept = Interrupted("Interrupted while waiting for the service.")
        kept.__cause__ = kept.__context__ = None
        try:
            raise kept.with_traceback(None)
        finally:
            del kept

    return wrapper


def repeats(text: bytes | str, secret: Secret, *, any_case: bool = False) -> bool:
    """Whether a text holds the secret, or its beginning or end, in whatever spelling, or is too long to tell.

    The spellings are undone, not listed, because servers mix them; what is found is not cut out of the text, because
    nobody knows where it ends there.
    """
    if len(text) > _LONGEST:
        return True
    shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
    traces = _traces(secret.reveal())
    if any_case:
        traces, shown = [trace.casefold() for trace in traces], shown.casefold()
    return any(trace in reading for reading in _readings(shown) for trace in traces)


def _traces(secret: str) -> list[str]:
    """What the secret leaves in a text that holds it: in clear, in hexadecimal, in base64 or 32 at any distance."""
    data = secret.encode()
    base64 = [b64encode(bytes(skipped) + data).decode()[4:-4] for skipped in range(3)]
    base32 = [b32encode(bytes(skipped) + data).decode()[8:-8] for skipped in range(5)]  # what fits into a host
    urlsafe = [text.replace("+", "-").replace("/", "_") for text in base64]
    spelled = {secret: _PART, data.decode("latin-1"): _PART}  # the second is how bytes are told one by one
    spelled |= dict.fromkeys([data.hex(), data.hex().upper(), *base64, *urlsafe, *base32], _ENCODED_PART)
    found = [part for text, length in spelled.items() for part in (text[:length], text[-length:])]
    return [trace for trace in found if len(trace) >= min(_PART, len(secret)) > 0]


def _readings(text: str) -> Iterator[str]:
    """The text, and what it says once its escapes of each kind, or of all kinds, are undone."""
    seen = {text}
    yield text
    for undo in (_unescape, unquote_plus, html.unescape, lambda text: html.unescape(unquote_plus(_unescape(text)))):
        reading = text
        for _ in range(_LAYERS):
            reading = undo(reading)
            if reading not in seen:
                seen.add(reading)
                yield reading


def _unescape(text: str) -> str:
    """Undo the escapes of JSON and of Python."""
    if "\\" not in text:
        return text
    halves = _ESCAPE.sub(lambda found: found[3] or chr(int(found[1] or found[2], 16)), text)
    return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def quoted(body: bytes, secret: Secret | None = None) -> str:
    """The beginning of an answer, on one line; nothing of one that repeats the secret."""
    if secret is not None and repeats(body, secret):
        return NOT_SHOWN
    text = plain(body[:_LOOKED_AT].decode("utf-8", "replace"), _SHOWN)
    return repr(text) if text else "an empty body"
