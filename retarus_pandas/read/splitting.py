"""A line of a magic, taken apart into words and put together again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from retarus_pandas.errors import InputError

__all__ = ["join_line", "split_line"]


def split_line(line: str) -> list[str]:
    r"""Split a line into words: quotes group, a backslash is a backslash, nothing is expanded.

    Examples
    --------
    >>> split_line('frame --filter jobBillingCode="Pos. 2 Fax" --save C:\\tmp\\x.csv')
    ['frame', '--filter', 'jobBillingCode=Pos. 2 Fax', '--save', 'C:\\tmp\\x.csv']
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.escape = ""
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        raise InputError("A quote is not closed on this line; write a double quote as '\"'.") from None


def join_line(words: Sequence[str]) -> str:
    """Put words together so that `split_line` takes them apart again."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    if word and not any(character.isspace() or character in "\"'" for character in word):
        return word
    # A double quote cannot stand between double quotes, so it goes between single ones.
    return "'\"'".join(f'"{part}"' for part in word.split('"'))
