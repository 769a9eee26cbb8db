"""A GraphQL schema read as reports: what is a report, what can be selected, what a field holds."""

from __future__ import annotations

import pytest
from graphql import build_schema

from retarus_pandas.schema.bundle import Key, key_of
from retarus_pandas.schema.model import Schema
from retarus_pandas.values import Kind

SDL = """
scalar Long  scalar BigInt  scalar DateTime  scalar Instant  scalar OffsetDateTime  scalar ZonedDateTime
scalar Timestamp  scalar BigDecimal  scalar JSON  scalar LocalDateTime  scalar Date
enum Mood { GOOD BAD }
interface Told { name: String }
type Inner { deep: String }
type Record {
  name: String!  id: ID  mood: Mood!  count: Int  long: Long  big: BigInt  share: Float  price: BigDecimal
  yes: Boolean  any: JSON  when: DateTime  then: Instant  offset: OffsetDateTime  zoned: ZonedDateTime
  stamp: Timestamp  startedAt: String  receivedTs: String!  metaCreationTime: String  keyTimestamp: String
  waitTime: Int  tags: [String!]!  seenAt: [String]  grid: [[Int]]  dates: [DateTime]  inner: Inner  inners: [Inner!]
  needs(unit: String!): Int  takes(unit: String = "a", other: Int): Int
  concat: String  At: String  heat: String  local: LocalDateTime  sentAt: Date  birthday: Date
}
type Page { content: [Record!]! }
type ToldPage { content: [Told] }
type Odd { content: Record }
type Numbers { content: [Int] }
type Query { things(page: Int, filter: [Mood!]): Page!  told: ToldPage  odd: Odd  numbers: Numbers  hello: String }
"""


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema(build_schema(SDL), bundled=False, source="test")


def test_a_report_is_a_query_that_answers_with_a_list_of_records(schema: Schema) -> None:
    assert schema.reports() == ("things", "told")


def test_types_are_found_by_the_name_of_the_report(schema: Schema) -> None:
    assert str(schema.result_type("things")) == "Page"
    assert str(schema.record_type("things")) == "Record"
    assert str(schema.record_type("told")) == "Told"
    assert str(schema.argument_type("things", "filter")) == "[Mood!]"


def test_what_is_not_there_has_no_type(schema: Schema) -> None:
    for report in ("odd", "hello", "nothing"):
        assert schema.report_field(report) is None
        assert schema.result_type(report) is None
        assert schema.record_type(report) is None
        assert schema.known_fields(report) == ()
        assert schema.argument_type(report, "page") is None
    assert schema.argument_type("things", "size") is None


def test_known_fields_are_those_that_can_be_selected_by_their_bare_names(schema: Schema) -> None:
    known = schema.known_fields("things")
    assert {"name", "mood", "tags", "grid", "any", "takes"} <= set(known)
    assert not {"inner", "inners", "needs"} & set(known)


def test_a_schema_without_queries_has_no_reports() -> None:
    assert Schema(build_schema("type Other { a: Int }"), bundled=False, source="test").reports() == ()


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("name", (Kind.TEXT, 0)),
        ("id", (Kind.TEXT, 0)),
        ("mood", (Kind.TEXT, 0)),
        ("count", (Kind.INT, 0)),
        ("long", (Kind.INT, 0)),
        ("big", (Kind.INT, 0)),
        ("share", (Kind.FLOAT, 0)),
        ("yes", (Kind.BOOLEAN, 0)),
        ("when", (Kind.INSTANT, 0)),
        ("then", (Kind.INSTANT, 0)),
        ("offset", (Kind.INSTANT, 0)),
        ("zoned", (Kind.INSTANT, 0)),
        ("stamp", (Kind.INSTANT, 0)),
        ("startedAt", (Kind.INSTANT, 0)),
        ("receivedTs", (Kind.INSTANT, 0)),
        ("metaCreationTime", (Kind.INSTANT, 0)),
        ("keyTimestamp", (Kind.INSTANT, 0)),
        ("waitTime", (Kind.INT, 0)),
        ("concat", (Kind.TEXT, 0)),
        ("heat", (Kind.TEXT, 0)),
        ("At", (Kind.TEXT, 0)),
        ("price", (Kind.DECIMAL, 0)),
        ("local", (Kind.INSTANT, 0)),
        ("sentAt", (Kind.INSTANT, 0)),
        ("birthday", (Kind.TEXT, 0)),
        ("any", (Kind.UNDECLARED, 0)),
        ("tags", (Kind.TEXT, 1)),
        ("seenAt", (Kind.TEXT, 1)),
        ("grid", (Kind.INT, 2)),
        ("dates", (Kind.INSTANT, 1)),
        ("inner", (Kind.OBJECT, 0)),
        ("inners", (Kind.OBJECT, 1)),
    ],
)
def test_the_declared_type_says_what_a_field_holds(schema: Schema, field: str, expected: tuple[Kind, int]) -> None:
    record = schema.record_type("things")
    assert record is not None
    assert schema.kind(record.fields[field].type, field) == expected


def test_a_field_nobody_declares_is_undeclared_whatever_its_name(schema: Schema) -> None:
    assert schema.kind(None, "startedAt") == (Kind.UNDECLARED, 0)


def _with_fields(fields: str) -> Schema:
    text = f"type R {{ {fields} }} type P {{ content: [R] }} type Query {{ smsInUdrReport: P  other: P }}"
    return Schema(build_schema(text), bundled=False, source="test")


def test_a_key_is_used_as_far_as_the_schema_has_its_fields() -> None:
    assert _with_fields("smsId: ID receivedTs: String").key("smsInUdrReport") == key_of("smsInUdrReport")
    assert _with_fields("receivedTs: String").key("smsInUdrReport") == Key((), "receivedTs", "documented")
    assert _with_fields("smsId: ID").key("smsInUdrReport") == Key((), None, "documented")
    assert _with_fields("smsId: ID").key("other") == Key((), None, "unknown")
