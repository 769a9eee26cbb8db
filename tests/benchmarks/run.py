"""Measure the reader against rivals in the same run, and print ratios.

    python tests/benchmarks/run.py            everything, some minutes
    python tests/benchmarks/run.py --quick    without the million rows

Every measurement runs in a process of its own, against a service in another one that sends pages rendered
before: 10,000 rows of 45 columns, about 12 MB, after 150 ms each. Of several runs the median counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent
# This checkout is measured, whichever is installed.
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}", "PYTHONWARNINGS": "ignore"}
MB = 1e6


@contextmanager
def service(pages: int, *, rows: int = 10_000, latency: float = 0.15) -> Iterator[str]:
    """The address of a service in a process of its own."""
    words = ["--pages", str(pages), "--rows", str(rows), "--latency", str(latency)]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", *words],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate()


def measure(what: str, *words: str) -> dict[str, Any]:
    """What a child process measured."""
    command = [sys.executable, "-m", "benchmarks.child", what, *words]
    output = subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout
    result: dict[str, Any] = json.loads(output.splitlines()[-1])
    return result


def stats(url: str) -> dict[str, int]:
    """What the service counted since the last time."""
    with urllib.request.urlopen(f"{url}/stats") as answer:
        counted: dict[str, int] = json.load(answer)
    return counted


class Bench:
    """Runs the measurements and keeps the rows of the table."""

    def __init__(self, runs: int) -> None:
        self._runs = runs
        self.rows: list[tuple[str, str, str]] = []

    def row(self, what: str, reach: str, got: str) -> None:
        self.rows.append((what, reach, got))
        print(f"{what:<64} {reach:>16} {got}", flush=True)

    def read(self, way: str, url: str, warm: str, pages: int, runs: int = 0) -> dict[str, float]:
        """The median of several reads, and the most memory any of them took."""
        with tempfile.TemporaryDirectory() as folder:
            measured = [measure("read", way, url, str(pages), folder, warm) for _ in range(runs or self._runs)]
        return measured[0] | {
            "seconds": statistics.median(run["seconds"] for run in measured),
            "grown": max(run["grown"] for run in measured),
        }

    def many_rows(self, url: str, warm: str) -> dict[str, dict[str, float]]:
        """200,000 rows in every way."""
        ways = ["ours", "bare", "loop", *(["gql"] if find_spec("gql") else [])]
        got = {way: self.read(way, url, warm, 20) for way in ways}
        ours = got["ours"]
        seconds = ours["seconds"]
        self.row(
            "200,000 rows: time against a loop with requests", "≤ 1/8", f"1/{got['loop']['seconds'] / seconds:.1f}"
        )
        if "gql" in got:
            self.row("  against gql and json_normalize", "", f"1/{got['gql']['seconds'] / seconds:.1f}")
        else:
            print("  (gql is not installed: that rival is left out)")
        self.row("  against the bare requests, bodies thrown away", "≤ 1.3", f"{seconds / got['bare']['seconds']:.2f}")
        flying = (4 + min(4, os.cpu_count() or 1)) * 12.4 * MB  # pages that are asked, and that are decoded
        for way, reach in (("ours", "≤ 2.5 × + flight"), ("loop", "")):
            size, grown = got[way]["size"], got[way]["grown"]
            self.row(
                f"  peak memory of {way} over its frame of {size / MB:.0f} MB",
                reach,
                f"{grown / size:.2f} × ({max(grown - flying, 0) / size:.2f} × without pages in flight)",
            )
        print("  seconds:", ", ".join(f"{way} {each['seconds']:.2f}" for way, each in got.items()))
        return got

    def contradicted(self) -> None:
        """The same read of a service that is not quite what its schema says."""
        found: dict[str, Any] = measure("contradictions")
        for name, (reach, ratio) in found.items():
            self.row(f"a read with {name}, against one without", f"≤ {reach:g}", f"{ratio:.2f}")

    def requests(self, url: str, warm: str) -> None:
        stats(url)
        with tempfile.TemporaryDirectory() as folder:
            measure("read", "ours", url, "20", folder, warm)
        counted = stats(url)
        # Beside pages that turn out not to exist, the first records of the first and the last page.
        self.row("requests for 20 pages beyond a sequential crawl's 20", "≤ 3 + 1", str(counted["requests"] - 20))
        self.row("most requests in flight at concurrency 4", "≤ 4", str(counted["most"]))

    def single(self, warm: str, url: str) -> None:
        page = measure("decode", url)
        self.row(
            f"a page of {page['megabytes']:.1f} MB to a frame, against json and json_normalize",
            "≤ 1/4",
            f"1/{page['by_hand'] / page['frame']:.1f} ({page['frame'] * 1000:.0f} ms)",
        )
        self.row("decoding with two threads against one", "≥ 1.6", f"{page['one'] / page['two']:.2f}")
        small = measure("small", warm)
        self.row("ten rows, beyond the bare request", "≤ 5 ms", f"{(small['ours'] - small['bare']) * 1000:.1f} ms")
        imports = [measure("imports") for _ in range(5)]
        for name, reach in (("import", "≤ 30 ms"), ("load_ext", "≤ 100 ms")):
            self.row(
                f"{name}, beyond pandas", reach, f"{statistics.median(run[name] for run in imports) * 1000:.0f} ms"
            )
        cell = measure("cell")
        self.row("all mistakes of a cell, after the first", "≤ 10 ms", f"{cell['mistakes'] * 1000:.1f} ms")
        self.row("candidates at the cursor, after the first", "≤ 50 ms", f"{cell['candidates'] * 1000:.1f} ms")
        page = measure("sandbox")
        self.row(f"a page of {page['rows']:,.0f} rows from the embedded service", "≤ 0.4 s", f"{page['seconds']:.2f} s")

    def million(self, url: str, warm: str, less: dict[str, float], small_url: str) -> None:
        ours = self.read("ours", url, warm, 100)
        ratio = ours["seconds"] / (5 * less["seconds"])
        self.row("1,000,000 rows: time against 5 × that of 200,000", "≤ 1.1", f"{ratio:.2f}")
        loop, bare = (self.read(way, url, warm, 100, runs=1)["seconds"] for way in ("loop", "bare"))
        self.row("  against a loop with requests", "≤ 1/8", f"1/{loop / ours['seconds']:.1f}")
        self.row("  against the bare requests", "≤ 1.3", f"{ours['seconds'] / bare:.2f}")
        size = ours["size"]
        self.row(f"  peak memory over the frame of {size / MB:.0f} MB", "", f"{ours['grown'] / size:.2f} ×")
        for way in ("chunks", "export"):
            few, many = (self.read(way, each, warm, pages) for each, pages in ((small_url, 20), (url, 100)))
            self.row(
                f"  peak memory of {way}: 200,000 and 1,000,000 rows",
                "the same",
                f"{few['grown'] / MB:.0f} MB and {many['grown'] / MB:.0f} MB",
            )


def main() -> None:
    """Run all, each row printed when it is known, and the table of them at the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="leave out the million rows")
    parser.add_argument("--runs", type=int, default=3, help="how often each read is measured")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}\n")
    bench = Bench(options.runs)
    with service(1, rows=10, latency=0) as warm, service(20) as url:
        bench.single(warm, url)
        got = bench.many_rows(url, warm)
        bench.requests(url, warm)
        bench.contradicted()
        if not options.quick:
            with service(100) as large:
                bench.million(large, warm, got["ours"], url)
    print("\n| what | to reach | measured |\n| --- | --- | --- |")
    for row in bench.rows:
        print(f"| {' | '.join(map(str.strip, row))} |")


if __name__ == "__main__":
    main()
