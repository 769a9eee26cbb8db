"""What comes back: a page, how far a read is, and the facts of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retarus_pandas.values.window import Window

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Page", "Progress", "RunFacts"]


@dataclass(frozen=True, slots=True)
class Page:
    """One decoded page.

    ``rows`` has one column for each of the query's, hidden ones too. ``first`` is the key of the first record
    (the whole record where the report has no known key), None for an empty page. ``size`` is the page size that the
    service says it used, None where it does not say.
    """

    window: Window
    index: int
    rows: pa.Table
    more: bool
    nbytes: int
    size: int | None = None
    first: tuple[Any, ...] | None = None
    slow: bool = False
    errors: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a read is. ``covered`` is the share of the period read, 0 to 1, None where it cannot be told."""

    rows: int
    covered: float | None
    finished: bool = False


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What happened during one read; JSON-safe through ``to_attrs``."""

    report: str
    rows: int
    start: str
    end: str
    windows: int
    requests: int
    seconds: float
    truncated: bool = False
    duplicates_dropped: int = 0
    slow_pages: int = 0
    windows_reread: int = 0
    partial: bool = False
    notes: tuple[str, ...] = field(default=())

    def to_attrs(self) -> dict[str, Any]:
        """Plain values only, so that the frame can still be pickled and written to Parquet."""
        return {name: getattr(self, name) for name in self.__slots__} | {"notes": list(self.notes)}
