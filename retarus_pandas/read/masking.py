"""Which columns are masked: what the option says, and the key that hashes take."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import InputError
from retarus_pandas.values import WAYS, Column, Query, Secret, show

if TYPE_CHECKING:
    from retarus_pandas.frame import Mask

__all__ = [
    "OTHERS",
    "PERSONAL",
    "check_mask",
    "mask_again",
    "mask_given",
    "mask_mark",
    "mask_notes",
    "mask_words",
    "with_mask",
]

PERSONAL = "personal"
OTHERS = "*"  # no name in GraphQL

_WORDS = ", ".join(map(repr, WAYS))
_SHORTEST_KEY = 16
_MARK = 8  # hexadecimal digits


def check_mask(name: str, value: Any) -> Mask | None:
    """Make a `Mask` of what a caller gave; with the key, if anything may be hashed.

    Raises
    ------
    InputError
        It says something else than how columns are masked, or there is no key.
    """
    if value is None:
        return None
    given = {OTHERS: value} if isinstance(value, str) else value
    if not isinstance(given, Mapping) or not given:
        raise InputError(
            f"The option {name}={show(value)} does not fit: give 'personal', or a mapping of columns to "
            f"{_WORDS}, in which '*': 'personal' stands for all others."
        )
    wrong = next(filter(None, map(_misfit, given.items())), "")
    if wrong:
        raise InputError(f"The option {name}={show(value)} does not fit: {wrong}")
    from retarus_pandas.frame import Mask

    named = {column: how for column, how in given.items() if column != OTHERS}
    is_hashed = OTHERS in given or any(WAYS[how].takes_key for how in named.values())
    return Mask(named, personal=OTHERS in given, key=_key(name) if is_hashed else None)


def _a_column(word: Any) -> str:
    """A word that may be meant as a column; another in the place of one that cannot be."""
    return word if isinstance(word, str) and word.isidentifier() and word not in WAYS else "calledNumber"


def _misfit(pair: tuple[Any, Any]) -> str:
    """What is wrong with one column and what is to become of it; empty where nothing is."""
    column, how = pair
    if column == OTHERS:
        near = isinstance(how, str) and get_close_matches(how.lower(), [PERSONAL])
        advice = (
            f"Did you mean {PERSONAL!r}?"
            if near
            else f"A column takes one of {_WORDS}, such as mask={{{_a_column(how)!r}: 'hash'}}."
        )
        return "" if how == PERSONAL else f"{show(how)} alone says nothing. {advice}"
    if not isinstance(column, str) or not column.strip():
        return f"{show(column)} names no column."
    if isinstance(how, str) and how in WAYS:
        return ""
    if get_close_matches(column.lower(), [PERSONAL]) and not how:
        return f"{show(column)} is followed by nothing. Did you mean {PERSONAL!r} alone?"
    near = get_close_matches(str(how).lower(), WAYS, n=1)
    advice = f"Did you mean {near[0]!r}?" if near else f"There are: {_WORDS}."
    return f"{show(how)} is no way to mask {show(column)}. {advice}"


def _key(name: str) -> Secret:
    from retarus_pandas.session import mask_key

    key = mask_key()
    if not key:
        raise InputError(
            f'The option {name}= takes a key, and there is none. Make one with: python -c "import secrets; '
            'print(secrets.token_urlsafe(32))". Set it as RETARUS_MASK_KEY in the environment, or put it into the '
            "keyring with: keyring set retarus_pandas mask-key. Keep it: the same value gets the same hash only with "
            "the same key, and who has it can find out the values."
        )
    if len(key.reveal()) < _SHORTEST_KEY:
        raise InputError(
            f"The key for {name}= is shorter than {_SHORTEST_KEY} characters, so that it could be guessed. Make one "
            'with: python -c "import secrets; print(secrets.token_urlsafe(32))".'
        )
    return key


def mask_given(mask: Mask | None) -> dict[str, str] | None:
    """What `check_mask` made the mask of, without its key."""
    return None if mask is None else {**mask.named, **({OTHERS: PERSONAL} if mask.personal else {})}


def mask_mark(mask: Mask | None) -> str:
    """Some digits by which a key is known again, and which tell nothing else of it; "" where there is no key."""
    if mask is None or mask.key is None:
        return ""
    return hmac.digest(mask.key.reveal().encode(), b"retarus_pandas: which key is this?", "sha256").hex()[:_MARK]


def mask_again(given: Mapping[str, str] | None, mark: str) -> Mask | None:
    """The mask with the key of this process.

    Raises
    ------
    InputError
        There is no key here, or another one than where the mask was given: its hashes would join with no others.
    """
    mask = check_mask("mask", given)
    if mask_mark(mask) != mark:
        raise InputError(
            "The option mask= takes a key, and the one of this process is another than where the plan was made, so "
            "that the same value would get two hashes. Set the same RETARUS_MASK_KEY for both."
        )
    return mask


def mask_words(words: Iterable[str]) -> dict[str, str]:
    """Make a mapping of the words of a line: ``personal``, or ``COLUMN=HOW``; `check_mask` says what does not fit."""
    pairs = [word.partition("=") if "=" in word else (OTHERS, "=", word) for word in words]
    return {column.strip(): how.strip() for column, _, how in pairs}


def with_mask(query: Query, mask: Mask | None, *, sep: str, record_path: str | Sequence[str] | None) -> Query:
    """The query with what becomes of its columns' values."""
    if mask is None:
        return query
    return replace(query, columns=mask.applied(query.columns, sep=sep, record_path=record_path))


def mask_notes(columns: Sequence[Column]) -> tuple[str, ...]:
    """What is masked, and what personal data is not, for who reads the result; nothing if nothing was to be."""
    said, bare = ", ".join(_said(columns, "")), ", ".join(_bare(columns, ""))
    return (f"Masked: {said}.", *([f"Personal, and not masked: {bare}."] if bare else [])) if said else ()


def _said(columns: Sequence[Column], prefix: str) -> Iterator[str]:
    for column in columns:
        if column.mask:
            yield f"{prefix}{column.name} ({column.mask})"
        yield from _said(column.fields, f"{prefix}{column.name}.")


def _bare(columns: Sequence[Column], prefix: str) -> Iterator[str]:
    for column in columns:
        if column.personal and not column.mask and not column.hidden:
            yield f"{prefix}{column.name}"
        yield from _bare(column.fields, f"{prefix}{column.name}.")
