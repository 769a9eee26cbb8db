"""Requests to the GraphQL endpoint: authorized, retried, bounded in number and time, and stoppable."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NoReturn, TypeVar

from retarus_pandas.errors import InputError, RetarusError, SessionClosedError, TransportError
from retarus_pandas.http.answers import judge_hiding, refuses_token
from retarus_pandas.http.auth import Bearer, ClientCredentials
from retarus_pandas.http.rate_limit import RateLimit
from retarus_pandas.http.retry import Deadline, GiveUp, OnWait, RetryPolicy, apply_retry_after, with_retries
from retarus_pandas.http.scrub import scrub_errors
from retarus_pandas.http.stopping import Stop, renew_after_fork
from retarus_pandas.http.token_cache import TokenCache
from retarus_pandas.http.transport import LARGEST_ANSWER, Response, Transport, check_address
from retarus_pandas.values import Credentials, Endpoints, Token

__all__ = ["Connection", "connect"]

T = TypeVar("T")


def connect(
    credentials: Credentials,
    endpoints: Endpoints,
    *,
    timeout: float = 120.0,
    connect_timeout: float = 5.0,
    read_timeout: float = 60.0,
    first_pause: float = 0.5,
    tries: int | None = None,
    largest: int = LARGEST_ANSWER,
) -> Connection:
    """Make a connection with a token cache of its own; nothing is sent yet.

    Parameters
    ----------
    credentials : Credentials
        The OAuth2 client.
    endpoints : Endpoints
        HTTPS, or plain HTTP to this machine only.
    timeout : float
        Seconds that one page, or one token, may take in all, every try and pause included.
    connect_timeout, read_timeout : float
        Seconds after which a try is given up without a connection, and without a byte.
    first_pause : float
        Seconds to wait, at most, before the second try; every later pause is up to twice as long.
    tries : int, optional
        How often a request is made at most, however much time is left.
    largest : int
        Bytes that one answer may have once it is unpacked.
    """
    transport = Transport(
        connect_timeout=min(connect_timeout, timeout), read_timeout=min(read_timeout, timeout), largest=largest
    )
    policy = RetryPolicy(timeout, tries, first_pause)
    grant = ClientCredentials(credentials, endpoints.token_url, transport, policy=policy)
    return Connection(endpoints, TokenCache(grant), transport, policy=policy)


class Connection:
    """The way to one session's API, shared by all its threads.

    It owns the token cache and the transport: `close` closes them too.
    """

    def __init__(self, endpoints: Endpoints, tokens: TokenCache, transport: Transport, *, policy: RetryPolicy) -> None:
        check_address(endpoints.api_url, "API URL")
        self._api_url = endpoints.api_url
        self._tokens = tokens
        self._transport = transport
        self._policy = policy
        self._rate_limit = RateLimit()
        self._closed = False
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Make it anew: nothing in flight."""
        self._halt = threading.Event()

    @scrub_errors
    def post(
        self,
        body: Mapping[str, Any],
        read: Callable[[bytes, int], T],
        *,
        retry: bool = True,
        limit: int = 4,
        stop: threading.Event | None = None,
        on_wait: OnWait | None = None,
    ) -> T:
        """Send one GraphQL request and return what `read` makes of the answer.

        Parameters
        ----------
        body : mapping
            The JSON body: ``query``, ``variables``, ``operationName``.
        read : callable
            Called with the body and the HTTP status of a good answer. A `BrokenAnswerError` it raises is a reason
            to ask again; every other error is final.
        retry : bool
            Whether to try again after a fault that may pass.
        limit : int
            The request waits until fewer than so many of this connection are in flight.
        stop : threading.Event, optional
            Once set, the request fails within a fraction of a second, whatever it waits for.
        on_wait : callable, optional
            Called with seconds and a reason before every wait of more than two seconds between two tries.

        Raises
        ------
        QueryError
            The answer holds GraphQL errors.
        AuthenticationError
            The token endpoint refuses the client, or the API a new token.
        ServiceError
            Another status that refuses.
        TransportError
            The request was lost, took too long, or was stopped.
        SessionClosedError
            `close` was called.
        """
        data = _encode(body)
        policy = self._policy if retry else replace(self._policy, tries=1)
        stopping = self._stopping(stop)

        def attempt(deadline: Deadline) -> T:
            with self._rate_limit.slot(limit, stopping, deadline.seconds):
                answer, token = self._ask(data, stopping, deadline, again=retry)
                # Before anybody else is let in.
                apply_retry_after(answer, self._rate_limit)
            return judge_hiding(answer, read, token)

        return self._unless_closed(
            lambda: with_retries(attempt, policy, rate_limit=self._rate_limit, stop=stopping, on_wait=on_wait)
        )

    @scrub_errors
    def token(self, stop: threading.Event | None = None) -> Token:
        """The access token at hand, or a new one."""
        return self._unless_closed(lambda: self._tokens.token(self._stopping(stop)))

    def token_at_hand(self) -> Token | None:
        """The access token, if there is one that is still good; nothing is sent."""
        return self._tokens.token_at_hand()

    def abort(self) -> None:
        """End all requests that wait or are in flight; later ones are not affected."""
        halt, self._halt = self._halt, threading.Event()
        halt.set()

    def close(self) -> None:
        """End all requests, forget the token and the client secret, and close the sockets."""
        self._closed = True
        self.abort()
        self._tokens.close()
        self._transport.close()

    def _stopping(self, stop: threading.Event | None) -> Stop:
        return Stop(*([stop] if stop is not None else []), self._halt)

    def _unless_closed(self, act: Callable[[], T]) -> T:
        try:
            if not self._closed:
                return act()
        except TransportError:
            if not self._closed:
                raise
        raise SessionClosedError("The session was closed or logged out; call retarus_pandas.login() to sign in again.")

    def _ask(self, data: bytes, stop: Stop, deadline: Deadline, *, again: bool) -> tuple[Response, Token]:
        """Send with the token at hand; where that is refused, once more with a new one."""
        token = self._token_or_give_up(stop)
        answer = self._exchange(data, token, stop, deadline)
        if refuses_token(answer):
            self._tokens.invalidate(token)
            if again:
                token = self._token_or_give_up(stop)
                answer = self._exchange(data, token, stop, deadline)
        return answer, token

    def _token_or_give_up(self, stop: Stop) -> Token:
        """The token; its failure was tried often enough by the cache."""
        try:
            return self._tokens.token(stop)
        except RetarusError as error:
            raise GiveUp(error) from None

    def _exchange(self, data: bytes, token: Token, stop: Stop, deadline: Deadline) -> Response:
        return self._transport.exchange(self._api_url, data, auth=Bearer(token), stop=stop, seconds=deadline.left())

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            "A connection holds secrets and sockets and is not pickled or copied; sign in where it is needed."
        )


def _encode(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        reason = str(error)
    raise InputError(f"The variables hold a value that cannot be sent as JSON: {reason}.")
