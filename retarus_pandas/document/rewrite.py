"""One report field of the author's made into a document of its own that can be asked page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import DocumentNode, FieldNode, OperationDefinitionNode, SelectionSetNode, print_ast

from retarus_pandas.document.arguments import Arguments
from retarus_pandas.document.bind import Variables
from retarus_pandas.document.check import check
from retarus_pandas.document.columns import columns_of
from retarus_pandas.document.content import Content, content_of
from retarus_pandas.document.nodes import response_name, variables_in
from retarus_pandas.document.selection import Flattener
from retarus_pandas.values import Column, Query

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
    operation = _operation(field, content, arguments, asked)
    document = DocumentNode(definitions=(operation,))
    key = schema.key(report)
    return Query(
        report=report,
        response_name=response_name(field),
        content_name=response_name(content.records),
        document=print_ast(document),
        operation=operation.name.value if operation.name else None,
        variables=_values(operation, arguments, asked.variables),
        driven=arguments.driven,
        columns=_columns(content, report, asked.flattener),
        key=tuple(content.places[name] for name in key.fields),
        key_timestamp=content.places[key.timestamp] if key.timestamp else None,
        more_name=response_name(content.more),
        index_name=response_name(content.number),
        period=period,
        page=page,
        size=size,
        descending=descending,
        notes=(*asked.variables.notes, *content.notes, *check(document, schema, complaints)),
    )


def _operation(field: FieldNode, content: Content, arguments: Arguments, asked: Asked) -> OperationDefinitionNode:
    schema = asked.flattener.schema
    result = schema.result_type(field.name.value)
    facts = (fact for fact in (content.more, content.number) if schema.bundled or _has(result, fact))
    sent = FieldNode(
        alias=field.alias,
        name=field.name,
        arguments=tuple(arguments.nodes.values()),
        directives=field.directives,
        selection_set=SelectionSetNode(selections=(content.records, *facts)),
        loc=field.loc,
    )
    original = asked.operation
    used = variables_in(sent, *(original.directives or ()))
    declared = (node for name, node in asked.variables.definitions.items() if name in used)
    return OperationDefinitionNode(
        operation=original.operation,
        name=original.name,
        variable_definitions=(*declared, *arguments.definitions),
        directives=tuple(original.directives or ()),
        selection_set=SelectionSetNode(selections=(sent,)),
        loc=original.loc,
    )


def _has(result: Any, field: FieldNode) -> bool:
    return result is None or field.name.value in result.fields


def _values(operation: OperationDefinitionNode, arguments: Arguments, variables: Variables) -> dict[str, Any]:
    """The values that stay the same from request to request; what is missing among them is noted."""
    names = {node.variable.name.value for node in operation.variable_definitions or ()}
    changing = set(arguments.driven.values())
    for name in names - changing:
        variables.require_if_declared_so(name)
    fixed = {name: value for name, value in variables.given.items() if name in names - changing}
    return fixed | arguments.values


def _columns(content: Content, report: str, flattener: Flattener) -> tuple[Column, ...]:
    below = content.records.selection_set
    columns = columns_of(below, flattener.schema.record_type(report), flattener.schema) if below else ()
    return tuple(replace(column, hidden=column.name in content.added) for column in columns)
