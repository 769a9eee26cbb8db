"""What the words of a line mean: each function makes a value of one, and is told the flag for its messages."""

from __future__ import annotations

from collections.abc import Sequence

from retarus_pandas.errors import InputError

__all__ = ["grouped", "number", "pair", "path", "text"]


def text(flag: str, word: str) -> str:
    """The word as it is."""
    return word


def number(flag: str, word: str) -> int:
    """A word as a whole number."""
    try:
        return int(word)
    except ValueError:  # also a number of thousands of digits
        raise InputError(f"The value {word!r} of {flag} is not a whole number; write digits only.") from None


def path(flag: str, word: str) -> list[str]:
    """The names on the way to a nested field."""
    return word.split(".") if word else []


def pair(flag: str, word: str) -> tuple[str, str]:
    """A name and its value."""
    name, equals, value = word.partition("=")
    if not equals or not name.strip():
        raise InputError(f"The value {word!r} of {flag} is not of the form NAME=VALUE; write the equals sign.")
    return name.strip().removeprefix("$"), value


def grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The values of each name, in the order given."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values
