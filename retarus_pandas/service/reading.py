"""One reading of one window: which of its pages is worth asking next.

Page 0 comes first. Once a page said that more follow, pages ahead are asked on the chance that they exist, each
at most once: such a page may lie past the end, and what the service answers there nobody knows.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from retarus_pandas.values import Page, Window

__all__ = ["PROBE", "Answer", "Reading"]

# The index under which a window's probe is kept; as the lowest of all it is asked first.
PROBE = -1


class Answer(NamedTuple):
    """What came for a page. `ahead` says that it was asked before all earlier pages were there."""

    value: Any
    error: BaseException | None
    ahead: bool


@dataclass(slots=True, eq=False)
class Reading:
    """One reading of one window: what is known, there, and on the way.

    `taken` pages were handed out; the page `certain` and all before it exist, for a page said so; after `end`
    there is none. `doubtful` pages gave no answer to rely on; they are asked again when they are needed next.
    """

    window: Window
    width: int
    taken: int = 0
    certain: int = 0
    end: int = sys.maxsize
    probed: tuple[int, ...] = ()
    there: dict[int, Answer] = field(default_factory=dict)
    flying: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)

    def wanted(self) -> int | None:
        """The first page worth asking now."""
        if self.probed:
            return None if PROBE in self.flying or PROBE in self.there else PROBE
        last = min(self.end, self.certain + self.width - 1) if self.certain else 0
        for index in range(self.taken, last + 1):
            if index in self.doubtful and index > self.taken:
                return None
            if index not in self.flying and index not in self.there:
                return index
        return None

    def is_ahead(self, index: int) -> bool:
        """Whether an earlier page is not there yet."""
        return any(earlier not in self.there for earlier in range(self.taken, index))

    def put(self, index: int, answer: Answer, *, speculative: bool) -> None:
        """Keep an answer, or the doubt."""
        page = answer.value
        if (speculative and answer.error is not None) or (isinstance(page, Page) and self._doubts(index, answer)):
            self.doubtful.add(index)
            return
        self.there[index] = answer
        if isinstance(page, Page) and page.more:
            self.certain = max(self.certain, index + 1)
        elif isinstance(page, Page):
            self.end = min(self.end, index)

    def _doubts(self, index: int, answer: Answer) -> bool:
        """Whether an empty page deserves a second look.

        Asked ahead, it may have filled before the page in front of it was read; and none should promise more.
        """
        page = answer.value
        return not page.rows.num_rows and (answer.ahead or (page.more and index not in self.doubtful))

    def waiting(self) -> list[int]:
        """Sizes of the pages that wait to be taken."""
        return [answer.value.nbytes for answer in self.there.values() if isinstance(answer.value, Page)]
