"""Who may ask, and what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from retarus_pandas.errors import InputError
from retarus_pandas.sandbox.clock import Clock
from retarus_pandas.sandbox.ledger import Ledger
from retarus_pandas.sandbox.makers import DEFAULT_ROWS
from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.sandbox.records import Table
from retarus_pandas.sandbox.tokens import Customer, Tokens

__all__ = ["Accounts"]


class Accounts:
    """The customers with their tokens and records.

    Attributes
    ----------
    tokens : Tokens
        Issues and knows the access tokens of all customers.
    """

    def __init__(
        self,
        tokens: Tokens,
        clock: Clock,
        *,
        rows: int | Mapping[str, int] | None,
        days_ahead: int,
        seed: int,
        quirks: frozenset[Quirk],
    ) -> None:
        if days_ahead < 0:
            raise InputError(f"There are no {days_ahead} days ahead; give days_ahead=0 or more.")
        self.tokens = tokens
        self._rows = _rows_of(rows)
        self._make = partial(Ledger, clock=clock, days_ahead=days_ahead, seed=seed, quirks=quirks)
        self._ledgers: dict[str, Ledger] = {}

    def add(self, customer: Customer, rows: int | Mapping[str, int] | None) -> Customer:
        """Add a customer; their records are made when they are first asked for."""
        counts = self._rows if rows is None else _rows_of(rows)
        self._ledgers[customer.customer_id] = self._make(customer.customer_id, counts)
        self.tokens.register(customer)
        return customer

    def table(self, customer_id: str, report: str) -> Table:
        """The records of one report of a customer."""
        return self._ledgers[customer_id].table(report)


def _rows_of(rows: int | Mapping[str, int] | None) -> dict[str, int]:
    if rows is None:
        return DEFAULT_ROWS
    if isinstance(rows, int):
        return dict.fromkeys(DEFAULT_ROWS, rows)
    unknown = [report for report in rows if report not in DEFAULT_ROWS]
    if unknown:
        raise InputError(f"there is no report {unknown[0]!r}; the reports are: {', '.join(DEFAULT_ROWS)}")
    return DEFAULT_ROWS | dict(rows)
