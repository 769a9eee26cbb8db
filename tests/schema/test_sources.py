"""Where a schema comes from, and what it says of each report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    build_schema,
    execute,
    extend_schema,
    introspection_from_schema,
    parse,
    print_schema,
    validate,
)

from retarus_pandas.errors import InputError
from retarus_pandas.schema.bundle import Key, key_of, sdl
from retarus_pandas.schema.changes import Change, difference
from retarus_pandas.schema.facts import describe, describe_reports
from retarus_pandas.schema.model import Schema
from retarus_pandas.schema.sources import INTROSPECTION_QUERY, bundled, from_introspection, load

OTHER = """
type Record { faxId: ID!  docPages: Long  startedAt: String  parts: [Part]  words: [String] }
scalar Long
type Part { name: String  whole: Record }
type Result { content: [Record] }
enum Order { UP DOWN }
type Query { faxOutUdrReport(sort: Order): Result  newReport: Result }
"""


def _introspected(text: str) -> dict[str, Any]:
    return {"data": introspection_from_schema(build_schema(text))}


# ---------------------------------------------------------------- the bundled schema


def test_the_bundled_schema_knows_six_reports_and_their_fields() -> None:
    schema = bundled()
    assert schema.bundled
    assert schema.source == "bundled"
    assert {report: len(schema.known_fields(report)) for report in schema.reports()} == {
        "faxInUdrReport": 30,
        "faxOutUdrReport": 45,
        "smsInUdrReport": 20,
        "smsOutUdrReport": 31,
        "transactionalEmailUdrReport": 27,
        "transactionalEmailEventReport": 0,
    }


def test_the_bundled_schema_is_built_once() -> None:
    assert bundled() is bundled()


def test_every_report_takes_the_arguments_that_are_driven() -> None:
    for report in bundled().reports():
        declared = {name: str(bundled().argument_type(report, name)) for name in ("customerId", "datePeriod", "page")}
        assert declared == {"customerId": "String!", "datePeriod": "DatePeriod!", "page": "Int"}
        assert str(bundled().argument_type(report, "size")) == "Int"
        assert str(bundled().argument_type(report, "sort")) == "SortDirection"


def test_only_the_filters_that_were_seen_are_declared() -> None:
    with_filter = {facts.report for facts in describe_reports(bundled()) if facts.filter}
    assert with_filter == {"faxOutUdrReport", "smsInUdrReport"}


def test_nothing_is_invented_where_nothing_is_known() -> None:
    record = bundled().record_type("transactionalEmailEventReport")
    assert record is not None
    assert record.fields == {}
    assert describe(bundled(), "transactionalEmailEventReport") == []
    names = [name for found in bundled().graphql.type_map.values() for name in getattr(found, "fields", {})]
    assert not [name for name in names if name.startswith("_") and not name.startswith("__")]


def test_documents_can_be_held_against_the_bundled_schema() -> None:
    arguments = '(customerId: "1", datePeriod: {fromIncluded: "a", toExcluded: "b"})'
    good = parse(f"{{ transactionalEmailEventReport{arguments} {{ hasMoreElements content {{ __typename }} }} }}")
    unknown = parse(f"{{ transactionalEmailEventReport{arguments} {{ content {{ opened }} }} }}")
    assert validate(bundled().graphql, good) == []
    assert len(validate(bundled().graphql, unknown)) == 1


def test_the_bundled_schema_can_be_extended_where_nothing_is_known() -> None:
    more = parse("extend type TransactionalEmailEventReportRecord { eventId: ID! }")
    extended = Schema(extend_schema(bundled().graphql, more), bundled=False, source="test")
    assert extended.known_fields("transactionalEmailEventReport") == ("eventId",)


def test_keys_name_fields_of_the_bundled_schema() -> None:
    for report in bundled().reports():
        assert bundled().key(report) == key_of(report)
    assert key_of("faxOutUdrReport").fields == ("faxId", "attemptSeqNo", "keyTimestamp")
    assert key_of("nothing") == Key()


def test_only_identifiers_are_promised_not_to_be_null() -> None:
    for report in bundled().reports():
        for facts in describe(bundled(), report):
            assert facts.type.endswith("!") == (facts.type == "ID!")


# ---------------------------------------------------------------- descriptions


def test_every_field_is_described_with_its_evidence() -> None:
    for report in bundled().reports():
        for facts in describe(bundled(), report):
            assert facts.meaning, facts
            assert facts.evidence in {"documented", "sampled", "guessed"}, facts


def test_a_described_field_says_what_it_becomes_and_how_well_that_is_known() -> None:
    facts = {found.field: found for found in describe(bundled(), "faxOutUdrReport")}
    assert facts["callDuration"]._asdict() == {
        "field": "callDuration",
        "type": "Int",
        "dtype": "Int64",
        "unit": "milliseconds (guessed)",
        "meaning": "Length of the call.",
        "personal": "",
        "evidence": "sampled",
    }
    assert facts["calledNumber"].personal == "number"
    assert facts["keyTimestamp"].dtype == "datetime64[us, UTC]"
    assert facts["keyTimestamp"].evidence == "guessed"
    assert facts["jobExpress"].dtype == "boolean"
    assert facts["statusCode"].dtype == "str"
    assert {found.evidence for found in describe(bundled(), "smsInUdrReport")} == {"documented"}


def test_a_report_says_which_timestamp_the_period_tests_and_how_well_that_is_known() -> None:
    for facts in describe_reports(bundled()):
        key = key_of(facts.report)
        assert (facts.period_tests, facts.period_evidence) == (key.timestamp or "", key.evidence)
        assert (f"{key.timestamp} ({key.evidence})" if key.timestamp else "not known") in facts.description
        assert facts.meaning == facts.description.splitlines()[0]


def test_a_service_speaks_for_itself_and_our_words_fill_its_silence() -> None:
    told = OTHER.replace("docPages", '"Sheets." docPages')
    service = {facts.field: facts for facts in describe(load(told), "faxOutUdrReport")}
    assert {facts.evidence for facts in service.values()} == {"service"}
    assert service["docPages"].meaning == "Sheets."
    assert service["docPages"].dtype == "Int64"
    assert service["faxId"].meaning == "Identifies the fax."
    assert service["startedAt"].meaning == ""
    assert service["parts"].dtype == "object"
    assert [facts.meaning for facts in describe_reports(load(told))] == ["Sent faxes.", ""]


def test_an_unknown_report_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match=r"no report 'faxOutUdrReprt'.*Did you mean 'faxOutUdrReport'\?"):
        describe(bundled(), "faxOutUdrReprt")
    with pytest.raises(InputError, match="There are: faxInUdrReport, "):
        describe(bundled(), "zzz")


# ---------------------------------------------------------------- sources


def _sdl_file(folder: Path) -> Path:
    path = folder / "own.graphql"
    path.write_text(OTHER, encoding="utf-8-sig")
    return path


def _json_file(folder: Path) -> Path:
    path = folder / "own.json"
    path.write_text(json.dumps(_introspected(OTHER)))
    return path


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(lambda folder: OTHER, id="text"),
        pytest.param(lambda folder: json.dumps(_introspected(OTHER)), id="JSON text"),
        pytest.param(lambda folder: _introspected(OTHER), id="answer"),
        pytest.param(lambda folder: _introspected(OTHER)["data"], id="answer without data level"),
        pytest.param(_sdl_file, id="SDL file with a byte order mark"),
        pytest.param(_json_file, id="JSON file"),
        pytest.param(lambda folder: str(_sdl_file(folder)), id="path as text"),
    ],
)
def test_a_schema_is_the_same_whatever_form_it_comes_in(source: Callable[[Path], Any], tmp_path: Path) -> None:
    schema = load(source(tmp_path))
    assert not schema.bundled
    assert schema.reports() == ("faxOutUdrReport", "newReport")
    assert schema.known_fields("faxOutUdrReport") == ("faxId", "docPages", "startedAt", "words")
    assert difference(load(OTHER), schema) == []


def test_a_schema_says_where_it_came_from(tmp_path: Path) -> None:
    path = _sdl_file(tmp_path)
    assert load(path).source == f"file {path}"
    assert load(OTHER).source == "text"
    assert from_introspection(_introspected(OTHER)).source == "live"


def test_the_bundled_schema_comes_back_from_its_own_text() -> None:
    assert difference(bundled(), load(sdl())) == []
    assert difference(bundled(), load(print_schema(bundled().graphql))) == []


def test_the_introspection_query_fetches_the_whole_schema() -> None:
    answer = execute(build_schema(OTHER), parse(INTROSPECTION_QUERY))
    assert not hasattr(answer, "__await__")
    assert difference(load(OTHER), from_introspection({"data": answer.data})) == []


def test_a_vendor_schema_with_directives_of_its_own_is_read() -> None:
    text = OTHER.replace("faxId: ID!", 'faxId: ID! @auth(role: "a")')
    assert load(text).reports() == ("faxOutUdrReport", "newReport")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("type Query {", "Syntax Error", id="syntax"),
        pytest.param("type Query { a: Missing }", "Missing", id="unknown type"),
        pytest.param("type Query { hello: String }", "no reports", id="another service"),
        pytest.param('{"data": null, "errors": [{"message": "not allowed"}]}', "'not allowed'.*download", id="refused"),
        pytest.param('{"data": {}}', "holds no schema", id="no schema"),
        pytest.param('{"data": ', "cannot be used", id="cut JSON"),
        pytest.param('[{"data": 1}]', "holds no schema", id="a list"),
        pytest.param({"__schema": {}}, "cannot be used", id="empty schema"),
        pytest.param({"__schema": {"types": 1}}, "cannot be used", id="odd schema"),
        pytest.param({"__schema": None}, "holds no schema", id="null schema"),
        pytest.param({"errors": "x"}, "holds no schema", id="odd errors"),
        pytest.param("type Query { a: " + "[" * 50_000 + "}", "cannot be used", id="endless nesting"),
    ],
)
def test_what_is_no_schema_is_refused_with_the_reason(source: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load(source)
    assert caught.value.__cause__ is None


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.graphql' cannot be read: No such file"):
        load(tmp_path / "missing.graphql")
    with pytest.raises(InputError, match="cannot be read"):
        load(str(tmp_path))
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8 text"):
        load(tmp_path / "binary")
    with pytest.raises(InputError, match="cannot be read"):
        load("nul\0byte")


# ---------------------------------------------------------------- comparison


def _changed(old: str, new: str) -> list[Change]:
    return difference(load(OTHER), load(OTHER.replace(old, new)))


def test_nothing_changes_from_a_schema_to_itself() -> None:
    assert difference(bundled(), bundled()) == []


def test_a_new_field_is_found_in_every_report_that_has_it() -> None:
    found = _changed("faxId: ID!", "faxId: ID!  fresh: [Int]")
    assert Change("faxOutUdrReport", "content.fresh", "new", "", "[Int]") in found
    assert {(change.report, change.change) for change in found} == {("faxOutUdrReport", "new"), ("newReport", "new")}


def test_a_changed_type_is_shown_before_and_after() -> None:
    assert Change("newReport", "content.docPages", "changed", "Long", "String") in _changed(
        "Pages: Long", "Pages: String"
    )


def test_arguments_and_their_values_are_compared() -> None:
    assert _changed("UP DOWN", "UP SIDE") == [
        Change("faxOutUdrReport", "(sort).DOWN", "gone", "enum value", ""),
        Change("faxOutUdrReport", "(sort).SIDE", "new", "", "enum value"),
    ]
    assert _changed("(sort: Order)", "(sort: Order, page: Int)") == [
        Change("faxOutUdrReport", "(page)", "new", "", "Int"),
    ]


def test_a_report_that_one_schema_lacks_is_one_row() -> None:
    assert _changed("newReport", "newerReport") == [
        Change("newReport", "", "gone", "Result", ""),
        Change("newerReport", "", "new", "", "Result"),
    ]


def test_filter_columns_that_the_service_has_are_found() -> None:
    more = parse("extend input FaxOutColumnUdrFilters { faxId: StringColumnFilter }")
    service = Schema(extend_schema(bundled().graphql, more, assume_valid=True), bundled=False, source="test")
    assert difference(bundled(), service) == [
        Change("faxOutUdrReport", "(filter).faxId", "new", "", "StringColumnFilter"),
    ]
