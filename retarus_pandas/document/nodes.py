"""Small builders of GraphQL syntax nodes; nothing here changes a node that exists.

Both lines of graphql-core are served: 3.2 with plain nodes, 3.3 with frozen ones that hold tuples.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    GraphQLInputObjectType,
    GraphQLType,
    IntValueNode,
    ListValueNode,
    NameNode,
    Node,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_enum_type,
    visit,
)

__all__ = [
    "Names",
    "argument",
    "literal",
    "names_in",
    "response_name",
    "select",
    "selections_of",
    "variables_in",
    "with_selection",
]


class Names:
    """Names that nothing else has."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def fresh(self, name: str) -> str:
        """The name itself, or with underscores behind it until it is free; it is taken from now on."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


class _Gatherer(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.variables: Counter[str] = Counter()

    def enter_name(self, node: NameNode, *_: Any) -> None:
        self.names.add(node.value)

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.variables[node.name.value] += 1


def names_in(node: Node) -> set[str]:
    """Every name written under the node."""
    gatherer = _Gatherer()
    visit(node, gatherer)
    return gatherer.names


def variables_in(*nodes: Node) -> Counter[str]:
    """How often each variable is used under the nodes."""
    gatherer = _Gatherer()
    for node in nodes:
        visit(node, gatherer)
    return gatherer.variables


def response_name(field: FieldNode) -> str:
    """The name of the field in the answer."""
    return (field.alias or field.name).value


def selections_of(field: FieldNode) -> tuple[SelectionNode, ...]:
    """What is selected of the field, which may be nothing."""
    return tuple(field.selection_set.selections) if field.selection_set else ()


def select(name: str, *, alias: str | None = None, selections: Iterable[SelectionNode] = ()) -> FieldNode:
    """A field, under an alias where it differs from the name."""
    below = tuple(selections)
    return FieldNode(
        alias=NameNode(value=alias) if alias and alias != name else None,
        name=NameNode(value=name),
        arguments=(),
        directives=(),
        selection_set=SelectionSetNode(selections=below) if below else None,
    )


def with_selection(field: FieldNode, selection: SelectionSetNode | None) -> FieldNode:
    """The same field with another selection."""
    return FieldNode(
        alias=field.alias,
        name=field.name,
        arguments=tuple(field.arguments or ()),
        directives=tuple(field.directives or ()),
        selection_set=selection,
        loc=field.loc,
    )


def argument(name: str, value: ValueNode, *, instead_of: ArgumentNode | None = None) -> ArgumentNode:
    """An argument; it stands where the one that it replaces stood."""
    return ArgumentNode(name=NameNode(value=name), value=value, loc=instead_of.loc if instead_of else None)


def literal(value: Any, declared: GraphQLType | None = None) -> ValueNode:
    """A JSON value as a GraphQL literal; a text is an enum value where the declared type is an enum."""
    named = get_named_type(declared) if declared is not None else None
    if isinstance(value, str):
        return EnumValueNode(value=value) if is_enum_type(named) else StringValueNode(value=value, block=False)
    if isinstance(value, Mapping):
        return ObjectValueNode(fields=tuple(_member(name, inner, named) for name, inner in value.items()))
    if isinstance(value, list | tuple):
        return ListValueNode(values=tuple(literal(inner, named) for inner in value))
    return _plain(value)


def _member(name: str, value: Any, parent: GraphQLType | None) -> ObjectFieldNode:
    known = parent.fields.get(name) if isinstance(parent, GraphQLInputObjectType) else None
    return ObjectFieldNode(name=NameNode(value=name), value=literal(value, known.type if known else None))


def _plain(value: Any) -> ValueNode:
    if value is None:
        return NullValueNode()
    if isinstance(value, bool):
        return BooleanValueNode(value=value)
    return (IntValueNode if isinstance(value, int) else FloatValueNode)(value=json.dumps(value))
