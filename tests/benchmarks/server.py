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
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from graphql import FieldNode, IntValueNode, OperationDefinitionNode, VariableNode, parse

from retarus_pandas.sandbox import Sandbox

REPORT = "faxOutUdrReport"

# Stand in the rendered text for what differs from page to page; as long as what replaces them.
_NUMBER, _HOUR = b"@@PAGE@@", b"@@@@-@@-@@T@@"


class Pages:
    """All pages of the report, as bytes."""

    def __init__(self, pages: int, rows: int) -> None:
        self.rows = rows
        self._began = datetime.now(UTC) - timedelta(days=6)
        self._template = _render(rows)
        joined = b",".join(self._template)
        self._contents = [self._numbered(joined, page) for page in range(pages)]

    def result(self, page: int, size: int) -> list[bytes]:
        """The result object of one page, in pieces."""
        if size < self.rows:
            content, more = self._record(page * size), True
        elif page < len(self._contents):
            content, more = self._contents[page], page + 1 < len(self._contents)
        else:
            content, more = b"", False
        tail = f'],"hasMoreElements":{json.dumps(more)},"pageIndex":{page}}}'
        return [b'{"content":[', content, tail.encode()]

    def _record(self, position: int) -> bytes:
        page, row = divmod(position, self.rows)
        return self._numbered(self._template[row], page) if page < len(self._contents) else b""

    def _numbered(self, text: bytes, page: int) -> bytes:
        hour = (self._began + timedelta(hours=page)).strftime("%Y-%m-%dT%H").encode()
        return text.replace(_NUMBER, b"%08d" % page).replace(_HOUR, hour)


def _render(rows: int) -> list[bytes]:
    """Invented records, with keys that are distinct and in order."""
    records = Sandbox(rows={REPORT: rows}).records(REPORT)[:rows]
    for row, record in enumerate(records):
        minute, rest = divmod(row * 3_600_000 // rows, 60_000)
        record["faxId"] = f"{_NUMBER.decode()}-{row:05}"
        record["keyTimestamp"] = f"{_HOUR.decode()}:{minute:02}:{rest // 1000:02}.{rest % 1000:03}Z"
    return [json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode() for record in records]


@lru_cache
def _asked(document: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Response name and arguments of each report a document asks."""
    [operation] = [node for node in parse(document).definitions if isinstance(node, OperationDefinitionNode)]
    fields = [node for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    return tuple(
        ((field.alias or field.name).value, {argument.name.value: argument.value for argument in field.arguments or ()})
        for field in fields
    )


def _value(node: Any, variables: dict[str, Any]) -> int:
    if isinstance(node, VariableNode):
        return int(variables[node.name.value])
    assert isinstance(node, IntValueNode)
    return int(node.value)


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
            page, size = (_value(arguments[each], request["variables"]) for each in ("page", "size"))
            pieces += [b"," if pieces else b'{"data":{', json.dumps(name).encode(), b":"]
            pieces += self.server.pages.result(page, size)
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
