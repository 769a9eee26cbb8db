"""The bytes of an answer become a page."""

from __future__ import annotations

import os
import re
import threading
from datetime import UTC, datetime

from retarus_pandas.frame.decode.arrow_path import Refused, read_fast
from retarus_pandas.frame.decode.decoded import Decoded
from retarus_pandas.frame.decode.expected import Expected, Layout
from retarus_pandas.frame.decode.first_look import look
from retarus_pandas.frame.decode.general_path import read_general
from retarus_pandas.frame.decode.hidden import hidden_paths
from retarus_pandas.frame.decode.learned import Learned
from retarus_pandas.frame.decode.missing import tell_missing
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path
from retarus_pandas.values import Page, Query, Window

__all__ = ["Decoder"]

_LAST_RECORD = 1 << 16  # bytes in which the last record is looked for
_TAIL = 1024  # bytes in which the facts of paging are looked for; we ask for them behind the records
_BOM = b"\xef\xbb\xbf"


class Decoder:
    """Decodes the pages of one read; any number of threads may use it at once.

    Parameters
    ----------
    query : Query
        The report that was asked.
    keep_partial : bool
        Whether data that came with GraphQL errors is kept; else the errors are raised.
    learned : Learned, optional
        What earlier reads of the report taught; what this one teaches is added.

    Notes
    -----
    Arrow is told to expect the values as the first records of the first page have them. What it refuses all the
    same goes through a general path with the same result, and is expected from then on. No more pages are decoded
    at once than there are cores: more would not be faster, and each takes several times its size.
    """

    def __init__(self, query: Query, *, keep_partial: bool = False, learned: Learned | None = None) -> None:
        self._query = query
        self._keep_partial = keep_partial
        self._learned = learned if learned is not None else Learned()
        self._cores = threading.BoundedSemaphore(os.cpu_count() or 1)
        self._said: dict[tuple[Path, Oddity], str] = {}
        self._hidden = hidden_paths(query)
        self._at_records: Path = ("data", query.response_name, query.content_name)
        self._layout = (self._learned.expected or Expected()).layout(query)
        name = query.key_timestamp
        self._stamp = re.compile(rb'"%s"\s*:\s*"([^"\\]*)"' % name.encode()) if name else None
        self._more = re.compile(rb'"%s"\s*:\s*(true|false)' % query.more_name.encode())

    def foretell(self, body: bytes) -> tuple[bool, datetime | None] | None:
        """Whether more records seem to follow, and at which instant, by a look at the body's end.

        It is there before the page is decoded, and good enough to ask on from there, but for nothing else; None
        where that does not tell.
        """
        told = self._more.findall(body, max(0, len(body) - _TAIL))
        return (told[-1] == b"true", self._last_stamp(body)) if told else None

    def _last_stamp(self, body: bytes) -> datetime | None:
        if self._stamp is None:
            return None
        at = body.rfind(b'"%s"' % (self._query.key_timestamp or "").encode(), max(0, len(body) - _LAST_RECORD))
        found = self._stamp.match(body, at) if at >= 0 else None
        try:
            stamp = datetime.fromisoformat(found[1].decode()) if found else None
        except ValueError:
            return None
        return stamp if stamp is None or stamp.tzinfo else stamp.replace(tzinfo=UTC)

    def page(self, body: bytes, *, window: Window, index: int, status: int = 200) -> Page:
        """Decode one answer.

        Parameters
        ----------
        body : bytes
            The answer's body.
        window : Window
            The window that was asked.
        index : int
            The page that was asked.
        status : int
            The HTTP status, for the errors.

        Raises
        ------
        BrokenAnswerError
            The body is not what a GraphQL service sends; asking again may help.
        QueryError
            The service reports errors.
        ResultError
            The answer holds no page of the report, or another one than was asked.
        """
        unmarked = body[len(_BOM) :] if body.startswith(_BOM) else body
        with self._cores:
            decoded, slow, notes = self._read(unmarked, status)
            tell_missing(self._query.columns, decoded.rows, self._at_records, unmarked, notes)
        if decoded.index is not None and decoded.index != index:
            raise Oddity.OTHER_PAGE.exception(f"page {index} was asked, page {decoded.index} came")
        return Page(
            window=window,
            index=index,
            rows=decoded.rows,
            more=decoded.more,
            nbytes=len(body),
            size=decoded.size if isinstance(decoded.size, int) else None,
            slow=slow,
            errors=decoded.errors,
            notes=notes.texts(),
        )

    def _read(self, body: bytes, status: int) -> tuple[Decoded, bool, Notes]:
        layout = self._expect(body)
        try:
            return self._read_fast(body, layout)
        except Refused:
            pass
        with self._learned.turn():
            again = self._expect(body)
            if again is not layout:  # another page has just taught what this one would
                try:
                    return self._read_fast(body, again)
                except Refused:
                    pass
            return self._read_slow(body, status)

    def _read_fast(self, body: bytes, layout: Layout) -> tuple[Decoded, bool, Notes]:
        notes = Notes(self._said, self._hidden)
        try:
            return read_fast(body, layout, notes), False, notes
        except Refused:
            if not layout.digits:
                raise
        # What is no number any more, or not the only field of its name, is read as a literal from now on.
        self._learned.add(Expected(numbers=dict.fromkeys(layout.digits, False)))
        notes = Notes(self._said, self._hidden)
        return read_fast(body, self._expect(body), notes), False, notes

    def _read_slow(self, body: bytes, status: int) -> tuple[Decoded, bool, Notes]:
        notes = Notes(self._said, self._hidden)
        decoded, seen = read_general(body, self._query, notes, keep_partial=self._keep_partial, status=status)
        self._learned.add(seen)
        return decoded, True, notes

    def _expect(self, body: bytes) -> Layout:
        """What Arrow is to expect, as far as anybody knows."""
        if self._learned.expected is None:
            with self._learned.turn():
                if self._learned.expected is None:
                    self._learned.add(look(body, self._query))
        layout = self._layout
        expected = self._learned.expected
        if expected is not None and expected != layout.expected:
            layout = self._layout = expected.layout(self._query)
        return layout
