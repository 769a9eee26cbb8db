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


def test_a_key_of_several_columns_is_told_from_every_other_and_known_again_whatever_its_types() -> None:
    keys = [("a", "1"), ("a", "2"), ("a", None), (None, "a"), ("a", ""), ("", "a"), ("a1", None), ("nan", "1")]
    parts = pa.table({"name": [first for first, _ in keys], "number": [second for _, second in keys]})
    assert len({*hashes(parts, ("name", "number"))}) == len(keys)
    times = pa.table({"at": pa.array([NOON], pa.timestamp("us", "UTC")), "number": [7]})
    texts = pa.table({"at": ["2026-10-01T12:00:00.000000Z"], "number": ["7"]})
    assert [*hashes(times, ("at", "number"))] == [*hashes(texts, ("at", "number"))]
    assert not len(hashes(times.slice(1), ("at", "number")))


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("stamps", [pa.nulls(2, pa.timestamp("us", "UTC")), pa.array(["noon", "midnight"])])
def test_records_without_stamps_keep_the_order_of_the_service(stamps: pa.Array, descending: bool) -> None:
    table = rows(("a", 0), ("b", 1)).append_column("at", stamps)
    found = in_order(table, ("id",), "at", descending=descending).column("id").to_pylist()
    assert found == (["b", "a"] if descending else ["a", "b"])
