"""One report, ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from retarus_pandas.values.kinds import Kind
from retarus_pandas.values.window import Window

__all__ = ["Column", "Query"]


@dataclass(frozen=True, slots=True)
class Column:
    """One selected field of a record, as it will be named in the answer.

    ``name`` is the response name (the alias where there is one). ``lists`` counts the list types around the
    value. ``fields`` are the selected fields of an ``OBJECT``. A ``hidden`` column was asked for by us.
    """

    name: str
    kind: Kind
    lists: int = 0
    fields: tuple[Column, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One report, ready to be asked page by page.

    ``document`` holds this report only. ``variables`` are bound by the author or the caller;
    ``driven`` says which variable carries ``datePeriod``, ``page`` and ``size`` of each request.
    ``period`` is the author's own (start, end), ``page`` a page the author pinned, ``size`` the author's page size.
    """

    report: str
    response_name: str
    content_name: str
    document: str
    operation: str | None
    variables: Mapping[str, Any]
    driven: Mapping[str, str]
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    key_timestamp: str | None = None
    more_name: str = "hasMoreElements"
    index_name: str = "pageIndex"
    period: tuple[datetime, datetime] | None = None
    page: int | None = None
    size: int | None = None
    descending: bool = False
    notes: tuple[str, ...] = ()

    def request(self, window: Window | None, page: int, size: int) -> dict[str, Any]:
        """The JSON body that asks one page."""
        now = {"page": page, "size": size, "datePeriod": window and window.to_wire()}
        variables = dict(self.variables) | {self.driven[name]: now[name] for name in now if name in self.driven}
        body: dict[str, Any] = {"query": self.document, "variables": variables}
        return body | ({"operationName": self.operation} if self.operation else {})
