"""Requests of one session to the API: what is sent, with which token, how many at once, and what is left of them."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from retarus_pandas.errors import AuthenticationError, DeadlineError, InputError, SessionClosedError, TransportError
from retarus_pandas.http.answers import json_object
from retarus_pandas.http.connection import Connection, connect
from support.asking import BODY, CREDENTIALS, GOOD, PATIENT, SECRET, connected, failure, post, stopped
from support.replies import FAULTS, after, answer, html, reset, stall, status
from support.servers import API, TOKEN, FaultyServer


def test_a_request_is_json_with_the_bearer_token(server: FaultyServer, connection: Connection) -> None:
    assert post(connection) == GOOD
    [asked], [fetched] = server.asked(API), server.asked(TOKEN)
    assert asked.json == BODY
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.bearer == "token-1"
    assert asked.headers["User-Agent"].startswith("retarus-pandas")
    assert SECRET in fetched.form.values()
    assert SECRET not in f"{asked}"


def test_connections_are_reused(server: FaultyServer, connection: Connection) -> None:
    for _ in range(5):
        post(connection)
    assert server.connections == 1
    assert len(server.asked(TOKEN)) == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x"])
def test_a_variable_that_json_cannot_carry_is_refused_before_sending(
    server: FaultyServer, connection: Connection, value: Any
) -> None:
    with pytest.raises(InputError, match="variables"):
        connection.post({"query": "{a}", "variables": {"x": value}}, json_object)
    assert server.requests == []


def test_a_revoked_token_costs_one_token_request_however_many_threads_meet_it(
    server: FaultyServer, connection: Connection
) -> None:
    post(connection)
    server.revoke()
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(lambda _: post(connection, limit=16), range(64))) == [GOOD] * 64
    assert len(server.asked(TOKEN)) == 2


def test_a_token_that_is_always_refused_is_an_authentication_error(
    server: FaultyServer, connection: Connection
) -> None:
    server.always(API, status(401, b"who are you"))
    error = failure(connection)
    assert isinstance(error, AuthenticationError)
    assert "who are you" in str(error)
    assert (len(server.asked(API)), len(server.asked(TOKEN))) == (2, 2)


def test_a_speculative_request_is_not_repeated_but_its_token_is_given_up(
    server: FaultyServer, connection: Connection
) -> None:
    post(connection)
    server.revoke()
    assert isinstance(failure(connection, retry=False), AuthenticationError)
    assert post(connection) == GOOD
    assert (len(server.asked(API)), len(server.asked(TOKEN))) == (3, 2)


def test_two_sessions_never_mix_their_tokens(server: FaultyServer) -> None:
    with connected(server.endpoints) as one, connected(server.endpoints) as other, ThreadPoolExecutor(8) as threads:
        for connection in (one, other):
            connection.token()
        list(threads.map(lambda number: post(one if number % 2 else other), range(32)))
    assert len(server.asked(TOKEN)) == 2
    assert {request.bearer for request in server.asked(API)} == {"token-1", "token-2"}


def test_abort_ends_what_is_in_flight_and_nothing_later(server: FaultyServer, connection: Connection) -> None:
    server.api(stall())
    assert type(stopped(server, connection, connection.abort)) is TransportError
    assert post(connection) == GOOD


def test_close_ends_what_is_in_flight_and_refuses_what_is_later(server: FaultyServer, connection: Connection) -> None:
    server.api(stall())
    assert type(stopped(server, connection, connection.close)) is SessionClosedError
    before = len(server.requests)
    assert isinstance(failure(connection), SessionClosedError)
    with pytest.raises(SessionClosedError):
        connection.token()
    assert len(server.requests) == before


@pytest.mark.parametrize("limit", [1, 3])
def test_never_more_than_the_limit_are_in_flight(server: FaultyServer, connection: Connection, limit: int) -> None:
    server.always(API, after(0.01, answer(GOOD)))
    with ThreadPoolExecutor(32) as threads:
        list(threads.map(lambda _: post(connection, limit=limit), range(32)))
    assert server.most_in_flight == limit


def test_a_read_that_asks_singly_is_not_kept_out_by_one_that_asks_in_fours(
    server: FaultyServer, connection: Connection
) -> None:
    server.always(API, after(0.01, answer(GOOD)))
    done = threading.Event()

    def flood() -> None:
        while not done.is_set():
            post(connection, limit=4)

    with ThreadPoolExecutor(8) as threads:
        for _ in range(8):
            threads.submit(flood)
        try:
            with ThreadPoolExecutor(1) as single:
                assert single.submit(post, connection, limit=1).result(timeout=PATIENT) == GOOD
        finally:
            done.set()


def test_a_pause_longer_than_a_request_may_take_is_not_waited_for(server: FaultyServer) -> None:
    """Whoever was told to pause, the next request says at once that it would be too long."""
    with connected(server.endpoints, timeout=5.0) as connection:
        server.api(status(429, Retry_After="60"))
        failure(connection, retry=False)
        error = failure(connection)
    assert isinstance(error, DeadlineError)
    assert "wants a pause of 60 s" in str(error)
    assert len(server.asked(API)) == 1


def test_closing_ends_connections_that_an_error_still_refers_to(server: FaultyServer) -> None:
    """Errors and their frames refer to each other and to the pools, until the garbage collector comes."""
    gc.disable()
    try:
        with connected(server.endpoints) as connection, ThreadPoolExecutor(4) as threads:
            before = server.connections
            server.always(API, after(0.05, answer(GOOD)))
            server.api(reset(), reset(), reset())
            list(threads.map(lambda _: post(connection), range(8)))
            assert server.connections > before
        kept = [
            each
            for each in gc.get_objects()
            if isinstance(each, socket.socket) and each.fileno() >= 0 and _leads_to(each, server)
        ]
    finally:
        gc.enable()
    assert kept == []


def _leads_to(one: socket.socket, server: FaultyServer) -> bool:
    if one.family is not socket.AF_INET:
        return False
    with suppress(OSError):
        return bool(server.url.endswith(f":{one.getpeername()[1]}"))
    return False


def test_a_failed_request_gives_its_place_back(server: FaultyServer, connection: Connection) -> None:
    for reply in (reset(), html(), status(404), answer({"errors": [{}]})):
        server.api(reply)
        failure(connection, retry=False, limit=1)
    assert post(connection, limit=1) == GOOD


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not list open descriptors")
def test_no_socket_is_left(server: FaultyServer) -> None:
    with connected(server.endpoints) as connection:
        post(connection)
        kept = open_descriptors()
        for reply in [reply for reply, _ in FAULTS.values()] * 2:
            server.api(reply)
            failure(connection, retry=False)
        post(connection)
        end = time.monotonic() + PATIENT
        while open_descriptors() > kept and time.monotonic() < end:
            time.sleep(0.05)
        assert open_descriptors() <= kept


def test_a_connection_that_is_forgotten_warns_of_nothing(server: FaultyServer) -> None:
    """A notebook replaces its session without closing it; warnings are errors here."""
    connection = connect(CREDENTIALS, server.endpoints)
    post(connection)
    del connection
    gc.collect()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_uses_its_own_connections(server: FaultyServer, connection: Connection) -> None:
    """Two processes on one connection would read each other's answers."""
    post(connection)
    before = server.connections
    child = os.fork()
    if child == 0:
        try:
            post(connection)
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert server.connections == before + 1
    post(connection)
    assert server.connections == before + 1
    assert len(server.asked(TOKEN)) == 1


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_pickled_or_copied(connection: Connection, act: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="sign in"):
        act(connection)
