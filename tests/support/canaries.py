"""A secret and a token that are found again in whatever spelling, and whatever shows of an object or an error."""

from __future__ import annotations

import html
import json
import re
from base64 import b32encode, b64encode
from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import unquote, unquote_plus

__all__ = ["CLIENT", "CUSTOMER", "SECRET", "TOKEN", "Canary", "assert_nowhere"]

# Characters that every encoding spells in its own way.
SECRET = 'cAnArY-S3cr3t+/&%="\\<ü>'
TOKEN = "eyJh.cAnArY-t0k3n~+/=&.s1gnatur3"
CUSTOMER, CLIENT = "4711", "the-client"

# So many characters in a row are a leak, too: a text may have been cut.
_PART = 8
_MAY_BE_ENCODED = re.compile("[%+&]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))")


class Canary:
    """A text that must not be found."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _parts(self) -> list[str]:
        return [self._text[start : start + _PART] for start in range(len(self._text) - _PART + 1)]

    @cached_property
    def _encoded(self) -> list[str]:
        data = self._text.encode()
        standard = [b64encode(b"\0" * skipped + data).decode()[4:-4] for skipped in range(3)]
        urlsafe = [text.replace("+", "-").replace("/", "_") for text in standard]
        base32 = [b32encode(b"\0" * skipped + data).decode()[8:-8] for skipped in range(5)]
        base32 += [text.lower() for text in base32]
        return [text[:12] for text in standard + urlsafe + base32] + [data.hex()[:20]]

    def found_in(self, reading: str) -> str:
        """Where it was found, with what stands around it; empty if it was not."""
        for part in [*self._parts, *self._encoded]:
            at = reading.find(part)
            if at >= 0:
                return reading[max(0, at - 200) : at + 200]
        return ""


def _readings(shown: str | bytes) -> Iterator[str]:
    """The text, and what it says once it is decoded; nothing of one that is too short to hold a part of a canary."""
    text = shown if isinstance(shown, str) else shown.decode("utf-8", "replace")
    if len(text) < _PART:
        return
    once = _unescape(text)
    for escaped in dict.fromkeys((text, once, _unescape(once))):
        yield escaped
        if _MAY_BE_ENCODED.search(escaped):
            yield from (unquote(escaped), unquote_plus(escaped), unquote(unquote(escaped)), html.unescape(escaped))


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda found: found[3] or chr(int(found[1] or found[2], 16)), text)


CANARIES = (Canary(SECRET), Canary(TOKEN))


def assert_nowhere(shown: Iterable[str | bytes], *others: str) -> None:
    """None of the texts shows a canary, nor any other secret that is given; and there are texts."""
    looked, hunted = 0, (*CANARIES, *map(Canary, others))
    for text in shown:
        looked += len(text)
        for reading in _readings(text):
            for canary in hunted:
                found = canary.found_in(reading)
                assert not found, f"a leak: {json.dumps(found, ensure_ascii=False)}"
    assert looked
