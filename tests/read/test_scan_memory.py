"""How much memory a stream takes, however long it is."""

from __future__ import annotations

import os
import tempfile

import pytest
from benchmarks.run import measure, service

PAGES = (20, 100)
# Bytes; they come as 12.5 MB each.
PAGES_ON_THEIR_WAY = 340_000_000


@pytest.mark.skipif(not os.environ.get("RETARUS_LONG_TESTS"), reason="reads 1.2 million rows in processes of their own")
def test_five_times_the_rows_do_not_take_much_more_memory() -> None:
    """What is read ahead has reached its bound by then; DuckDB, fed by hand with the same batches, takes its part."""
    with service(1, rows=10, latency=0) as warm, service(PAGES[0]) as small, service(PAGES[1]) as large:
        scan, alone = (
            [_grown(way, url, pages, warm) for url, pages in zip((small, large), PAGES, strict=True)]
            for way in ("scan", "duckdb")
        )
    assert scan[1] < 1.5 * scan[0]
    assert scan[1] < alone[1] + PAGES_ON_THEIR_WAY


def _grown(way: str, url: str, pages: int, warm: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return int(measure("read", way, url, str(pages), folder, warm)["grown"])
