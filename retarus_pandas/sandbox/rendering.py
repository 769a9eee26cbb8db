"""Records as JSON: whole columns are encoded and then joined row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    get_directive_values,
    get_named_type,
)

from retarus_pandas.sandbox.columns import Rows
from retarus_pandas.sandbox.records import Table

__all__ = ["Json", "render", "to_json"]

_TYPENAME = "__typename"


class Json(NamedTuple):
    """A list that is JSON already, element by element."""

    elements: list[bytes]


def to_json(value: Any) -> bytes:
    """Encode a value; objects may hold `Json` at any depth."""
    return b"".join(_chunks(value))


def _chunks(value: Any) -> Iterator[bytes]:
    if isinstance(value, Json):
        yield from (b"[", b",".join(value.elements), b"]")
    elif isinstance(value, dict):
        before = b"{"
        for name, member in value.items():
            yield before + _to_text(name).encode() + b":"
            yield from _chunks(member)
            before = b","
        yield b"}" if value else b"{}"
    else:
        yield _to_text(value).encode(errors="replace")


def _to_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def render(table: Table, rows: Rows, record: GraphQLObjectType, info: GraphQLResolveInfo[Any]) -> Json:
    """Render the selected fields of some records as a JSON list of objects."""
    parts: list[Iterable[str]] = [repeat("{", len(rows))]
    for name, nodes in _selected(info.field_nodes, info).items():
        label = f"{_to_text(name)}:" if len(parts) == 1 else f",{_to_text(name)}:"
        parts += [repeat(label, len(rows)), _encoded(table, rows, record, nodes, info)]
    parts.append(repeat("}", len(rows)))
    # Encoded one by one, because most records are ASCII and those are merely copied.
    return Json(["".join(row).encode() for row in zip(*parts, strict=True)])


def _encoded(
    table: Table, rows: Rows, record: GraphQLObjectType, nodes: list[FieldNode], info: GraphQLResolveInfo[Any]
) -> list[str]:
    name = nodes[0].name.value
    if name == _TYPENAME:
        return [_to_text(record.name)] * len(rows)
    column = table.shown[name]
    if nodes[0].selection_set is None:
        return column.encode(rows)
    declared = get_named_type(record.fields[name].type)
    return [_to_text(_projected(value, declared, nodes, info)) for value in column.take(rows)]


def _projected(value: Any, declared: Any, nodes: list[FieldNode], info: GraphQLResolveInfo[Any]) -> Any:
    """Cut a nested value down to the fields selected of it."""
    if isinstance(value, list):
        return [_projected(element, declared, nodes, info) for element in value]
    if not isinstance(value, dict):
        return value
    projected = {}
    for name, inner in _selected(nodes, info).items():
        field = inner[0].name.value
        if field == _TYPENAME:
            projected[name] = declared.name
        else:
            projected[name] = _projected(value[field], get_named_type(declared.fields[field].type), inner, info)
    return projected


def _selected(nodes: Iterable[FieldNode], info: GraphQLResolveInfo[Any]) -> dict[str, list[FieldNode]]:
    """The fields selected below some nodes, by response name, with fragments and directives resolved."""
    selection: dict[str, list[FieldNode]] = {}
    for node in nodes:
        assert node.selection_set
        for field in _fields(node.selection_set.selections, info):
            selection.setdefault((field.alias or field.name).value, []).append(field)
    return selection


def _fields(selections: Iterable[SelectionNode], info: GraphQLResolveInfo[Any]) -> Iterator[FieldNode]:
    for node in selections:
        if not _included(node, info):
            continue
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, FragmentSpreadNode):
            yield from _fields(info.fragments[node.name.value].selection_set.selections, info)
        else:
            assert isinstance(node, InlineFragmentNode)
            yield from _fields(node.selection_set.selections, info)


def _included(node: SelectionNode, info: GraphQLResolveInfo[Any]) -> bool:
    skip = get_directive_values(GraphQLSkipDirective, node, info.variable_values)
    include = get_directive_values(GraphQLIncludeDirective, node, info.variable_values)
    return not (skip and skip["if"]) and not (include and not include["if"])
