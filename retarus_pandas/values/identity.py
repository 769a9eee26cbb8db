"""Who asks, and where: credentials, endpoints, tokens; the secrets among them are never shown."""

from __future__ import annotations

import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib.parse import urlsplit

__all__ = ["Credentials", "Endpoints", "Secret", "Token"]

# Source: the vendor's page "Authentication and Endpoints".
BUILT_IN_API_URL = "https://api.retarus.com/stable/external-reporting-service/v1"


BUILT_IN_TOKEN_URL = "https://api-auth-service.eu.retarus.com/realms/platform/protocol/openid-connect/token"  # noqa: S105


class Secret:
    """A text that is never shown, compared in part, pickled or copied by accident."""

    __slots__ = ("_Secret__text",)

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_Secret__text", lambda: text)

    @classmethod
    def of(cls, given: object) -> Secret:
        """The secret in what a caller gave, without the blanks around it; empty if that is no text.

        It never raises, so that no frame which holds the plain text is in a traceback.
        """
        if isinstance(given, cls):
            return cls(given.reveal().strip())
        return cls(str(given).strip() if isinstance(given, (str, int)) else "")

    def reveal(self) -> str:
        """The text itself; call it only where it is put on the wire."""
        text: str = self.__text()  # type: ignore[attr-defined]
        return text

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("A secret does not change.")

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
        raise TypeError("A secret is not pickled; sign in again where it is needed.")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: the account and its OAuth2 client."""

    customer_id: str
    client_id: str
    client_secret: Secret

    @classmethod
    def of(cls, customer_id: object, client_id: object, client_secret: Secret) -> Credentials:
        """The credentials in what a caller gave, without the blanks around them."""
        return cls(_trimmed(customer_id), _trimmed(client_id), Secret.of(client_secret))

    @property
    def missing(self) -> list[str]:
        """The names of those that are empty."""
        return [name for name in ("customer_id", "client_id", "client_secret") if not getattr(self, name)]


def _domain(host: str) -> str:
    """The last two parts of a name, as ``retarus.com``; a number stays whole, and this machine has many names.

    Three where two may be everybody's, as ``co.uk``: a domain that is taken for too narrow costs one question.
    """
    try:
        return "localhost" if ip_address(host).is_loopback else host
    except ValueError:
        parts = host.rstrip(".").split(".")
    is_shared = len(parts[-1]) == 2 and len(parts[-2:][0]) <= 3
    return ".".join(parts[-3 if is_shared else -2 :])


def _trimmed(given: object) -> str:
    return "" if given is None else str(given).strip()


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the API and the token endpoint are; ``is_embedded`` says that a session brought the service along."""

    api_url: str = BUILT_IN_API_URL
    token_url: str = BUILT_IN_TOKEN_URL
    is_embedded: bool = False

    @property
    def foreign_token_host(self) -> str | None:
        """The host that gets the client secret, where it is not of the same domain as the API; else None."""
        api, token = (urlsplit(url).hostname or "" for url in (self.api_url, self.token_url))
        return None if _domain(api) == _domain(token) else token

    @property
    def environment(self) -> str:
        """The service in a word: ``sandbox``, ``Retarus``, or the host of another endpoint."""
        if self.is_embedded:
            return "sandbox"
        return "Retarus" if self.api_url == BUILT_IN_API_URL else (urlsplit(self.api_url).hostname or self.api_url)

    @property
    def service(self) -> str:
        """The service as an archive tells it from others: ``sandbox``, or the host with its port."""
        return "sandbox" if self.is_embedded else urlsplit(self.api_url).netloc.rpartition("@")[2]


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
