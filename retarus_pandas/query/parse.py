"""Text to syntax tree, and mistakes to a message that points at them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import graphql
from graphql import DocumentNode, GraphQLError, Node

from retarus_pandas.errors import DocumentError, Mistake

__all__ = ["MAX_CHARACTERS", "MAX_TOKENS", "Complaints", "did_you_mean", "is_report_name", "parse"]

# A document that asks every field of all reports has about 400 tokens. The limits keep what is pasted
# by accident, or made to hurt, from holding up the process.
MAX_CHARACTERS = 100_000
MAX_TOKENS = 10_000

_SHOWN_MISTAKES = 20
_SHOWN_WIDTH = 100
_SHOWN_MESSAGE = 500


def is_report_name(text: str) -> bool:
    """Whether the text is a bare name instead of a document."""
    return re.fullmatch(r"\s*[_A-Za-z][_0-9A-Za-z]*\s*", text) is not None


def parse(text: str) -> DocumentNode:
    """The syntax tree of a GraphQL document.

    Parameters
    ----------
    text : str
        The document.

    Returns
    -------
    graphql.DocumentNode

    Raises
    ------
    DocumentError
        It is empty, too long, nested too deeply, or no GraphQL; the message points at the place.
    """
    complaints = Complaints(text)
    if not text.strip():
        raise complaints.error("The document is empty. Write a query, such as { faxOutUdrReport { faxId } }.")
    if len(text) > MAX_CHARACTERS:
        raise complaints.error(f"The document has {len(text):,} characters; {MAX_CHARACTERS:,} are allowed.")
    try:
        return graphql.parse(text, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        complaints.add_errors([error])
    except RecursionError:
        complaints.add("The document is nested too deeply.")
    raise complaints.error()


class Complaints:
    """All that is wrong with one document, gathered so that it can be told at once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[Mistake, None] = {}

    def add(self, message: str, node: Node | None = None) -> None:
        """Note a mistake, at the node's place."""
        self._note(message, node.loc.start if node and node.loc else None)

    def add_errors(self, errors: Iterable[GraphQLError]) -> None:
        """Note what graphql-core found."""
        for error in errors:
            self._note(error.message.removeprefix("Syntax Error: "), next(iter(error.positions or ()), None))

    def _note(self, message: str, offset: int | None) -> None:
        # Messages quote values, which can be of any size.
        short = message if len(message) <= _SHOWN_MESSAGE else f"{message[:_SHOWN_MESSAGE]}…"
        before = [] if offset is None else _lines(self._text[:offset])
        self._found[Mistake(short, len(before), len(before[-1]) + 1 if before else 0)] = None

    def error(self, message: str | None = None) -> DocumentError:
        """All mistakes as one exception; ``message`` is one more."""
        if message:
            self.add(message)
        # sorted() is stable: mistakes without a place keep their order behind those that have one.
        mistakes = sorted(self._found, key=lambda found: (found.line or len(self._text) + 2, found.column))
        return DocumentError(_message(self._text, mistakes), mistakes)

    def raise_any(self) -> None:
        """Raise what was noted, if anything was."""
        if self._found:
            raise self.error()


def did_you_mean(name: str, known: Iterable[str], prefix: str = "") -> str:
    """The nearest known name as a question, else all of them; with a leading space."""
    known = list(known)
    near = graphql.pyutils.suggestion_list(name, known)
    if near:
        return f" Did you mean {prefix}{near[0]}?"
    return f" There are: {', '.join(prefix + each for each in known)}." if known else ""


def _message(text: str, mistakes: list[Mistake]) -> str:
    shown = [_shown(text, each) for each in mistakes[:_SHOWN_MISTAKES]]
    if len(mistakes) == 1:
        return shown[0]
    more = len(mistakes) - len(shown)
    return "\n".join([f"{len(mistakes)} mistakes:", *shown, *([f"… and {more} more."] if more else [])])


def _shown(text: str, each: Mistake) -> str:
    if not each.line:
        return each.message
    line = _lines(text)[each.line - 1].replace("\t", " ")
    left = max(0, each.column - 1 - _SHOWN_WIDTH // 2)
    quoted = line[left : left + _SHOWN_WIDTH]
    caret = " " * (each.column - 1 - left) + "^"
    return f"{each.message} (line {each.line}, column {each.column})\n    {quoted}\n    {caret}"


def _lines(text: str) -> list[str]:
    """The lines as GraphQL counts them; str.splitlines() knows more ends of line."""
    return re.split(r"\r\n|[\n\r]", text)
