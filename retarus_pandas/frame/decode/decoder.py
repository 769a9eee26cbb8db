"""The bytes of an answer become a page."""

from __future__ import annotations

import re
import threading
from typing import Any

import pyarrow as pa

from retarus_pandas.frame.decode.answer import Answer
from retarus_pandas.frame.decode.arrow_path import Refused, read_fast
from retarus_pandas.frame.decode.general_path import read_general
from retarus_pandas.frame.decode.hidden import hidden_paths
from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path
from retarus_pandas.frame.decode.unify import as_text
from retarus_pandas.frame.decode.wire import Wire
from retarus_pandas.values import Page, Query, Window

__all__ = ["Decoder"]

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
        self._hidden = hidden_paths(query)
        self._wire = Wire()
        self._schema = self._wire.schema(query)
        self._more = re.compile(rb'"%s"\s*:\s*(true|false)' % query.more_name.encode())

    def foretell(self, body: bytes) -> bool | None:
        """Whether more pages seem to follow, by a look at the body's end; None where that does not tell.

        It is there before the page is decoded, and good enough to ask the next one, but for nothing else.
        """
        told = self._more.findall(body, max(0, len(body) - _TAIL))
        return told[-1] == b"true" if told else None

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
            first=self._first(answer.rows),
            slow=slow,
            errors=answer.errors,
            notes=notes.texts(),
        )

    def _read(self, body: memoryview, status: int) -> tuple[Answer, bool, Notes]:
        with self._lock:
            wire, schema = self._wire, self._schema
        notes = Notes(self._said, self._hidden)
        try:
            return read_fast(body, self._query, wire, schema, notes), False, notes
        except Refused:
            notes = Notes(self._said, self._hidden)
        answer, seen = read_general(body, self._query, notes, keep_partial=self._keep_partial, status=status)
        self._learn(seen)
        return answer, True, notes

    def _learn(self, seen: Wire) -> None:
        with self._lock:
            wire = self._wire.after(seen)
            if wire != self._wire:
                self._wire, self._schema = wire, wire.schema(self._query)

    def _first(self, rows: pa.Table) -> tuple[Any, ...] | None:
        """As text, which does not depend on what else is on the page."""
        if not rows.num_rows:
            return None
        names = self._query.key or rows.column_names
        return tuple(as_text(rows.column(name).chunk(0)[:1])[0].as_py() for name in names)
