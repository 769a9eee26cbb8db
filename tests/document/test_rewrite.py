"""Rewriting keeps the meaning: what the author asked comes back the same, whoever knows the schema."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

import pytest
from graphql import GraphQLSchema, build_schema, execute, parse, print_ast, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from retarus_pandas.document.document import read_queries
from retarus_pandas.schema.model import Schema
from retarus_pandas.values import Column, Kind, Query, Window

_T = TypeVar("_T")

_FRAME = """
enum SortDirection { ASC DESC }
input DatePeriod { fromIncluded: String! toExcluded: String! }
interface Base { pageIndex: Int pageSize: Int hasMoreElements: Boolean }
type Query {
  faxOutUdrReport(customerId: String, datePeriod: DatePeriod, page: Int, size: Int, sort: SortDirection): FaxOutResult
}
type FaxOutResult implements Base { content: [Fax] pageIndex: Int pageSize: Int hasMoreElements: Boolean }
"""
SERVICE = build_schema(
    _FRAME
    + """
type Fax { faxId: ID! attemptSeqNo: Int keyTimestamp: String pages(of: Int = 1): Int
  part: Part parts: [Part] thing: Thing }
type Part { size: Int name: String thing: Thing part: Part }
interface Thing { name: String }
type Stone implements Thing { name: String weight: Int part: Part }
type Cloud implements Thing { name: String height: Float part: Part }
"""
)
# What is known from outside may be much less than what the service has.
POOR = build_schema(_FRAME + "type Fax { faxId: ID! keyTimestamp: String }")
RICH = Schema(SERVICE, bundled=False, source="live")
BLIND = Schema(POOR, bundled=True, source="bundled")

_LEAVES = {
    "Fax": ["faxId", "attemptSeqNo", "keyTimestamp", "pages", "pages(of: 1)", "__typename"],
    "Part": ["size", "name"],
    "Thing": ["name", "__typename"],
    "Stone": ["name", "weight"],
    "Cloud": ["name", "height"],
}
_BRANCHES = {
    "Fax": {"part": "Part", "parts": "Part", "thing": "Thing"},
    "Part": {"thing": "Thing", "part": "Part"},
    "Thing": {},
    "Stone": {"part": "Part"},
    "Cloud": {"part": "Part"},
}
_CONDITIONS = {"Thing": ["Thing", "Stone", "Cloud"]}
_WHEN = [
    "",
    "",
    "",
    "@include(if: true)",
    "@skip(if: $no)",
    "@include(if: $no)",
    "@skip(if: true)",
    "@include(if: $yes)",
]


class _Writer:
    """Writes valid documents: an alias always stands for one and the same field."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._numbers = count()
        self.fragments: list[str] = []

    def _pick(self, options: list[_T]) -> _T:
        return self._draw(st.sampled_from(options))

    def selection(self, parent: str, depth: int = 0) -> str:
        nodes = [self._node(parent, depth) for _ in range(self._pick([1, 2, 3]))]
        return " ".join(nodes)

    def _node(self, parent: str, depth: int) -> str:
        kinds = ["leaf", "leaf", "inline", "spread"] + ["branch", "branch"] * bool(_BRANCHES[parent])
        kind = self._pick(kinds) if depth < 3 else "leaf"
        if kind == "leaf":
            return self._leaf(parent)
        if kind == "branch":
            name, child = self._pick(list(_BRANCHES[parent].items()))
            alias = self._pick(["", f"{parent.lower()}_{name}: "])
            return f"{alias}{name} {self._pick(_WHEN)} {{ name {self.selection(child, depth + 1)} }}"
        return self._fragment(parent, depth, named=kind == "spread")

    def _leaf(self, parent: str) -> str:
        field = self._pick(_LEAVES[parent])
        plain = "".join(filter(str.isalnum, field))
        # `pages` and `pages(of: 1)` may not share a name, and neither may fields of different types.
        must = parent in ("Stone", "Cloud") or "(" in field
        alias = (
            f"{parent.lower()}_{plain}: "
            if must
            else self._pick(["", "", f"a_{parent.lower()}_{plain}: ", "retarus_faxId_2: " if field == "faxId" else ""])
        )
        return f"{alias}{field} {self._pick(_WHEN)}"

    def _fragment(self, parent: str, depth: int, *, named: bool) -> str:
        condition = self._pick(_CONDITIONS.get(parent, [parent]) + ([""] if not named else []))
        below = self.selection(condition or parent, depth + 1)
        if not named:
            return f"... {f'on {condition}' * bool(condition)} {self._pick(_WHEN)} {{ {below} }}"
        name = f"F{next(self._numbers)}"
        self.fragments.append(f"fragment {name} on {condition} {{ {below} }}")
        return f"...{name} {self._pick(_WHEN)} " * self._pick([1, 2])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A query of one report, valid in the service's schema."""
    writer = _Writer(draw)
    # One field of each object is always there: what is left of nothing is another matter.
    content = f"content {{ faxId {writer.selection('Fax')} }}"
    result = draw(
        st.sampled_from(
            [
                f"{content} pageSize",
                f"more: hasMoreElements {content}",
                f"... on Base {{ pageIndex }} {content} content {{ {writer.selection('Fax')} }}",
                f"... on FaxOutResult {{ {content} }} ...{{ total: pageSize }}",
            ]
        )
    )
    used = "faxOutUdrReport" + draw(st.sampled_from(["", "(page: $page, size: 3)", '(sort: ASC, customerId: "1")']))
    return (
        "query Q($yes: Boolean! = true, $no: Boolean!, $page: Int) "
        f"{{ r: {used} {{ {result} }} }} {' '.join(writer.fragments)}"
    )


def _thing(depth: int) -> Any:
    name = ["Stone", "Cloud"][depth % 2]
    return {
        "__typename": name,
        "name": f"{name}{depth}",
        "weight": depth,
        "height": depth / 2,
        "part": _part(depth - 1),
    }


def _part(depth: int) -> Any:
    if depth < 0:
        return None
    return {"size": depth, "name": f"part{depth}", "thing": _thing(depth), "part": _part(depth - 1)}


_RECORDS = [
    {
        "faxId": f"F{n}",
        "attemptSeqNo": n,
        "keyTimestamp": "2026-10-01T00:00:00Z",
        "pages": n,
        "part": _part(5),
        "parts": [_part(n), _part(n + 1)],
        "thing": _thing(n),
    }
    for n in range(2)
]
_ROOT = {"faxOutUdrReport": {"content": _RECORDS, "pageIndex": 0, "pageSize": 2, "hasMoreElements": False}}


def _answer(schema: GraphQLSchema, text: str, variables: dict[str, Any]) -> Any:
    outcome: Any = execute(schema, parse(text), root_value=_ROOT, variable_values=variables)
    assert not outcome.errors
    return outcome.data["r"]


def _without(record: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in hidden}


def _promised(value: Any, columns: tuple[Column, ...]) -> bool:
    """Whether every name in the value was promised, at every level."""
    if isinstance(value, list):
        return all(_promised(each, columns) for each in value)
    if not isinstance(value, dict):
        return True
    known = {column.name: column for column in columns}
    return all(name in known and _promised(below, known[name].fields) for name, below in value.items())


def _ask(text: str, schema: Schema) -> Query:
    (query,) = read_queries(text, schema=schema, customer_id="1", variables={"no": False})
    return query


_WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize("schema", [RICH, BLIND], ids=["service's schema", "poor schema"])
@given(text=documents())
@settings(max_examples=40, deadline=None)
def test_the_author_gets_what_was_asked(schema: Schema, text: str) -> None:
    """The rewritten document's answer, less what we added, is the original's."""
    wanted = _answer(SERVICE, text, {"no": False})["content"]
    query = _ask(text, schema)
    got = _answer(SERVICE, query.text(_WINDOW, 0, 100), dict(query.variables))
    records = got[query.content_name]
    hidden = {column.name for column in query.columns if column.hidden}
    assert [_without(record, hidden) for record in records] == wanted
    assert all(_promised(record, query.columns) for record in records)
    assert set(got) == {query.content_name, query.more_name, query.index_name, query.size_name}
    places = dict(zip(schema.key("faxOutUdrReport").fields, query.key, strict=True))
    assert [[record[place] for place in places.values()] for record in records] == [
        [record[name] for name in places] for record in _RECORDS
    ]


@pytest.mark.parametrize("schema", [RICH, BLIND], ids=["service's schema", "poor schema"])
@given(text=documents())
@settings(max_examples=20, deadline=None)
def test_rewriting_what_was_rewritten_changes_nothing(schema: Schema, text: str) -> None:
    """A second rewriting finds everything in place."""
    once = _ask(text, schema)
    sent = once.text(_WINDOW, 3, 100)
    (twice,) = read_queries(sent, schema=schema, variables=once.variables)
    assert twice.text(_WINDOW, 3, 100) == sent


@given(text=documents())
@settings(max_examples=20, deadline=None)
def test_what_is_sent_is_valid_and_prints_as_itself(text: str) -> None:
    """The service's own validation has nothing against it, unused variables included."""
    query = _ask(text, RICH)
    document = parse(query.text(_WINDOW, 0, 100))
    assert validate(SERVICE, document) == []
    assert print_ast(document) == print_ast(parse(print_ast(document)))


@given(text=documents())
@settings(max_examples=20, deadline=None)
def test_columns_stand_in_the_order_of_the_answer(text: str) -> None:
    """Where every field is certain to come, names and order are those of the first record."""
    query = _ask(text, RICH)
    record = _answer(SERVICE, query.text(_WINDOW, 0, 1), dict(query.variables))[query.content_name][0]
    assert [column.name for column in query.columns] == list(record)


def test_a_poor_schema_makes_no_promises_about_types() -> None:
    """What only the service knows is a column whose type nobody declared."""
    query = _ask(
        "{ r: faxOutUdrReport { content { faxId pages part { size } } } }".replace(
            "{ r", "query ($no: Boolean) { r", 1
        ),
        BLIND,
    )
    assert [(column.name, column.kind) for column in query.columns if not column.hidden] == [
        ("faxId", Kind.TEXT),
        ("pages", Kind.UNDECLARED),
        ("part", Kind.OBJECT),
    ]
