"""One request over real sockets: to which addresses, through which proxies, trusting whom, and for how long."""

from __future__ import annotations

import gc
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path

import certifi
import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from retarus_pandas.errors import ConnectionFailedError, DeadlineError, InputError, TransportError
from retarus_pandas.http.auth import Bearer
from retarus_pandas.http.connection import Connection, connect
from retarus_pandas.http.stopping import Stop
from retarus_pandas.http.translate import translate
from retarus_pandas.http.transport import Transport
from retarus_pandas.values import Endpoints, Secret, Token
from support.asking import BODY, CREDENTIALS, GOOD, SECRET, connected, failure, post
from support.replies import HEAD, Reply, answer, chunked, closed, stall, trickle
from support.servers import API, DEAD_PORT, FaultyServer, Proxy
from support.trying import ONE_FIXTURE


@pytest.mark.parametrize(
    "address",
    [
        "http://api.retarus.com/x",
        "http://10.0.0.1/",
        "http://localhost.example.com/",
        "http://127.0.0.1.nip.io/",
        "ftp://localhost/",
        "localhost/api",
        "//localhost/",
        "https://",
        "https://[::1",
        "https://host:port/",
        "https://user:canary@host/",
        "",
    ],
)
def test_only_https_or_this_machine_is_asked(address: str) -> None:
    """The address is refused before anything is sent to either endpoint, and a password in it is not shown."""
    for endpoints in (
        Endpoints(address, "https://localhost/token"),
        Endpoints("https://localhost/api", address),
    ):
        with pytest.raises(InputError) as caught:
            connect(CREDENTIALS, endpoints)
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize("address", ["http://localhost:1/", "http://127.8.9.1:1/", "http://[::1]:1/", "HTTPS://Host/"])
def test_this_machine_may_be_asked_without_tls(address: str) -> None:
    connect(CREDENTIALS, Endpoints(address, address)).close()


def test_no_cookies_are_kept(server: FaultyServer, connection: Connection) -> None:
    cookie = {"Set-Cookie": "id=1; Path=/"}
    server.token(answer({"access_token": "t", "expires_in": 300}, headers=cookie))
    server.always(API, answer(GOOD, headers=cookie))
    post(connection)
    post(connection)
    assert not any("Cookie" in request.headers for request in server.requests)


@pytest.mark.parametrize("entry", ["default", "machine 127.0.0.1"])
@pytest.mark.parametrize("variable", ["NETRC", "HOME"])
def test_netrc_does_not_replace_the_token(
    server: FaultyServer,
    connection: Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    entry: str,
    variable: str,
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"{entry} login somebody password of-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv(variable, str(netrc if variable == "NETRC" else tmp_path))
    post(connection)
    assert not [request for request in server.requests if b"netrc" in request.body]
    assert [request.headers.get("Authorization") for request in server.requests] == [None, "Bearer token-1"]


@pytest.mark.parametrize(
    "reply",
    [
        answer(GOOD, zipped=True),
        answer(zlib.compress(json.dumps(GOOD).encode()), headers={"Content-Encoding": "deflate"}),
        closed(b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps(GOOD).encode()),
        chunked(json.dumps(GOOD).encode(), 5),
        answer(b"\r\n \t" + json.dumps(GOOD).encode()),
        answer(GOOD, 203),
        answer(GOOD, headers={"Content-Type": "text/html"}),
    ],
    ids=["gzip", "deflate", "HTTP/1.0", "chunked", "blanks", "203", "wrong type"],
)
def test_a_body_is_understood_however_it_is_sent(server: FaultyServer, connection: Connection, reply: Reply) -> None:
    server.api(reply)
    assert post(connection) == GOOD
    assert len(server.asked(API)) == 1


HEADS = st.sampled_from(
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 500 No\r\nRetry-After: ",
        b"HTTP/1.1 301 Moved\r\nLocation: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: ",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate, ",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: ",
        b'HTTP/1.1 400 No\r\n\r\n{"errors": [',
    ]
)


RESTS = st.binary(max_size=60) | st.text('0123456789abcdef \r\n:/{[]",', max_size=60).map(str.encode)


@given(head=HEADS, rest=RESTS.filter(lambda rest: b"}" not in rest))
@settings(suppress_health_check=ONE_FIXTURE, max_examples=150)
def test_whatever_is_answered_is_an_error_of_ours(
    server: FaultyServer, connection: Connection, head: bytes, rest: bytes
) -> None:
    server.api(closed(head + rest))
    assert str(failure(connection, retry=False))


def test_a_failure_nobody_thought_of_is_told_by_its_type_only() -> None:
    error = translate(LookupError("canary"), "host", 1, 1)
    assert isinstance(error, TransportError)
    assert str(error) == "The request to host failed unexpectedly (LookupError)."


def test_a_body_that_unpacks_without_end_is_refused(server: FaultyServer) -> None:
    bomb = answer(b" " * 50_000_000, zipped=True)
    huge = closed(HEAD % 10**15 + b"{")
    nobody = Bearer(Token(Secret("x"), 1, 1, 1))
    for reply in (bomb, huge):
        server.api(reply)
        transport = Transport(connect_timeout=2, read_timeout=10, largest=1_000_000)
        with pytest.raises(TransportError):
            transport.exchange(server.endpoints.api_url, b"{}", auth=nobody, stop=Stop(threading.Event()), seconds=20)
        transport.close()


@pytest.mark.parametrize("zipped", [False, True])
def test_a_large_body_arrives_whole(server: FaultyServer, connection: Connection, zipped: bool) -> None:
    big = json.dumps({"data": os.urandom(3_000_000).hex()}).encode()
    server.api(answer(big, zipped=zipped))
    assert connection.post(BODY, lambda body, _: body) == big


@pytest.mark.usefixtures("trusted")
def test_a_ca_bundle_of_the_environment_is_trusted(secure_server: FaultyServer) -> None:
    with connected(secure_server.endpoints) as connection:
        assert post(connection) == GOOD


@pytest.mark.parametrize("retry", [True, False])
def test_an_untrusted_certificate_stops_everything(secure_server: FaultyServer, retry: bool) -> None:
    with connected(secure_server.endpoints) as connection:
        error = failure(connection, retry=retry)
    assert isinstance(error, TransportError)
    assert "REQUESTS_CA_BUNDLE" in str(error)
    assert "localhost" in str(error)
    assert secure_server.connections == 1
    assert secure_server.requests == []


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_host_stops_everything(authority: trustme.CA) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("other.example").configure_cert(context)
    with FaultyServer(context) as server, connected(server.endpoints) as connection:
        assert "not trusted" in str(failure(connection))
        assert server.requests == []


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_a_useless_ca_bundle_is_named(
    secure_server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with connected(secure_server.endpoints) as connection:
        assert "REQUESTS_CA_BUNDLE" in str(failure(connection))
    assert secure_server.requests == []


def test_plain_http_where_tls_is_spoken_is_told(secure_server: FaultyServer) -> None:
    port = secure_server.url.rpartition(":")[2]
    address = f"http://127.0.0.1:{port}/"
    with connected(Endpoints(address, address)) as connection:
        assert isinstance(failure(connection), TransportError)


def test_tls_where_plain_http_is_spoken_is_told(server: FaultyServer) -> None:
    address = server.url.replace("http:", "https:")
    with connected(Endpoints(address, address)) as connection:
        error = failure(connection)
    assert isinstance(error, ConnectionFailedError)
    assert "TLS" in str(error)


@pytest.mark.usefixtures("trusted")
def test_a_proxy_of_the_environment_is_used(proxied_server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a tunnel: it sees the host and neither the token nor the secret."""
    with Proxy() as proxy, connected(proxied_server.endpoints) as connection:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://user:canary@"))
        assert post(connection) == GOOD
        assert set(proxy.targets) == {proxied_server.url.removeprefix("https://")}
        assert "Basic" in proxy.headers[0]["Proxy-Authorization"]
        assert SECRET not in f"{proxy.headers}"
        assert "token-" not in f"{proxy.headers}"
    assert not any("Proxy-Authorization" in request.headers for request in proxied_server.requests)


@pytest.mark.usefixtures("trusted")
def test_a_proxy_that_wants_a_password_is_told_at_once(
    proxied_server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(refusal=407) as proxy, connected(proxied_server.endpoints) as connection:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://user:canary@"))
        error = failure(connection)
        assert len(proxy.targets) == 1
    assert "407" in str(error)
    assert "HTTPS_PROXY" in str(error)
    assert "canary" not in str(error)


def test_a_proxy_that_forbids_is_told_at_once(proxied_server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking again would not change its mind."""
    with Proxy(refusal=403) as proxy, connected(proxied_server.endpoints) as connection:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = failure(connection)
        assert len(proxy.targets) == 1
    assert "forbids connections to api.test" in str(error)


def test_a_missing_socks_package_is_named(proxied_server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:9")
    with connected(proxied_server.endpoints) as connection:
        assert '-m pip install "requests[socks]"' in str(failure(connection))


@pytest.mark.parametrize("proxy", ["http://user:canary@127.0.0.1:{port}", "ht!tp:canary", "nonsense://canary:1"])
def test_a_proxy_that_is_not_there_is_told(
    proxied_server: FaultyServer, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.format(port=DEAD_PORT))
    with connected(proxied_server.endpoints) as connection:
        error = failure(connection)
    assert isinstance(error, TransportError)
    assert "HTTPS_PROXY" in str(error)
    assert "canary" not in str(error)


def test_this_machine_is_never_asked_through_a_proxy(
    server: FaultyServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain HTTP is allowed only because it does not leave the machine."""
    with Proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        assert post(connection) == GOOD
        assert proxy.targets == []


SLOW = {
    "headers": trickle(HEAD % 100 + b" " * 5000, 0.05),
    "body": trickle(HEAD % 5000 + b" " * 5000, 0.01),
}


@pytest.mark.parametrize("part", SLOW)
def test_a_trickle_does_not_outlive_the_deadline(server: FaultyServer, part: str) -> None:
    """No single read waits long, so the read timeout never strikes."""
    server.always(API, SLOW[part])
    with connected(server.endpoints, timeout=1.5) as connection:
        connection.token()
        error = failure(connection)
    assert isinstance(error, DeadlineError)
    assert "127.0.0.1" in str(error)


@pytest.mark.parametrize("sent", [b"", HEAD % 100 + b'{"data'])
def test_silence_is_given_up_after_the_read_timeout(server: FaultyServer, sent: bytes) -> None:
    server.api(stall(sent))
    with connected(server.endpoints, read_timeout=0.2) as connection:
        assert post(connection) == GOOD
        server.api(stall(sent))
        error = failure(connection, retry=False)
    assert isinstance(error, DeadlineError)
    assert "sent nothing for 0.2 s" in str(error)


def test_a_host_that_does_not_accept_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        address = f"http://127.0.0.1:{full.getsockname()[1]}/"
        with connected(Endpoints(address, address), connect_timeout=0.1) as connection:
            error = failure(connection)
        for one in crowd:
            one.close()
    assert isinstance(error, ConnectionFailedError)
    assert "within 0.1 s" in str(error)


def test_the_operating_systems_store_is_asked(
    secure_server: FaultyServer, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the certificates of a company are; a bundle that is named decides alone."""
    store = tmp_path / "system.pem"
    authority.cert_pem.write_to_path(str(store))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(store))
    with connected(secure_server.endpoints) as connection:
        assert post(connection) == GOOD
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    with connected(secure_server.endpoints) as connection:
        assert "not trusted" in str(failure(connection))


BOMB = """
import gzip, resource, sys, threading, tracemalloc
from retarus_pandas.errors import TransportError
from retarus_pandas.http.connection import connect
from retarus_pandas.http.answers import json_object
from retarus_pandas.values import Credentials, Endpoints, Secret
connection = connect(Credentials("1", "c", Secret("s")), Endpoints(*sys.argv[1:3]), largest=20_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    connection.post({"query": "{ a }"}, json_object)
except TransportError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell how much memory a process had")
def test_a_body_that_unpacks_without_end_does_not_fill_the_memory(server: FaultyServer) -> None:
    """Half a megabyte on the wire, half a gigabyte unpacked, and asked for once."""
    server.always(API, answer(b" " * 500_000_000, zipped=True))
    addresses = (server.endpoints.api_url, server.endpoints.token_url)
    run = subprocess.run([sys.executable, "-c", BOMB, *addresses], capture_output=True, text=True, check=True)
    told, megabytes = run.stdout.splitlines()
    assert "more than 20,000,000 bytes" in told
    assert "max_bytes=" in told
    assert int(megabytes) < 250
    assert len(server.asked(API)) == 1


def test_a_connection_is_reused_and_watched_by_the_system(server: FaultyServer, connection: Connection) -> None:
    post(connection)
    before = server.connections
    post(connection)
    assert server.connections == before
    kept = [each for each in gc.get_objects() if isinstance(each, socket.socket) and _leads_to(each, server)]
    assert kept
    assert all(each.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) for each in kept)


def test_an_idle_connection_is_not_reused(server: FaultyServer) -> None:
    """Somebody on the way may have forgotten it."""
    transport = Transport(connect_timeout=2, read_timeout=10, longest_idle=0.05)
    nobody = Bearer(Token(Secret("x"), 1, 1, 1))

    def ask() -> int:
        transport.exchange(server.endpoints.api_url, b"{}", auth=nobody, stop=Stop(threading.Event()), seconds=20)
        return server.connections

    first = ask()
    time.sleep(0.1)
    assert ask() == first + 1
    transport.close()


def _leads_to(one: socket.socket, server: FaultyServer) -> bool:
    with suppress(OSError):
        return one.family is socket.AF_INET and server.url.endswith(f":{one.getpeername()[1]}")
    return False
