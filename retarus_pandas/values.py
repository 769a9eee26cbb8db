"""The frozen values that cross from one part of the package to another."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "BUILT_IN_API_URL",
    "BUILT_IN_TOKEN_URL",
    "Column",
    "Credentials",
    "Endpoints",
    "Kind",
    "Page",
    "Progress",
    "Query",
    "RunFacts",
    "Secret",
    "Token",
    "Window",
    "show",
]

# Source: the vendor's page "Authentication and Endpoints".
BUILT_IN_API_URL = "https://api.retarus.com/stable/external-reporting-service/v1"
BUILT_IN_TOKEN_URL = "https://api-auth-service.eu.retarus.com/realms/platform/protocol/openid-connect/token"  # noqa: S105


_SHOWN = 80


def show(value: object) -> str:
    """What the caller wrote, as an error quotes it: short, whatever it is."""
    try:
        text = repr(value)
    except Exception:  # nested without end, a number of thousands of digits, somebody's own class
        return f"<{type(value).__name__}>"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


class Secret:
    """A text that is never shown, compared in part, pickled or copied by accident."""

    __slots__ = ("_Secret__text",)

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_Secret__text", lambda: text)

    def reveal(self) -> str:
        """The text itself; call it only where it is put on the wire."""
        text: str = self.__text()  # type: ignore[attr-defined]
        return text

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret does not change")

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled: sign in again where it is needed")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: the account and its OAuth2 client."""

    customer_id: str
    client_id: str
    client_secret: Secret


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the API and the token endpoint are."""

    api_url: str = BUILT_IN_API_URL
    token_url: str = BUILT_IN_TOKEN_URL


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the instants by which it is given up.

    It counts as spent at the earlier of a monotonic and a wall-clock instant: the monotonic clock stands
    still while a machine sleeps, the wall clock can be set.
    """

    secret: Secret
    lifetime: float
    spent_monotonic: float
    spent_wall: float

    def remaining(self) -> float:
        """Seconds until the token expires; negative when it has."""
        return min(self.spent_monotonic - time.monotonic(), self.spent_wall - time.time())


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A half-open span of UTC time asked in one query: ``start`` included, ``end`` excluded."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        assert self.start.tzinfo is UTC
        assert self.end.tzinfo is UTC
        assert self.start < self.end

    def to_wire(self) -> dict[str, str]:
        """The span as the service's ``DatePeriod``."""
        return {"fromIncluded": wire_instant(self.start), "toExcluded": wire_instant(self.end)}

    def __str__(self) -> str:
        return f"{wire_instant(self.start)} to {wire_instant(self.end)}"


def wire_instant(instant: datetime) -> str:
    """``YYYY-MM-DDTHH:MM:SS.mmmZ``, the only form the documentation shows."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Kind(Enum):
    """What a column holds, by declaration."""

    INT = "Int"
    FLOAT = "Float"
    BOOLEAN = "Boolean"
    TEXT = "String"
    INSTANT = "instant"
    OBJECT = "object"
    UNDECLARED = "undeclared"


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


@dataclass(frozen=True, slots=True)
class Page:
    """One decoded page.

    ``rows`` has one column for each of the query's, hidden ones too. ``first`` is the key of the first record
    (the whole record where the report has no known key), None for an empty page.
    """

    window: Window
    index: int
    rows: pa.Table
    more: bool
    nbytes: int
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
