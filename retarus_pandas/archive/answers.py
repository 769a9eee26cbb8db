"""A read of a whole day becomes an answer that can be kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from retarus_pandas.read import Whole
from retarus_pandas.store import DayAnswer, Traits, described, end_of
from retarus_pandas.values import Column

__all__ = ["answer_of"]


def answer_of(day: date, whole: Whole, asked: datetime, reread: timedelta) -> DayAnswer:
    """What is kept of a read.

    Parameters
    ----------
    day : date
        A UTC day, which was read as a whole.
    whole : Whole
        What came.
    asked : datetime
        When the first request was sent.
    reread : timedelta
        How long after its end a day is asked again.
    """
    absent = {column.name for column in whole.query.columns if column.absent}
    there = [column for column in _shown(whole.query.columns) if column.name not in absent]
    plain = {column.name for column in there if column.way.tells_apart}
    key = whole.query.key if plain.issuperset(whole.query.key) else ()
    stamp = whole.query.key_timestamp
    traits = Traits(tuple(there), key, stamp if any(each.name == stamp and not each.mask for each in there) else None)
    kept = [name for name in whole.table.column_names if name.partition(".")[0] not in absent]
    table = whole.table.select(kept)
    facts = whole.facts
    return DayAnswer(
        day,
        table.cast(described(table.schema, traits)),
        asked,
        proven=facts.proven and not (facts.vanished or facts.partial or facts.truncated),
        sealed=asked >= end_of(day) + reread,
    )


def _shown(columns: Iterable[Column]) -> Iterator[Column]:
    """What becomes a column: neither hidden nor dropped."""
    for column in columns:
        if column.hidden or not column.way.is_shown:
            continue
        fields = tuple(_shown(column.fields))
        if fields or not column.fields:
            yield replace(column, fields=fields)
