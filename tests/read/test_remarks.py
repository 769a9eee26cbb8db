"""What is said of a read beyond its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
import pytest

from retarus_pandas import plan_retarus
from retarus_pandas.read.remarks import filter_notes, variable_words


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"a": "x"}, "a x"),
        ({"a": ["x", "y"], "b": 5}, "a x or y and b 5"),
        ({"a": {"values": ["x"]}}, "a x"),
        ({"a": {"not": ["x"]}}, "a {'not': ['x']}"),
        ({"a": pd.Series(["x", "y"])}, "a x or y"),
        ({"a": []}, "a no value"),
        ({"a": ""}, "a ''"),
        ({"a": list("abcdefgh")}, "a a or b or c or d or e or one of 3 more values"),
        ({"a": "x\x1b[2J" + "y" * 99}, "a x\ufffd[2J" + "y" * 54 + "…"),
    ],
)
def test_a_filter_is_told_in_words(filters: Any, said: str) -> None:
    assert filter_notes(filters, masked=False) == (f"Only rows with {said}.",)


@pytest.mark.parametrize("wrapped", [lambda codes: codes, lambda codes: {"values": codes}])
def test_values_that_come_only_once_are_sent_and_told(wrapped: Callable[[Iterable[str]], Any]) -> None:
    """Who comes second to a generator finds it empty, and so would each of a plan's pieces."""
    codes = (code for code in ("OK", "BUSY"))
    plan = plan_retarus("faxOutUdrReport", last="1D", filters={"statusName": wrapped(codes)})
    (report,) = plan.reports
    assert '["OK", "BUSY"]' in report.query.document
    assert report.notes == ("Only rows with statusName OK or BUSY.",)
    assert plan.split("1D")[0].origin.options["filters"] == {"statusName": wrapped(["OK", "BUSY"])}


def test_without_a_filter_nothing_is_said() -> None:
    assert filter_notes(None, masked=False) == filter_notes({}, masked=True) == ()


def test_values_stay_out_of_what_is_said_of_a_masked_read() -> None:
    assert filter_notes({"a": "x", "b": "y"}, masked=True) == ("Only rows that fit a filter on a, b.",)
    assert [*variable_words({"v": "x"}, masked=True)] == ["$v"]
    assert [*variable_words({"v": ["x"]}, masked=False)] == ["$v = ['x']"]
