"""The records of a report, with or without ``content``, and what paging needs beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import FieldNode, build_schema, parse, print_ast

from retarus_pandas.schema.bundle import key_of, sdl
from retarus_pandas.schema.model import Schema
from retarus_pandas.schema.sources import bundled, load
from retarus_pandas.values import Column, Kind, Query
from support.documents import ask, refused

_LIVE = load(sdl())


def _shown(query: Query) -> list[str]:
    return [column.name for column in query.columns if not column.hidden]


@pytest.mark.parametrize(
    "selection",
    [
        "{ content { faxId statusName } }",
        "{ faxId statusName }",
        "{ faxId statusName hasMoreElements }",
        "{ ...F } fragment F on FaxOutUdrReportRecord { faxId statusName }",
        "{ ...F } fragment F on FaxOutUdrQueryResult { content { faxId ...G } } "
        "fragment G on FaxOutUdrReportRecord { statusName }",
        "{ ... on Base { pageSize } ... on FaxOutUdrReportRecord { faxId } statusName }",
        "{ ...F } fragment F on TheServicesOwnName { pageIndex content { faxId statusName } }",
        "{ content { faxId } content { statusName faxId } }",
        "{ content { faxId ... @include(if: true) { statusName } docPages @skip(if: true) } }",
    ],
)
def test_the_records_are_found_wherever_they_stand(selection: str) -> None:
    """Always the same document is sent."""
    close = selection.find("} fragment") + 1 or len(selection)
    text = f"{{ faxOutUdrReport {selection[:close]} }} {selection[close:]}"
    plain = ask("{ faxOutUdrReport { content { faxId statusName } } }")
    query = ask(text)
    assert query.document == plain.document
    assert query.columns == plain.columns
    assert _shown(query) == ["faxId", "statusName"]


@pytest.mark.parametrize("text", ["smsInUdrReport", "{ smsInUdrReport }", "{ smsInUdrReport { content } }"])
def test_without_a_selection_all_known_fields_are_asked(text: str) -> None:
    query = ask(text)
    assert tuple(_shown(query)) == bundled().known_fields("smsInUdrReport")
    assert not [column for column in query.columns if column.hidden]


@pytest.mark.parametrize("text", ["transactionalEmailEventReport", "{ transactionalEmailEventReport { content } }"])
def test_where_no_field_is_known_they_have_to_be_named(text: str) -> None:
    assert "name the fields that you want" in refused(text)
    assert _shown(ask("{ transactionalEmailEventReport { event } }")) == ["event"]


def test_an_unknown_report_s_name_is_told_the_nearest() -> None:
    message = refused("faxOutUdrReprot")
    assert "There is no report 'faxOutUdrReprot' that is known" in message
    assert "Did you mean faxOutUdrReport?" in message


@pytest.mark.parametrize("report", [name for name in bundled().reports() if key_of(name).fields])
def test_the_key_is_added_where_it_was_not_asked(report: str) -> None:
    """Under its own name; the reader is told where to find it, and that it is ours."""
    query = ask(f"{{ {report} {{ content {{ __typename }} }} }}")
    key = key_of(report)
    assert query.key == key.fields
    assert query.key_timestamp == key.timestamp
    assert [each.name for each in query.additions if each.place == "record"] == list(key.fields)
    assert [column.name for column in query.columns if column.hidden] == list(query.key)
    assert query.columns[0] == Column("__typename", Kind.TEXT)


def test_a_key_the_author_asked_for_is_used() -> None:
    query = ask("{ faxOutUdrReport { content { keyTimestamp id: faxId attemptSeqNo other: faxId } } }")
    assert query.key == ("id", "attemptSeqNo", "keyTimestamp")
    assert query.key_timestamp == "keyTimestamp"
    assert not [column for column in query.columns if column.hidden]


@pytest.mark.parametrize("asked", ["faxId(of: 1)", "faxId @mark", "... on Strange { faxId }"])
def test_a_key_that_may_not_come_is_asked_again(asked: str) -> None:
    query = ask(f"{{ faxOutUdrReport {{ content {{ attemptSeqNo {asked} keyTimestamp }} }} }}")
    assert query.key == ("faxId_", "attemptSeqNo", "keyTimestamp")
    assert "faxId_: faxId" in query.document


@pytest.mark.parametrize(
    "text",
    [
        "{ faxOutUdrReport { content { faxId: docPages } } }",
        "{ faxOutUdrReport { content { faxId(of: 1) } } }",
        "{ faxOutUdrReport { content { docPages ... on Strange { faxId: a } } } }",
    ],
)
def test_an_added_alias_collides_with_nothing(text: str) -> None:
    query = ask(text)
    assert query.key[0] == "faxId_"
    assert len({column.name for column in query.columns}) == len(query.columns)


@pytest.mark.parametrize("text", ["{ smsInUdrReport { sender } }", "smsInUdrReport"])
def test_nothing_has_an_alias_where_no_names_collide(text: str) -> None:
    """A service may allow none, or few."""
    (operation,) = parse(ask(text).document).definitions
    assert ": smsId" not in print_ast(operation)
    assert not [node for node in _every_field(operation) if node.alias]


def _every_field(node: Any) -> Iterator[FieldNode]:
    for child in node.selection_set.selections if node.selection_set else ():
        yield child
        yield from _every_field(child)


def test_all_of_a_named_report_is_ours() -> None:
    """What the author did not write can be left out again."""
    query = ask("smsInUdrReport")
    ours = [each.name for each in query.additions if each.place == "record"]
    assert sorted(ours) == sorted(column.name for column in query.columns)
    assert {each.name for each in query.additions if each.place != "record"} == {
        "customerId",
        "sort",
        "pageIndex",
        "pageSize",
    }


def test_the_facts_of_a_page_are_reused() -> None:
    query = ask("{ faxOutUdrReport { more: hasMoreElements content { faxId } pageIndex total: pageSize } }")
    assert (query.more_name, query.index_name, query.content_name) == ("more", "pageIndex", "content")
    assert query.size_name == "total"


def test_the_facts_of_a_page_are_added_under_free_names() -> None:
    query = ask("{ faxOutUdrReport { hasMoreElements: content { faxId } pageIndex: pageSize } }")
    assert query.content_name == "hasMoreElements"
    assert (query.more_name, query.index_name, query.size_name) == ("hasMoreElements_", "pageIndex_", "pageIndex")
    assert "pageIndex_: pageIndex" in query.document


def test_a_result_without_the_facts_is_not_asked_for_them() -> None:
    text = "type Query { r: Result } type Result { content: [A] } type A { a: Int }"
    schema = Schema(build_schema(text), bundled=False, source="live")
    query = ask("{ r { a } }", schema=schema)
    assert query.document == print_ast(parse("{ r { content { a } } }"))
    assert query.slots == {}


def test_two_lists_of_records_are_refused() -> None:
    assert "content is asked twice" in refused("{ faxOutUdrReport { a: content { faxId } b: content { faxId } } }")


@pytest.mark.parametrize("selection", ["hasMoreElements", "content { faxId @skip(if: true) } pageIndex"])
def test_asking_for_no_records_is_refused(selection: str) -> None:
    assert "add content" in refused(f"{{ faxOutUdrReport {{ {selection} }} }}")


def test_what_stands_beside_content_is_told() -> None:
    assert "'statusName' stands beside content: put it inside" in refused(
        "{ faxOutUdrReport { content { faxId } statusName } }"
    )
    assert "This fragment stands beside content" in refused(
        "{ faxOutUdrReport { content { faxId } ... on FaxOutUdrReportRecord { docPages } } }"
    )
    assert "'news' stands beside content" in refused("{ faxOutUdrReport { content { faxId } news } }", schema=_LIVE)


def test_a_fact_only_the_service_knows_is_left_out_and_noted() -> None:
    query = ask("{ faxOutUdrReport { content { faxId } totalElements } }")
    assert "totalElements" not in query.document
    assert query.notes == ("'totalElements' stands beside content and is not read. (line 1, column 39)",)


def test_an_unknown_field_is_sent_and_noted() -> None:
    """A schema of the service's own refuses it, with all others."""
    text = "{ faxOutUdrReport { faxIdd statusNam news { a } } }"
    query = ask(text)
    assert [(column.name, column.kind) for column in query.columns if not column.hidden] == [
        ("faxIdd", Kind.UNDECLARED),
        ("statusNam", Kind.UNDECLARED),
        ("news", Kind.OBJECT),
    ]
    assert len(query.notes) == 3
    assert "Did you mean 'faxId'?" in query.notes[0]
    message = refused(text, schema=_LIVE)
    assert message.startswith("3 mistakes:")
    assert "Did you mean 'faxId'? (line 1, column 21)" in message


def test_an_unknown_report_is_asked_as_all_reports_are() -> None:
    query = ask("{ fooReport { a pageIndex } }", customer_id="9")
    assert _shown(query) == ["a"]
    assert query.key == ()
    assert query.slots.keys() == {"customerId", "datePeriod", "page", "size"}
    assert len(query.notes) == 1
