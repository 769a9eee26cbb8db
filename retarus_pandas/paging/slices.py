"""A report, read in slices of time, in order.

Page numbers over live data lose rows whenever anything moves, or equal instants are ordered anew, between two
requests. So one request asks a span of time from its first record on; an answer that does not hold all of it is cut
at the instant of its last record, and the next request begins there. One answer is one consistent look, and what
stands at the cut must come again: that proves, at every cut and for free, that the service selects, sorts and shows
by one and the same instant. What does not prove it is read by page number, and told.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence

import pyarrow as pa

from retarus_pandas.paging.report import Ask, Facts, Report
from retarus_pandas.paging.schedule import Schedule
from retarus_pandas.paging.workers import Limit, Workers
from retarus_pandas.values import Window

__all__ = ["BUDGET", "read_slices"]

BUDGET = 256 * 2**20


def read_slices(
    report: Report,
    windows: Sequence[Window],
    ask: Ask,
    stop: threading.Event,
    *,
    limit: Limit | None = None,
    facts: Facts | None = None,
    streaming: bool = False,
    budget: int = BUDGET,
) -> Generator[pa.Table]:
    """Read a report, in parts that are proven or told not to be.

    Closing the iterator ends all requests; its threads are gone within a second, however it ends.

    Parameters
    ----------
    report : Report
        What is read.
    windows : sequence of Window
        In the order in which they are to come.
    ask : callable
        Asks one page; called in several threads at once. Its errors are kept until the answer is needed.
    stop : threading.Event
        Set when the read ends, however it ends; it has to end the requests in flight. Set by somebody else, it
        ends the read.
    limit : Limit, optional
        Shared by the reads that share their requests; four at a time by default.
    facts : Facts, optional
        Kept up to date.
    streaming : bool, default False
        What waits to be taken is bounded by `budget`, for the consumer keeps nothing.
    budget : int
        Bytes of answers that may be on their way or wait to be taken. What is needed next is always asked.

    Yields
    ------
    pyarrow.Table
        Records in the order of the report.

    Raises
    ------
    IncompleteRead
        Rows are missing or stand twice, or the service repeats itself.
    SessionClosedError
        `stop` was set by somebody else.
    """
    facts = Facts() if facts is None else facts
    if report.max_rows == 0:
        facts.truncated = bool(windows)
        return
    schedule = Schedule(report, windows, facts, streaming=streaming, budget=budget)
    workers = Workers(schedule, ask, stop, Limit(4) if limit is None else limit)
    try:
        try:
            yield from _wanted(workers.parts(), schedule)
        finally:
            workers.close()
    except (KeyboardInterrupt, RuntimeError) as error:
        # `threading` fails to release a lock that an interrupt kept it from taking back.
        if not isinstance(error, KeyboardInterrupt) and not isinstance(error.__context__, KeyboardInterrupt):
            raise
        # Once more, for it may have struck in there.
        workers.close()
        raise KeyboardInterrupt from None


def _wanted(parts: Generator[pa.Table], schedule: Schedule) -> Generator[pa.Table]:
    """The parts up to the wanted number of rows, and as far as it takes to know whether there is one more."""
    wanted, facts = schedule.report.max_rows, schedule.facts
    if wanted is None:
        yield from parts
        return
    given = 0
    for part in parts:
        rows = part.slice(0, wanted - given)
        given += rows.num_rows
        facts.truncated |= part.num_rows > rows.num_rows or (given == wanted and schedule.more)
        if rows.num_rows:
            yield rows
        if facts.truncated:
            break
    facts.rows = given
