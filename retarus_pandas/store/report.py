"""Writing days of one report: everything is staged, then a journal makes it so, then it is carried out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from retarus_pandas.errors import ArchiveError, ArchiveLocked, InputError
from retarus_pandas.store.disk import Disk
from retarus_pandas.store.entries import Entry
from retarus_pandas.store.folder import read_json
from retarus_pandas.store.head import Journal, read_head
from retarus_pandas.store.names import FIELDS, GONE, JOURNAL, LEDGER, SNAPSHOT, STAGED
from retarus_pandas.store.staging import DayAnswer, Staging
from retarus_pandas.values import show

__all__ = ["ReportKeeper"]

# Bytes of the ledger that a reader may have to go through beside the snapshot.
_LONGEST_TAIL = 1 << 16


class ReportKeeper:
    """Writes days of one report; whoever makes one holds the archive's lock.

    Parameters
    ----------
    folder : pathlib.Path
        The report's; it exists.
    disk : Disk
        What is done to files.

    Raises
    ------
    ArchiveLocked
        Another program keeps a file open that has to be replaced.
    ArchiveError
        The books are damaged.
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder, self._disk = folder, disk
        self._roll_forward()
        self.head = read_head(folder)
        self._clear()

    def commit(self, answers: Sequence[DayAnswer], *, at: datetime | None = None) -> list[Entry]:
        """Take up the answers for some days: all of them, or none.

        Parameters
        ----------
        answers : sequence of DayAnswer
            One for each day, at least one.
        at : datetime, optional
            The current instant.

        Returns
        -------
        list of Entry
            What has become of each day, in the order of `answers`.

        Raises
        ------
        ArchiveError
            The disk is full or refuses; what was there before stays. Or a day's file has been changed or is missing.
        ArchiveLocked
            The commit is made, and another program keeps a file open that has to be replaced; the next writer carries
            it out, and readers see it already.
        """
        staging = Staging(self.folder, self.head, self._disk, at or datetime.now(UTC))
        try:
            entries = staging.prepare(answers)
            journal = self._make_it_so(staging, [*staging.rewritten, *entries])
        except OSError as error:
            raise ArchiveError(
                f"The archive's report {str(self.folder)!r} could not be written: {error.strerror or error}. What was "
                "there before is unchanged.",
                self.folder,
            ) from None
        self._roll_forward()
        self.head = self.head.after(journal)
        if self.head.tail > _LONGEST_TAIL:
            self._take_snapshot()
        return entries

    def refuse(self, day: date, trouble: str, *, asked: datetime, at: datetime | None = None) -> None:
        """Write down why an answer was not taken; what is archived of the day stays as it is."""
        at, commit = at or datetime.now(UTC), self.head.commit + 1
        before = self.head.entries.get(day) or Entry(commit, at, day, asked)
        entry = replace(before, commit=commit, at=at, added=0, changed=0, gone=0, trouble=trouble)
        self._disk.append(self.folder / LEDGER, self.head.ledger, entry.to_line())
        self.head = read_head(self.folder)

    def keep_fields(self, fields: Sequence[str] | None) -> tuple[str, ...] | None:
        """Remember which fields are asked for, and say which: those of before, where none are named.

        Raises
        ------
        InputError
            They are fewer than before, or are named now and were not before.
        """
        place = self.folder / FIELDS
        was = tuple(read_json(place, "fields")["fields"]) if place.is_file() else None
        if fields is None or (was is not None and set(fields) == set(was)):
            return was
        if was is None and self.head.generation:
            raise InputError(
                f"The archive's report {show(str(self.folder))} has all fields; fields= would leave some out from now "
                "on. Name another archive."
            )
        if was is not None and not set(fields) >= set(was):
            lacking = ", ".join(name for name in was if name not in fields)
            raise InputError(
                f"The archive's report {show(str(self.folder))} has the fields {lacking}, which fields= leaves out. "
                "Name them too, or another archive."
            )
        self._put(place, {"fields": list(fields)})
        return tuple(fields)

    def close(self) -> None:
        """Leave a snapshot for readers, so that they need not go through the whole ledger."""
        if self.head.tail > _LONGEST_TAIL or (self.head.tail and not (self.folder / SNAPSHOT).exists()):
            self._take_snapshot()

    def _make_it_so(self, staging: Staging, entries: Sequence[Entry]) -> Journal:
        journal = Journal(self.head.commit + 1, staging.generation, self.head.ledger, staging.moves, tuple(entries))
        staged = self.folder / f"{STAGED}journal"
        self._disk.write(staged, journal.to_bytes())
        for folder in staging.folders:
            self._disk.settle(folder)
        self._disk.replace(staged, self.folder / JOURNAL)
        self._disk.settle(self.folder)
        return journal

    def _roll_forward(self) -> None:
        """Carry out the journal, if there is one; as often as it takes."""
        journal = Journal.read(self.folder)
        if journal is None:
            return
        try:
            self._carry_out(journal)
        except PermissionError as error:
            raise ArchiveLocked(
                f"Another program keeps a file of the archive open that has to be replaced: {error}. The records are "
                "safe; close the file there, and run the same again.",
                self.folder,
            ) from None
        except OSError as error:
            raise ArchiveError(
                f"The archive's report {str(self.folder)!r} could not be written to the end: {error}. The records are "
                "safe, and readers see them; make room, and run the same again.",
                self.folder,
            ) from None

    def _carry_out(self, journal: Journal) -> None:
        for source, target in journal.moves.items():
            if (self.folder / source).exists():
                self._disk.replace(self.folder / source, self.folder / target)
        for folder in {(self.folder / target).parent for target in journal.moves.values()}:
            self._disk.settle(folder)
        self._disk.append(self.folder / LEDGER, journal.ledger, journal.lines())
        self._disk.remove(self.folder / JOURNAL)
        self._disk.settle(self.folder)

    def _take_snapshot(self) -> None:
        said = {
            "ledger": self.head.ledger,
            "entries": [entry.to_json() for _, entry in sorted(self.head.entries.items())],
        }
        self._put(self.folder / SNAPSHOT, said)
        self.head = replace(self.head, tail=0)

    def _put(self, place: Path, said: Mapping[str, Any]) -> None:
        staged = place.with_name(f"{STAGED}{place.stem}")
        self._disk.write(staged, json.dumps(said, ensure_ascii=False).encode())
        self._disk.replace(staged, place)

    def _clear(self) -> None:
        """Remove what was staged and never committed, and generations that no longer count."""
        current = str(self.head.generation)
        for folder in (self.folder, self.folder / GONE, self.folder / current):
            if folder.is_dir():
                for left in folder.glob(f"{STAGED}*"):
                    self._disk.remove_folder(left) if left.is_dir() else self._disk.remove(left)
        for folder in self.folder.iterdir():
            if folder.name.isdigit() and folder.name != current:
                self._disk.remove_folder(folder)
