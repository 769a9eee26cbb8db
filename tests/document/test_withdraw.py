"""What we added is left out again where the service refuses it; the author's mistakes stay the author's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from retarus_pandas.document.document import read_queries
from retarus_pandas.document.withdraw import cost_of, refused_additions, without
from retarus_pandas.schema.bundle import sdl
from retarus_pandas.schema.sources import bundled
from retarus_pandas.values import Addition, Query, Window

WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
SHORT = "{ faxOutUdrReport { faxId statusName } }"
VENDOR = """query Q($customerId: String!, $datePeriod: DatePeriod!, $pageIndex: Int, $pageSize: Int,
        $sort: SortDirection, $filterFax: FaxOutColumnUdrFilters) {
    faxOutUdrReport(customerId: $customerId, datePeriod: $datePeriod, page: $pageIndex, size: $pageSize, sort: $sort,
        filter: $filterFax) { content { faxId jobId statusName } pageIndex pageSize hasMoreElements }
}"""
TEXTS = {"by name": "faxOutUdrReport", "short": SHORT, "the vendor's": VENDOR}

Tell = Callable[[Any], dict[str, Any]]


def _as_it_is(error: Any) -> dict[str, Any]:
    return dict(error.formatted)


def _without_places(error: Any) -> dict[str, Any]:
    return {"message": error.message}


def _as_java(error: Any) -> dict[str, Any]:
    """As graphql-java words it, with a path in the message."""
    name = re.findall(r"'(\w+)'", error.message)[0]
    where = "/".join(["faxOutUdrReport", *(["content", name] if "Cannot query" in error.message else [])])
    kind = "FieldUndefined" if "Cannot query" in error.message else "UnknownArgument"
    return {
        "message": f"Validation error ({kind}@[{where}]) : Field '{name}' in type 'X' is undefined",
        "locations": [{"line": place.line, "column": place.column} for place in error.locations],
        "extensions": {"classification": "ValidationError"},
    }


TELLS: dict[str, Tell] = {"with places": _as_it_is, "without places": _without_places, "graphql-java": _as_java}


def _query(text: str) -> Query:
    (query,) = read_queries(text, schema=bundled(), default_customer_id="9")
    return query


def _service(change: Callable[[str], str]) -> GraphQLSchema:
    text = sdl()
    changed = change(text)
    assert changed != text
    return build_schema(changed, assume_valid=True)


def _no_field(name: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        before, record, after = text.partition("type FaxOutUdrReportRecord {")
        fields, end, rest = after.partition("\n}")
        return before + record + re.sub(rf"(\n  \"[^\n]*)?\n  {name}: [^\n]*", "", fields) + end + rest

    return change


def _settled(query: Query, service: GraphQLSchema, tell: Tell = _as_it_is) -> tuple[Query, int, list[str]]:
    """The query that the service takes, the rounds it took, and what was left out."""
    left: list[str] = []
    for rounds in range(4):
        sent = query.text(WINDOW, 0, 100)
        errors = validate(service, parse(sent))
        if not errors:
            return query, rounds, left
        refused = refused_additions(query, sent, [tell(error) for error in errors])
        if not refused:
            return query, -1, left
        left += [each.name for each in refused]
        query = without(query, refused)
    return query, -1, left


def _with_report(arguments: str) -> Callable[[str], str]:
    return lambda text: re.sub(r"faxOutUdrReport\([^)]*\)", f"faxOutUdrReport({arguments})", text)


ARGUMENTS = "customerId: String!, datePeriod: DatePeriod!, page: Int, size: Int, sort: SortDirection"
SERVICES: dict[str, Callable[[str], str]] = {
    "no keyTimestamp": _no_field("keyTimestamp"),
    "no attemptSeqNo": _no_field("attemptSeqNo"),
    "no sort": _with_report("customerId: String!, datePeriod: DatePeriod!, page: Int, size: Int"),
    "no pageIndex": lambda text: text.replace("pageIndex: Int", "pageNumber: Int"),
    "no pageSize": lambda text: text.replace("pageSize: Int", "pageLength: Int"),
    "no customer": _with_report("datePeriod: DatePeriod!, page: Int, size: Int, sort: SortDirection"),
    "another order": lambda text: text.replace("  ASC", "  UP").replace("  DESC", "  DOWN"),
    "none of it": lambda text: _with_report("datePeriod: DatePeriod!, page: Int, size: Int")(
        _no_field("keyTimestamp")(text)
        .replace("pageIndex: Int", "pageNumber: Int")
        .replace("pageSize: Int", "pageLength: Int")
    ),
}
# The same values under other types: literals fit all of them, and nothing is given up.
TYPES: dict[str, Callable[[str], str]] = {
    "an ID": _with_report(ARGUMENTS.replace("String!", "ID!")),
    "a list of customers": _with_report(ARGUMENTS.replace("String!", "[String!]!")),
    "pages that must be": _with_report(ARGUMENTS.replace("page: Int", "page: Int!").replace("size: Int", "size: Int!")),
    "long numbers": lambda text: "scalar Long\n" + _with_report(ARGUMENTS.replace("Int", "Long"))(text),
    "another input": lambda text: text.replace("DatePeriod", "DatePeriodInput"),
    "another enum": lambda text: text.replace("SortDirection", "Order"),
    "another filter": lambda text: text.replace("FaxOutColumnUdrFilters", "FaxOutFilter"),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("change", TYPES.values(), ids=TYPES)
def test_a_type_of_another_name_is_no_reason_to_give_anything_up(text: str, change: Callable[[str], str]) -> None:
    _, rounds, left = _settled(_query(text), _service(change))
    assert (rounds, left) == (0, [])


@pytest.mark.parametrize("tell", TELLS.values(), ids=TELLS)
@pytest.mark.parametrize("text", [TEXTS["by name"], SHORT], ids=["by name", "short"])
@pytest.mark.parametrize("change", SERVICES.values(), ids=SERVICES)
def test_nobody_is_refused_for_what_we_added(text: str, change: Callable[[str], str], tell: Tell) -> None:
    """However the errors point at it, in three rounds at most, and the author's own fields stay."""
    query, rounds, left = _settled(_query(text), _service(change), tell)
    assert 1 <= rounds <= 3
    assert left
    assert {"faxId", "statusName"} <= {column.name for column in query.columns if not column.hidden}


@pytest.mark.parametrize("field", bundled().known_fields("faxOutUdrReport"))
def test_any_field_of_a_named_report_may_be_missing(field: str) -> None:
    """It stays as a column of its declared kind; nothing else is given up for it."""
    named = _query("faxOutUdrReport")
    query, rounds, left = _settled(named, _service(_no_field(field)))
    assert (rounds, left) == (1, [field])
    assert [column.name for column in query.columns] == [column.name for column in named.columns]
    assert [column.name for column in query.columns if column.absent] == [field]
    assert {column.name: column.kind for column in query.columns} == {
        column.name: column.kind for column in named.columns
    }


@pytest.mark.parametrize("tell", TELLS.values(), ids=TELLS)
@pytest.mark.parametrize(
    "text",
    [
        "{ faxOutUdrReport { faxId statusNam } }",
        "{ faxOutUdrReport(sorting: ASC) { faxId } }",
        "{ faxOutUdrReprt { faxId } }",
        "{ faxOutUdrReport { faxId keyTimestamp } }",
    ],
)
def test_what_the_author_wrote_is_the_author_s(text: str, tell: Tell) -> None:
    """Also where the service has something against ours as well."""
    query = _query(text)
    sent = query.text(WINDOW, 0, 100)
    service = _service(_no_field("keyTimestamp"))
    errors = [tell(error) for error in validate(service, parse(sent))]
    mine = [error for error in errors if "attempt" not in error["message"]]
    assert refused_additions(query, sent, mine) == ()


def test_an_error_that_points_nowhere_is_answered_without_anything_of_ours() -> None:
    query = _query(SHORT)
    sent = query.text(WINDOW, 0, 100)
    refused = refused_additions(query, sent, [{"message": "Invalid request"}])
    assert refused == tuple(each for each in query.additions if each.name != "customerId")
    bare = without(query, refused)
    assert [each.name for each in bare.additions] == ["customerId"]
    assert "keyTimestamp" not in bare.document
    assert (bare.key, bare.key_timestamp, bare.index_name, bare.size_name) == ((), None, None, None)
    assert refused_additions(bare, bare.text(WINDOW, 0, 100), [{"message": "Invalid request"}]) == ()


@pytest.mark.parametrize(
    "error",
    [
        {"message": "datePeriod must not be longer than 45 days", "path": ["faxOutUdrReport"]},
        {"message": "Access denied", "path": ["faxOutUdrReport", "content", 0, "faxId"]},
    ],
)
def test_an_error_about_values_is_not_about_the_document(error: dict[str, Any]) -> None:
    query = _query(SHORT)
    assert refused_additions(query, query.text(WINDOW, 0, 100), [error]) == ()


def test_an_error_at_a_value_of_ours_is_ours_to_leave_out() -> None:
    """A service that may not tell a field to this account."""
    query = _query(SHORT)
    error = {"message": "Access denied", "path": ["faxOutUdrReport", "content", 0, "attemptSeqNo"]}
    (refused,) = refused_additions(query, query.text(WINDOW, 0, 100), [error])
    assert refused == Addition("record", "attemptSeqNo", "attemptSeqNo")


@pytest.mark.parametrize("errors", [[], ["text"], [None], [{}], [{"message": 5, "locations": "x", "path": 3}]])
def test_odd_errors_are_no_reason_to_fail(errors: list[Any]) -> None:
    query = _query(SHORT)
    assert refused_additions(query, query.text(WINDOW, 0, 100), errors) in ((), query.additions[1:])


def test_places_beyond_the_document_point_nowhere() -> None:
    query = _query(SHORT)
    error = {"message": "no", "locations": [{"line": 99, "column": 1}, {"line": 0, "column": 0}, {"line": "1"}, 5]}
    assert len(refused_additions(query, query.text(WINDOW, 0, 100), [error])) == len(query.additions) - 1


def test_what_is_given_up_is_told_with_what_it_costs() -> None:
    query = _query(SHORT)
    told = {each.name: cost_of(query, each) for each in query.additions}
    assert told["keyTimestamp"] == (
        "keyTimestamp: records are read by page number and records cannot be told apart by their key"
    )
    assert told["attemptSeqNo"] == "attemptSeqNo: records cannot be told apart by their key"
    assert "order" in told["sort"]
    named = _query("faxOutUdrReport")
    (pages,) = (each for each in named.additions if each.name == "docPages")
    assert cost_of(named, pages) == "docPages: its column holds nulls only"


def test_what_is_no_addition_is_not_left_out() -> None:
    query = _query(SHORT)
    assert without(query, [Addition("record", "statusName", "statusName")]) is query
