"""HTTP on loopback: keep-alive connections that end when the server does."""

from __future__ import annotations

import json
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from gzip import compress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, cast

__all__ = ["API_PATH", "TOKEN_PATH", "Answer", "Asked", "Server"]

API_PATH = "/stable/external-reporting-service/v1"
TOKEN_PATH = "/realms/platform/protocol/openid-connect/token"  # noqa: S105

_LONGEST_BODY = 10_000_000
_PIECE = 16_384


class Asked(NamedTuple):
    """What an answer depends on."""

    content_type: str
    authorization: str | None
    body: bytes


class Answer(NamedTuple):
    """HTTP status, JSON body and further headers."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Server(ThreadingHTTPServer):
    """Serves POST requests by a table of paths, from a thread of its own for each connection.

    Parameters
    ----------
    routes : dict
        Path to a function that answers.
    compressed : bool
        Whether answers are compressed for clients that accept it.
    byte_rate : float or None
        Bytes per second at which a body is sent.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self, routes: dict[str, Callable[[Asked], Answer]], *, compressed: bool, byte_rate: float | None
    ) -> None:
        self.routes = routes
        self.compressed = compressed
        self.byte_rate = byte_rate
        self.stopping = threading.Event()
        self._connections: dict[threading.Thread, socket.socket] = {}
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True, name="sandbox")

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Serve no more; close all connections and wait for their threads."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
        for thread, connection in list(self._connections.items()):
            _shut_down(connection)
            thread.join(timeout=5)

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for the host's full name.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True, name="sandbox connection"
        )
        self._connections[thread] = request
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.pop(threading.current_thread(), None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that went away is no error of the server's; the parent prints all others.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "RetarusSandbox"
    sys_version = ""

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            return
        server = cast(Server, self.server)
        route = server.routes.get(self.path)
        if route is None:
            self._send(Answer(404, _message("There is nothing at this address")))
            return
        headers = self.headers
        self._send(route(Asked(headers.get("Content-Type", ""), headers.get("Authorization"), body)))

    def do_GET(self) -> None:
        self._send(Answer(405, _message("Only POST is understood"), (("Allow", "POST"),)))

    do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_GET  # noqa: N815

    def log_message(self, *args: Any) -> None:
        pass

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            self._send(Answer(413 if length.isdecimal() else 411, _message("A Content-Length in bounds is needed")))
            return None
        return self.rfile.read(int(length))

    def _send(self, answer: Answer) -> None:
        server = cast(Server, self.server)
        body = answer.body
        self.send_response(answer.status)
        if server.compressed and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = compress(body, compresslevel=1)
            self.send_header("Content-Encoding", "gzip")
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *answer.headers):
            self.send_header(name, value)
        self.end_headers()
        self._send_body(body, server)

    def _send_body(self, body: bytes, server: Server) -> None:
        if server.byte_rate is None:
            self.wfile.write(body)
            return
        for start in range(0, len(body), _PIECE):
            piece = body[start : start + _PIECE]
            self.wfile.write(piece)
            if server.stopping.wait(len(piece) / server.byte_rate):
                return


def _message(text: str) -> bytes:
    return json.dumps({"message": text}).encode()


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
