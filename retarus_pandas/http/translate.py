"""Our errors for the foreign ones that a request can end in."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.client import HTTPException
from http.client import IncompleteRead as ShortBody
from socket import gaierror

from requests.exceptions import InvalidHeader, InvalidProxyURL, InvalidSchema, InvalidURL, ProxyError
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    IncompleteRead,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.exceptions import InvalidHeader as InvalidLength

from retarus_pandas.errors import BrokenAnswerError, ConnectionFailedError, DeadlineError, TransportError
from retarus_pandas.values import how_to_install

__all__ = ["translate"]

_CA_VARIABLES = "REQUESTS_CA_BUNDLE (or CURL_CA_BUNDLE)"

# The first row with a type among the causes decides. A TransportError proper is not worth a second try.
_RULES: tuple[tuple[tuple[type[BaseException], ...], type[TransportError], str], ...] = (
    (
        (InvalidURL, InvalidSchema, InvalidProxyURL),
        TransportError,
        "The address of {host}, or of the proxy to it (HTTPS_PROXY), cannot be used.",
    ),
    ((ProxyError,), ConnectionFailedError, "The proxy (HTTPS_PROXY) does not lead to {host}{reason}."),
    (
        (NameResolutionError, gaierror),
        ConnectionFailedError,
        "No address is known for the host {host}; check its name and the network.",
    ),
    ((ConnectionRefusedError,), ConnectionFailedError, "The host {host} refuses connections."),
    ((NewConnectionError,), ConnectionFailedError, "The host {host} cannot be reached{reason}."),
    ((ConnectTimeoutError,), ConnectionFailedError, "The host {host} cannot be reached within {connect:g} s."),
    ((ReadTimeoutError, TimeoutError), DeadlineError, "The host {host} sent nothing for {read:g} s."),
    ((DecodeError,), BrokenAnswerError, "The answer of {host} is damaged: it cannot be decompressed."),
    ((IncompleteRead, ShortBody), BrokenAnswerError, "The answer of {host} ended before its announced length."),
    ((ConnectionError,), ConnectionFailedError, "The connection to {host} broke{reason}."),
    (
        (HTTPException, InvalidHeader, InvalidLength),
        BrokenAnswerError,
        "The answer of {host} is not proper HTTP.",
    ),
    ((OSError, HTTPError), ConnectionFailedError, "The connection to {host} failed{reason}."),
)


def translate(error: BaseException, host: str, connect_timeout: float, read_timeout: float) -> TransportError:
    """Our error for a foreign one, with nothing in its text but what is known to be harmless."""
    causes = list(_chain(error))
    distrust = _distrust(causes, host)
    if distrust is not None:
        return distrust
    known = _proxy_refusal(causes, host) or _missing_socks(causes)
    if known is not None:
        return known
    for types, ours, text in _RULES:
        if any(isinstance(cause, types) for cause in causes):
            return ours(text.format(host=host, connect=connect_timeout, read=read_timeout, reason=_reason(causes)))
    return TransportError(f"The request to {host} failed unexpectedly ({type(error).__name__}).")


def _proxy_refusal(causes: list[BaseException], host: str) -> TransportError | None:
    """The error for a proxy that says no; asking again would not change its mind."""
    if not any(isinstance(cause, ProxyError) for cause in causes):
        return None
    told = " ".join(map(str, causes))
    if " 407 " in told:
        return TransportError("The proxy asks for a user and a password (407); put them into HTTPS_PROXY.")
    if " 403 " in told:
        return TransportError(f"The proxy (HTTPS_PROXY) forbids connections to {host} (403); ask who runs it.")
    return None


def _missing_socks(causes: list[BaseException]) -> TransportError | None:
    if any("dependencies for SOCKS" in str(cause) for cause in causes):
        return TransportError(
            "The proxy speaks SOCKS, for which a package is missing; install it: "
            f"{how_to_install(package='requests[socks]')}"
        )
    return None


def _distrust(causes: list[BaseException], host: str) -> TransportError | None:
    """The error for a certificate that cannot be trusted; it stops everything, nothing was sent."""
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TransportError(
                f"The certificate of {host} is not trusted ({cause.verify_message}); nothing was sent. Where a company "
                f"inspects TLS traffic, set {_CA_VARIABLES} to the file with its CA certificates."
            )
        if "CA certificate bundle" in str(cause) or (isinstance(cause, ssl.SSLError) and cause.library == "X509"):
            return TransportError(f"The file with CA certificates cannot be read; check {_CA_VARIABLES}.")
    return None


def _reason(causes: list[BaseException]) -> str:
    """What the operating system or OpenSSL said, in their own fixed words."""
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return f" (TLS: {cause.reason})"
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return f" ({cause.strerror})"
    return ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and everything it came from."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
