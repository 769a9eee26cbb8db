"""What an answer of the service means: a value, or which error."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, TypeVar, cast

from retarus_pandas.errors import AuthenticationError, BrokenAnswerError, QueryError, RetarusError, ServiceError
from retarus_pandas.http.blame import says_unauthenticated
from retarus_pandas.http.scrub import NOT_SHOWN, quoted, repeats
from retarus_pandas.http.transport import Response, host_of
from retarus_pandas.values import Page, Secret, Token, plain, show_errors

__all__ = [
    "between",
    "is_page",
    "json_object",
    "judge_hiding",
    "named",
    "parsed",
    "query_error",
    "refuse_redirect",
    "refuses_token",
]

T = TypeVar("T")

_BOM = b"\xef\xbb\xbf"
_SHORT = 1 << 16
# A shorter token stands in every text by chance; none is issued.
_TELLING = 8
_SHOWN = 100
_BLANK = b" \t\r\n"


def judge(answer: Response, read: Callable[[bytes, int], T]) -> T:
    """Hand a good answer to `read`; raise for any other."""
    refuse_redirect(answer, "API")
    if 200 <= answer.status < 300:
        _expect_object(answer)
        return read(answer.body, answer.status)
    raise _refusal(answer)


def judge_hiding(answer: Response, read: Callable[[bytes, int], T], token: Token) -> T:
    """The meaning of an answer; nothing that is told of it shows anything of one that repeats the token.

    Only what is told is looked through, because to look through every page would cost a tenth of decoding it.
    """
    try:
        value = judge(answer, read)
    except RetarusError:
        if not _repeats_anywhere(answer, token.secret):
            raise
    else:
        if value is None or len(token.secret.reveal()) < _TELLING:
            return value
        if isinstance(value, Page):
            return cast("T", _hiding(value, token.secret))
        # What is not paged, such as a schema, is short, and its names are told.
        if not _repeats_anywhere(answer, token.secret):
            return value
        raise ServiceError(f"The API's answer is not used: {NOT_SHOWN}.", answer.status)
    return judge(Response(answer.status, {}, _withheld(answer.body)), read)


def _repeats_anywhere(answer: Response, secret: Secret) -> bool:
    return repeats(answer.body, secret) or repeats(answer.headers.get("Location") or "", secret, any_case=True)


def _hiding(page: Page, secret: Secret) -> Page:
    """The page, with errors and notes that do not repeat the secret: a field may be named like it."""
    errors, notes = page.errors, page.notes
    if errors and repeats(json.dumps(errors), secret):
        errors = ({"message": NOT_SHOWN},)
    if any(repeats(str(note), secret) for note in notes):
        notes = (NOT_SHOWN,)
    return page if errors is page.errors and notes is page.notes else replace(page, errors=errors, notes=notes)


def _withheld(body: bytes) -> bytes:
    """An answer of the same kind that says nothing."""
    content = parsed(body)
    is_error = content is not None and content.get("errors")
    return json.dumps({"errors": [{"message": NOT_SHOWN}]}).encode() if is_error else NOT_SHOWN.encode()


def refuses_token(answer: Response) -> bool:
    """Whether the answer says that the token is not, or no longer, good; perhaps another one is."""
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return True
    # A page of records is not looked through: an answer that refuses is short.
    if len(answer.body) > _SHORT or b"UNAUTH" not in answer.body.upper():
        return False
    content = parsed(answer.body) or {}
    errors = content.get("errors")
    return isinstance(errors, list) and not any((content.get("data") or {}).values()) and says_unauthenticated(errors)


def _refusal(answer: Response) -> RetarusError:
    content = parsed(answer.body)
    errors = content.get("errors") if content else None
    said = f"The API said: {quoted(answer.body)}."
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return AuthenticationError(
            "The API refuses the access token (HTTP 401), which the token endpoint had issued for it; ask the account "
            f"manager whether this client may use the reporting API. {said}"
        )
    if content is not None and isinstance(errors, list) and errors:
        return query_error(content, answer.status)
    if answer.status == HTTPStatus.FORBIDDEN and is_page(answer.body):
        return ServiceError(between("API", answer), answer.status)
    if answer.status == HTTPStatus.FORBIDDEN:
        return AuthenticationError(
            "The API forbids this request (HTTP 403); check the customer ID, and ask the account manager whether "
            f"the client may read its reports. {said}"
        )
    return ServiceError(f"The API answered {named(answer.status)}: {quoted(answer.body)}.", answer.status)


def is_page(body: bytes) -> bool:
    """Whether somebody in between answered, with a page of HTML."""
    return body[:1024].lstrip(_BLANK).lower().startswith((b"<!doctype html", b"<html"))


def between(name: str, answer: Response) -> str:
    """What to do about such a page."""
    return (
        f"Not the {name} answered but something in between, a firewall or a proxy ({named(answer.status)}): "
        f"{quoted(answer.body)}. Ask who runs the network to let {name} requests through, or set HTTPS_PROXY."
    )


def named(status: int) -> str:
    """``HTTP 404 (Not Found)``."""
    try:
        return f"HTTP {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"HTTP {status}"


def refuse_redirect(answer: Response, name: str, sent: Secret | None = None) -> None:
    """Raise for a redirect, and name the host it leads to but nothing else of the address.

    Not even the host where that is made of the secret that was sent, in whatever case: hosts have none.
    """
    if 300 <= answer.status < 400:
        target = answer.headers.get("Location") or ""
        if sent is not None and repeats(target, sent, any_case=True):
            target = ""
        host = plain(host_of(target), _SHOWN)
        raise ServiceError(
            f"The {name} redirects to the host {host!r} (HTTP {answer.status}); a redirect is not followed, "
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
