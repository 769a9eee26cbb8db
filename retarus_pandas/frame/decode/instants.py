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
_WITH_SECONDS = len("2026-01-31T12:00:00")
_FEW = 50
_SECOND = pa.scalar(1_000_000, pa.duration("us"))


# Two odd forms in which whole services write: without a zone, and finer than a microsecond.
_BARE = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?$"
_FINE = r"^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{6})\d+(Z|[+-]\d\d:?\d\d)?$"
_TOO_FINE = r"\.\d{6}\d*[1-9]"


def read_instants(texts: pa.StringArray, path: Path, notes: Notes) -> pa.Array:
    """The texts as timestamps; as texts in one form if one of them is no instant. An empty text is null."""
    lengths = pc.binary_length(texts)
    if pc.min(lengths).as_py() == 0:
        texts = pc.if_else(pc.equal(lengths, 0), pa.scalar(None, pa.string()), texts)
    instants = _cast(texts)
    for read in (_read_bare, _read_fine, _read_usual):
        if instants is None:
            instants = read(texts, path, notes)
    return _read_odd(texts, path, notes) if instants is None else instants


def _read_bare(texts: pa.StringArray, path: Path, notes: Notes) -> pa.Array | None:
    """The instants where none has a zone; None where one has, or is shorter than with seconds."""
    if pc.min(pc.binary_length(texts)).as_py() < _WITH_SECONDS:
        return None
    instants = _cast(texts, pa.timestamp("us"))
    if instants is not None:
        _tell_first(texts, texts.is_valid(), path, Oddity.NO_ZONE, notes)
    return instants


def _read_fine(texts: pa.StringArray, path: Path, notes: Notes) -> pa.Array | None:
    """The instants where all have a zone, some of them nanoseconds, and all of them can be counted in those."""
    nanoseconds = _try_cast(texts, pa.timestamp("ns", "UTC"))
    if nanoseconds is None or pc.min(nanoseconds.view(pa.int64())).as_py() < 0:  # they would be rounded up
        return None
    counted = nanoseconds.view(pa.int64())
    whole = pc.divide(counted, 1000)
    _tell_first(texts, pc.greater(counted, pc.multiply(whole, 1000)), path, Oddity.TOO_FINE, notes)
    return whole.view(INSTANT)


def _read_usual(texts: pa.StringArray, path: Path, notes: Notes) -> pa.Array | None:
    """The instants where nothing is odd but missing zones and digits finer than a microsecond; else None."""
    micro = pc.replace_substring_regex(texts, _FINE, r"\1\2")
    bare = pc.match_substring_regex(micro, _BARE)
    instants = _cast(pc.if_else(bare, pc.binary_join_element_wise(micro, "Z", ""), micro))
    if instants is not None:
        _tell_first(texts, bare, path, Oddity.NO_ZONE, notes)
        _tell_first(texts, pc.match_substring_regex(texts, _TOO_FINE), path, Oddity.TOO_FINE, notes)
    return instants


def _tell_first(texts: pa.StringArray, odd: pa.BooleanArray, path: Path, oddity: Oddity, notes: Notes) -> None:
    first = odd.index(True).as_py()
    if first >= 0:
        notes.add(path, oddity, show(texts[first].as_py()))


def _cast(texts: pa.StringArray, kind: pa.DataType = INSTANT) -> pa.Array | None:
    """Arrow's reading, or None if it refuses one of them or Python could not hold it."""
    instants = _try_cast(texts, kind)
    if instants is None:
        return None
    first, last = pc.min_max(instants.view(pa.int64())).as_py().values()
    return instants.cast(INSTANT) if first is None or (first >= _FIRST and last <= _LAST) else None


def _try_cast(texts: pa.StringArray, kind: pa.DataType) -> pa.Array | None:
    try:
        # Arrow words an error for each value it refuses, which takes as long as a whole page does otherwise.
        pc.cast(texts[:_FEW], kind)
        return pc.cast(texts, kind)
    except pa.ArrowInvalid:
        return None


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
