"""The token endpoint: OAuth2 client credentials, as Keycloak does it."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

__all__ = ["Customer", "Tokens"]

_PARAMETERS = ("grant_type", "client_id", "client_secret", "scope")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Customer:
    """An account and its OAuth2 client."""

    customer_id: str
    client_id: str
    client_secret: str = field(repr=False)


class Tokens:
    """Issues access tokens for a limited time and knows whose they are."""

    def __init__(self, lifetime: float) -> None:
        self.lifetime = lifetime
        self._customers: dict[str, Customer] = {}
        self._issued: dict[str, tuple[Customer, float]] = {}
        self._signing = secrets.token_bytes(32)
        self._lock = threading.Lock()

    def register(self, customer: Customer) -> None:
        """From now on this customer's client is known."""
        self._customers[customer.client_id] = customer

    def revoke(self) -> None:
        """All tokens issued so far are worth nothing."""
        with self._lock:
            self._issued.clear()

    def owner(self, authorization: str | None) -> Customer | None:
        """Whose token an ``Authorization`` header carries, if it is good."""
        scheme, _, token = (authorization or "").partition(" ")
        with self._lock:
            customer, expires = self._issued.get(token.strip(), (None, 0.0))
        return customer if scheme.lower() == "bearer" and time.monotonic() < expires else None

    def answer(self, content_type: str, authorization: str | None, body: bytes) -> tuple[int, dict[str, Any]]:
        """Answer one token request: HTTP status and JSON."""
        if content_type.partition(";")[0].strip().lower() != _FORM:
            return _refusal(415, "invalid_request", f"The content type must be {_FORM}")
        if authorization is not None:
            return _refusal(400, "invalid_request", "The client must authenticate in the form only")
        try:
            pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
        except ValueError:
            return _refusal(400, "invalid_request", "The form cannot be read")
        return _malformed(name for name, _ in pairs) or self._grant(dict(pairs))

    def _grant(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if form["grant_type"] != "client_credentials":
            return _refusal(400, "unsupported_grant_type", "Unsupported grant_type")
        if form["scope"] != "openid":
            return _refusal(400, "invalid_scope", f"Invalid scopes: {form['scope']}")
        customer = self._customers.get(form["client_id"])
        known = customer.client_secret if customer else ""
        if customer is None or not hmac.compare_digest(known.encode(), form["client_secret"].encode()):
            return _refusal(401, "invalid_client", "Invalid client or Invalid client credentials")
        return 200, {
            "access_token": self._issue(customer),
            "expires_in": int(self.lifetime),
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": "",
        }

    def _issue(self, customer: Customer) -> str:
        now = int(time.time())
        claims = {"iat": now, "exp": now + int(self.lifetime), "jti": secrets.token_hex(16), "azp": customer.client_id}
        signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
        token = f"{signed}.{_base64(hmac.digest(self._signing, signed.encode(), 'sha256'))}"
        with self._lock:
            current = time.monotonic()
            self._issued = {text: kept for text, kept in self._issued.items() if kept[1] > current}
            self._issued[token] = (customer, current + self.lifetime)
        return token


def _malformed(names: Iterable[str]) -> tuple[int, dict[str, Any]] | None:
    given = list(names)
    for name in _PARAMETERS:
        if name not in given:
            return _refusal(400, "invalid_request", f"Missing form parameter: {name}")
    for name in given:
        if name not in _PARAMETERS:
            return _refusal(400, "invalid_request", f"Unknown form parameter: {name}")
    return _refusal(400, "invalid_request", "duplicated parameter") if len(given) > len(_PARAMETERS) else None


def _refusal(status: int, error: str, description: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": error, "error_description": description}


def _part(claims: dict[str, Any]) -> str:
    return _base64(json.dumps(claims, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
