"""A session: who asks, where, with which token and which schema; and the one current session.

A `Session` owns its token cache and its connections and shares them with every read that uses it, from any
thread. The process knows at most one *current* session; `login` and the environment set it, and a
``session=`` argument always goes before it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

from retarus_pandas.errors import InputError, NotSignedInError, QueryError, SessionClosedError
from retarus_pandas.values import BUILT_IN_API_URL, BUILT_IN_TOKEN_URL, Addition, Credentials, Endpoints, Secret, Token

if TYPE_CHECKING:
    from retarus_pandas.frame import Learned
    from retarus_pandas.http import Connection
    from retarus_pandas.sandbox import Sandbox
    from retarus_pandas.schema import Schema

__all__ = [
    "CREDENTIAL_VARIABLES",
    "Session",
    "acquire_session",
    "current_session",
    "known_customer_id",
    "known_schema",
    "logout",
    "make_current",
]

CREDENTIAL_VARIABLES = ("RETARUS_CUSTOMER_ID", "RETARUS_CLIENT_ID", "RETARUS_CLIENT_SECRET")

# Long enough for a page of 10,000 rows on a slow line, short enough to notice a dead one.
DEFAULT_TIMEOUT = 120.0


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
        result. Names it does not have are errors; names the bundled one does not have are only warned about.
    timeout : float, default 120
        Seconds one page may take in all.

    Raises
    ------
    InputError
        An empty credential, or an endpoint that is neither HTTPS nor on this machine.

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
    ) -> None:
        secret = client_secret if isinstance(client_secret, Secret) else Secret(client_secret or "")
        self._credentials = Credentials(str(customer_id).strip(), str(client_id).strip(), secret)
        self._check_credentials()
        self._endpoints = Endpoints(api_url or BUILT_IN_API_URL, token_url or BUILT_IN_TOKEN_URL)
        self._timeout = timeout
        self._lock = threading.RLock()
        # What the service has refused of all that is added to documents, by report; known once it has answered.
        self.refused: dict[str, tuple[Addition, ...]] = {}
        # How values come that do not come as declared, by report.
        self.learned: dict[str, Learned] = {}
        self._sandbox: Sandbox | None = None
        self._schema: Schema | None = None
        self._connection: Connection | None = self._connect()
        if schema is not None:
            self.use_schema(schema)

    def _check_credentials(self) -> None:
        given = self._credentials
        missing = [
            name
            for name, value in [
                ("customer_id", given.customer_id),
                ("client_id", given.client_id),
                ("client_secret", given.client_secret),
            ]
            if not value
        ]
        if missing:
            raise InputError(f"{' and '.join(missing)} must not be empty; the Retarus account manager hands them out")

    def _connect(self) -> Connection:
        from retarus_pandas.http import connect

        return connect(self._credentials, self._endpoints, timeout=self._timeout)

    @classmethod
    def from_env(cls) -> Session:
        """Make a session from the environment.

        Reads ``RETARUS_CUSTOMER_ID``, ``RETARUS_CLIENT_ID``, ``RETARUS_CLIENT_SECRET`` and, if set,
        ``RETARUS_API_URL`` and ``RETARUS_TOKEN_URL``.

        Raises
        ------
        NotSignedInError
            One of the first three is not set; the message names it.
        """
        missing = [name for name in CREDENTIAL_VARIABLES if not os.environ.get(name)]
        if missing:
            raise NotSignedInError(
                f"not signed in: {', '.join(missing)} not set in the environment; set all of "
                f"{', '.join(CREDENTIAL_VARIABLES)}, or call retarus_pandas.login()"
            )
        customer_id, client_id, client_secret = (os.environ[name] for name in CREDENTIAL_VARIABLES)
        return cls(
            customer_id,
            client_id,
            client_secret,
            api_url=os.environ.get("RETARUS_API_URL"),
            token_url=os.environ.get("RETARUS_TOKEN_URL"),
        )

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
            session = cls(
                box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
            )
        except BaseException:
            box.stop()
            raise
        session._sandbox = box
        return session

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
    def is_sandbox(self) -> bool:
        """Whether the session owns an embedded service."""
        return self._sandbox is not None

    @property
    def environment(self) -> str:
        """The service in a word: ``sandbox``, ``Retarus``, or the host of another endpoint."""
        from urllib.parse import urlsplit

        if self.is_sandbox:
            return "sandbox"
        return "Retarus" if self.api_url == BUILT_IN_API_URL else (urlsplit(self.api_url).hostname or self.api_url)

    @property
    def closed(self) -> bool:
        """Whether the session was closed."""
        return self._connection is None

    @property
    def connection(self) -> Connection:
        """The connection all requests of this session go through."""
        if self._connection is None:
            raise SessionClosedError("this session was closed or logged out; sign in again with login()")
        return self._connection

    @property
    def schema(self) -> Schema:
        """The schema in use: the bundled one until another is chosen."""
        from retarus_pandas.schema import bundled

        return self._schema or bundled()

    def use_schema(self, schema: Schema | str | Path | Mapping[str, Any] | None) -> Schema:
        """Use another schema for this session: SDL, an introspection result, a file of either; None for the bundled."""
        from retarus_pandas.schema import Schema, load

        self._schema = schema if schema is None or isinstance(schema, Schema) else load(schema)
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
        from retarus_pandas.schema import from_introspection, recall, remember

        kept = None if refresh or self.is_sandbox else recall(self.api_url)
        answer = kept or self._introspect()
        schema = from_introspection(answer, source=f"live, {self.environment}")
        if kept is None and not self.is_sandbox:
            remember(self.api_url, answer)
        return self.use_schema(schema)

    def _introspect(self) -> Mapping[str, Any]:
        from retarus_pandas.http import in_worker, json_object
        from retarus_pandas.schema import INTROSPECTION_QUERY

        try:
            return in_worker(lambda stop: self.connection.post({"query": INTROSPECTION_QUERY}, json_object, stop=stop))
        except QueryError as error:
            reason = str(error)
        raise InputError(
            f"the service did not give its schema ({reason}); introspection may not be allowed. Go on with the "
            "bundled one, or give the file the service offers for download as Session(schema=…)"
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
        with self._lock:
            connection, self._connection = self._connection, None
            box, self._sandbox = self._sandbox, None
            self._credentials = Credentials(self.customer_id, self.client_id, Secret(""))
        if connection is not None:
            connection.close()
        if box is not None:
            box.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self.closed else self.environment
        return f"<Session customer_id={self.customer_id!r} client_id={self.client_id!r} {state}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Session holds a secret and is not pickled or copied; sign in again where it is needed")


def _environment() -> int:
    """A fingerprint of all that `Session.from_env` reads."""
    return hash(tuple(os.environ.get(name) for name in (*CREDENTIAL_VARIABLES, "RETARUS_API_URL", "RETARUS_TOKEN_URL")))


class _Current:
    """The one current session of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._environment: int | None = None

    def get(self) -> Session | None:
        with self._lock:
            return None if self._session is None or self._session.closed else self._session

    def replace(self, session: Session | None) -> Session | None:
        with self._lock:
            before, self._session = self._session, session
            self._environment = None
            return before

    def get_or_make(self) -> Session:
        with self._lock:
            if self._session is None or self._session.closed or self._is_outdated():
                self._session = Session.from_env()
                self._environment = _environment()
            return self._session

    def _is_outdated(self) -> bool:
        """Whether the session came from an environment that was changed since, say to mend a wrong secret."""
        return self._environment is not None and self._environment != _environment()


_current = _Current()


def current_session() -> Session | None:
    """Return the current session, or None when nobody is signed in.

    Returns
    -------
    Session or None
    """
    return _current.get()


def make_current(session: Session) -> Session:
    """Make `session` the current one; the session before it, if another, is closed."""
    before = _current.replace(session)
    if before is not None and before is not session:
        before.close()
    return session


def acquire_session(session: Session | None = None) -> Session:
    """Return the given session, else the current one, else one made from the environment, which becomes current.

    Raises
    ------
    NotSignedInError
        There is none and the environment does not hold credentials.
    SessionClosedError
        The given session is closed.
    """
    if session is None:
        return _current.get_or_make()
    _check_type(session)
    if session.closed:
        raise SessionClosedError("the session given was closed or logged out; make a new one, or call login()")
    return session


def _check_type(session: object) -> None:
    if not isinstance(session, Session):
        raise InputError(f"session= is a {type(session).__name__}; give a retarus_pandas.Session, or leave it out")


def _given_or_current(session: Session | None) -> Session | None:
    if session is None:
        return current_session()
    _check_type(session)
    return session


def known_customer_id(session: Session | None = None) -> str | None:
    """Return whose records would be read, signed in or not; None where nobody says."""
    session = _given_or_current(session)
    return session.customer_id if session else os.environ.get("RETARUS_CUSTOMER_ID")


def known_schema(session: Session | None = None) -> Schema:
    """Return the schema of the given session, else of the current one, else the bundled one."""
    from retarus_pandas.schema import bundled

    session = _given_or_current(session)
    return session.schema if session else bundled()


def logout() -> None:
    """Close the current session and forget it; its secret and token are gone from memory.

    Sessions made with `Session` and passed as ``session=`` are not touched.
    """
    before = _current.replace(None)
    if before is not None:
        before.close()
