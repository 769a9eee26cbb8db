"""The line under a cell, in words that people who bill understand."""

from __future__ import annotations

from typing import Any

import pytest

from retarus_pandas.notebook.summary import result_line

FACTS = {
    "report": "faxOutUdrReport",
    "rows": 12_345,
    "columns": 3,
    "seconds": 1.23,
    "truncated": False,
    "proven": True,
    "partial": False,
    "notes": [],
    "start": "2026-09-30T22:00:00.000Z",
    "end": "2026-10-31T23:00:00.000Z",
}


def line(**changes: Any) -> str:
    return result_line("", [FACTS | changes], tz="Europe/Berlin")


def test_a_month_is_told_by_its_local_days_of_which_the_last_is_in_it() -> None:
    assert line() == "12,345 rows × 3 columns · 2026-10-01 to 2026-10-31 (whole days, Europe/Berlin) · 1.2 s"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z", "2026-10-25 (the whole day, Europe/Berlin)"),
        ("2026-10-24T22:00:00.000Z", "2026-10-25T22:00:00.000Z", "2026-10-25 00:00:00 to 2026-10-25 23:00:00 Europe"),
        ("2026-10-24T22:00:01.000Z", "2026-10-25T23:00:00.000Z", "2026-10-25 00:00:01 to 2026-10-26 00:00:00 Europe"),
        ("2026-10-24T22:00:00.000Z", "2026-10-24T22:00:00.000Z", "2026-10-25 00:00:00 to 2026-10-25 00:00:00 Europe"),
    ],
)
def test_other_periods_are_told_to_the_second(start: str, end: str, said: str) -> None:
    """The day on which the clocks are set back has 25 hours, and is a whole day with all of them."""
    assert f" · {said}" in line(start=start, end=end)


def test_what_was_left_out_is_told() -> None:
    said = line(rows=1, truncated=True, proven=False, partial=True, notes=["Only rows with statusName OK."])
    assert said.startswith("1 row × 3 columns · ")
    for words in ("cut off at max_rows, more exist", "NOT PROVEN", "PARTIAL", "Only rows with statusName OK"):
        assert f" · {words}" in said


def test_a_stored_result_has_its_name_and_that_of_each_report() -> None:
    said = result_line("x", [FACTS, FACTS | {"report": "faxInUdrReport"}], taken=["a", "b"]).splitlines()
    assert [each.partition(" 12")[0] for each in said] == ["x: faxOutUdrReport", "x: faxInUdrReport"]
    assert "with $a, $b from the notebook" in said[0]
