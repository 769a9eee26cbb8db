"""What stands in an archive now, as one look finds it: a commit that is not yet carried out counts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

from retarus_pandas.errors import ArchiveError
from retarus_pandas.store.entries import Entries, Entry, read_lines
from retarus_pandas.store.names import JOURNAL, LEDGER, POINTER, SNAPSHOT

__all__ = ["Head", "Journal", "read_entries", "read_head", "read_ledger"]


@dataclass(frozen=True, slots=True)
class Journal:
    """A commit: with this file in place it is made, whatever happens next.

    Attributes
    ----------
    commit : int
        Its number.
    generation : int
        The folder of day files that counts from now on.
    ledger : int
        Bytes of the ledger before it.
    moves : mapping of str to str
        Where each staged file belongs; both within the report's folder.
    entries : tuple of Entry
        Its lines of the ledger.
    """

    commit: int
    generation: int
    ledger: int
    moves: Mapping[str, str]
    entries: tuple[Entry, ...]

    def to_bytes(self) -> bytes:
        """As it is written."""
        said = {
            "commit": self.commit,
            "generation": self.generation,
            "ledger": self.ledger,
            "moves": dict(self.moves),
            "entries": [entry.to_json() for entry in self.entries],
        }
        return json.dumps(said, ensure_ascii=False).encode()

    def lines(self) -> bytes:
        """What it adds to the ledger."""
        return b"".join(entry.to_line() for entry in self.entries)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The commit that is not yet carried out, None if there is none."""
        text = _bytes(folder / JOURNAL)
        if text is None:
            return None
        said: dict[str, Any] = json.loads(text)
        return cls(**{**said, "entries": tuple(map(Entry.of_json, said["entries"]))})


@dataclass(frozen=True, slots=True)
class Head:
    """The state of one report.

    Attributes
    ----------
    generation : int
        The folder of day files that counts; 0 where nothing was ever archived.
    commit : int
        The number of the last commit.
    entries : mapping of date to Entry
        The last of each day.
    staged : mapping of str to str
        Where a file is that is not yet in its place; both within the report's folder.
    ledger, tail : int
        Bytes of the ledger up to the last whole line, and how many of them the snapshot does not know.
    """

    generation: int = 0
    commit: int = 0
    entries: Entries = field(default_factory=dict)
    staged: Mapping[str, str] = field(default_factory=dict)
    ledger: int = 0
    tail: int = 0

    def after(self, journal: Journal) -> Head:
        """The state when a commit is carried out."""
        more = len(journal.lines())
        entries = {**self.entries, **_by_day(journal.entries)}
        return Head(journal.generation, journal.commit, entries, {}, self.ledger + more, self.tail + more)


def read_head(folder: Path) -> Head:
    """Look at a report's folder.

    Raises
    ------
    ArchiveError
        What is written there cannot be understood.
    """
    with _understood(folder):
        return _read(folder)


def read_ledger(folder: Path) -> list[Entry]:
    """All that was ever written of a report's days, in order.

    Raises
    ------
    ArchiveError
        It cannot be understood.
    """
    with _understood(folder):
        journal = Journal.read(folder)
        lines = _tail(folder, 0)
        if journal is None:
            return read_lines(lines.splitlines(keepends=True))
        return [*read_lines(lines[: journal.ledger].splitlines(keepends=True)), *journal.entries]


def read_entries(folder: Path) -> Entries:
    """The last entry of each day, by the whole ledger."""
    return _by_day(read_ledger(folder))


@contextmanager
def _understood(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(
            f"The books of the archive's report {str(folder)!r} are damaged ({error}). Restore {LEDGER!r} and "
            f"{SNAPSHOT!r} there from a backup; the day files are plain Parquet and stay readable.",
            folder,
        ) from None


def _read(folder: Path) -> Head:
    # In this order: what a journal says is in the ledger before the journal goes.
    journal = Journal.read(folder)
    pointer = _bytes(folder / POINTER)
    start, entries = _snapshot(folder)
    tail = _tail(folder, start)
    if journal is not None:
        tail = tail[: max(journal.ledger - start, 0)]
    lines = tail.splitlines(keepends=True)
    entries |= _by_day(read_lines(lines))
    whole = start + sum(len(line) for line in lines if line.endswith(b"\n"))
    if journal is None:
        commit = max((entry.commit for entry in entries.values()), default=0)
        return Head(int(pointer or 0), commit, entries, {}, whole, whole - start)
    entries |= _by_day(journal.entries)
    staged = {target: source for source, target in journal.moves.items()}
    return Head(journal.generation, journal.commit, entries, staged, whole, whole - start)


def _by_day(entries: list[Entry] | tuple[Entry, ...]) -> dict[date, Entry]:
    return {entry.day: entry for entry in entries}


def _snapshot(folder: Path) -> tuple[int, dict[date, Entry]]:
    """Up to which byte of the ledger the snapshot knows it, and what it says."""
    text = _bytes(folder / SNAPSHOT)
    if text is None:
        return 0, {}
    said = json.loads(text)
    return int(said["ledger"]), _by_day([Entry.of_json(each) for each in said["entries"]])


def _tail(folder: Path, start: int) -> bytes:
    try:
        with (folder / LEDGER).open("rb") as ledger:
            if ledger.seek(0, 2) < start:
                raise ValueError(f"{LEDGER} is shorter than {SNAPSHOT} knows it")
            ledger.seek(start)
            return ledger.read()
    except FileNotFoundError:
        if start:
            raise ValueError(f"{LEDGER} is missing") from None
        return b""


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
