"""Instants at the ends of the calendar, in zones where they are beyond them."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import SchemaMismatchError, SchemaWarning
from retarus_pandas.frame.shape.dtypes import to_frame, to_table
from retarus_pandas.read.given import request_of
from retarus_pandas.read.result import Result, Shape
from retarus_pandas.read.taken import READING
from retarus_pandas.values import Column, Kind, RunFacts

LAST, FIRST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)
COLUMN = (Column("archivePurgeAt", Kind.INSTANT),)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata", "+05:30"]


def rows(*instants: datetime | None) -> pa.Table:
    return pa.table({"archivePurgeAt": pa.array(instants, pa.timestamp("us", "UTC"))})


@pytest.mark.parametrize("backend", [{}, {"dtype_backend": "pyarrow"}, {"dtype_backend": "numpy_nullable"}])
@pytest.mark.parametrize(
    ("instant", "tz", "fits"),
    [
        (LAST, "UTC", True),
        (LAST, "America/New_York", True),
        (LAST, "Europe/Berlin", False),
        (LAST - timedelta(hours=1), "Europe/Berlin", True),
        (FIRST, "UTC", True),
        (FIRST, "Europe/Berlin", True),
        (FIRST, "America/New_York", False),
    ],
)
def test_what_has_no_date_in_the_zone_becomes_text_and_is_told(
    instant: datetime, tz: str, fits: bool, backend: dict[str, Any]
) -> None:
    told: list[str] = []
    frame = to_frame([rows(instant, None)], COLUMN, tz=tz, tell=told.append, **backend)
    assert isinstance(frame.dtypes.iloc[0], pd.DatetimeTZDtype | pd.ArrowDtype) is (fits or "pyarrow" in str(backend))
    assert len(told) == (not fits)
    if not fits:
        assert told[0].startswith("archivePurgeAt: the instant ")
        assert tz in told[0]
        assert frame.iloc[0, 0] == f"{instant:%Y-%m-%dT%H:%M:%S}.000000Z".rjust(27, "0")
    assert frame.isna().iloc[1, 0]


@given(
    instants=st.lists(st.datetimes(timezones=st.just(UTC)) | st.sampled_from([LAST, FIRST, None]), max_size=5),
    tz=st.sampled_from(ZONES),
)
def test_any_frame_can_be_shown_compared_and_saved(instants: list[datetime | None], tz: str) -> None:
    """Whatever the instants and the zone."""
    frame = to_frame([rows(*instants)], COLUMN, tz=tz)
    assert len(repr(frame)) > 0
    assert (frame.dropna() == frame.dropna()).all().all()
    assert len(pd.read_csv(io.StringIO(frame.to_csv()))) == len(instants)
    saved = io.BytesIO()
    frame.to_parquet(saved)
    pd.testing.assert_frame_equal(pd.read_parquet(saved), frame)


@pytest.mark.parametrize(
    ("column", "kind", "value"),
    [
        (Column("at", Kind.INSTANT, 1), pa.list_(pa.timestamp("us", "UTC")), [LAST]),
        (
            Column("events", Kind.OBJECT, 1, (Column("at", Kind.INSTANT),)),
            pa.list_(pa.struct([("at", pa.timestamp("us", "UTC"))])),
            [{"at": LAST}],
        ),
    ],
)
def test_within_lists_and_objects_too(column: Column, kind: pa.DataType, value: Any) -> None:
    told: list[str] = []
    table = pa.table({column.name: pa.array([value, None, []], kind)})
    frame = to_frame([table], [column], tz="Europe/Berlin", tell=told.append)
    assert "9999-12-31T23:59:59.000000Z" in repr(frame.iloc[0, 0])
    assert len(told) == 1
    assert "at: the instant" in told[0]


def test_where_types_are_fixed_it_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(SchemaMismatchError, match=r"archivePurgeAt.*9999.*Europe/Berlin.*tz=\"UTC\""):
        to_table([rows(LAST)], COLUMN, tz="Europe/Berlin")
    assert to_table([rows(LAST)], COLUMN, tz="UTC").num_rows == 1


def test_a_read_warns_of_it_and_its_facts_have_it() -> None:
    shape = Shape.of(request_of("read_retarus", "x", {"tz": "Europe/Berlin"}, READING), COLUMN)
    facts = RunFacts("faxOutUdrReport", 1, "2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z", 1, 1, 0.1)
    with pytest.warns(SchemaWarning, match="archivePurgeAt") as caught:
        frame = Result([rows(LAST)], shape, facts).to_frame()
    assert frame.attrs["retarus"]["notes"] == [str(caught[0].message)]
    assert caught[0].filename == __file__
