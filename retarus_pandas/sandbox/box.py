"""The embedded service: one object to start, to sign in to, to look into and to stop."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Any, Self

from retarus_pandas.errors import InputError
from retarus_pandas.sandbox.accounts import Accounts
from retarus_pandas.sandbox.clock import Clock
from retarus_pandas.sandbox.engine import Engine
from retarus_pandas.sandbox.journal import Journal
from retarus_pandas.sandbox.moving import Movement, Shifted
from retarus_pandas.sandbox.quirks import Quirk, quirks_of
from retarus_pandas.sandbox.server import API_PATH, TOKEN_PATH, Answer, Asked, Server
from retarus_pandas.sandbox.service import Service
from retarus_pandas.sandbox.tokens import Customer, Tokens

__all__ = ["LIVE_DAYS", "Sandbox", "serve"]

# How many days of records are still to come where somebody looks at them: "today" is not to be empty.
LIVE_DAYS = 7
_A_WHILE = 60.0

# Characters that a careless form encoding would break.
_SECRET = "s4ndb0x+/&%=secret"  # noqa: S105


class Sandbox:
    """The reporting API with invented records, on this machine only.

    Parameters
    ----------
    rows : int or mapping, optional
        Records of each report, or of the reports named in a mapping; otherwise some thousands.
    token_lifetime : float, default 300
        Seconds an access token is good for.
    latency : float, default 0
        Seconds every API request waits before it is answered.
    seed : int, default 0
        Another seed makes other records; the same seed on the same day makes the same ones.
    quirks : iterable of Quirk or str
        What the service may do otherwise than expected.
    missing : iterable of str
        Names of fields and arguments that this service does not have, such as ``keyTimestamp`` or ``sort``.
    now : datetime, optional
        The instant at which the service's clock stands still. By default the clock is this machine's.
    byte_rate : float, optional
        Bytes per second at which answers are sent; unlimited by default.
    compressed : bool, default False
        Whether answers are compressed for clients that accept it.
    days_ahead : int, default 0
        So many days from today on get records too, which appear as the clock goes on. By default the last records are
        those of yesterday, so that a program finds the same ones all day; where somebody looks at them, it is
        `LIVE_DAYS`.
    shift_every : int or collection of int, default 3
        With the quirks of every few pages: once in so many of them a record moves, or the answer is an error.
        A collection holds the pages at which it happens, counted from 1.
    shift_limit : int, optional
        How many times records move in all; without end by default.

    Attributes
    ----------
    customer_id, client_id, client_secret : str
        The credentials of the first customer.
    requests : Journal
        What was asked.

    Raises
    ------
    InputError
        There is no such quirk, report, field or argument, ``now`` has no time zone, or ``days_ahead`` is negative.

    Examples
    --------
    >>> from retarus_pandas.sandbox import Sandbox
    >>> with Sandbox(rows=100) as box:
    ...     len(box.records("smsInUdrReport"))
    100
    """

    def __init__(
        self,
        rows: int | Mapping[str, int] | None = None,
        *,
        token_lifetime: float = 300,
        latency: float = 0.0,
        seed: int = 0,
        quirks: Iterable[Quirk | str] = (),
        missing: Iterable[str] = (),
        now: datetime | None = None,
        days_ahead: int = 0,
        byte_rate: float | None = None,
        compressed: bool = False,
        shift_every: int | Collection[int] = 3,
        shift_limit: int | None = None,
    ) -> None:
        self.customer_id, self.client_id, self.client_secret = "99999", "sandbox-client", _SECRET
        self.quirks = quirks_of(quirks)
        self.latency = latency
        self.requests = Journal()
        self._clock = Clock(now)
        self._movement = Movement(self.quirks, shift_every, shift_limit)
        self._accounts = Accounts(
            Tokens(token_lifetime), self._clock, rows=rows, days_ahead=days_ahead, seed=seed, quirks=self.quirks
        )
        engine = Engine(self.quirks, frozenset([missing] if isinstance(missing, str) else missing))
        self._service = Service(self.quirks, engine, self._accounts, self._clock, self._movement, self.requests)
        self._serve = partial(Server, byte_rate=byte_rate, compressed=compressed)
        self._server: Server | None = None
        self.add_customer(self.customer_id, self.client_id, self.client_secret)

    def add_customer(
        self,
        customer_id: str,
        client_id: str | None = None,
        client_secret: str = _SECRET,
        *,
        rows: int | Mapping[str, int] | None = None,
    ) -> Customer:
        """Add a customer with credentials and records of their own.

        Returns
        -------
        Customer
            The credentials.
        """
        return self._accounts.add(Customer(customer_id, client_id or f"client-{customer_id}", client_secret), rows)

    def records(self, report: str, customer_id: str | None = None) -> list[dict[str, Any]]:
        """All records of a report that the service holds now, ordered by their key timestamps.

        They are the truth: how a period is understood, records are ordered or instants are shown changes nothing
        here. Quirks with ``in_records`` change what the records themselves are.
        """
        return self._accounts.table(customer_id or self.customer_id, report).records()

    def advance(self, by: timedelta) -> None:
        """Put the service's clock forward.

        Records of the days since then appear (see ``days_ahead``), those older than the history vanish, and
        what quirks say of the days after a record's key timestamp happens. Tokens keep to the machine's clock.

        Raises
        ------
        InputError
            The clock would go back.
        """
        self._clock.advance(by)

    @property
    def inserted(self) -> list[Shifted]:
        """Records that appeared while pages were read."""
        return self._movement.inserted

    @property
    def expired(self) -> list[Shifted]:
        """Records that vanished while pages were read."""
        return self._movement.expired

    @property
    def updated(self) -> list[Shifted]:
        """Records that changed while pages were read, as they are since then."""
        return self._movement.updated

    def revoke_tokens(self) -> None:
        """Make all tokens issued so far worth nothing."""
        self._accounts.tokens.revoke()

    @property
    def api_url(self) -> str:
        """The address of the GraphQL endpoint."""
        return self._address() + API_PATH

    @property
    def token_url(self) -> str:
        """The address of the token endpoint."""
        return self._address() + TOKEN_PATH

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables by which a session finds and enters the sandbox."""
        return {
            "RETARUS_CUSTOMER_ID": self.customer_id,
            "RETARUS_CLIENT_ID": self.client_id,
            "RETARUS_CLIENT_SECRET": self.client_secret,
            "RETARUS_API_URL": self.api_url,
            "RETARUS_TOKEN_URL": self.token_url,
        }

    def start(self) -> Self:
        """Begin to serve on a free port of the loopback interface."""
        if self._server is None:
            self._server = self._serve({API_PATH: self._answer_api, TOKEN_PATH: self._service.answer_token})
            self._server.start()
        return self

    def stop(self) -> None:
        """Close all connections and serve no more."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        where = "stopped" if self._server is None else self._server.url
        return f"<Sandbox {where}, customer {self.customer_id}>"

    def _address(self) -> str:
        if self._server is None:
            raise InputError("the sandbox is not running; use it in a with statement, or call start()")
        return self._server.url

    def _answer_api(self, asked: Asked) -> Answer:
        return self._service.answer_api(asked, self._wait)

    def _wait(self) -> None:
        if self.latency and self._server:
            self._server.stopping.wait(self.latency)


def serve(box: Sandbox) -> None:
    """Serve until Ctrl-C, after saying how to sign in."""
    with box, suppress(KeyboardInterrupt):
        for name, value in box.environment.items():
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
        sys.stdout.write("# Ctrl-C stops the sandbox.\n")
        sys.stdout.flush()
        # Not one wait for a lock: libraries such as polars have it begin again after an interrupt.
        while True:
            time.sleep(_A_WHILE)
