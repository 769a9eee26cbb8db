"""One reading of one window: which of its pages is worth asking next.

Page 0 comes first. Once a page said that more follow, pages ahead are asked on the chance that they exist, each
at most once: such a page may lie past the end, and what the service answers there nobody knows. When the answers
of all pages are there, two of them may be worth a second look, to see whether records moved meanwhile.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from retarus_pandas.values import Page, Window

__all__ = ["Answer", "Reading"]


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
    they are needed next. `asked` and `heard` say when a page was asked and when its body came; times are counted by
    whoever asks. The second look at a page has the index ``~page``, so that it goes before every page.
    """

    window: Window
    width: int
    descending: bool = False
    taken: int = 0
    newest: int = 0
    ahead: bool = False
    certain: int = 0
    end: int = sys.maxsize
    there: dict[int, Answer] = field(default_factory=dict)
    flying: set[int] = field(default_factory=set)
    asked: dict[int, int] = field(default_factory=dict)
    heard: dict[int, int] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)

    def wanted(self) -> int | None:
        """The first page worth asking now."""
        for page in self.second_looks():
            if self._is_missing(~page):
                return ~page
        last = min(self.end, self.certain + self.width - 1) if self.certain else 0
        for index in range(self.taken, last + 1):
            if index in self.doubtful and index > self.taken:
                return None
            if self._is_missing(index):
                return index
        return None

    def _is_missing(self, index: int) -> bool:
        return index not in self.flying and index not in self.there

    def second_looks(self) -> tuple[int, ...]:
        """The pages whose first record is to be looked at again; none before the answers of all pages are there.

        A record that expires moves the first one of all, unless that is the newest. One that arrives while pages
        are asked side by side may move only the last page, where that was asked before an earlier one was there.
        """
        if not 0 < self.end < sys.maxsize or any(page not in self.heard for page in range(self.taken, self.end + 1)):
            return ()
        return (*(() if self.descending else (0,)), *((self.end,) if self._is_ahead(self.end) else ()))

    def hear(self, index: int, asked: int, now: int, *, more: bool | None) -> None:
        """The body of a page came; `more` is what it seems to say of further pages."""
        self.asked[index], self.heard[index] = asked, now
        if more is not None:
            self._expect(index, more=more)
        if index <= self.end:
            # What was looked at before is out of date.
            self.there = {known: answer for known, answer in self.there.items() if known >= 0}

    def put(self, index: int, answer: Answer, now: int, *, speculative: bool) -> None:
        """Keep an answer, or the doubt."""
        if index < 0:
            self._put_look(index, answer)
            return
        if index not in self.heard:
            self.hear(index, answer.asked, now, more=None)
        page = answer.value
        if (speculative and answer.error is not None) or (isinstance(page, Page) and self._doubts(index, page)):
            self.doubtful.add(index)
            # What counts is when the answer came that is relied on.
            del self.heard[index]
            return
        self.there[index] = answer
        if isinstance(page, Page):
            self._expect(index, more=page.more)

    def _put_look(self, index: int, answer: Answer) -> None:
        counting = (heard for page, heard in self.heard.items() if page <= self.end)
        if answer.asked > max(self.newest, *counting, 0):
            self.there[index] = answer

    def take(self) -> tuple[Page, bool]:
        """Hand out the next page, and whether it was asked before all earlier ones were there."""
        answer = self.there.pop(self.taken)
        self.ahead = self._is_ahead(self.taken)
        self.newest = max(self.newest, self.heard.pop(self.taken))
        del self.asked[self.taken]
        self.taken += 1
        return answer.value, self.ahead

    def _is_ahead(self, page: int) -> bool:
        if page < self.taken:
            return self.ahead
        before = (self.heard[earlier] for earlier in range(self.taken, page))
        return self.asked[page] < max(self.newest, *before, 0)

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
