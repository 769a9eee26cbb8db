"""Answers for `servers.FaultyServer`: good ones and every kind of fault."""

from __future__ import annotations

import gzip
import json
import socket
import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import BrokenAnswerError, ConnectionFailedError, QueryError, RetarusError, ServiceError

if TYPE_CHECKING:
    from support.servers import Exchange

Reply = Callable[["Exchange"], None]


def answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None, *, zipped: bool = False) -> Reply:
    """A whole, well-formed answer; `content` is sent as it is if it is bytes, else as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    extra = dict(headers or {})
    if zipped:
        body = gzip.compress(body)
        extra["Content-Encoding"] = "gzip"

    def reply(exchange: Exchange) -> None:
        exchange.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **extra}.items():
            exchange.send_header(name, value)
        exchange.end_headers()
        exchange.raw(body)

    return reply


def status(code: int, body: bytes = b"", **headers: str) -> Reply:
    """An answer with this status; ``Retry_After="1"`` becomes a header."""
    return answer(body, code, {name.replace("_", "-"): value for name, value in headers.items()})


def html(code: int = 200) -> Reply:
    """The page of a proxy."""
    page = b"<html><head><title>Please sign in</title></head><body>Company proxy</body></html>"
    return answer(page, code, {"Content-Type": "text/html"})


def reset(sent: bytes = b"") -> Reply:
    """A connection reset after these bytes."""

    def reply(exchange: Exchange) -> None:
        if sent:
            exchange.raw(sent)
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        exchange.end()

    return reply


def closed(sent: bytes = b"") -> Reply:
    """A connection closed in good order after these bytes."""

    def reply(exchange: Exchange) -> None:
        exchange.raw(sent)
        exchange.end()

    return reply


def after(pause: float, reply: Reply) -> Reply:
    """The reply, some seconds later."""

    def later(exchange: Exchange) -> None:
        exchange.owner.stopping.wait(pause)
        reply(exchange)

    return later


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def short(body: bytes, missing: int = 10) -> Reply:
    """A body that ends before its announced length."""
    return closed(HEAD % (len(body) + missing) + body)


def chunked(body: bytes, size: int) -> Reply:
    """A whole answer in pieces of this size."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])
    return lambda exchange: exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed)


def stall(sent: bytes = b"") -> Reply:
    """Silence after these bytes, until the server stops."""

    def reply(exchange: Exchange) -> None:
        exchange.raw(sent)
        exchange.owner.stalled.release()
        exchange.owner.stopping.wait()
        exchange.end()

    return reply


def trickle(data: bytes, pause: float = 0.02) -> Reply:
    """Every byte on its own."""

    def reply(exchange: Exchange) -> None:
        exchange.owner.stalled.release()
        exchange.end()
        for byte in data:
            try:
                exchange.raw(bytes([byte]))
            except OSError:
                return
            if exchange.owner.stopping.wait(pause):
                return

    return reply


PAST = format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True)
GZIP_HEAD = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
FAULTS: dict[str, tuple[Reply, type[RetarusError]]] = {
    "reset before headers": (reset(), ConnectionFailedError),
    "reset in headers": (reset(b"HTTP/1.1 200 OK\r\nContent-"), RetarusError),
    "reset in body": (reset(HEAD % 100 + b'{"da'), RetarusError),
    "closed without an answer": (closed(), ConnectionFailedError),
    "not HTTP": (closed(b"SSH-2.0-OpenSSH\r\n\r\n"), RetarusError),
    "short body": (short(b'{"data": {}}'), BrokenAnswerError),
    "short chunk": (
        closed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}"),
        BrokenAnswerError,
    ),
    "bad chunk": (closed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}"), BrokenAnswerError),
    "corrupt gzip": (closed(GZIP_HEAD % 9 + b"not gzip!"), BrokenAnswerError),
    "two lengths": (
        closed(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        BrokenAnswerError,
    ),
    "page of a proxy": (html(), BrokenAnswerError),
    "empty": (answer(b""), BrokenAnswerError),
    "null": (answer(b"null"), BrokenAnswerError),
    "list": (answer([1]), BrokenAnswerError),
    "cut JSON": (answer(b'{"data": {"re'), BrokenAnswerError),
    "two documents": (answer(b'{"data": {}}{"data": {}}'), BrokenAnswerError),
    "deep JSON": (answer(b'{"a":' * 20_000), BrokenAnswerError),
    "invalid UTF-8": (answer(b'{"data": "\xff"}'), BrokenAnswerError),
    "429": (status(429), ServiceError),
    "429 at once": (status(429, Retry_After="0"), ServiceError),
    "429 past date": (status(429, Retry_After=PAST), ServiceError),
    "429 garbage": (status(429, Retry_After="in a while"), ServiceError),
    "500": (status(500, b"oops"), ServiceError),
    "502": (html(502), ServiceError),
    "503": (status(503, Retry_After="-1"), ServiceError),
    "504": (status(504), ServiceError),
    "500 with errors": (answer({"errors": [{"message": "m"}]}, 500), QueryError),
}
