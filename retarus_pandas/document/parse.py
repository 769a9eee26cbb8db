"""Text to syntax tree, and mistakes to a message that points at them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

import graphql
from graphql import DocumentNode, GraphQLError, Node, TokenKind

from retarus_pandas.document.otherwise import meant
from retarus_pandas.document.unseen import shown, unseen, with_plain_blanks
from retarus_pandas.document.words import Word, words_of
from retarus_pandas.errors import DocumentError, Mistake
from retarus_pandas.values import Doubt

__all__ = ["MAX_CHARACTERS", "MAX_TOKENS", "Complaints", "did_you_mean", "is_report_name", "parse"]

# A document that asks every field of all reports has about 400 tokens. The limits keep what is pasted
# by accident, or made to hurt, from holding up the process.
MAX_CHARACTERS = 100_000
MAX_TOKENS = 10_000

_CLOSERS = {
    TokenKind.BRACE_L: TokenKind.BRACE_R,
    TokenKind.PAREN_L: TokenKind.PAREN_R,
    TokenKind.BRACKET_L: TokenKind.BRACKET_R,
}

_SHOWN_MISTAKES = 20
_SHOWN_WIDTH = 100
_SHOWN_MESSAGE = 500


def _unclosed(text: str, error: GraphQLError) -> str:
    """Which bracket is still open where the text ends too early; with a leading space."""
    if not error.message.endswith("<EOF>."):
        return ""
    opened: list[Word] = []
    for word in words_of(text, None):
        if word.kind in _CLOSERS:
            opened.append(word)
        elif opened and word.kind is _CLOSERS[opened[-1].kind]:
            opened.pop()
    if not opened:
        return ""
    lines = _lines(text[: opened[-1].start])
    return f" Close the {opened[-1].kind.value} of line {len(lines)}, column {len(lines[-1]) + 1}."


def is_report_name(text: str) -> bool:
    """Whether the text is a bare name instead of a document."""
    return re.fullmatch(r"[\s\ufeff]*[_A-Za-z][_0-9A-Za-z]*[\s\ufeff]*", text) is not None


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
    for offset, message in unseen(text):
        complaints.add_at(message, offset)
    complaints.raise_any()
    text = with_plain_blanks(text)
    try:
        return graphql.parse(text, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        advice = meant(text)
        if advice:
            complaints.add(advice)
        else:
            complaints.add_errors([error], partial(_unclosed, text))
    except RecursionError:
        complaints.add("The document is nested too deeply.")
    except IndexError:  # before graphql-core 3.2.13: an escape that the end of the text cuts off
        complaints.add("A text is not closed where the document ends.")
    raise complaints.error()


# All of an object, where one name in it was the matter: it is of no help, and may hold what is to be masked.
_VALUES = re.compile(r"(field '\w+'), found:? \{.*", re.DOTALL)


def _no_fix(error: GraphQLError) -> str:
    return ""


class Complaints:
    """All that is wrong with one document, gathered so that it can be told at once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[Mistake, None] = {}
        self._doubts: dict[Mistake, None] = {}
        self._sent: dict[str, Doubt] = {}

    def add(self, message: str, node: Node | None = None) -> None:
        """Note a mistake, at the node's place."""
        self._found[self._at(node.loc.start if node and node.loc else None, message)] = None

    def add_at(self, message: str, offset: int) -> None:
        """Note a mistake, at a place in the text."""
        self._found[self._at(offset, message)] = None

    def add_errors(self, errors: Iterable[GraphQLError], fix: Callable[[GraphQLError], str] = _no_fix) -> None:
        """Note what graphql-core found; ``fix`` says what to do about it."""
        for error in errors:
            self._found[self._of(error, fix)] = None

    def doubt(self, message: str, node: Node) -> str:
        """Note what may be a mistake, and tell it in one line; it is nothing to refuse the document for."""
        return self._doubt(self._at(node.loc.start if node.loc else None, message))

    def doubt_errors(self, errors: Iterable[GraphQLError], fix: Callable[[GraphQLError], str] = _no_fix) -> list[str]:
        """The same of what graphql-core found; it is sent, and the service decides."""
        return [self._send(error, self._of(error, fix)) for error in errors]

    def _send(self, error: GraphQLError, mistake: Mistake) -> str:
        offset = next(iter(error.positions or ()), 0)
        word = re.match(r"\W*(\w*)", self.text[offset:])
        note = self._doubt(mistake, " It is sent as it is written.")
        self._sent[note] = Doubt(word[1] if word else "", note, _shown(self.text, mistake))
        return note

    def sent(self, notes: Iterable[str]) -> tuple[Doubt, ...]:
        """Those of some notes of which the service decides."""
        return tuple(self._sent[note] for note in notes if note in self._sent)

    def _doubt(self, mistake: Mistake, outcome: str = "") -> str:
        self._doubts[mistake] = None
        return _told(mistake, outcome)

    def _of(self, error: GraphQLError, fix: Callable[[GraphQLError], str]) -> Mistake:
        offset = next(iter(error.positions or ()), None)
        message, advice = _VALUES.sub(r"\1", error.message.removeprefix("Syntax Error: ")), fix(error)
        stop = "." if advice and not message.endswith((".", "?")) else ""
        return self._at(offset, message, f"{stop}{advice}")

    def _at(self, offset: int | None, message: str, fix: str = "") -> Mistake:
        # Messages quote values, which can be of any size.
        short = message if len(message) <= _SHOWN_MESSAGE else f"{message[:_SHOWN_MESSAGE]}…"
        before = [] if offset is None else _lines(self.text[:offset])
        return Mistake(short + fix, len(before), len(before[-1]) + 1 if before else 0)

    def error(self, message: str | None = None) -> DocumentError:
        """All mistakes as one exception; ``message`` is one more. Doubts are told, but are no mistakes."""
        if message:
            self.add(message)
        mistakes = self._sorted(self._found)
        # What has no place is about a report that was asked by its name, which is told as a mistake.
        doubts = self._sorted(each for each in self._doubts.keys() - self._found.keys() if each.line)
        told = [_message(self.text, mistakes)]
        if doubts:
            told = [*told, "Also doubtful, though it alone would not be refused:", _list(self.text, doubts)]
        return DocumentError("\n".join(told), mistakes)

    def _sorted(self, found: Iterable[Mistake]) -> list[Mistake]:
        # sorted() is stable: mistakes without a place keep their order behind those that have one.
        return sorted(found, key=lambda each: (each.line or len(self.text) + 2, each.column))

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
    if len(mistakes) == 1:
        return _shown(text, mistakes[0])
    return f"{len(mistakes)} mistakes:\n{_list(text, mistakes)}"


def _list(text: str, mistakes: list[Mistake]) -> str:
    shown = [_shown(text, each) for each in mistakes[:_SHOWN_MISTAKES]]
    more = len(mistakes) - len(shown)
    return "\n".join([*shown, *([f"… and {more} more."] if more else [])])


def _told(each: Mistake, outcome: str = "") -> str:
    place = f" (line {each.line}, column {each.column})" if each.line else ""
    return f"{each.message}{outcome}{place}"


def _shown(text: str, each: Mistake) -> str:
    if not each.line:
        return each.message
    line = shown(_lines(text)[each.line - 1].replace("\t", " "))
    left = max(0, each.column - 1 - _SHOWN_WIDTH // 2)
    quoted = line[left : left + _SHOWN_WIDTH]
    caret = " " * (each.column - 1 - left) + "^"
    return f"{_told(each)}\n    {quoted}\n    {caret}"


def _lines(text: str) -> list[str]:
    """The lines as GraphQL counts them; str.splitlines() knows more ends of line."""
    return re.split(r"\r\n|[\n\r]", text)
