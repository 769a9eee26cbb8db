"""How much memory a stream takes, however long it is."""

from __future__ import annotations

import os
import tempfile

import pytest
from benchmarks.run import measure, service

PAGES = (20, 100)
# Bytes; 256 MiB of answers may be read ahead, beside those that are being received and decoded.
PAGES_ON_THEIR_WAY = 400_000_000


@pytest.mark.skipif(not os.environ.get("RETARUS_LONG_TESTS"), reason="reads 1.2 million rows in processes of their own")
def test_five_times_the_rows_do_not_take_much_more_memory() -> None:
    """The frame would be five times as large. DuckDB, fed by hand with such batches, takes its part by itself."""
    with service(1, rows=10, latency=0) as warm, service(PAGES[0]) as small, service(PAGES[1]) as large:
        scan, alone = (
            [_grown(way, url, pages, warm) for url, pages in zip((small, large), PAGES, strict=True)]
            for way in ("scan", "duckdb")
        )
    assert scan[1] < 1.6 * scan[0]
    assert scan[1] < alone[1] + PAGES_ON_THEIR_WAY


def _grown(way: str, url: str, pages: int, warm: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return int(measure("read", way, url, str(pages), folder, warm)["grown"])
