"""Which faults are tried again, how often, and after how long."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import ConnectionFailedError, DeadlineError, ServiceError, TransportError
from retarus_pandas.http.answers import json_object
from retarus_pandas.http.connection import Connection
from retarus_pandas.http.retry import RetryPolicy, requested_pause
from retarus_pandas.values import Endpoints
from support.asking import BODY, GOOD, connected, failure, post
from support.replies import FAULTS, Reply, answer, html, status
from support.servers import API, DEAD_PORT, TOKEN, FaultyServer


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
    address = f"http://127.0.0.1:{DEAD_PORT}/"
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
def test_any_header_is_tolerated(value: str, now: datetime) -> None:
    for name in ("Retry-After", "RateLimit-Reset", "X-RateLimit-Reset"):
        seconds = requested_pause({name: value}, now)
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
    assert requested_pause({} if value is None else {"Retry-After": value}, NOW) == seconds


@pytest.mark.parametrize("name", ["RateLimit-Reset", "X-RateLimit-Reset"])
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("999999", 60),
        (str(int(NOW.timestamp()) + 20), 20),
        (str(int(NOW.timestamp() * 1000) + 20_500), 20.5),
        (str(int(NOW.timestamp()) - 20), 0),
        ("soon", None),
    ],
)
def test_a_reset_is_seconds_or_an_instant(name: str, value: str, seconds: float | None) -> None:
    assert requested_pause({name: value}, NOW) == seconds


def test_retry_after_goes_before_a_reset() -> None:
    assert requested_pause({"Retry-After": "3", "RateLimit-Reset": "9"}, NOW) == 3
    assert requested_pause({"Retry-After": "later", "X-RateLimit-Reset": "9"}, NOW) == 9


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


BUSY: dict[str, Reply] = {
    "429": status(429),
    "429 with a reset": status(429, X_RateLimit_Reset="0"),
    "503": status(503),
    "502": html(502),
    **{str(code): status(code) for code in (408, 425, 504, 520, 522, 524, 529)},
    **{
        code: answer({"errors": [{"message": "m", "extensions": {"classification": code}}], "data": {"report": None}})
        for code in ("THROTTLED", "TIMEOUT", "UNAVAILABLE")
    },
    "a code": answer({"errors": [{"message": "m", "extensions": {"code": "SERVICE_UNAVAILABLE"}}]}, 400),
}
# The service, and not the request, is at fault, but it may well be so for ever.
STUMBLING: dict[str, Reply] = {
    "500": status(500),
    "INTERNAL_ERROR": answer({"errors": [{"message": "m", "extensions": {"classification": "INTERNAL_ERROR"}}]}),
    "INTERNAL_SERVER_ERROR": answer({"errors": [{"message": "m", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}),
    "a damaged answer": answer(b'{"data": {"re'),
}
AT_FAULT: dict[str, Reply] = {
    "400": status(400),
    "no code": answer({"errors": [{"message": "m"}], "data": {"report": None}}),
    "validation": answer({"errors": [{"message": "m", "extensions": {"classification": "ValidationError"}}]}),
    "one of two": answer({"errors": [{"message": "m", "extensions": {"code": "TIMEOUT"}}, {"message": "m"}]}),
    "with data": answer({"errors": [{"extensions": {"code": "TIMEOUT"}}], "data": {"report": 1}}),
}


@pytest.mark.parametrize("fault", BUSY)
def test_a_busy_service_is_asked_as_long_as_there_is_time(server: FaultyServer, fault: str) -> None:
    """However many tries that takes."""
    server.api(*[BUSY[fault]] * 12)
    with connected(server.endpoints, tries=None, first_pause=0.0) as connection:
        assert post(connection) == GOOD
    assert len(server.asked(API)) == 13


@pytest.mark.parametrize("fault", STUMBLING)
def test_a_service_that_stumbles_gets_a_few_tries(server: FaultyServer, fault: str) -> None:
    server.api(*[STUMBLING[fault]] * 4)
    with connected(server.endpoints, tries=None, first_pause=0.0) as connection:
        assert post(connection) == GOOD
        server.always(API, STUMBLING[fault])
        assert "Tried 5 times." in str(failure(connection))


@pytest.mark.parametrize("fault", AT_FAULT)
def test_a_request_that_is_at_fault_is_not_made_again(server: FaultyServer, fault: str) -> None:
    server.always(API, AT_FAULT[fault])
    with connected(server.endpoints, tries=None) as connection:
        failure(connection)
    assert len(server.asked(API)) == 1


def test_a_busy_token_endpoint_is_asked_as_long_as_there_is_time(server: FaultyServer) -> None:
    server.token(*[status(502)] * 12)
    with connected(server.endpoints, tries=None, first_pause=0.0) as connection:
        assert post(connection) == GOOD


def test_time_that_is_over_is_an_error_with_the_number_of_tries(server: FaultyServer) -> None:
    server.always(API, status(503))
    with connected(server.endpoints, tries=None, timeout=0.5) as connection:
        error = failure(connection)
    # On a busy machine the time may be over before the last answer is there.
    assert isinstance(error, ServiceError | DeadlineError)
    assert "Tried " in str(error)
    assert len(server.asked(API)) > 2


def test_a_host_that_never_answered_is_not_waited_for_long() -> None:
    """Its address is more likely misspelt than the network down."""
    address = f"http://127.0.0.1:{DEAD_PORT}/"
    with connected(Endpoints(address, address), tries=None) as connection:
        assert "Tried 5 times." in str(failure(connection))


def test_a_long_wait_is_told_before_it_begins(server: FaultyServer, connection: Connection) -> None:
    """With its reason; a short one is not worth a word."""
    told: list[tuple[float, str]] = []
    stop = threading.Event()

    def on_wait(seconds: float, reason: str) -> None:
        told.append((seconds, reason))
        stop.set()

    server.api(status(503, Retry_After="1"), status(429, Retry_After="30"))
    with pytest.raises(TransportError, match="stopped"):
        connection.post(BODY, json_object, on_wait=on_wait, stop=stop)
    ((seconds, reason),) = told
    assert 28 < seconds <= 30
    assert "429" in reason
