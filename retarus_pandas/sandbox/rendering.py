"""Records as JSON: whole columns are encoded and then joined row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring
from typing import Any

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


class Json(str):
    """A text that is JSON already."""

    __slots__ = ()


def to_json(value: Any) -> str:
    """Encode a value; objects may hold `Json` at any depth."""
    if isinstance(value, Json):
        return value
    if isinstance(value, dict):
        return f"{{{','.join(f'{encode_basestring(name)}:{to_json(member)}' for name, member in value.items())}}}"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def render(table: Table, rows: Rows, record: GraphQLObjectType, info: GraphQLResolveInfo[Any]) -> Json:
    """Render the selected fields of some records as a JSON list of objects."""
    selection = _selected(info.field_nodes, info)
    texts = [_encoded(table, rows, record, nodes, info) for nodes in selection.values()]
    row = f"{{{','.join(f'{encode_basestring(name)}:%s' for name in selection)}}}"
    return Json(f"[{','.join([row % values for values in zip(*texts, strict=True)])}]")


def _encoded(
    table: Table, rows: Rows, record: GraphQLObjectType, nodes: list[FieldNode], info: GraphQLResolveInfo[Any]
) -> list[str]:
    name = nodes[0].name.value
    if name == _TYPENAME:
        return [encode_basestring(record.name)] * len(rows)
    column = table.columns[name]
    if nodes[0].selection_set is None:
        return column.encode(rows)
    inner = get_named_type(record.fields[name].type)
    return [to_json(_projected(value, inner, nodes, info)) for value in column.take(rows)]


def _projected(value: Any, declared: Any, nodes: list[FieldNode], info: GraphQLResolveInfo[Any]) -> Any:
    """Cut a nested value down to the fields selected of it."""
    if isinstance(value, list):
        return [_projected(element, declared, nodes, info) for element in value]
    if not isinstance(value, dict):
        return value
    projected = {}
    for name, inner in _selected(nodes, info).items():
        field = inner[0].name.value
        projected[name] = (
            declared.name
            if field == _TYPENAME
            else _projected(value[field], get_named_type(declared.fields[field].type), inner, info)
        )
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
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set.selections, info)


def _included(node: SelectionNode, info: GraphQLResolveInfo[Any]) -> bool:
    skip = get_directive_values(GraphQLSkipDirective, node, info.variable_values)
    include = get_directive_values(GraphQLIncludeDirective, node, info.variable_values)
    return not (skip and skip["if"]) and not (include and not include["if"])
