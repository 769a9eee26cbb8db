"""The sandbox starts, counts, stops, and tells no secret."""

from __future__ import annotations

import gzip
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout, suppress
from datetime import datetime
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from retarus_pandas.errors import InputError
from retarus_pandas.sandbox import Sandbox, serve


def test_it_serves_on_loopback_only() -> None:
    with Sandbox(10) as box:
        for url in (box.api_url, box.token_url):
            assert urlsplit(url).hostname == "127.0.0.1"


def test_it_leaves_neither_thread_nor_socket_behind() -> None:
    """Though a client keeps its connection and another is waiting for an answer."""
    threads = set(threading.enumerate())
    with socket.socket() as idle, Sandbox(10, latency=60) as box:
        address = urlsplit(box.api_url)
        idle.connect((address.hostname, address.port))
        idle.settimeout(10)
        waiting = threading.Thread(target=lambda: _ask_quietly(box))
        waiting.start()
        _until(lambda: box.requests.api == 1)
        before = time.monotonic()
        box.stop()
        assert time.monotonic() - before < 30
        assert idle.recv(1) == b""
        waiting.join()
    assert set(threading.enumerate()) <= threads
    with pytest.raises(ConnectionRefusedError), socket.socket() as late:
        late.connect((address.hostname, address.port))


def _ask_quietly(box: Sandbox) -> None:
    form = {"grant_type": "client_credentials", "scope": "openid", "client_id": box.client_id}
    token = requests.post(box.token_url, data=form | {"client_secret": box.client_secret}, timeout=30).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    with suppress(requests.RequestException):
        requests.post(box.api_url, json={"query": "{ __typename }"}, headers=headers, timeout=30)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_can_be_started_and_stopped_twice() -> None:
    box = Sandbox(10)
    assert box.start() is box.start()
    first = box.api_url
    box.stop()
    box.stop()
    with pytest.raises(InputError, match="not running"):
        _ = box.api_url
    with box:
        assert box.api_url != first


def test_its_repr_tells_no_secret() -> None:
    box = Sandbox(10)
    assert repr(box) == "<Sandbox stopped, customer 99999>"
    with box:
        assert box.client_secret not in repr(box)
        assert "http://127.0.0.1:" in repr(box)


def test_a_clock_without_a_zone_and_an_unknown_report_are_refused() -> None:
    with pytest.raises(InputError, match="time zone"):
        Sandbox(now=datetime(2026, 1, 1))
    with pytest.raises(InputError, match="'faxReport'; the reports are: faxInUdrReport"):
        Sandbox({"faxReport": 1})


def test_requests_are_counted(started: Callable[..., Any]) -> None:
    client = started()
    client.report("page: 2 size: 7")
    client.post("{ nothing }")
    client.report("size: 20000")
    seen = client.box.requests
    assert (seen.tokens, seen.api, seen.most_in_flight) == (1, 3, 1)
    window = ("2026-10-07T15:30:12.345Z", "2026-11-20T15:30:12.345Z")
    assert seen.pages == [("faxOutUdrReport", 2, 7, window)]
    seen.clear()
    assert (seen.tokens, seen.api, seen.most_in_flight, seen.pages) == (0, 0, 0, [])


def test_requests_in_flight_are_counted(started: Callable[..., Any]) -> None:
    client = started(latency=0.3)
    client.sign_in()
    with ThreadPoolExecutor(3) as pool:
        for reply in pool.map(lambda _: client.post("{ __typename }"), range(3)):
            assert reply.status_code == 200
    assert client.box.requests.most_in_flight == 3


def test_a_connection_is_kept(started: Callable[..., Any]) -> None:
    """Refusals and unknown paths do not end it."""
    client = started()
    address = client.box.api_url.rpartition("/stable")[0]
    assert client.http.get(client.box.api_url, timeout=30).status_code == 405
    assert client.http.post(address, timeout=30).status_code == 404
    assert client.http.post(client.box.api_url, data="x", timeout=30).status_code == 401
    client.report("")
    pools = client.http.get_adapter(address).poolmanager.pools
    [pool] = [pools[key] for key in pools.keys()]  # noqa: SIM118 - it is no mapping
    assert (pool.num_connections, pool.num_requests) == (1, 5)


def test_a_body_without_a_length_is_refused(started: Callable[..., Any]) -> None:
    client = started()
    assert client.http.post(client.box.api_url, data=iter([b"{}"]), timeout=30).status_code == 411


def test_a_body_beyond_bounds_is_refused(started: Callable[..., Any]) -> None:
    address = urlsplit(started().box.api_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as raw:
        raw.sendall(f"POST {address.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_goes_away_is_no_error(started: Callable[..., Any], capfd: pytest.CaptureFixture[str]) -> None:
    client = started({"faxOutUdrReport": 20_000}, byte_rate=100_000)
    client.sign_in()
    address = urlsplit(client.box.api_url)
    body = (
        '{"query": "{ faxOutUdrReport(customerId: \\"99999\\", size: 5000, datePeriod: '
        '{fromIncluded: \\"2026-10-20T00:00:00Z\\", toExcluded: \\"2026-11-20T00:00:00Z\\"}) { content { faxId } } }"}'
    )
    with socket.create_connection((address.hostname, address.port), timeout=10) as raw:
        raw.sendall(
            f"POST {address.path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        assert raw.recv(100).startswith(b"HTTP/1.1 200 ")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.box.stop()
    assert capfd.readouterr() == ("", "")


def test_answers_can_be_slow(started: Callable[..., Any]) -> None:
    fast, slow = started(), started(byte_rate=200_000)
    assert fast.report("size: 100", "faxId jobId accountId") == slow.report("size: 100", "faxId jobId accountId")


def test_answers_are_compressed_if_wanted(started: Callable[..., Any]) -> None:
    client = started(compressed=True)
    client.sign_in()
    ask = {"json": {"query": "{ __typename }"}, "stream": True, "timeout": 30}
    for accepted in ("gzip", "identity"):
        headers = {"Authorization": f"Bearer {client.token}", "Accept-Encoding": accepted}
        reply = client.http.post(client.box.api_url, headers=headers, **ask)
        body = reply.raw.read(decode_content=False)
        assert (reply.headers.get("Content-Encoding") == "gzip") == (accepted == "gzip")
        text = gzip.decompress(body) if accepted == "gzip" else body
        assert text == b'{"data":{"__typename":"Query"}}'


@pytest.fixture(params=[True, False], ids=["interrupted", "restarted"])
def _system_calls(request: pytest.FixtureRequest) -> Iterator[None]:
    """What Ctrl-C does to them: by default, and where a library such as polars was loaded."""
    signal.siginterrupt(signal.SIGINT, request.param)
    yield
    signal.siginterrupt(signal.SIGINT, True)


@pytest.mark.usefixtures("_system_calls")
def test_served_until_ctrl_c_it_says_how_to_sign_in() -> None:
    """What is printed can be given to a shell, and leads to the token endpoint."""
    output, replies = StringIO(), []

    def use_and_interrupt() -> None:
        try:
            _until(lambda: "Ctrl-C" in output.getvalue())
            replies.append(_token_by(output.getvalue()))
        finally:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    user = threading.Thread(target=use_and_interrupt)
    user.start()
    box = Sandbox(5)
    with redirect_stdout(output):
        serve(box)
    user.join()
    assert [reply.status_code for reply in replies] == [200]
    assert "stopped" in repr(box)


def _token_by(exports: str) -> requests.Response:
    names = ("RETARUS_TOKEN_URL", "RETARUS_CLIENT_ID", "RETARUS_CLIENT_SECRET")
    shell = exports + "".join(f'echo "${name}"\n' for name in names)
    said = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)
    url, client_id, secret = said.stdout.splitlines()
    form = {"grant_type": "client_credentials", "scope": "openid", "client_id": client_id, "client_secret": secret}
    return requests.post(url, data=form, timeout=30)
