"""Instants as text become timestamps; the forms Arrow does not read are put into one it does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.frame.decode.oddities import Notes, Oddity, Path
from retarus_pandas.frame.decode.texts import as_text
from retarus_pandas.frame.decode.types import INSTANT
from retarus_pandas.values import show

__all__ = ["read_instants"]

_FORM = re.compile(
    r"""\s* (?P<date> \d{4}-\d\d-\d\d)
        (?: [Tt\s] (?P<minute> \d\d:\d\d) (?: :(?P<second> \d\d) (?: [.,](?P<fraction> \d+) )? )? )?
        \s* (?P<zone> [Zz] | [+-]\d\d (?: :?\d\d )? )? \s*""",
    re.VERBOSE | re.ASCII,
)
_FIRST, _LAST = (pa.scalar(end.replace(tzinfo=UTC), INSTANT).value for end in (datetime.min, datetime.max))
_SECOND = pa.scalar(1_000_000, pa.duration("us"))


def read_instants(texts: pa.StringArray, path: Path, notes: Notes) -> pa.Array:
    """The texts as timestamps; as texts in one form if one of them is no instant. An empty text is null."""
    instants = _cast(texts)
    if instants is not None:
        return instants
    texts = pc.if_else(pc.equal(pc.binary_length(texts), 0), pa.scalar(None, pa.string()), texts)
    instants = _cast(texts)
    return _read_odd(texts, path, notes) if instants is None else instants


def _cast(texts: pa.StringArray) -> pa.Array | None:
    """Arrow's reading, or None if it refuses one of them or Python could not hold it."""
    try:
        instants = pc.cast(texts, INSTANT)
    except pa.ArrowInvalid:
        return None
    first, last = pc.min_max(instants.view(pa.int64())).as_py().values()
    return instants if first is None or (first >= _FIRST and last <= _LAST) else None


def _read_odd(texts: pa.StringArray, path: Path, notes: Notes) -> pa.Array:
    encoded = texts.dictionary_encode()
    originals = encoded.dictionary.to_pylist()
    instants = _cast_each([_in_known_form(text, path, notes) for text in originals])
    leaps = pa.array([bool(match and match["second"] == "60") for match in map(_FORM.fullmatch, originals)])
    instants = pc.if_else(leaps, pc.add(instants, _SECOND), instants)
    if instants.null_count:
        notes.add(path, Oddity.NOT_AN_INSTANT, show(originals[instants.is_null().index(True).as_py()]))
        instants = pc.coalesce(as_text(instants), encoded.dictionary)
    return instants.take(encoded.indices)


def _in_known_form(text: str, path: Path, notes: Notes) -> str:
    match = _FORM.fullmatch(text)
    if match is None:
        return text
    minute, second, fraction, zone = (match[name] or "" for name in ("minute", "second", "fraction", "zone"))
    if not zone:
        notes.add(path, Oddity.NO_ZONE, show(text))
    if fraction[6:].strip("0"):
        notes.add(path, Oddity.TOO_FINE, show(text))
    if second == "60":
        notes.add(path, Oddity.LEAP_SECOND, show(text))
        second = "59"
    return f"{match['date']}T{minute or '00:00'}:{second or '00'}.{fraction[:6] or '0'}{zone.upper() or 'Z'}"


def _cast_each(texts: Sequence[str]) -> pa.Array:
    together = _cast(pa.array(texts, pa.string()))
    if together is not None:
        return together
    each = (_cast(pa.array([text], pa.string())) for text in texts)
    return pa.concat_arrays([pa.nulls(1, INSTANT) if one is None else one for one in each])
