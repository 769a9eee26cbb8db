"""Whatever the service does that nobody can know: the frame is exact, or says by name that it may not be."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
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

# What only many records show: that some stand at one instant where a page is cut, or close to the end of a window.
SEEN_AMONG_MANY = {
    Quirk.TWINS,
    Quirk.KEYS_REPEATED,
    Quirk.MANY_AT_ONE_INSTANT,
    Quirk.STAMPS_FINER,
    Quirk.STAMPS_CUT,
    *UNPROVEN,
    *REFUSED,
}

ALONE = [{quirk} for quirk in Quirk if quirk not in MOVING]
TOGETHER = [
    {Quirk.ONE_WEEK, Quirk.MANY_AT_ONE_INSTANT},  # so that nearly every page is cut among equal instants
    *(
        {Quirk.TIES_ANEW, other}
        for other in (
            Quirk.TWINS,
            Quirk.MANY_AT_ONE_INSTANT,
            Quirk.STAMPS_CUT,
            Quirk.SIZE_CLAMPED,
            Quirk.TRANSIENT_ERRORS,
        )
    ),
]

LONG = "RETARUS_LONG_TESTS" in os.environ


def enough(quirks: set[Quirk], many: int) -> int:
    """What happens to every page, or every few, shows in a dozen of them."""
    return many if LONG or quirks & SEEN_AMONG_MANY else 180


def two_windows(box: Sandbox) -> tuple[datetime, datetime]:
    """A period of two windows without a record in the hour at any of their borders, whatever time it is now.

    Read an hour too early, it has the same records; with others, the read is refused.
    """
    stamps = [datetime.fromisoformat(row["keyTimestamp"]) for row in box.records("faxOutUdrReport")]
    half, hour = timedelta(days=30, hours=1), timedelta(hours=1)
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=70)
    while any(abs(stamp - border) <= hour for stamp in stamps for border in (start, start + half, start + 2 * half)):
        start -= timedelta(minutes=20)
    return start, start + 2 * half


@pytest.mark.parametrize("size", [9, 40, 1000])
@pytest.mark.parametrize("quirks", ALONE + TOGETHER, ids=lambda quirks: "+".join(sorted(one.value for one in quirks)))
def test_a_read_of_two_windows_is_exact_or_says_so(quirks: set[Quirk], size: int) -> None:
    with Sandbox(enough(quirks, 400), quirks=quirks, seed=3, shift_every=5) as box:
        start, end = two_windows(box)
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


SIZES_AND_WORKERS = list(product([9, 40], [1, 3])) if LONG else [(9, 3)]
FEW = 80
BACKWARDS = QUERY.replace("Report {", "Report(sort: DESC) {")

Way = Callable[[Path, dict[str, Any]], pd.DataFrame]


def in_chunks(folder: Path, options: dict[str, Any]) -> pd.DataFrame:
    with rt.read_retarus(QUERY, chunksize=37, **options) as chunks:
        return pd.concat(list(chunks))


def as_a_file(folder: Path, options: dict[str, Any]) -> pd.DataFrame:
    rt.export_retarus(QUERY, folder / "faxes.parquet", **options)
    return pd.read_parquet(folder / "faxes.parquet")


def backwards(folder: Path, options: dict[str, Any]) -> pd.DataFrame:
    frame: pd.DataFrame = rt.read_retarus(BACKWARDS, **options)
    assert frame["keyTimestamp"].is_monotonic_decreasing
    return frame


def not_to_the_end(folder: Path, options: dict[str, Any]) -> pd.DataFrame:
    frame: pd.DataFrame = rt.read_retarus(QUERY, max_rows=FEW, **options)
    assert frame.attrs["retarus"]["truncated"]
    return frame


def is_exact(frame: pd.DataFrame, there: Sequence[tuple[datetime, str]]) -> bool:
    """All records; of a read that was cut short, those with which the others begin, as far as stamps tell."""
    found = Counter(frame["faxId"])
    if not frame.attrs.get("retarus", {}).get("truncated"):
        return found == Counter(name for _, name in there)
    left = Counter(name for _, name in there) - found
    seconds = {name: stamp.replace(microsecond=0) for stamp, name in there}
    return len(frame) == FEW and max(seconds[name] for name in found) <= min(seconds[name] for name in left)


WAYS = (in_chunks, as_a_file, backwards, not_to_the_end)


# Of the author's own "sort" nothing is taken back: a service that has none refuses it.
@pytest.mark.parametrize(
    "quirk", [quirk for quirk in Quirk if quirk not in {*MOVING, Quirk.FIELDS_MISSING}], ids=lambda quirk: quirk.value
)
def test_every_other_way_is_exact_or_says_so(quirk: Quirk, tmp_path: Path) -> None:
    with Sandbox(enough({quirk}, 300), quirks={quirk, Quirk.TIES_ANEW}, seed=3) as box:
        start, end = two_windows(box)
        stamped = (
            (datetime.fromisoformat(row["keyTimestamp"]), row["faxId"]) for row in box.records("faxOutUdrReport")
        )
        there = [(stamp, name) for stamp, name in stamped if start <= stamp < end]
        session = QuickSession(
            box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
        )
        with session:
            for way, (size, workers) in product(WAYS, SIZES_AND_WORKERS):
                options = {"start": start, "end": end, "page_size": size, "concurrency": workers}
                frame, is_told = trial(way, tmp_path, options | {"session": session, "progress": False})
                assert quirk in UNPROVEN | REFUSED or not is_told, way
                assert is_told or is_exact(frame, there), way


def trial(way: Way, folder: Path, options: dict[str, Any]) -> tuple[pd.DataFrame, bool]:
    """What came, and whether it was said that it may not be all."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            frame = way(folder, options)
        except IncompleteRead:
            return pd.DataFrame(), True
    return frame, any(one.category is UnprovenRowsWarning for one in told)
