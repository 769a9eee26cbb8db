"""Fragments, conditions and equal names, resolved as the service would."""

from __future__ import annotations

import pytest

from retarus_pandas.document.document import read_queries
from retarus_pandas.document.selection import MAX_DEPTH
from retarus_pandas.errors import DocumentError
from retarus_pandas.schema.sources import bundled
from retarus_pandas.values import Column, Kind


def _columns(content: str, fragments: str = "") -> tuple[Column, ...]:
    text = f"query ($yes: Boolean! = true, $no: Boolean) {{ fooReport {{ content {{ {content} }} }} }} {fragments}"
    (query,) = read_queries(text, schema=bundled(), variables={"no": False})
    return query.columns


def _names(columns: tuple[Column, ...]) -> str:
    return " ".join(column.name + (f"({_names(column.fields)})" if column.fields else "") for column in columns)


def _refused(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        read_queries(text, schema=bundled(), customer_id="1")
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("a b: c d { e f { g } }", "a b d(e f(g))"),
        ("a @skip(if: true) b @include(if: true) c @include(if: $no) d @skip(if: $no) e @include(if: $yes)", "b d e"),
        ("a @include(if: true) @skip(if: true) b", "b"),
        ("a { b } c a { d b }", "a(b d) c"),
        ("a { b @skip(if: true) } c", "c"),
        ("a ... { b } ... @include(if: $no) { c }", "a b"),
        ("... on X { a { b } } a { c }", "a(b c)"),
        ("... on X { a } ... on Y { b a }", "a b"),
        ("... on X @skip(if: true) { a } b", "b"),
        ("... on X { a @skip(if: true) } b", "b"),
        ("... @later { a } b", "a b"),
    ],
)
def test_what_is_selected_becomes_columns(content: str, names: str) -> None:
    assert _names(_columns(content)) == names


def test_fragments_are_columns_too() -> None:
    columns = _columns("...A z ...A @skip(if: $no)", "fragment A on Foo { a ...B } fragment B on Foo { b { c } }")
    assert _names(columns) == "a b(c) z"


def test_what_two_fragments_select_as_different_things_is_undeclared() -> None:
    columns = _columns("... on FaxOutUdrReportRecord { x: docPages } ... on SmsInUdrReportRecord { x: receivedTs }")
    assert columns == (Column("x", Kind.UNDECLARED),)


def test_equal_fields_are_asked_once() -> None:
    text = '{ fooReport { content { a(x: 1, y: "b") @m a(y: "b", x: 1) @n @m } } }'
    (query,) = read_queries(text, schema=bundled())
    assert query.document.count("a(") == 1
    assert query.document.count("@m") == query.document.count("@n") == 1


@pytest.mark.parametrize("content", ["a(x: 1) a(x: 2)", "a: b a: c", "a(x: 1) a", "x { a: b } x { a: c }"])
def test_one_name_for_two_things_is_refused(content: str) -> None:
    message = _refused(f"{{ fooReport {{ content {{ {content} }} }} }}")
    assert "'a' is asked twice, with different fields or arguments" in message
    assert "(line 1" in message


@pytest.mark.parametrize(
    ("directive", "words"),
    [
        ("@include", "@include needs a condition"),
        ('@skip(if: "yes")', "takes true or false, not 'yes'"),
        ("@skip(if: null)", "takes true or false, not None"),
    ],
)
def test_a_condition_that_is_none_is_refused(directive: str, words: str) -> None:
    assert words in _refused(f"{{ faxOutUdrReport {{ faxId {directive} }} }}")


def test_fragments_that_lead_back_to_themselves_are_refused() -> None:
    message = _refused("{ fooReport { ...A } } fragment A on X { a { ...B } } fragment B on X { b { ...A } }")
    assert "Cannot spread fragment 'A' within itself" in message


def test_an_unknown_fragment_is_refused_with_the_other_mistakes() -> None:
    message = _refused("{ faxOutUdrReport(page: -1) { ...A faxId } }")
    assert "Unknown fragment 'A'" in message
    assert "page is a whole number" in message


@pytest.mark.parametrize("join", ["", " on Foo"])
def test_fragments_that_would_expand_without_end_are_refused(join: str) -> None:
    """Each fragment doubles what the next one asks."""
    bomb = " ".join(
        f"fragment F{n} on Foo {{ x{n}: x {{ ...F{n + 1} }} y{n}: y {{ ...{join} {{ ...F{n + 1} }} }} }}"
        for n in range(16)
    )
    message = _refused(f"{{ fooReport {{ content {{ ...F0 }} }} }} {bomb} fragment F16 on Foo {{ z }}")
    assert ("levels deep" if join else "expand to more than") in message


def test_a_deep_document_is_refused() -> None:
    deep = "{ a " * (MAX_DEPTH + 5) + "}" * (MAX_DEPTH + 5)
    assert f"more than {MAX_DEPTH} levels deep" in _refused(f"{{ fooReport {{ content {deep} }} }}")


def test_a_wide_document_is_read() -> None:
    wide = " ".join(f"a{n}" for n in range(4000)) + " b" * 4000
    assert len(_columns(wide)) == 4001
