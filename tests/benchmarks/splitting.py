"""How many requests, and rounds of latency, the splitting of slices takes; in simulated time, nothing is sent.

`room` is that of a stream, in pages.

Run it with ``python tests/benchmarks/splitting.py``.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))

from retarus_pandas.paging.report import Report
from retarus_pandas.values import Window
from support.slicing import Page, Simulated, shown_truly, simulate

START = datetime(2026, 10, 1, tzinfo=UTC)
DAY = 24 * 3600
PAGE = 10_000

Seconds = npt.NDArray[np.float64]


def evenly(rng: np.random.Generator, count: int, days: int) -> Seconds:
    """At any time alike."""
    return rng.uniform(0, days * DAY, count)


def by_office_hours(rng: np.random.Generator, count: int, days: int) -> Seconds:
    """From eight to six on working days, and a tenth of it at any time."""
    some = count // 10
    working = [day for day in range(days) if (day + START.weekday()) % 7 < 5]
    office = rng.choice(working, count - some) * DAY + rng.uniform(8, 18, count - some) * 3600
    return np.concatenate([office, evenly(rng, some, days)])


def in_a_campaign(rng: np.random.Generator, count: int, days: int) -> Seconds:
    """60 % within two hours, the rest by office hours."""
    campaign = round(count * 0.6)
    hours = (days // 3) * DAY + 10 * 3600 + rng.uniform(0, 7200, campaign)
    return np.concatenate([hours, by_office_hours(rng, count - campaign, days)])


class Held:
    """Records by time."""

    def __init__(self, seconds: Seconds) -> None:
        start = int(START.timestamp()) * 1_000_000
        stamps = np.sort(seconds * 1000).astype(np.int64) * 1000 + start
        names = pa.array(np.arange(len(stamps))).cast(pa.string())
        self._stamps = stamps
        self._rows = pa.table({"at": pa.array(stamps, pa.timestamp("us", "UTC")), "id": names})

    def answer(self, window: Window, page: int, size: int) -> Page:
        """One page."""
        start, end = (round(instant.timestamp() * 1000) * 1000 for instant in (window.start, window.end))
        first, last = np.searchsorted(self._stamps, [start, end])
        rows = self._rows.slice(first + page * size, min(size, max(0, int(last - first) - page * size)))
        return Page(rows, more=bool(last - first > (page + 1) * size))


SHAPES: dict[str, Callable[[np.random.Generator, int, int], Seconds]] = {
    "evenly": evenly,
    "office hours": by_office_hours,
    "one campaign": in_a_campaign,
}
LATENCIES: dict[str, Callable[[random.Random], float]] = {
    "always the same": lambda _: 1.0,
    "half to twice": lambda rng: rng.uniform(0.5, 2.0),
}


def read(
    shape: str, count: int, latency: str, concurrency: int, seed: int = 1, *, days: int = 44, room: int | None = None
) -> Simulated:
    """Read that many records of a shape in one window; as a stream if there is room for so many pages only."""
    rng = random.Random(seed)
    held = Held(SHAPES[shape](np.random.default_rng(seed), count, days))
    window = Window(START, START + timedelta(days=days))
    report = Report(PAGE, key=("id",), key_timestamp="at")
    wait = partial(LATENCIES[latency], rng)
    options: dict[str, Any] = {} if room is None else {"streaming": True, "budget": room * Page.nbytes}
    return simulate(
        report, [window], held.answer, concurrency=concurrency, latency=wait, foretell=shown_truly, **options
    )


def lines() -> Iterator[str]:
    """The table."""
    heads = f"{'records':>9}  {'over time':13} {'latency':16} {'at a time':>9} {'room':>6}"
    yield f"{heads}  {'requests':>10}  {'rounds':>12}"
    wholes = product((8_000, 30_000, 200_000), SHAPES, LATENCIES, (1, 4, 8), (None,))
    streams = product((1_000_000,), SHAPES, list(LATENCIES)[:1], (4,), (None, 20))
    for count, shape, latency, most, room in [*wholes, *streams]:
        results = [read(shape, count, latency, most, seed, room=room) for seed in range(5)]
        requests = sorted(result.facts.requests for result in results)
        rounds = sorted(result.rounds for result in results)
        asked = f"{requests[0]} to {requests[-1]}"
        span = f"{rounds[0]:.1f} to {rounds[-1]:.1f}"
        yield f"{count:9,}  {shape:13} {latency:16} {most:9} {room or 'all':>6}  {asked:>10}  {span:>12}"


if __name__ == "__main__":
    for line in lines():
        print(line)
