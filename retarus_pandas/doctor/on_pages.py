"""Questions about pages: their order, their size, and where they end."""

from __future__ import annotations

from retarus_pandas.doctor.asking import UntoldError
from retarus_pandas.doctor.evidence import Record, Seen, digest, is_rising, micros
from retarus_pandas.doctor.inquiry import Inquiry
from retarus_pandas.doctor.question import Told, question

__all__ = ["DEFAULTS", "QUESTIONS"]


@question("sort", "Is the order honoured that is asked for?", assumed="honoured")
def _sort(inquiry: Inquiry) -> Told:
    if not inquiry.takes("sort"):
        return Told("no: there is no such argument", "its schema, or what it refused", "refused")
    newest, oldest = inquiry.newest.places(), inquiry.main.places()
    if inquiry.newest.refused:
        return Told("no: it is refused", inquiry.newest.refusal, "refused")
    if min(len(set(newest)), len(set(oldest))) < 2:
        raise UntoldError("the newest or the oldest records of a period stand at one instant")
    falling, rising = is_rising(newest[::-1]), is_rising(oldest)
    told = f"{len(oldest)} records with ASC {_are(true=rising)} in rising order, "
    told += f"{len(newest)} with DESC {_are(true=falling)} in falling order"
    if falling and rising:
        return Told("yes", told, "honoured")
    return Told("no", told, "ignored")


@question("ties", "Do records of one instant come in the same order each time?")
def _ties(inquiry: Inquiry) -> Told:
    looks = [inquiry.whole, inquiry.pages.full, inquiry.pages.largest]
    groups = [_by_instant(seen) for seen in looks]
    tied = [place for place, names in groups[0].items() if len(set(names)) > 1]
    if not tied:
        raise UntoldError(f"no two of {len(looks[0].records)} records stand at one instant")
    same = [place for place in tied if all(sorted(each.get(place, ())) == sorted(groups[0][place]) for each in groups)]
    if not same:
        raise UntoldError("the records of no instant stayed the same while they were looked at")
    anew = sum(any(each[place] != groups[0][place] for each in groups) for place in same)
    told = f"{len(looks)} looks at {len(same)} instants of several records, {anew} of them in another order"
    return Told("no" if anew else "yes, as far as seen", told, not anew)


def _by_instant(seen: Seen) -> dict[int, list[str]]:
    groups: dict[int, list[str]] = {}
    for record in seen.records:
        place = micros(record.get(seen.stamp or ""))
        if place is not None:
            groups.setdefault(place, []).append(_name(record))
    return groups


@question("next-page", "Does the second page go on where the first one ends?", assumed="goes-on")
def _next(inquiry: Inquiry) -> Told:
    pages, whole = inquiry.pages, inquiry.whole
    number = len(pages.first.records)
    told = f"size {pages.first.asked}: {_said(pages.first)}; page 1: {_said(pages.second)}"
    if not pages.second.records and pages.second.more is False:
        return Told("no: it is empty, and says that it is the last", told, "ends-early")
    expected = [_name(record) for record in whole.records[number : 2 * number]]
    found = [_name(record) for record in pages.second.records]
    if found == expected:
        return Told("yes", told, "goes-on")
    if sorted(found) == sorted(expected):
        return Told("yes, in another order", told, "goes-on")
    return Told("not record for record: they are ordered anew, or move", told, "differs")


@question("full-page", "Does a last page that is full say that more follow?")
def _full(inquiry: Inquiry) -> Told:
    whole, full = inquiry.still, inquiry.pages.full
    if full.more is None or len(full.records) != len(whole.records):
        raise UntoldError(f"a page of the size of a period was not full: {_said(full)} instead of {len(whole.records)}")
    return Told(
        "yes" if full.more else "no", f"{len(whole.records)} records, size {full.asked}: {_said(full)}", full.more
    )


@question("past-end", "What is a page past the end?")
def _past(inquiry: Inquiry) -> Told:
    past, whole = inquiry.pages.past, inquiry.whole
    told = f"{len(whole.records)} records, size {past.asked}, page {past.page}: {_said(past)}"
    if past.refused:
        return Told("an error", told, "error")
    if not past.records:
        return Told("an empty page" if not past.more else "an empty page that says that more follow", told, "empty")
    if {_name(record) for record in past.records} & {_name(record) for record in whole.records}:
        return Told("the last page again", told, "last")
    return Told("other records", told, "other")


@question("page-size", "Are pages as large as is asked?", assumed=10_000)
def _size(inquiry: Inquiry) -> Told:
    for seen in inquiry.samples.values():
        least = min(each for each in (seen.asked, seen.size) if each)
        if seen.more and len(seen.records) < seen.asked:
            told = f"{seen.query.report}, size {seen.asked}: {_said(seen)}"
            return Told(f"no: {min(least, len(seen.records))} records at most", told, len(seen.records))
    largest = inquiry.pages.largest
    if largest.refused:
        raise UntoldError(f"a page of {largest.asked} records was refused: {largest.refusal}")
    if largest.size is None:
        raise UntoldError("the service does not say the size that it uses, and no report filled a large page")
    if largest.size < largest.asked:
        return Told(f"no: {largest.size} records at most", f"size {largest.asked}: {_said(largest)}", largest.size)
    return Told(f"yes, up to {largest.asked}", f"size {largest.asked}: {_said(largest)}", largest.size)


@question("over-size", "What becomes of a size above 10,000?")
def _over(inquiry: Inquiry) -> Told:
    seen = inquiry.over
    told = f"size {seen.asked}: {_said(seen)}"
    if seen.refused:
        return Told("it is refused", told, "refused")
    if seen.size is not None and seen.size < seen.asked:
        return Told(f"it is cut down to {seen.size}", told, "clamped")
    return Told("it is answered", told, "answered")


@question("default-page", "Which page comes where none is asked?")
def _default_page(inquiry: Inquiry) -> Told:
    bare, whole = _answered(inquiry.bare), inquiry.whole
    if bare.index is not None:
        return Told(f"page {bare.index}", f"no page, size or sort asked: page {bare.index}", bare.index)
    first = {_name(record) for record in whole.records[: len(bare.records)]}
    if {_name(record) for record in bare.records} != first:
        raise UntoldError("the service does not say the page that it uses, and the records are not the first ones")
    return Told("the first", f"no page, size or sort asked: the first {len(bare.records)} records", 0)


@question("default-size", "How many records come at most where no size is asked?")
def _default_size(inquiry: Inquiry) -> Told:
    bare = _answered(inquiry.bare)
    told = f"no page, size or sort asked: {_said(bare)}"
    if bare.size is not None:
        return Told(str(bare.size), told, bare.size)
    if not bare.more:
        raise UntoldError(f"the service does not say the size that it uses, and all {len(bare.records)} records came")
    return Told(str(len(bare.records)), told, len(bare.records))


@question("default-sort", "In which order do records come where none is asked?")
def _default_sort(inquiry: Inquiry) -> Told:
    places = _answered(inquiry.bare).places()
    if len(set(places)) < 2:
        raise UntoldError("fewer than two instants were seen")
    order = "ASC" if is_rising(places) else "DESC" if is_rising(places[::-1]) else "none"
    words = {"ASC": "oldest first", "DESC": "newest first", "none": "in none by time"}
    return Told(
        words[order], f"no page, size or sort asked: {len(places)} records at {len(set(places))} instants", order
    )


def _answered(seen: Seen) -> Seen:
    if seen.refused:
        raise UntoldError(f"a document without page, size and sort was refused: {seen.refusal}")
    return seen


def _are(*, true: bool) -> str:
    return "are" if true else "are not"


def _name(record: Record) -> str:
    return digest(record, sorted(record))


def _said(seen: Seen) -> str:
    if seen.refused:
        return seen.refusal
    more = {True: "more follow", False: "no more follow", None: "does not say whether more follow"}[seen.more]
    return f"{len(seen.records)} records, {more}" + (f", size {seen.size}" if seen.size is not None else "")


QUESTIONS = (_sort, _size, _next, _full, _past, _ties, _over)
DEFAULTS = (_default_page, _default_size, _default_sort)
