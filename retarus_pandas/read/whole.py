"""One report and one span of time as one table with fixed types: for who keeps tables rather than frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import RetarusWarning, SchemaMismatchError
from retarus_pandas.frame import Learned, to_table
from retarus_pandas.read.contact import without_what_was_refused
from retarus_pandas.read.given import request_of
from retarus_pandas.read.limits import Limits
from retarus_pandas.read.opening import contact_of
from retarus_pandas.read.planning import make_plan
from retarus_pandas.read.result import Shape
from retarus_pandas.read.run import Run
from retarus_pandas.read.taken import OPTIONS
from retarus_pandas.values import Column, Kind, Progress, Query, RunFacts

if TYPE_CHECKING:
    import pyarrow as pa

    from retarus_pandas.session import Session

__all__ = ["Whole", "WholeRead"]


@dataclass(frozen=True, slots=True)
class Whole:
    """All records of a report and a span of time.

    Attributes
    ----------
    table : pyarrow.Table
        The rows, with the types that `export_retarus` writes; a column whose values contradict its declared type is
        text.
    query : Query
        What was asked, with the columns as they came.
    facts : RunFacts
        What happened.
    warnings : tuple of (str, type)
        What the caller must know.
    """

    table: pa.Table
    query: Query
    facts: RunFacts
    warnings: tuple[tuple[str, type[RetarusWarning]], ...]


class WholeRead:
    """A read of all records of a report and a span; used once, in any thread.

    Parameters
    ----------
    query : str
        A report's name, or a document that asks one report.
    start, end : datetime
        The span, in UTC.
    session : Session
        Who asks.
    now : datetime
        The current instant, which says what the service keeps.
    mask : optional
        As `read_retarus` takes it.

    Raises
    ------
    RetarusError
        As in `read_retarus`, before anything is sent.
    """

    def __init__(
        self, query: str, *, start: datetime, end: datetime, session: Session, now: datetime, mask: Any = None
    ) -> None:
        request = request_of("read_retarus", query, {"start": start, "end": end, "mask": mask}, OPTIONS)
        plan = make_plan(request, schema=session.schema, default_customer_id=session.customer_id, now=now)
        [report] = plan.reports
        # Beside others, so that what a service sends from outside of the span is an error: it would stand twice.
        report = without_what_was_refused(report, session)
        report = replace(report, is_part=report.query.key_timestamp is not None)
        names = (report.query.report, report.query.response_name, report.query.content_name)
        learned = session.known.learned.setdefault(names, Learned())
        contact = contact_of(report, request, session)
        self._request = request
        self._run = Run(report, session.post, Limits.of(request), contact, learned=learned)

    @property
    def query(self) -> Query:
        """What is asked, as far as the service has been heard."""
        return self._run.plan.query

    def stop(self) -> None:
        """End the read from another thread; `read` raises soon after."""
        self._run.stop()

    def read(self) -> Whole:
        """Read all.

        Raises
        ------
        RetarusError
            As in `read_retarus`.
        """
        tables = list(self._run.tables(_nobody, streaming=False))
        query = self._run.plan.query
        shape = Shape.of(self._request, query.columns)
        try:
            table = shape.table(tables)
        except SchemaMismatchError:
            query = replace(query, columns=_fitting(tables, query.columns, shape))
            shape = Shape.of(self._request, query.columns)
            table = shape.table(tables)
        return Whole(table.cast(_schema(query.columns)), query, self._run.facts(), tuple(self._run.warnings()))


@lru_cache(maxsize=64)
def _schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The schema of such columns: the same for each of many days."""
    return Shape(columns, {}, {}).schema()


def _nobody(progress: Progress) -> None:
    """Nobody looks."""


def _fitting(tables: Sequence[pa.Table], columns: tuple[Column, ...], shape: Shape) -> tuple[Column, ...]:
    """The columns as they came: where values contradict the declared type, text."""
    return tuple(next(each for each in _ways(column) if _is_fit(tables, each, shape)) for column in columns)


def _is_fit(tables: Sequence[pa.Table], column: Column, shape: Shape) -> bool:
    try:
        to_table(tables, [column], **shape.of_table)
    except SchemaMismatchError:
        return False
    return True


def _ways(column: Column) -> Iterator[Column]:
    """A column as declared, then with one of its values as text, then with all of them, then as one text."""
    yield column
    for position, field in enumerate(column.fields):
        for each in _ways(field):
            yield replace(column, fields=(*column.fields[:position], each, *column.fields[position + 1 :]))
    yield _as_texts(column)
    yield replace(column, kind=Kind.UNDECLARED, fields=(), lists=0)


def _as_texts(column: Column) -> Column:
    if column.fields:
        return replace(column, fields=tuple(map(_as_texts, column.fields)))
    return replace(column, kind=Kind.UNDECLARED)
