"""A GraphQL schema, read as a set of reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    GraphQLWrappingType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
)

from retarus_pandas.schema.bundle import Key, key_of, mark, together
from retarus_pandas.values import Kind, Unit

__all__ = ["Schema"]


@dataclass(frozen=True, eq=False)
class Schema:
    """A GraphQL schema, read as a set of reports.

    Attributes
    ----------
    graphql : graphql.GraphQLSchema
        The schema itself.
    bundled : bool
        Whether it came with the package, and so only advises.
    source : str
        Where it came from, in words.
    """

    graphql: GraphQLSchema
    bundled: bool
    source: str

    @cached_property
    def _reports(self) -> dict[str, GraphQLField]:
        query = self.graphql.query_type
        return {name: field for name, field in (query.fields if query else {}).items() if _content(field)}

    def report_field(self, report: str) -> GraphQLField | None:
        """The query field of the report, None for an unknown report."""
        return self._reports.get(report)

    def reports(self) -> tuple[str, ...]:
        """The names of the queries that answer with pages of records."""
        return tuple(self._reports)

    def result_type(self, report: str) -> GraphQLObjectType | None:
        """The type of one page of the report, None for an unknown report."""
        field = self.report_field(report)
        return get_named_type(field.type) if field else None  # type: ignore[return-value]

    def record_type(self, report: str) -> GraphQLObjectType | None:
        """The type of one record of the report, None for an unknown report."""
        field = self.report_field(report)
        return _content(field) if field else None

    def argument_type(self, report: str, argument: str) -> GraphQLInputType | None:
        """The type of an argument of the report, None where there is no such argument."""
        field = self.report_field(report)
        found = field.args.get(argument) if field else None
        return found.type if found else None

    def filter_columns(self, report: str) -> tuple[str, ...]:
        """The columns by which the report is known to be filtered."""
        return tuple(getattr(get_named_type(self.argument_type(report, "filter")), "fields", ()))

    def known_fields(self, report: str) -> tuple[str, ...]:
        """The fields of a record that can be selected by their bare names; empty where none are known."""
        record = self.record_type(report)
        return tuple(name for name, field in record.fields.items() if _is_plain(field)) if record else ()

    def key(self, report: str) -> Key:
        """The key of the report's records, as far as this schema has its fields."""
        key = key_of(report)
        known = self.known_fields(report)
        return Key(
            key.fields if set(key.fields) <= set(known) else (),
            key.timestamp if key.timestamp in known else None,
            key.evidence,
        )

    def unit(self, parent: GraphQLType | None, field_name: str) -> Unit | None:
        """What the numbers of a type's field count: as this schema says it, else as the bundled one does."""
        for known in (parent, *self._bundled_types(parent)):
            said = mark(getattr(known, "fields", {}).get(field_name), "unit")
            if said:
                return Unit(said["of"], str(said["by"]).lower())
        return None

    def _bundled_types(self, parent: GraphQLType | None) -> Iterator[GraphQLType]:
        """What the bundled schema has for a type: the records of the same reports, or the type of the same name."""
        bundled = together()
        queries = bundled.query_type.fields if bundled.query_type else {}
        for report, field in self._reports.items():
            if _content(field) is parent and report in queries:
                yield from filter(None, [_content(queries[report])])
        yield from filter(None, [bundled.get_type(getattr(parent, "name", ""))])

    def kind(self, declared: GraphQLType | None, field_name: str) -> tuple[Kind, int]:
        """What a field of this type and name holds, and in how many lists.

        Whether a text is an instant, its field's name says; but not that of a list.
        """
        if declared is None:
            return Kind.UNDECLARED, 0
        lists = 0
        inner = declared
        while isinstance(inner, GraphQLWrappingType):
            lists += is_list_type(inner)
            inner = inner.of_type
        return _named_kind(inner, "" if lists else field_name), lists


def _named_kind(named: GraphQLType, field_name: str) -> Kind:
    if isinstance(named, GraphQLEnumType):
        return Kind.TEXT
    if isinstance(named, GraphQLScalarType):
        return Kind.of_scalar(named.name, field_name)
    return Kind.OBJECT


def _content(field: GraphQLField) -> GraphQLObjectType | None:
    """The type of the records, where a query's result has a list of them under ``content``."""
    content = getattr(get_named_type(field.type), "fields", {}).get("content")
    if content is None or not is_list_type(get_nullable_type(content.type)):
        return None
    record = get_named_type(content.type)
    return record if isinstance(record, GraphQLObjectType | GraphQLInterfaceType) else None  # type: ignore[return-value]


def _is_plain(field: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(field.type)) and not any(map(is_required_argument, field.args.values()))
