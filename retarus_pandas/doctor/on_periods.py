"""Questions about periods, and the instants that they are compared with."""

from __future__ import annotations

from retarus_pandas.doctor.asking import UntoldError
from retarus_pandas.doctor.evidence import (
    HOUR,
    SECOND,
    Seen,
    at,
    fraction_digits,
    instant_columns,
    is_rising,
    window_between,
)
from retarus_pandas.doctor.inquiry import Inquiry
from retarus_pandas.doctor.question import Told, question
from retarus_pandas.values import wire_instant

__all__ = ["QUESTIONS"]

_FAR = 26 * HOUR  # farther than any time zone, and a day of it
_ZONES = (1, 2)
_TRIES = 4
_MILLISECONDS = 3


@question("period-column", "Which timestamp does a period test?")
def _column(inquiry: Inquiry) -> Told:
    found = {report: _tested(seen) for report, seen in inquiry.samples.items() if len(seen.records) > 1}
    if not found:
        raise UntoldError("no report showed two records")
    told = [f"{report}: {' or '.join(names) or 'none that is known'}" for report, names in found.items()]
    return Told("; ".join(told), "the timestamps that are in the period and in order, in each report's sample", found)


def _tested(seen: Seen) -> list[str]:
    names = []
    for name in instant_columns(seen.query):
        places = seen.places(name)
        inside = all(seen.window.start <= at(place) < seen.window.end for place in places)
        if len(places) == len(seen.records) and inside and is_rising(places):
            names.append(name)
    # What is known goes before what happens to be in order, too.
    return [seen.stamp] if seen.stamp in names else names


@question("period-time", "How is a period compared with the instants of records?", assumed="instants")
def _compared(inquiry: Inquiry) -> Told:
    edge = inquiry.edge
    seen = edge.starting
    told = f"{seen.window}, where a record stands at its beginning: {_counted(seen)}"
    if seen.has(edge.record):
        if _is_ignored(inquiry):
            return Told("not at all: the period is ignored", told, "ignored")
        if seen.outside():
            return Told("by its dates", told, "dates")
        if not _could_show_dates(inquiry):
            raise UntoldError("no two records of one day were seen, so that dates and instants look alike")
        return Told("as instants in UTC, the beginning included", told, "instants")
    return _shifted(inquiry, told)


def _shifted(inquiry: Inquiry, told: str) -> Told:
    edge = inquiry.edge
    if _is_ignored(inquiry):
        return Told("not at all: the period is ignored", told, "ignored")
    if inquiry.finest == SECOND and _rounding(inquiry)[0] == "rounded":
        return Told("by finer instants than are shown", told, "rounded")
    for hours in _ZONES:
        start = edge.place + hours * HOUR
        seen = inquiry.page(inquiry.main.query, window_between(start, start + inquiry.finest), size=50)
        if seen.has(edge.record):
            answer = f"as local time, {hours} h ahead of UTC"
            return Told(answer, f"the record came when {seen.window} was asked, not at its own instant", "local")
    raise UntoldError("a record that was seen was not found at its own instant, nor one or two hours later")


def _is_ignored(inquiry: Inquiry) -> bool:
    looks = (inquiry.main, inquiry.closed, inquiry.edge.starting)
    return any(_distance(place, seen) > _FAR for seen in looks for place in seen.outside())


def _could_show_dates(inquiry: Inquiry) -> bool:
    """Whether another record of the day is known, which a comparison of dates would have shown."""
    place = inquiry.edge.place
    known = (*inquiry.main.places(), *inquiry.closed.places())
    return any(abs(each - place) > 2 * SECOND and at(each).date() == at(place).date() for each in known)


@question("period-end", "Does a record at the end of a period belong to it?", assumed=False)
def _end(inquiry: Inquiry) -> Told:
    edge = inquiry.edge
    seen = edge.ending
    if not edge.starting.has(edge.record) or edge.starting.outside() or seen.outside():
        raise UntoldError("the period is not compared with the instants that are shown")
    if inquiry.finest == SECOND:
        raise UntoldError("instants are shown in whole seconds")
    if not seen.whole:
        raise UntoldError(f"a period that ends at a record did not show all its records: {_counted(seen)}")
    included = seen.has(edge.record)
    told = f"{seen.window}, where a record stands at its end: {_counted(seen)}, {'' if included else 'not '}that one"
    return Told("yes, the end is included" if included else "no, the end is excluded", told, included)


@question("stamp-digits", "How precise are the instants that are shown?")
def _digits(inquiry: Inquiry) -> Told:
    found = {
        report: fraction_digits(seen.records, instant_columns(seen.query))
        for report, seen in inquiry.samples.items()
        if seen.records
    }
    if not found:
        raise UntoldError("no report showed a record")
    most = max(found.values())
    words = "seconds" if not most else "milliseconds" if most <= _MILLISECONDS else f"{most} digits of a second"
    return Told(words, "; ".join(f"{report}: {digits} digits" for report, digits in found.items()), found)


@question("stamp-shown", "Are instants shown as they are compared?", assumed="as-shown")
def _shown(inquiry: Inquiry) -> Told:
    edge = inquiry.edge
    if inquiry.finest != SECOND:
        if edge.starting.has(edge.record) and not edge.starting.outside():
            return Told("yes", f"a record came when {edge.starting.window} was asked", "as-shown")
        raise UntoldError("a record was not found at its own instant; see how a period is compared")
    how, told = _rounding(inquiry)
    answers = {"cut": "no: cut off to seconds", "rounded": "no: rounded to seconds"}
    return Told(answers.get(how, "as far as seen, yes: they are whole seconds"), told, how or "as-shown")


def _rounding(inquiry: Inquiry) -> tuple[str, str]:
    """Whether records stand in the later or the earlier half of a second around what is shown; asked once."""
    if inquiry.rounding is None:
        inquiry.rounding = _look_between(inquiry)
    return inquiry.rounding


def _look_between(inquiry: Inquiry) -> tuple[str, str]:
    seen = inquiry.closed if inquiry.closed.records else inquiry.main
    stamp = seen.stamp or ""
    ordered = sorted(zip(seen.places(), seen.records, strict=False), key=lambda pair: pair[0])
    pairs = list(zip(ordered, ordered[3:], strict=False))
    asked = 0
    for (early, first), (late, last) in pairs[:: max(1, len(pairs) // _TRIES)][:_TRIES]:
        if late - early < 2 * SECOND:
            continue
        asked += 1
        window = window_between(early + SECOND // 2, late - 1)
        answer = inquiry.page(seen.query, window, size=50)
        if answer.has(first):
            return "cut", f"a record shown at {wire_instant(at(early))} came when {window} was asked"
        if answer.has(last):
            return "rounded", f"a record shown at {wire_instant(at(late))} came when {window} was asked"
    return "", f"{asked} periods that begin or end within half a second of a record, by {stamp}"


@question("span-45", "May a period be 45 days long?")
def _span(inquiry: Inquiry) -> Told:
    seen = inquiry.spans["45"]
    return Told(
        "no, it has to be shorter" if seen.refused else "yes", f"{seen.window}: {_outcome(seen)}", not seen.refused
    )


@question("span-46", "What becomes of a longer one?")
def _longer(inquiry: Inquiry) -> Told:
    seen = inquiry.spans["46"]
    return Told("it is refused" if seen.refused else "it is answered", f"{seen.window}: {_outcome(seen)}", seen.refused)


@question("history", "What becomes of one that begins 91 days ago?")
def _history(inquiry: Inquiry) -> Told:
    seen = inquiry.spans["91"]
    return Told("it is refused" if seen.refused else "it is answered", f"{seen.window}: {_outcome(seen)}", seen.refused)


def _distance(place: int, seen: Seen) -> int:
    """How far outside of what was asked an instant is."""
    start, end = ((each - at(0)).total_seconds() * SECOND for each in (seen.window.start, seen.window.end))
    return int(max(start - place, place - end))


def _counted(seen: Seen) -> str:
    if seen.refused:
        return seen.refusal
    outside = len(seen.outside())
    return f"{len(seen.records)} records" + (f", {outside} of them outside" if outside else "")


def _outcome(seen: Seen) -> str:
    return seen.refusal if seen.refused else f"HTTP {seen.status}, {len(seen.records)} records"


QUESTIONS = (_column, _compared, _end, _digits, _shown, _span, _longer, _history)
