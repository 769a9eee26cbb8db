"""All mistakes of a document at once, each with its place, a caret and what to do, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from retarus_pandas.document.document import mistakes, read_queries
from retarus_pandas.errors import DocumentError
from retarus_pandas.schema.bundle import sdl
from retarus_pandas.schema.sources import bundled, load

_LIVE = load(
    sdl()
    + "type Part { name: String, number(of: Int!): Int } extend type FaxOutUdrReportRecord { part: Part, day: Day }"
    " enum Day { MON TUE } extend input FaxOutColumnUdrFilters { day: Day, express: Boolean, rate: Float }"
)


def _refused(text: str, **given: Any) -> str:
    with pytest.raises(DocumentError) as caught:
        read_queries(text, **({"schema": _LIVE} | given))
    return str(caught.value)


def _notes(text: str, **given: Any) -> tuple[str, ...]:
    (query,) = read_queries(text, schema=bundled(), **given)
    return query.notes


# What is wrong in each, and what is told, with the bundled schema and with the service's own.
_UNKNOWN = [
    ("{ faxOutUdrReport { content { faxIdd } } }", 31, "'faxIdd'", "Did you mean 'faxId'?"),
    ("{ faxOutUdrReport { content { zzz } } }", 31, "'zzz'", "fields('faxOutUdrReport') lists what there is."),
    ("{ faxOutUdrReport(sorting: ASC) { faxId } }", 19, "'sorting'", "Did you mean 'sort'?"),
    ("{ faxOutUdrReport(zzz: 1) { faxId } }", 19, "'zzz'", "There are: customerId, datePeriod, filter"),
    ("{ faxOutUdrReport { faxId(of: 1) } }", 27, "'of'", "It takes none"),
    ("{ faxOutUdrReport { faxId @incl } }", 27, "'@incl'", "There are: @include, @skip."),
    ("{ faxOutUdrReport(filter: {zzz: {}}) { faxId } }", 28, "'zzz'", "There are: statusName, jobBillingCode"),
    ("{ faxOutUdrReport(filter: {statusNam: {}}) { faxId } }", 28, "'statusNam'", "Did you mean 'statusName'?"),
    ("{ faxOutUdrReport(filter: {statusName: 3}) { faxId } }", 40, "'StringColumnFilter'", "Write { … } there."),
    ('{ faxOutUdrReport(filter: {statusName: {values: 3}}) { faxId } }', 49, "String", 'Write it as "3".'),
    ("{ faxOutUdrReport { docPages { x } } }", 30, "'docPages'", "Leave out the { … } behind it."),
    ("query ($x: Strin = {}) { faxOutUdrReport(filter: $x) { faxId } }", 12, "'Strin'", "Did you mean 'String'?"),
    ('query ($x: String = "") { faxOutUdrReport(filter: $x) { faxId } }', 8, "'$x'", "Declare it as FaxOutColumnUdrF"),
    ("{ faxOutUdrReprt { faxId } }", 3, "'faxOutUdrReprt'", "Did you mean"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "what", "fix"), _UNKNOWN)
def test_what_the_service_s_schema_lacks_is_an_error(text: str, column: int, what: str, fix: str) -> None:
    """Below the line of the cell the document begins in its second line; the caret is under the mistake."""
    message = _refused("\n" + text)
    first, quoted, caret = message.splitlines()
    assert what in first
    assert fix in first
    assert first.endswith(f"(line 2, column {column})")
    assert quoted.strip() == text
    assert caret == " " * (column - 1 + len(quoted) - len(text)) + "^"


@pytest.mark.parametrize(("text", "column", "what", "fix"), _UNKNOWN)
def test_what_the_bundled_schema_lacks_is_sent_and_noted(text: str, column: int, what: str, fix: str) -> None:
    """In one line, with the same words and the same place."""
    (note,) = _notes("\n" + text)
    assert what in note
    assert fix in note
    assert note.endswith(f"It is sent as it is written. (line 2, column {column})")
    assert mistakes(text, schema=bundled()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{ faxOutUdrReport(page: "1") { faxId } }', "page is a whole number, 0 or more, not '1'"),
        ("{ faxOutUdrReport(size: 10001) { faxId } }", "size is a whole number, 1 to 10,000"),
        ("{ faxOutUdrReport(sort: UP) { faxId } }", "sort is ASC or DESC, not 'UP'"),
        ("{ faxOutUdrReport(customerId: 1) { faxId } }", 'write it as "1"'),
        ('{ faxOutUdrReport(datePeriod: "2026") { faxId } }', "datePeriod has fromIncluded and toExcluded"),
        ("{ faxOutUdrReport { faxId @include(if: 1) } }", "takes true or false"),
    ],
)
@pytest.mark.parametrize("schema", [bundled(), _LIVE], ids=["bundled", "live"])
def test_literals_that_cannot_be_right_are_refused_whatever_the_schema(text: str, words: str, schema: Any) -> None:
    message = _refused(text, schema=schema)
    assert words in message
    assert "(line 1, column " in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{ faxOutUdrReport(filter: {day: FRI}) { faxId } }", "There are: MON, TUE."),
        ("{ faxOutUdrReport(filter: {day: TU}) { faxId } }", "Did you mean the enum value 'TUE'?"),
        ("{ faxOutUdrReport(filter: {day: 1}) { faxId } }", "There are: MON, TUE."),
        ("{ faxOutUdrReport(filter: {express: 1}) { faxId } }", "Write true or false."),
        ('{ faxOutUdrReport(filter: {rate: "1"}) { faxId } }', "Write a number, without quotes."),
        ('{ faxOutUdrReport { part { number(of: "1") } } }', "Write a whole number, without quotes."),
        ("{ faxOutUdrReport { part { number } } }", "is required"),
        ("{ faxOutUdrReport { part { zzz } } }", "There are: name, number."),
        ("{ faxOutUdrReport { part } }", "Did you mean 'part { ... }'?"),
    ],
)
def test_values_and_fields_of_the_service_s_own_types(text: str, words: str) -> None:
    assert words in _refused(text)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\n{ faxOutUdrReport { content { faxId }\n", 3, "Close the { of line 2, column 19."),
        ("\n{ faxOutUdrReport(page: 1 { faxId } }", 2, "Expected Name"),
        ('\n{ faxOutUdrReport(filter: {statusName: {values: ["OK"', 2, "Close the [ of line 2, column 49."),
        ("\n{ faxOutUdrReport { faxId } } }", 2, "Unexpected '}'."),
        ("\n{ faxOutUdrReport(customerId: '1') { faxId } }", 2, "double quote"),
    ],
)
def test_what_is_no_graphql_is_told_with_its_place(text: str, line: int, words: str) -> None:
    message = _refused(text, schema=bundled())
    assert words in message
    assert f"(line {line}, column " in message
    assert message.splitlines()[-1].strip() == "^"


# ---------------------------------------------------------------- variables


def test_missing_variables_are_told_with_their_types() -> None:
    text = "\nquery ($a: Int!, $b: [String!]!) { faxOutUdrReport(filter: {x: $b}) { faxId(of: $a) } }"
    message = _refused(text, schema=bundled())
    assert "$a (Int!) has no value: give it with variables={'a': …}. (line 2, column 8)" in (message)
    assert "$b ([String!]!) has no value" in message


def test_values_of_another_type_are_told_at_the_declaration() -> None:
    text = "\nquery ($a: Int, $b: [String!]) { faxOutUdrReport(filter: {x: $b}) { faxId(of: $a) } }"
    message = _refused(text, schema=bundled(), variables={"a": "x", "b": [1]})
    assert message.startswith("2 mistakes:")
    assert "non-integer value: 'x' (line 2, column 8)" in message
    assert "(line 2, column 17)" in message


@pytest.mark.parametrize("schema", [bundled(), _LIVE], ids=["bundled", "live"])
def test_unused_variables_are_only_noted(schema: Any) -> None:
    """The vendor's own documents have some; what a fragment or a directive uses is used."""
    text = """query Q($unused: String!, $field: Int, $part: Boolean = true) {
        faxOutUdrReport(page: $field) { ...F }
    }
    fragment F on FaxOutUdrReportRecord { faxId @include(if: $part) }"""
    (query,) = read_queries(text, schema=schema)
    assert query.notes == ("The variable $unused is declared and not used: leave it out. (line 1, column 9)",)
    assert "$unused" not in query.document


_VENDORS = """query ($customerId: String!, $datePeriod: DatePeriod!, $page: Int, $size: Int, $sort: SortDirection) {
  faxOutUdrReport(customerId: $customerId, datePeriod: $datePeriod, page: $page, size: $size, sort: $sort) {
    content { faxId statusName }
    hasMoreElements
  }
}"""


@pytest.mark.parametrize("schema", [bundled(), _LIVE], ids=["bundled", "live"])
@pytest.mark.parametrize("text", [*bundled().reports()[:5], "{ smsInUdrReport { smsId } }", _VENDORS])
def test_what_is_filled_in_is_no_mistake_of_the_author_s(text: str, schema: Any) -> None:
    """Neither where we add it, nor where the author left a variable for it."""
    for query in read_queries(text, schema=schema):
        assert query.notes == ()
        assert set(query.slots) == {"customerId", "datePeriod", "page", "size"}


# ---------------------------------------------------------------- all at once

_ALL = """
query Q($n: Boolean!, $unused: String) {
  faxOutUdrReport(page: "x", colour: RED, filter: {statusNam: {values: ["OK"]}}) {
    faxIdd
    docPages { x }
    statusName @include(if: $n)
    ...Missing
  }
  smsOutUdrReprt { smsId }
}"""


def test_all_is_told_in_the_order_of_the_text() -> None:
    found = mistakes(_ALL, schema=_LIVE)
    names = ["$n", "'x'", "'colour'", "'statusNam'", "'faxIdd'", "'docPages'", "'Missing'", "'smsOutUdrReprt'"]
    assert [each.line for each in found] == [2, 3, 3, 3, 4, 5, 7, 9]
    assert all(name in each.message for name, each in zip(names, found, strict=True))
    message = _refused(_ALL)
    assert message.count("^") == len(found) + 1
    assert message.index("Also doubtful") < message.index("$unused is declared and not used")


def test_doubts_are_told_along_with_mistakes() -> None:
    """So that what only the bundled schema does not know need not wait for the next try."""
    message = _refused(_ALL, schema=bundled())
    mistaken, doubtful = message.split("Also doubtful, though it alone would not be refused:")
    for name in ("$n", "'x'", "'Missing'"):
        assert name in mistaken.replace("statusName @include(if: $n)", "")
    for name in ("$unused", "'colour'", "'statusNam'", "'faxIdd'", "'docPages'", "'smsOutUdrReprt'"):
        assert name in doubtful
        assert f"{name} " not in mistaken
    assert [each.line for each in mistakes(_ALL, schema=bundled())] == [2, 3, 7]
