"""What an archive knows of a day: one line of the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, Self

__all__ = ["Entries", "Entry", "read_lines"]

Entries = Mapping[date, "Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one commit did to one day.

    Attributes
    ----------
    commit : int
        The number of the commit, from 1.
    at : datetime
        When it was made.
    day : date
        A UTC day.
    asked : datetime
        When the first request of the answer was sent that is now the day's file.
    rows, added, changed, gone : int
        Records in the file; those that are new in it, those whose values changed, and those that it had before and
        the service no longer shows.
    file, size : str, int
        SHA-256 and bytes of the file.
    content : str
        SHA-256 of the records, however they are written down.
    lost : str
        SHA-256 of the file of records that have vanished, "" if there is none.
    proven : bool
        Whether it is certain that these are all records, once each.
    stamped : bool
        Whether every record's key timestamp lies within the day.
    sealed : bool
        Whether the day was asked long enough after its end, so that it is not asked again.
    trouble : str
        Why the last answer for this day was not taken; all else is as it was before. Without a file, ``file`` is "".
    """

    commit: int
    at: datetime
    day: date
    asked: datetime
    rows: int = 0
    added: int = 0
    changed: int = 0
    gone: int = 0
    file: str = ""
    size: int = 0
    content: str = ""
    lost: str = ""
    proven: bool = False
    stamped: bool = False
    sealed: bool = False
    trouble: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            name: value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }

    def to_line(self) -> bytes:
        """A line of the ledger."""
        return json.dumps(self.to_json(), ensure_ascii=False).encode() + b"\n"

    @classmethod
    def of_json(cls, values: Mapping[str, Any]) -> Self:
        """The entry of plain values; what a later version may add is left out."""
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        instants = {name: datetime.fromisoformat(known[name]).astimezone(UTC) for name in ("at", "asked")}
        return cls(**(known | instants | {"day": date.fromisoformat(known["day"])}))


def read_lines(lines: Iterable[bytes]) -> list[Entry]:
    """The entries of some lines; one that was torn off is not one, and only the last can be.

    Raises
    ------
    ValueError
        A line is broken that ends as a line does.
    """
    return [Entry.of_json(json.loads(line)) for line in lines if line.endswith(b"\n")]
