"""When a request is made again, and after how long."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from retarus_pandas.errors import (
    BrokenAnswerError,
    ConnectionFailedError,
    DeadlineError,
    RetarusError,
    ServiceError,
    retold,
)
from retarus_pandas.http.rate_limit import RateLimit
from retarus_pandas.http.stopping import Stop
from retarus_pandas.http.transport import Response

__all__ = ["Deadline", "GiveUp", "RetryPolicy", "apply_retry_after", "retry_after", "with_retries"]

T = TypeVar("T")

TOO_MANY_REQUESTS = 429
_PASSING_STATUS = frozenset({TOO_MANY_REQUESTS, 500, 502, 503, 504})
_ASKS_FOR_PAUSE = frozenset({TOO_MANY_REQUESTS, 503})
_PASSING_ERRORS = (ConnectionFailedError, BrokenAnswerError, DeadlineError)

_LONGEST_PAUSE = 30.0
_LONGEST_REQUESTED_PAUSE = 60.0


class GiveUp(Exception):  # noqa: N818 - a signal, not an error
    """Carries a failure that is not to be tried again, whatever its type."""

    def __init__(self, failure: RetarusError) -> None:
        super().__init__()
        self.failure = failure


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long and how often a request is tried: so many seconds in all, so many times, with growing pauses."""

    seconds: float = 120.0
    tries: int = 5
    first_pause: float = 0.5

    def pause(self, tried: int, chance: float) -> float:
        """Seconds to wait after so many tries; `chance`, from 0 to 1, spreads those who failed together."""
        longest = min(_LONGEST_PAUSE, self.first_pause * 2.0 ** (tried - 1))
        return longest * (0.5 + chance / 2)


class Deadline:
    """A number of seconds that begin to run at the first look."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end: float | None = None

    def left(self) -> float:
        """Seconds left; negative when it is over."""
        now = time.monotonic()
        if self._end is None:
            self._end = now + self.seconds
        return self._end - now


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` asks for, at most a minute; None if it is missing or garbage."""
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return min(float(text), _LONGEST_REQUESTED_PAUSE)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = date.replace(tzinfo=UTC) if date.tzinfo is None else date
    return min(max(0.0, (aware - now).total_seconds()), _LONGEST_REQUESTED_PAUSE)


def apply_retry_after(answer: Response, rate_limit: RateLimit) -> None:
    """Hold all requests back for as long as a service that is overloaded asks for."""
    if answer.status in _ASKS_FOR_PAUSE:
        rate_limit.pause(retry_after(answer.headers.get("Retry-After"), datetime.now(UTC)) or 0.0)


def _is_passing(failure: RetarusError) -> bool:
    if isinstance(failure, ServiceError):
        return failure.status in _PASSING_STATUS
    return isinstance(failure, _PASSING_ERRORS)


def with_retries(attempt: Callable[[Deadline], T], policy: RetryPolicy, *, rate_limit: RateLimit, stop: Stop) -> T:
    """Call `attempt` until it succeeds, fails for good, or the policy ends."""
    deadline = Deadline(policy.seconds)
    tried = 0
    while True:
        tried += 1
        try:
            return attempt(deadline)
        except GiveUp as final:
            failure, is_final = final.failure, True
        except RetarusError as error:
            failure, is_final = error, not _is_passing(error)
        pause = policy.pause(tried, random.random())  # noqa: S311 - spreads requests, protects nothing
        if isinstance(failure, ServiceError) and failure.status == TOO_MANY_REQUESTS:
            rate_limit.pause(pause)
        if is_final or tried >= policy.tries or max(pause, rate_limit.paused_for()) >= deadline.left():
            raise _counted(failure, tried)
        stop.wait(pause)


def _counted(failure: RetarusError, tried: int) -> RetarusError:
    return retold(failure, f"{str(failure).rstrip('.')}. Tried {tried} times.") if tried > 1 else failure
