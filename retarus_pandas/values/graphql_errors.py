"""How messages show the ``errors`` of a GraphQL answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from retarus_pandas.values.text import plain

__all__ = ["show_errors"]

_SHOWN_ERRORS = 5
_SHOWN_LETTERS = 300


def show_errors(errors: Sequence[Any]) -> str:
    """The first few errors with their places, one after another, as the end of a sentence."""
    shown = "; ".join(map(_show_error, errors[:_SHOWN_ERRORS]))
    rest = len(errors) - _SHOWN_ERRORS
    whole = f"{shown}; and {rest} more" if rest > 0 else shown
    return whole if whole.endswith(("?", "!")) else f"{whole}."


def _show_error(error: Any) -> str:
    if not isinstance(error, dict):
        return plain(str(error), _SHOWN_LETTERS)
    message = plain(str(error.get("message") or "an error without a message"), _SHOWN_LETTERS).rstrip(".")
    path = error.get("path")
    place = ".".join(map(str, path)) if isinstance(path, list) else ""
    return f"{message} (at {plain(place, _SHOWN_LETTERS)})" if place else message
