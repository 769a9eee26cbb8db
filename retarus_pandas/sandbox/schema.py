"""The sandbox's own schema: what is known of the service, and what the sandbox assumes beyond it."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    build_ast_schema,
    parse,
    print_ast,
)

from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.schema import sdl

__all__ = ["definitions", "published"]

_FILTERS = {
    "FaxInUdrReportRecord": "FaxInColumnUdrFilters",
    "FaxOutUdrReportRecord": "FaxOutColumnUdrFilters",
    "SmsInUdrReportRecord": "SmsInColumnUdrFilters",
    "SmsOutUdrReportRecord": "SmsOutColumnUdrFilters",
    "TransactionalEmailUdrReportRecord": "TransactionalEmailColumnUdrFilters",
    "TransactionalEmailEventReportRecord": "TransactionalEmailEventColumnUdrFilters",
}

_EXTRA_TYPES = """
scalar Decimal
type Carrier { name: String, hops: [Hop] }
type Hop { country: String, milliseconds: Int }
"""
_EXTRA_FIELDS = "{ serviceLevel: String, billedAmount: Decimal, carrier: Carrier, labels: [String] }"


@cache
def published(quirks: frozenset[Quirk]) -> GraphQLSchema:
    """Build the schema that a service with these quirks would publish."""
    return build_ast_schema(definitions(quirks))


@cache
def definitions(quirks: frozenset[Quirk]) -> DocumentNode:
    """The definitions of that schema."""
    known = sdl()
    if Quirk.NUMERIC_STATUS_CODE in quirks:
        known = re.sub(r"\b(statusCode|usageStatusCode): String", r"\1: Int", known)
    own = files("retarus_pandas.sandbox").joinpath("sandbox.graphql").read_text(encoding="utf-8")
    named = _named(known) | _named(own)
    named |= _named("\n".join(_filter_input(named[record], name) for record, name in _FILTERS.items()))
    added = "\n".join(f"extend type {record} {_EXTRA_FIELDS}" for record in _FILTERS)
    extra = parse(_EXTRA_TYPES + added).definitions if Quirk.EXTRA_FIELDS in quirks else ()
    return DocumentNode(definitions=(*named.values(), *extra))


def _named(text: str) -> dict[str, DefinitionNode]:
    return {
        node.name.value: node
        for node in parse(text, no_location=True).definitions
        if isinstance(node, TypeDefinitionNode | DirectiveDefinitionNode)
    }


def _filter_input(record: DefinitionNode, name: str) -> str:
    """An input that filters by every text of a record."""
    assert isinstance(record, ObjectTypeDefinitionNode)
    texts = [field.name.value for field in record.fields or () if print_ast(field.type) in ("String", "ID!")]
    return f"input {name} {{ {' '.join(f'{text}: StringColumnFilter' for text in texts)} }}"
