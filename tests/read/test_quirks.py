"""Whatever the service does that nobody can know: the frame is exact, or says by name that it may not be."""

from __future__ import annotations

import warnings
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import IncompleteRead, SchemaWarning, UnprovenRowsWarning
from retarus_pandas.sandbox import Quirk, Sandbox
from support.trials import QuickSession

QUERY = "{ faxOutUdrReport { content { faxId keyTimestamp } } }"

# Here records come and go while they are read; tests of their own look at them.
MOVING = {Quirk.ROWS_INSERTED, Quirk.ROWS_EXPIRED}

# Rows that come by page number, which is told.
UNPROVEN = {Quirk.STAMPS_ROUNDED, Quirk.PERIOD_LOCAL_TIME, Quirk.SORT_IGNORED}

# Two windows would hold the same rows.
REFUSED = {Quirk.PERIOD_BY_DATE, Quirk.PERIOD_IGNORED}

ALONE = [{quirk} for quirk in Quirk if quirk not in MOVING]
TOGETHER = [
    {Quirk.TIES_ANEW, other}
    for other in (Quirk.TWINS, Quirk.MANY_AT_ONE_INSTANT, Quirk.STAMPS_CUT, Quirk.SIZE_CLAMPED, Quirk.TRANSIENT_ERRORS)
]


@pytest.mark.parametrize("size", [9, 40, 1000])
@pytest.mark.parametrize("quirks", ALONE + TOGETHER, ids=lambda quirks: "+".join(sorted(one.value for one in quirks)))
def test_a_read_of_two_windows_is_exact_or_says_so(quirks: set[Quirk], size: int) -> None:
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=70, hours=5)
    end = start + timedelta(days=60, hours=2)
    with Sandbox(400, quirks=quirks, seed=3, shift_every=11) as box:
        there = [
            row["faxId"]
            for row in box.records("faxOutUdrReport")
            if start <= datetime.fromisoformat(row["keyTimestamp"]) < end
        ]
        session = QuickSession(
            box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
        )
        with session, warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", UnprovenRowsWarning)
            warnings.simplefilter("always", SchemaWarning)
            try:
                frame = rt.read_retarus(QUERY, start=start, end=end, page_size=size, session=session, progress=False)
            except IncompleteRead:
                assert quirks & REFUSED
                return
    assert not quirks & REFUSED
    kinds = {one.category for one in told}
    assert (UnprovenRowsWarning in kinds) == bool(quirks & UNPROVEN and size < 1000), told
    assert (SchemaWarning in kinds) == (Quirk.FIELDS_MISSING in quirks), told
    assert Counter(frame["faxId"]) == Counter(there)
    assert frame["keyTimestamp"].is_monotonic_increasing
