"""Documents are validated and executed as GraphQL demands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from graphql import build_client_schema, get_introspection_query

PERIOD = '{fromIncluded: "2026-11-01T00:00:00Z", toExcluded: "2026-11-20T00:00:00Z"}'
ARGUMENTS = f'customerId: "99999", datePeriod: {PERIOD}'


def test_several_reports_aliases_and_fragments_in_one_document(client: Any) -> None:
    data = client.data(
        f"""query Two {{
          faxes: faxOutUdrReport({ARGUMENTS}) {{ ...Paging rows: content {{ id: faxId ...Call faxId }} }}
          smsInUdrReport({ARGUMENTS}) {{ content {{ __typename ... on SmsInUdrReportRecord {{ smsId }} }} __typename }}
          __typename
        }}
        fragment Paging on Base {{ hasMoreElements }}
        fragment Call on FaxOutUdrReportRecord {{ callDuration ...Again }}
        fragment Again on FaxOutUdrReportRecord {{ callDuration statusName }}"""
    )
    held = {row["faxId"]: row for row in client.box.records("faxOutUdrReport")}
    assert list(data) == ["faxes", "smsInUdrReport", "__typename"]
    assert list(data["faxes"]) == ["hasMoreElements", "rows"]
    first = data["faxes"]["rows"][0]
    assert list(first) == ["id", "callDuration", "statusName", "faxId"]
    for row in data["faxes"]["rows"]:
        assert row["id"] == row["faxId"]
        assert (row["callDuration"], row["statusName"]) == (
            held[row["id"]]["callDuration"],
            held[row["id"]]["statusName"],
        )
    assert data["smsInUdrReport"]["__typename"] == "SmsInUdrQueryResult"
    assert {row["__typename"] for row in data["smsInUdrReport"]["content"]} == {"SmsInUdrReportRecord"}


def test_one_content_selected_twice_is_one_content(client: Any) -> None:
    report = client.data(f"{{ faxOutUdrReport({ARGUMENTS}) {{ content {{ faxId }} content {{ docPages }} }} }}")
    assert list(report["faxOutUdrReport"]["content"][0]) == ["faxId", "docPages"]


@pytest.mark.parametrize(("flag", "fields"), [(True, ["faxId", "docPages"]), (False, ["statusName"])])
def test_directives_decide_what_is_in_a_record(client: Any, flag: bool, fields: list[str]) -> None:
    data = client.data(
        f"""query($f: Boolean!) {{ faxOutUdrReport({ARGUMENTS}) {{ content {{
          faxId @include(if: $f) statusName @skip(if: $f) ... @include(if: $f) {{ docPages }}
        }} }} }}""",
        {"f": flag},
    )
    assert list(data["faxOutUdrReport"]["content"][0]) == fields


def test_a_record_may_have_all_its_fields_skipped(client: Any) -> None:
    data = client.data(f"{{ faxOutUdrReport({ARGUMENTS} size: 3) {{ content {{ faxId @skip(if: true) }} }} }}")
    assert data == {"faxOutUdrReport": {"content": [{}, {}, {}]}}


def test_variables_are_coerced_and_have_defaults(client: Any) -> None:
    query = """query($c: String!, $d: DatePeriod!, $s: Int = 2, $o: SortDirection, $f: FaxOutColumnUdrFilters) {
      faxOutUdrReport(customerId: $c, datePeriod: $d, size: $s, sort: $o, filter: $f) { content { keyTimestamp } } }"""
    period = {"fromIncluded": "2026-11-01T00:00:00.000Z", "toExcluded": "2026-11-20T00:00:00.000Z"}
    variables = {"c": "99999", "d": period, "o": "DESC"}
    first, second = client.data(query, variables)["faxOutUdrReport"]["content"]
    assert first["keyTimestamp"] > second["keyTimestamp"]
    variables["f"] = {"statusName": {"values": "no such state"}}
    assert client.data(query, variables)["faxOutUdrReport"]["content"] == []


def test_an_operation_is_chosen_by_name(client: Any) -> None:
    query = f"query A {{ a: __typename }} query B {{ b: faxOutUdrReport({ARGUMENTS}) {{ pageIndex }} }}"
    assert client.data(query, operationName="B") == {"b": {"pageIndex": 0}}
    assert "operation" in client.message(query).lower()


def test_errors_of_one_report_leave_the_others_alone(client: Any) -> None:
    reply = client.post(
        f"{{ good: faxOutUdrReport({ARGUMENTS}) {{ pageIndex }}"
        f" bad: faxOutUdrReport({ARGUMENTS} size: 20000) {{ pageIndex }} }}"
    )
    answer = reply.json()
    assert reply.status_code == 200
    assert answer["data"] == {"good": {"pageIndex": 0}, "bad": None}
    [error] = answer["errors"]
    assert error["path"] == ["bad"]
    assert error["locations"]


@pytest.mark.parametrize(
    ("query", "variables", "message"),
    [
        ("{ faxOutUdrReport { content { faxId } ", None, "Syntax Error"),
        ("", None, "Syntax Error"),
        (f"{{ faxOutUdrReport({ARGUMENTS}) {{ content {{ faxIdd }} }} }}", None, "faxIdd"),
        (f"{{ faxOutUdrReport({ARGUMENTS} sort: UP) {{ pageIndex }} }}", None, "UP"),
        ("query($c: String!) { faxOutUdrReport(customerId: $c) { pageIndex } }", {"c": "1"}, "datePeriod"),
        ("mutation { x }", None, "mutation"),
        ("query($n: Int!) { __typename @skip(if: false) @include(if: $n) }", {"n": 1}, "$n"),
        ("query($n: Boolean!) { __typename @include(if: $n) }", {}, "$n"),
        ("query($n: Boolean!) { __typename @include(if: $n) }", {"n": "no"}, "$n"),
    ],
)
def test_what_is_not_valid_is_refused_with_400_and_no_data(
    client: Any, query: str, variables: Any, message: str
) -> None:
    reply = client.post(query, variables)
    assert reply.status_code == 400
    assert message in reply.json()["errors"][0]["message"]
    assert "data" not in reply.json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"query": 1}',
        b'{"variables": {}}',
        b'{"query": "{ __typename }", "variables": []}',
        b"\xff",
        b"[" * 99999,
    ],
)
def test_a_body_that_is_no_request_is_refused(client: Any, body: bytes) -> None:
    client.sign_in()
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json"}
    reply = requests.post(client.box.api_url, data=body, headers=headers, timeout=30)
    assert reply.status_code == 400
    assert reply.json()["errors"]


def test_a_document_nested_very_deeply_is_refused(client: Any) -> None:
    assert client.post("{a" * 50_000).status_code == 400


def test_half_of_a_surrogate_pair_comes_back_as_a_question_mark(client: Any) -> None:
    reply = client.post("query A { __typename }", operationName="\ud800")
    assert "?" in reply.json()["errors"][0]["message"]


def test_other_content_types_are_refused(client: Any) -> None:
    client.sign_in()
    headers = {"Authorization": f"Bearer {client.token}"}
    body = json.dumps({"query": "{ __typename }"})
    for kind, status in [("text/plain", 415), ("application/json; charset=utf-8", 200)]:
        reply = requests.post(client.box.api_url, data=body, headers=headers | {"Content-Type": kind}, timeout=30)
        assert reply.status_code == status


def test_introspection_tells_the_published_schema(client: Any) -> None:
    schema = build_client_schema(client.data(get_introspection_query()))
    record = schema.type_map["FaxOutUdrReportRecord"]
    assert len(record.fields) == 45  # type: ignore[attr-defined]
    assert str(schema.query_type.fields["faxOutUdrReport"].args["filter"].type) == "FaxOutColumnUdrFilters"  # type: ignore[union-attr]
    events = schema.type_map["TransactionalEmailEventReportRecord"]
    assert "assumption of the sandbox only" in (events.description or "")


def test_introspection_and_records_in_one_document(client: Any) -> None:
    data = client.data(
        f"""{{ faxOutUdrReport({ARGUMENTS} size: 1) {{ content {{ faxId }} }}
          type: __type(name: "SortDirection") {{ enumValues {{ name }} }}
          none: __type(name: "Nothing") {{ name }} }}"""
    )
    assert len(data["faxOutUdrReport"]["content"]) == 1
    assert data["type"] == {"enumValues": [{"name": "ASC"}, {"name": "DESC"}]}
    assert data["none"] is None


def test_the_records_have_exactly_the_fields_of_the_schema(started: Callable[..., Any]) -> None:
    client = started(20, quirks=["extra-fields"])
    schema = build_client_schema(client.data(get_introspection_query()))
    for name, field in schema.query_type.fields.items():  # type: ignore[union-attr]
        content = field.type.fields["content"].type.of_type
        assert sorted(client.box.records(name)[0]) == sorted(content.fields)
