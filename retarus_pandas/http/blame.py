"""Whose fault an error is, as far as GraphQL errors and statuses say: the service's, the token's, or the query's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from http import HTTPStatus
from typing import Any

from retarus_pandas.errors import (
    BrokenAnswerError,
    ConnectionFailedError,
    DeadlineError,
    QueryError,
    RetarusError,
    ServiceError,
)

__all__ = ["Passing", "is_passing", "passing", "says_unauthenticated"]

_BUSY_STATUS = frozenset({408, 425, 429, 502, 503, 504, *range(520, 531)})
# As servers of several makes name it, in `extensions.classification`, `.code` or `.errorType`.
_BUSY_CODES = frozenset(
    {"THROTTLED", "THROTTLING", "RATE_LIMITED", "TOO_MANY_REQUESTS", "TIMEOUT", "UNAVAILABLE", "SERVICE_UNAVAILABLE"}
)
_BROKEN_CODES = frozenset({"INTERNAL", "INTERNAL_ERROR", "INTERNAL_SERVER_ERROR"})
_TOKEN_CODES = frozenset({"UNAUTHENTICATED", "UNAUTHORIZED"})
_CODE_MEMBERS = ("classification", "code", "errorType")


class Passing(Enum):
    """Whether, and how, a fault may pass."""

    WITH_TIME = "the service is busy or away: worth all the time there is"
    MAYBE = "the service stumbled: worth a few tries, after which it would stumble for ever"
    NEVER = "the request is at fault"


def passing(failure: RetarusError) -> Passing:
    """How a failed request may pass when it is made again."""
    if isinstance(failure, QueryError):
        return _passing_errors(failure)
    if isinstance(failure, ServiceError):
        return _passing_status(failure.status)
    if isinstance(failure, BrokenAnswerError):
        return Passing.MAYBE
    return Passing.WITH_TIME if isinstance(failure, (ConnectionFailedError, DeadlineError)) else Passing.NEVER


def is_passing(failure: RetarusError) -> bool:
    """Whether a failed request may succeed when it is made again."""
    return passing(failure) is not Passing.NEVER


def _passing_status(status: int) -> Passing:
    if status in _BUSY_STATUS:
        return Passing.WITH_TIME
    return Passing.MAYBE if status == HTTPStatus.INTERNAL_SERVER_ERROR else Passing.NEVER


def _passing_errors(failure: QueryError) -> Passing:
    """By their codes where there is no data and every one of them says that the service is at fault; else as usual."""
    codes = [_codes(error) for error in failure.errors]
    is_without_data = bool(codes) and not any((failure.data or {}).values())
    if is_without_data and all(found & _BUSY_CODES for found in codes):
        return Passing.WITH_TIME
    if is_without_data and all(found & (_BUSY_CODES | _BROKEN_CODES) for found in codes):
        return Passing.MAYBE
    return _passing_status(failure.status)


def says_unauthenticated(errors: Sequence[Any]) -> bool:
    """Whether any of the errors says that the token is not good."""
    return any(_codes(error) & _TOKEN_CODES for error in errors)


def _codes(error: Any) -> set[str]:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    return set(_spelled(extensions)) if isinstance(extensions, dict) else set()


def _spelled(extensions: dict[str, Any]) -> Iterator[str]:
    for member in _CODE_MEMBERS:
        code = extensions.get(member)
        if isinstance(code, str):
            yield code.upper()
