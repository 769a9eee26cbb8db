"""Questions about filters: what they compare, and how several of them go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

from retarus_pandas.doctor.asking import UntoldError
from retarus_pandas.doctor.evidence import Record, Seen
from retarus_pandas.doctor.inquiry import Inquiry
from retarus_pandas.doctor.question import Told, question

__all__ = ["QUESTIONS"]

_COLUMNS = 6


class _Choice(NamedTuple):
    """Two values of a column, and one of another, chosen so that each rule would give another number of records."""

    column: str
    values: tuple[str, str]
    other: str
    value: str


@question("filter-case", "Does a filter tell capitals from small letters?", assumed=True)
def _case(inquiry: Inquiry) -> Told:
    whole = inquiry.still
    column, value = _with_letters(inquiry, whole)
    exact = _filtered(inquiry, {column: [value]})
    expected = sum(record.get(column) == value for record in whole.records)
    if exact.refused:
        raise UntoldError(f"a filter by {column} was refused: {exact.refusal}")
    if len(exact.records) != expected:
        raise UntoldError(f"a filter by {column} gave {len(exact.records)} of the {expected} records with that value")
    other = _filtered(inquiry, {column: [value.swapcase()]})
    told = f"{column}: {expected} records have a value, asked as it is {len(exact.records)}, in other letters "
    told += f"{len(other.records)}"
    if other.refused or len(other.records) not in (0, expected):
        raise UntoldError(f"a filter by {column} in other letters gave neither all nor none of the records")
    return Told("no" if other.records else "yes", told, not other.records)


@question(
    "filter-several",
    "How do several values and several columns of a filter go together?",
    assumed="any of the values, all of the columns",
)
def _several(inquiry: Inquiry) -> Told:
    whole = inquiry.still
    choice = _telling(inquiry, whole)
    seen = _filtered(inquiry, {choice.column: list(choice.values), choice.other: [choice.value]})
    if seen.refused:
        raise UntoldError(f"a filter by {choice.column} and {choice.other} was refused: {seen.refusal}")
    counts = _rules(choice, whole.records)
    told = (
        f"two values of {choice.column} and one of {choice.other}: {len(seen.records)} records; expected by each rule: "
        + (", ".join(f"{rule} {count}" for rule, count in counts.items()))
    )
    rule = next((rule for rule, count in counts.items() if count == len(seen.records)), None)
    if rule is None:
        raise UntoldError(f"the answer fits no rule: {told}")
    return Told(rule, told, rule)


@question("filter-whole", "Does a filter take whole values only?", assumed=True)
def _whole(inquiry: Inquiry) -> Told:
    whole = inquiry.still
    column, value = _with_letters(inquiry, whole)
    part = value[:-1]
    asked = [part, f"{part}*", f"{part}%"]
    expected = sum(record.get(column) in asked for record in whole.records)
    seen = _filtered(inquiry, {column: asked})
    if seen.refused:
        raise UntoldError(f"a filter by {column} was refused: {seen.refusal}")
    told = (
        f"{column}: a value without its last letter, alone, with * and with %: {len(seen.records)} records; as whole "
    )
    told += f"values {expected}"
    return Told(
        "yes" if len(seen.records) == expected else "no: parts or patterns fit", told, len(seen.records) == expected
    )


def _filtered(inquiry: Inquiry, filters: Mapping[str, Sequence[str]]) -> Seen:
    whole = inquiry.whole
    return inquiry.page(inquiry.variant(whole, filters=filters), whole.window, size=whole.asked)


def _columns(inquiry: Inquiry, whole: Seen) -> Iterator[tuple[str, list[str]]]:
    """The columns that a filter takes, with their values, the most frequent first; that few of them do."""
    for name in inquiry.filterable(whole.query.report):
        texts = [record.get(name) for record in whole.records]
        values = [text for text in texts if isinstance(text, str) and text.strip()]
        distinct = sorted(set(values), key=lambda value: (-values.count(value), value))
        if 0 < len(distinct) < len(whole.records) // 2 + 1:
            yield name, distinct


def _with_letters(inquiry: Inquiry, whole: Seen) -> tuple[str, str]:
    for name, values in _columns(inquiry, whole):
        taken = {record.get(name) for record in whole.records}
        for value in values:
            if len(value) > 1 and value.swapcase() != value and value.swapcase() not in taken:
                return name, value
    raise UntoldError("no column that a filter is known to take holds letters")


def _telling(inquiry: Inquiry, whole: Seen) -> _Choice:
    found = dict(_columns(inquiry, whole))
    names = sorted(found, key=lambda name: abs(len(found[name]) - 3))[:_COLUMNS]
    for choice in _choices(names, found):
        counts = list(_rules(choice, whole.records).values())
        if len(set(counts)) == len(counts) and counts[0]:
            return choice
    raise UntoldError("the values of the columns that a filter is known to take do not tell the rules apart")


def _choices(names: Iterable[str], found: Mapping[str, Sequence[str]]) -> Iterator[_Choice]:
    for column, other in permutations(names, 2):
        for first, second in permutations(found[column][:4], 2):
            for value in found[other][:4]:
                yield _Choice(column, (first, second), other, value)


def _rules(choice: _Choice, records: Iterable[Record]) -> dict[str, int]:
    """How many records each rule would give."""
    facts = [(record.get(choice.column), record.get(choice.other)) for record in records]
    among = [
        (one in choice.values, other == choice.value, one == choice.values[0], one == choice.values[1])
        for one, other in facts
    ]
    return {
        "any of the values, all of the columns": sum(either and other for either, other, _, _ in among),
        "any of the values, any of the columns": sum(either or other for either, other, _, _ in among),
        "the first value only": sum(first and other for _, other, first, _ in among),
        "the last value only": sum(last and other for _, other, _, last in among),
        "the first column only": sum(either for either, _, _, _ in among),
        "none: the filter is ignored": len(among),
    }


QUESTIONS = (_case, _several, _whole)
