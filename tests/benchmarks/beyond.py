"""Measure every way out at 200,000 and 1,000,000 rows of 45 columns: time against `read_retarus`, and memory.

    cd tests && PYTHONPATH=. python -m benchmarks.beyond [WAY...]

Every measurement runs in a process of its own, against a service in another one, as in `run.py`. Memory is what the
process grew at its peak. The rivals are of the same run: `read_retarus` for the time, and DuckDB alone, fed with
batches that are there, for what it keeps itself.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from typing import Any

from benchmarks.run import MB, measure, service

WAYS = {
    "ours": "read_retarus",
    "chunks": "read_retarus(chunksize=10_000)",
    "export": "export_retarus to Parquet",
    "scan": "scan_retarus, summed up by DuckDB",
    "duckdb": "DuckDB alone, over batches that are there",
    "dask": "read_retarus_dask on threads, summed up",
}
PAGES = (20, 100)
RIVAL = "ours"


def main() -> None:
    """Measure, and print the table for the README."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    print("\n| way | 200,000 rows | 1,000,000 rows |\n| --- | --- | --- |")
    with service(1, rows=10, latency=0) as warm, service(PAGES[0]) as small, service(PAGES[1]) as large:
        services = [*zip((small, large), PAGES, strict=True)]
        rivals = [_measured(RIVAL, url, pages, warm) for url, pages in services]
        for way in sys.argv[1:] or WAYS:
            got = rivals if way == RIVAL else [_measured(way, url, pages, warm) for url, pages in services]
            cells = [_cell(each, rival) for each, rival in zip(got, rivals, strict=True)]
            print(f"| {WAYS[way]} | {' | '.join(cells)} |", flush=True)


def _measured(way: str, url: str, pages: int, warm: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return measure("read", way, url, str(pages), folder, warm)


def _cell(got: dict[str, Any], rival: dict[str, Any]) -> str:
    return f"{got['seconds'] / rival['seconds']:.2f} × ({got['seconds']:.1f} s), {got['grown'] / MB:,.0f} MB"


if __name__ == "__main__":
    main()
