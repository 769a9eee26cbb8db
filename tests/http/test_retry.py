"""Which faults are tried again, how often, and after how long."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import ConnectionFailedError, ServiceError
from retarus_pandas.http.connection import Connection
from retarus_pandas.http.retry import RetryPolicy, retry_after
from retarus_pandas.values import Endpoints
from support.asking import GOOD, connected, failure, post
from support.replies import FAULTS, answer, status
from support.servers import API, TOKEN, FaultyServer, free_port


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_is_not_noticed(server: FaultyServer, connection: Connection, fault: str) -> None:
    reply, _ = FAULTS[fault]
    server.api(reply, reply)
    assert post(connection) == GOOD
    assert len(server.asked(API)) == 3
    assert len(server.asked(TOKEN)) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_stays_is_one_clear_error(server: FaultyServer, connection: Connection, fault: str) -> None:
    reply, kind = FAULTS[fault]
    server.always(API, reply)
    error = failure(connection)
    assert isinstance(error, kind)
    assert "Tried 5 times." in str(error)
    assert len(str(error)) < 500
    assert len(server.asked(API)) == 5


@pytest.mark.parametrize("fault", FAULTS)
def test_without_retry_there_is_one_request(server: FaultyServer, connection: Connection, fault: str) -> None:
    server.api(FAULTS[fault][0])
    assert "Tried" not in str(failure(connection, retry=False))
    assert len(server.asked(API)) == 1


def test_a_pair_of_faults_is_survived(server: FaultyServer, connection: Connection) -> None:
    """Every fault of the list after every other would take long; each follows its neighbour."""
    replies = [reply for reply, _ in FAULTS.values()]
    for one, other in zip(replies, replies[1:] + replies[:1], strict=True):
        server.api(one, other)
        assert post(connection) == GOOD


def test_nobody_listening_is_tried_again_and_told() -> None:
    address = f"http://127.0.0.1:{free_port()}/"
    with connected(Endpoints(address, address)) as connection:
        error = failure(connection)
    assert isinstance(error, ConnectionFailedError)
    assert "127.0.0.1 refuses connections. Tried 5 times." in str(error)


def test_a_host_without_an_address_is_told() -> None:
    with connected(Endpoints("https://api.invalid/", "https://auth.invalid/")) as connection:
        error = failure(connection)
    assert isinstance(error, ConnectionFailedError)
    assert "auth.invalid" in str(error)


def test_the_tries_of_the_token_are_not_multiplied(server: FaultyServer, connection: Connection) -> None:
    server.always(TOKEN, status(503))
    assert isinstance(failure(connection), ServiceError)
    assert len(server.asked(TOKEN)) == 5
    assert server.asked(API) == []


@given(st.text(), st.datetimes(timezones=st.just(UTC)))
def test_any_retry_after_is_tolerated(value: str, now: datetime) -> None:
    seconds = retry_after(value, now)
    assert seconds is None or 0 <= seconds <= 60


NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 0.5 ", 0.5),
        ("999999", 60),
        ("9" * 500, None),
        (format_datetime(NOW + timedelta(seconds=20), usegmt=True), 20),
        (format_datetime(NOW + timedelta(days=20), usegmt=True), 60),
        (format_datetime(NOW - timedelta(days=20), usegmt=True), 0),
        ("Thu, 01 Oct 2026 12:00:20 -0000", 20),
        ("Thu, 99 Oct 2026 12:00:20 GMT", None),
        ("-5", None),
        ("nan", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.integers(1, 1000), st.floats(0, 1))
def test_pauses_grow_and_end(tried: int, chance: float) -> None:
    policy = RetryPolicy()
    assert 0.25 <= policy.pause(tried, chance) <= 30
    assert policy.pause(tried, chance) <= policy.pause(tried + 1, chance)


def test_a_429_slows_all_requests_of_the_connection(server: FaultyServer, connection: Connection) -> None:
    """Also those that did not meet it."""
    arrived: list[float] = []

    def note(exchange: Any) -> None:
        arrived.append(time.monotonic())
        answer(GOOD)(exchange)

    post(connection)
    server.always(API, note)
    server.api(status(429, Retry_After="1"))
    refused = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(post, connection, limit=1) for _ in range(4)]
        assert [future.result() for future in waiting] == [GOOD] * 4
    assert min(arrived) - refused >= 1


def test_a_pause_longer_than_the_deadline_is_not_waited_for(server: FaultyServer) -> None:
    server.api(status(429, Retry_After="3600"))
    with connected(server.endpoints, timeout=10) as connection:
        error = failure(connection)
    assert isinstance(error, ServiceError)
    assert error.status == 429
