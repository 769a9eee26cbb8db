"""One report, ready to be asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from retarus_pandas.values.kinds import Kind
from retarus_pandas.values.masks import WAYS, Way
from retarus_pandas.values.units import Unit
from retarus_pandas.values.window import Window

__all__ = ["Addition", "Column", "Doubt", "Query"]


@dataclass(frozen=True, slots=True)
class Column:
    """One selected field of a record, as it will be named in the answer.

    ``name`` is the response name (the alias where there is one). ``lists`` counts the list types around the
    value. ``fields`` are the selected fields of an ``OBJECT``. A ``hidden`` column was asked for by us. An ``absent``
    one is not asked, because the service does not have it. An ``identity`` is declared as ``ID!``. ``personal`` is the
    class of personal data it may hold: "number", "address", "text", or ""; ``mask`` is the word of a `Way` to mask its
    values, "" where they are kept. ``unit`` is what its numbers count, None where that is not known. ``field`` is the
    schema's name where ``name`` is an alias.
    """

    name: str
    kind: Kind
    lists: int = 0
    fields: tuple[Column, ...] = ()
    hidden: bool = False
    absent: bool = False
    identity: bool = False
    personal: str = ""
    mask: str = ""
    unit: Unit | None = None
    field: str = ""

    @property
    def source(self) -> str:
        """The schema's name of the field."""
        return self.field or self.name

    @property
    def way(self) -> Way:
        """What masking leaves of it."""
        return WAYS[self.mask or "keep"]


@dataclass(frozen=True, slots=True)
class Addition:
    """Something in a document that its author did not write, and that can be left out again.

    ``place`` says where: an "argument" of the report, a field of its "record", or a fact of its "result" beside
    the records. ``name`` is the schema's, ``response_name`` the one in the answer.
    """

    place: Literal["argument", "record", "result"]
    name: str
    response_name: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something of the author's that the schema does not know, and that is sent all the same.

    ``word`` is what stands at its place, ``note`` tells of it in one line, and ``shown`` points at it in the text.
    """

    word: str
    note: str
    shown: str


@dataclass(frozen=True, slots=True)
class Query:
    """One report, ready to be asked page by page.

    ``document`` holds this report only. ``variables`` are the author's, bound. ``slots`` says which text in the
    document stands for what each request fills in: ``customerId``, ``datePeriod``, ``page`` and ``size``. They are
    filled with literals, which need no type's name and are converted by the service.
    ``period`` is the author's own (start, end), ``page`` a page the author pinned, ``size`` the author's page size;
    ``additions`` is what the author did not write, ``remarks`` tell what was decided about what he did; ``notes`` may
    be mistakes, and are warned of; of its ``doubts``, which are among them, the service decides.
    """

    report: str
    response_name: str
    content_name: str
    document: str
    operation: str | None
    variables: Mapping[str, Any] = field(hash=False)
    slots: Mapping[str, str] = field(hash=False)
    columns: tuple[Column, ...]
    customer_id: str | None = None
    key: tuple[str, ...] = ()
    key_timestamp: str | None = None
    more_name: str = "hasMoreElements"
    index_name: str | None = "pageIndex"
    size_name: str | None = "pageSize"
    period: tuple[datetime, datetime] | None = None
    page: int | None = None
    size: int | None = None
    descending: bool = False
    additions: tuple[Addition, ...] = ()
    remarks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def request(self, window: Window | None, page: int, size: int) -> dict[str, Any]:
        """The JSON body that asks one page."""
        body: dict[str, Any] = {"query": self.text(window, page, size), "variables": dict(self.variables)}
        return body | ({"operationName": self.operation} if self.operation else {})

    def text(self, window: Window | None, page: int, size: int) -> str:
        """The document as it asks one page."""
        literals = {
            "customerId": json.dumps(self.customer_id),
            "datePeriod": _literal(window.to_wire()) if window else "null",
            "page": str(page),
            "size": str(size),
        }
        values = {slot: literals[name] for name, slot in self.slots.items()}
        # In one pass, so that no value is taken for a slot.
        slots = re.compile("|".join(map(re.escape, values)) or "$.")
        return slots.sub(lambda found: values[found[0]], self.document)


def _literal(members: Mapping[str, str]) -> str:
    """An input object in GraphQL's own notation."""
    return "{" + ", ".join(f"{name}: {json.dumps(value)}" for name, value in members.items()) + "}"
