"""What a probe found of the service, kept on this computer for later sessions of the same customer."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from platformdirs import user_cache_path

from retarus_pandas.values import Addition

__all__ = ["FilterRule", "Profile", "Watched"]

VERSION = 1

# What the service lacks may be there tomorrow.
_REFUSALS_HOLD = timedelta(days=1)

_OTHERWISE = {
    "dates": "compares periods by their dates",
    "local": "reads periods as local time",
    "ignored": "does not look at the period",
    "rounded": "shows instants rounded, and selects by finer ones",
}


ANY_OF_ALL = "any of the values, all of the columns"


@dataclass(frozen=True, slots=True)
class FilterRule:
    """How the service compares a filter with its records, as far as a probe could tell; None where it could not.

    Attributes
    ----------
    tells_case : bool or None
        Whether capitals and small letters are told apart.
    takes_whole : bool or None
        Whether a value has to be the whole one: neither a part of it nor a pattern fits.
    together : str or None
        How several values and columns go together, in words.
    """

    tells_case: bool | None = None
    takes_whole: bool | None = None
    together: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether nothing of it is open."""
        return None not in (self.tells_case, self.takes_whole, self.together)

    @property
    def otherwise(self) -> str:
        """What an archive cannot do likewise, in words; empty where nothing is known to be otherwise."""
        if self.takes_whole is False:
            return "takes a part of a value or a pattern for it"
        return "" if self.together in (None, ANY_OF_ALL) else f"goes by {self.together}"


@dataclass(frozen=True, slots=True)
class Watched:
    """Records of a closed span of time as they were once, by digests that cannot be undone.

    ``fields`` are those that the digests of contents are made of; ``records`` has digests of keys and of contents.
    """

    report: str
    start: str
    end: str
    seen: str
    fields: tuple[str, ...]
    records: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a probe found. It saves requests and gives warnings; what a read proves, it proves all the same.

    Attributes
    ----------
    made : str
        When, in UTC.
    answers : dict of str to str
        The answers in words, by the names of the questions.
    facts : dict
        The same as plain values, where there is an answer.
    refused : dict
        By report, what the service refused of all that is added to documents, as (place, name, response name).
    watched : Watched, optional
        What a later probe can compare with.
    """

    made: str
    answers: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    refused: Mapping[str, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)
    watched: Watched | None = None

    def refusals(self, report: str) -> tuple[Addition, ...]:
        """What need not be added to a document in vain; known for a day."""
        return tuple(Addition(*each) for each in self.refused.get(report, ())) if self._is_of_today() else ()  # type: ignore[arg-type]

    @property
    def gives_no_schema(self) -> bool:
        """Whether asking for the service's own schema is known to be in vain; known for a day."""
        return self._is_of_today() and self.facts.get("introspection") is False

    @property
    def warning(self) -> str:
        """Why reports cannot be cut by time, in words; empty where nothing speaks against it."""
        answers = (str(self.facts.get(name)) for name in ("period-time", "stamp-shown"))
        found = next((_OTHERWISE[each] for each in answers if each in _OTHERWISE), "")
        if not found:
            return ""
        return (
            f"The service {found}: the probe of {self.made[:10]} found so. Rows that nothing proves complete "
            "are told; 'python -m retarus_pandas doctor --probe' asks again."
        )

    @property
    def filter_rule(self) -> FilterRule:
        """How filters are compared."""
        names = ("filter-case", "filter-whole", "filter-several")
        return FilterRule(*map(self.facts.get, names))

    def _is_of_today(self) -> bool:
        return timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(self.made) < _REFUSALS_HOLD

    @classmethod
    def load(cls, api_url: str, customer_id: str) -> Profile | None:
        """What is kept; None where there is nothing, or nothing that can be read."""
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            kept = json.loads(_place(api_url, customer_id).read_text(encoding="utf-8"))
            if kept.pop("version") == VERSION:
                return cls._of(kept)
        return None

    @classmethod
    def _of(cls, kept: Mapping[str, Any]) -> Profile:
        datetime.fromisoformat(kept["made"])
        watched = kept["watched"]
        return cls(
            made=kept["made"],
            answers=dict(kept["answers"]),
            facts=dict(kept["facts"]),
            refused={report: tuple(map(_triple, each)) for report, each in kept["refused"].items()},
            watched=watched and _watched(**watched),
        )

    def save(self, api_url: str, customer_id: str) -> None:
        """Keep it, readable by this user only; a disk that cannot be written to is no reason to fail."""
        place = _place(api_url, customer_id)
        part = place.with_name(f"{place.name}.{uuid4().hex}.part")
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                with os.fdopen(
                    os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
                ) as file:
                    json.dump({"version": VERSION, **asdict(self)}, file)
                part.replace(place)
            finally:
                part.unlink(missing_ok=True)


def _watched(*, fields: Any, records: Any, **span: str) -> Watched:
    return Watched(**span, fields=tuple(fields), records=tuple((str(key), str(content)) for key, content in records))


def _triple(kept: Any) -> tuple[str, str, str]:
    place, name, response_name = kept
    return str(place), str(name), str(response_name)


def _place(api_url: str, customer_id: str) -> Path:
    """One file for an endpoint and a customer; the name tells nothing of them."""
    name = hashlib.sha256(f"{customer_id} {api_url}".encode()).hexdigest()[:32]
    return user_cache_path("retarus_pandas", appauthor=False) / f"profile-{name}.json"
