"""What a file says of itself: what was asked, when, and what came."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pandas as pd

from retarus_pandas.values import RunFacts

__all__ = ["About"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself.

    Attributes
    ----------
    report : str
        Its name.
    query : str
        As its author wrote it.
    start, end : datetime.datetime
        The period in UTC, half-open.
    tz : str
        The zone of the timestamps.
    customer : str or None
        Whose records they are.
    variables : sequence of str
        Those of the query, with their values where they may be shown.
    facts : callable
        What happened, once all rows are there.
    now : datetime.datetime
        When the file was begun.
    """

    report: str
    query: str
    start: datetime
    end: datetime
    tz: str
    customer: str | None
    variables: Sequence[str]
    facts: Callable[[], RunFacts]
    now: datetime = field(default_factory=_now)

    def attrs(self) -> str:
        """The facts as pandas keeps a frame's ``attrs`` in a file."""
        return json.dumps({"retarus": self.facts().to_attrs()})

    def lines(self) -> Iterator[tuple[str, str | int]]:
        """What a person wants to know of a file, by name."""
        facts = self.facts()
        yield "Report", self.report
        if self.customer is not None:
            yield "Customer ID", self.customer
        yield "Rows", facts.rows
        if facts.truncated:
            yield "", "There were more rows; max_rows or a pinned page ended the read."
        yield "From", self._local(self.start)
        yield "To, excluded", self._local(self.end)
        yield "Time zone", self.tz
        yield "Written", self._local(self.now)
        yield from _headed("Note", facts.notes)
        yield from _headed("Query", self.query.splitlines())
        yield from _headed("Variables", self.variables)

    def _local(self, instant: datetime) -> str:
        return pd.Timestamp(instant).tz_convert(self.tz).isoformat(" ", "seconds")


def _headed(name: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        yield name, line
        name = ""
