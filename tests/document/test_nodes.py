"""Literals print as the JSON value they stand for."""

from __future__ import annotations

import json
from typing import Any

from graphql import build_schema, parse_value, print_ast, value_from_ast_untyped
from hypothesis import given, settings
from hypothesis import strategies as st

from retarus_pandas.document.nodes import Names, literal, select

_NAMES = st.from_regex(r"[_A-Za-z][_0-9A-Za-z]{0,5}", fullmatch=True)
_PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # Half of a surrogate pair cannot be written in UTF-8 at all.
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
)
_VALUES = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3), max_leaves=8
)


@given(_VALUES)
@settings(max_examples=200, deadline=None)
def test_a_literal_reads_back_as_its_value(value: Any) -> None:
    printed = print_ast(literal(value))
    back = value_from_ast_untyped(parse_value(printed))
    assert json.dumps(back) == json.dumps(value)


def test_a_text_is_an_enum_value_where_the_type_says_so() -> None:
    schema = build_schema(
        "enum Colour { RED } input Shape { colour: [Colour!], name: String } type Query { a(shape: Shape): Int }"
    )
    written = literal({"colour": ["RED"], "name": "RED", "new": "RED"}, schema.get_type("Shape"))
    assert "".join(print_ast(written).split()) == '{colour:[RED],name:"RED",new:"RED"}'


def test_fresh_names_are_new_every_time() -> None:
    names = Names(["a"])
    assert [names.fresh("a"), names.fresh("a"), names.fresh("b")] == ["a_", "a__", "b"]


def test_an_alias_equal_to_the_name_is_no_alias() -> None:
    assert print_ast(select("a", alias="a")) == "a"
    assert print_ast(select("a", alias="b", selections=[select("c")])).split() == ["b:", "a", "{", "c", "}"]
