"""A line of a magic, taken apart into words and put together again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from retarus_pandas.errors import InputError

__all__ = ["join_line", "split_line"]

# What word processors, chats and browsers make of quotes, blanks and dashes; within straight quotes it is meant.
_TYPOGRAPHIC = re.compile(
    r"""(?P<straight> "[^"]*" | '[^']*' )
      | (?<![^\s=]) (?: [“„”«»] (?P<double> [^“„”«»]* ) [“”«»] | [‘‚’‹›] (?P<single> [^‘‚’‹›]* ) [‘’‹›] ) (?=\s|$)
      | (?<![^\s=]) (?P<open> [“„”«»‘‚’‹›] )
      | (?P<blank> [^\S \t\r\n] | [\u200b\u2060\ufeff] )
      | (?<!\S) (?P<dash> [–—] ) (?=[a-z])""",
    re.VERBOSE,
)
_NOT_CLOSED = "A quote is not closed on this line; write a double quote as '\"'."


def split_line(line: str) -> list[str]:
    r"""Split a line into words: quotes group, a backslash is a backslash, nothing is expanded.

    Typographic quotes around a whole value group as well, and a blank that does not break is one.

    Examples
    --------
    >>> split_line('frame --filter jobBillingCode="Pos. 2 Fax" --save C:\\tmp\\x.csv')
    ['frame', '--filter', 'jobBillingCode=Pos. 2 Fax', '--save', 'C:\\tmp\\x.csv']
    """
    lexer = shlex.shlex(_TYPOGRAPHIC.sub(_typed, line), posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.escape = ""
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        raise InputError(_NOT_CLOSED) from None


def _typed(found: re.Match[str]) -> str:
    """What a keyboard would have given."""
    if found["open"]:
        raise InputError(_NOT_CLOSED)
    if found["blank"]:
        return " "
    if found["dash"]:
        return "--"
    quoted = found["double"] if found["double"] is not None else found["single"]
    return found[0] if quoted is None else f'"{quoted}"' if '"' not in quoted else _quoted(quoted)


def join_line(words: Sequence[str]) -> str:
    """Put words together so that `split_line` takes them apart again."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    if word and not _TYPOGRAPHIC.search(word) and not any(letter.isspace() or letter in "\"'" for letter in word):
        return word
    # A double quote cannot stand between double quotes, so it goes between single ones.
    return "'\"'".join(f'"{part}"' for part in word.split('"'))
