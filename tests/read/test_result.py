"""Rows, how they are to look, and the facts: what every way out is made from."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

import retarus_pandas as rt
from retarus_pandas.errors import PartialDataWarning
from retarus_pandas.read.given import request_of
from retarus_pandas.read.limits import Limits
from retarus_pandas.read.result import Result, Shape
from retarus_pandas.read.taken import READING
from retarus_pandas.values import Column, Kind, RunFacts
from support.acting import QUERY, Scenario, page, session_at

COLUMNS = (Column("faxId", Kind.TEXT), Column("pages", Kind.INT), Column("key", Kind.TEXT, hidden=True))
FACTS = RunFacts("faxOutUdrReport", 3, "2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z", 1, 1, 0.1)


def rows(*names: str) -> pa.Table:
    count = len(names)
    return pa.table({"faxId": list(names), "pages": pa.array(range(count), pa.int64()), "key": ["k"] * count})


def shape(**options: object) -> Shape:
    return Shape.of(request_of("read_retarus", "x", options, READING), COLUMNS)


def test_a_whole_result_is_a_frame_with_the_facts() -> None:
    frame = Result([rows("a", "b"), rows("c")], shape(), FACTS).to_frame()
    assert list(frame["faxId"]) == ["a", "b", "c"]
    assert list(frame.columns) == ["faxId", "pages"]
    assert frame.attrs["retarus"] == FACTS.to_attrs()


def test_a_part_is_a_frame_or_a_table_without_them() -> None:
    part = Result([rows("a")], shape(dtype_backend="pyarrow"))
    assert part.to_frame().attrs == {}
    assert part.to_frame().dtypes["pages"] == pd.ArrowDtype(pa.int64())
    assert part.to_table().equals(rows("a").select(["faxId", "pages"]))


def test_the_schema_is_that_of_every_table_and_restores_the_dtypes() -> None:
    made = shape()
    assert made.schema().equals(made.table([rows("a")]).schema)
    restored = made.table([rows("a")]).cast(made.schema()).to_pandas()
    pd.testing.assert_frame_equal(restored, made.frame([rows("a")], fixed=True))


@pytest.mark.parametrize(("max_rows", "ahead"), [(None, 4), (0, 1), (99, 1), (100, 4), (1000, 4)])
def test_what_fits_on_one_page_is_not_asked_ahead(max_rows: int | None, ahead: int) -> None:
    limits = Limits(concurrency=4, max_rows=max_rows, errors="raise")
    assert limits.requests_at_once(100) == ahead


def test_what_came_with_errors_is_named_by_its_span() -> None:
    partial = page(errors=[{"message": "some records could not be read"}])
    with session_at(Scenario(api=partial)) as session, pytest.warns(PartialDataWarning) as warned:
        frame = rt.read_retarus(QUERY, last="2D", session=session, errors="warn", progress=False)
    facts = frame.attrs["retarus"]
    assert list(frame["faxId"]) == ["1"]
    assert (facts["partial"], facts["proven"]) == (True, False)
    assert facts["holes"] == [f"{facts['start']} to {facts['end']}"]
    assert f"Records may be missing in {facts['holes'][0]}." in str(warned[0].message)
