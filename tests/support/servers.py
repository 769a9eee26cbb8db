"""Servers for tests: one that answers fault for fault as it is told, and a proxy.

    with FaultyServer() as server:
        server.api(status(503), reset(), answer({"data": {}}))   # then as usual
        connect(CREDENTIALS, server.endpoints).post(...)
        server.requests[0].headers

An answer is a function that is given the `Exchange` and does with its socket what it likes.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from graphql import FieldNode, OperationDefinitionNode, parse, value_from_ast_untyped

from retarus_pandas.values import Endpoints
from support.replies import Reply, answer, status

API, TOKEN = "/api", "/token"


@dataclass(frozen=True)
class Request:
    """A request as it was received."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def bearer(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    @property
    def form(self) -> dict[str, str]:
        parsed = parse_qs(self.body.decode(), strict_parsing=True, keep_blank_values=True)
        return {name: value for name, [value] in parsed.items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def asked(self) -> dict[str, Any]:
        """The literals by which the document asks a page: ``datePeriod``, ``page``, ``size`` and others."""
        return arguments_of(self.json["query"])


def arguments_of(document: str) -> dict[str, Any]:
    """The arguments of the one report that a document asks."""
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    found = {argument.name.value: value_from_ast_untyped(argument.value) for argument in field.arguments or ()}
    return found | {name: int(found[name]) for name in ("page", "size") if name in found}


class Exchange(BaseHTTPRequestHandler):
    """One connection; `server.owner` says what is answered."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    request_: Request
    _in_flight: ExitStack

    @property
    def owner(self) -> FaultyServer:
        owner: FaultyServer = self.server.owner  # type: ignore[attr-defined]
        return owner

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.request_ = Request(self.path, dict(self.headers), body)
        reply = self.owner.next_answer(self.request_)
        with ExitStack() as self._in_flight:
            self._in_flight.enter_context(self.owner.counting(self.path))
            reply(self)

    def raw(self, data: bytes) -> None:
        """Put bytes on the wire as they are."""
        # Before the client can know, else its next request may be counted together with this one.
        self._in_flight.close()
        self.wfile.write(data)
        self.wfile.flush()

    def end(self) -> None:
        """Close after this answer."""
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass


class FaultyServer:
    """A token endpoint and an API on loopback that do as they are told, and are well-behaved when told nothing.

    Parameters
    ----------
    tls : ssl.SSLContext, optional
        Serve HTTPS.
    host : str
        The name under which clients ask. With another than ``localhost`` they need a `Proxy`, which leads there.
    lifetime : float
        The ``expires_in`` of the tokens it issues; they are good until `revoke`.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, *, host: str = "", lifetime: float = 300) -> None:
        self.requests: list[Request] = []
        self.lifetime = lifetime
        self.data: Any = {"data": {"report": 1}}
        self.stopping = threading.Event()
        self.stalled = threading.Semaphore(0)
        self._in_flight = self.most_in_flight = 0
        self._scripts: dict[str, deque[Reply]] = {API: deque(), TOKEN: deque()}
        self._always: dict[str, Reply] = {}
        self._issued: set[str] = set()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), Exchange)
        self._server.owner = self
        self._server.tls = tls
        self._scheme = "http" if tls is None else "https"
        self._host = host or ("127.0.0.1" if tls is None else "localhost")
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self._host}:{self._server.server_port}"

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints(self.url + API, self.url + TOKEN)

    def api(self, *replies: Reply) -> None:
        """What the API answers next, in this order."""
        self._scripts[API].extend(replies)

    def token(self, *replies: Reply) -> None:
        """What the token endpoint answers next, in this order."""
        self._scripts[TOKEN].extend(replies)

    def always(self, path: str, reply: Reply) -> None:
        """What is answered on this path when no other answer is waiting."""
        self._always[path] = reply

    def revoke(self) -> None:
        """All tokens issued so far are refused from now on."""
        with self._lock:
            self._issued.clear()

    def asked(self, path: str) -> list[Request]:
        """The requests to this path, in order."""
        with self._lock:
            return [request for request in self.requests if request.path == path]

    def next_answer(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            script = self._scripts.get(request.path)
            if script:
                return script.popleft()
            return self._always.get(request.path) or self._usual(request)

    def _usual(self, request: Request) -> Reply:
        if request.path == TOKEN:
            token = f"token-{len(self.requests)}"
            self._issued.add(token)
            return answer({"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer", "scope": ""})
        if request.path == API:
            return answer(self.data) if request.bearer in self._issued else status(401, b'{"error": "unauthorized"}')
        return status(404)

    @contextmanager
    def counting(self, path: str) -> Iterator[None]:
        """Count the API requests that are received and not yet answered."""
        with self._lock:
            self._in_flight += path == API
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= path == API

    @property
    def connections(self) -> int:
        """How many connections were accepted."""
        return self._server.accepted

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.cut_all()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """Each connection in a thread; TLS is shaken there, so that a stalled client stalls nobody else."""

    daemon_threads = False
    request_queue_size = 128
    owner: Any
    tls: ssl.SSLContext | None = None

    def __init__(self, *args: Any) -> None:
        self._open: set[socket.socket] = set()
        self.accepted = 0
        super().__init__(*args)

    def get_request(self) -> tuple[Any, Any]:
        accepted = super().get_request()
        self.accepted += 1
        return accepted

    def finish_request(self, request: Any, client_address: Any) -> None:
        wrapped = self.tls.wrap_socket(request, server_side=True) if self.tls is not None else request
        self._open.add(wrapped)
        try:
            super().finish_request(wrapped, client_address)
        finally:
            self._open.discard(wrapped)
            wrapped.close()

    def cut_all(self) -> None:
        """End the connections that clients keep."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the tests."""


class Tunnel(BaseHTTPRequestHandler):
    """One client of the proxy."""

    def do_CONNECT(self) -> None:
        proxy: Proxy = self.server.owner  # type: ignore[attr-defined]
        proxy.targets.append(self.path)
        proxy.headers.append(dict(self.headers))
        if proxy.refusal:
            self.send_error(proxy.refusal)
            return
        port = int(self.path.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as upstream:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _pump(self.connection, upstream)

    def do_POST(self) -> None:
        proxy: Proxy = self.server.owner  # type: ignore[attr-defined]
        proxy.targets.append(urlsplit(self.path).netloc)
        self.send_error(502)

    def log_message(self, *args: Any) -> None:
        pass


def _pump(one: socket.socket, other: socket.socket) -> None:
    pairs = {one: other, other: one}
    while True:
        for source in select.select(list(pairs), [], [])[0]:
            try:
                data = source.recv(65536)
                pairs[source].sendall(data)
            except OSError:
                return
            if not data:
                return


class Proxy:
    """A forward proxy on loopback that notes what is asked of it."""

    def __init__(self, refusal: int = 0) -> None:
        self.targets: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.refusal = refusal
        self._server = _Server(("127.0.0.1", 0), Tunnel)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.cut_all()
        self._server.server_close()


# Bound and never listened at. A port that was let go again might be the next server's.
_DEAD = socket.socket()
_DEAD.bind(("127.0.0.1", 0))

DEAD_PORT: int = _DEAD.getsockname()[1]
"""A port on which nobody listens, as long as the tests run."""
