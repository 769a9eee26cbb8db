"""What lies between here and the service: whether a host answers, by which proxy, trusted by which certificates."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies, select_proxy

from retarus_pandas.http.scrub import scrub_errors
from retarus_pandas.http.stopping import Stop
from retarus_pandas.http.transport import Transport, check_address

__all__ = ["Probe", "ca_bundle", "probe", "proxy_to"]

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Probe:
    """An answer to a request without credentials; ``skew`` is how far this machine's clock is ahead of the server's."""

    status: int
    skew: timedelta | None


class _Nobody(AuthBase):
    """Puts nothing on the wire, and keeps requests from putting there what ``~/.netrc`` holds."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        return r


@scrub_errors
def probe(url: str) -> Probe:
    """Send an empty POST without credentials; any answer proves that the host is there.

    Raises
    ------
    TransportError
        There is no answer; the message says why.
    """
    check_address(url, "address")
    transport = Transport(connect_timeout=_SECONDS / 2, read_timeout=_SECONDS)
    began = datetime.now(UTC)
    try:
        answer = transport.exchange(url, b"", auth=_Nobody(), stop=Stop(threading.Event()), seconds=_SECONDS)
    finally:
        transport.close()
    middle = began + (datetime.now(UTC) - began) / 2
    return Probe(answer.status, _skew(answer.headers.get("Date"), middle))


def _skew(date: str | None, now: datetime) -> timedelta | None:
    try:
        told = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    # The header has whole seconds, rounded down: half of one is the best guess for the rest.
    return now - told.replace(tzinfo=told.tzinfo or UTC) - timedelta(seconds=0.5)


def proxy_to(url: str) -> str | None:
    """The proxy that requests to this address go through, without its user and password; None if they go straight."""
    proxy = select_proxy(url, get_environ_proxies(url))
    if not proxy:
        return None
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return parts._replace(netloc=f"***@{parts.netloc.rpartition('@')[2]}").geturl() if "@" in parts.netloc else proxy


def ca_bundle() -> str:
    """The file of the CA certificates that servers are checked by."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
