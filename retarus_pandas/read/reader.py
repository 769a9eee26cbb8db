"""`read_retarus`, `plan_retarus` and `export_retarus`: query, service and frame put together."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack, overload

import pandas as pd
from pandas.api.extensions import no_default

from retarus_pandas.errors import (
    DuplicateRowWarning,
    InputError,
    PartialDataWarning,
    PeriodWarning,
    RetarusWarning,
    SchemaWarning,
)
from retarus_pandas.frame import check_options, final_schema, to_frame, to_table
from retarus_pandas.read.export import check_path, open_sink
from retarus_pandas.read.plan import MOST_ROWS_A_PAGE, Plan, ReportPlan, make_plan
from retarus_pandas.read.progress import Observer, observer
from retarus_pandas.read.run import ReadOptions, Run
from retarus_pandas.session import Session, acquire_session, known_customer_id, known_schema
from retarus_pandas.values import show

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Chunks", "export_retarus", "plan_retarus", "read_retarus"]

_PACKAGE = str(Path(__file__).parent)


class Reading(TypedDict, total=False):
    """The keyword arguments that `read_retarus`, `plan_retarus` and `export_retarus` share."""

    period: Any
    start: Any
    end: Any
    last: Any
    tz: str
    filters: Mapping[str, Any] | None
    variables: Mapping[str, Any] | None
    operation: str | None
    customer_id: str | int | None
    record_path: str | Sequence[str] | None
    sep: str
    dtype: Any
    dtype_backend: Any
    max_rows: int | None
    page_size: int
    concurrency: int
    errors: str
    progress: bool | Observer | None
    session: Session | None


@overload
def read_retarus(
    query: str | Path, *, chunksize: None = None, **options: Unpack[Reading]
) -> pd.DataFrame | Any: ...  # a dict for some documents, which no type checker can know


@overload
def read_retarus(query: str | Path, *, chunksize: int, **options: Unpack[Reading]) -> Chunks: ...


def read_retarus(
    query: str | Path,
    *,
    period: Any = None,
    start: Any = None,
    end: Any = None,
    last: Any = None,
    tz: str = "UTC",
    filters: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    operation: str | None = None,
    customer_id: str | int | None = None,
    record_path: str | Sequence[str] | None = None,
    sep: str = ".",
    dtype: Any = None,
    dtype_backend: Any = no_default,
    chunksize: int | None = None,
    max_rows: int | None = None,
    page_size: int = MOST_ROWS_A_PAGE,
    concurrency: int = 4,
    errors: str = "raise",
    progress: bool | Observer | None = None,
    session: Session | None = None,
) -> pd.DataFrame | dict[str, pd.DataFrame] | Chunks:
    """Read a Retarus report into a DataFrame.

    Parameters
    ----------
    query : str or pathlib.Path
        A report's name, such as ``"faxOutUdrReport"``, for all its known fields; a GraphQL document; or the
        path of a ``.graphql`` file. ``{ faxOutUdrReport { faxId statusName } }`` is enough of a document: the
        customer, the period, paging and the ``content`` level are added.
    period : str, pandas.Period or datetime.date, optional
        A month, quarter, day …, in local time of `tz`: ``"2026-10"``, ``"2026Q3"``, ``"yesterday"``.
    start, end : str or datetime-like, optional
        Anything `pandas.Timestamp` takes; half-open: `end` itself is not included. Without `end`, up to now.
    last : str, timedelta or offset, optional
        The time back from now: ``"7D"``, ``"36h"``. ``"90D"`` reads the whole history.
    tz : str, default "UTC"
        The zone of instants given without one, and of the timestamps returned.
    filters : mapping, optional
        Columns and the values to keep: ``{"statusName": ["OK"]}``. Several values mean any of them, several
        columns all of them, as far as is known. Sent to the service, which may know more columns than we do.
    variables : mapping, optional
        Values for the variables that the document declares.
    operation : str, optional
        The operation to run, where the document has several.
    customer_id : str or int, optional
        Another account than the session's.
    record_path : str or list of str, optional
        The list of objects of which every item becomes a row, as in `pandas.json_normalize`. A record without
        items stays, as one row of nulls.
    sep : str, default "."
        Joins the names of nested fields.
    dtype : dtype or mapping, optional
        As in the pandas readers; applied last.
    dtype_backend : {"numpy_nullable", "pyarrow"}, optional
        As in the pandas readers.
    chunksize : int, optional
        Return an iterator of frames of so many records instead; for one report only. Rows that move while they
        are read are an error then, since a frame that was handed out cannot be taken back.
    max_rows : int, optional
        Stop after so many rows; ``frame.attrs["retarus"]["truncated"]`` says whether there were more.
    page_size : int, default 10000
        Rows asked at a time; the documented most is 10,000.
    concurrency : int, default 4
        Requests under way at a time.
    errors : {"raise", "warn"}, default "raise"
        What to do when the service sends GraphQL errors together with data: raise, or keep the data and warn.
    progress : bool or callable, optional
        Show a bar where somebody looks (default), always, or never; or a function that is called with
        ``rows`` and ``covered``.
    session : Session, optional
        Who asks; otherwise the current session, otherwise the environment.

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
    shape = _Shape(tz, sep, record_path, dtype, dtype_backend)
    options = ReadOptions(concurrency, max_rows, keep_partial=_keeps_partial(errors))
    _check_chunksize(chunksize)
    who = acquire_session(session)
    plan = make_plan(
        query,
        schema=who.schema,
        default_customer_id=who.customer_id,
        period=period,
        start=start,
        end=end,
        last=last,
        tz=tz,
        filters=filters,
        variables=variables,
        operation=operation,
        customer_id=customer_id,
        page_size=page_size,
    )
    shape.check(plan)
    _warn_of_plan(plan)
    if chunksize is not None:
        return Chunks(Run(_only(plan, "chunksize"), who.connection, options), shape, chunksize, progress)
    frames = {
        report.query.response_name: _read(Run(report, who.connection, options), shape, progress)
        for report in plan.reports
    }
    return frames if plan.several else next(iter(frames.values()))


def plan_retarus(query: str | Path, **options: Unpack[Reading]) -> Plan:
    """Work out what `read_retarus` would ask; nothing is sent and nobody needs to be signed in.

    Parameters
    ----------
    query : str or pathlib.Path
        As in `read_retarus`.
    **options
        As in `read_retarus`; those that only matter to the result are checked and do not change the plan.

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
    session = options.pop("session", None)
    shape, _, rest = _split(options)
    plan = make_plan(
        query, schema=known_schema(session), default_customer_id=known_customer_id(session), tz=shape.tz, **rest
    )
    shape.check(plan)
    return plan


def export_retarus(query: str | Path, path: str | os.PathLike[str], **options: Unpack[Reading]) -> dict[str, Any]:
    """Stream a report into a Parquet or CSV file, at constant memory.

    Parameters
    ----------
    query : str or pathlib.Path
        As in `read_retarus`; one report only.
    path : str or path
        Where to; the ending ``.parquet`` or ``.csv`` says what. The file appears when it is complete; until then,
        and after an error, what was there before stays.
    **options
        As in `read_retarus`. `dtype` is not taken: a file has the declared types.

    Returns
    -------
    dict
        The facts of the run, as in ``frame.attrs["retarus"]``.

    Raises
    ------
    SchemaMismatchError
        A value contradicts its column's declared type, which is fixed once the file is begun. Columns that
        nobody declares are text.
    RetarusError
        As in `read_retarus`.

    Notes
    -----
    ``pandas.read_parquet`` gives the frame that `read_retarus` would, dtypes included. CSV holds lists as JSON
    text and cannot tell a missing text from an empty one.

    Examples
    --------
    >>> import retarus_pandas as rt, tempfile, pathlib
    >>> target = pathlib.Path(tempfile.mkdtemp()) / "faxes.parquet"
    >>> with rt.Session.sandbox(rows=500) as session:
    ...     facts = rt.export_retarus("faxOutUdrReport", target, last="30D", session=session)
    >>> facts["rows"] == len(pd.read_parquet(target))
    True
    """
    target = check_path(path)
    if options.get("dtype") is not None:
        raise InputError("dtype= does not apply to a file; convert the columns after reading it")
    who = acquire_session(options.pop("session", None))
    progress = options.pop("progress", None)
    shape, read_options, rest = _split(options)
    plan = make_plan(query, schema=who.schema, default_customer_id=who.customer_id, tz=shape.tz, **rest)
    shape.check(plan)
    _warn_of_plan(plan)
    run = Run(_only(plan, "export_retarus"), who.connection, read_options)
    with observer(progress, target.name) as bar, open_sink(target, shape.schema(run.plan)) as write:
        for rows in run.parts(bar):
            write(shape.table(rows, run.plan))
    _warn_of_run(run)
    return run.facts().to_attrs()


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the result looks like."""

    tz: str
    sep: str
    record_path: str | Sequence[str] | None
    dtype: Any
    dtype_backend: Any

    def __post_init__(self) -> None:
        if not isinstance(self.sep, str):
            raise InputError(f"sep={show(self.sep)} is not a text")

    def check(self, plan: Plan) -> None:
        """Find options that do not fit the columns, before anything is sent."""
        for report in plan.reports:
            check_options(report.query.columns, **self._options())

    def frame(self, tables: Iterable[pa.Table], plan: ReportPlan, *, fixed: bool = False) -> pd.DataFrame:
        """The rows as a frame."""
        return to_frame(tables, plan.query.columns, fixed=fixed, **self._options())

    def _options(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def table(self, rows: pa.Table, plan: ReportPlan) -> pa.Table:
        """The rows as a table for a file."""
        return to_table([rows], plan.query.columns, tz=self.tz, sep=self.sep, record_path=self.record_path)

    def schema(self, plan: ReportPlan) -> pa.Schema:
        """The schema of a file, with the notes by which pandas restores the dtypes."""
        import pyarrow as pa

        declared = final_schema(plan.query.columns, tz=self.tz, sep=self.sep, record_path=self.record_path)
        return declared.with_metadata(pa.Schema.from_pandas(self.frame((), plan, fixed=True)).metadata)


class Chunks:
    """An iterator of frames, and a context manager that ends the read.

    Attributes
    ----------
    facts : dict
        What happened so far, as in ``frame.attrs["retarus"]``.
    """

    def __init__(self, run: Run, shape: _Shape, size: int, progress: bool | Observer | None) -> None:  # noqa: FBT001
        self._run, self._shape, self._size = run, shape, size
        self._frames = self._cut(progress)

    @property
    def facts(self) -> dict[str, Any]:
        """What happened so far."""
        return self._run.facts().to_attrs()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> pd.DataFrame:
        return next(self._frames)

    def close(self) -> None:
        """End the read; closing again does nothing."""
        self._frames.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _cut(self, progress: bool | Observer | None) -> Generator[pd.DataFrame]:  # noqa: FBT001
        plan = self._run.plan
        held: list[pa.Table] = []
        with observer(progress, plan.query.response_name) as bar, closing(self._run.parts(bar)) as parts:
            for rows in parts:
                held.append(rows)
                while sum(table.num_rows for table in held) >= self._size:
                    chunk, held = _split_rows(held, self._size)
                    yield self._shape.frame(chunk, plan, fixed=True)
        if any(table.num_rows for table in held):
            yield self._shape.frame(held, plan, fixed=True)
        _warn_of_run(self._run)


def _split_rows(tables: list[pa.Table], rows: int) -> tuple[list[pa.Table], list[pa.Table]]:
    """The first rows, and the rest."""
    head: list[pa.Table] = []
    for position, table in enumerate(tables):
        if table.num_rows >= rows:
            return [*head, table.slice(0, rows)], [table.slice(rows), *tables[position + 1 :]]
        head.append(table)
        rows -= table.num_rows
    return head, []


def _read(run: Run, shape: _Shape, progress: bool | Observer | None) -> pd.DataFrame:  # noqa: FBT001
    with observer(progress, run.plan.query.response_name) as bar:
        frame = run.whole(bar, lambda tables: shape.frame(tables, run.plan))
    frame.attrs["retarus"] = run.facts().to_attrs()
    _warn_of_run(run)
    return frame


def _split(options: Reading) -> tuple[_Shape, ReadOptions, dict[str, Any]]:
    """The options by what they are for: the result, the reading, the plan."""
    rest: dict[str, Any] = dict(options)
    rest.pop("progress", None)
    shape = _Shape(
        rest.pop("tz", "UTC"),
        rest.pop("sep", "."),
        rest.pop("record_path", None),
        rest.pop("dtype", None),
        rest.pop("dtype_backend", no_default),
    )
    keep_partial = _keeps_partial(rest.pop("errors", "raise"))
    reading = ReadOptions(rest.pop("concurrency", 4), rest.pop("max_rows", None), keep_partial=keep_partial)
    return shape, reading, rest


def _keeps_partial(errors: str) -> bool:
    if not isinstance(errors, str) or errors not in {"raise", "warn"}:
        raise InputError(f"errors={show(errors)} does not exist; choose 'raise' or 'warn'")
    return errors == "warn"


def _check_chunksize(chunksize: int | None) -> None:
    if chunksize is None:
        return
    if isinstance(chunksize, bool) or not isinstance(chunksize, int) or chunksize < 1:
        raise InputError(f"chunksize={show(chunksize)} is not a whole number of at least 1")


def _only(plan: Plan, what: str) -> ReportPlan:
    if plan.several:
        names = ", ".join(report.query.response_name for report in plan.reports)
        raise InputError(f"{what} takes one report, and the document asks {names}; ask them one by one")
    return plan.reports[0]


def _warn_of_plan(plan: Plan) -> None:
    for report in plan.reports:
        for text in report.warnings:
            _warn(text, PeriodWarning)
        for text in report.query.notes:
            _warn(text, SchemaWarning)


def _warn_of_run(run: Run) -> None:
    for text in run.notes:
        _warn(text, SchemaWarning)
    if run.conflicts:
        _warn(
            f"{run.conflicts:,} rows have the key of an earlier row and another content; both were kept. "
            f"The key of {run.plan.query.report} is {', '.join(run.plan.query.key)}",
            DuplicateRowWarning,
        )
    if run.errors:
        said = "; ".join(dict.fromkeys(str(error.get("message", error)) for error in run.errors))
        _warn(f"{run.plan.query.response_name} is PARTIAL, the service reported: {said}", PartialDataWarning)


def _warn(text: str, category: type[RetarusWarning]) -> None:
    """Warn at the caller's line, whatever the way here was."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)
