"""Rows that come twice because records shifted are dropped, and no others."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from math import nan
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.frame.shape.rows import REMEMBERED_ROWS, ShiftFilter
from retarus_pandas.values import Page, Window

WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
NEXT = Window(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))


def table(rows: list[dict[str, Any]], schema: pa.Schema | None = None) -> pa.Table:
    return pa.Table.from_pylist(
        rows, schema or pa.schema([("id", pa.string()), ("n", pa.int64()), ("text", pa.string())])
    )


def page(rows: pa.Table | list[dict[str, Any]], *, window: Window = WINDOW, more: bool = True) -> Page:
    return Page(window, 0, rows if isinstance(rows, pa.Table) else table(rows), more, 0)


def row(name: str | None, n: int | None = 1, text: str | None = "a") -> dict[str, Any]:
    return {"id": name, "n": n, "text": text}


def through(*pages: pa.Table | list[dict[str, Any]], key: tuple[str, ...] = ("id", "n")) -> tuple[list[Any], int, int]:
    """The rows that are left of each page, how many were dropped and how many contradict."""
    shifts = ShiftFilter(key)
    shifts.begin(WINDOW)
    left = [shifts.take(page(rows)).rows.to_pylist() for rows in pages]
    return left, shifts.dropped, shifts.conflicts


def test_a_page_without_repeated_rows_passes_as_it_is() -> None:
    shifts = ShiftFilter(["id"])
    shifts.begin(WINDOW)
    for rows in ([row("1"), row("2")], [row("3")], []):
        given_page = page(rows)
        assert shifts.take(given_page) is given_page


def test_a_row_of_an_earlier_page_is_dropped() -> None:
    pages = [row("1"), row("2")], [row("3")], [row("2"), row("4"), row("1")]
    assert through(*pages) == ([pages[0], pages[1], [row("4")]], 2, 0)


@pytest.mark.parametrize("text_first", [True, False])
def test_a_row_is_recognised_where_one_value_made_text_of_instants(text_first: bool) -> None:
    """The other instants of that page are the same as before."""
    instant = datetime(2026, 1, 2, 3, 4, 5, 6000, UTC)
    typed = pa.table({"id": ["1", "2"], "at": pa.array([instant, instant], pa.timestamp("us", "UTC"))})
    texts = pa.table({"id": ["2", "3"], "at": ["2026-01-02T03:04:05.006000Z", "yesterday"]})
    left, dropped, conflicts = through(*([texts, typed] if text_first else [typed, texts]), key=("id", "at"))
    assert [row["id"] for rows in left for row in rows] == (["2", "3", "1"] if text_first else ["1", "2", "3"])
    assert (dropped, conflicts) == (1, 0)


def test_equal_rows_of_one_page_are_both_kept() -> None:
    twins = [row("1"), row("1")]
    assert through(twins, [row("2")]) == ([twins, [row("2")]], 0, 0)


def test_equal_rows_of_one_page_are_both_dropped_where_they_come_again() -> None:
    twins = [row("1"), row("1")]
    assert through(twins, [*twins, row("2")]) == ([twins, [row("2")]], 2, 0)


def test_the_same_key_with_another_content_is_kept_and_counted() -> None:
    first, second = [row("1", text="a"), row("2")], [row("1", text="b"), row("2")]
    assert through(first, second) == ([first, [row("1", text="b")]], 1, 1)


def test_every_part_of_the_key_counts() -> None:
    """Only the key is looked at first; rows that differ in its last part are no contradiction."""
    pages = [row("1", 1), row("2", 1)], [row("1", 2), row("2", 2)]
    assert through(*pages) == ([*pages], 0, 0)


def test_key_parts_of_different_rows_do_not_add_up() -> None:
    pages = [row("1", 2), row("2", 1)], [row("1", 1), row("2", 2)]
    assert through(*pages) == ([*pages], 0, 0)


def test_without_a_key_nothing_is_dropped() -> None:
    pages = [row("1")], [row("1")]
    assert through(*pages, key=()) == ([*pages], 0, 0)
    assert not ShiftFilter(()).can_tell
    assert ShiftFilter(("id",)).can_tell


def test_a_key_that_is_null_throughout_is_none() -> None:
    pages = [row(None, None)], [row(None, None)]
    assert through(*pages) == ([*pages], 0, 0)


def test_a_key_that_is_null_in_part_is_one() -> None:
    assert through([row("1", None, None)], [row("1", None, None)]) == ([[row("1", None, None)], []], 1, 0)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.float64(), nan),
        (pa.float64(), None),
        (pa.list_(pa.string()), ["a", None]),
        (pa.list_(pa.struct([("x", pa.float64())])), [{"x": nan}]),
        (pa.struct([("x", pa.int64()), ("y", pa.list_(pa.int64()))]), {"x": 1, "y": []}),
        (pa.timestamp("us", "UTC"), datetime(2026, 1, 1, tzinfo=UTC)),
        (pa.null(), None),
        (pa.bool_(), False),
    ],
    ids=str,
)
def test_values_of_every_kind_are_compared(kind: pa.DataType, value: Any) -> None:
    schema = pa.schema([("id", pa.string()), ("value", kind)])
    rows = table([{"id": "1", "value": value}], schema)
    assert through(rows, rows, key=("id",))[1:] == (1, 0)
    if value is not None:
        assert through(rows, table([{"id": "1", "value": None}], schema), key=("id",))[1:] == (0, 1)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(pa.timestamp("us", "UTC"), datetime(2026, 1, 1, tzinfo=UTC)), (pa.int64(), 7), (pa.null(), None)],
    ids=str,
)
def test_keys_of_every_kind_are_found(kind: pa.DataType, value: Any) -> None:
    rows = table([{"id": "1", "when": value}], pa.schema([("id", pa.string()), ("when", kind)]))
    assert through(rows, rows, key=("when", "id"))[1:] == (1, 0)


def test_a_key_whose_column_changed_its_type_is_still_found() -> None:
    """The number 7 and the text 7 are one key with two contents; the text twice is one row twice."""
    numbers = table([{"id": 7, "text": "a"}], pa.schema([("id", pa.int64()), ("text", pa.string())]))
    texts = table([{"id": "7", "text": "a"}], pa.schema([("id", pa.string()), ("text", pa.string())]))
    assert through(numbers, texts, texts, key=("id",))[1:] == (1, 1)


def test_rows_of_other_windows_do_not_count() -> None:
    shifts = ShiftFilter(["id"])
    for window in (WINDOW, NEXT):
        shifts.begin(window)
        for n in range(2):
            shifts.take(page([row(str(n))], window=window))
    assert (shifts.dropped, shifts.conflicts) == (0, 0)


def test_a_window_read_again_is_counted_anew() -> None:
    shifts = ShiftFilter(["id"])
    shifts.begin(WINDOW)
    for text in ("a", "a", "b"):
        shifts.take(page([row("1", text=text)]))
    assert (shifts.dropped, shifts.conflicts) == (1, 1)
    shifts.begin(WINDOW)
    assert (shifts.dropped, shifts.conflicts) == (0, 0)
    shifts.take(page([row("1")]))
    shifts.begin(NEXT)
    shifts.take(page([row("1")], window=NEXT))
    shifts.take(page([row("1")], window=NEXT))
    assert (shifts.dropped, shifts.conflicts) == (1, 0)


def test_earlier_pages_are_given_up_when_newer_ones_hold_enough() -> None:
    """A row is found again at the distance that is promised, whatever the size of the pages in between."""
    shifts = ShiftFilter(["id"])
    shifts.begin(WINDOW)
    half = REMEMBERED_ROWS // 2
    shifts.take(page([row("far")]))
    shifts.take(page([row("near")]))
    for start in (0, half):
        shifts.take(page([row(str(n)) for n in range(start, start + half)]))
    shifts.take(page([row("near"), row("far")]))
    assert shifts.dropped == 0, "50,000 rows lie in between"
    shifts.take(page([row("0"), row(str(half))]))
    assert shifts.dropped == 2


def test_the_last_page_lets_all_go() -> None:
    """What is given out as a frame must not be held here."""
    shifts = ShiftFilter(["id"])
    shifts.begin(WINDOW)
    before = pa.total_allocated_bytes()
    for more in (True, True, False):
        shifts.take(page(table([row("x" * 1000)] * 100), more=more))
    assert pa.total_allocated_bytes() <= before


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from([None, "1", "2", "3"]), st.sampled_from([None, 1]), st.sampled_from("ab"))),
        max_size=5,
    )
)
def test_the_outcome_is_that_of_the_plain_rule(pages: list[list[tuple[str | None, int | None, str]]]) -> None:
    """Against the rule written down row by row."""
    seen: Counter[tuple[Any, ...]] = Counter()
    left, dropped, conflicts = [], 0, 0
    for rows in pages:
        kept = [values for values in rows if values not in seen or values[:2] == (None, None)]
        dropped += len(rows) - len(kept)
        conflicts += sum(
            any(values[:2] == other[:2] for other in seen) for values in kept if values[:2] != (None, None)
        )
        left.append([row(*values) for values in kept])
        seen.update(rows)
    assert through(*([row(*values) for values in rows] for rows in pages)) == (left, dropped, conflicts)


@pytest.mark.parametrize(
    ("pages", "gap"),
    [
        ("abc cde", False),  # one record arrived late
        ("abc abc cde", False),  # three did
        ("abc def abc def ghi", False),  # six did
        ("abc def abc", True),  # page 0 was sent in place of page 2, the last
        ("abc def abc jkl", True),  # and a page followed
        ("abc def bcx efg", False),  # records arrived at two places
    ],
)
def test_a_page_sent_in_place_of_another_leaves_a_gap(pages: str, gap: bool) -> None:
    """What late records move goes on to the last row that was there; a page sent instead of another breaks off."""
    shifts = ShiftFilter(["id"])
    shifts.begin(WINDOW)
    texts = pages.split()
    for number, text in enumerate(texts):
        shifts.take(page([row(name) for name in text], more=number < len(texts) - 1))
        if shifts.gap:
            break
    assert shifts.gap is gap
