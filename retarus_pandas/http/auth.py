"""The access token: fetched when needed, shared by all threads of a session, renewed before it expires."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from requests import PreparedRequest
from requests.auth import AuthBase

from retarus_pandas.errors import AuthenticationError, InputError, RetarusError, SessionClosedError
from retarus_pandas.http.clean import forgetful
from retarus_pandas.http.gate import Gate
from retarus_pandas.http.retry import Deadline, Patience, heed, persist
from retarus_pandas.http.stopping import LOOK_EVERY, Stop, renew_after_fork
from retarus_pandas.http.token_answers import read_token
from retarus_pandas.http.wire import Wire, check_address
from retarus_pandas.values import Credentials, Token

__all__ = ["Bearer", "TokenCache"]

Clock = Callable[[], float]

# A token is given up this long before it expires, or a tenth of its lifetime if that is less.
_MARGIN = 30.0
_MARGIN_SHARE = 0.1
_REFUSAL_REMEMBERED = 10.0


class Bearer(AuthBase):
    """Puts the access token on the wire.

    As an auth object and not as a header of the request, which ``~/.netrc`` would replace.
    """

    def __init__(self, token: Token) -> None:
        self._token = token

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["Authorization"] = f"Bearer {self._token.secret.reveal()}"
        return r


class _ClientForm(AuthBase):
    """Puts the client credentials on the wire, and nothing into the headers."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret.reveal(),
            "scope": "openid",
        }
        r.prepare_body(form, None)
        return r


class TokenCache:
    """One session's access token, in memory only.

    Parameters
    ----------
    credentials : Credentials
        The OAuth2 client.
    token_url : str
        The token endpoint; the client secret goes there and nowhere else.
    wire : Wire
        Sends the requests; its owner closes it.
    patience : Patience
        How long and how often a fetch is tried.
    monotonic, wall : callable
        The two clocks by which a token expires.
    """

    def __init__(
        self,
        credentials: Credentials,
        token_url: str,
        wire: Wire,
        *,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        monotonic: Clock = time.monotonic,
        wall: Clock = time.time,
    ) -> None:
        check_address(token_url, "token URL")
        _check_encodable(credentials)
        self._credentials: Credentials | None = credentials
        self._token_url = token_url
        self._wire = wire
        self._patience = patience
        self._monotonic = monotonic
        self._wall = wall
        self._token: Token | None = None
        self._failure: tuple[float, RetarusError] | None = None
        self._gate = Gate()
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Make the locks anew; the token stays good in a forked process."""
        self._fetching = threading.Lock()
        self._state = threading.Lock()

    @forgetful
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
            if self._token is token:
                self._token = None

    def close(self) -> None:
        """Forget the token and the client secret."""
        with self._state:
            self._credentials = self._token = self._failure = None

    def remaining(self, token: Token) -> float:
        """Seconds until the token expires, by the clocks of this cache."""
        return min(token.spent_monotonic - self._monotonic(), token.spent_wall - self._wall())

    def token_at_hand(self) -> Token | None:
        """The token, if there is one that is still good; nothing is sent."""
        with self._state:
            if self._credentials is None:
                raise SessionClosedError("the session was closed or logged out; sign in again with login()")
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
            raise copy.copy(failure)

    def _fetch_and_keep(self, stop: Stop) -> Token:
        try:
            token = self._fetch(stop)
        except RetarusError as error:
            if not stop.is_set():
                self._failure = (self._monotonic(), copy.copy(error))
            raise
        with self._state:
            if self._credentials is not None:
                self._token, self._failure = token, None
        return token

    def _fetch(self, stop: Stop) -> Token:
        credentials = self._credentials
        if credentials is None:
            raise SessionClosedError("the session was closed or logged out while it signed in")

        def attempt(deadline: Deadline) -> Token:
            with self._gate.passage(1, stop, deadline.seconds):
                began = self._monotonic(), self._wall()
                answer = self._wire.exchange(
                    self._token_url, None, auth=_ClientForm(credentials), stop=stop, seconds=deadline.left()
                )
                heed(answer, self._gate)
            secret, lifetime = read_token(answer, credentials.client_secret)
            return Token(secret, lifetime, began[0] + lifetime, began[1] + lifetime)

        return persist(attempt, self._patience, gate=self._gate, stop=stop)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a token cache holds secrets and is not pickled or copied")


def _check_encodable(credentials: Credentials) -> None:
    for name, text in [("client ID", credentials.client_id), ("client secret", credentials.client_secret.reveal())]:
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise InputError(f"the {name} holds half a character (a lone surrogate) and cannot be sent; copy it anew")
