"""The words of a document that may be broken, with the one at the cursor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from graphql import GraphQLSyntaxError, Lexer, Source, TokenKind

__all__ = ["END", "LITERALS", "Word", "words_of"]

LITERALS = {TokenKind.STRING, TokenKind.BLOCK_STRING, TokenKind.INT, TokenKind.FLOAT}

_NO_NAMES = {*LITERALS, TokenKind.COMMENT}
_IGNORED = re.compile(r"[\s,\ufeff]*")


class Word(NamedTuple):
    """A token; ``typed`` is set for the one at the cursor: what stands before it."""

    kind: TokenKind
    value: str
    start: int
    end: int
    typed: str | None = None


END = Word(TokenKind.EOF, "", 0, 0)


def words_of(text: str, offset: int | None) -> list[Word]:
    """The words without comments; at the cursor there is a name, if there can be one.

    Parameters
    ----------
    text : str
        The document, as far as it was typed.
    offset : int or None
        The number of characters before the cursor, if it is in the document.

    Returns
    -------
    list of Word
    """
    every = list(_every_word(text))
    words = [word for word in every if word.kind is not TokenKind.COMMENT]
    if offset is None or any(_is_no_place(word, offset) for word in every):
        return words
    at = next((place for place, word in enumerate(words) if word.end >= offset), len(words))
    word = words[at] if at < len(words) else END
    if word.kind is TokenKind.NAME and _holds(word, offset):
        return [*words[:at], word._replace(typed=word.value[: offset - word.start]), *words[at + 1 :]]
    at += word.end == offset
    return [*words[:at], Word(TokenKind.NAME, "", offset, offset, typed=""), *words[at:]]


def _every_word(text: str) -> Iterator[Word]:
    lexer = Lexer(Source(text))
    position = 0
    while position <= len(text):
        try:
            token = lexer.read_next_token(position)
        except (GraphQLSyntaxError, IndexError) as error:
            # Before graphql-core 3.2.13 an escape that the end of the text cuts off is an IndexError.
            (stop,) = getattr(error, "positions", None) or (len(text),)
            begin = _IGNORED.match(text, position).end()  # type: ignore[union-attr]
            # As a comment it is out of the way, and the cursor within it is still noticed.
            yield Word(TokenKind.COMMENT, "", begin, stop)
            position = stop + 1
            continue
        if token.kind is TokenKind.EOF:
            return
        yield Word(token.kind, token.value or "", token.start, token.end)
        position = token.end


def _holds(word: Word, offset: int) -> bool:
    return word.start < offset <= word.end


def _is_no_place(word: Word, offset: int) -> bool:
    """Whether the cursor is in or behind a text, a number or a comment, or amid the dots of a spread."""
    if word.kind in _NO_NAMES:
        return _holds(word, offset)
    return word.kind is TokenKind.SPREAD and word.start < offset < word.end
