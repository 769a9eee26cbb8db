"""The rows of one report on their way: all at once, or part by part."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from retarus_pandas.errors import RetarusWarning, SchemaMismatchError
from retarus_pandas.frame import Passing
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.read.progress import Bar, observer
from retarus_pandas.read.result import Result, Shape
from retarus_pandas.read.warn import warn_caller
from retarus_pandas.values import Column, Progress, RunFacts

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["Chunks", "Stream", "Warn"]

Warn = Callable[[str, type[RetarusWarning]], object]


class _Rows(Protocol):
    """Reads the rows of one report, once."""

    @property
    def plan(self) -> ReportPlan: ...
    def begin(self) -> None: ...
    def stop(self) -> None: ...
    def tables(self, observe: Bar, *, streaming: bool) -> Generator[pa.Table]: ...
    def facts(self) -> RunFacts: ...
    def warnings(self) -> Iterator[tuple[str, type[RetarusWarning]]]: ...


class Stream:
    """The rows of one report; nothing is sent before the first is asked for, and they can be had once.

    Parameters
    ----------
    run : Run or JoinedRun
        What reads them.
    shape : callable
        Says how they are to look, of the columns they have.
    progress : bool or callable, optional
        As `read_retarus` takes it.
    label : str
        What the progress bar calls them.
    promised : bool, default False
        Somebody was told the columns' types before the service was heard, so that it cannot change them any more.
    warn : callable, optional
        Hears what the caller must know before he uses the rows.
    """

    def __init__(
        self,
        run: _Rows,
        shape: Callable[[tuple[Column, ...]], Shape],
        *,
        progress: bool | Callable[[Progress], object] | None,
        label: str,
        promised: bool = False,
        warn: Warn = warn_caller,
    ) -> None:
        self._run, self._shape, self._progress, self._label = run, shape, progress, label
        self._warn = warn
        self._promised = self.shape if promised else None

    @property
    def plan(self) -> ReportPlan:
        """What is asked, as far as the service has been heard."""
        return self._run.plan

    @property
    def shape(self) -> Shape:
        """How the rows are to look, as far as the service has been heard."""
        return self._shape(self._run.plan.query.columns)

    def begin(self) -> None:
        """Hear the service, so that the columns are final."""
        self._run.begin()

    @property
    def facts(self) -> RunFacts:
        """What happened so far."""
        return self._run.facts()

    def stop(self) -> None:
        """End the requests from another thread; who reads gets a `SessionClosedError`."""
        self._run.stop()

    def frame(self) -> pd.DataFrame:
        """All rows as a frame, with the facts in its ``attrs``; where the types were promised, it has those."""
        whole = self.whole()
        if self._promised is None:
            return whole.to_frame()
        frame = replace(whole, facts=None).to_frame()
        frame.attrs["retarus"] = self.facts.to_attrs()
        return frame

    def whole(self) -> Result:
        """All rows."""
        tables = list(self._tables(streaming=False))
        return Result(tables, self.shape, self.facts)

    def parts(self) -> Generator[Result]:
        """The rows as they come, in parts of any size."""
        passing = Passing()
        with closing(self._tables(streaming=True)) as tables:
            for table in tables:
                size = table.nbytes
                yield Result([table], self.shape)
                del table
                passing.passed(size)

    def _tables(self, *, streaming: bool) -> Generator[pa.Table]:
        with observer(self._progress, self._label) as bar:
            if self._promised is not None:
                self.begin()
                _check_promise(self._promised, self.shape)
            with closing(self._run.tables(bar, streaming=streaming)) as rows:
                yield from rows
        for text, category in self._run.warnings():
            self._warn(text, category)


def _check_promise(promised: Shape, heard: Shape) -> None:
    if heard.columns == promised.columns:
        return
    for before, now in zip(promised.schema(), heard.schema(), strict=True):
        if (before.name, before.type) != (now.name, now.type):
            raise SchemaMismatchError(
                f"The column {before.name!r} was promised as {before.type}, and the service's own schema says "
                f"{now.type}. Nothing was read; do it again: this session goes by the service's schema from now on."
            )


class Chunks:
    """An iterator of frames, and a context manager that ends the read.

    Attributes
    ----------
    facts : dict
        What happened so far, as in ``frame.attrs["retarus"]``.
    """

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream, self._size = stream, size
        self._frames = self._cut()

    @property
    def facts(self) -> dict[str, Any]:
        """What happened so far."""
        return self._stream.facts.to_attrs()

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

    def _cut(self) -> Generator[pd.DataFrame]:
        held: list[pa.Table] = []
        with closing(self._stream.parts()) as parts:
            for part in parts:
                held += part.tables
                while sum(table.num_rows for table in held) >= self._size:
                    chunk, held = _split_rows(held, self._size)
                    yield Result(chunk, self._stream.shape).to_frame()
        if any(table.num_rows for table in held):
            yield Result(held, self._stream.shape).to_frame()


def _split_rows(tables: list[pa.Table], rows: int) -> tuple[list[pa.Table], list[pa.Table]]:
    """The first rows, and the rest."""
    head: list[pa.Table] = []
    for position, table in enumerate(tables):
        if table.num_rows >= rows:
            return [*head, table.slice(0, rows)], [table.slice(rows), *tables[position + 1 :]]
        head.append(table)
        rows -= table.num_rows
    return head, []
