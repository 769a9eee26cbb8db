"""One report field of the author's made into a document of its own that can be asked page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import DocumentNode, FieldNode, OperationDefinitionNode, SelectionSetNode, print_ast

from retarus_pandas.document.arguments import Arguments
from retarus_pandas.document.bind import Variables
from retarus_pandas.document.check import check
from retarus_pandas.document.columns import columns_of
from retarus_pandas.document.content import MORE, Content, content_of
from retarus_pandas.document.nodes import response_name, variables_in
from retarus_pandas.document.selection import Flattener
from retarus_pandas.schema import Schema
from retarus_pandas.values import Addition, Column, Query

__all__ = ["Asked", "rewrite"]


@dataclass(frozen=True)
class Asked:
    """What the author wrote and the caller gave, the same for each report of the document."""

    operation: OperationDefinitionNode
    variables: Variables
    flattener: Flattener
    customer_id: str | None
    default_customer_id: str | None
    filters: Mapping[str, Any] | None
    period_given: bool


def rewrite(field: FieldNode, asked: Asked) -> Query:
    """The query of one report.

    Parameters
    ----------
    field : graphql.FieldNode
        The report's field, flattened.
    asked : Asked
        All the rest.

    Returns
    -------
    Query
        Of use only if nothing was complained of.
    """
    report = field.name.value
    schema, complaints = asked.flattener.schema, asked.flattener.complaints
    content = content_of(field, asked.flattener)
    arguments = Arguments(field, asked.variables, schema, complaints)
    arguments.customer(asked.customer_id, asked.default_customer_id)
    period = arguments.period(given=asked.period_given)
    page, size, descending = arguments.page(), arguments.size(), arguments.descending()
    arguments.filter(asked.filters)
    facts = _facts_of(content, schema, report)
    operation = _operation(field, content.records, facts, arguments, asked)
    document = DocumentNode(definitions=(operation,))
    key = schema.key(report)
    names = {name: response_name(node) for name, node in facts.items()}
    notes = (*asked.variables.notes, *content.notes, *check(document, schema, complaints))
    return Query(
        report=report,
        response_name=response_name(field),
        content_name=response_name(content.records),
        document=print_ast(document),
        operation=operation.name.value if operation.name else None,
        variables=_values(operation, asked.variables),
        slots={name: f"${slot}" for name, slot in arguments.slots.items()},
        columns=_columns(content, report, asked.flattener),
        customer_id=arguments.customer_id,
        key=tuple(content.places[name] for name in key.fields),
        key_timestamp=content.places[key.timestamp] if key.timestamp else None,
        more_name=names.get(MORE, MORE),
        index_name=names.get("pageIndex"),
        size_name=names.get("pageSize"),
        period=period,
        page=page,
        size=size,
        descending=descending,
        additions=(*_added_arguments(arguments), *_sent_additions(content, facts)),
        remarks=tuple(arguments.remarks),
        notes=notes,
        doubts=complaints.sent(notes),
    )


def _facts_of(content: Content, schema: Schema, report: str) -> dict[str, FieldNode]:
    """The facts that are asked; a schema that is the service's own says which there are."""
    known = getattr(schema.result_type(report), "fields", content.facts)
    return {name: node for name, node in content.facts.items() if schema.bundled or name in known}


def _sent_additions(content: Content, facts: Mapping[str, FieldNode]) -> Iterator[Addition]:
    return (each for each in content.additions if each.place == "record" or each.name in facts)


def _added_arguments(arguments: Arguments) -> Iterator[Addition]:
    """What can be left out again; without the others nothing can be asked page by page."""
    return (Addition("argument", name) for name in arguments.added if name in ("customerId", "sort"))


def _operation(
    field: FieldNode, records: FieldNode, facts: Mapping[str, FieldNode], arguments: Arguments, asked: Asked
) -> OperationDefinitionNode:
    sent = FieldNode(
        alias=field.alias,
        name=field.name,
        arguments=tuple(arguments.nodes.values()),
        directives=field.directives,
        selection_set=SelectionSetNode(selections=(records, *facts.values())),
        loc=field.loc,
    )
    original = asked.operation
    used = variables_in(sent, *(original.directives or ()))
    declared = (node for name, node in asked.variables.definitions.items() if name in used)
    return OperationDefinitionNode(
        operation=original.operation,
        name=original.name,
        variable_definitions=tuple(declared),
        directives=tuple(original.directives or ()),
        selection_set=SelectionSetNode(selections=(sent,)),
        loc=original.loc,
    )


def _values(operation: OperationDefinitionNode, variables: Variables) -> dict[str, Any]:
    """The values of the variables that are sent; what is missing among them is noted."""
    names = {node.variable.name.value for node in operation.variable_definitions or ()}
    for name in names:
        variables.require_if_declared_so(name)
    return {name: value for name, value in variables.given.items() if name in names}


def _columns(content: Content, report: str, flattener: Flattener) -> tuple[Column, ...]:
    below = content.records.selection_set
    columns = columns_of(below, flattener.schema.record_type(report), flattener.schema) if below else ()
    return tuple(replace(column, hidden=column.name in content.hidden) for column in columns)
