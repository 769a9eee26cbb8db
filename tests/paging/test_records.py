"""Which records are missing, and which are the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from retarus_pandas.paging.records import contents, hashes, in_order, missing

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def rows(*records: tuple[str | None, int]) -> pa.Table:
    return pa.table({"id": pa.array([name for name, _ in records], pa.string()), "value": [n for _, n in records]})


@pytest.mark.parametrize(
    ("owed", "shown", "lacking"),
    [
        ([("a", 0), ("a", 1)], [("a", 0)], [("a", 1)]),
        ([("a", 0), ("a", 1)], [("a", 1)], [("a", 0)]),
        ([("a", 0), ("a", 0)], [("a", 0)], [("a", 0)]),
        ([("a", 0)], [("a", 7)], []),
        ([("a", 0), ("a", 1)], [("a", 7)], [("a", 1)]),
        ([("a", 0), ("a", 1)], [("a", 1), ("a", 1)], []),
        ([("a", 0), ("a", 1), ("a", 1)], [("a", 1), ("a", 1)], [("a", 0)]),
        ([("a", 7), ("a", 0), ("a", 1)], [("a", 7), ("a", 7)], [("a", 1)]),
    ],
)
def test_an_updated_record_stands_for_one_that_is_missing(
    owed: list[tuple[str, int]], shown: list[tuple[str, int]], lacking: list[tuple[str, int]]
) -> None:
    assert missing(rows(*owed), rows(*shown), ("id",)).equals(rows(*lacking).cast(rows(*owed).schema))


def test_without_a_key_every_other_content_is_another_record() -> None:
    assert missing(rows(("a", 0)), rows(("a", 7))).num_rows == 1


def test_a_time_that_became_text_is_the_same() -> None:
    times = pa.table({"at": pa.array([NOON], pa.timestamp("us", "UTC"))})
    texts = pa.table({"at": ["2026-10-01T12:00:00.000000Z"]})
    assert contents(times) == contents(texts)


def test_records_without_any_key_have_no_name() -> None:
    assert len(hashes(rows((None, 0), (None, 1), ("a", 2)), ("id",))) == 1


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("stamps", [pa.nulls(2, pa.timestamp("us", "UTC")), pa.array(["noon", "midnight"])])
def test_records_without_stamps_keep_the_order_of_the_service(stamps: pa.Array, descending: bool) -> None:
    table = rows(("a", 0), ("b", 1)).append_column("at", stamps)
    found = in_order(table, ("id",), "at", descending=descending).column("id").to_pylist()
    assert found == (["b", "a"] if descending else ["a", "b"])
