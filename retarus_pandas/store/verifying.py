"""What is not as it was left: missing, torn, edited and exchanged files, and days that nobody has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from retarus_pandas.errors import ArchiveError
from retarus_pandas.store.compare import content_digest
from retarus_pandas.store.entries import Entry
from retarus_pandas.store.files import read_schema
from retarus_pandas.store.head import Head, read_entries, read_head
from retarus_pandas.store.names import GONE, day_file, day_of
from retarus_pandas.store.widen import plain_schema

__all__ = ["Problem", "verify"]

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with an archive.

    Attributes
    ----------
    day : date or None
        Of which day, if of one.
    kind : str
        "missing", "torn", "edited", "exchanged", "rewritten" (by another program, with the same records),
        "unknown" (a file that is none of ours), "gap" (a day between two others that was never archived), "books"
        (what is written of the days contradicts itself).
    what : str
        A sentence.
    path : pathlib.Path
        Where.
    """

    day: date | None
    kind: str
    what: str
    path: Path


def verify(folder: Path) -> list[Problem]:
    """Read all files of a report and hold them against the books; a sync may run meanwhile.

    Parameters
    ----------
    folder : pathlib.Path
        The report's.
    """
    try:
        for _ in range(_TRIES):
            head = read_head(folder)
            found = [*_problems(folder, head)]
            if not found or read_head(folder) == head:
                break
    except ArchiveError as error:
        return [Problem(None, "books", str(error), error.path or folder)]
    return found


def _problems(folder: Path, head: Head) -> Iterator[Problem]:
    generation = folder / str(head.generation)
    yield from _of_books(folder, head)
    if head.generation:
        yield from _of_schema(generation)
    archived = sorted(day for day, entry in head.entries.items() if entry.file)
    for day in archived:
        yield from _of_day(folder, head, day)
    for before, after in pairwise(archived):
        for number in range(1, (after - before).days):
            gap = before + timedelta(days=number)
            yield Problem(gap, "gap", f"The day {gap} was never archived.", generation / day_file(gap))
    for path in sorted(generation.glob("[!._]*")):
        if (named := day_of(path.name)) is None or named not in head.entries:
            yield Problem(named, "unknown", f"The file {path.name!r} is none of the archive's.", path)


def _of_books(folder: Path, head: Head) -> Iterator[Problem]:
    """The ledger as a whole says what the snapshot and its end say."""
    if not head.staged and read_entries(folder) != head.entries:
        yield Problem(None, "books", "The ledger and the snapshot beside it contradict each other.", folder)


def _of_schema(generation: Path) -> Iterator[Problem]:
    try:
        read_schema(generation)
    except (OSError, pa.ArrowException) as error:
        yield Problem(None, "books", f"What the columns are cannot be read: {error}.", generation)


def _of_day(folder: Path, head: Head, day: date) -> Iterator[Problem]:
    entry = head.entries[day]
    name = f"{head.generation}/{day_file(day)}"
    yield from _of_file(folder, head, name, entry, entry.file)
    if entry.lost:
        yield from _of_file(folder, head, f"{GONE}/{day_file(day)}", entry, entry.lost)


def _of_file(folder: Path, head: Head, name: str, entry: Entry, digest: str) -> Iterator[Problem]:
    staged = folder / head.staged.get(name, name)
    path = staged if staged.exists() else folder / name
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        yield Problem(entry.day, "missing", f"The file of {entry.day} is missing.", path)
        return
    if hashlib.sha256(data).hexdigest() != digest:
        yield Problem(entry.day, *_what_happened(data, head, entry, folder), path)


def _what_happened(data: bytes, head: Head, entry: Entry, folder: Path) -> tuple[str, str]:
    """How a file differs from the one that was written."""
    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()
    except (OSError, pa.ArrowException) as error:
        return "torn", f"The file of {entry.day} cannot be read: {error}."
    whose = hashlib.sha256(data).hexdigest()
    for other in head.entries.values():
        if whose in (other.file, other.lost):
            return "exchanged", f"In the place of {entry.day} stands the file of {other.day}."
    content, schema = content_digest(table), plain_schema(read_schema(folder / str(head.generation)))
    if content == entry.content and table.schema.equals(schema):
        return "rewritten", f"The file of {entry.day} was written anew by another program; its records are the same."
    return "edited", f"The file of {entry.day} was edited: it has {table.num_rows:,} records, of {entry.rows:,}."
