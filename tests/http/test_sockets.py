"""A stop ends a request at once, whatever it waits for."""

from __future__ import annotations

import re
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from retarus_pandas.errors import TransportError
from retarus_pandas.http.connection import Connection
from retarus_pandas.values import Endpoints
from support.asking import GOOD, PATIENT, connected, failure, post, stopped
from support.replies import HEAD, Reply, after, answer, stall, status, trickle
from support.servers import API, TOKEN, FaultyServer, Proxy

STALLS: dict[str, Reply] = {
    "before headers": stall(),
    "in headers": stall(b"HTTP/1.1 200 OK\r\nConte"),
    "in body": stall(HEAD % 100 + b'{"data'),
    "in a body without length": stall(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"data'),
    "in a chunk": stall(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"data'),
    "in a trickle": trickle(HEAD % 5000 + b" " * 5000, 0.01),
    "in HTTP/1.0": stall(b'HTTP/1.0 200 OK\r\n\r\n{"data'),
}


@pytest.mark.parametrize("where", STALLS)
@pytest.mark.parametrize("path", [API, TOKEN])
def test_a_stop_ends_a_silent_request(server: FaultyServer, connection: Connection, where: str, path: str) -> None:
    """Long before its timeout, with no thread and no socket of it left, and the connection still works."""
    server._scripts[path].append(STALLS[where])
    stop = threading.Event()
    error = stopped(server, connection, stop.set, stop=stop)
    assert type(error) is TransportError
    assert "stopped" in str(error)
    assert not [thread for thread in threading.enumerate() if thread.name == "retarus-watch"]
    assert post(connection) == GOOD


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("where", STALLS)
def test_a_stop_ends_a_silent_request_inside_tls(secure_server: FaultyServer, where: str) -> None:
    secure_server.api(STALLS[where])
    stop = threading.Event()
    with connected(secure_server.endpoints) as connection:
        assert type(stopped(secure_server, connection, stop.set, stop=stop)) is TransportError


@pytest.mark.usefixtures("trusted")
def test_a_stop_ends_a_silent_request_through_a_proxy(
    proxied_server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxied_server.api(STALLS["in body"])
    stop = threading.Event()
    with Proxy() as proxy, connected(proxied_server.endpoints) as connection:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert type(stopped(proxied_server, connection, stop.set, stop=stop)) is TransportError


def test_a_stop_ends_a_silent_tls_handshake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"https://127.0.0.1:{deaf.getsockname()[1]}/"
        stop = threading.Event()
        with (
            connected(Endpoints(address, address), connect_timeout=PATIENT, read_timeout=PATIENT) as connection,
            ThreadPoolExecutor(1) as threads,
        ):
            asked = threads.submit(post, connection, stop=stop)
            accepted, _ = deaf.accept()
            with accepted:
                accepted.recv(1)
                stop.set()
                assert type(asked.exception(timeout=PATIENT / 3)) is TransportError


def test_a_stop_ends_a_pause(server: FaultyServer, connection: Connection) -> None:
    server.always(API, status(429, Retry_After="50"))
    stop = threading.Event()
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(post, connection, stop=stop) for _ in range(2)]
        while not server.asked(API):
            time.sleep(0.005)
        stop.set()
        assert {type(one.exception(timeout=PATIENT / 3)) for one in asked} == {TransportError}


def test_a_stop_ends_a_back_off(server: FaultyServer) -> None:
    server.always(API, status(500))
    stop = threading.Event()
    with connected(server.endpoints, first_pause=50) as connection, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(post, connection, stop=stop)
        while not server.asked(API):
            time.sleep(0.005)
        stop.set()
        assert type(asked.exception(timeout=PATIENT / 3)) is TransportError


def test_a_stop_that_was_set_before_sends_nothing(server: FaultyServer, connection: Connection) -> None:
    stop = threading.Event()
    stop.set()
    assert type(failure(connection, stop=stop)) is TransportError
    assert server.requests == []


def test_a_stop_ends_only_the_requests_it_was_given_to(server: FaultyServer, connection: Connection) -> None:
    post(connection)
    server.api(after(0.4, answer(GOOD)))
    with ThreadPoolExecutor(1) as threads:
        other = threads.submit(post, connection)
        while len(server.asked(API)) < 2:
            time.sleep(0.005)
        server.api(stall())
        stop = threading.Event()
        assert type(stopped(server, connection, stop.set, stop=stop)) is TransportError
        assert other.result() == GOOD


def _is_connecting(port: int) -> bool:
    """Whether a connection to this port was asked for, and the other side has not said anything yet."""
    begun = re.compile(rf"^ *\d+: \S+ \w+:{port:04X} 02 ", re.MULTILINE)
    return begun.search(Path("/proc/net/tcp").read_text()) is not None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue does not keep a connection waiting")
def test_a_stop_while_the_connection_is_made_sends_nothing() -> None:
    """What the system is busy with cannot be cut; once it is done, the request ends before its first byte."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        full.settimeout(PATIENT)
        address = f"http://127.0.0.1:{full.getsockname()[1]}/"
        stop = threading.Event()
        with (
            socket.create_connection(full.getsockname()),
            connected(Endpoints(address, address), connect_timeout=PATIENT) as connection,
            ThreadPoolExecutor(1) as threads,
        ):
            asked = threads.submit(post, connection, stop=stop)
            while not _is_connecting(full.getsockname()[1]):
                time.sleep(0.005)
            stop.set()
            time.sleep(0.2)
            (first, _), (ours, _) = full.accept(), full.accept()
            with first, ours:
                assert ours.recv(100) == b""
            assert type(asked.exception(timeout=PATIENT)) is TransportError
