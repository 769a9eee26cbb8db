"""The search finds a leak wherever one is planted; without this, finding none would prove nothing."""

from __future__ import annotations

import html
import json
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest

from retarus_pandas.values import Secret
from support.canaries import SECRET, TOKEN, assert_nowhere
from support.looking import seen_of, seen_of_error

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent": quote,
    "percent, all": lambda text: quote(text, safe=""),
    "percent, lower case": lambda text: quote(text, safe="").lower().replace("canary", "cAnArY").replace("s3", "S3"),
    "form": lambda text: urlencode({"client_secret": text}),
    "form, twice": lambda text: quote_plus(quote_plus(text)),
    "JSON": json.dumps,
    "JSON in JSON": lambda text: json.dumps({"body": json.dumps({"secret": text})}),
    "JSON, all escaped": lambda text: "".join(f"\\u{ord(character):04X}" for character in text),
    "JSON of Java": lambda text: json.dumps(text).replace("&", "\\u0026").replace("=", "\\u003d").replace("/", r"\/"),
    "repr of bytes": lambda text: repr(text.encode()),
    "HTML": html.escape,
    "HTML, all numbered": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "base64": lambda text: b64encode(text.encode()).decode(),
    "basic": lambda text: b64encode(f"client:{text}".encode()).decode(),
    "basic, urlsafe": lambda text: urlsafe_b64encode(f"client1:{text}".encode()).decode(),
    "base32": lambda text: b32encode(f"client:{text}".encode()).decode(),
    "base32, as a host": lambda text: b32encode(text.encode()).decode().strip("=").lower() + ".example",
    "hexadecimal": lambda text: text.encode().hex(),
    "cut": lambda text: text[5:14],
}


def is_found(*shown: str | bytes) -> bool:
    try:
        assert_nowhere(shown)
    except AssertionError as error:
        return "a leak" in str(error)
    return False


@pytest.mark.parametrize("canary", [SECRET, TOKEN])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_found(canary: str, spelling: str) -> None:
    """In texts and in bytes, with other text around."""
    spelled = f"the client said {SPELLINGS[spelling](canary)} and left"
    assert is_found("harmless", spelled)
    assert is_found(spelled.encode())


def test_harmless_text_is_not_found_and_no_text_is_no_proof() -> None:
    """What is no leak passes; an empty search does not."""
    assert not is_found("Secret(***)", b"\xff\x00 canary", "client_secret token")
    with pytest.raises(AssertionError):
        assert_nowhere(["", b""])


@dataclass
class Plain:
    """What a careless author would write."""

    kept: Any


class _Hidden:
    def __init__(self) -> None:
        self._secret = SECRET

    def __repr__(self) -> str:
        return "fine"


def in_closure() -> Callable[[], str]:
    kept = SECRET
    return lambda: kept


LEAKS: dict[str, Callable[[], Any]] = {
    "a field": lambda: Plain(SECRET),
    "a field of a field": lambda: Plain([{"x": (Plain(SECRET.encode()),)}]),
    "an attribute that repr does not show": _Hidden,
    "a closure": in_closure,
    "a generator": lambda: (SECRET + text for text in [SECRET, "x"]),
    "a dictionary's key": lambda: {TOKEN: 1},
}


@pytest.mark.parametrize("leak", LEAKS)
def test_what_an_object_holds_is_found(leak: str) -> None:
    """However deep, and whatever its repr says."""
    assert is_found(*seen_of(LEAKS[leak]()))
    assert not is_found(*seen_of(Plain(Secret(SECRET))))


def chained() -> None:
    try:
        raise ValueError(SECRET)  # noqa: TRY301
    except ValueError:
        raise RuntimeError("fine") from None


def noted() -> None:
    error = RuntimeError("fine")
    error.add_note(TOKEN)
    raise error


def attributed() -> None:
    error = RuntimeError("fine")
    error.data = {"x": TOKEN}  # type: ignore[attr-defined]
    raise error


def in_a_frame_of_a_library() -> None:
    json.loads(f'{{"{SECRET.encode().hex()}": ')


@pytest.mark.parametrize("leak", [chained, noted, attributed, in_a_frame_of_a_library])
def test_what_an_error_holds_is_found(leak: Callable[[], None]) -> None:
    """In its context, notes, attributes, and the variables of its frames."""
    with pytest.raises(Exception) as caught:
        leak()
    assert is_found(*seen_of_error(caught.value))
