"""What an answer of the service means: a value, or which error."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from retarus_pandas.errors import AuthenticationError, BrokenAnswerError, QueryError, RetarusError, ServiceError
from retarus_pandas.http.scrub import quoted
from retarus_pandas.http.transport import Response, host_of
from retarus_pandas.values import show_errors

__all__ = ["json_object", "judge", "named", "parsed", "query_error", "refuse_redirect"]

T = TypeVar("T")

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"


def judge(answer: Response, read: Callable[[bytes, int], T]) -> T:
    """Hand a good answer to `read`; raise for any other."""
    refuse_redirect(answer, "API")
    if 200 <= answer.status < 300:
        _expect_object(answer)
        return read(answer.body, answer.status)
    raise _refusal(answer)


def _refusal(answer: Response) -> RetarusError:
    content = parsed(answer.body)
    errors = content.get("errors") if content else None
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return AuthenticationError(
            "The API refuses the access token (HTTP 401), which the token endpoint had issued for it; ask the account "
            f"manager whether this client may use the reporting API. The API said: {quoted(answer.body)}."
        )
    if content is not None and isinstance(errors, list) and errors:
        return query_error(content, answer.status)
    if answer.status == HTTPStatus.FORBIDDEN:
        return AuthenticationError(
            "The API forbids this request (HTTP 403); check the customer ID, and ask the account manager whether "
            f"the client may read its reports. The API said: {quoted(answer.body)}."
        )
    return ServiceError(f"The API answered {named(answer.status)}: {quoted(answer.body)}.", answer.status)


def named(status: int) -> str:
    """``HTTP 404 (Not Found)``."""
    try:
        return f"HTTP {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"HTTP {status}"


def refuse_redirect(answer: Response, name: str) -> None:
    """Raise for a redirect, and name the host it leads to but nothing else of the address."""
    if 300 <= answer.status < 400:
        target = answer.headers.get("Location") or ""
        raise ServiceError(
            f"The {name} redirects to the host {host_of(target)!r} (HTTP {answer.status}); a redirect is not followed, "
            f"because secrets go to the configured address only. Check the {name} address.",
            answer.status,
        )


def _expect_object(answer: Response) -> None:
    start = answer.body[:1024].removeprefix(_BOM).lstrip(_BLANK)
    if not start.startswith(b"{"):
        raise BrokenAnswerError(
            f"The API answered HTTP {answer.status} with something that is not a JSON object: {quoted(answer.body)}; "
            "if that is the page of a proxy, sign in there or set HTTPS_PROXY."
        )


def parsed(body: bytes) -> dict[str, Any] | None:
    """The JSON object in the body; None if it is anything else."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def json_object(body: bytes, status: int) -> dict[str, Any]:
    """Read a whole GraphQL answer as plain objects, for questions that are not paged."""
    content = parsed(body)
    if content is None:
        raise BrokenAnswerError(f"The answer (HTTP {status}) is not one JSON object: {quoted(body)}.")
    if content.get("errors"):
        raise query_error(content, status)
    return content


def query_error(content: dict[str, Any], status: int) -> QueryError:
    """The error for an answer that holds GraphQL ``errors``."""
    errors = content["errors"]
    listed: Sequence[Any] = errors if isinstance(errors, list) else [errors]
    data = content.get("data")
    return QueryError(
        f"The service answered with errors: {show_errors(listed)}",
        listed,
        data if isinstance(data, dict) else None,
        status,
    )
