"""JSON as Python reads it, with nothing lost."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from retarus_pandas.frame.decode.oddities import Oddity
from retarus_pandas.frame.decode.texts import Written
from retarus_pandas.values import show

__all__ = ["DECODER", "parse", "text_of"]

_MOST_DIGITS = 4300  # of an integer that Python reads


def text_of(body: bytes) -> str:
    """The body's text.

    Raises
    ------
    BrokenAnswerError
        It is not UTF-8, empty, or certainly not JSON.
    """
    try:
        text = str(body, "utf-8")
    except UnicodeDecodeError as error:
        raise Oddity.NOT_UTF8.exception(error.reason) from None
    if not text.strip():
        raise Oddity.EMPTY.exception()
    if text.lstrip().startswith("<"):
        raise Oddity.HTML.exception()
    return text


def parse(text: str) -> Any:
    """The value of one JSON document.

    Raises
    ------
    BrokenAnswerError
        It is not one JSON document, or one of its objects has a name twice.
    """
    try:
        return DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Oddity.NOT_JSON.exception(error) from None


def _integer(digits: str) -> int | Written:
    return int(digits) if len(digits) < _MOST_DIGITS else Written(digits)


def _constant(name: str) -> NoReturn:
    raise Oddity.CONSTANT.exception(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise Oddity.TWICE.exception(show(next(name for name in names if names.count(name) > 1)))
    return members


DECODER = json.JSONDecoder(parse_float=Written, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object)
