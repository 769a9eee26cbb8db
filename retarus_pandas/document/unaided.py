"""What a query asks for, as far as it can be answered without the service: from whole records of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    Undefined,
    ValueNode,
    parse,
    value_from_ast_untyped,
)

from retarus_pandas.document.arguments import DRIVEN
from retarus_pandas.document.nodes import response_name, selections_of
from retarus_pandas.values import Query, several

__all__ = ["Unaided", "unaided"]

# What each request fills in, and what the reader does itself.
_OURS = (*DRIVEN, "sort", "filter")


class Unaided(NamedTuple):
    """A query without its service.

    ``filters`` are the columns of the records, by the schema's names, with the texts of which a record has one.
    ``obstacles`` are what only the service can do, in words; where there are any, nothing else holds.
    """

    filters: Mapping[str, tuple[str, ...]]
    obstacles: tuple[str, ...]


def unaided(query: Query) -> Unaided:
    """What of a query can be answered from whole records, and what cannot.

    Parameters
    ----------
    query : Query
        What would be asked.

    Returns
    -------
    Unaided
    """
    (operation,) = parse(query.document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (report,) = operation.selection_set.selections
    assert isinstance(report, FieldNode)
    filters, problems = _filters(report, _values(operation, query.variables))
    return Unaided(filters, tuple(dict.fromkeys([*_obstacles(report, query), *problems])))


def _values(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that have a value."""
    declared = operation.variable_definitions or ()
    defaults = {
        node.variable.name.value: value_from_ast_untyped(node.default_value) for node in declared if node.default_value
    }
    return defaults | dict(given)


def _obstacles(report: FieldNode, query: Query) -> Iterator[str]:
    if query.page is not None:
        yield f"page {query.page}, which the document asks for"
    yield from (f"the directive @{node.name.value}" for node in report.directives or ())
    names = [node.name.value for node in report.arguments or ()]
    yield from (f"the argument {name!r} of {query.report}" for name in names if name not in _OURS)
    for node in selections_of(report):
        if isinstance(node, FieldNode) and response_name(node) == query.content_name:
            yield from _of_field(node, "the records")
            yield from _of_selection(selections_of(node))


def _of_selection(selections: tuple[SelectionNode, ...]) -> Iterator[str]:
    for node in selections:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition.name.value if node.type_condition else "a condition"
            yield f"the fragment on {condition}"
        elif isinstance(node, FieldNode):
            name = node.name.value
            if name == "__typename":
                yield repr(name)
            yield from _of_field(node, repr(name))
            yield from _of_selection(selections_of(node))


def _of_field(node: FieldNode, name: str) -> Iterator[str]:
    yield from (f"the argument {each.name.value!r} of {name}" for each in node.arguments or ())
    yield from (f"the directive @{each.name.value} of {name}" for each in node.directives or ())


def _filters(report: FieldNode, variables: Mapping[str, Any]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The filters that are lists of texts, and what is wrong with the others."""
    value = next((each.value for each in report.arguments or () if each.name.value == "filter"), None)
    stated = None if value is None else _plain(value, variables)
    if stated is None:
        return {}, []
    if not isinstance(stated, Mapping):
        return {}, ["the filter, which is not an object of columns"]
    found: dict[str, tuple[str, ...]] = {}
    problems = []
    for column, wanted in stated.items():
        texts = _texts(wanted)
        if texts:
            found[column] = texts
        elif wanted is not None:
            problems.append(f"the filter of {column!r}, which is not one or several texts under 'values'")
    return found, problems


def _plain(node: ValueNode, variables: Mapping[str, Any]) -> Any:
    return value_from_ast_untyped(node, dict(variables))


def _texts(wanted: Any) -> tuple[str, ...]:
    """The texts of one column's filter; empty if it is another kind of filter."""
    if not isinstance(wanted, Mapping) or set(wanted) != {"values"} or wanted["values"] in (None, Undefined):
        return ()
    texts = several(wanted["values"])
    return tuple(texts) if all(isinstance(text, str) for text in texts) else ()
