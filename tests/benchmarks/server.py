"""The benchmark's service: pages rendered before anybody asks, sent after a fixed wait, in a process of its own.

    python -m benchmarks.server --pages 20 --rows 10000 --latency 0.15

It prints its address, serves until its standard input ends, and answers every field called ``faxOutUdrReport`` with
all 45 columns, whatever is selected. ``GET /stats`` tells how many requests came, and how many at a time.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import accumulate
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, parse, value_from_ast_untyped

from retarus_pandas.sandbox import Sandbox

REPORT = "faxOutUdrReport"

# Stand in the rendered text for what differs from page to page; as long as what replaces them.
_NUMBER, _HOUR = b"@@PAGE@@", b"@@@@-@@-@@T@@"


class Pages:
    """All records of the report, as bytes: so many in each hour, the same ones but for their number and hour."""

    def __init__(self, pages: int, rows: int) -> None:
        self.rows = rows
        self.began = (datetime.now(UTC) - timedelta(days=6)).replace(minute=0, second=0, microsecond=0)
        template = _render(rows)
        self._ends = list(accumulate(len(record) + 1 for record in template))
        self._stamps = [row * 3_600_000 // rows for row in range(rows)]
        joined = b",".join(template)
        self._contents = [self._numbered(joined, page) for page in range(pages)]

    def result(self, begin: datetime, end: datetime, page: int, size: int) -> list[bytes]:
        """The result object of one answer, in pieces."""
        first, last = self._position(begin) + page * size, self._position(end)
        stop = min(first + size, last)
        tail = f'],"hasMoreElements":{json.dumps(stop < last)},"pageIndex":{page},"pageSize":{size}}}'
        return [b'{"content":[', *self._records(first, stop), tail.encode()]

    def _position(self, instant: datetime) -> int:
        """The number of records in front of an instant."""
        hour, rest = divmod((instant - self.began) // timedelta(milliseconds=1), 3_600_000)
        before = hour * self.rows + bisect_left(self._stamps, rest)
        return min(max(before, 0), len(self._contents) * self.rows)

    def _records(self, first: int, stop: int) -> Iterator[bytes]:
        while first < stop:
            page, row = divmod(first, self.rows)
            end = min(self.rows, row + stop - first)
            yield self._contents[page][self._ends[row - 1] if row else 0 : self._ends[end - 1] - 1]
            first += end - row
            if first < stop:
                yield b","

    def _numbered(self, text: bytes, page: int) -> bytes:
        hour = (self.began + timedelta(hours=page)).strftime("%Y-%m-%dT%H").encode()
        return text.replace(_NUMBER, b"%08d" % page).replace(_HOUR, hour)


def _render(rows: int) -> list[bytes]:
    """Invented records, with keys that are distinct and in order."""
    records = Sandbox(rows={REPORT: rows}).records(REPORT)[:rows]
    for row, record in enumerate(records):
        minute, rest = divmod(row * 3_600_000 // rows, 60_000)
        record["faxId"] = f"{_NUMBER.decode()}-{row:05}"
        record["keyTimestamp"] = f"{_HOUR.decode()}:{minute:02}:{rest // 1000:02}.{rest % 1000:03}Z"
    return [json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode() for record in records]


def _asked(document: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Response name and arguments of each report a document asks."""
    [operation] = [node for node in parse(document).definitions if isinstance(node, OperationDefinitionNode)]
    for field in operation.selection_set.selections:
        assert isinstance(field, FieldNode)
        arguments = {each.name.value: value_from_ast_untyped(each.value) for each in field.arguments or ()}
        yield (field.alias or field.name).value, arguments


class Service(ThreadingHTTPServer):
    """Serves pages, and counts."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, pages: Pages, latency: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = pages
        self.latency = latency
        self.requests = self.most = self.inside = 0
        self.lock = threading.Lock()

    def count(self, step: int) -> None:
        with self.lock:
            self.requests += step > 0
            self.inside += step
            self.most = max(self.most, self.inside)

    def stats(self) -> dict[str, int]:
        """What was counted since the last time."""
        with self.lock:
            counted = {"requests": self.requests, "most": self.most}
            self.requests = self.most = 0
        return counted


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Service

    def do_GET(self) -> None:
        self._send([json.dumps(self.server.stats()).encode()])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            self._send([b'{"access_token":"benchmark","expires_in":3600,"token_type":"Bearer"}'])
            return
        self.server.count(+1)
        time.sleep(self.server.latency)
        try:
            self._send(self._answer(json.loads(body)))
        finally:
            self.server.count(-1)

    def _answer(self, request: dict[str, Any]) -> list[bytes]:
        pieces: list[bytes] = []
        for name, arguments in _asked(request["query"]):
            begin, end = map(datetime.fromisoformat, arguments["datePeriod"].values())
            page, size = int(arguments["page"]), int(arguments["size"])
            pieces += [b"," if pieces else b'{"data":{', json.dumps(name).encode(), b":"]
            pieces += self.server.pages.result(begin, end, page, size)
        return [*pieces, b"}}"]

    def _send(self, pieces: list[bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(sum(map(len, pieces))))
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)

    def log_message(self, *args: Any) -> None:
        pass


def main() -> None:
    """Serve until the standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--latency", type=float, default=0.15)
    options = parser.parse_args()
    service = Service(Pages(options.pages, options.rows), options.latency)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{service.server_port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
