"""A request becomes a plan: its document is read, its period resolved and cut. Nothing is sent."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import DocumentError, InputError, PeriodError
from retarus_pandas.read.given import Request
from retarus_pandas.read.masking import mask_given, mask_mark, mask_notes, with_mask
from retarus_pandas.read.option import Part
from retarus_pandas.read.plan import Origin, Piece, Plan, ReportPlan
from retarus_pandas.read.remarks import filter_notes, unit_notes
from retarus_pandas.read.taken import OPTIONS
from retarus_pandas.values import Query, Window, show

if TYPE_CHECKING:
    from retarus_pandas.period import Period
    from retarus_pandas.read.archived import Archived
    from retarus_pandas.schema import Schema
    from retarus_pandas.session import FilterRule

    _WithArchive = Callable[[Query, Callable[..., Period]], tuple[Period, Archived | None]]

__all__ = ["make_plan", "make_queries", "plan_of_piece", "text_of"]

# No document, which has braces, and no report's name, which has no point, can look like it.
_NAME_OF_A_FILE = re.compile(r"[^\n\r\0{}]+\.(?:graphql|gql)", re.IGNORECASE)


def make_plan(
    request: Request,
    *,
    schema: Schema,
    default_customer_id: str | None,
    service: str | None = "",
    filter_rule: FilterRule | None = None,
    now: datetime | None = None,
) -> Plan:
    """Work out the reports of a request, their windows and the final documents.

    Parameters
    ----------
    request : Request
        What was asked for.
    schema : Schema
        What is known of the service.
    default_customer_id : str, optional
        Whose records are read where neither the document nor the caller says it.
    service : str or None, default ""
        Which service can be asked, as an archive tells it from others; empty if that is not known, None if nobody is
        signed in.
    filter_rule : FilterRule, optional
        How the service compares filters, where a probe has told.
    now : datetime, optional
        The current instant; by the clock of this machine, if left out.

    Raises
    ------
    DocumentError, PeriodError, InputError
        What was given cannot be used.
    """
    now = now or datetime.now(UTC)
    queries = make_queries(request, schema=schema, default_customer_id=default_customer_id)
    there = partial(_with_archive, request=request, now=now, service=service, rule=filter_rule)
    return Plan(tuple(_plan_report(query, request, now, there) for query in queries), _origin(request))


def make_queries(request: Request, *, schema: Schema, default_customer_id: str | None) -> tuple[Query, ...]:
    """The queries of a request, whatever its period; arguments and errors as in `make_plan`."""
    queries = _queries(request, schema)
    return tuple(_masked(_for_customer(query, default_customer_id), request) for query in queries)


def plan_of_piece(piece: Piece, *, api_url: str, customer_id: str | None) -> ReportPlan:
    """What is asked for a piece by who has a session for this service and customer.

    Where all of it comes from an archive, the service is not asked and does not matter.

    Raises
    ------
    InputError
        The piece was planned for another service, or its archive is not here.
    PeriodError
        The service does not keep its records any more.
    """
    from retarus_pandas.period import check_kept

    meant = piece.origin.api_url
    if piece.asks and meant and meant != api_url:
        raise InputError(
            f"The piece was planned for the service at {meant}, and the session of this process asks {api_url}. "
            "Sign in to the same one, for example by RETARUS_API_URL and RETARUS_TOKEN_URL."
        )
    archived = piece.report.archived
    if archived is not None and archived.folder is not None and not archived.folder.is_dir():
        raise InputError(
            f"The piece has days of the archive in {show(str(archived.folder))}, and there is no such folder where it "
            "is read. Put the archive on a disk that all machines have under this name, or read it here."
        )
    for window in piece.report.windows:
        check_kept(window.start, window.end, now=datetime.now(UTC))
    return replace(piece.report, query=_for_customer(piece.report.query, customer_id))


def _origin(request: Request) -> Origin:
    """The request in plain values; what only this process has is left out."""
    values = dict(request.values)
    mask: Any = values["mask"]  # its check has made a Mask of it
    progress = values["progress"] if isinstance(values["progress"], bool) else None
    options = {**values, "session": None, "progress": progress, "mask": mask_given(mask)}
    return Origin(text_of(request.query), options, mask_mark(mask))


def _queries(request: Request, schema: Schema) -> tuple[Query, ...]:
    text = text_of(request.query)
    period_given = any(value is not None for value in request.part(Part.PERIOD).values())
    given = {name: value for name, value in request.part(Part.DOCUMENT).items() if not _is_nothing(value)}
    if given:
        return _read(text, schema, period_given=period_given, given=given)
    return _read_text_alone(text, schema, period_given=period_given)


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and not value)


def _read(text: str, schema: Schema, *, period_given: bool, given: Mapping[str, Any]) -> tuple[Query, ...]:
    from retarus_pandas.document import read_queries

    return read_queries(text, schema=schema, period_given=period_given, **given)


@lru_cache(maxsize=32)
def _read_text_alone(text: str, schema: Schema, *, period_given: bool) -> tuple[Query, ...]:
    """The same where nothing but the text matters: a cell is run again and again, and reading it takes its time."""
    return _read(text, schema, period_given=period_given, given={})


def _for_customer(query: Query, customer_id: str | None) -> Query:
    """Fill in the account where neither the document nor the caller names one."""
    return replace(query, customer_id=customer_id) if query.customer_id is None else query


def _masked(query: Query, request: Request) -> Query:
    mask: Any = request.values["mask"]  # its check has made a Mask of it
    return with_mask(query, mask, sep=request.values["sep"], record_path=request.values["record_path"])


def text_of(query: str | Path) -> str:
    """Read a query's file; leave a text as it is, unless it is the name of such a file."""
    if isinstance(query, Path) or (isinstance(query, str) and _NAME_OF_A_FILE.fullmatch(query)):
        try:
            content = Path(query).expanduser().read_bytes()
            return content.decode(_encoding(content))
        except UnicodeDecodeError:
            raise InputError(
                f"The query's file {str(query)!r} is no text in UTF-8. Save it in that encoding."
            ) from None
        except (OSError, RuntimeError) as error:
            said = getattr(error, "strerror", None) or str(error).rstrip(".")
            raise InputError(f"The query's file {str(query)!r} cannot be read: {said}. Check its name.") from None
    if not isinstance(query, str):
        raise DocumentError(
            f"The query is a {type(query).__name__}; give a GraphQL document or a report's name as text, "
            "or a pathlib.Path to a .graphql file."
        )
    return query


def _encoding(content: bytes) -> str:
    """UTF-8, unless the file says otherwise in its first bytes, as editors and shells of Windows have it say."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Or in what no text has: its first character, whatever it is, is of ASCII in GraphQL.
    return {b"\0": "utf-16-be"}.get(content[:1], "utf-16-le" if content[1:2] == b"\0" else "utf-8-sig")


def _plan_report(query: Query, request: Request, now: datetime, with_archive: _WithArchive) -> ReportPlan:
    from retarus_pandas.period import resolve

    times = request.part(Part.PERIOD)
    if query.period is not None:
        times = {"start": query.period[0], "end": query.period[1]}
    look = partial(resolve, **times, tz=request.values["tz"], now=now)
    span, archived = with_archive(query, look)
    cut = _cut(query, span, archived)
    if query.page is not None and len(cut) > 1:
        raise PeriodError(
            f"The document pins page {query.page} of a period that has to be asked in {len(cut)} parts; "
            "shorten the period to 44 days, or leave the page out to read all."
        )
    return ReportPlan(
        query=query,
        start=span.start,
        end=span.end,
        windows=cut,
        page_size=_page_size(query, request),
        notes=(*span.notes, *_remarks(query, request)),
        warnings=span.warnings,
        archived=archived,
    )


def _remarks(query: Query, request: Request) -> Iterator[str]:
    """What the rows are not, or not all of."""
    options = request.values
    yield from filter_notes(options["filters"], masked=options["mask"] is not None)
    yield from mask_notes(query.columns)
    yield from unit_notes(query.columns, options["units"])


def _with_archive(
    query: Query,
    look: Callable[..., Period],
    *,
    request: Request,
    now: datetime,
    service: str | None,
    rule: FilterRule | None,
) -> tuple[Period, Archived | None]:
    """The period, and which parts of it an archive has, where one is given."""
    archive: Any = request.values["archive"]
    if archive is None:
        return look(), None
    from retarus_pandas.read.archived import find

    mask: Any = request.values["mask"]
    return find(query, archive, look, now=now, service=service, mask=mask, rule=rule)


def _cut(query: Query, span: Period, archived: Archived | None) -> tuple[Window, ...]:
    """What the service is asked, as windows."""
    from retarus_pandas.period import windows

    if archived is None:
        return windows(span.start, span.end, descending=query.descending)
    return archived.windows(descending=query.descending)


def _page_size(query: Query, request: Request) -> int:
    """The author's own, where the document says one."""
    if query.size is None:
        return request.values["page_size"]
    size: int = OPTIONS["page_size"].check("page_size", query.size)
    return size
