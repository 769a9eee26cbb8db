"""The keys of the records that a read has given out, to tell those that stand at two times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
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
        self._parts: list[np.ndarray[tuple[int], np.dtype[np.uint64]]] = []

    def add(self, rows: pa.Table) -> None:
        """One more part."""
        if self._key:
            self._parts.append(np.unique(hashes(rows, self._key)))

    def repeated(self) -> int:
        """How many keys came again."""
        if len(self._parts) < 2:
            return 0
        names = np.concatenate(self._parts)
        return len(names) - len(np.unique(names))
