"""The embedded service: one object to start, to sign in to, to look into and to stop."""

from __future__ import annotations

import json
import shlex
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from graphql import GraphQLError

from retarus_pandas.errors import InputError
from retarus_pandas.sandbox.engine import Engine
from retarus_pandas.sandbox.journal import Journal
from retarus_pandas.sandbox.makers import DEFAULT_ROWS
from retarus_pandas.sandbox.quirks import Quirk, quirks_of
from retarus_pandas.sandbox.records import Ledger, Span, Table
from retarus_pandas.sandbox.rules import Selected, select_page, understand
from retarus_pandas.sandbox.server import API_PATH, TOKEN_PATH, Answer, Asked, Server
from retarus_pandas.sandbox.tokens import Customer, Tokens

__all__ = ["Sandbox", "Shifted", "serve"]

# Characters that a careless form encoding would break.
_SECRET = "s4ndb0x+/&%=secret"  # noqa: S105


class Shifted(NamedTuple):
    """A record that appeared or vanished while pages were read."""

    report: str
    record: dict[str, Any]


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
    now : datetime, optional
        The instant at which the service's clock stands still. By default the clock is this machine's.
    byte_rate : float, optional
        Bytes per second at which answers are sent; unlimited by default.
    compressed : bool, default False
        Whether answers are compressed for clients that accept it.
    shift_every : int, default 3
        With the quirks of every few pages: once in so many of them a record moves, or the answer is an error.
    shift_limit : int, optional
        How many times records move in all; without end by default.

    Attributes
    ----------
    customer_id, client_id, client_secret : str
        The credentials of the first customer.
    requests : Journal
        What was asked.
    inserted, expired : list of Shifted
        Records that appeared or vanished while pages were read.

    Raises
    ------
    InputError
        There is no such quirk or report, or ``now`` has no time zone.

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
        now: datetime | None = None,
        byte_rate: float | None = None,
        compressed: bool = False,
        shift_every: int = 3,
        shift_limit: int | None = None,
    ) -> None:
        if now is not None and now.tzinfo is None:
            raise InputError(f"now={now} has no time zone; give it one, such as datetime.UTC")
        self.customer_id, self.client_id, self.client_secret = "99999", "sandbox-client", _SECRET
        self.quirks = quirks_of(quirks)
        self.latency = latency
        self.requests = Journal()
        self.inserted: list[Shifted] = []
        self.expired: list[Shifted] = []
        self._now = now
        self._rows = _rows_of(rows)
        self._seed = seed
        self._shift_every = shift_every
        self._shifts_left = float("inf") if shift_limit is None else shift_limit
        self._shift_lock = threading.Lock()
        self._serve = partial(Server, byte_rate=byte_rate, compressed=compressed)
        self._tokens = Tokens(token_lifetime)
        self._engine = Engine(self.quirks)
        self._ledgers: dict[str, Ledger] = {}
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
        customer = Customer(customer_id, client_id or f"client-{customer_id}", client_secret)
        midnight = self._clock().replace(hour=0, minute=0, second=0, microsecond=0)
        counts = self._rows if rows is None else _rows_of(rows)
        self._ledgers[customer_id] = Ledger(customer_id, counts, self._seed, midnight, self.quirks)
        self._tokens.register(customer)
        return customer

    def records(self, report: str, customer_id: str | None = None) -> list[dict[str, Any]]:
        """All records of a report that the service holds now, ordered by their key timestamps."""
        table = self._ledgers[customer_id or self.customer_id].table(report)
        return table.dicts(np.flatnonzero(table.there))

    def revoke_tokens(self) -> None:
        """Make all tokens issued so far worth nothing."""
        self._tokens.revoke()

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
            self._server = self._serve({API_PATH: self._answer_api, TOKEN_PATH: self._answer_token})
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

    def _clock(self) -> datetime:
        return self._now.astimezone(UTC) if self._now else datetime.now(UTC)

    def _address(self) -> str:
        if self._server is None:
            raise InputError("the sandbox is not running; use it in a with statement, or call start()")
        return self._server.url

    def _answer_token(self, asked: Asked) -> Answer:
        self.requests.count_token()
        status, answer = self._tokens.answer(asked.content_type, asked.authorization, asked.body)
        return Answer(status, json.dumps(answer).encode(), (("Cache-Control", "no-store"),))

    def _answer_api(self, asked: Asked) -> Answer:
        with self.requests.in_flight():
            if self.latency and self._server:
                self._server.stopping.wait(self.latency)
            return self._answer_query(asked)

    def _answer_query(self, asked: Asked) -> Answer:
        customer = self._tokens.owner(asked.authorization)
        if customer is None:
            refusal = {"error": "invalid_token", "error_description": "The access token is missing or not valid"}
            return Answer(401, json.dumps(refusal).encode(), (("WWW-Authenticate", 'Bearer error="invalid_token"'),))
        if asked.content_type.partition(";")[0].strip().lower() != "application/json":
            return Answer(415, json.dumps({"message": "The content type must be application/json"}).encode())
        shifts: list[tuple[str, Table, Span]] = []

        def select(report: str, arguments: Mapping[str, Any]) -> Selected:
            wanted = understand(
                report, arguments, customer_id=customer.customer_id, quirks=self.quirks, now=self._clock()
            )
            table = self._ledgers[customer.customer_id].table(report)
            is_turn = self.requests.add_page(wanted.request) % self._shift_every == 0
            if is_turn:
                shifts.append((report, table, wanted.span))
            if is_turn and Quirk.TRANSIENT_ERRORS in self.quirks:
                raise GraphQLError("The service is busy", extensions={"classification": "INTERNAL_ERROR"})
            return select_page(table, wanted, self.quirks)

        answer = Answer(*self._engine.answer(asked.body, select))
        for shift in shifts:
            self._shift(*shift)
        return answer

    def _shift(self, report: str, table: Table, span: Span) -> None:
        with self._shift_lock:
            if self._shifts_left <= 0:
                return
            if Quirk.ROWS_INSERTED in self.quirks:
                self.inserted += [Shifted(report, record) for record in table.dicts(table.insert(span))]
            if Quirk.ROWS_EXPIRED in self.quirks:
                self.expired += [Shifted(report, record) for record in table.dicts(table.expire(span))]
            self._shifts_left -= 1


def _rows_of(rows: int | Mapping[str, int] | None) -> dict[str, int]:
    if rows is None:
        return DEFAULT_ROWS
    if isinstance(rows, int):
        return dict.fromkeys(DEFAULT_ROWS, rows)
    unknown = [report for report in rows if report not in DEFAULT_ROWS]
    if unknown:
        raise InputError(f"there is no report {unknown[0]!r}; the reports are: {', '.join(DEFAULT_ROWS)}")
    return DEFAULT_ROWS | dict(rows)


def serve(box: Sandbox) -> None:
    """Serve until Ctrl-C, after saying how to sign in."""
    with box, suppress(KeyboardInterrupt):
        for name, value in box.environment.items():
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
        sys.stdout.write("# Ctrl-C stops the sandbox.\n")
        sys.stdout.flush()
        threading.Event().wait()
