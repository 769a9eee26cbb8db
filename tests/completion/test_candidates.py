"""What is offered at the cursor: in whole documents, in such as are being typed, and in broken ones."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from graphql import Lexer, Source, TokenKind
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.completion.candidates import MAX_CHARACTERS, Candidate, complete
from retarus_pandas.document.document import read_queries
from retarus_pandas.schema.bundle import sdl
from retarus_pandas.schema.model import Schema
from retarus_pandas.schema.sources import bundled, load

_RICHER = load(
    sdl()
    + """
    type Place { city: String "How far." distance: Float place: Place }
    interface Sized { size: Int }
    type Letter implements Sized { size: Int letters: Int }
    type Parcel implements Sized { size: Int weight: Float }
    union Thing = Letter | Parcel
    extend type SmsInUdrReportRecord {
      place: Place
      places(near: String, order: SortDirection, exact: Boolean): [Place!]!
      thing: Thing
      sized: Sized
    }
    """
)


def _offered(
    marked: str, schema: Schema = _RICHER, names: Mapping[str, str] | None = None
) -> tuple[str, list[Candidate]]:
    """What is offered where the text has ``|``."""
    before, _, after = marked.partition("|")
    return complete(before + after, len(before), schema=schema, names=lambda: names or {})


def _texts(marked: str, schema: Schema = _RICHER, names: Mapping[str, str] | None = None) -> list[str]:
    return [candidate.text for candidate in _offered(marked, schema, names)[1]]


_ARGUMENTS = {"customerId", "datePeriod", "filter", "page", "size", "sort"}
_FAXES = {"faxInUdrReport", "faxOutUdrReport"}
_PAGE = {"pageIndex", "pageSize", "hasMoreElements"}
_RECORD = set(bundled().known_fields("faxOutUdrReport"))
_FAX_OUT_TYPES = ("FaxOutUdrQueryResult", "FaxOutUdrReportRecord")
_PLACE = {"city", "distance", "place"}


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("{ fax|", _FAXES),
        ("{ Fax|", _FAXES),
        ("query Q { fax|", _FAXES),
        ("query Q($a: Int!, $b: [String!] = [1]) @a { fax|", _FAXES),
        ("{ smsInUdrReport { smsId } fax| }", _FAXES),
        ("{ faxes: fax| { faxId } }", _FAXES),
        ("{ faxOutUdrReport { content { | } } }", _RECORD),
        ("{ faxOutUdrReport { content {|", _RECORD),
        ("{ faxOutUdrReport(page: 0) @include(if: $x) { content { |", _RECORD),
        ("{ mine: faxOutUdrReport { rows: content { id: | } } }", _RECORD),
        ("{ faxOutUdrReport { | } }", _RECORD | _PAGE | {"content"}),
        ("{ faxOutUdrReport { faxId statusName | } }", (_RECORD - {"faxId", "statusName"}) | _PAGE),
        ("{ faxOutUdrReport { content { faxId } | } }", _PAGE),
        ("{ faxOutUdrReport { | content { faxId } pageSize } }", _PAGE - {"pageSize"}),
        ("{ smsInUdrReport { content { place { | } } } }", _PLACE),
        ("{ smsInUdrReport { place { | } } }", _PLACE),
        ('{ smsInUdrReport { places(near: "}") { place { | city } } } }', _PLACE - {"city"}),
        ("{ smsInUdrReport { thing { ... on Letter { | } } } }", {"size", "letters"}),
        ("{ smsInUdrReport { place { ... { | } ... @skip(if: true) { city } } } }", _PLACE),
        ("{ ...F } fragment F on FaxOutUdrReportRecord { | }", _RECORD),
        ("{ ...F } fragment F on Query { faxOutUdrReport { content { | } } }", _RECORD),
        ("fragment F on FaxOutUdrQueryResult { | }", _RECORD | _PAGE | {"content"}),
        ("{ faxOutUdrReport { __| } }", {"__typename"}),
    ],
)
def test_fields_of_the_type_at_the_cursor(marked: str, expected: set[str]) -> None:
    """Through aliases, fragments, nested objects and records without content; what is there is not offered again."""
    assert set(_texts(marked)) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("{ faxOutUdrReport(|) { faxId } }", _ARGUMENTS),
        ("{ x: faxOutUdrReport(page: 1, |", _ARGUMENTS - {"page"}),
        ("{ faxOutUdrReport(s| page: 1", {"size", "sort", "customerId"}),
        ("{ smsOutUdrReport(|) { smsId } }", _ARGUMENTS - {"filter"}),
        ("{ smsInUdrReport { places(|", {"near", "order", "exact"}),
        ("{ faxOutUdrReport(filter: {|", {"statusName", "jobBillingCode"}),
        ("{ faxOutUdrReport(filter: {statusName: {values: []}, |}) { faxId } }", {"jobBillingCode"}),
        ("{ faxOutUdrReport(filter: {statusName: {|}}) { faxId } }", {"values"}),
        ("{ faxOutUdrReport(datePeriod: { | }) { faxId } }", {"fromIncluded", "toExcluded"}),
        ("query ($f: FaxOutColumnUdrFilters = {|", {"statusName", "jobBillingCode"}),
        ("{ faxOutUdrReport(sort: |) { faxId } }", {"ASC", "DESC"}),
        ("{ faxOutUdrReport(sort: | page: 1) { faxId } }", {"ASC", "DESC"}),
        ("{ faxOutUdrReport(sort: d| {", {"DESC"}),
        ("query ($s: SortDirection = |", {"ASC", "DESC"}),
        ("{ smsInUdrReport { places(exact: |", {"true", "false"}),
        ("{ faxOutUdrReport { faxId @|", {"include", "skip"}),
        ("{ faxOutUdrReport { faxId @include(|", {"if"}),
        ("{ faxOutUdrReport { faxId @include(if: t|", {"true"}),
        ("{ ... @s|", {"skip"}),
        ("{ faxOutUdrReport { ... on | } }", {"Base", "FaxOutUdrQueryResult", "FaxOutUdrReportRecord"}),
        ("{ smsInUdrReport { thing { ... on |", {"Sized", "Thing", "Letter", "Parcel"}),
        ("fragment F on Fax| { faxId }", {"FaxInUdrQueryResult", "FaxInUdrReportRecord", *_FAX_OUT_TYPES}),
    ],
)
def test_arguments_values_directives_and_types(marked: str, expected: set[str]) -> None:
    assert set(_texts(marked)) == expected


def test_a_fragment_is_offered_where_it_applies() -> None:
    """Even if the brackets before it are not closed."""
    fragments = "fragment Fax on FaxOutUdrReportRecord { faxId } fragment Sms on SmsInUdrReportRecord { smsId }"
    assert _texts("{ faxOutUdrReport { content { ...| } } } " + fragments) == ["on", "Fax"]
    assert _texts("{ smsInUdrReport { content { ...| " + fragments) == ["on", "Sms"]
    assert _texts("{ smsInUdrReport { ...S| } } " + fragments) == ["Sms"]
    assert _texts("{ unknown { ...| } } " + fragments) == ["on", "Fax", "Sms"]


def test_declared_variables_are_offered_where_they_fit() -> None:
    head = "query ($page: Int!, $also: Int, $codes: [String!]!, $new: Unknown, $bare) { faxOutUdrReport"
    assert _texts(head + "(page: $|) { faxId } }") == ["page", "also", "bare"]
    assert _texts(head + "(page: |) { faxId } }") == ["$page", "$also", "$bare"]
    assert _texts(head + "(filter: {statusName: {values: $|") == ["codes", "bare"]
    assert _texts(head + "(unknown: $|") == ["page", "also", "codes", "new", "bare"]


_NAMES = {"codes": "[String!]", "month": "DatePeriod"}


def test_a_declaration_takes_what_is_used_and_what_the_notebook_has() -> None:
    body = "{ faxOutUdrReport(page: $p, filter: {statusName: {values: $codes}, x: $y}) { faxId } }"
    assert _texts(f"query ($|) {body}", names=_NAMES) == ["p: Int", "codes: [String!]", "y", "month: DatePeriod"]
    assert _texts(f"query (|) {body}", names=_NAMES)[:2] == ["$p: Int", "$codes: [String!]"]
    assert _texts(f"query ($codes: [String!], $|) {body}", names=_NAMES) == ["p: Int", "y", "month: DatePeriod"]
    assert _texts(f"query ($c|: [String!]) {body}", names=_NAMES) == ["codes"]
    used = _offered(f"query ($c|) {body}", names=_NAMES)[1][0]
    assert used.meaning == "Used below and set in the notebook."


def test_a_declared_type_is_that_of_its_use_first() -> None:
    body = "{ faxOutUdrReport(filter: {statusName: {values: $codes}}) { faxId } }"
    assert _texts(f"query ($codes: |) {body}")[0] == "[String!]"
    offered = _texts("query ($month: |", names=_NAMES)
    assert offered[0] == "DatePeriod"
    assert {"String", "Int", "Boolean", "SortDirection", "FaxOutColumnUdrFilters"} <= set(offered)
    # Marks of the bundled schema, and types of answers, are no types of variables.
    assert {"Evidence", "Query", "FaxOutUdrReportRecord"}.isdisjoint(offered)
    assert _texts("query ($codes: [Str|]") == ["String", "StringColumnFilter"]


def test_where_nothing_stands_yet_a_report_s_name_does() -> None:
    """It is a document of its own."""
    assert set(bundled().reports()) | {"query", "fragment"} == set(_texts("|"))
    assert set(_texts(" \n fax|")) == _FAXES
    assert _texts("{ faxOutUdrReport } |") == ["query", "fragment"]
    assert "mutation" not in _texts("m|")


@pytest.mark.parametrize(
    "marked",
    [
        '{ faxOutUdrReport(customerId: "fax|") { faxId } }',
        '{ faxOutUdrReport(customerId: "fax|',
        '{ faxOutUdrReport(customerId: """fax|',
        "{ # fax|\n faxOutUdrReport }",
        "{ faxOutUdrReport(page: 1|) { faxId } }",
        "{ faxOutUdrReport { ..|. F",
        "query fax|",
        "fragment fax|",
        "{ unknown { fax|",
        "{ faxOutUdrReport { faxId { fax|",
        "{ transactionalEmailEventReport { content { fax| } } }",
        "mutation { fax|",
        "{ fax|: faxOutUdrReport }",
        "{" * 100_000 + "|",
        "{ a {" * 3_000 + "|",
        f"{{ {'faxId ' * (MAX_CHARACTERS // 6)} |",
    ],
)
def test_nothing_is_offered_where_nothing_is_known(marked: str) -> None:
    """In texts, comments and numbers, for names of one's own, for what is unknown, too deep or too long."""
    assert _texts(marked) == []


def test_those_that_begin_with_the_word_come_first() -> None:
    """And those that have it within them come as well: the beginnings of names are not what one remembers."""
    word, offered = _offered("{ faxOutUdrReport { content { faxId job| } } }", bundled())
    texts = [candidate.text for candidate in offered]
    assert word == "job"
    assert texts[0] == "jobId"
    assert all(text.startswith("job") for text in texts)
    assert _texts("{ faxOutUdrReport { content { PAGES|", bundled()) == [
        "attemptPages",
        "docPages",
        "sumPagesTransmitted",
        "virtualPagesBilled",
    ]
    assert _texts("{ faxOutUdrReport(|", bundled())[:2] == ["filter", "sort"]
    assert _texts("{ faxOutUdrReport { |", bundled())[:2] == ["content", "faxId"]


def test_each_candidate_has_its_type_and_a_few_words() -> None:
    _, (duration, *_) = _offered("{ faxOutUdrReport { content { callDurat| } } }", bundled())
    assert duration == Candidate("callDuration", "field", "Int", "Length of the call. Unit: milliseconds (guessed).")
    for marked in ("{|", "{faxOutUdrReport{|", "{faxOutUdrReport(|", "{faxOutUdrReport(sort:|", "{faxOutUdrReport @|"):
        for candidate in _offered(marked, bundled())[1]:
            assert candidate.type, candidate
            assert candidate.meaning, candidate


def test_a_schema_without_words_gets_ours() -> None:
    bare = load("type Query { smsInUdrReport(page: Int): P } type P { content: [R] } type R { smsId: ID new: Int }")
    _, offered = _offered("{ smsInUdrReport { content { | } } }", bare)
    assert [candidate.meaning for candidate in offered] == ["Identifies the received message.", ""]


# ---------------------------------------------------------------- properties

_WHOLE = [
    """query Both($page: Int, $values: [String!], $x: Boolean = true) {
      faxes: faxOutUdrReport(page: $page, sort: DESC, filter: {statusName: {values: $values}}) {
        content { ...Fax docPages @include(if: $x) ... on FaxOutUdrReportRecord { statusName } }
        pageIndex
      }
      smsInUdrReport(sort: ASC) { smsId places(order: DESC, exact: false) { city place { distance } } }
    }
    fragment Fax on FaxOutUdrReportRecord { faxId keyTimestamp }""",
]
_OWN_NAMES = {"Both", "faxes", "Fax", "page", "values", "x"}


@pytest.mark.parametrize("text", _WHOLE)
def test_every_name_of_a_document_is_offered_where_it_stands(text: str) -> None:
    """With all that follows, and with nothing behind the cursor."""
    read_queries(text, schema=_RICHER, variables={"page": 1, "values": ["OK"]})
    lexer = Lexer(Source(text))
    while (token := lexer.advance()).kind is not TokenKind.EOF:
        if token.kind is not TokenKind.NAME or token.value in _OWN_NAMES:
            continue
        before, first = text[: token.start], text[token.start]
        for after in (text[token.end :], ""):
            word, offered = complete(before + first + after, token.start + 1, schema=_RICHER)
            assert word == first
            assert token.value in [candidate.text for candidate in offered], (before, after)


_SIGNS = ["...", '"', '"""', "#", "1", "1a", "'", ";", "\\", "é", "\n", *"{}()[]:$@!=|&,"]
_NAMES_IN_USE = ["query", "fragment", "on", "F", "x", "faxOutUdrReport", "content", "faxId", "filter", "sort", "ASC"]


@given(st.lists(st.sampled_from([*_SIGNS, *_NAMES_IN_USE]), max_size=40), st.data())
def test_whatever_stands_there_is_no_error(pieces: list[str], data: st.DataObject) -> None:
    """What is offered has the word in it, and the word is what stands before the cursor."""
    text = " ".join(pieces)
    offset = data.draw(st.integers(0, len(text)))
    word, offered = complete(text, offset, schema=_RICHER, names=lambda: _NAMES)
    assert text[:offset].endswith(word)
    assert all(word.lower() in candidate.text.lower() for candidate in offered)
    assert len({candidate.text for candidate in offered}) == len(offered)


@pytest.mark.parametrize("text", ['"\\', '{ faxId(x: "\\', '"\\u', '"\\u{', '"\\ud83d\\u', '"""\\'])
def test_an_escape_that_the_end_cuts_off_is_no_error(text: str) -> None:
    """graphql-core before 3.2.13 looks for the rest of it."""
    assert text.endswith(complete(text, len(text), schema=_RICHER)[0])
