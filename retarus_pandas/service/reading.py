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
    """What came for a page, and when it was asked."""

    value: Any
    error: BaseException | None
    asked: int


@dataclass(slots=True, eq=False)
class Reading:
    """One reading of one window: what is known, there, and on the way.

    `taken` pages were handed out, the last to come at `newest`; the page `certain` and all before it exist, for a
    page said so; after `end` there is none. `doubtful` pages gave no answer to rely on; they are asked again when
    they are needed next. `heard` says when the bodies came; times are counted by whoever asks.
    """

    window: Window
    width: int
    taken: int = 0
    newest: int = 0
    certain: int = 0
    end: int = sys.maxsize
    probed: tuple[int, ...] = ()
    there: dict[int, Answer] = field(default_factory=dict)
    flying: set[int] = field(default_factory=set)
    heard: dict[int, int] = field(default_factory=dict)
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

    def hear(self, index: int, now: int, *, more: bool | None) -> None:
        """The body of a page came; `more` is what it seems to say of further pages."""
        self.heard[index] = now
        if more is not None:
            self._expect(index, more=more)

    def put(self, index: int, answer: Answer, now: int, *, speculative: bool) -> None:
        """Keep an answer, or the doubt."""
        self.heard.setdefault(index, now)
        page = answer.value
        if (speculative and answer.error is not None) or (isinstance(page, Page) and self._doubts(index, page)):
            self.doubtful.add(index)
            # What counts is when the answer came that is relied on.
            del self.heard[index]
            return
        self.there[index] = answer
        if isinstance(page, Page):
            self._expect(index, more=page.more)

    def take(self) -> tuple[Page, bool]:
        """Hand out the next page, and whether it was asked before all earlier ones were there."""
        answer = self.there.pop(self.taken)
        ahead = answer.asked < self.newest
        self.newest = max(self.newest, self.heard.pop(self.taken))
        self.taken += 1
        return answer.value, ahead

    def _expect(self, index: int, *, more: bool) -> None:
        if more:
            self.certain = max(self.certain, index + 1)
            self.end = self.end if self.end > index else sys.maxsize
        else:
            self.end = min(self.end, index)

    def _doubts(self, index: int, page: Page) -> bool:
        """Whether an empty page deserves a second look.

        None should follow a page that promised more, or promise more itself. Asked ahead, it may have filled
        before the page in front of it was read.
        """
        return not page.rows.num_rows and (index > 0 or page.more) and index not in self.doubtful

    def waiting(self) -> list[int]:
        """Sizes of the pages that wait to be taken."""
        return [answer.value.nbytes for answer in self.there.values() if isinstance(answer.value, Page)]
