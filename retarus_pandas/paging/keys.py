"""The keys of the records that a read has given out, to tell those that stand at two times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from retarus_pandas.paging.records import hashes

__all__ = ["Keys"]


class Keys:
    """Counts the keys that came with more than one part of the rows.

    Parameters
    ----------
    key : sequence of str
        The columns that name a record; of none, nothing is counted.
    """

    def __init__(self, key: Sequence[str]) -> None:
        self._key = key
        # Not hashed before another one comes: a small read has one part, and nothing to compare it with.
        self._last: pa.Table | None = None
        self._parts: list[np.ndarray[tuple[int], np.dtype[np.uint64]]] = []

    def add(self, rows: pa.Table) -> None:
        """One more part."""
        if self._key:
            self._hash_last()
            self._last = rows.select(self._key)

    def repeated(self) -> int:
        """How many keys came again."""
        if not self._parts:
            return 0
        self._hash_last()
        names = np.concatenate(self._parts)
        return len(names) - len(pd.unique(names))

    def _hash_last(self) -> None:
        last, self._last = self._last, None
        if last is not None:
            # numpy's takes twenty times as long for a million of them.
            self._parts.append(pd.unique(hashes(last, self._key)))
