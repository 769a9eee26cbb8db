"""Documents: text in, one query per report out.

The author's text is rewritten on its syntax tree only. Each report becomes a document of its own, whose
fragments are resolved and whose date period and page are variables, so that windows and pages can be asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    ExecutableDefinitionsRule,
    FieldNode,
    FragmentDefinitionNode,
    KnownFragmentNamesRule,
    LoneAnonymousOperationRule,
    NoFragmentCyclesRule,
    NoUndefinedVariablesRule,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    TypeNode,
    UniqueArgumentNamesRule,
    UniqueDirectivesPerLocationRule,
    UniqueFragmentNamesRule,
    UniqueInputFieldNamesRule,
    UniqueOperationNamesRule,
    UniqueVariableNamesRule,
    Visitor,
    validate,
    visit,
)

from retarus_pandas.document.arguments import DRIVEN
from retarus_pandas.document.bind import Variables
from retarus_pandas.document.nodes import select, variables_in
from retarus_pandas.document.parse import Complaints, did_you_mean, is_report_name, parse
from retarus_pandas.document.rewrite import Asked, rewrite
from retarus_pandas.document.selection import Flattener
from retarus_pandas.errors import DocumentError, Mistake, PeriodError
from retarus_pandas.schema import Schema
from retarus_pandas.values import Query, show

__all__ = ["declared_variables", "driven_variables", "is_report_name", "mistakes", "parse", "read_queries"]

# What is wrong whatever the schema.
_STRUCTURE_RULES = (
    ExecutableDefinitionsRule,
    UniqueOperationNamesRule,
    LoneAnonymousOperationRule,
    UniqueFragmentNamesRule,
    KnownFragmentNamesRule,
    UniqueVariableNamesRule,
    NoUndefinedVariablesRule,
    UniqueDirectivesPerLocationRule,
    UniqueArgumentNamesRule,
    UniqueInputFieldNamesRule,
)


def read_queries(
    source: str,
    *,
    schema: Schema,
    variables: Mapping[str, Any] | None = None,
    operation: str | None = None,
    customer_id: str | None = None,
    default_customer_id: str | None = None,
    filters: Mapping[str, Any] | None = None,
    period_given: bool = False,
) -> tuple[Query, ...]:
    """One query for each report that a document asks.

    Parameters
    ----------
    source : str
        A GraphQL document, or only the name of a report, whose known fields are all selected then.
    schema : Schema
        The schema in use. What the bundled one does not know is sent and noted in ``Query.notes``.
    variables : mapping, optional
        Values of the document's variables.
    operation : str, optional
        Which operation, where the document has several.
    customer_id : str, optional
        Whose records are asked; the document must not name another.
    default_customer_id : str, optional
        The same, where neither ``customer_id`` nor the document says it. Where nobody does, the variable to
        fill is ``Query.driven["customerId"]``.
    filters : mapping, optional
        Columns and the values to look for, or the service's own shape.
    period_given : bool, default False
        Whether a date period comes from elsewhere.

    Returns
    -------
    tuple of Query
        In the order of the document.

    Raises
    ------
    DocumentError
        With everything that is wrong, as far as it can be told at once.
    PeriodError
        There is a date period in the document as well as elsewhere.
    """
    complaints = Complaints(source)
    for name, value in (("variables", variables), ("filters", filters)):
        if not isinstance(value, Mapping | None):
            raise complaints.error(f"{name}= takes a dict of names and values, not a {type(value).__name__}.")
    try:
        document = (
            _report_document("".join(source.replace("\ufeff", "").split())) if is_report_name(source) else parse(source)
        )
        chosen = _choose(document, operation, complaints)
        _check_structure(document, schema, complaints)
        bound = Variables(chosen, variables or {}, schema, complaints)
        _doubt_unused(document, chosen, bound, complaints)
        flattener = Flattener(document, bound, schema, complaints)
        asked = Asked(chosen, bound, flattener, customer_id, default_customer_id, filters, period_given)
        queries = tuple(rewrite(field, asked) for field in _report_fields(asked))
    except RecursionError:
        raise complaints.error("The document is nested too deeply.") from None
    bound.complain_of_missing()
    complaints.raise_any()
    return queries


def mistakes(source: str, *, schema: Schema, **given: Any) -> list[Mistake]:
    """Everything that is wrong with a document.

    Parameters
    ----------
    source : str
        The document.
    schema : Schema
        The schema in use.
    **given
        As for `read_queries`.

    Returns
    -------
    list of Mistake
        In the order of the text; empty where `read_queries` succeeds.
    """
    try:
        read_queries(source, schema=schema, **given)
    except DocumentError as error:
        return list(error.mistakes)
    except PeriodError as error:
        return [Mistake(str(error))]
    return []


def declared_variables(text: str, operation: str | None = None) -> dict[str, TypeNode]:
    """The variables that a document's operation declares, with their types.

    Parameters
    ----------
    text : str
        The document; a report's name declares none.
    operation : str, optional
        Which operation, where there are several.

    Returns
    -------
    dict of str to graphql.TypeNode
        In the order of the text.
    """
    if is_report_name(text):
        return {}
    chosen = _choose(parse(text), operation, Complaints(text))
    return {node.variable.name.value: node.type for node in chosen.variable_definitions or ()}


def driven_variables(text: str) -> frozenset[str]:
    """The variables that stand for, or in, what each request fills in: customer, date period, paging, order.

    Parameters
    ----------
    text : str
        The document.

    Returns
    -------
    frozenset of str
    """
    found = _Driven()
    visit(parse(text), found)
    return frozenset(found.variables)


class _Driven(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if node.name.value in (*DRIVEN, "sort"):
            self.variables |= set(variables_in(node))


def _report_document(report: str) -> DocumentNode:
    selection = SelectionSetNode(selections=(select(report),))
    operation = OperationDefinitionNode(
        operation=OperationType.QUERY, variable_definitions=(), directives=(), selection_set=selection
    )
    return DocumentNode(definitions=(operation,))


def _choose(document: DocumentNode, name: str | None, complaints: Complaints) -> OperationDefinitionNode:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    for node in operations:
        if node.operation is not OperationType.QUERY:
            complaints.add(f"This is a {node.operation.value}: only queries are sent.", node)
    complaints.raise_any()
    if not operations:
        raise complaints.error("The document has no operation: write { … } or query NAME { … }.")
    names = [node.name.value for node in operations if node.name]
    if name is None:
        if len(operations) > 1:
            raise complaints.error(
                f"The document has several operations: choose by operation= one of {', '.join(names)}."
                if names
                else "The document has several operations without names: put their reports into one pair of braces."
            )
        return operations[0]
    for node in operations:
        if node.name and node.name.value == name:
            return node
    hint = did_you_mean(name if isinstance(name, str) else "", names) or " Its only operation has no name."
    raise complaints.error(f"The document has no operation {show(name)}.{hint}")


def _check_structure(document: DocumentNode, schema: Schema, complaints: Complaints) -> None:
    if any(isinstance(node, FragmentDefinitionNode) for node in document.definitions):
        complaints.add_errors(validate(schema.graphql, document, [NoFragmentCyclesRule]))
        # What follows resolves fragments.
        complaints.raise_any()
    complaints.add_errors(validate(schema.graphql, document, _STRUCTURE_RULES))


def _doubt_unused(
    document: DocumentNode, chosen: OperationDefinitionNode, bound: Variables, complaints: Complaints
) -> None:
    fragments = (node for node in document.definitions if isinstance(node, FragmentDefinitionNode))
    used = variables_in(chosen.selection_set, *(chosen.directives or ()), *fragments)
    bound.notes += [
        complaints.doubt(f"The variable ${name} is declared and not used: leave it out.", definition)
        for name, definition in bound.definitions.items()
        if name not in used
    ]


def _report_fields(asked: Asked) -> list[FieldNode]:
    schema, complaints = asked.flattener.schema, asked.flattener.complaints
    root = schema.graphql.query_type
    selected = asked.flattener.flatten([asked.operation.selection_set], root).selections
    fields = [node for node in selected if not _is_typename(node)]
    if not fields:
        complaints.add(
            f"The document asks no report, or leaves all of it out.{did_you_mean('', schema.reports())}",
            asked.operation,
        )
    for node in fields:
        problem = _no_report(node, schema)
        if problem:
            complaints.add(problem, node)
    return [node for node in fields if isinstance(node, FieldNode) and not _no_report(node, schema)]


def _is_typename(node: SelectionNode) -> bool:
    return isinstance(node, FieldNode) and node.name.value == "__typename"


def _no_report(node: SelectionNode, schema: Schema) -> str | None:
    """Why this is nothing to read records from."""
    if not isinstance(node, FieldNode):
        return "This fragment does not apply where reports are asked."
    name = node.name.value
    known = schema.graphql.query_type.fields if schema.graphql.query_type else {}
    if name.startswith("__"):
        return f"{name} asks about the schema, and a frame is made of a report's records: leave it out."
    if name in schema.reports() or (schema.bundled and name not in known):
        return None
    what = "is no report: it has no list of records" if name in known else "is not in the schema"
    return f"{name!r} {what}.{did_you_mean(name, schema.reports())}"
