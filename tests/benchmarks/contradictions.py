"""What it costs when a service is not quite what its schema says, against the same read of one that is.

    python -m benchmarks.contradictions [--pages 12] [--runs 3] [WORD...]

Bodies of 10,000 rows of 45 columns are handed to the decoder after 150 ms each, four at a time, and made one frame.
Both reads of a pair are measured in turn, in one process, and the best of each compared. Words choose variants.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.server import REPORT, _render

import retarus_pandas as rt
from retarus_pandas.frame.decode.decoder import Decoder
from retarus_pandas.frame.shape.dtypes import to_frame
from retarus_pandas.values import Column, Kind, Query

LATENCY = 0.15
CONCURRENCY = 4
THREADS = 2 * CONCURRENCY

Record = dict[str, Any]
Change = Callable[[Record, int], None]

INTS = ("attemptPages", "attemptSeqNo", "baudRate", "callDuration", "docPages")


@dataclass(frozen=True)
class Variant:
    """How an answer differs: record by record, around the records, and in columns that are asked besides."""

    reach: float
    change: Change | None = None
    around: str = ""
    columns: tuple[Column, ...] = ()
    last: Any = ...


def _each(names: Iterable[str], make: Callable[[Any, int], Any]) -> Change:
    def change(record: Record, row: int) -> None:
        record.update({name: make(record[name], row) for name in names})

    return change


def _every_instant(make: Callable[[str], str]) -> Change:
    def change(record: Record, row: int) -> None:
        for name, value in record.items():
            if name.endswith(("At", "Timestamp")) and value:
                record[name] = make(value)

    return change


def _without(value: str) -> str:
    return value.removesuffix("Z")


def _nanoseconds(value: str) -> str:
    head, _, fraction = _without(value).partition(".")
    return f"{head}.{fraction or '5':0<6}789Z"


def _alternating(value: Any, row: int) -> Any:
    return row if row % 2 else f"text {row}"


PRICE = (Column("price", Kind.UNDECLARED),)

VARIANTS: dict[str, Variant] = {
    "numbers as texts in one column": Variant(1.15, _each(INTS[:1], lambda value, _: str(value))),
    "numbers as texts in five columns": Variant(1.15, _each(INTS, lambda value, _: str(value))),
    "texts as numbers in one column": Variant(1.15, _each(["statusCode"], lambda _, row: row)),
    "an undeclared column of prices": Variant(1.15, lambda record, row: record.update(price=row / 100), columns=PRICE),
    "instants with an offset": Variant(1.15, _every_instant(lambda value: _without(value) + "+02:00")),
    "instants without a zone": Variant(1.15, _every_instant(_without)),
    "instants with and without a zone": Variant(
        1.15, _each(["callInviteAt"], lambda value, row: _without(value) if value and row % 2 else value)
    ),
    "empty texts for missing instants": Variant(
        1.15,
        _each(["callConnectedAt", "callInviteAt", "callEndedAt"], lambda value, row: value if row % 2 else ""),
    ),
    "an empty list of errors": Variant(1.15, around=',"errors":[]'),
    "extensions": Variant(1.15, around=',"extensions":{"cost":{"units":3,"left":[1,2]},"traceId":"a"}'),
    "nanoseconds": Variant(1.5, _every_instant(_nanoseconds)),
    "a column of numbers and texts": Variant(2, _each(["statusCode"], _alternating)),
    "a number in the last record only": Variant(2, last={"statusCode": 7}),
    "a fraction in the last record only": Variant(2, last={"docPages": 2.5}),
    "fractions where text is declared": Variant(2, _each(["statusCode"], lambda _, row: row / 4)),
    "objects where text is declared": Variant(2, _each(["statusCode"], lambda _, row: {"code": row % 9})),
    "a field nobody asked for, of two types": Variant(2, lambda record, row: record.update(own=_alternating(0, row))),
    "a null record": Variant(2, last=None),
}


def body_of(records: list[Record], variant: Variant) -> bytes:
    """The answer of a service of this kind."""
    changed: list[Record | None] = [dict(record) for record in records]
    for row, record in enumerate(changed):
        if variant.change and record is not None:
            variant.change(record, row)
    if variant.last is not ...:
        changed[-1] = variant.last and {**records[-1], **variant.last}
    content = json.dumps(changed, separators=(",", ":"), ensure_ascii=False)
    result = f'{{"content":{content},"hasMoreElements":true,"pageIndex":0,"pageSize":10000}}'
    return f'{{"data":{{"{REPORT}":{result}}}{variant.around}}}'.encode()


def read(body: bytes, query: Query, window: Any, pages: int) -> tuple[float, int]:
    """Seconds for a read of so many pages, and how many of them were slow."""
    decoder = Decoder(query)
    requests = threading.Semaphore(CONCURRENCY)

    def page(_: int) -> Any:
        with requests:
            time.sleep(LATENCY)
        return decoder.page(body, window=window, index=0)

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        decoded = list(threads.map(page, range(pages)))
    to_frame([each.rows for each in decoded], query.columns)
    return time.perf_counter() - began, sum(each.slow for each in decoded)


def measure(chosen: list[str], pages: int, runs: int) -> Iterator[tuple[str, float, float, int]]:
    """Each variant with what is to be reached, the ratio measured, and its slow pages."""
    [report] = rt.plan_retarus(REPORT, last="7D", customer_id="99999").reports
    window = report.windows[0]
    stamp = "2026-01-31T12:00:00.000Z"
    records: list[Record] = [json.loads(record) | {"keyTimestamp": stamp} for record in _render(10_000)]
    plain = body_of(records, Variant(1))
    for name in chosen:
        variant = VARIANTS[name]
        query = replace(report.query, columns=(*report.query.columns, *variant.columns))
        body = body_of(records, variant)
        seconds: dict[bool, list[float]] = {False: [], True: []}
        slow = 0
        for _ in range(runs):
            seconds[False].append(read(plain, report.query, window, pages)[0])
            spent, slow = read(body, query, window, pages)
            seconds[True].append(spent)
        yield name, variant.reach, min(seconds[True]) / min(seconds[False]), slow


def main() -> None:
    """Measure, and print the rows of a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    chosen = [name for name in VARIANTS if not options.words or any(word in name for word in options.words)]
    for name, reach, ratio, slow in measure(chosen, options.pages, options.runs):
        print(f"| {name} | ≤ {reach:g} | {ratio:.2f} ({slow} slow) |", flush=True)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
