"""A document becomes one query per report, or one error with all that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import build_schema, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from retarus_pandas.document.document import mistakes, read_queries
from retarus_pandas.errors import DocumentError, InputError, Mistake
from retarus_pandas.schema.bundle import sdl
from retarus_pandas.schema.model import Schema
from retarus_pandas.schema.sources import bundled, load
from retarus_pandas.values import Query, Window

_LIVE = load(sdl())


_WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


def _read(text: str, **given: Any) -> tuple[Query, ...]:
    return read_queries(text, **({"schema": bundled()} | given))


def _refused(text: str, **given: Any) -> str:
    with pytest.raises(DocumentError) as caught:
        _read(text, **given)
    return str(caught.value)


@pytest.mark.parametrize("report", bundled().reports())
@pytest.mark.parametrize("schema", [bundled(), _LIVE], ids=["bundled", "live"])
def test_every_report_is_sent_as_the_schema_declares_it(report: str, schema: Schema) -> None:
    names = schema.known_fields(report) or ("__typename",)
    (query,) = _read(f"{{ {report} {{ content {{ {' '.join(names)} }} }} }}", schema=schema, customer_id="9")
    assert query.report == query.response_name == report
    assert query.notes == ()
    body = query.request(_WINDOW, 0, 10)
    assert validate(schema.graphql, parse(body["query"])) == []
    assert body.keys() == {"query", "variables"}


def test_each_report_gets_a_document_of_its_own() -> None:
    """With what it needs and nothing else."""
    faxes, texts = _read(
        """query Both($n: Int!, $x: Boolean!) @mark(n: $n) {
            __typename
            faxes: faxOutUdrReport(size: 5) { ...F }
            ...Texts
            gone: smsOutUdrReport @skip(if: $x) { smsId }
        }
        fragment F on FaxOutUdrReportRecord { faxId(of: $n) }
        fragment Texts on Query { smsInUdrReport { content { sender } } }""",
        variables={"n": 1, "x": True},
        customer_id="9",
    )
    assert (faxes.response_name, faxes.report, faxes.size) == ("faxes", "faxOutUdrReport", 5)
    assert (texts.response_name, texts.report, texts.size) == ("smsInUdrReport", "smsInUdrReport", None)
    assert "sms" not in faxes.document
    assert "fax" not in texts.document.lower()
    for query in (faxes, texts):
        assert query.operation == "Both"
        assert query.request(None, 0, 1)["operationName"] == "Both"
        assert (dict(query.variables), query.customer_id) == ({"n": 1}, "9")
        assert "$x" not in query.document
        assert "fragment" not in query.document


def test_one_report_twice_is_two_queries() -> None:
    one, other = _read('{ a: faxOutUdrReport { faxId } b: faxOutUdrReport(customerId: "7") { docPages } }')
    assert (one.response_name, other.response_name) == ("a", "b")


def test_the_same_report_in_two_places_is_one_query() -> None:
    (query,) = _read(
        "{ faxOutUdrReport(page: 1) { content { faxId } } faxOutUdrReport(page: 1) { content { docPages } } }"
    )
    assert [column.name for column in query.columns if not column.hidden] == ["faxId", "docPages"]
    assert "is asked twice" in _refused("{ faxOutUdrReport(page: 1) { faxId } faxOutUdrReport { faxId } }")


# ---------------------------------------------------------------- operations

_TWO = "query A { faxOutUdrReport { faxId } } query B { smsInUdrReport { smsId } }"


def test_the_operation_is_chosen_by_name() -> None:
    (query,) = _read(_TWO, operation="B")
    assert (query.report, query.operation) == ("smsInUdrReport", "B")
    assert "faxOut" not in query.document


def test_without_a_choice_the_operations_are_listed() -> None:
    assert "choose by operation= one of A, B" in _refused(_TWO)
    assert "no operation 'Chosen'. There are: A, B." in _refused(_TWO, operation="Chosen")
    assert "Did you mean Faxes?" in _refused("query Faxes { faxOutUdrReport }", operation="Faxe")
    assert "has no name" in _refused("{ faxOutUdrReport }", operation="A")


@pytest.mark.parametrize("kind", ["mutation", "subscription"])
def test_only_queries_are_sent(kind: str) -> None:
    """Even one that is not chosen stops everything, before any other mistake is looked for."""
    for text in (f"{kind} {{ a }}", f"{kind} M($x: Int) {{ a(b: $y) }} query Q {{ faxOutUdrReport }}"):
        assert f"This is a {kind}: only queries are sent. (line 1, column 1)" in _refused(text, operation="Q")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fragment A on Query { faxOutUdrReport }", "has no operation"),
        ("type A { b: Int }", "has no operation"),
        ("{ faxOutUdrReport } type A { b: Int }", "definition is not executable"),
        ("{ __typename }", "asks no report"),
        ("{ faxOutUdrReport @skip(if: true) }", "asks no report"),
        ("{ __schema { types { name } } }", "__schema asks about the schema"),
        ('{ faxOutUdrReport { faxId } __type(name: "A") { name } }', "__type asks about the schema"),
        ("{ ... on FaxOutUdrReportRecord { faxId } }", "This fragment does not apply"),
        ("{ faxOutUdrReport(page: $a) { faxId } }", "'$a' is not defined"),
        ("query ($a: Int, $a: Int) { faxOutUdrReport(page: $a) { faxId } }", "one variable named '$a'"),
        ("{ faxOutUdrReport(page: 1, page: 2) { faxId } }", "one argument named 'page'"),
        ("{ faxOutUdrReport { faxId ...A } } fragment A on B { c } fragment A on B { d }", "one fragment named 'A'"),
        ("query A { faxOutUdrReport } query A { faxOutUdrReport }", "one operation named 'A'"),
        ("{ faxOutUdrReport } { faxOutUdrReport }", "several operations"),
        ("{ faxOutUdrReport(filter: {a: 1, a: 2}) { faxId } }", "one input field named 'a'"),
        ("{ faxOutUdrReport(filter: " + "[" * 2500 + "]" * 2500 + ") { faxId } }", "nested too deeply"),
    ],
)
def test_what_cannot_be_asked_is_refused(text: str, words: str) -> None:
    given = {"operation": "A"} if text.startswith("query A") else {}
    assert words in _refused(text, **given)


def test_a_name_the_service_s_schema_does_not_have_is_refused() -> None:
    assert "'faxOutUdrReprot' is not in the schema. Did you mean faxOutUdrReport?" in _refused(
        "faxOutUdrReprot", schema=_LIVE
    )
    more = Schema(
        build_schema(sdl() + "extend type Query { version: String }", assume_valid=True), bundled=False, source="live"
    )
    assert "'version' is no report" in _refused("{ version }", schema=more)
    assert "no report" in _refused("{ version }", schema=Schema(more.graphql, bundled=True, source="bundled"))


# ---------------------------------------------------------------- mistakes


def test_everything_wrong_is_told_at_once() -> None:
    text = """query Q($flag: Boolean!, $n: Int) {
  faxOutUdrReport(page: "x", sort: UP, colour: RED) {
    faxIdd
    statusName @include(if: $flag)
    docPages { a }
    ...Missing
  }
  smsInReport { smsId }
}"""
    found = mistakes(text, schema=_LIVE, variables={"m": 1})
    places = [(each.line, each.column) for each in found]
    assert places == [*sorted(places[:-1]), (0, 0)]
    told = "\n".join(each.message for each in found)
    for words in (
        "$flag (Boolean!)",
        "page is a whole number",
        "sort is ASC or DESC",
        "'colour'",
        "Did you mean 'faxId'?",
        "'docPages'",
        "'Missing'",
        "smsInReport",
        "no variable $m",
    ):
        assert words in told
    assert "is required" not in told


def test_the_places_are_those_of_the_author_s_text() -> None:
    text = (
        "{ ...R }\nfragment R on Query { faxOutUdrReport { ...F } }\nfragment F on FaxOutUdrReportRecord {\n  faxIdd\n}"
    )
    (found,) = mistakes(text, schema=_LIVE)
    assert (found.line, found.column) == (4, 3)


def test_nothing_wrong_is_no_mistake() -> None:
    """What we add is not the author's, and what only the bundled schema does not know is none either."""
    assert mistakes("{ faxOutUdrReport { faxId } }", schema=_LIVE) == []
    assert mistakes("{ faxOutUdrReport { faxIdd } }", schema=bundled()) == []
    assert mistakes("{", schema=bundled()) == [
        Mistake("Expected Name, found <EOF>. Close the { of line 1, column 1.", 1, 2)
    ]


def test_a_period_too_many_is_a_mistake() -> None:
    text = '{ faxOutUdrReport(datePeriod: {fromIncluded: "2026-01-01", toExcluded: "2026-01-02"}) { faxId } }'
    assert mistakes(text, schema=bundled()) == []
    (found,) = mistakes(text, schema=bundled(), period_given=True)
    assert "give no period" in found.message


_WORDS = """
    { } ( ) : $ ! @ ... = [ ] "x" 1 on query fragment F Q
    faxOutUdrReport content faxId hasMoreElements page size datePeriod fromIncluded customerId sort filter
    Int Boolean String DatePeriod skip include if true null
    FaxOutUdrReportRecord FaxOutUdrQueryResult Query __typename __schema
"""
_SOUP = st.lists(st.sampled_from(_WORDS.split()), max_size=40).map(" ".join)


@given(
    _SOUP
    | _SOUP.map(lambda text: f"{{ faxOutUdrReport {{ {text} }} }}")
    | _SOUP.map("{{ faxOutUdrReport({}) }}".format)
)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused_by_an_input_error(text: str) -> None:
    for schema in (bundled(), _LIVE):
        try:
            queries = read_queries(text, schema=schema, customer_id="1")
        except InputError:
            continue
        assert queries
