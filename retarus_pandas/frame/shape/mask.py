"""Personal values out of sight: what is left of them is enough to count, to join, or to recognise.

A hash is keyed, since a phone number is found by trying all there are: who has the key gets the same text for the
same value in every column, report and month, and who does not have it gets nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.errors import InputError
from retarus_pandas.frame.decode import Path, as_text, relist
from retarus_pandas.frame.shape.flatten import split_path
from retarus_pandas.frame.shape.leaves import change_leaves
from retarus_pandas.values import WAYS, Column, Kind, Secret, show

__all__ = ["Mask", "is_masked", "masked", "masked_rows"]

_Change = Callable[[pa.Array], pa.Array]
_Changes = Mapping[str, _Change]

# What becomes of a value by its class, where nobody says otherwise.
_BY_CLASS = {"number": "hash", "address": "hash", "text": "drop", "": "keep"}
_IDENTITY = "retarus_pandas: which key is this"
_LENGTH = 32  # hexadecimal digits, 128 bits: no two values of any company share them by chance
_SHOWN = 4
_LONG_ENOUGH = 2 * _SHOWN  # of a shorter text, the last four would be most of it


@dataclass(frozen=True, slots=True)
class Mask:
    """What is to be masked, and how.

    Attributes
    ----------
    named : mapping of str to str
        For columns, by name, the words of `WAYS`.
    personal : bool
        Whether the others are masked by what the schema says of them.
    key : Secret, optional
        What hashes are made with.
    """

    named: Mapping[str, str]
    personal: bool = False
    key: Secret | None = field(default=None, repr=False)

    def applied(
        self, columns: Sequence[Column], *, sep: str = ".", record_path: str | Sequence[str] | None = None
    ) -> tuple[Column, ...]:
        """The columns, each with what becomes of its values.

        Parameters
        ----------
        columns : sequence of Column
            The query's.
        sep : str, default "."
            What joins the names of nested fields.
        record_path : str or list of str, optional
            The list of objects of which each element becomes a row.

        Raises
        ------
        InputError
            A column does not exist, nobody knows whether one is personal, or nothing would remain.
        """
        leaves = dict(_leaves(columns, ()))
        below = split_path(record_path, columns, sep) or ()
        named = {path: how for name, how in self.named.items() for path in _meant(name, leaves, sep, below)}
        hows = {path: named.get(path) or self._by_class(path, column, sep) for path, column in leaves.items()}
        self._check_rest(hows, below)
        return tuple(_with(column, (column.name,), hows) for column in columns)

    def identity(self) -> dict[str, Any]:
        """Plain values that are the same for the same mask and key, and from which no key can be found."""
        key = None if self.key is None else _hasher(self.key)(pa.array([_IDENTITY]))[0].as_py()
        return {"named": dict(sorted(self.named.items())), "personal": self.personal, "key": key}

    def _by_class(self, path: Path, column: Column, sep: str) -> str:
        if not self.personal:
            return "keep"
        if column.kind is Kind.UNDECLARED and not column.personal:
            name = sep.join(path)
            raise InputError(
                f"Nobody has declared the field {name!r}, so that mask='personal' cannot know whether it is personal. "
                f"Say it: mask={{'*': 'personal', {name!r}: 'hash'}}, or 'keep'."
            )
        return _BY_CLASS[column.personal]

    def _check_rest(self, hows: Mapping[Path, str], below: Path) -> None:
        rows = [how for path, how in hows.items() if path[: len(below)] == below]
        if rows and not any(WAYS[how].is_shown for how in rows):
            what = f"all of record_path {'.'.join(below)!r}" if below else "every column"
            raise InputError(f"The mask drops {what}. Keep or hash one of them.")


def _leaves(columns: Sequence[Column], path: Path) -> Iterator[tuple[Path, Column]]:
    """All fields that are shown and hold values, by their paths."""
    for column in columns:
        here = (*path, column.name)
        if column.fields and not column.hidden:
            yield from _leaves(column.fields, here)
        elif not column.hidden:
            yield here, column


def _meant(name: str, leaves: Mapping[Path, Column], sep: str, below: Path) -> list[Path]:
    """The fields that a name means: one, or all of an object; as in the record, or from the list's elements on."""
    for start in ((), below):
        found = [path for path in leaves if _is_within(path, name, sep, start)]
        if found:
            return found
    there = [sep.join(path) for path in leaves]
    near = get_close_matches(name, there, n=1)
    advice = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(map(repr, there))}."
    raise InputError(f"The mask names the column {show(name)}, which does not exist. {advice}")


def _is_within(path: Path, name: str, sep: str, start: Path) -> bool:
    rest = path[len(start) :] if path[: len(start)] == start else ()
    return any(sep.join(rest[:depth]) == name for depth in range(1, len(rest) + 1))


def _with(column: Column, path: Path, hows: Mapping[Path, str]) -> Column:
    fields = tuple(_with(each, (*path, each.name), hows) for each in column.fields)
    how = hows.get(path, "keep")
    return replace(column, fields=fields, mask="" if how == "keep" else how)


def is_masked(column: Column) -> bool:
    """Whether anything of a column is masked."""
    return bool(column.mask) or any(map(is_masked, column.fields))


def masked(values: pa.ChunkedArray, column: Column, key: Secret | None) -> pa.ChunkedArray | None:
    """The values of a column as they may be seen; None if nothing of it remains."""
    if not is_masked(column):
        return values
    changes: _Changes = {"hash": _hasher(key), "last4": _last_four}

    def change(leaf: pa.Array, its: Column) -> pa.Array | None:
        if not its.way.is_shown:
            return None
        return _changed(leaf, changes[its.mask]) if its.mask else leaf

    return change_leaves(values, column, change)


def _changed(values: pa.Array, change: _Change) -> pa.Array:
    if pa.types.is_list(values.type):
        return relist(values, lambda inner: _changed(inner, change))
    return change(as_text(values))


def _hasher(key: Secret | None) -> _Change:
    """What hashes each distinct text once; nothing stays nothing."""
    started = None if key is None else hmac.new(key.reveal().encode(), digestmod="sha256")
    known = {"": ""}

    def hashed(text: str) -> str:
        found = known.get(text)
        if found is None:
            assert started is not None
            each = started.copy()
            each.update(text.encode())
            found = known[text] = each.hexdigest()[:_LENGTH]
        return found

    def change(texts: pa.Array) -> pa.Array:
        coded = pc.dictionary_encode(texts)
        return pa.array(map(hashed, coded.dictionary.to_pylist()), pa.string()).take(coded.indices)

    return change


def _last_four(texts: pa.Array) -> pa.Array:
    end = pc.utf8_slice_codeunits(texts, start=-_SHOWN)
    is_long = pc.greater_equal(pc.utf8_length(texts), _LONG_ENOUGH)
    shown = pc.binary_join_element_wise("…", pc.if_else(is_long, end, ""), "")
    return pc.if_else(pc.equal(texts, ""), "", shown)


def masked_rows(rows: pa.Table, columns: Sequence[Column], key: Secret | None) -> pa.Table:
    """Rows as they came from the decoder, with the values of some columns hashed or cut; none may be dropped here."""
    for at, column in enumerate(columns):
        if is_masked(column):
            rows = rows.set_column(at, column.name, masked(rows.column(column.name), column, key))
    return rows
