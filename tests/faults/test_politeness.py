"""What a read spares the service: pages that may not exist are asked once, and a pause is kept by all."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from retarus_pandas.errors import TransportError
from support.asking import GOOD, PATIENT, connected, post
from support.replies import status
from support.servers import API, FaultyServer

DOCUMENT = "{ faxOutUdrReport { content { faxId attemptSeqNo keyTimestamp } } }"


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
