"""What a read spares the service: pages that may not exist are asked once, and a pause is kept by all."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import TransportError
from support.asking import GOOD, PATIENT, connected, post
from support.replies import Reply, answer, html, reset, stall, status
from support.servers import API, FaultyServer, Request
from support.trials import leftovers, sign_in

DOCUMENT = "{ faxOutUdrReport { content { faxId attemptSeqNo keyTimestamp } } }"


class Paged(FaultyServer):
    """One window of two pages; the second is held back until one behind it was asked."""

    def __init__(self, behind: Reply) -> None:
        super().__init__()
        self._behind = behind
        self._asked_behind = threading.Event()
        self.pages: list[int] = []

    def next_answer(self, request: Request) -> Reply:
        if request.path != API:
            return super().next_answer(request)
        page, size = (request.asked[name] for name in ("page", "size"))
        with self._lock:
            self.requests.append(request)
            if size > 1:
                self.pages.append(page)
        if page > 1 and size > 1:
            self._asked_behind.set()
            return self._behind
        return self._held if page == 1 and size > 1 else answer(self._content(page, size))

    def _held(self, exchange: Any) -> None:
        assert self._asked_behind.wait(PATIENT)
        answer(self._content(1, 2))(exchange)

    def _content(self, page: int, size: int) -> dict[str, Any]:
        day = datetime.now(UTC) - timedelta(days=20)
        content = [
            {"faxId": f"fax-{number}", "attemptSeqNo": 1, "keyTimestamp": f"{day:%Y-%m-%d}T00:0{number}:00Z"}
            for number in range(page * size, (page + 1) * size)
        ]
        more = (page + 1) * size < 4
        return {"data": {"faxOutUdrReport": {"content": content, "pageIndex": page, "hasMoreElements": more}}}


REFUSALS = {
    "503": status(503),
    "429": status(429, Retry_After="0"),
    "401": status(401),
    "reset": reset(),
    "HTML": html(),
    "silence": stall(),
    "GraphQL error": answer({"errors": [{"message": "page out of range"}]}),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_page_asked_on_the_chance_is_asked_once_and_its_failure_is_not_told(refusal: str) -> None:
    with leftovers(), Paged(REFUSALS[refusal]) as service, sign_in(service) as session:
        frame = rt.read_retarus(DOCUMENT, last="30D", page_size=2, concurrency=4, session=session)
        asked = Counter(service.pages)
    assert list(frame["faxId"]) == ["fax-0", "fax-1", "fax-2", "fax-3"]
    assert asked[2] == 1
    assert set(asked.values()) == {1}


def test_a_pause_keeps_back_all_requests_of_the_session_and_of_no_other() -> None:
    """While it is on, which is until the end of the test, nobody of the session asks."""
    with (
        FaultyServer() as server,
        connected(server.endpoints, timeout=300) as connection,
        ThreadPoolExecutor(8) as threads,
    ):
        assert post(connection) == GOOD
        server.api(status(429, Retry_After="55"))
        # One at a time, for of several that are in flight only one is told of the pause.
        waiting = [threads.submit(post, connection, limit=1) for _ in range(8)]
        while len(server.asked(API)) < 2:
            time.sleep(0.001)
        with connected(server.endpoints) as another:
            assert post(another) == GOOD
        time.sleep(0.3)
        connection.abort()
        for asking in waiting:
            assert isinstance(asking.exception(timeout=PATIENT), TransportError)
        assert len(server.asked(API)) == 3
