"""The rows of an archive's days, as a read of the service would have brought them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.document import unaided
from retarus_pandas.frame import flat_names, from_records, with_texts
from retarus_pandas.paging import in_order
from retarus_pandas.read.archived.days import Source, cut_days
from retarus_pandas.values import Query

if TYPE_CHECKING:
    from retarus_pandas.store import ReportHistory

__all__ = ["Recall"]


@dataclass(frozen=True, slots=True)
class Recall:
    """Answers a query from an archive.

    Attributes
    ----------
    query : Query
        What is asked; the archive can answer it.
    history : ReportHistory
        The archive's.
    filters : mapping of str to sequence of str
        Columns, and the texts of which a record has one.
    ignores_case : bool, default False
        Whether capitals are taken for small letters there.
    """

    query: Query
    history: ReportHistory
    filters: Mapping[str, Sequence[str]]
    ignores_case: bool = False

    @classmethod
    def of(cls, query: Query, history: ReportHistory, *, ignores_case: bool = False) -> Recall:
        """What answers this query."""
        return cls(query, history, unaided(query).filters, ignores_case)

    def day(self, day: date, source: Source) -> pa.Table:
        """The rows of one day, as far as they belong to a part of a period: one column for each of the query's."""
        schema, stamp = self.history.schema, self.history.key_timestamp
        is_cut = day in cut_days(source)
        needed = {*flat_names(self.query.columns, schema), *self.filters, *([stamp] if is_cut else [])}
        names = [name for name in schema.names if name in needed]
        # One column there must be, for a table of none has no rows.
        read = self.history.table(day, names or schema.names[:1])
        records = pa.Table.from_arrays(
            read.columns, schema=pa.schema([schema.field(name) for name in read.column_names])
        )
        if is_cut:
            records = _between(records, stamp, source.start, source.end)
        rows = from_records(with_texts(records, self.filters, ignores_case=self.ignores_case), self.query.columns)
        return in_order(rows, self.query.key, self.query.key_timestamp, descending=self.query.descending)


def _between(records: pa.Table, stamp: str | None, start: datetime, end: datetime) -> pa.Table:
    assert stamp is not None
    stamps = records.column(stamp)
    is_within = pc.and_(
        pc.greater_equal(stamps, pa.scalar(start, stamps.type)), pc.less(stamps, pa.scalar(end, stamps.type))
    )
    return records.filter(is_within)
