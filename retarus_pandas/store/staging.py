"""What a commit will put in place: compared with what is there, and written under names that no reader looks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.errors import ArchiveError
from retarus_pandas.store.columns import Traits, since
from retarus_pandas.store.compare import Difference, compare, content_digest, with_lost_columns
from retarus_pandas.store.disk import Disk
from retarus_pandas.store.entries import Entry
from retarus_pandas.store.files import DamagedError, read_schema, read_whole, written
from retarus_pandas.store.head import Head
from retarus_pandas.store.names import GONE, POINTER, SCHEMA, STAGED, day_file
from retarus_pandas.store.times import end_of, start_of
from retarus_pandas.store.widen import InexactError, fit, united

__all__ = ["DayAnswer", "Staging"]

_MISSING = "The file was missing; what it held beyond this answer is not known."
_GONE_AT = pa.field("_goneAt", pa.timestamp("us", "UTC"))


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """The service's answer for one UTC day of one report.

    Attributes
    ----------
    day : date
        The day.
    table : pyarrow.Table
        Its records, in the service's ascending order, with a schema that `described` made.
    asked : datetime
        When the first request was sent.
    proven : bool
        Whether these are all records for certain. An answer that is not proven takes nothing away: where it lacks
        records that are archived, the day stays as it was. Such a day is never sealed.
    sealed : bool
        Whether the day need not be asked again.
    """

    day: date
    table: pa.Table
    asked: datetime
    proven: bool = True
    sealed: bool = False


class Staging:
    """Makes the files of one commit, and remembers where they belong.

    Parameters
    ----------
    folder : pathlib.Path
        The report's.
    head : Head
        What is there.
    disk : Disk
        What is done to files.
    at : datetime
        When the commit is made.

    Attributes
    ----------
    generation : int
        The folder of day files that counts after the commit.
    moves : dict of str to str
        Where each staged file belongs; both within the report's folder.
    folders : set of pathlib.Path
        Those that hold staged files.
    rewritten : list of Entry
        Days that had to be written anew because a type has widened.
    """

    def __init__(self, folder: Path, head: Head, disk: Disk, at: datetime) -> None:
        self._folder, self._head, self._disk, self._at = folder, head, disk, at
        self._begin()

    def _begin(self) -> None:
        self.generation = self._head.generation
        self.moves: dict[str, str] = {}
        self.folders: set[Path] = set()
        self.rewritten: list[Entry] = []

    def prepare(self, answers: Sequence[DayAnswer]) -> list[Entry]:
        """Stage all that these answers change; what becomes of each of their days."""
        texts: set[str] = set()
        while True:
            self._begin()
            try:
                return self._prepare(answers, texts)
            except InexactError as error:
                texts.add(error.column)

    def _prepare(self, answers: Sequence[DayAnswer], texts: set[str]) -> list[Entry]:
        now = self._schema() if self._head.generation else None
        first, *others = [answer.table.schema for answer in answers]
        asked = min(answer.asked for answer in answers)
        before = [first] if now is None else [now, first]
        schema = reduce(lambda one, other: united(one, other, asked=asked, texts=texts), [*before, *others])
        if now is None or schema != now:
            return self._new_generation(answers, schema)
        return [self._in_place(answer, schema) for answer in answers]

    def _schema(self) -> pa.Schema:
        generation = self._folder / str(self._head.generation)
        try:
            return read_schema(generation)
        except (OSError, pa.ArrowException) as error:
            raise ArchiveError(
                f"The archive's file of columns in {str(generation)!r} cannot be read: {error}. Restore it.",
                generation,
            ) from None

    def _in_place(self, answer: DayAnswer, schema: pa.Schema) -> Entry:
        """One day's file in the folder that counts."""
        name = f"{self.generation}/{day_file(answer.day)}"
        before = self._head.entries.get(answer.day)
        try:
            old = self._old(answer.day, schema)
        except DamagedError as error:
            return self._kept(before, answer, f"{error}; restore it, or remove it to have the day asked again")
        new = _new(answer, old, schema)
        difference = self._difference(answer.day, old, new, schema)
        if not answer.proven and difference.gone.num_rows:
            return self._kept(before, answer, _lacking(difference.gone.num_rows))
        entry = self._entry(answer, new, difference, schema, missing=old is None)
        if before is not None and old is not None and before.content == entry.content:
            return replace(entry, file=before.file, size=before.size)
        file = written(new)
        self._stage(name, file.data)
        return replace(entry, file=file.digest, size=len(file.data))

    def _new_generation(self, answers: Sequence[DayAnswer], schema: pa.Schema) -> list[Entry]:
        """All days anew in another folder, which takes its name when it is complete."""
        self.generation = self._head.generation + 1
        folder = self._folder / f"{STAGED}{self.generation}"
        self._disk.remove_folder(folder)
        self._disk.make_folder(folder)
        self._disk.write(folder / SCHEMA, memoryview(schema.serialize()))
        given = {answer.day: answer for answer in answers}
        entries = {}
        for day in sorted({*given, *self._head.entries}):
            entry = self._anew(day, given.get(day), schema, folder)
            if entry is not None:
                entries[day] = entry
        self._disk.settle(folder)
        self._disk.replace(folder, self._folder / str(self.generation))
        self._stage(POINTER, str(self.generation).encode())
        self.rewritten = [entry for day, entry in entries.items() if day not in given]
        return [entries[answer.day] for answer in answers]

    def _anew(self, day: date, answer: DayAnswer | None, schema: pa.Schema, folder: Path) -> Entry | None:
        before = self._head.entries.get(day)
        try:
            old = self._old(day, schema)
        except DamagedError as error:
            raise ArchiveError(
                f"A type of {self._folder.name} has changed, so that all files have to be written anew, and {error}. "
                "Restore it first, or remove it.",
                self._folder,
            ) from None
        if answer is None:
            assert before is not None
            return None if old is None else self._write_anew(folder, old, self._unchanged(before))
        new = _new(answer, old, schema)
        difference = self._difference(answer.day, old, new, schema)
        if old is not None and not answer.proven and difference.gone.num_rows:
            return self._write_anew(folder, old, self._kept(before, answer, _lacking(difference.gone.num_rows)))
        entry = self._entry(answer, new, difference, schema, missing=old is None)
        return self._write_anew(folder, new, entry)

    def _write_anew(self, folder: Path, table: pa.Table, entry: Entry) -> Entry:
        file = written(table)
        self._disk.write(folder / day_file(entry.day), file.data)
        return replace(entry, file=file.digest, size=len(file.data), content=content_digest(table))

    def _old(self, day: date, schema: pa.Schema) -> pa.Table | None:
        """What is archived of a day, in the types of now; None if nothing, or if the file is not there."""
        entry = self._head.entries.get(day)
        path = self._folder / str(self._head.generation) / day_file(day)
        if entry is None or not entry.file or not path.exists():
            return None
        return fit(read_whole(path, entry.file), schema)

    def _difference(self, day: date, old: pa.Table | None, new: pa.Table, schema: pa.Schema) -> Difference:
        """What has come of a day, by the fields that were asked for before."""
        if old is None:
            return Difference(new.num_rows, 0, new.slice(0, 0))
        asked = self._head.entries[day].asked
        counted = [field.name for field in schema if (first := since(field)) is None or first <= asked]
        return compare(old, new, Traits.of(schema).key, columns=counted)

    def _entry(
        self, answer: DayAnswer, new: pa.Table, difference: Difference, schema: pa.Schema, *, missing: bool
    ) -> Entry:
        """What the ledger will say of a day whose answer is taken."""
        before = self._head.entries.get(answer.day)
        lost = before.lost if before is not None else ""
        if difference.gone.num_rows:
            lost = self._set_aside(answer.day, difference.gone, schema)
        return Entry(
            commit=self._head.commit + 1,
            at=self._at,
            day=answer.day,
            asked=answer.asked,
            rows=new.num_rows,
            added=difference.added,
            changed=difference.changed,
            gone=difference.gone.num_rows,
            content=content_digest(new),
            lost=lost,
            proven=answer.proven,
            stamped=_is_stamped(new, Traits.of(schema).key_timestamp, answer.day),
            sealed=answer.sealed and answer.proven,
            trouble=_MISSING if missing and before is not None and before.file else "",
        )

    def _kept(self, before: Entry | None, answer: DayAnswer, trouble: str) -> Entry:
        """What the ledger will say of a day whose answer is not taken."""
        assert before is not None
        return replace(self._unchanged(before), trouble=f"The answer of {answer.asked:%d %B} was not taken: {trouble}.")

    def _unchanged(self, entry: Entry) -> Entry:
        return replace(entry, commit=self._head.commit + 1, at=self._at, added=0, changed=0, gone=0)

    def _set_aside(self, day: date, gone: pa.Table, schema: pa.Schema) -> str:
        """Add records to those of the day that have vanished before; the digest of their file."""
        self._disk.make_folder(self._folder / GONE)
        place = self._folder / GONE / day_file(day)
        instants = pa.array([self._at] * gone.num_rows, _GONE_AT.type)
        parts = [gone.append_column(_GONE_AT, instants)]
        before = self._head.entries[day].lost
        if before and place.exists():
            known = read_whole(place, before)
            parts.insert(0, fit(known, schema).append_column(_GONE_AT, known.column(_GONE_AT.name)))
        file = written(pa.concat_tables(parts))
        self._stage(f"{GONE}/{day_file(day)}", file.data)
        return file.digest

    def _stage(self, target: str, data: bytes | memoryview) -> None:
        """Write a file beside its place, under a name without the suffix that readers look for."""
        place = self._folder / target
        staged = place.with_name(f"{STAGED}{place.stem}")
        self._disk.write(staged, data)
        self.moves[str(staged.relative_to(self._folder).as_posix())] = target
        self.folders.add(place.parent)


def _new(answer: DayAnswer, old: pa.Table | None, schema: pa.Schema) -> pa.Table:
    """An answer in the types of now; a field that the service no longer has keeps the values it had."""
    new = fit(answer.table, schema)
    gone = [name for name in new.column_names if name not in answer.table.column_names]
    lost = [name for name in gone if old is not None and old.column(name).null_count < old.num_rows]
    return with_lost_columns(old, new, lost, Traits.of(schema).key) if lost else new


def _lacking(rows: int) -> str:
    return f"nothing proves that it is whole, and it lacks {rows:,} records that are archived"


def _is_stamped(table: pa.Table, key_timestamp: str | None, day: date) -> bool:
    """Whether each record's key timestamp lies within the day."""
    if key_timestamp is None:
        return False
    stamps = table.column(key_timestamp)
    if not pa.types.is_timestamp(stamps.type) or stamps.null_count:
        return False
    first, last = (pa.scalar(each, stamps.type) for each in (start_of(day), end_of(day)))
    within = pc.and_(pc.greater_equal(stamps, first), pc.less(stamps, last))
    return bool(pc.all(within, min_count=0).as_py())
