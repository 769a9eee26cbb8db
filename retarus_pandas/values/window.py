"""A span of time as the service takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

__all__ = ["Window", "wire_instant"]


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A half-open span of UTC time asked in one query: ``start`` included, ``end`` excluded."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        assert self.start.tzinfo is UTC
        assert self.end.tzinfo is UTC
        assert self.start < self.end

    def to_wire(self) -> dict[str, str]:
        """The span as the service's ``DatePeriod``."""
        return {"fromIncluded": wire_instant(self.start), "toExcluded": wire_instant(self.end)}

    def __str__(self) -> str:
        return f"{wire_instant(self.start)} to {wire_instant(self.end)}"


def wire_instant(instant: datetime) -> str:
    """``YYYY-MM-DDTHH:MM:SS.mmmZ``, the only form the documentation shows."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
