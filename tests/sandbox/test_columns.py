"""Columns make the same JSON as the standard library makes of their values."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.sandbox.columns import Choice, Code, Column, Instant, Made, Missing, Number, Text

NUMBERS = np.array([0, 7, 35, 36, 1_000_000_007])
COLUMNS = {
    "choice": Choice(np.array([0, 1, 2, 3, 0], np.int8), ["a", None, 'ü "quoted"\n', ["x", None]]),
    "number": Number(NUMBERS),
    "share": Number(NUMBERS / 4),
    "instant": Instant(NUMBERS * 500),
    "code": Code(NUMBERS, 6),
    "text": Text("%s/%05d", Code(NUMBERS, 2), Number(NUMBERS)),
    "made": Made(str.lower, Code(NUMBERS, 6)),
    "missing": Missing(Number(NUMBERS), NUMBERS == 35),
    "blank": Missing(Instant(NUMBERS), NUMBERS > 30, ""),
}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("rows", [[], [0], [4, 2, 2, 0], [0, 1, 2, 3, 4]])
def test_encoded_values_are_the_values(name: str, rows: list[int]) -> None:
    column = COLUMNS[name]
    at = np.array(rows, np.int64)
    values = column.take(at)
    assert list(map(json.loads, column.encode(at))) == values
    assert values == [column.take(np.array([row]))[0] for row in rows]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_filter_finds_what_equals_one_of_its_values(name: str) -> None:
    column: Column = COLUMNS[name]
    rows = np.arange(5)
    values = column.take(rows)
    wanted = [value for value in values[1:3] if isinstance(value, str)]
    assert column.among(rows, wanted).tolist() == [isinstance(value, str) and value in wanted for value in values]


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))
def test_an_instant_is_written_without_a_fraction_on_a_whole_second(instant: datetime) -> None:
    instant = instant.replace(microsecond=instant.microsecond // 1000 * 1000, tzinfo=UTC)
    [text] = Instant(np.array([round(instant.timestamp() * 1000)])).take(np.array([0]))
    assert datetime.fromisoformat(text) == instant
    assert ("." in text) == (instant.microsecond > 0)


@given(st.integers(0, 36**12 - 1))
def test_a_code_is_its_number_in_base_36(number: int) -> None:
    [text] = Code(np.array([number]), 12).take(np.array([0]))
    assert (int(text, 36), len(text)) == (number, 12)
