"""Measure every way out at 200,000 and 1,000,000 rows of 45 columns: seconds, and how much the process grew.

    cd tests && PYTHONPATH=. python -m benchmarks.beyond [WAY...]

Every measurement runs in a process of its own, against a service in another one, as in `run.py`.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile

from benchmarks.run import MB, measure, service

WAYS = {
    "ours": "read_retarus",
    "chunks": "read_retarus(chunksize=10_000)",
    "export": "export_retarus to Parquet",
    "scan": "scan_retarus, summed up by DuckDB",
    "dask": "read_retarus_dask on threads, summed up",
}
PAGES = (20, 100)


def main() -> None:
    """Measure, and print the table for the README."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    print("\n| way | 200,000 rows | 1,000,000 rows |\n| --- | --- | --- |")
    with service(1, rows=10, latency=0) as warm, service(PAGES[0]) as small, service(PAGES[1]) as large:
        for way in sys.argv[1:] or WAYS:
            cells = [_cell(way, url, pages, warm) for url, pages in zip((small, large), PAGES, strict=True)]
            print(f"| {WAYS[way]} | {' | '.join(cells)} |", flush=True)


def _cell(way: str, url: str, pages: int, warm: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        got = measure("read", way, url, str(pages), folder, warm)
    return f"{got['seconds']:.1f} s, {got['grown'] / MB:,.0f} MB"


if __name__ == "__main__":
    main()
