"""`read_retarus`, `plan_retarus`, `export_retarus` and `scan_retarus`: one route from a call to its result.

A call becomes a `Request`, the request a `Plan`, every report of the plan a `Stream`, and of its rows are made the
frame, the frames, the file or the batches. A plan goes the same way, and ends earlier.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, overload

from retarus_pandas.errors import ArchiveWarning, InputError, NotSignedInError, PeriodWarning, SchemaWarning
from retarus_pandas.read.asking import Post
from retarus_pandas.read.contact import without_what_was_refused
from retarus_pandas.read.described import described
from retarus_pandas.read.export import check_path, open_sink
from retarus_pandas.read.files import About
from retarus_pandas.read.given import Request, request_of
from retarus_pandas.read.opening import run_of
from retarus_pandas.read.option import Part
from retarus_pandas.read.plan import Piece, Plan, ReportPlan
from retarus_pandas.read.planning import make_plan, plan_of_piece, text_of
from retarus_pandas.read.remarks import variable_words
from retarus_pandas.read.request import Exporting, Planning, Reading
from retarus_pandas.read.result import Shape
from retarus_pandas.read.scan import Scan
from retarus_pandas.read.stream import Chunks, Stream, Warn
from retarus_pandas.read.taken import EXPORTING, OPTIONS, PIECEWISE, READING, SCANNING
from retarus_pandas.read.warn import warn_caller
from retarus_pandas.session import (
    acquire_session,
    can_sign_in,
    known_api_url,
    known_customer_id,
    known_schema,
    known_service,
)

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from retarus_pandas.session import Session

__all__ = ["export_retarus", "plan_pieces", "plan_retarus", "read_piece", "read_retarus", "scan_retarus"]

T = TypeVar("T")


@overload
def read_retarus(
    query: str | Path | Piece, *, chunksize: None = None, **options: Unpack[Reading]
) -> pd.DataFrame | Any: ...  # a dict for some documents, which no type checker can know


@overload
def read_retarus(query: str | Path | Piece, *, chunksize: int, **options: Unpack[Reading]) -> Chunks: ...


@described(READING, in_full=True)
def read_retarus(
    query: str | Path | Piece, *, chunksize: int | None = None, **options: Unpack[Reading]
) -> pd.DataFrame | dict[str, pd.DataFrame] | Chunks:
    """Read a Retarus report into a DataFrame.

    Parameters
    ----------
    query : str, pathlib.Path or Piece
        A report's name, such as ``"faxOutUdrReport"``, for all its known fields; a GraphQL document; or the path of
        a ``.graphql`` file, which may be given as text. ``{ faxOutUdrReport { faxId statusName } }`` is enough of a
        document: the customer, the period, paging and the ``content`` level are added. Or a piece of a plan, which
        says all the rest; see `Plan.split`.
    **options
        As the fields of `Reading` and of `Shared` describe them; ``help(read_retarus)`` shows them all.

    Returns
    -------
    pandas.DataFrame
        One row a record, in the order of the report's own timestamp; columns in the order of the selection, with
        dtypes from the schema: Int → ``Int64``, Float → ``float64``, Boolean → ``boolean``, text → ``str``,
        instants → ``datetime64[us, tz]``. An empty result has the same columns and dtypes.
        ``frame.attrs["retarus"]`` holds the facts of the run.
    dict of str to DataFrame
        Where the document asks several reports: by response name.
    Chunks
        With `chunksize`: an iterator of frames, and a context manager.

    Raises
    ------
    DocumentError, PeriodError, InputError
        What was given cannot be used; nothing was sent.
    NotSignedInError, AuthenticationError
        There are no credentials, or they are refused.
    QueryError, ServiceError
        The service refuses the query.
    TransportError
        The service could not be reached, or its answers were broken, after several tries.
    IncompleteRead
        Rows may have been lost while pages were read.

    Warns
    -----
    PeriodWarning, SchemaWarning, PartialDataWarning, DuplicateRowWarning

    Notes
    -----
    Documented limits of the service: 45 days a query (longer periods are cut), 90 days of history, 10,000
    records a page. Durations of calls come in the service's own unit, see `retarus_pandas.fields`.

    Examples
    --------
    >>> import retarus_pandas as rt
    >>> with rt.Session.sandbox(rows=500) as session:
    ...     faxes = rt.read_retarus(
    ...         "{ faxOutUdrReport { jobBillingCode docPages } }", last="30D", session=session
    ...     )
    >>> faxes.dtypes.astype(str).to_dict()
    {'jobBillingCode': 'str', 'docPages': 'Int64'}
    """
    request = request_of("read_retarus", query, {"chunksize": chunksize, **options}, READING)
    streams = _open(request, one_for="" if chunksize is None else "chunksize=")
    if chunksize is not None:
        return Chunks(next(iter(streams.values())), chunksize)
    frames = {name: stream.frame() for name, stream in streams.items()}
    return frames if len(frames) > 1 else next(iter(frames.values()))


@described(OPTIONS)
def plan_retarus(query: str | Path, **options: Unpack[Planning]) -> Plan:
    """Work out what `read_retarus` would ask; nothing is sent and nobody needs to be signed in.

    Parameters
    ----------
    query : str or pathlib.Path
        As in `read_retarus`.
    **options
        As in `read_retarus` and `export_retarus`; those that only matter to the result are checked and do not
        change the plan.

    Returns
    -------
    Plan
        For each report its windows, its final document and the variables of its first request; printed, all
        of it can be read.

    Raises
    ------
    DocumentError, PeriodError, InputError
        What was given cannot be used.

    Examples
    --------
    >>> import retarus_pandas as rt
    >>> plan = rt.plan_retarus("faxOutUdrReport", last="90D", customer_id="99999")
    >>> len(plan.reports[0].windows)
    3
    """
    return _unsigned_plan(request_of("plan_retarus", query, options, OPTIONS))


@described(SCANNING)
def scan_retarus(query: str | Path | Piece, **options: Unpack[Reading]) -> Scan:
    """Make a value that is read when somebody needs its rows, by whatever program reads Arrow data.

    Parameters
    ----------
    query : str, pathlib.Path or Piece
        As in `read_retarus`; one report only.
    **options
        As in `read_retarus`. The period is resolved now, so that every reading asks the same.

    Returns
    -------
    Scan
        DuckDB, polars, pyarrow, pandas and deltalake take it where they take a table, and read it in batches, in as
        much memory as they need themselves. Each reading asks the service anew, once. ``to_pandas()`` gives the frame
        of `read_retarus`.

    Raises
    ------
    DocumentError, PeriodError, InputError
        What was given cannot be used. All errors of a reading arrive while it is read, and `Scan` says how.
    NotSignedInError
        There are no credentials.

    Notes
    -----
    Types are those of the schema, as in a file: what nobody declares is text, and so are numbers that keep their
    digits. A field that the service does not have is a column of nulls. If the service's own schema, once it is asked,
    contradicts a type, the reading ends in a `SchemaMismatchError` before its first row, and the next one goes by that
    schema.

    A program that reads through Arrow raises an error of its own, whose text has the name and the message of ours:
    ``InvalidInputException`` (DuckDB), ``ComputeError`` (polars), ``ArrowInvalid`` (pyarrow and pandas),
    ``DeltaError``. In a ``with`` block ours takes its place, and `Scan.facts` raises it otherwise. The same is true of
    Ctrl-C. DuckDB may go on reading for a while after a result was dropped half way; the end of the block ends that.

    Examples
    --------
    >>> import pyarrow
    >>> import retarus_pandas as rt
    >>> with rt.Session.sandbox(rows=500) as session:
    ...     faxes = rt.scan_retarus(
    ...         "{ faxOutUdrReport { jobBillingCode docPages } }", last="30D", session=session
    ...     )
    ...     table = pyarrow.table(faxes)
    >>> table.schema.names
    ['jobBillingCode', 'docPages']
    >>> table.num_rows == faxes.facts["rows"]
    True
    """
    request = request_of("scan_retarus", query, options, SCANNING)
    who, plan = _signed_plan(request, one_for="scan_retarus")

    def open_stream(report: ReportPlan, *, promised: bool) -> Stream:
        fitting = report if who is None else without_what_was_refused(report, who)
        return _stream(fitting, request, who, promised=promised)

    return Scan(plan.reports[0], open_stream)


@described(EXPORTING)
def export_retarus(
    query: str | Path | Piece, path: str | os.PathLike[str], **options: Unpack[Exporting]
) -> dict[str, Any]:
    """Stream a report into a Parquet, CSV or Excel file, at constant memory.

    Parameters
    ----------
    query : str or pathlib.Path
        As in `read_retarus`; one report only.
    path : str or path
        Where to; the ending ``.parquet``, ``.csv`` or ``.xlsx`` (with the extra ``excel``) says what. The file
        appears when it is complete, with the permissions of the one it replaces; until then, and after an error,
        what was there before stays. A link is followed.
    **options
        As in `read_retarus`. `dtype` is not taken: a file has the declared types; nor is `chunksize`.

    Returns
    -------
    dict
        The facts of the run, as in ``frame.attrs["retarus"]``.

    Raises
    ------
    ExportError
        The file could not be written: the disk is full, or the target is held by another program. A file that was
        complete by then is kept under a name that the message tells.
    SchemaMismatchError
        A value contradicts its column's declared type, which is fixed once the file is begun. Columns that
        nobody declares are text.
    RetarusError
        As in `read_retarus`.

    Notes
    -----
    ``pandas.read_parquet`` gives the frame that `read_retarus` would, dtypes and ``attrs`` included. CSV and Excel
    hold lists as JSON text and cannot tell a missing text from an empty one.

    In a workbook texts are texts, whatever they look like; timestamps are local wall time, with the zone in the
    heading, and stand in UTC as well if clocks are set back around the period. A number of more than 15 digits, of
    which Excel would lose some, stands as text. A second sheet says what was asked and what came.

    In CSV nothing keeps a spreadsheet from calculating a text that begins with ``=``, ``+``, ``-`` or ``@``; senders
    of faxes and messages can write such texts. The presets ``"excel"`` and ``"excel-de"`` put an apostrophe before
    them, ``csv={"preset": "excel-de", "escape_formulas": False}`` does not.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import retarus_pandas as rt
    >>> target = pathlib.Path(tempfile.mkdtemp()) / "faxes.parquet"
    >>> with rt.Session.sandbox(rows=500) as session:
    ...     facts = rt.export_retarus("faxOutUdrReport", target, last="30D", session=session)
    >>> facts["rows"] == len(pd.read_parquet(target))
    True
    """
    request = request_of("export_retarus", query, options, EXPORTING)
    settings = request.part(Part.FILE)
    target = check_path(path, **settings)
    [stream] = _open(request, one_for="export_retarus", label=target.name).values()

    def begin() -> tuple[pa.Schema, About]:
        stream.begin()
        return stream.shape.schema(), _about(request, stream)

    with open_sink(target, begin, **settings) as write:
        for part in stream.parts():
            write(part.to_table())
    return stream.facts.to_attrs()


def plan_pieces(
    function: str, query: str | Path, options: Mapping[str, Any], length: Any
) -> tuple[tuple[Piece, ...], pd.DataFrame]:
    """What a function that reads piece by piece asks, and a frame without rows like those that will come.

    Parameters
    ----------
    function : str
        Its name, for the messages.
    query, options
        As in `read_retarus`, without what no piece can keep to; nothing is sent.
    length : str or timedelta
        As in `Plan.split`.
    """
    request = request_of(function, query, options, PIECEWISE)
    plan = _unsigned_plan(request)
    if plan.several:
        raise _several(plan, function)
    _warn_of_plan(plan)
    [report] = plan.reports
    columns = report.query.columns if report.archived is None else report.archived.shown(report.query.columns)
    return plan.split(length), Shape.of(request, columns).frame((), fixed=True)


def read_piece(piece: Piece, *, session: Session | None, at_once: int, warn: Warn) -> pd.DataFrame:
    """Read a piece one request after another, while so many of the session's may be under way at once.

    Parameters
    ----------
    piece : Piece
        What is read.
    session : Session or None
        Who asks; None for a piece that asks nothing.
    at_once : int
        Requests under way at a time, in all that is read with the session.
    warn : callable
        Hears the warnings.
    """
    request = request_of("read_retarus", piece, {"session": session, "progress": False, "concurrency": 1}, READING)
    _, plan = _signed_plan(request, one_for="")
    post = None if session is None else partial(_post, session, at_once)
    return _stream(plan.reports[0], request, session, post=post, warn=warn).frame()


def _post(who: Session, at_once: int, body: Mapping[str, Any], read: Callable[[bytes, int], T], **given: Any) -> T:
    return who.post(body, read, **{**given, "limit": at_once})


def _unsigned_plan(request: Request) -> Plan:
    """The plan of who may not be signed in yet."""
    if request.piece is not None:
        raise InputError("A piece of a plan is planned already; print it, or read it with read_retarus.")
    session = request.values["session"]
    service = known_service(session) if can_sign_in(session) else None
    plan = _plan(request, session, service=service)
    assert plan.origin is not None
    return replace(plan, origin=replace(plan.origin, api_url=known_api_url(session)))


def _about(request: Request, stream: Stream) -> About:
    """What a file says of itself."""
    query = stream.plan.query
    return About(
        report=query.report,
        query=text_of(request.query),
        start=stream.plan.start,
        end=stream.plan.end,
        tz=request.values["tz"],
        customer=query.customer_id,
        variables=[*variable_words(query.variables, masked=request.values["mask"] is not None)],
        facts=lambda: stream.facts,
    )


def _plan(request: Request, who: Session | None, *, service: str | None) -> Plan:
    """The plan of a request, all of whose options fit its columns."""
    rule = who.known.profile.filter_rule if who is not None and who.known.profile is not None else None
    schema, customer_id = known_schema(who), known_customer_id(who)
    plan = make_plan(request, schema=schema, default_customer_id=customer_id, service=service, filter_rule=rule)
    for report in plan.reports:
        Shape.of(request, report.query.columns).check()
    return plan


def _open(request: Request, *, one_for: str, label: str = "") -> Mapping[str, Stream]:
    """The streams of a request's reports by response name; nothing is sent yet.

    Parameters
    ----------
    request : Request
        What was asked for.
    one_for : str
        Who can take one report only; empty, where there may be several.
    label : str, default ""
        What the progress bar calls the rows; the response name, if left out.
    """
    who, plan = _signed_plan(request, one_for=one_for)
    return {report.query.response_name: _stream(report, request, who, label=label) for report in plan.reports}


def _signed_plan(request: Request, *, one_for: str) -> tuple[Session | None, Plan]:
    """The plan of who asks; what the caller may not have meant by it is said."""
    who = _session_for(request)
    if request.piece is not None:
        api_url = "" if who is None else who.api_url
        plan = Plan((plan_of_piece(request.piece, api_url=api_url, customer_id=known_customer_id(who)),))
    else:
        service = None if who is None else who.endpoints.service
        plan = _plan(request, who, service=service)
    if who is None:
        _check_nothing_is_asked(plan)
    else:
        plan = Plan(tuple(without_what_was_refused(report, who) for report in plan.reports))
    if one_for and plan.several:
        raise _several(plan, one_for)
    _warn_of_plan(plan)
    _warn_of_profile(who)
    return who, plan


def _stream(
    report: ReportPlan, request: Request, who: Session | None, *, post: Post | None = None, label: str = "", **how: Any
) -> Stream:
    """The rows of one report; `how` as `Stream` takes it, and of a piece the types are always promised."""
    return Stream(
        run_of(report, request, who, post=post),
        partial(Shape.of, request),
        progress=request.values["progress"],
        label=label or report.query.response_name,
        **{"promised": request.piece is not None, **how},
    )


def _session_for(request: Request) -> Session | None:
    """Who asks; None where there is an archive and nobody is signed in, which may do all the same."""
    session = request.values["session"]
    return acquire_session(session) if request.values["archive"] is None or can_sign_in(session) else None


def _check_nothing_is_asked(plan: Plan) -> None:
    """Refuse a plan for which somebody would have to be signed in."""
    asked = [window for report in plan.reports for window in report.windows]
    if not asked:
        return
    try:
        acquire_session()
    except NotSignedInError as error:
        signed_out = error
    spans = ", ".join(map(str, asked[:3])) + (" …" if len(asked) > 3 else "")
    needed_for = f"The archive does not have all of the period: {spans} has to be asked for."
    raise NotSignedInError(f"{signed_out} {needed_for}", signed_out.unset, needed_for)


def _several(plan: Plan, taker: str) -> InputError:
    names = ", ".join(report.query.response_name for report in plan.reports)
    return InputError(f"The document asks {names}, and {taker} takes one report; ask them one by one.")


def _warn_of_plan(plan: Plan) -> None:
    for report in plan.reports:
        for text in report.warnings:
            warn_caller(text, PeriodWarning)
        doubts = {doubt.note for doubt in report.query.doubts}
        for text in report.query.notes:
            if text not in doubts:
                warn_caller(text, SchemaWarning)
        for text in report.archived.warnings if report.archived is not None else ():
            warn_caller(text, ArchiveWarning)


def _warn_of_profile(who: Session | None) -> None:
    if who is not None and who.known.profile is not None and who.known.profile.warning:
        warn_caller(who.known.profile.warning, SchemaWarning)
