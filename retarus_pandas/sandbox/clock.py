"""What time the service thinks it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from retarus_pandas.errors import InputError

__all__ = ["Clock"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """The clock of the machine, or one that stands still; either can be put forward."""

    def __init__(self, now: datetime | None) -> None:
        if now is not None and now.tzinfo is None:
            raise InputError(f"now={now} has no time zone; give it one, such as datetime.UTC")
        self._standing = now and now.astimezone(UTC)
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """The current instant in UTC."""
        return (self._standing or datetime.now(UTC)) + self._ahead

    def milliseconds(self) -> int:
        """The current instant in milliseconds since 1970."""
        return (self.now() - _EPOCH) // timedelta(milliseconds=1)

    def advance(self, by: timedelta) -> None:
        """Put it forward."""
        if by < timedelta(0):
            raise InputError(f"The clock cannot be put back by {-by}; give advance() a positive timedelta.")
        self._ahead += by
