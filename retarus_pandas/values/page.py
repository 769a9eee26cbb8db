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

    ``rows`` has one column for each of the query's, hidden ones too. ``size`` is the page size that the service says
    it used, None where it does not say.
    """

    window: Window
    index: int
    rows: pa.Table
    more: bool
    nbytes: int
    size: int | None = None
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
    """What happened during one read; JSON-safe through ``to_attrs``.

    ``slices`` is the number of spans of time that the rows were read in, ``proven`` whether each border between two
    of them was proven, so that no row is lost or stands twice. ``kept_twice`` counts rows whose key stands at two
    instants, ``vanished`` records that were shown and were gone when they had to come again. ``holes`` names the spans
    whose answers came with errors, so that records of them may be missing. Where an archive was
    given, ``sources`` says of each part of the period whether it came ``from`` the "archive" or the "service", its
    ``start`` and ``end``, its ``rows``, and the ``days`` of the archive.
    """

    report: str
    rows: int
    start: str
    end: str
    windows: int
    requests: int
    seconds: float
    slices: int = 0
    proven: bool = True
    truncated: bool = False
    kept_twice: int = 0
    vanished: int = 0
    slow_pages: int = 0
    partial: bool = False
    holes: tuple[str, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())
    sources: tuple[Mapping[str, Any], ...] = field(default=())

    def to_attrs(self) -> dict[str, Any]:
        """Plain values only, so that the frame can still be pickled and written to Parquet."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "holes": list(self.holes),
            "notes": list(self.notes),
            "sources": list(map(dict, self.sources)),
        }
