"""Questions about records: their keys, their values, and whether they move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from retarus_pandas.doctor.asking import UntoldError
from retarus_pandas.doctor.evidence import (
    SECOND,
    Record,
    Seen,
    at,
    compared,
    digest,
    instant_columns,
    is_rising,
    micros,
    window_between,
)
from retarus_pandas.doctor.inquiry import Inquiry
from retarus_pandas.doctor.question import Told, question
from retarus_pandas.schema import bundled
from retarus_pandas.session import Watched
from retarus_pandas.values import Kind, Window, wire_instant

__all__ = ["QUESTIONS", "watched"]

_FAXES = "faxOutUdrReport"
_CENTRES = ("dataCenter", "jobSubmissionDc", "metaDataCenter")
_UNITS = {"milliseconds": 1000.0, "seconds": 1.0}
_MOST_WATCHED = 1000
# So long records are known to change after their timestamps.
_KEPT_WATCHING = timedelta(days=10)
_AT_REST = timedelta(hours=1)

_FITTING: dict[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str,),
    Kind.INSTANT: (str,),
    Kind.INT: (int,),
    Kind.FLOAT: (int, float),
    Kind.BOOLEAN: (bool,),
}


@question("key", "Does a key name one record?", assumed="unique")
def _key(inquiry: Inquiry) -> Told:
    found = {seen.query.report: _doubled(seen) for seen in inquiry.samples.values() if seen.records and _key_of(seen)}
    if not found:
        raise UntoldError("no report showed records with the key that is assumed")
    told = "; ".join(
        f"{report}: {total} records, {twice} with the key of another, {equal} of them equal in all fields"
        for report, (total, twice, equal) in found.items()
    )
    twice, equal = (sum(each[place] for each in found.values()) for place in (1, 2))
    if not twice:
        return Told("yes, as far as seen", told, "unique")
    if equal == twice:
        return Told("yes, but records stand there twice", told, "twins")
    return Told("no: other records have the same key", told, "repeated")


def _key_of(seen: Seen) -> tuple[str, ...]:
    return tuple(seen.query.key) or bundled().key(seen.query.report).fields


def _doubled(seen: Seen) -> tuple[int, int, int]:
    fields = sorted({name for record in seen.records for name in record})
    keys = Counter(digest(record, _key_of(seen)) for record in seen.records)
    contents = Counter(digest(record, fields) for record in seen.records)
    return len(seen.records), len(seen.records) - len(keys), len(seen.records) - len(contents)


@question("attempts", "Has a sent fax one record, or one for each attempt?")
def _attempts(inquiry: Inquiry) -> Told:
    seen = inquiry.samples.get(_FAXES)
    records = seen.records if seen else ()
    pairs = [(record.get("attemptSeqNo"), record.get("lastAttemptSeqNo")) for record in records]
    retried = [(one, last) for one, last in pairs if isinstance(one, int) and isinstance(last, int) and last > 1]
    if not retried:
        raise UntoldError("no sent fax was seen that took several attempts and says their numbers")
    earlier = sum(one < last for one, last in retried)
    names = {(record.get("faxId"), record.get("attemptSeqNo")) for record in records}
    several = len(names) - len({fax for fax, _ in names})
    if bool(earlier) != bool(several):
        raise UntoldError("the numbers of attempts contradict the ids of the faxes")
    told = (
        f"{len(retried)} records of faxes with several attempts, {earlier} of them of an earlier attempt than the last"
    )
    return Told("one for each attempt" if earlier else "one, of its last attempt", told, bool(earlier))


@question("value-types", "Do values have the types that are assumed?", assumed=[])
def _value_types(inquiry: Inquiry) -> Told:
    seen = [each for each in inquiry.samples.values() if each.records]
    if not seen:
        raise UntoldError("no report showed a record")
    found = sorted({text for each in seen for text in _misfits(each)})
    told = f"{sum(len(each.records) for each in seen)} records of {len(seen)} reports"
    return Told("yes" if not found else "not all: " + "; ".join(found), told, found)


def _misfits(seen: Seen) -> Iterator[str]:
    report = seen.query.report
    schema = bundled()
    declared = getattr(schema.record_type(report), "fields", {})
    for name, field in declared.items():
        kind, lists = schema.kind(field.type, name)
        values = [record[name] for record in seen.records if record.get(name) is not None]
        odd = {type(value).__name__ for value in values if not _fits(value, kind, lists)}
        yield from (f"{report}.{name}: {each} where {field.type} is assumed" for each in sorted(odd))


def _fits(value: Any, kind: Kind, lists: int) -> bool:
    if lists or kind not in _FITTING:
        return True
    if isinstance(value, bool) != (kind is Kind.BOOLEAN) or not isinstance(value, _FITTING[kind]):
        return False
    return kind is not Kind.INSTANT or value == "" or micros(value) is not None


@question("empty-instants", "How is a timestamp shown that is missing?")
def _empty(inquiry: Inquiry) -> Told:
    values = [
        record.get(name)
        for seen in inquiry.samples.values()
        for name in instant_columns(seen.query)
        for record in seen.records
    ]
    nulls, empty = values.count(None), values.count("")
    if not nulls + empty:
        raise UntoldError("no timestamp was missing")
    told = f"{len(values)} timestamps: {nulls} null, {empty} an empty text"
    return Told(
        "null and empty text" if nulls and empty else "empty text" if empty else "null", told, [nulls > 0, empty > 0]
    )


@question("bursts", "How many records stand at one instant?")
def _bursts(inquiry: Inquiry) -> Told:
    places = [*inquiry.main.places()]
    most = max(Counter(places).values())
    hours = sum(place % (3600 * SECOND) == 0 for place in places)
    told = (
        f"{len(places)} records of {inquiry.main.query.report} at {len(set(places))} instants, {hours} on whole hours"
    )
    return Told(f"up to {most}", told, most)


@question("extent", "Where do the records lie?")
def _extent(inquiry: Inquiry) -> Told:
    latest = inquiry.latest
    places = [*inquiry.main.places(), *latest.places()]
    first, last = (wire_instant(at(each))[:10] for each in (min(places), max(places)))
    told = f"the oldest records of {inquiry.main.window}, the newest of {latest.window}"
    return Told(f"from {first} to {last}", told, [first, last])


@question("lag", "How old is the newest record?")
def _lag(inquiry: Inquiry) -> Told:
    latest = inquiry.latest
    places = latest.places()
    if not places:
        raise UntoldError(f"there was no record in {latest.window}")
    age = inquiry.now - at(max(places))
    return Told(
        f"{age / timedelta(minutes=1):.0f} minutes", f"{inquiry.newest.query.report}, newest first", age.total_seconds()
    )


@question("duration-unit", "What is the unit of callDuration?", assumed="milliseconds")
def _unit(inquiry: Inquiry) -> Told:
    seen = inquiry.samples.get(_FAXES)
    ratios = [ratio for record in (seen.records if seen else ()) for ratio in _ratio(record)]
    if not ratios:
        raise UntoldError("no sent fax was seen with a call that was connected and ended, and its duration")
    middle = median(ratios)
    for unit, expected in _UNITS.items():
        if abs(middle / expected - 1) < 0.1:
            return Told(unit, f"{len(ratios)} calls: by their timestamps {middle:.1f} a second", unit)
    raise UntoldError(f"by the timestamps of {len(ratios)} calls it is {middle:.3g} a second, which is no unit")


def _ratio(record: Record) -> Iterator[float]:
    start, end, duration = (record.get(name) for name in ("callConnectedAt", "callEndedAt", "callDuration"))
    started, ended = micros(start), micros(end)
    if started is not None and ended is not None and ended - started > 5 * SECOND and isinstance(duration, int):
        yield duration / ((ended - started) / SECOND)


@question("data-centres", "Of which data centres are the records?")
def _centres(inquiry: Inquiry) -> Told:
    found = {
        record[name]
        for seen in inquiry.samples.values()
        for record in seen.records
        for name in _CENTRES
        if isinstance(record.get(name), str) and record[name]
    }
    if not found:
        raise UntoldError("no record says its data centre")
    return Told(", ".join(sorted(found)), f"the columns {', '.join(_CENTRES)}", sorted(found))


@question("moving", "Do old records come, go or change within the minute?", assumed=[0, 0, 0])
def _moving(inquiry: Inquiry) -> Told:
    first, last = inquiry.whole, inquiry.pages.largest
    if not last.whole:
        raise UntoldError("the second look at the period did not show all its records")
    fields = sorted({name for record in first.records for name in record})
    came, gone, changed = compared(_digests(first, fields), _digests(last, fields))
    told = f"{len(first.records)} records of {first.window}, looked at twice: {_moved(came, gone, changed)}"
    moved = came or gone or changed
    return Told(f"yes: {_moved(came, gone, changed)}" if moved else "no", told, [came, gone, changed])


@question("later", "Do records come, go or change in the days after their timestamp?")
def _later(inquiry: Inquiry) -> Told:
    before = inquiry.before.watched if inquiry.before else None
    if before is None or before.report not in inquiry.samples:
        raise UntoldError("no earlier probe is there to compare with; probe again in some days")
    window = Window(*(datetime.fromisoformat(each) for each in (before.start, before.end)))
    query = inquiry.variant(inquiry.samples[before.report])
    if set(before.fields) - {column.name for column in query.columns}:
        raise UntoldError("an earlier probe saw fields that were not asked this time")
    seen = inquiry.page(query, window, size=_MOST_WATCHED)
    if not seen.whole:
        raise UntoldError(f"{window}, which an earlier probe saw, cannot be seen whole any more")
    came, gone, changed = compared(before.records, _digests(seen, before.fields))
    told = (
        f"{len(before.records)} records of {window}, seen on {before.seen[:10]} and now: {_moved(came, gone, changed)}"
    )
    moved = came or gone or changed
    return Told(f"yes: {_moved(came, gone, changed)}" if moved else "not since then", told, [came, gone, changed])


def watched(inquiry: Inquiry) -> Watched | None:
    """The newest records as they are now; an earlier look stays until what was seen then is at rest."""
    before = inquiry.before.watched if inquiry.before else None
    if before is not None and inquiry.now - datetime.fromisoformat(before.seen) < _KEPT_WATCHING:
        return before
    seen = inquiry.newest
    places = seen.places()
    if not places or not is_rising(places[::-1]) or seen.outside() or len(places) != len(seen.records):
        return None
    # The oldest instant may have been cut.
    start = min(places) // SECOND * SECOND + 2 * SECOND
    end = min(max(places), int((inquiry.now - _AT_REST - at(0)).total_seconds()) * SECOND)
    if end - start < SECOND:
        return None
    window = window_between(start, end // SECOND * SECOND)
    inside = [
        record for record, place in zip(seen.records, places, strict=True) if window.start <= at(place) < window.end
    ]
    fields = tuple(sorted({name for record in inside for name in record}))
    return Watched(
        report=seen.query.report,
        start=window.start.isoformat(),
        end=window.end.isoformat(),
        seen=inquiry.now.isoformat(),
        fields=fields,
        records=tuple((digest(record, _key_of(seen)), digest(record, fields)) for record in inside),
    )


def _digests(seen: Seen, fields: Sequence[str]) -> list[tuple[str, str]]:
    return [(digest(record, _key_of(seen)), digest(record, fields)) for record in seen.records]


def _moved(came: int, gone: int, changed: int) -> str:
    return f"{came} came, {gone} went, {changed} changed"


QUESTIONS = (_key, _attempts, _value_types, _empty, _bursts, _extent, _lag, _unit, _centres, _moving, _later)
