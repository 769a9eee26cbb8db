"""A name that we add and the service does not have is given up by name, and costs no row."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import RetarusWarning, SchemaWarning, UnprovenRowsWarning
from retarus_pandas.sandbox import Sandbox
from support.trials import QuickSession

REPORT = "faxOutUdrReport"
QUERY = f"{{ {REPORT} {{ content {{ faxId jobBillingCode }} }} }}"


@pytest.mark.parametrize(
    "missing",
    [["keyTimestamp"], ["attemptSeqNo"], ["sort"], ["pageIndex"], ["pageSize"], ["customerId"]],
    ids=lambda names: names[0],
)
def test_what_is_missing_is_named_and_all_rows_come(missing: list[str]) -> None:
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=70, hours=5)
    end = start + timedelta(days=60, hours=2)
    with Sandbox(400, missing=missing) as box:
        session = QuickSession(
            box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
        )
        with session, pytest.warns(RetarusWarning) as told:
            frame = rt.read_retarus(QUERY, start=start, end=end, page_size=30, session=session, progress=False)
        there = [
            row["faxId"] for row in box.records(REPORT) if start <= datetime.fromisoformat(row["keyTimestamp"]) < end
        ]
    assert any(missing[0] in str(one.message) for one in told if one.category is SchemaWarning)
    assert any(one.category is UnprovenRowsWarning for one in told) == (missing == ["keyTimestamp"])
    assert Counter(frame["faxId"]) == Counter(there)
