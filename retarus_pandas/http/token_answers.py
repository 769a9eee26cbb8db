"""What an answer of the token endpoint means: a token, or which error."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

from retarus_pandas.errors import AuthenticationError, BrokenAnswerError, RetarusError, ServiceError
from retarus_pandas.http.answers import between, is_page, named, parsed, refuse_redirect
from retarus_pandas.http.scrub import NOT_SHOWN, quoted, repeats
from retarus_pandas.http.transport import Response
from retarus_pandas.values import Secret, plain

__all__ = ["read_token"]

_REFUSING = frozenset({400, 401, 403})
_CHECK = (
    "Check the client ID and the client secret: copied whole, not swapped, not replaced by newer ones; the customer ID "
    "plays no part here. All three come from the Retarus account manager."
)
_ASK = "ask the Retarus account manager to allow it."
# By the code of OAuth2; where one is missing, or may mean a wrong secret, the credentials are what to check.
_ADVICE = {
    "unauthorized_client": f"{_CHECK} If they are right, the client may not sign in by itself (grant type "
    f"client_credentials): {_ASK}",
    "invalid_scope": f"The client may not ask for the scope 'openid': {_ASK}",
    "unsupported_grant_type": f"Sign-in by client credentials is off there: check the token URL, or {_ASK}",
}
# Assumed where the answer does not tell; too short costs a request now and then, too long costs refusals.
_UNTOLD_LIFETIME = 60.0
_LONGEST_LIFETIME = 86_400.0
_SHOWN = 200


def read_token(answer: Response, sent: Secret) -> tuple[Secret, float]:
    """The token and its lifetime in seconds; `sent`, the client secret, is kept out of every error.

    Raises
    ------
    AuthenticationError
        The client was refused.
    ServiceError
        Another status that refuses.
    BrokenAnswerError
        There is no usable token in the answer.
    """
    refuse_redirect(answer, "token URL", sent)
    if not 200 <= answer.status < 300:
        raise _refusal(answer, sent)
    content = parsed(answer.body)
    if content is None:
        # Of what may be half a token answer, nothing is shown.
        shown = "" if b"{" in answer.body else f": {quoted(answer.body, sent)}"
        raise BrokenAnswerError(f"The token endpoint did not answer with a JSON object{shown}; check the token URL.")
    token = content.get("access_token")
    if not token and isinstance(content.get("error"), str):
        raise _refusal(answer, sent)
    if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]+", token):
        raise BrokenAnswerError("The answer of the token endpoint holds no usable access_token; check the token URL.")
    return Secret(token), _lifetime(content.get("expires_in"))


def _lifetime(value: Any) -> float:
    """Seconds from ``expires_in``, a number or a text of one."""
    if value is None:
        return _UNTOLD_LIFETIME
    try:
        seconds = math.nan if isinstance(value, bool) else float(value)
    except OverflowError:
        seconds = math.inf
    except (TypeError, ValueError):
        seconds = math.nan
    if not seconds > 0:
        raise BrokenAnswerError("The token endpoint gives the token a lifetime (expires_in) that is not above zero.")
    return min(seconds, _LONGEST_LIFETIME)


def _refusal(answer: Response, sent: Secret) -> RetarusError:
    said = _said(answer.body, sent)
    if is_page(answer.body):
        page = replace(answer, body=NOT_SHOWN.encode()) if repeats(answer.body, sent) else answer
        return ServiceError(between("token endpoint", page), answer.status)
    if answer.status >= 300 and answer.status not in _REFUSING:
        return ServiceError(
            f"The token endpoint answered {named(answer.status)}: {said}; check the token URL.", answer.status
        )
    return AuthenticationError(
        f"The token endpoint refused the client (HTTP {answer.status}: {said}). {_advice(answer.body)}"
    )


def _advice(body: bytes) -> str:
    content = parsed(body) or {}
    if "https required" in str(content.get("error_description")).lower():
        return "Check that the token URL begins with https:// and leads to the token endpoint by no other way."
    return _ADVICE.get(str(content.get("error")), _CHECK)


def _said(body: bytes, sent: Secret) -> str:
    """What an OAuth2 error answer says, or the beginning of any other."""
    if repeats(body, sent):
        return NOT_SHOWN
    content = parsed(body) or {}
    words = [content.get(name) for name in ("error", "error_description")]
    told = [plain(word, _SHOWN) for word in words if isinstance(word, str) and word]
    return ", ".join(told) or quoted(body)
