"""Single requests of a probe: counted, bounded, and tried once more where a fault may pass."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from retarus_pandas.errors import QueryError, RetarusError
from retarus_pandas.http import in_worker, is_passing, json_object
from retarus_pandas.session import Session

__all__ = ["MOST_REQUESTS", "Asker", "Reply", "SpentError", "UntoldError"]

MOST_REQUESTS = 30


class SpentError(Exception):
    """All requests that a probe may make were made."""


class UntoldError(Exception):
    """A question has no answer; the message says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the service, whether it refuses or not."""

    status: int
    errors: tuple[Any, ...] = ()
    data: Mapping[str, Any] | None = None


class Asker:
    """Sends the requests of one probe, one after another.

    Parameters
    ----------
    session : Session
        Who asks.
    pause : float
        Seconds to wait before a request that met a fault is made again.

    Attributes
    ----------
    requests : int
        How many were sent.
    cured : int
        How many faults were gone when the request was made again.
    """

    def __init__(self, session: Session, *, pause: float) -> None:
        self.requests = self.cured = 0
        self._session = session
        self._pause = pause

    def ask(self, body: Mapping[str, Any]) -> Reply:
        """Send one request.

        Raises
        ------
        SpentError
            As many as may be were sent before.
        RetarusError
            There is no answer in the sense of GraphQL.
        """
        try:
            return self._once(body)
        except RetarusError as error:
            if not is_passing(error):
                raise
        time.sleep(self._pause)
        reply = self._once(body)
        self.cured += 1
        return reply

    def _once(self, body: Mapping[str, Any]) -> Reply:
        if self.requests >= MOST_REQUESTS:
            raise SpentError
        self.requests += 1

        def read(answer: bytes, status: int) -> Reply:
            return Reply(status, (), json_object(answer, status).get("data"))

        try:
            return in_worker(lambda stop: self._session.post(body, read, retry=False, limit=1, stop=stop))
        except QueryError as error:
            if is_passing(error):
                raise
            return Reply(error.status, tuple(error.errors), error.data)
