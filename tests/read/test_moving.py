"""Records that come, go and change while they are read: what is there all the time comes exactly once."""

from __future__ import annotations

import warnings
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import UnprovenRowsWarning
from retarus_pandas.sandbox import Quirk, Sandbox
from support.trials import QuickSession

REPORT = "faxOutUdrReport"
QUERY = f"{{ {REPORT} {{ content {{ faxId keyTimestamp jobBillingCode }} }} }}"
WAYS = [{Quirk.ROWS_INSERTED}, {Quirk.ROWS_EXPIRED}, {Quirk.ROWS_UPDATED}]
WAYS.append(set.union(*WAYS))


def _within(rows: list[dict[str, Any]], start: datetime, end: datetime) -> set[str]:
    return {row["faxId"] for row in rows if start <= datetime.fromisoformat(row["keyTimestamp"]) < end}


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("page", [1, 3, 6])
@pytest.mark.parametrize("ways", WAYS, ids=lambda ways: "+".join(sorted(one.value for one in ways)))
def test_whenever_records_move_the_others_come_exactly_once(ways: set[Quirk], page: int, concurrency: int) -> None:
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=70, hours=5)
    end = start + timedelta(days=60, hours=2)
    with Sandbox(400, quirks=ways, seed=page, shift_every=range(page, page + 3)) as box:
        before = _within(box.records(REPORT), start, end)
        credentials = box.customer_id, box.client_id, box.client_secret
        session = QuickSession(*credentials, api_url=box.api_url, token_url=box.token_url)
        options: dict[str, Any] = {"page_size": 25, "concurrency": concurrency, "session": session, "progress": False}
        with session, warnings.catch_warnings():
            warnings.simplefilter("ignore", UnprovenRowsWarning)
            frame = rt.read_retarus(QUERY, start=start, end=end, **options)
        after = _within(box.records(REPORT), start, end)
        moved = box.inserted + box.expired + box.updated
    assert moved
    got = Counter(frame["faxId"])
    assert set(got.values()) == {1}
    assert before & after <= got.keys() <= before | after
    assert frame["keyTimestamp"].is_monotonic_increasing
