"""HTTP connections that another thread can cut, whatever they are waiting for."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from enum import Enum
from functools import cache
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from retarus_pandas.http.stopping import LOOK_EVERY, Stop

__all__ = ["LONGEST_IDLE", "Cut", "CuttableAdapter", "Flight", "fly"]


# Load balancers forget idle connections after a minute or more, and say nothing.
LONGEST_IDLE = 30.0
# Seconds of silence on a connection before the system asks whether the other side is there, and between questions.
_KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPALIVE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}


def _socket_options() -> list[tuple[int, int, int]]:
    """What urllib3 sets, and TCP's keepalive as far as the system has it."""
    named = [(socket.IPPROTO_TCP, getattr(socket, name, None), value) for name, value in _KEEPALIVE.items()]
    keepalive = [(level, option, value) for level, option, value in named if option is not None]
    return [*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *keepalive]


class Cut(Enum):
    """Why a flight was cut."""

    STOPPED = "stopped"
    LATE = "late"


class Flight:
    """The sockets of one exchange, while it lasts.

    It keeps duplicates of the descriptors: to shut a duplicate down ends the connection for the thread that
    reads from the original, also inside TLS, and cannot meet a descriptor that was closed and given out again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._duplicates: list[socket.socket] = []
        self.reason: Cut | None = None

    def hold(self, descriptor: int) -> None:
        """Keep a duplicate of the descriptor; fails once the flight was cut, so that nothing is sent then."""
        with self._lock:
            if self.reason is not None:
                raise ConnectionAbortedError(self.reason.value)
            self._duplicates.append(socket.fromfd(descriptor, -1, -1))

    def cut(self, reason: Cut) -> None:
        """End all connections of the flight."""
        with self._lock:
            self.reason = reason
            for duplicate in self._duplicates:
                with suppress(OSError):
                    duplicate.shutdown(socket.SHUT_RDWR)

    def land(self) -> None:
        """Let go of the duplicates."""
        with self._lock:
            for duplicate in self._duplicates:
                duplicate.close()
            self._duplicates.clear()


_current: ContextVar[Flight | None] = ContextVar("_current", default=None)


@contextmanager
def fly(stop: Stop, seconds: float) -> Iterator[Flight]:
    """Cut every connection used inside the block when `stop` is set or the time is over."""
    flight, landed = Flight(), threading.Event()
    end = time.monotonic() + seconds
    watcher = threading.Thread(target=_watch, args=(flight, stop, landed, end), name="retarus-watch", daemon=True)
    watcher.start()
    before = _current.set(flight)
    try:
        yield flight
    finally:
        _current.reset(before)
        landed.set()
        watcher.join()
        flight.land()


def _watch(flight: Flight, stop: Stop, landed: threading.Event, end: float) -> None:
    while not landed.wait(max(0.0, min(LOOK_EVERY, end - time.monotonic()))):
        if stop.is_set():
            return flight.cut(Cut.STOPPED)
        if time.monotonic() >= end:
            return flight.cut(Cut.LATE)
    return None


def _hold(sock: Any) -> None:
    flight = _current.get()
    if flight is not None:
        flight.hold(sock.fileno())


class _QuietResponse(HTTPResponse):
    """Drops headers that are no headers: urllib3 would log them word for word, with the secrets they may repeat."""

    def begin(self) -> None:
        super().begin()
        self.msg.defects.clear()
        self.msg.set_payload("")


class _Cuttable:
    """Mixin for urllib3's connections: tells the current flight of the socket, new or reused."""

    # When it was put back into its pool, if it was.
    idle_since: float | None = None
    longest_idle: float
    debuglevel = 0  # else a program that turns http.client's debugging on has the token printed
    response_class = _QuietResponse
    sock: Any

    def _new_conn(self) -> Any:
        sock = super()._new_conn()  # type: ignore[misc]
        try:
            _hold(sock)
        except OSError:
            sock.close()
            raise
        return sock

    @property
    def is_connected(self) -> bool:
        """What the pool asks before it reuses a connection: not after so long that somebody on the way forgot it."""
        idle = 0.0 if self.idle_since is None else time.monotonic() - self.idle_since
        return bool(super().is_connected) and idle < self.longest_idle  # type: ignore[misc]

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock is not None:
            _hold(self.sock)
        super().request(*args, **options)  # type: ignore[misc]


class _Pool:
    """Mixin for urllib3's pools: notes since when a connection is idle."""

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.idle_since = time.monotonic()
        super()._put_conn(conn)  # type: ignore[misc]


@cache
def _cuttable(pool: type[HTTPConnectionPool], longest_idle: float) -> type[HTTPConnectionPool]:
    connection = type("Cuttable", (_Cuttable, pool.ConnectionCls), {"longest_idle": longest_idle})
    return type(pool.__name__, (_Pool, pool), {"ConnectionCls": connection})


def _make_cuttable(manager: PoolManager, longest_idle: float) -> None:
    manager.pool_classes_by_scheme = {
        scheme: _cuttable(pool, longest_idle) for scheme, pool in manager.pool_classes_by_scheme.items()
    }


class CuttableAdapter(HTTPAdapter):
    """All connections of it, direct and through proxies, can be cut, and are noticed when they are dead."""

    def __init__(self, trust: ssl.SSLContext | None, longest_idle: float, **options: Any) -> None:
        self._longest_idle = longest_idle
        self._options: dict[str, Any] = {"socket_options": _socket_options()}
        if trust is not None:
            self._options["ssl_context"] = trust
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **{**options, **self._options})
        _make_cuttable(self.poolmanager, self._longest_idle)

    def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options, **self._options)
        if not known:
            _make_cuttable(manager, self._longest_idle)
        return manager

    def close(self) -> None:
        """Close the connections that are kept, now.

        The pool managers only let go of their pools, and a pool that an error refers to would keep its
        connections open until the garbage collector comes.
        """
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118 - iterating it directly is refused
                manager.pools[key].close()
        super().close()
