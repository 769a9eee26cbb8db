"""What the columns of an archive mean, kept with their types in one schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import pyarrow as pa

from retarus_pandas.values import Column, Kind

__all__ = ["Traits", "described", "since"]

_ABOUT = b"retarus"
_KINDS = {kind.word: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Traits:
    """What a report's records are, beyond the types of their columns.

    Attributes
    ----------
    columns : tuple of Column
        The fields as they are in a record, with objects as objects, and with what is masked; hidden ones left out.
    key : tuple of str
        What identifies a record, by path; empty if nobody knows, or if it is not archived.
    key_timestamp : str or None
        The column by which a record belongs to a day, by path.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    key_timestamp: str | None = None

    @classmethod
    def of(cls, schema: pa.Schema) -> Self:
        """What a schema of an archive says."""
        about = json.loads(schema.metadata[_ABOUT])
        return cls(tuple(map(_column, about["columns"])), tuple(about["key"]), about["key_timestamp"])


def described(schema: pa.Schema, traits: Traits) -> pa.Schema:
    """A schema that says what its columns mean.

    Each field's metadata has its ``path`` in the record as JSON, the ``kind`` that was declared (``undeclared`` for
    none), and what became of it by ``mask``.
    """
    leaves = {".".join(path): (path, column) for path, column in _leaves(traits.columns, ())}
    fields = [_noted(field, *leaves[field.name]) if field.name in leaves else field for field in schema]
    about = {
        "key": list(traits.key),
        "key_timestamp": traits.key_timestamp,
        "columns": [_plain(column) for column in traits.columns],
    }
    return pa.schema(fields, metadata={**(schema.metadata or {}), _ABOUT: json.dumps(about).encode()})


def since(field: pa.Field) -> datetime | None:
    """When a field was first asked for, None if from the beginning: days asked before have nulls in it."""
    found = (field.metadata or {}).get(b"since")
    return datetime.fromisoformat(found.decode()) if found else None


def _noted(field: pa.Field, path: Sequence[str], column: Column) -> pa.Field:
    said = {"path": json.dumps(list(path)), "kind": column.kind.word, "mask": column.mask}
    return field.with_metadata({**(field.metadata or {}), **said})


def _leaves(columns: Iterable[Column], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Column]]:
    """What becomes a column of a flat table: objects by their fields, lists as they are."""
    for column in columns:
        here = (*path, column.name)
        if column.fields and not column.lists:
            yield from _leaves(column.fields, here)
        else:
            yield here, column


def _plain(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": column.kind.word,
        "lists": column.lists,
        "identity": column.identity,
        "personal": column.personal,
        "mask": column.mask,
        "fields": [_plain(each) for each in column.fields],
    }


def _column(said: Mapping[str, Any]) -> Column:
    fields = tuple(map(_column, said["fields"]))
    return Column(**{**said, "kind": _KINDS[said["kind"]], "fields": fields})
