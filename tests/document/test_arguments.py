"""The arguments that each request fills in, and what the author fixed of them."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from graphql import FieldNode, OperationDefinitionNode, build_schema, parse, print_ast

from retarus_pandas.errors import DocumentError, PeriodError
from retarus_pandas.schema.bundle import sdl
from retarus_pandas.schema.model import Schema
from retarus_pandas.schema.sources import load
from retarus_pandas.values import Query, Window
from support.documents import ask, refused

_LIVE = load(sdl())
_START = datetime(2026, 10, 1, tzinfo=UTC)
_END = datetime(2026, 11, 1, tzinfo=UTC)
_LITERAL = 'datePeriod: {fromIncluded: "2026-10-01T00:00:00.000Z", toExcluded: "2026-11-01T00:00:00.000Z"}'


def _report(arguments: str = "", declared: str = "", name: str = "faxOutUdrReport") -> str:
    return (
        f"query {declared and f'({declared})'} {{ {name}{arguments and f'({arguments})'} {{ content {{ faxId }} }} }}"
    )


def _sent(query: Query) -> dict[str, str]:
    """The arguments of the report in the document, as they ask page 2 with 100 records."""
    (operation,) = parse(query.text(Window(_START, _END), 2, 100)).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    return {node.name.value: "".join(print_ast(node.value).split()) for node in field.arguments or ()}


def _declared(query: Query) -> dict[str, str]:
    (operation,) = parse(query.document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return {node.variable.name.value: print_ast(node.type) for node in operation.variable_definitions or ()}


def test_what_the_author_leaves_out_is_added() -> None:
    query = ask(_report(), customer_id="9")
    sent = _sent(query)
    # Commas are blanks to GraphQL, and not every version prints them.
    assert sent | {"datePeriod": sent["datePeriod"].replace(",", "")} == {
        "customerId": '"9"',
        "datePeriod": '{fromIncluded:"2026-10-01T00:00:00.000Z"toExcluded:"2026-11-01T00:00:00.000Z"}',
        "page": "2",
        "size": "100",
        "sort": "ASC",
    }
    assert _declared(query) == {}
    assert query.request(Window(_START, _END), 2, 100)["variables"] == {}
    assert query.operation is None


@pytest.mark.parametrize("text", ["$retarus_page", "{retarus_page}", "\\\\", "ä", "😀"])
def test_no_text_is_taken_for_a_slot(text: str) -> None:
    """What the author, or the account, is called like one stays as it is."""
    arguments = f"a: {json.dumps(text)}, b: $retarus_size"
    query = ask(
        f"query ($retarus_size: Int) {{ faxOutUdrReport {{ content {{ faxId({arguments}) }} }} }}",
        variables={"retarus_size": 8},
        customer_id=text,
    )
    assert json.loads(_sent(query)["customerId"]) == text
    assert _sent(query)["page"] == "2"
    sent = parse(query.text(Window(_START, _END), 2, 100))
    assert json.dumps(text) in print_ast(sent) or text in print_ast(sent)
    assert query.request(None, 0, 5)["variables"] == {"retarus_size": 8}


VENDOR = """query Q($customerId: String!, $datePeriod: DatePeriod!, $pageIndex: Int, $pageSize: Int,
        $sort: SortDirection, $filterFax: FaxOutColumnUdrFilters) {
    faxOutUdrReport(customerId: $customerId, datePeriod: $datePeriod, page: $pageIndex, size: $pageSize, sort: $sort,
        filter: $filterFax) { content { faxId } pageIndex pageSize hasMoreElements }
}"""


def test_the_vendor_s_own_documents_run_as_they_are() -> None:
    """Variables that nobody set give way to what each request fills in, and their types' names are not sent."""
    query = ask(VENDOR, default_customer_id="9")
    assert query.slots.keys() == {"customerId", "datePeriod", "page", "size"}
    assert query.operation == "Q"
    assert query.customer_id == "9"
    assert dict(query.variables) == _declared(query) == {}
    assert "filter" not in _sent(query)
    assert (query.period, query.page, query.size, query.descending, query.notes) == (None, None, None, False, ())
    assert _sent(query)["sort"] == "ASC"
    assert [(each.place, each.name) for each in query.additions] == [
        ("argument", "customerId"),
        ("argument", "sort"),
        ("record", "attemptSeqNo"),
        ("record", "keyTimestamp"),
        ("result", "pageIndex"),
        ("result", "pageSize"),
    ]


def test_the_vendor_s_documents_take_filters_and_values() -> None:
    query = ask(
        VENDOR,
        variables={"pageIndex": 2, "pageSize": 3, "sort": "DESC", "customerId": "1"},
        filters={"statusName": "OK"},
        period_given=True,
    )
    assert (query.page, query.size, query.descending) == (2, 3, True)
    assert query.customer_id == "1"
    assert _sent(query)["filter"] == '{statusName:{values:["OK"]}}'
    assert "filterFax" not in _declared(query)


# ---------------------------------------------------------------- customer


def test_the_author_s_customer_stays() -> None:
    query = ask(_report('customerId: "1"'), default_customer_id="9")
    assert _sent(query)["customerId"] == '"1"'
    assert dict(query.variables) == {}


def test_two_different_customers_are_refused() -> None:
    for text, given in [
        (_report('customerId: "1"'), {}),
        (_report("customerId: $c", "$c: String!"), {"variables": {"c": "1"}}),
    ]:
        assert "'1'" in refused(text, customer_id="9", **given)
        assert ask(text, customer_id="1", **given).report == "faxOutUdrReport"


def test_a_default_customer_of_the_document_gives_way_to_the_caller_only() -> None:
    text = _report("customerId: $c", '$c: String! = "1"')
    assert ask(text, customer_id="9").customer_id == "9"
    assert ask(text, default_customer_id="9").customer_id == "1"


def test_without_any_customer_it_can_be_filled_in_later() -> None:
    query = ask(_report("customerId: $c", "$c: String!"))
    assert query.customer_id is None
    assert "customerId" in query.slots


def test_the_customer_s_variable_may_have_other_uses() -> None:
    """Then it needs a value of its own."""
    text = "query ($c: String!) { faxOutUdrReport(customerId: $c) { content { faxId(of: $c) } } }"
    assert "$c (String!) has no value" in refused(text, customer_id="9")
    query = ask(text, variables={"c": "9"})
    assert (query.customer_id, dict(query.variables)) == ("9", {"c": "9"})


def test_a_customer_written_as_a_number_is_told_to_be_a_text() -> None:
    assert 'write it as "123"' in refused(_report("customerId: 123"))


# ---------------------------------------------------------------- period


@pytest.mark.parametrize(
    ("arguments", "declared", "variables"),
    [
        (_LITERAL, "", {}),
        ("datePeriod: $p", "$p: DatePeriod!", {"p": {"fromIncluded": "2026-10-01", "toExcluded": "2026-11-01"}}),
        ("datePeriod: $p", '$p: DatePeriod! = {fromIncluded: "2026-10-01", toExcluded: "2026-11-01"}', {}),
        (
            'datePeriod: {fromIncluded: $a, toExcluded: "2026-11-01T02:00:00+02:00"}',
            "$a: String!",
            {"a": "2026-10-01T00:00Z"},
        ),
        ("datePeriod: {toExcluded: $b, fromIncluded: $a}", '$a: String = "2026-10-01", $b: String = "2026-11-01"', {}),
    ],
)
def test_the_author_s_period_is_read_and_driven(arguments: str, declared: str, variables: dict[str, Any]) -> None:
    """Windows can be cut of it."""
    query = ask(_report(arguments, declared), variables=variables)
    assert query.period == (_START, _END)
    assert query.period[0].tzinfo is UTC
    assert query.slots["datePeriod"] in query.document
    assert _declared(query) == {}


@pytest.mark.parametrize(
    ("arguments", "declared", "variables"),
    [
        (_LITERAL, "", {}),
        ("datePeriod: $p", "$p: DatePeriod!", {"p": {"fromIncluded": "2026-10-01", "toExcluded": "2026-11-01"}}),
        ('datePeriod: {fromIncluded: "2026-10-01", toExcluded: $b}', "$b: String!", {}),
    ],
)
def test_two_periods_are_refused(arguments: str, declared: str, variables: dict[str, Any]) -> None:
    with pytest.raises(PeriodError, match="take the datePeriod out of the document, or give no period"):
        ask(_report(arguments, declared), variables=variables, period_given=True)


@pytest.mark.parametrize(
    ("arguments", "declared"),
    [
        ("datePeriod: {fromIncluded: $a, toExcluded: $b}", "$a: String!, $b: String!"),
        ("datePeriod: {fromIncluded: $a, toExcluded: $b}", '$a: String! = "2026-01-01", $b: String!'),
        ("datePeriod: $p", '$p: DatePeriod! = {fromIncluded: "2026-10-01", toExcluded: "2026-11-01"}'),
        ("datePeriod: null", ""),
    ],
)
def test_a_period_from_elsewhere_replaces_what_nobody_set(arguments: str, declared: str) -> None:
    query = ask(_report(arguments, declared), period_given=True)
    assert query.period is None
    assert _declared(query) == {}


def test_unset_bounds_are_missing_where_no_period_is_given() -> None:
    message = refused(_report("datePeriod: {fromIncluded: $a, toExcluded: $b}", "$a: String, $b: String"))
    assert "$a (String)" in message
    assert "$b (String)" in message


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ('datePeriod: {fromIncluded: "2026-10-01"}', "not fromIncluded"),
        ("datePeriod: {}", "not nothing"),
        ('datePeriod: {from: "2026-10-01", toExcluded: "2026-11-01"}', "not from, toExcluded"),
        ('datePeriod: "2026-10"', "'2026-10' has not"),
        ('datePeriod: {fromIncluded: "yesterday", toExcluded: "2026-11-01"}', "not 'yesterday'"),
        ('datePeriod: {fromIncluded: 5, toExcluded: "2026-11-01"}', "not 5"),
        ('datePeriod: {fromIncluded: "0001-01-01T00:00:00+14:00", toExcluded: "2026-11-01"}', "not '0001"),
    ],
)
def test_an_unusable_period_is_refused_where_it_stands(arguments: str, words: str) -> None:
    message = refused(_report(arguments))
    assert words in message
    assert "(line 1, column" in message


# ---------------------------------------------------------------- paging


@pytest.mark.parametrize(
    ("arguments", "declared", "variables", "page", "size"),
    [
        ("page: 0, size: 7", "", {}, 0, 7),
        ("page: $p, size: $s", "$p: Int, $s: Int", {}, None, None),
        ("page: $p, size: $s", "$p: Int, $s: Int", {"p": 0, "s": 10_000}, 0, 10_000),
        ("page: $p, size: $s", "$p: Int, $s: Int", {"p": None, "s": None}, None, None),
        ("page: $p, size: $s", "$p: Int = 0, $s: Int = 10", {}, None, 10),
        ("page: $p, size: $s", "$p: Int = 3, $s: Int = null", {}, 3, None),
        ("page: null, size: null", "", {}, None, None),
    ],
)
def test_pinned_pages_and_sizes(
    arguments: str, declared: str, variables: dict[str, Any], page: int | None, size: int | None
) -> None:
    """They are told, and each request fills the arguments in all the same."""
    query = ask(_report(arguments, declared), variables=variables)
    assert (query.page, query.size) == (page, size)
    assert (_sent(query)["page"], _sent(query)["size"]) == ("2", "100")


def test_one_variable_for_two_arguments_is_taken_apart() -> None:
    query = ask(_report("page: $n, size: $n", "$n: Int"), variables={"n": 3})
    assert (query.page, query.size) == (3, 3)
    assert (_sent(query)["page"], _sent(query)["size"]) == ("2", "100")
    assert "n" not in _declared(query)


def test_a_driven_variable_with_another_use_keeps_its_value_there() -> None:
    text = "query ($n: Int) { faxOutUdrReport(size: $n) { content { faxId(of: $n) } } }"
    query = ask(text, variables={"n": 3})
    assert _sent(query)["size"] == "100"
    assert dict(query.variables) == {"n": 3}
    assert query.size == 3


@pytest.mark.parametrize("value", ["-1", "1.5", '"1"', "true", "ONE", "[1]", "{a: 1}"])
def test_an_unusable_page_is_refused(value: str) -> None:
    assert "page is a whole number, 0 or more" in refused(_report(f"page: {value}"))


@pytest.mark.parametrize("value", ["0", "10001"])
def test_a_page_size_the_service_does_not_have_is_refused(value: str) -> None:
    assert f"size is a whole number, 1 to 10,000, not {value}." in refused(_report(f"size: {value}"))


# ---------------------------------------------------------------- order


@pytest.mark.parametrize(
    ("arguments", "declared", "variables", "descending"),
    [
        ("sort: DESC", "", {}, True),
        ("sort: ASC", "", {}, False),
        ("sort: null", "", {}, False),
        ("sort: $s", "$s: SortDirection", {"s": "DESC"}, True),
        ("sort: $s", "$s: SortDirection = DESC", {}, True),
        ("sort: $s", "$s: SortDirection = DESC", {"s": "ASC"}, False),
    ],
)
def test_the_order_is_sent_as_it_was_asked(
    arguments: str, declared: str, variables: dict[str, Any], descending: bool
) -> None:
    query = ask(_report(arguments, declared), variables=variables)
    assert query.descending is descending
    assert _sent(query)["sort"] == ("DESC" if descending else "ASC")


def test_another_order_is_refused() -> None:
    assert "sort is ASC or DESC, not 'UP'." in refused(_report("sort: UP"))


# ---------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("filters", "sent"),
    [
        ({"statusName": ["OK", "BUSY"]}, '{statusName:{values:["OK","BUSY"]}}'),
        ({"statusName": "OK", "jobBillingCode": 7}, '{statusName:{values:["OK"]},jobBillingCode:{values:["7"]}}'),
        ({"statusName": {"values": ["OK"]}}, '{statusName:{values:["OK"]}}'),
        ({"statusName": {"values": pd.Series(["OK", 200])}}, '{statusName:{values:["OK","200"]}}'),
        ({"statusName": {"not": True}}, "{statusName:{not:true}}"),
        ({"statusName": ("OK", 200)}, '{statusName:{values:["OK","200"]}}'),
        ({"statusName": pd.Series(["OK", "NO"])}, '{statusName:{values:["OK","NO"]}}'),
        ({"statusName": pd.Series([200])}, '{statusName:{values:["200"]}}'),
        ({"statusName": 'a"b\\'}, '{statusName:{values:["a\\"b\\\\"]}}'),
    ],
)
def test_filters_are_sent_in_the_service_s_shape(filters: dict[str, Any], sent: str) -> None:
    assert _sent(ask(_report(), filters=filters))["filter"] == sent


@pytest.mark.parametrize("filters", [None, {}])
def test_no_filters_are_none(filters: Any) -> None:
    assert "filter" not in _sent(ask(_report(), filters=filters))


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"statusName": []}, "no value to look for"),
        ({"statusName": {"values": []}}, "no value to look for"),
        ({"statusName": None}, "takes texts, not None"),
        ({"statusName": [None]}, "takes texts"),
        ({"statusName": [1.5]}, "takes texts"),
        ({"statusName": True}, "takes texts"),
        ({"statusName": {"values": [{1}]}}, "takes texts"),
        ({"statusName": {"values": ["OK", None]}}, "takes texts"),
        ({"statusName": {"values": {"OK": 1}}}, "takes texts"),
        ({"statusName": float("nan")}, "takes texts"),
        ({"status name": "OK"}, "no name of a column"),
        ({5: "OK"}, "no name of a column"),
        ({"statusName": pd.DataFrame({"s": ["OK"]})}, "one of its columns"),
        ({"statusName": pd.Series(["OK", "OK"]).value_counts()}, "give their index"),
        ({"statusName": pd.DataFrame({"statusName": ["OK", "OK"]}).groupby("statusName").size()}, "give their index"),
        ({"statusName": pd.DataFrame({"s": ["OK"], "pages": [2]}).groupby("s")["pages"].sum()}, "give their index"),
        ({"statusName": pd.DataFrame({"s": ["OK"], "pages": [2]}).groupby(["s", "pages"])["s"].count()}, "their index"),
        ({"statusName": {}}, "no value to look for"),
        ({"statusName": b"OK"}, "a bytes; decode it"),
        ({"statusName": io.StringIO("OK")}, "an open file"),
    ],
)
def test_unusable_filters_are_refused(filters: dict[Any, Any], words: str) -> None:
    assert words in refused(_report(), filters=filters)


def test_a_variable_without_a_value_in_a_filter_is_named() -> None:
    """The service would leave the member out, and all records would look like those asked for."""
    text = _report("filter: {statusName: {values: [$which]}}", declared="$which: String")
    assert "$which" in refused(text)
    assert _sent(ask(text, variables={"which": "OK"}))["filter"]


def test_two_filters_are_refused() -> None:
    assert "filter of its own" in refused(_report("filter: {statusName: {}}"), filters={"statusName": "OK"})


def test_a_filter_the_bundled_schema_does_not_know_is_sent_and_noted() -> None:
    """What the service declares decides."""
    text = "{ smsOutUdrReport { smsId } }"
    query = ask(text, filters={"status": "OK"})
    assert _sent(query)["filter"] == '{status:{values:["OK"]}}'
    assert any("'filter'" in note for note in query.notes)
    assert "'filter'" in refused(text, filters={"status": "OK"}, schema=_LIVE)
    assert "Did you mean 'statusName'?" in refused(_report(), filters={"statusname": "OK"}, schema=_LIVE)


# ---------------------------------------------------------------- other schemas

_OTHER = """
enum Order { UP DOWN }
enum Colour { RED }
input ColourFilter { values: [Colour!] }
input Filters { colour: ColourFilter }
scalar Natural
input DatePeriod { fromIncluded: String! toExcluded: String! }
type Record { a: Int }
type Result { content: [Record] hasMoreElements: Boolean pageIndex: Int }
type Query {
  colours(customerId: ID!, datePeriod: DatePeriod!, page: Natural!, sort: Order, filter: Filters): Result
}
"""


def test_the_service_s_own_types_are_used() -> None:
    """An argument that a report does not have is not added, nor an order that it does not know."""
    schema = Schema(build_schema(_OTHER), bundled=False, source="live")
    query = ask("{ colours { a } }", schema=schema, customer_id="1", filters={"colour": "RED"})
    assert _sent(query).keys() == {"customerId", "datePeriod", "page", "filter"}
    assert _sent(query)["filter"] == "{colour:{values:[RED]}}"
    assert "sort" not in _sent(query)
    assert query.request(None, 1, 5)["variables"] == {}


@pytest.mark.parametrize("shape", [{"a}: 1} size: 9 x": "y"}, {"values": [{"a b": 1}]}, {1: 2}, {"deep": [[[]]] * 2}])
def test_no_filter_gets_into_the_document_as_graphql(shape: Any) -> None:
    """A name is a name, however deep it stands."""
    if "deep" in shape:
        for _ in range(500):
            shape = {"deep": shape}
    with pytest.raises(DocumentError, match="takes texts"):
        ask(_report(), filters={"statusName": shape})


@pytest.mark.parametrize("values", [np.array(5.5), np.timedelta64(5, "D"), [10**5000], float("nan")])
def test_what_is_neither_text_nor_number_is_no_filter(values: Any) -> None:
    with pytest.raises(DocumentError, match="takes texts"):
        ask(_report(), filters={"statusName": values})
