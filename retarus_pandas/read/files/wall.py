"""Times as people read them: instants in local wall time, durations in seconds, with zone or unit in the heading.

A spreadsheet knows no zones. Where clocks were set back within the period, one hour of wall time stands for two
of real time, so each such column has another beside it in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from retarus_pandas.frame import durations_as_seconds, wall_time
from retarus_pandas.read.files.about import About

__all__ = ["WallTime"]

# Other instants of a record lie around its key timestamp: a scheduled job before, a last receipt after it.
_AROUND = timedelta(days=31)


class WallTime:
    """Which columns become wall time, and which get a second one in UTC.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of all tables to come.
    about : About
        Says the period.
    """

    def __init__(self, schema: pa.Schema, about: About) -> None:
        zones = {field.type.tz for field in schema if _is_zoned(field.type)}
        self._repeats = {zone for zone in zones if _sets_clocks_back(zone, about.start, about.end)}

    def schema(self, schema: pa.Schema) -> pa.Schema:
        """The schema of the tables as they will be."""
        return self.table(schema.empty_table()).schema

    def table(self, table: pa.Table) -> pa.Table:
        """The table with wall time in place of instants, and seconds in place of durations."""
        table = durations_as_seconds(table, heading="{} (s)")
        named = zip(table.column_names, table.columns, strict=True)
        return pa.table(dict(each for name, values in named for each in self._columns(name, values)))

    def _columns(self, name: str, values: pa.ChunkedArray) -> Iterator[tuple[str, pa.ChunkedArray]]:
        if not _is_zoned(values.type):
            yield name, values
            return
        yield f"{name} ({values.type.tz})", wall_time(values)
        if values.type.tz in self._repeats:
            yield f"{name} (UTC)", wall_time(values.cast(pa.timestamp(values.type.unit, "UTC")))


def _is_zoned(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) and kind.tz)


def _sets_clocks_back(name: str, start: datetime, end: datetime) -> bool:
    """Whether an hour of wall time occurs twice around a period."""
    hours = pd.date_range(start - _AROUND, end + _AROUND, freq="h").tz_convert(pa.lib.string_to_tzinfo(name))
    return bool((np.diff(np.asarray(hours.tz_localize(None))) <= np.timedelta64(0, "ns")).any())
