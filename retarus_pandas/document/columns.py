"""The columns that a selection becomes, with the kinds their types declare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from graphql import FieldNode, GraphQLNamedType, InlineFragmentNode, SelectionSetNode, get_named_type

from retarus_pandas.document.nodes import response_name, selections_of
from retarus_pandas.schema import Schema, personal_class
from retarus_pandas.values import Column, Kind

__all__ = ["columns_of", "field_type"]


def field_type(parent: GraphQLNamedType | None, name: str) -> GraphQLNamedType | None:
    """The type of a field without its lists, None where it is not known."""
    field = getattr(parent, "fields", {}).get(name)
    return get_named_type(field.type) if field else None


def columns_of(selection: SelectionSetNode, parent: GraphQLNamedType | None, schema: Schema) -> tuple[Column, ...]:
    """The columns that a flattened selection becomes.

    Parameters
    ----------
    selection : graphql.SelectionSetNode
        What `Flattener.flatten` returned.
    parent : graphql type or None
        The type of the object it selects from.
    schema : Schema
        The schema in use.

    Returns
    -------
    tuple of Column
        In the order of the selection.
    """
    found: dict[str, Column] = {}
    for node in selection.selections:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            within = schema.graphql.get_type(condition.name.value) if condition else parent
            _add(found, columns_of(node.selection_set, within, schema))
        elif isinstance(node, FieldNode):
            _add(found, (_column(node, parent, schema),))
    return tuple(found.values())


def _add(found: dict[str, Column], columns: Iterable[Column]) -> None:
    for column in columns:
        known = found.get(column.name, column)
        found[column.name] = known if known == column else _either(known, column)


def _either(one: Column, other: Column) -> Column:
    """What two fragments select under one name, of which a record has one."""
    if one.kind is other.kind is Kind.OBJECT and one.lists == other.lists:
        fields = {field.name: field for field in one.fields}
        _add(fields, other.fields)
        return Column(one.name, Kind.OBJECT, one.lists, tuple(fields.values()))
    return Column(one.name, Kind.UNDECLARED, personal=one.personal or other.personal)


def _column(node: FieldNode, parent: GraphQLNamedType | None, schema: Schema) -> Column:
    name = node.name.value
    column = _plain_column(node, parent, schema)
    return column if column.name == name else replace(column, field=name)


def _plain_column(node: FieldNode, parent: GraphQLNamedType | None, schema: Schema) -> Column:
    name = node.name.value
    if name == "__typename":
        return Column(response_name(node), Kind.TEXT)
    field = getattr(parent, "fields", {}).get(name)
    kind, lists = schema.kind(field.type if field else None, name)
    if selections_of(node):
        assert node.selection_set is not None
        below = columns_of(node.selection_set, field_type(parent, name), schema)
        return Column(response_name(node), Kind.OBJECT, lists, below)
    if kind is Kind.OBJECT:
        kind, lists = Kind.UNDECLARED, 0
    identity = field is not None and str(field.type) == "ID!"
    return Column(
        response_name(node),
        kind,
        lists,
        identity=identity,
        personal=personal_class(name),
        unit=schema.unit(parent, name),
    )
