"""The bytes of an answer become a page."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime

from retarus_pandas.frame.decode.answer import Answer
from retarus_pandas.frame.decode.arrow_path import Refused, read_fast
from retarus_pandas.frame.decode.general_path import read_general
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path
from retarus_pandas.frame.decode.wire import Wire
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

    Notes
    -----
    What Arrow refuses goes through a general path with the same result; from then on Arrow is told to expect
    the values as they came.
    """

    def __init__(self, query: Query, *, keep_partial: bool = False) -> None:
        self._query = query
        self._keep_partial = keep_partial
        self._lock = threading.Lock()
        self._said: dict[tuple[Path, Oddity], str] = {}
        self._wire = Wire()
        self._schema = self._wire.schema(query)
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
        answer, slow, notes = self._read(memoryview(body)[3 if body.startswith(_BOM) else 0 :], status)
        if answer.index is not None and answer.index != index:
            raise Oddity.OTHER_PAGE.exception(f"page {index} was asked, page {answer.index} came")
        return Page(
            window=window,
            index=index,
            rows=answer.rows,
            more=answer.more,
            nbytes=len(body),
            size=answer.size if isinstance(answer.size, int) else None,
            slow=slow,
            errors=answer.errors,
            notes=notes.texts(),
        )

    def _read(self, body: memoryview, status: int) -> tuple[Answer, bool, Notes]:
        with self._lock:
            wire, schema = self._wire, self._schema
        notes = Notes(self._said)
        try:
            return read_fast(body, self._query, wire, schema, notes), False, notes
        except Refused:
            notes = Notes(self._said)
        answer, seen = read_general(body, self._query, notes, keep_partial=self._keep_partial, status=status)
        self._learn(seen)
        return answer, True, notes

    def _learn(self, seen: Wire) -> None:
        with self._lock:
            wire = self._wire.after(seen)
            if wire != self._wire:
                self._wire, self._schema = wire, wire.schema(self._query)
