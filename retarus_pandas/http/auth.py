"""How a session gets its access tokens, and how they and the client secret get on the wire.

A way to get tokens is a `TokenSource`: one class. Keeping a token until it expires is not its business but that of
`retarus_pandas.http.token_cache`, which is one too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NoReturn, Protocol

from requests import PreparedRequest
from requests.auth import AuthBase

from retarus_pandas.errors import InputError
from retarus_pandas.http.rate_limit import RateLimit
from retarus_pandas.http.retry import Deadline, RetryPolicy, apply_retry_after, with_retries
from retarus_pandas.http.stopping import Stop
from retarus_pandas.http.token_answers import read_token
from retarus_pandas.http.transport import Transport, check_address
from retarus_pandas.values import Credentials, Secret, Token

__all__ = ["Bearer", "ClientCredentials", "Clock", "TokenSource"]

Clock = Callable[[], float]


class TokenSource(Protocol):
    """Where access tokens come from; asked by several threads."""

    def token(self, stop: Stop) -> Token:
        """A token that is good now; errors of ours only, and soon after `stop` is set."""
        ...

    def invalidate(self, token: Token) -> None:
        """Do not hand out this token again: the API refused it."""
        ...


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


class ClientCredentials:
    """The client credentials grant: every call asks the token endpoint.

    Parameters
    ----------
    credentials : Credentials
        The OAuth2 client.
    token_url : str
        The token endpoint; the client secret goes there and nowhere else.
    transport : Transport
        Sends the requests; its owner closes it.
    policy : RetryPolicy
        How long and how often a fetch is tried.
    monotonic, wall : callable
        The two clocks by which a token expires.
    """

    def __init__(
        self,
        credentials: Credentials,
        token_url: str,
        transport: Transport,
        *,
        policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        monotonic: Clock = time.monotonic,
        wall: Clock = time.time,
    ) -> None:
        check_address(token_url, "token URL")
        _check_encodable(credentials)
        self._credentials = credentials
        self._token_url = token_url
        self._transport = transport
        self._policy = policy
        self._monotonic = monotonic
        self._wall = wall
        self._rate_limit = RateLimit()

    def token(self, stop: Stop) -> Token:
        """A new token, with its lifetime counted from the start of the request.

        Raises
        ------
        AuthenticationError
            The token endpoint refused the client.
        TransportError
            The token endpoint could not be asked, or what it answered holds no token.
        """
        return with_retries(
            lambda deadline: self._fetch(stop, deadline), self._policy, rate_limit=self._rate_limit, stop=stop
        )

    def invalidate(self, token: Token) -> None:
        """Nothing to forget: every token is new."""

    def _fetch(self, stop: Stop, deadline: Deadline) -> Token:
        with self._rate_limit.slot(1, stop, deadline.seconds):
            began = self._monotonic(), self._wall()
            answer = self._transport.exchange(
                self._token_url, None, auth=_ClientForm(self._credentials), stop=stop, seconds=deadline.left()
            )
            apply_retry_after(answer, self._rate_limit)
        secret, lifetime = read_token(answer, self._credentials.client_secret)
        return Token(secret, lifetime, began[0] + lifetime, began[1] + lifetime)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A grant holds secrets and is not pickled or copied.")


def _check_encodable(credentials: Credentials) -> None:
    for name, given in [("client ID", Secret(credentials.client_id)), ("client secret", credentials.client_secret)]:
        if not _is_encodable(given):
            raise InputError(f"The {name} holds half a character (a lone surrogate) and cannot be sent; copy it anew.")


def _is_encodable(given: Secret) -> bool:
    """In a function of its own, because the frame of one that raises must not hold the text."""
    return not any("\ud800" <= character <= "\udfff" for character in given.reveal())
