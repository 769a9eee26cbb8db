"""The sandbox's own schema: what is known of the service, and what the sandbox assumes beyond it."""

from __future__ import annotations

import re
from collections.abc import Collection
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

from retarus_pandas.query.schema import sdl
from retarus_pandas.sandbox.quirks import Quirk

__all__ = ["build"]

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
_EXTRA_FIELDS = """
  serviceLevel: String
  billedAmount: Decimal
  carrier: Carrier
  labels: [String]
"""


def build(quirks: Collection[Quirk]) -> GraphQLSchema:
    """Build the schema that a sandbox with these quirks has."""
    known = sdl()
    if Quirk.NUMERIC_STATUS_CODE in quirks:
        known = re.sub(r"\b(statusCode|usageStatusCode): String", r"\1: Int", known)
    own = files("retarus_pandas.sandbox").joinpath("sandbox.graphql").read_text(encoding="utf-8")
    definitions = _named(parse(known)) | _named(parse(own))
    definitions |= _named(parse("\n".join(_filter_input(definitions[name], name) for name in _FILTERS)))
    document = "\n".join(map(print_ast, definitions.values()))
    if Quirk.EXTRA_FIELDS in quirks:
        document += _EXTRA_TYPES + "\n".join(f"extend type {name} {{{_EXTRA_FIELDS}}}" for name in _FILTERS)
    return build_ast_schema(parse(document))


def _named(document: DocumentNode) -> dict[str, DefinitionNode]:
    return {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, TypeDefinitionNode | DirectiveDefinitionNode)
    }


def _filter_input(record: DefinitionNode, name: str) -> str:
    """A filter on every text of a record."""
    assert isinstance(record, ObjectTypeDefinitionNode)
    texts = [field.name.value for field in record.fields or () if print_ast(field.type) in ("String", "ID!")]
    return f"input {_FILTERS[name]} {{ {' '.join(f'{text}: StringColumnFilter' for text in texts)} }}"
