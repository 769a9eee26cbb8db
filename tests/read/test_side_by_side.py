"""Many threads and several customers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest

import retarus_pandas as rt
from retarus_pandas.errors import SessionClosedError
from retarus_pandas.sandbox import Sandbox
from support.replies import answer
from support.report_service import PAGE_SIZE, ReportService
from support.servers import API, TOKEN, Request
from support.trials import difference, read_all, sign_in

THREADS = 32


def at_once(act: Callable[[int], Any], count: int = THREADS) -> list[Any]:
    """What the act returns for each number, all begun together."""
    start = threading.Barrier(count)

    def begin(number: int) -> Any:
        start.wait(60)
        return act(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(begin, range(count)))


@pytest.mark.parametrize("concurrency", [1, 3])
def test_threads_share_a_session(concurrency: int) -> None:
    """Every frame is right, one token serves all, and no more requests are under way than one read may have."""
    with ReportService() as service, sign_in(service) as session:
        frames = at_once(lambda number: read_all(service, session, concurrency=concurrency))
        whole = service.whole()
    assert [difference(frame, whole) for frame in frames] == [""] * THREADS
    assert service.most_in_flight <= concurrency
    assert len(service.asked(TOKEN)) == 1


def test_threads_of_one_session_read_different_things() -> None:
    """No answer goes to another thread's read."""
    documents = [
        "{ faxOutUdrReport { faxId docPages keyTimestamp } }",
        "{ smsOutUdrReport { smsId status } }",
        "{ faxInUdrReport { faxId keyTimestamp } }",
    ]
    with Sandbox(rows=300) as box, signed_in_to(box) as session:

        def read(number: int) -> pd.DataFrame:
            frame: pd.DataFrame = rt.read_retarus(
                documents[number % 3], period="yesterday", session=session, page_size=PAGE_SIZE + number % 5
            )
            return frame

        alone = [read(number) for number in range(3)]
        for number, frame in enumerate(at_once(read)):
            pd.testing.assert_frame_equal(frame, alone[number % 3])
    assert all(len(frame) for frame in alone)


def test_a_session_closed_while_threads_read_says_so_to_all() -> None:
    with ReportService() as service, sign_in(service) as session:
        released = threading.Event()

        def read(number: int) -> type[BaseException] | None:
            if number == 0:
                released.wait(60)
                session.close()
                return SessionClosedError
            try:
                for _ in range(1000):
                    read_all(service, session, concurrency=2)
                    released.set()
            except rt.errors.RetarusError as error:
                return type(error)
            return None

        assert set(at_once(read, 8)) == {SessionClosedError}


def signed_in_to(box: Sandbox, customer: str | None = None, secret: str | None = None) -> rt.Session:
    client = f"client-{customer}" if customer else box.client_id
    return rt.Session(
        customer or box.customer_id,
        client,
        secret or box.client_secret,
        api_url=box.api_url,
        token_url=box.token_url,
    )


def test_customers_side_by_side_get_their_own_rows() -> None:
    """Two sessions for one service, each asked by several threads."""
    document = "{ faxOutUdrReport { faxId jobCustomerId keyTimestamp } }"
    with Sandbox(rows=400) as box:
        box.add_customer("4711", "client-4711", "the other secret")
        with signed_in_to(box) as one, signed_in_to(box, "4711", "the other secret") as other:
            sessions = [one, other]

            def read(number: int) -> pd.DataFrame:
                frame: pd.DataFrame = rt.read_retarus(
                    document, period="yesterday", session=sessions[number % 2], page_size=7
                )
                return frame

            alone = [read(0), read(1)]
            frames = at_once(read, 12)
    assert [set(frame["jobCustomerId"]) for frame in alone] == [{one.customer_id}, {"4711"}]
    for number, frame in enumerate(frames):
        pd.testing.assert_frame_equal(frame, alone[number % 2])


def test_sessions_side_by_side_share_neither_tokens_nor_cookies() -> None:
    """Each service gets back only the tokens it issued, and none of the cookies it set."""
    with ReportService() as one, ReportService() as other:
        for name, service in (("one", one), ("other", other)):
            with_cookie = {"Set-Cookie": f"who={name}; Path=/; Domain=127.0.0.1"}
            service.token(answer({"access_token": f"of-{name}", "expires_in": 300}, headers=with_cookie))
            service._issued.add(f"of-{name}")
        with sign_in(one) as first, sign_in(other) as second:
            pairs = [(one, first), (other, second)]
            frames = at_once(lambda number: read_all(*pairs[number % 2]), 12)
            wholes = [one.whole(), other.whole()]
    assert [difference(frame, wholes[number % 2]) for number, frame in enumerate(frames)] == [""] * 12
    assert {request.bearer for request in one.asked(API)} == {"of-one"}
    assert {request.bearer for request in other.asked(API)} == {"of-other"}
    assert not [name for request in requests_of(one, other) for name in request.headers if name.lower() == "cookie"]


def requests_of(*services: ReportService) -> list[Request]:
    return [request for service in services for request in service.requests]
