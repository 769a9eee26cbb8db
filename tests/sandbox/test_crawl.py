"""Whatever is asked, page by page, is what the sandbox holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retarus_pandas.sandbox.makers import DEFAULT_ROWS

KEYS = {
    "faxInUdrReport": "keyTimestamp",
    "faxOutUdrReport": "keyTimestamp",
    "smsInUdrReport": "receivedTs",
    "smsOutUdrReport": "deliveryProcessedTs",
    "transactionalEmailUdrReport": "metaCreationTime",
    "transactionalEmailEventReport": "eventTs",
}


def instant(text: str) -> str:
    """Comparable as text: all with milliseconds."""
    return text if "." in text else text.replace("Z", ".000Z")


@pytest.mark.parametrize("report", DEFAULT_ROWS)
def test_all_records_with_all_fields_arrive(client: Any, report: str) -> None:
    held = client.box.records(report)
    fields = " ".join(held[0])
    middle = client.now - timedelta(days=45)
    old = client.crawl(report, fields, middle - timedelta(days=45), middle, "size: 97")
    new = client.crawl(report, fields, middle, client.now, "size: 10000")
    assert old + new == held
    assert len(old) > len(held) / 4


@settings(max_examples=40)
@given(
    report=st.sampled_from(list(KEYS)),
    first=st.integers(0, 90 * 86_400_000 - 1),
    length=st.integers(1, 45 * 86_400_000),
    size=st.integers(5, 10_000),
    descending=st.booleans(),
)
def test_a_half_open_span_of_the_key_timestamp_arrives_in_order(
    client: Any, report: str, first: int, length: int, size: int, *, descending: bool
) -> None:
    key = KEYS[report]
    start = client.now - timedelta(days=90) + timedelta(milliseconds=first)
    end = start + timedelta(milliseconds=length)
    bounds = [f"{bound:%Y-%m-%dT%H:%M:%S}.{bound.microsecond // 1000:03d}Z" for bound in (start, end)]
    held = client.box.records(report)
    expected = [row for row in held if bounds[0] <= instant(row[key]) < bounds[1]]
    sort = "DESC" if descending else "ASC"
    rows = client.crawl(report, " ".join(held[0]), start, end, f"size: {size} sort: {sort}")
    assert rows == (expected[::-1] if descending else expected)


def test_a_record_at_the_start_is_included_and_at_the_end_is_not(client: Any) -> None:
    row = client.box.records("faxOutUdrReport")[350]
    at = instant(row["keyTimestamp"])
    after = client.report("", fromIncluded=at)["content"]
    before = client.report("", fromIncluded="2026-10-20T00:00:00.000Z", toExcluded=at)["content"]
    assert {"faxId": row["faxId"]} in after
    assert {"faxId": row["faxId"]} not in before
