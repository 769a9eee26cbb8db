"""The catalogue put to the test: which reads, what came of each, and the table of it all.

As a program it runs the faults that are named on standard input, one line of JSON for each.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from retarus_pandas.errors import ConnectionFailedError, TransportError
from support import elsewhere
from support.catalogue import CATALOGUE, Fault
from support.report_service import PLACES
from support.trials import Trial, hearing, leftovers, losing_names

__all__ = ["FOR_EVER", "LONG", "Seen", "cells", "run_fault", "table"]

FOR_EVER = float("inf")
CONCURRENCIES = (1, 4, 8)
# Every combination; otherwise each fault at each page and at each concurrency, but not at each with each.
LONG = bool(os.environ.get("RETARUS_LONG_TESTS"))
# How the system tells of these is a matter of microseconds.
_TOLD_AS_IT_HAPPENS = (ConnectionFailedError, TransportError)


class Seen(NamedTuple):
    """What came of one read."""

    times: float
    position: str
    concurrency: int
    allowed: bool
    told: str


def cells(fault: Fault) -> Iterator[tuple[float, str, int]]:
    """How often, on which page, at which concurrency."""
    turn = list(CATALOGUE).index(fault.name)
    for times in (1, FOR_EVER):
        if not fault.outcomes(times):
            continue
        for number, position in enumerate(PLACES):
            chosen = CONCURRENCIES[(number + turn) % 3]
            for concurrency in CONCURRENCIES if LONG else (chosen,):
                yield times, position, concurrency


def run_fault(fault: Fault) -> list[Seen]:
    """All reads of one fault, a few at a time; nothing of them may be left."""

    def run(cell: tuple[float, str, int]) -> Seen:
        times, position, concurrency = cell
        result = Trial(((fault, PLACES[position], times),), concurrency).run()
        return Seen(times, position, concurrency, result.is_one_of(fault.outcomes(times)), str(result))

    with leftovers(), ThreadPoolExecutor(4) as pool:
        return list(pool.map(run, cells(fault)))


_VARIES = (
    # Of several requests in flight, any may be the first to meet what is wrong; the class of the error is the same.
    (r"\bPage \d+ of ", "Page … of "),
    (r"^(\w+): page \d+ of \S+ to \S+: ", r"\1: "),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z?", "…"),
    (r" \(tried \d+ times\)", ""),
    (r"[\d.]+ s\b", "… s"),
)


def _told(fault: Fault, seen: Sequence[Seen]) -> str:
    """What the user is told when the fault is on the first page and stays, or else when it happens once."""
    last = next(one for one in reversed(seen) if one.position == "first")
    if any(outcome in _TOLD_AS_IT_HAPPENS for outcome in fault.outcomes(last.times)) or ": " not in last.told:
        return ""
    text = last.told
    for pattern, instead in _VARIES:
        text = re.sub(pattern, instead, text)
    text = text.partition(": ")[2]
    return (text if len(text) <= 200 else f"{text[:199]}…").replace("|", r"\|")


def table(results: dict[str, list[Seen]]) -> str:
    """The table of all faults, in Markdown."""
    lines = [
        "# What becomes of every fault",
        "",
        "Written by `RETARUS_WRITE_OUTCOMES=1 python -m pytest tests/faults/test_catalogue.py`; a test fails when a",
        "run comes to anything else. Each fault is met in the first, the middle and the last window of a report of",
        "three, at concurrency 1, 4 and 8; `RETARUS_LONG_TESTS=1` tries every combination. An error or a",
        "warning is named by its class in `retarus_pandas.errors`; beside a warning, the frame holds what the",
        "service sent. The last column is what the user reads when the fault stays in the first window.",
        "",
        "| fault | happens once | stays | says |",
        "| --- | --- | --- | --- |",
    ]
    for name, seen in results.items():
        fault = CATALOGUE[name]
        once, ever = (_names(fault, times) for times in (1, FOR_EVER))
        lines.append(f"| {name} | {once} | {ever} | {_told(fault, seen)} |")
    lines += ["", "## What is not one answer of the service", "", *elsewhere.table()]
    return "\n".join(lines) + "\n"


def _names(fault: Fault, times: float) -> str:
    outcomes = fault.outcomes(times)
    return " or ".join(one if isinstance(one, str) else f"`{one.__name__}`" for one in outcomes) or "—"


def _main() -> None:
    with hearing(), losing_names():
        for name in json.load(sys.stdin):
            print(json.dumps([name, None]), flush=True)
            print(json.dumps([name, run_fault(CATALOGUE[name])]), flush=True)


if __name__ == "__main__":
    _main()
