"""Masked columns where an archive is masked, too: what is masked already is not masked again.

A hash of a hash is none of anything. So the rows of the service are masked as they come, those of the archive in
what is not masked there, and nothing but what is dropped is left to be done when the table is shaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from retarus_pandas.values import Column, Kind

__all__ = ["Masks", "masks_of", "misfits"]


@dataclass(frozen=True, slots=True)
class Masks:
    """What becomes of a query's columns.

    Attributes
    ----------
    live, archived : tuple of Column
        With what is done to rows of the service and of the archive before they are put together.
    shown : tuple of Column
        With what is left to be done.
    """

    live: tuple[Column, ...]
    archived: tuple[Column, ...]
    shown: tuple[Column, ...]


def masks_of(columns: Sequence[Column], stored: Sequence[Column]) -> Masks | None:
    """Where to mask what; None where the archive is not masked in any of the columns.

    Parameters
    ----------
    columns : sequence of Column
        The query's.
    stored : sequence of Column
        The archive's.
    """
    triples = [_triple(column, _named(stored).get(column.source)) for column in columns]
    if not any(_is_masked(column, _named(stored).get(column.source)) for column in columns):
        return None
    live, archived, shown = zip(*triples, strict=True)
    return Masks(live, archived, shown)


def misfits(columns: Sequence[Column], stored: Sequence[Column], *, is_live: bool, same_key: bool) -> Iterator[str]:
    """What is masked in the archive and wanted otherwise, in words.

    Parameters
    ----------
    columns, stored : sequence of Column
        The query's and the archive's.
    is_live : bool
        Whether rows of the service stand beside those of the archive.
    same_key : bool
        Whether hashes are made with the archive's key.
    """
    for column in columns:
        there = _named(stored).get(column.source)
        if there is None:
            continue
        is_same = column.mask == there.mask and (same_key or not there.way.takes_key)
        if there.mask and column.way.is_shown and not is_same and (column.mask or is_live):
            yield f"{column.source!r} ({there.mask})"
        yield from misfits(column.fields, there.fields, is_live=is_live, same_key=same_key)


def _named(columns: Sequence[Column]) -> Mapping[str, Column]:
    return {column.name: column for column in columns}


def _is_masked(column: Column, stored: Column | None) -> bool:
    if stored is None:
        return False
    below = _named(stored.fields)
    return bool(stored.mask) or any(_is_masked(each, below.get(each.source)) for each in column.fields)


def _triple(column: Column, stored: Column | None) -> tuple[Column, Column, Column]:
    if column.fields:
        below = _named(stored.fields) if stored else {}
        triples = [_triple(each, below.get(each.source)) for each in column.fields]
        live, archived, shown = (replace(column, fields=fields) for fields in zip(*triples, strict=True))
        return live, archived, shown
    there = stored.mask if stored else ""
    early = column.mask if column.way.is_shown else ""
    live = replace(column, mask=early)
    archived = replace(column, mask="" if there else early)
    left = "" if column.way.is_shown else column.mask
    # What was masked is text, whatever it was before.
    shown = replace(column, mask=left, kind=Kind.TEXT if early or there else column.kind)
    return live, archived, shown
