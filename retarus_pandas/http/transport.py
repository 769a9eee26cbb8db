"""One request and its whole answer, over `requests`; every foreign error becomes one of ours here."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from retarus_pandas.errors import DeadlineError, InputError, RetarusError, TransportError
from retarus_pandas.http.sockets import LONGEST_IDLE, Cut, CuttableAdapter, fly
from retarus_pandas.http.stopping import Stop, renew_after_fork
from retarus_pandas.http.translate import translate
from retarus_pandas.http.trust import system_trust

__all__ = ["LARGEST_ANSWER", "Response", "Transport", "check_address", "host_of"]

# Bytes of an answer once it is unpacked: some twenty pages of 10,000 records in one.
LARGEST_ANSWER = 1 << 30

_PIECE = 4 << 20
# Of what is compressed, so much may become a thousand times as much in one step.
_PACKED_PIECE = 1 << 16
_POOLED = 32

_ACCEPT = "application/graphql-response+json, application/json;q=0.9"


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def host_of(url: str) -> str:
    """The host of an address, and nothing else of it."""
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_address(url: str, what: str) -> None:
    """Refuse an address that a secret must not be sent to."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except (AttributeError, TypeError, ValueError):  # of something else than a text, too
        parts, host = urlsplit(""), None
    if not host or parts.scheme not in {"http", "https"}:
        raise InputError(f"The {what} is not an address like https://host/path.")
    if parts.username or parts.password:
        raise InputError(f"The {what} holds a user or a password; give it without, as https://{host}/…")
    if parts.scheme == "http" and not _is_loopback(host):
        raise InputError(
            f"The {what} must begin with https://: plain http would send secrets readable through the network "
            f"to {host!r}; only this machine (localhost) may be asked without TLS."
        )


class _Session(requests.Session):
    """A session that follows nothing, keeps no cookies, and reaches this machine without a proxy."""

    def __init__(self, longest_idle: float) -> None:
        super().__init__()
        self.headers = requests.structures.CaseInsensitiveDict(
            {"User-Agent": _user_agent(), "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}
        )
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        adapter = CuttableAdapter(system_trust(), longest_idle, pool_maxsize=_POOLED, max_retries=0)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None

    def merge_environment_settings(self, url: Any, *args: Any, **options: Any) -> Any:
        settings = super().merge_environment_settings(url, *args, **options)
        if _is_loopback(host_of(url)):
            settings["proxies"] = {}
        return settings


def _user_agent() -> str:
    try:
        return f"retarus-pandas/{version('retarus-pandas')}"
    except PackageNotFoundError:
        return "retarus-pandas"


class Transport:
    """Sends POST requests over connections that are kept and can be cut."""

    def __init__(
        self,
        *,
        connect_timeout: float,
        read_timeout: float,
        largest: int = LARGEST_ANSWER,
        longest_idle: float = LONGEST_IDLE,
    ) -> None:
        self._timeouts = (connect_timeout, read_timeout)
        self._largest = largest
        self._longest_idle = longest_idle
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Start without any connection."""
        self._session = _Session(self._longest_idle)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._session.close()

    def exchange(self, url: str, body: bytes | None, *, auth: AuthBase, stop: Stop, seconds: float) -> Response:
        """Send one POST request and read the whole answer.

        The secrets are put on the wire by `auth`, so that no frame of ours holds them.
        """
        stop.check()
        outcome: Response | RetarusError
        with fly(stop, seconds) as flight:
            try:
                outcome = self._send(url, body, auth)
            except RetarusError as error:
                outcome = error
            except Exception as error:  # whatever it is, its frames hold secrets
                outcome = translate(error, host_of(url), *self._timeouts)
        # First, because an answer without a length looks whole when it was cut.
        if flight.reason is Cut.STOPPED:
            raise TransportError("The request was stopped before its answer was there.")
        if flight.reason is Cut.LATE:
            raise DeadlineError(f"The host {host_of(url)} did not send its whole answer within {seconds:.3g} s.")
        if isinstance(outcome, RetarusError):
            raise outcome
        return outcome

    def _send(self, url: str, body: bytes | None, auth: AuthBase) -> Response:
        headers = {"Content-Type": "application/json", "Accept": _ACCEPT} if body is not None else {}
        response = self._session.post(
            url, data=body, auth=auth, headers=headers, timeout=self._timeouts, stream=True, allow_redirects=False
        )
        with closing(response):
            return Response(response.status_code, response.headers, _read(response.raw, self._largest))


def _read(raw: Any, largest: int) -> bytes:
    """The whole body; in one piece where its length is known and it is not compressed."""
    expected = raw.length_remaining or 0
    piece_size = _PACKED_PIECE if raw.headers.get("Content-Encoding") else max(expected, _PIECE)
    pieces: list[bytes] = []
    size = 0
    while size <= largest and (piece := raw.read(min(piece_size, largest), decode_content=True)):
        pieces.append(piece)
        size += len(piece)
    if size > largest:
        raise TransportError(
            f"The answer has more than {largest:,} bytes; ask for smaller pages (page_size=), or allow more with "
            "retarus_pandas.Session(..., max_bytes=)."
        )
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
