"""Which days of a period come from an archive, and which from the service.

A day of the archive that is sealed is read from there. One that is not is asked of the service, as all others are,
where it still has them and somebody is signed in. A day that neither has is an error: fewer rows than there were
would look like all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from retarus_pandas.values import wire_instant

if TYPE_CHECKING:
    from retarus_pandas.store import Day

__all__ = ["Source", "Split", "cut_days", "said", "split_days"]

_DAY = timedelta(days=1)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Source:
    """A part of a period, and where its records come from.

    Attributes
    ----------
    start, end : datetime.datetime
        In UTC, half-open.
    days : tuple of datetime.date
        The days of the archive, in the order of reading; empty where the service is asked.
    """

    start: datetime
    end: datetime
    days: tuple[date, ...] = ()

    @property
    def word(self) -> str:
        """Where its records come from."""
        return "archive" if self.days else "service"

    def between(self, start: datetime, end: datetime) -> Source | None:
        """What of it lies in a part of the period; None if nothing does."""
        first, last = max(self.start, start), min(self.end, end)
        touched = (day for day in self.days if _midnight(day) < last and first < _midnight(day) + _DAY)
        return Source(first, last, tuple(touched)) if first < last else None

    def __str__(self) -> str:
        return f"{wire_instant(self.start)} to {wire_instant(self.end)}"


@dataclass(slots=True)
class Split:
    """How a period is split.

    Attributes
    ----------
    sources : tuple of Source
        In the order of time.
    holes : list of date
        Days that neither the archive has nor the service.
    unsealed, unsettled, unproven : list of date
        Days that come from the archive although the service may know more of them now, or may have known more once
        they had left its history, or although nothing proves that they are whole.
    """

    sources: tuple[Source, ...] = ()
    holes: list[date] = field(default_factory=list)
    unsealed: list[date] = field(default_factory=list)
    unsettled: list[date] = field(default_factory=list)
    unproven: list[date] = field(default_factory=list)

    def warnings(self, archive: str) -> Iterator[str]:
        """What is to be known of days that come from the archive."""
        if self.unsealed:
            yield (
                f"Nobody is signed in, so that {said(self.unsealed)} comes from the archive {archive} as it was when "
                "last asked for; records that came later are missing. Sign in to read what there is now."
            )
        if self.unsettled:
            yield (
                f"The archive {archive} has {said(self.unsettled)} as it was before it was settled, and the service "
                "no longer has it: records that came late may be missing."
            )
        if self.unproven:
            yield f"Nothing proves that the archive {archive} has all records of {said(self.unproven)}, once each."


def split_days(
    start: datetime, end: datetime, archived: Mapping[date, Day], *, edge: datetime, signed_in: bool
) -> Split:
    """Say for each day of a period where it comes from.

    Parameters
    ----------
    start, end : datetime.datetime
        The period in UTC, half-open.
    archived : mapping of date to Day
        What the archive has.
    edge : datetime.datetime
        Where the service's history begins.
    signed_in : bool
        Whether the service can be asked.
    """
    split = Split()
    kept = {day: _is_kept(day, archived.get(day), split, signed_in=signed_in) for day in _days_of(start, end)}
    split.holes = [day for day, is_kept in kept.items() if not is_kept and max(start, _midnight(day)) < edge]
    runs = ((is_kept, [day for day, _ in run]) for is_kept, run in groupby(kept.items(), lambda item: item[1]))
    split.sources = tuple(_source(start, end, days, is_kept=is_kept) for is_kept, days in runs)
    return split


def _is_kept(day: date, found: Day | None, split: Split, *, signed_in: bool) -> bool:
    """Whether a day comes from the archive; what is to be told of it is written down."""
    if found is None or (found.state == "unsealed" and signed_in):
        return False
    if found.state == "unsealed":
        split.unsealed.append(day)
    if found.state == "unsettled":
        split.unsettled.append(day)
    if not found.proven:
        split.unproven.append(day)
    return True


def _source(start: datetime, end: datetime, days: Sequence[date], *, is_kept: bool) -> Source:
    first, last = max(start, _midnight(days[0])), min(end, _midnight(days[-1]) + _DAY)
    return Source(first, last, tuple(days) if is_kept else ())


def _days_of(start: datetime, end: datetime) -> list[date]:
    """The UTC days that a period touches."""
    first, last = start.date(), (end - timedelta(microseconds=1)).date()
    return [first + number * _DAY for number in range((last - first).days + 1)] if start < end else []


def cut_days(source: Source) -> list[date]:
    """The days of a source of which it is only a part."""
    return [day for day in source.days if _midnight(day) < source.start or source.end < _midnight(day) + _DAY]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def said(days: Iterable[date]) -> str:
    """Days in words: those that follow each other as one."""
    numbered = enumerate(sorted(days))
    runs = [[day for _, day in run] for _, run in groupby(numbered, lambda pair: pair[1] - pair[0] * _DAY)]
    words = [f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    rest = len(words) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {rest} more times" if rest > 0 else "")
