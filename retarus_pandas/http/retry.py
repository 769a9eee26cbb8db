"""When a request is made again, and after how long.

Patience is time: as long as the service is busy or away, a request is tried until its time is over. What is more
likely to stay than to pass, such as a damaged answer or a host that was never reached, is tried a few times only.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from retarus_pandas.errors import ConnectionFailedError, RetarusError, ServiceError, retold
from retarus_pandas.http.blame import Passing, passing
from retarus_pandas.http.rate_limit import RateLimit
from retarus_pandas.http.stopping import Stop
from retarus_pandas.http.transport import Response

__all__ = ["Deadline", "GiveUp", "OnWait", "RetryPolicy", "apply_retry_after", "requested_pause", "with_retries"]

T = TypeVar("T")

# Called with a number of seconds and the reason, before a wait that somebody who looks on would wonder about.
OnWait = Callable[[float, str], None]

TOO_MANY_REQUESTS = 429
_ASKS_FOR_PAUSE = frozenset({TOO_MANY_REQUESTS, 503})

_FEW = 5
_LONGEST_PAUSE = 30.0
_LONGEST_REQUESTED_PAUSE = 60.0
_WORTH_TELLING = 2.0
# A reset above this is an instant, and above its thousandfold one in milliseconds; below, it is seconds from now.
_EPOCH = 1e9


class GiveUp(Exception):  # noqa: N818 - a signal, not an error
    """Carries a failure that is not to be tried again, whatever its type."""

    def __init__(self, failure: RetarusError) -> None:
        super().__init__()
        self.failure = failure


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long a request is tried, with growing pauses; at most so many times, where a number is given."""

    seconds: float = 120.0
    tries: int | None = None
    first_pause: float = 0.5

    def pause(self, tried: int, chance: float) -> float:
        """Seconds to wait after so many tries; `chance`, from 0 to 1, spreads those who failed together."""
        # Beyond the exponent the pause is the longest one anyway, and a power of two would become too large.
        longest = min(_LONGEST_PAUSE, self.first_pause * 2.0 ** min(tried - 1, 60))
        return longest * (0.5 + chance / 2)

    def allows(self, failure: RetarusError, tried: int, *, reached: bool) -> bool:
        """Whether to try again after so many tries; `reached` tells whether the host ever answered."""
        kind = passing(failure)
        # A misspelt address does not mend itself.
        is_nobody = isinstance(failure, ConnectionFailedError) and not reached
        most = 1 if kind is Passing.NEVER else _FEW if kind is Passing.MAYBE or is_nobody else None
        return all(tried < limit for limit in (most, self.tries) if limit is not None)


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


def requested_pause(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the headers ask to wait, at most a minute; None if they do not, or are garbage."""
    pauses = (
        _retry_after(headers.get("Retry-After"), now),
        _reset(headers.get("RateLimit-Reset"), now),
        _reset(headers.get("X-RateLimit-Reset"), now),
    )
    told = [pause for pause in pauses if pause is not None]
    return min(max(0.0, told[0]), _LONGEST_REQUESTED_PAUSE) if told else None


def _number(value: str | None) -> float | None:
    text = (value or "").strip()
    return float(text) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", text) else None


def _retry_after(value: str | None, now: datetime) -> float | None:
    number = _number(value)
    if number is not None:
        return number
    try:
        date = parsedate_to_datetime((value or "").strip())
    except (ValueError, OverflowError):
        return None
    aware = date.replace(tzinfo=UTC) if date.tzinfo is None else date
    return (aware - now).total_seconds()


def _reset(value: str | None, now: datetime) -> float | None:
    number = _number(value)
    if number is None or number < _EPOCH:
        return number
    return (number if number < _EPOCH * 1000 else number / 1000) - now.timestamp()


def apply_retry_after(answer: Response, rate_limit: RateLimit) -> None:
    """Hold all requests back for as long as a service that is overloaded asks for."""
    if answer.status in _ASKS_FOR_PAUSE:
        rate_limit.pause(requested_pause(answer.headers, datetime.now(UTC)) or 0.0)


def with_retries(
    attempt: Callable[[Deadline], T],
    policy: RetryPolicy,
    *,
    rate_limit: RateLimit,
    stop: Stop,
    reached: Callable[[], bool] = lambda: True,
    on_wait: OnWait | None = None,
) -> T:
    """Call `attempt` until it succeeds, fails for good, or the time is over."""
    deadline = Deadline(policy.seconds)
    tried = 0
    while True:
        tried += 1
        try:
            return attempt(deadline)
        except GiveUp as signal:
            failure, is_final = signal.failure, True
        except RetarusError as error:
            failure, is_final = error, not policy.allows(error, tried, reached=reached())
        pause = policy.pause(tried, random.random())  # noqa: S311 - spreads requests, protects nothing
        if isinstance(failure, ServiceError) and failure.status == TOO_MANY_REQUESTS:
            rate_limit.pause(pause)
        wait = max(pause, rate_limit.paused_for())
        if is_final or wait >= deadline.left():
            raise _counted(failure, tried)
        if on_wait is not None and wait > _WORTH_TELLING:
            on_wait(wait, _reason(failure))
        stop.wait(pause)


def _reason(failure: RetarusError) -> str:
    status = failure.status if isinstance(failure, ServiceError) else 0
    return f"the service answered HTTP {status}" if status >= 400 else str(failure).rstrip(".")


def _counted(failure: RetarusError, tried: int) -> RetarusError:
    return retold(failure, f"{str(failure).rstrip('.')}. Tried {tried} times.") if tried > 1 else failure
