"""A service that knows prices: numbers with a fraction whose type nobody has declared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from support.replies import answer
from support.servers import API, FaultyServer

__all__ = ["PRICED", "price_service"]

PRICED = "{ faxOutUdrReport { faxId price keyTimestamp } }"


def price_service(*literals: str, field: str = "price") -> FaultyServer:
    """One that answers everything with these prices, as they are written."""
    at = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    records = ",".join(
        f'{{"faxId": "{number}", "attemptSeqNo": 1, "{field}": {literal}, "keyTimestamp": "{at}"}}'
        for number, literal in enumerate(literals)
    )
    result = f'{{"pageIndex": 0, "pageSize": 10000, "hasMoreElements": false, "content": [{records}]}}'
    service = FaultyServer()
    service.always(API, answer(f'{{"data": {{"faxOutUdrReport": {result}}}}}'.encode()))
    return service
