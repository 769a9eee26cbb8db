"""A read of thousands of pages: whole, and with nothing left of it."""

from __future__ import annotations

import json
import os
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import retarus_pandas as rt
from support.trials import leftovers

PAGES = 10_000 if "RETARUS_LONG_TESTS" in os.environ else 1_000
DOCUMENT = "{ faxOutUdrReport { content { faxId attemptSeqNo keyTimestamp } } }"
TOKEN = b'{"access_token": "good", "expires_in": 3600}'
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
PAGE = re.compile(r"page: (\d+)")
AT = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)


class Pages(socketserver.StreamRequestHandler):
    """One row a page, and no more work for it than needs be."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        while head := self._head():
            body = self.rfile.read(int(LENGTH.findall(head)[0]))
            made = (
                b'{"access_token": "good", "expires_in": 3600}' if b"/token" in head else self._page(json.loads(body))
            )
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(made), made))

    def _head(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()).strip():
            lines.append(line)
        return b"".join(lines)

    def _page(self, asked: dict[str, Any]) -> bytes:
        page = int(PAGE.findall(asked["query"])[0])
        at = f"{AT + timedelta(seconds=page):%Y-%m-%dT%H:%M:%SZ}"
        row = {"faxId": f"fax-{page}", "attemptSeqNo": 1, "keyTimestamp": at}
        result = {"content": [row], "pageIndex": page, "hasMoreElements": page + 1 < PAGES}
        return json.dumps({"data": {"faxOutUdrReport": result}}).encode()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


@contextmanager
def serving() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_thousands_of_pages_are_one_whole_frame() -> None:
    """1,000 of them; with `RETARUS_LONG_TESTS=1` it is 10,000."""
    with (
        leftovers(),
        serving() as url,
        rt.Session("99999", "client", "secret", api_url=url, token_url=f"{url}/token") as session,
    ):
        frame = rt.read_retarus(DOCUMENT, last="30D", page_size=1, concurrency=8, progress=False, session=session)
    assert list(frame["faxId"]) == [f"fax-{page}" for page in range(PAGES)]
    assert frame["keyTimestamp"].is_monotonic_increasing
