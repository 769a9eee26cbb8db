"""A session: who asks, where, with which token and which schema.

A `Session` owns its token cache and its connections and shares them with every read that uses it, from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from numbers import Integral, Real
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from retarus_pandas.errors import InputError, NotSignedInError, SessionClosedError
from retarus_pandas.session.introspection import live_schema
from retarus_pandas.session.known import Known
from retarus_pandas.session.sources import credentials_in_environment, endpoints_in_environment
from retarus_pandas.values import Credentials, Endpoints, Secret, Token, show

if TYPE_CHECKING:
    from retarus_pandas.http import Connection
    from retarus_pandas.sandbox import Sandbox
    from retarus_pandas.schema import Schema

__all__ = ["Session", "session_of"]

T = TypeVar("T")

# Long enough for a page of 10,000 rows on a slow line, short enough to notice a dead one.
DEFAULT_TIMEOUT = 120.0
DEFAULT_MAX_BYTES = 1 << 30


class Session:
    """Credentials, token cache, connections and schema, shared by all reads made with it.

    Parameters
    ----------
    customer_id, client_id, client_secret : str
        The account number and the OAuth2 client credentials. All three come from the Retarus account manager.
    api_url, token_url : str, optional
        Other endpoints than the documented ones. HTTPS, or plain HTTP to this machine only.
    schema : str, pathlib.Path or mapping, optional
        A schema to use instead of the bundled one: SDL text, the path of an SDL file, or an introspection
        result; by default that of the file that ``RETARUS_SCHEMA`` names, if it is set. Names it does not have are
        errors; names the bundled one does not have are only warned about.
    timeout : float, default 120
        Seconds one page may take in all.
    max_bytes : int, default 1 GiB
        Bytes that one answer may have once it is unpacked; a larger one is an error before it fills the memory.

    Raises
    ------
    InputError
        An empty credential, an endpoint that is neither HTTPS nor on this machine, a schema that cannot be used,
        or a limit that is none.

    Notes
    -----
    A session is thread-safe. It cannot be pickled: it holds a secret; sign in where it is needed.

    Examples
    --------
    >>> import retarus_pandas as rt
    >>> with rt.Session.sandbox() as session:
    ...     frame = rt.read_retarus("{ faxOutUdrReport { faxId } }", last="2D", session=session)
    >>> frame.dtypes.to_dict()
    {'faxId': <StringDtype(na_value=nan)>}
    """

    # Here, because a traceback shows the session also where `__init__` raises.
    _connection: Connection | None = None
    _sandbox: Sandbox | None = None

    def __init__(
        self,
        customer_id: str,
        client_id: str,
        client_secret: str | Secret,
        *,
        api_url: str | None = None,
        token_url: str | None = None,
        schema: str | Path | Mapping[str, Any] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> None:
        # First of all, so that this frame holds no plain secret when anything below raises.
        client_secret = Secret.of(client_secret)
        self._credentials = Credentials.of(customer_id, client_id, client_secret)
        _check_complete(self._credentials)
        _check_limits(timeout, max_bytes)
        usual = Endpoints()
        self._endpoints = Endpoints(api_url or usual.api_url, token_url or usual.token_url)
        self.known = Known(self.api_url, self.customer_id)
        self._connection = self._connect(timeout, max_bytes)
        if schema is not None:
            self.use_schema(schema)

    def _connect(self, timeout: float, max_bytes: int) -> Connection:
        from retarus_pandas.http import connect

        return connect(self._credentials, self._endpoints, timeout=timeout, largest=max_bytes)

    @classmethod
    def from_env(
        cls,
        *,
        schema: str | Path | Mapping[str, Any] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> Session:
        """Make a session from the environment.

        Reads ``RETARUS_CUSTOMER_ID``, ``RETARUS_CLIENT_ID``, ``RETARUS_CLIENT_SECRET`` and, if set,
        ``RETARUS_API_URL``, ``RETARUS_TOKEN_URL`` and ``RETARUS_SCHEMA``.

        Parameters
        ----------
        schema, timeout, max_bytes
            As `Session` takes them; a schema goes before that of the environment.

        Raises
        ------
        NotSignedInError
            One of the first three is not set; the message names it.
        """
        credentials = credentials_in_environment()
        if credentials.missing:
            unset = [f"RETARUS_{name.upper()}" for name in credentials.missing]
            raise NotSignedInError(
                f"Not signed in: set {', '.join(unset)} in the environment, or call retarus_pandas.login().", unset
            )
        places = endpoints_in_environment()
        return session_of(credentials, places, schema=schema, timeout=timeout, max_bytes=max_bytes)

    @classmethod
    def sandbox(cls, **options: Any) -> Session:
        """Start an embedded service with invented records and make a session with it.

        Parameters
        ----------
        **options
            As `retarus_pandas.sandbox.Sandbox` takes them.

        Returns
        -------
        Session
            Closing it stops the embedded service.
        """
        from retarus_pandas.sandbox import Sandbox

        box = Sandbox(**options).start()
        try:
            session = session_of(
                Credentials(box.customer_id, box.client_id, Secret(box.client_secret)),
                Endpoints(box.api_url, box.token_url),
            )
        except BaseException:
            box.stop()
            raise
        session._embed(box)
        return session

    def _embed(self, box: Sandbox) -> None:
        """Take over an embedded service; what is known of it ends with it."""
        self._sandbox = box
        self._endpoints = replace(self._endpoints, is_embedded=True)
        self.known = Known(self.api_url, self.customer_id, is_kept=False)

    @property
    def customer_id(self) -> str:
        """The account number reads are made for."""
        return self._credentials.customer_id

    @property
    def client_id(self) -> str:
        """The OAuth2 client."""
        return self._credentials.client_id

    @property
    def api_url(self) -> str:
        """Where queries go."""
        return self._endpoints.api_url

    @property
    def token_url(self) -> str:
        """Where access tokens come from."""
        return self._endpoints.token_url

    @property
    def endpoints(self) -> Endpoints:
        """Both, and what the service is called."""
        return self._endpoints

    @property
    def is_sandbox(self) -> bool:
        """Whether the session owns an embedded service."""
        return self._endpoints.is_embedded

    @property
    def closed(self) -> bool:
        """Whether the session was closed."""
        return self._connection is None

    @property
    def connection(self) -> Connection:
        """The connection all requests of this session go through."""
        if self._connection is None:
            raise SessionClosedError(
                "This session was closed or logged out; call retarus_pandas.login() to sign in again."
            )
        return self._connection

    def post(
        self,
        body: Mapping[str, Any],
        read: Callable[[bytes, int], T],
        *,
        retry: bool = True,
        limit: int = 4,
        stop: threading.Event | None = None,
        on_wait: Callable[[float, str], None] | None = None,
    ) -> T:
        """Send one GraphQL request and return what `read` makes of the answer's body and status.

        This is all that a read needs of a session. With `retry`, faults that may pass are tried again; the request
        waits until fewer than `limit` of this session are in flight, and ends soon after `stop` is set. `on_wait` is
        told the seconds and the reason of every wait of more than two seconds between two tries.
        """
        return self.connection.post(body, read, retry=retry, limit=limit, stop=stop, on_wait=on_wait)

    @property
    def schema(self) -> Schema:
        """The schema in use: that of ``RETARUS_SCHEMA``, else the bundled one, until another is chosen.

        The embedded service has its own environment.
        """
        return self.known.schema

    def use_schema(self, schema: Schema | str | Path | Mapping[str, Any] | None) -> Schema:
        """Use another schema for this session: SDL, an introspection result, a file of either; None for the usual."""
        self.known.use_schema(schema)
        return self.schema

    def fetch_schema(self, *, refresh: bool = False) -> Schema:
        """Ask the service for its own schema, and use it from now on.

        Parameters
        ----------
        refresh : bool, default False
            Ask even if an answer of the last 24 hours is kept on this computer. The embedded service is always
            asked.

        Raises
        ------
        InputError
            The service gave no usable schema, perhaps because it does not allow introspection; the schema in use
            stays.
        RetarusError
            As for any request.
        """
        source = f"live, {self.endpoints.environment}"
        return self.use_schema(
            live_schema(self.connection, self.api_url, source, refresh=refresh, keep=not self.is_sandbox)
        )

    def sign_in(self) -> Token:
        """Get an access token now, or the one at hand; proves that the credentials are good.

        Raises
        ------
        AuthenticationError
            The token endpoint refused the credentials.
        TransportError
            The token endpoint could not be reached.
        """
        from retarus_pandas.http import in_worker

        return in_worker(self.connection.token)

    def close(self) -> None:
        """Forget the token and the secret, close the connections, stop the embedded service if there is one."""
        # Let go of only once it is closed: an interrupt leaves something to close for the next call.
        connection, box = self._connection, self._sandbox
        self._credentials = Credentials(self.customer_id, self.client_id, Secret(""))
        if connection is not None:
            connection.close()
        self._connection = None
        if box is not None:
            box.stop()
        self._sandbox = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self.closed else self.endpoints.environment
        return f"<Session customer_id={self.customer_id!r} client_id={self.client_id!r} {state}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Session holds a secret and is not pickled or copied; sign in again where it is needed")


def session_of(credentials: Credentials, endpoints: Endpoints, **settings: Any) -> Session:
    """Make a session of credentials that are wrapped already."""
    return Session(
        credentials.customer_id,
        credentials.client_id,
        credentials.client_secret,
        api_url=endpoints.api_url,
        token_url=endpoints.token_url,
        **settings,
    )


def _check_complete(credentials: Credentials) -> None:
    if credentials.missing:
        raise InputError(
            f"{' and '.join(credentials.missing)} must be texts that are not empty; the Retarus account manager "
            "hands them out."
        )


def _check_limits(timeout: object, max_bytes: object) -> None:
    if isinstance(timeout, bool) or not isinstance(timeout, Real) or not float(timeout) > 0:
        raise InputError(f"timeout={show(timeout)} does not fit: give the seconds that one page may take, such as 120.")
    if isinstance(max_bytes, bool) or not isinstance(max_bytes, Integral) or int(max_bytes) < 1:
        raise InputError(
            f"max_bytes={show(max_bytes)} does not fit: give the bytes that one answer may have, such as {1 << 30}."
        )
