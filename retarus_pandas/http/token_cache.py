"""The access token of a session: fetched when needed, shared by all threads, renewed before it expires."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from retarus_pandas.errors import AuthenticationError, RetarusError, SessionClosedError, retold
from retarus_pandas.http.auth import Clock, TokenSource
from retarus_pandas.http.scrub import scrub_errors
from retarus_pandas.http.stopping import LOOK_EVERY, Stop, renew_after_fork
from retarus_pandas.values import Token

__all__ = ["TokenCache"]

# A token is given up this long before it expires, or a tenth of its lifetime if that is less.
_MARGIN = 30.0
_MARGIN_SHARE = 0.1
_REFUSAL_REMEMBERED = 10.0


class TokenCache:
    """A token source that keeps the token of another, in memory only.

    Parameters
    ----------
    source : TokenSource
        Asked by one thread at a time, and only when there is no good token.
    monotonic, wall : callable
        The two clocks by which a token expires.
    """

    def __init__(self, source: TokenSource, *, monotonic: Clock = time.monotonic, wall: Clock = time.time) -> None:
        # Through it the client secret is held: to close is to let go of it.
        self._source: TokenSource | None = source
        self._monotonic = monotonic
        self._wall = wall
        self._token: Token | None = None
        self._failure: tuple[float, RetarusError] | None = None
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Make the locks anew; the token stays good in a forked process."""
        self._fetching = threading.Lock()
        self._state = threading.Lock()

    @scrub_errors
    def token(self, stop: Stop) -> Token:
        """The token at hand, or a new one; however many threads ask at once, one of them fetches it.

        Raises
        ------
        AuthenticationError
            The token endpoint refused the client, now or a few seconds ago.
        TransportError
            The token endpoint could not be asked, or what it answered holds no token.
        SessionClosedError
            `close` was called.
        """
        asked = self._monotonic()
        token = self.token_at_hand()
        if token is not None:
            return token
        with self._alone(stop):
            token = self.token_at_hand()
            if token is not None:
                return token
            self._raise_remembered(asked)
            return self._fetch_and_keep(stop)

    def invalidate(self, token: Token) -> None:
        """Forget this token, which was refused; a newer one is kept."""
        with self._state:
            source = self._source
            if self._token is token:
                self._token = None
        if source is not None:
            source.invalidate(token)

    def close(self) -> None:
        """Forget the token and, with its source, the client secret."""
        with self._state:
            self._source = self._token = self._failure = None

    def remaining(self, token: Token) -> float:
        """Seconds until the token expires, by the clocks of this cache."""
        return min(token.spent_monotonic - self._monotonic(), token.spent_wall - self._wall())

    def token_at_hand(self) -> Token | None:
        """The token, if there is one that is still good; nothing is sent."""
        with self._state:
            if self._source is None:
                raise SessionClosedError(
                    "The session was closed or logged out; call retarus_pandas.login() to sign in again."
                )
            token = self._token
        if token is None or self.remaining(token) <= min(_MARGIN, _MARGIN_SHARE * token.lifetime):
            return None
        return token

    @contextmanager
    def _alone(self, stop: Stop) -> Iterator[None]:
        lock = self._fetching
        while not lock.acquire(timeout=LOOK_EVERY):
            stop.check()
        try:
            yield
        finally:
            lock.release()

    def _raise_remembered(self, asked: float) -> None:
        """Raise a refusal of late, or the failure of a fetch that ended while this thread waited for it."""
        if self._failure is None:
            return
        failed, failure = self._failure
        is_refusal = isinstance(failure, AuthenticationError)
        if failed > asked or (is_refusal and self._monotonic() - failed < _REFUSAL_REMEMBERED):
            raise retold(failure)

    def _fetch_and_keep(self, stop: Stop) -> Token:
        source = self._source
        if source is None:
            raise SessionClosedError("The session was closed or logged out while it signed in.")
        try:
            token = source.token(stop)
        except RetarusError as error:
            if not stop.is_set():
                self._failure = (self._monotonic(), retold(error))
            raise
        with self._state:
            if self._source is not None:
                self._token, self._failure = token, None
        return token

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A token cache holds secrets and is not pickled or copied.")
