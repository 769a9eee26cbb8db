"""The sandbox's own schema: what is known of the service, and what the sandbox assumes beyond it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    GraphQLSchema,
    InputValueDefinitionNode,
    NamedTypeNode,
    NameNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    TypeDefinitionNode,
    build_ast_schema,
    parse,
    print_ast,
)

from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.sandbox.variants import LONG, renamed, retyped, without
from retarus_pandas.schema import bundled, sdl

__all__ = ["definitions", "published"]

_EXTRA_TYPES = """
scalar Decimal
type Carrier { name: String, hops: [Hop] }
type Hop { country: String, milliseconds: Int }
"""
_MISSING = frozenset({"attemptSeqNo", "sort"})
_EXTRA_FIELDS = "{ serviceLevel: String, billedAmount: Decimal, carrier: Carrier, labels: [String] }"


@cache
def published(quirks: frozenset[Quirk], missing: frozenset[str]) -> GraphQLSchema:
    """Build the schema that a service with these quirks, and without these fields and arguments, would publish."""
    return build_ast_schema(definitions(quirks, missing))


@cache
def definitions(quirks: frozenset[Quirk], missing: frozenset[str]) -> DocumentNode:
    """The definitions of that schema."""
    known = retyped(sdl()) if Quirk.ARGUMENT_TYPES in quirks else sdl()
    if Quirk.NUMERIC_STATUS_CODE in quirks:
        known = re.sub(r"\b(statusCode|usageStatusCode): String", r"\1: Int", known)
    own = files("retarus_pandas.sandbox").joinpath("sandbox.graphql").read_text(encoding="utf-8")
    named = _named(known) | _named(own) | (_named(LONG) if Quirk.ARGUMENT_TYPES in quirks else {})
    records = {report: named[name] for report, name in _records().items()}
    named |= _named("\n".join(_filter_input(record) for record in records.values()))
    queries = [_with_filter(node, records) for node in _queries(known)]
    added = "\n".join(f"extend type {record.name.value} {_EXTRA_FIELDS}" for record in records.values())
    extra = parse(_EXTRA_TYPES + added).definitions if Quirk.EXTRA_FIELDS in quirks else ()
    gone = missing | _MISSING if Quirk.FIELDS_MISSING in quirks else missing
    document = without(DocumentNode(definitions=(*named.values(), *queries, *extra)), gone)
    return renamed(document) if Quirk.TYPES_RENAMED in quirks else document


def _records() -> dict[str, str]:
    """The type of each report's records."""
    schema = bundled()
    return {report: str(schema.record_type(report)) for report in schema.reports()}


def _named(text: str) -> dict[str, Any]:
    return {
        node.name.value: node
        for node in parse(text, no_location=True).definitions
        if isinstance(node, TypeDefinitionNode | DirectiveDefinitionNode)
    }


def _queries(text: str) -> list[ObjectTypeExtensionNode]:
    """The reports, each of which extends the type of all queries."""
    return [node for node in parse(text, no_location=True).definitions if isinstance(node, ObjectTypeExtensionNode)]


def _with_filter(query: ObjectTypeExtensionNode, records: Mapping[str, TypeDefinitionNode]) -> ObjectTypeExtensionNode:
    """The reports with a filter each; the documentation shows one for two of them."""
    fields = []
    for field in query.fields or ():
        others = [each for each in field.arguments or () if each.name.value != "filter"]
        own = InputValueDefinitionNode(
            name=NameNode(value="filter"),
            type=NamedTypeNode(name=NameNode(value=_filter_name(records[field.name.value]))),
            directives=(),
        )
        fields.append(
            FieldDefinitionNode(
                description=field.description,
                name=field.name,
                arguments=(*others, own),
                type=field.type,
                directives=tuple(field.directives or ()),
            )
        )
    return ObjectTypeExtensionNode(name=query.name, directives=(), interfaces=(), fields=tuple(fields))


def _filter_name(record: TypeDefinitionNode) -> str:
    stem = record.name.value.removesuffix("Record").removesuffix("Report").removesuffix("Udr")
    return f"{stem}ColumnUdrFilters"


def _filter_input(record: TypeDefinitionNode) -> str:
    """An input that filters by every text of a record."""
    assert isinstance(record, ObjectTypeDefinitionNode)
    texts = [field.name.value for field in record.fields or () if print_ast(field.type) in ("String", "ID!")]
    return f"input {_filter_name(record)} {{ {' '.join(f'{text}: StringColumnFilter' for text in texts)} }}"
