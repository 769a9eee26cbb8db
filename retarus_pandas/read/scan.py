"""A report as a value that programs of the Arrow world read as it is: DuckDB, polars, pyarrow, pandas, deltalake."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self
from weakref import WeakSet, ref

from retarus_pandas.errors import InputError, Interrupted, RetarusError, retold
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.read.stream import Stream
from retarus_pandas.values import Window

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["Scan"]

OpenStream = Callable[..., Stream]


class Scan:
    """A report that is asked when somebody reads it, each time anew; see `scan_retarus`.

    It has ``__arrow_c_stream__``, so that programs which take Arrow data take it. Some open such a stream several
    times before they read one: nothing is sent before the first rows are pulled. As a context manager it ends, at the
    end of the block, what is still being read, and raises the error of a failed reading itself in place of the one
    that the reading program made of it.

    Attributes
    ----------
    schema : pyarrow.Schema
        The columns and their types, as far as they are known now; nothing is sent.
    facts : dict
        What happened in the reading that began last, as in ``frame.attrs["retarus"]``. If it failed, this raises its
        error.
    """

    def __init__(self, report: ReportPlan, open_stream: OpenStream) -> None:
        self._report, self._open_stream = report, open_stream
        self._lock = threading.Lock()
        self._last: Stream | None = None
        self._error: RetarusError | Interrupted | None = None
        self._readings: WeakSet[_Reading] = WeakSet()
        self._is_closed = False

    @property
    def schema(self) -> pa.Schema:
        """The columns and their types, as far as they are known now; nothing is sent."""
        return self._opened(promised=True).shape.schema()

    @property
    def facts(self) -> dict[str, Any]:
        """What happened in the reading that began last; if it failed, this raises its error."""
        with self._lock:
            last, error = self._last, self._error
        if error is not None:
            raise retold(error)
        return (last or self._opened(promised=True)).facts.to_attrs()

    def to_pandas(self) -> pd.DataFrame:
        """Read it into the frame that `read_retarus` would return."""
        return self._begun(promised=False).frame()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        import pyarrow as pa

        schema, reading = self.schema, _Reading()
        batches = self._batches(schema, reading)
        reading.batches = ref(batches)
        with self._lock:
            self._readings.add(reading)
        return pa.RecordBatchReader.from_batches(schema, batches).__arrow_c_stream__(requested_schema)

    def _batches(self, schema: pa.Schema, reading: _Reading) -> Generator[pa.RecordBatch]:
        """The rows, pulled from whatever thread; the service is asked when the first are."""
        failure: RetarusError | Interrupted | None = None
        try:
            reading.stream = self._begun(promised=True)
            with closing(reading.stream.parts()) as parts:
                for part in parts:
                    yield from part.to_table().cast(schema).to_batches()
        except (RetarusError, Interrupted) as error:
            failure = error
        finally:
            self._go_on_from(reading.stream)
        if failure is not None:
            failure = retold(failure)
            with self._lock:
                self._error = failure
            # What a program shows of an exception that comes through Arrow is its text alone.
            raise retold(failure, f"{type(failure).__name__}: {failure}")

    def close(self) -> None:
        """End what is being read, and be read no more; closing again does nothing."""
        with self._lock:
            self._is_closed = True
            readings = list(self._readings)
        for reading in readings:
            reading.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        ours = self._error
        if error is not None and ours is not None and error is not ours and str(ours) in str(error):
            raise retold(ours) from None

    def __repr__(self) -> str:
        span = Window(self._report.start, self._report.end) if self._report.windows else "nothing"
        return f"<Scan {self._report.query.response_name}, {span} (excluded); asked when it is read>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A Scan is bound to a session, which is not pickled; send the pieces of plan.split() instead.")

    def _opened(self, *, promised: bool) -> Stream:
        return self._open_stream(self._report, promised=promised)

    def _begun(self, *, promised: bool) -> Stream:
        """A stream that is going to be read."""
        from retarus_pandas.period import check_kept

        with self._lock:
            if self._is_closed:
                raise InputError("The scan was closed; make a new one with scan_retarus().")
            self._error = None
            self._last = None
        for window in self._report.windows:
            check_kept(window.start, window.end, now=datetime.now(UTC))
        stream = self._opened(promised=promised)
        with self._lock:
            self._last = stream
        return stream

    def _go_on_from(self, stream: Stream | None) -> None:
        """Take over what the service said of the columns."""
        if stream is not None:
            with self._lock:
                self._report = stream.plan


class _Reading:
    """A reading under way, for who wants to end it.

    It does not keep the reading alive: who drops the stream half way ends its requests and threads.
    """

    def __init__(self) -> None:
        self.stream: Stream | None = None
        self.batches: ref[Generator[pa.RecordBatch]] | None = None

    def close(self) -> None:
        """End the requests, also while another thread waits for them."""
        if self.stream is not None:
            self.stream.stop()
        batches = None if self.batches is None else self.batches()
        if batches is not None:
            # What runs in another thread ends by itself, since it was stopped.
            with suppress(ValueError):
                batches.close()
