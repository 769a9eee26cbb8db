"""One read of which an archive has a part: its days and the service's windows, one after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import DuplicateRowWarning, RetarusWarning
from retarus_pandas.frame import masked_rows
from retarus_pandas.paging import Keys
from retarus_pandas.read.archived import Masks, Recall, Source, masks_of
from retarus_pandas.read.interrupting import interrupted
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.read.progress import Bar, PartOf
from retarus_pandas.read.run import Run
from retarus_pandas.store import ReportHistory
from retarus_pandas.values import Column, Progress, RunFacts, Secret, wire_instant

if TYPE_CHECKING:
    import pyarrow as pa

    from retarus_pandas.read.archived import Archived

__all__ = ["JoinedRun"]


@dataclass(slots=True)
class _Read:
    """A part of the period, and what came of it; `run` is there once the service is asked."""

    source: Source
    rows: int = 0
    run: Run | None = None

    def to_attrs(self) -> dict[str, Any]:
        """Plain values."""
        start, end = wire_instant(self.source.start), wire_instant(self.source.end)
        about = {"from": self.source.word, "start": start, "end": end, "rows": self.rows}
        return about | ({"days": len(self.source.days)} if self.source.days else {})


class JoinedRun:
    """One read of one report, of which an archive has a part; used once, as a `Run` is.

    Parameters
    ----------
    plan : ReportPlan
        What is read.
    archived : Archived
        Where each part of it comes from.
    make_run : callable
        Makes the read of a part that the service is asked for.
    max_rows : int, optional
        Rows that are wanted.
    mask_key : Secret, optional
        What hashes are made with.
    """

    def __init__(
        self,
        plan: ReportPlan,
        archived: Archived,
        make_run: Callable[[ReportPlan], Run],
        *,
        max_rows: int | None,
        mask_key: Secret | None = None,
    ) -> None:
        self._asked, self._archived, self._make_run = plan, archived, make_run
        self._max_rows, self._mask_key = max_rows, mask_key
        self._history = ReportHistory(archived.folder) if archived.folder is not None else None
        self._stored = self._history.traits.columns if self._history is not None else ()
        self._reads = [_Read(source) for source in archived.sources]
        self._keys = Keys(plan.query.key)
        self._began = time.monotonic()
        self._rows = 0
        self._truncated = self._is_stopped = False

    @property
    def plan(self) -> ReportPlan:
        """What is read, as far as the service has been heard, with what is left to be done to its columns."""
        masks = self._masks()
        if masks is None:
            return self._asked
        return replace(self._asked, query=replace(self._asked.query, columns=masks.shown))

    def _masks(self) -> Masks | None:
        return masks_of(self._asked.query.columns, self._stored)

    def begin(self) -> None:
        """Hear the service, where it is asked and the plan may have to be changed for it."""
        for read in self._reads:
            if not read.source.days:
                run = self._run_of(read)
                run.begin()
                self._asked = replace(self._asked, query=run.plan.query)
                return

    def tables(self, observe: Bar, *, streaming: bool) -> Generator[pa.Table]:
        """The rows, in order; of all columns, hidden ones too.

        Parameters
        ----------
        observe : Bar
            Is told how far the read is.
        streaming : bool
            The consumer keeps nothing, so that what waits for him is bounded.
        """
        stopped = False
        try:
            with closing(self._wanted(observe, streaming=streaming)) as tables:
                yield from tables
        except KeyboardInterrupt:
            stopped = True
        if stopped:
            raise interrupted(self._rows)
        observe(Progress(self._rows, 1.0, finished=True))

    def _wanted(self, observe: Bar, *, streaming: bool) -> Generator[pa.Table]:
        """The rows up to the wanted number, and as far as it takes to know whether there is one more."""
        self.begin()
        if self._max_rows == 0:
            self._truncated = bool(self._reads)
            return
        for read in self._reads:
            with closing(self._tables_of(read, observe, streaming=streaming)) as tables:
                for table in tables:
                    rows = table if self._max_rows is None else table.slice(0, self._max_rows - self._rows)
                    self._count(read, rows)
                    self._truncated |= rows.num_rows < table.num_rows
                    if rows.num_rows:
                        yield rows
                    if self._truncated:
                        return
            if read.run is not None and read.run.facts().truncated:
                self._truncated = True
                return

    def _count(self, read: _Read, rows: pa.Table) -> None:
        read.rows += rows.num_rows
        self._rows += rows.num_rows
        self._keys.add(rows)

    def _tables_of(self, read: _Read, observe: Bar, *, streaming: bool) -> Generator[pa.Table]:
        part = self._part_of(read.source, observe)
        masks = self._masks()
        if read.source.days:
            yield from self._masked(self._recalled(read.source, part), masks.archived if masks else ())
        else:
            with closing(self._run_of(read).tables(part, streaming=streaming)) as tables:
                yield from self._masked(tables, masks.live if masks else ())

    def _part_of(self, source: Source, observe: Bar) -> PartOf:
        """The bar of a part, with its share of the period."""
        plan = self._asked
        whole = plan.end - plan.start
        length, passed = (source.end - source.start) / whole, (source.start - plan.start) / whole
        start = 1 - passed - length if plan.query.descending else passed
        return PartOf(observe, self._rows, start, start + length)

    def _recalled(self, source: Source, observe: Bar) -> Iterator[pa.Table]:
        assert self._history is not None
        recall = Recall.of(self._asked.query, self._history, ignores_case=self._archived.ignores_case)
        rows = 0
        for number, day in enumerate(source.days, 1):
            table = recall.day(day, source)
            rows += table.num_rows
            observe(Progress(rows, number / len(source.days)))
            yield table

    def _masked(self, tables: Iterator[pa.Table], columns: Sequence[Column]) -> Iterator[pa.Table]:
        return (masked_rows(table, columns, self._mask_key) for table in tables)

    def _run_of(self, read: _Read) -> Run:
        if read.run is None:
            source, plan = read.source, self._asked
            windows = tuple(each for each in plan.windows if source.start <= each.start < source.end)
            part = replace(plan, start=source.start, end=source.end, windows=windows, archived=None)
            read.run = self._make_run(
                replace(part, is_part=plan.is_part or (len(self._reads) > 1 and plan.query.key_timestamp is not None))
            )
            if self._is_stopped:
                read.run.stop()
        return read.run

    def stop(self) -> None:
        """End all requests, those to come too; from whatever thread."""
        self._is_stopped = True
        for run in self._runs():
            run.stop()

    def _runs(self) -> list[Run]:
        return [read.run for read in self._reads if read.run is not None]

    def facts(self) -> RunFacts:
        """What happened, up to now."""
        plan, live = self._asked, [run.facts() for run in self._runs()]
        return RunFacts(
            report=plan.query.report,
            rows=self._rows,
            start=wire_instant(plan.start),
            end=wire_instant(plan.end),
            windows=len(plan.windows),
            requests=sum(each.requests for each in live),
            seconds=round(time.monotonic() - self._began, 3),
            slices=sum(each.slices for each in live),
            proven=self._archived.proven and all(each.proven for each in live),
            truncated=self._truncated,
            kept_twice=self._keys.repeated(),
            vanished=sum(each.vanished for each in live),
            slow_pages=sum(each.slow_pages for each in live),
            partial=any(each.partial for each in live),
            holes=tuple(hole for each in live for hole in each.holes),
            notes=tuple(dict.fromkeys([*plan.all_notes, *(note for each in live for note in each.notes)])),
            sources=tuple(read.to_attrs() for read in self._reads),
        )

    def warnings(self) -> Iterator[tuple[str, type[RetarusWarning]]]:
        """What the caller must know before he uses the rows."""
        yield from dict.fromkeys(each for run in self._runs() for each in run.warnings())
        across = self._keys.repeated() - sum(run.facts().kept_twice for run in self._runs())
        if across > 0:
            yield (
                "Records with the same key stand on different days, in the archive or at the service; all were kept. "
                f"There are {across:,} of them.",
                DuplicateRowWarning,
            )
