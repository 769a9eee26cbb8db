"""UTC days as instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

__all__ = ["end_of", "start_of"]


def start_of(day: date) -> datetime:
    """The first instant of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def end_of(day: date) -> datetime:
    """The first instant after a UTC day."""
    return start_of(day) + timedelta(days=1)
