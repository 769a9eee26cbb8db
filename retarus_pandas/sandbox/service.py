"""Answers the requests to both endpoints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError

from retarus_pandas.sandbox.accounts import Accounts
from retarus_pandas.sandbox.clock import Clock
from retarus_pandas.sandbox.engine import Engine
from retarus_pandas.sandbox.journal import Journal
from retarus_pandas.sandbox.moving import Movement
from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.sandbox.records import Span, Table
from retarus_pandas.sandbox.rules import PageRequest, Selected, select_page, understand
from retarus_pandas.sandbox.server import Answer, Asked
from retarus_pandas.sandbox.tokens import Customer

__all__ = ["Service"]

_UNAUTHORIZED = Answer(
    401,
    json.dumps({"error": "invalid_token", "error_description": "The access token is missing or not valid"}).encode(),
    (("WWW-Authenticate", 'Bearer error="invalid_token"'),),
)
_UNSUPPORTED = Answer(415, json.dumps({"message": "The content type must be application/json"}).encode())


class Service:
    """The way of a request: who asks, what is asked, which records are shown, and what moves afterwards."""

    def __init__(
        self,
        quirks: frozenset[Quirk],
        engine: Engine,
        accounts: Accounts,
        clock: Clock,
        movement: Movement,
        journal: Journal,
    ) -> None:
        self._quirks = quirks
        self._accounts = accounts
        self._clock = clock
        self._movement = movement
        self._journal = journal
        self._engine = engine
        self._refused: set[PageRequest] = set()

    def answer_token(self, asked: Asked) -> Answer:
        """Answer a request for a token."""
        self._journal.count_token()
        status, answer = self._accounts.tokens.answer(asked.content_type, asked.authorization, asked.body)
        return Answer(status, json.dumps(answer).encode(), (("Cache-Control", "no-store"),))

    def answer_api(self, asked: Asked, wait: Callable[[], object]) -> Answer:
        """Answer a GraphQL request after a wait."""
        with self._journal.in_flight():
            wait()
            customer = self._accounts.tokens.owner(asked.authorization)
            if customer is None:
                return _UNAUTHORIZED
            if asked.content_type.partition(";")[0].strip().lower() != "application/json":
                return _UNSUPPORTED
            return self._answer(customer, asked.body)

    def _answer(self, customer: Customer, body: bytes) -> Answer:
        moves: list[tuple[str, Table, Span]] = []

        def select(report: str, arguments: Mapping[str, Any]) -> Selected:
            now = self._clock.now()
            wanted = understand(report, arguments, customer_id=customer.customer_id, quirks=self._quirks, now=now)
            table = self._accounts.table(customer.customer_id, report)
            is_turn = self._movement.is_turn(self._journal.add_page(wanted.request))
            if is_turn:
                moves.append((report, table, wanted.span))
            if is_turn and Quirk.TRANSIENT_ERRORS in self._quirks and self._is_new(wanted.request):
                raise GraphQLError("The service is busy", extensions={"classification": "INTERNAL_ERROR"})
            return select_page(table, wanted, self._quirks)

        answer = Answer(*self._engine.answer(body, select))
        # What moves, moves after the answer: one answer is one look.
        for move in moves:
            self._movement.move(*move)
        return answer

    def _is_new(self, request: PageRequest) -> bool:
        """Whether a page was not refused before: asking again cures, whatever else is asked between."""
        if request in self._refused:
            self._refused.discard(request)
            return False
        self._refused.add(request)
        return True
