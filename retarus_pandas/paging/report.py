"""What is read, what comes back from the service, and what is told at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa

from retarus_pandas.values import Window

__all__ = ["Answer", "Ask", "Facts", "Foretold", "Heard", "Note", "Report"]

# Records of an answer that are hardly in order by chance, where few rows are wanted.
_FEWEST = 10

# What the end of an answer says before it is decoded: whether more follows, and the stamp of the last record.
Foretold = tuple[bool, datetime | None] | None
Heard = Callable[[Foretold], None]


class Answer(Protocol):
    """One decoded page. ``size`` is the page size the service says it used, None where it does not say."""

    @property
    def rows(self) -> pa.Table: ...
    @property
    def more(self) -> bool: ...
    @property
    def nbytes(self) -> int: ...
    @property
    def size(self) -> int | None: ...
    @property
    def slow(self) -> bool: ...
    @property
    def errors(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def notes(self) -> Sequence[str]: ...


class Ask(Protocol):
    """Asks one page; called in several threads at once.

    It should call `arrived` when the answer is there and has yet to be decoded: from then on the next request may
    leave.
    """

    def __call__(self, window: Window, page: int, size: int, *, arrived: Heard) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Report:
    """How a report is read.

    Attributes
    ----------
    size : int
        Records of a full page.
    key : tuple of str
        The columns that name a record; empty where nobody knows them.
    key_timestamp : str, optional
        The column by which the service selects and sorts.
    descending : bool
        The newest record comes first, also among the windows.
    page : int, optional
        The one page that is wanted, as the service has it.
    max_rows : int, optional
        Records that are wanted.
    is_part : bool
        Other parts of the report are read apart, and its rows put together with theirs.
    """

    size: int = 10_000
    key: tuple[str, ...] = ()
    key_timestamp: str | None = None
    descending: bool = False
    page: int | None = None
    max_rows: int | None = None
    is_part: bool = False

    @property
    def enough(self) -> int:
        """Records asked at a time: a page, or as many as tell that there are more than are wanted."""
        if self.max_rows is None or self.page is not None:
            return self.size
        return min(self.size, max(self.max_rows + 1, _FEWEST))


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing about the rows.

    ``kind`` is "unproven" (nothing proves that the rows are complete), "duplicates" (a key in two slices), "gone"
    (records vanished during the read) or "service" (what a page's decoding found).
    """

    kind: str
    text: str


@dataclass(slots=True)
class Facts:
    """What happened so far.

    ``proven`` is False as soon as one part of the rows rests on page numbers alone, or came with ``errors``; ``holes``
    are the spans that were asked where it did.
    """

    requests: int = 0
    slices: int = 0
    rows: int = 0
    proven: bool = True
    gone: int = 0
    kept_twice: int = 0
    slow: int = 0
    truncated: bool = False
    covered: float = 0.0
    errors: list[Mapping[str, Any]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    holes: list[Window] = field(default_factory=list)

    def fail(self, errors: Sequence[Mapping[str, Any]], window: Window) -> None:
        """Tell that records of a span may be missing, for its answer came with errors."""
        self.errors += errors
        if errors:
            self.proven = False
            self.holes += [] if window in self.holes else [window]

    def note(self, kind: str, text: str) -> None:
        """Tell something, once."""
        self.proven &= kind != "unproven"
        if (told := Note(kind, text)) not in self.notes:
            self.notes.append(told)
