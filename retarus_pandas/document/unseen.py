"""Characters that nobody sees, as copied text brings them from a web page, a chat or a word processor.

A blank that does not break stands where a blank is seen, and is one. What has no width at all is refused: left out or
kept, a name would be another than the one that is read, and marks that turn the direction of writing show another
document than is sent. The byte order mark is what GraphQL ignores, unless it stands within a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["shown", "unseen", "with_plain_blanks"]

_BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\uffa0"
)
_MARK = "·"
# Texts and comments come first, since what is in them is meant.
_PARTS = re.compile(
    rf'''"""(?:\\"""|(?!""").)*(?:"""|$)
       | "(?:\\.|[^"\\\n\r])*"?
       | \#[^\n\r]*
       | (?P<blank> [{_BLANKS}] )
       | (?P<hidden> [{_HIDDEN}] | (?<=\w)\ufeff(?=\w) )''',
    re.VERBOSE | re.DOTALL,
)


def with_plain_blanks(text: str) -> str:
    """The document with blanks that GraphQL knows; every character keeps its place."""
    return _PARTS.sub(lambda found: " " if found["blank"] else found[0], text)


def unseen(text: str) -> Iterator[tuple[int, str]]:
    """The places of characters that cannot be seen, outside of texts and comments, with what to say of them."""
    for found in _PARTS.finditer(text):
        if found["hidden"]:
            name = " ".join(filter(None, [unicodedata.name(found[0], ""), f"(U+{ord(found[0]):04X})"]))
            yield found.start(), f"An invisible character stands here, {name}, shown as {_MARK}. Delete it."


def shown(line: str) -> str:
    """A line in which every character takes a place that can be seen."""
    return re.sub(f"[{_HIDDEN}\ufeff]", _MARK, line)
