"""Who asks, and where: credentials, endpoints, tokens; the secrets among them are never shown."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, NoReturn

__all__ = ["BUILT_IN_API_URL", "BUILT_IN_TOKEN_URL", "Credentials", "Endpoints", "Secret", "Token"]

# Source: the vendor's page "Authentication and Endpoints".
BUILT_IN_API_URL = "https://api.retarus.com/stable/external-reporting-service/v1"


BUILT_IN_TOKEN_URL = "https://api-auth-service.eu.retarus.com/realms/platform/protocol/openid-connect/token"  # noqa: S105


class Secret:
    """A text that is never shown, compared in part, pickled or copied by accident."""

    __slots__ = ("_Secret__text",)

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_Secret__text", lambda: text)

    def reveal(self) -> str:
        """The text itself; call it only where it is put on the wire."""
        text: str = self.__text()  # type: ignore[attr-defined]
        return text

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret does not change")

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled: sign in again where it is needed")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: the account and its OAuth2 client."""

    customer_id: str
    client_id: str
    client_secret: Secret


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the API and the token endpoint are."""

    api_url: str = BUILT_IN_API_URL
    token_url: str = BUILT_IN_TOKEN_URL


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the instants by which it is given up.

    It counts as spent at the earlier of a monotonic and a wall-clock instant: the monotonic clock stands
    still while a machine sleeps, the wall clock can be set.
    """

    secret: Secret
    lifetime: float
    spent_monotonic: float
    spent_wall: float

    def remaining(self) -> float:
        """Seconds until the token expires; negative when it has."""
        return min(self.spent_monotonic - time.monotonic(), self.spent_wall - time.time())
