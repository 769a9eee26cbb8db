"""More than a page at one instant: its pages, asked again until two passes over them show the same.

Time cannot cut an instant, so its pages are asked by number, and records that come and go between two of them may
push others past the border of a page. Why a second pass proves the first, in words:

* The last page of a pass is one look, and it says that nothing follows. So at that moment the instant held as many
  records as the pages have shown, if all pages but the last one are full.
* No two records that were shown have the same key. So if all of them were there at that moment, they are those that
  the instant held: all of them, whatever came or went before, and in whatever order equal instants come.
* Those of the last page were there. Those of the pages before it were there if they are shown again later, the same in
  every column that is received: what was there before and after was there at that moment.

So two passes that show the same, and nothing else, are one look at the moment of the first one's last page. The second
one ends before its last page if the pages so far have shown what they did before. A pass that differs becomes the
first of the next two; after three the rows are told to be unproven. So they are without a key, and where keys stand
twice. An instant of k pages costs 2k - 1 requests where nothing moves, and at most 3k.

What this cannot see: a record that goes and comes back as it was, between the looks, while others move; a service that
says of a page that it is the last, and it is not, after it has said truly of others that more follow.

Of a pass that is over only numbers are kept, one for each row, and its last page.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from retarus_pandas.paging.records import Look, contents, joined

__all__ = ["Passes"]

Digest = npt.NDArray[np.int64]

_PASSES = 3
# The same page so often in a row is a service that ignores the number. With ties ordered anew some may be the same by
# chance, and without a key there may be long stretches of equal records.
_EQUAL_PAGES = 10
_EQUAL_PAGES_WITHOUT_KEY = 1000


class Passes:
    """The passes over one instant.

    Parameters
    ----------
    key : sequence of str
        The columns that name a record; of none, there is one pass.

    Attributes
    ----------
    agree : bool
        Two passes in a row have shown the same, or one page holds all.
    is_stuck : bool
        The service sends the same page for every number.
    """

    def __init__(self, key: Sequence[str]) -> None:
        self.agree = self.is_stuck = False
        self._key = key
        self._over = 0
        self._now: list[Digest] = []
        self._before: list[Digest] = []
        self._last: Look | None = None
        self._keys: Digest = np.empty(0, np.int64)

    def add(self, pages: list[Look], *, ended: bool) -> bool:
        """Take in the last one of the pages of a pass.

        Parameters
        ----------
        pages : list of Look
            Those of this pass. They are completed if they have shown enough, and emptied if another pass has to begin.
        ended : bool
            The last one says that nothing follows, or is empty.

        Returns
        -------
        bool
            Whether there is nothing more to ask.
        """
        self._now.append(_digest(pages[-1].rows))
        if self._last is not None and not ended and _are_same(self._now, self._before[:-1]):
            pages.append(self._last)
            self.agree = True
            return True
        self.is_stuck = self._repeats()
        if not ended:
            return self.is_stuck
        self.agree = len(pages) == 1 or _are_same(self._now, self._before)
        self._over += 1
        if self.agree or not self._key or self._over == _PASSES:
            return True
        self._begin_anew(pages)
        return False

    def gone(self, look: Look) -> int:
        """How many records, by their keys, an earlier pass has shown that are not among these."""
        return len(np.setdiff1d(self._keys, self._names(look.rows))) if len(self._keys) else 0

    def _names(self, rows: pa.Table) -> Digest:
        return _digest(rows.select(self._key))

    def _begin_anew(self, pages: list[Look]) -> None:
        self._keys = np.union1d(self._keys, self._names(joined([page.rows for page in pages])))
        self._before, self._now, self._last = self._now, [], pages[-1]
        pages.clear()

    def _repeats(self) -> bool:
        most = _EQUAL_PAGES if self._key else _EQUAL_PAGES_WITHOUT_KEY
        latest = self._now[-most - 1 :]
        return len(latest) > most and all(np.array_equal(digest, latest[0]) for digest in latest)


def _digest(rows: pa.Table) -> Digest:
    """A number for each row's content, in the order of the numbers."""
    return np.sort(np.fromiter(map(hash, contents(rows)), np.int64, rows.num_rows))


def _are_same(some: Sequence[Digest], others: Sequence[Digest]) -> bool:
    """Whether pages hold the same rows, all together."""
    if not others or sum(map(len, some)) != sum(map(len, others)):
        return False
    return np.array_equal(np.sort(np.concatenate(some)), np.sort(np.concatenate(others)))
