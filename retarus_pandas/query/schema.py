"""The reports, their arguments and their fields, as a GraphQL schema.

A *bundled* schema comes with the package; it holds what is known of the API from outside and only advises.
A schema from a file of the user's, or from the service itself, decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    GraphQLWrappingType,
    IntrospectionQuery,
    build_client_schema,
    build_schema,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
)
from graphql.execution.values import get_directive_values

from retarus_pandas.errors import InputError
from retarus_pandas.values import Kind

__all__ = [
    "INTROSPECTION_QUERY",
    "KEYS",
    "Change",
    "FieldFacts",
    "Key",
    "ReportFacts",
    "Schema",
    "bundled",
    "describe",
    "describe_reports",
    "difference",
    "from_introspection",
    "load",
    "sdl",
]

INTROSPECTION_QUERY: str = get_introspection_query()


class Key(NamedTuple):
    """What tells one record of a report from another, and the timestamp that its date period tests."""

    fields: tuple[str, ...] = ()
    timestamp: str | None = None
    evidence: str = "unknown"


KEYS: Mapping[str, Key] = {
    "faxInUdrReport": Key(("faxId", "keyTimestamp"), "keyTimestamp", "guessed"),
    "faxOutUdrReport": Key(("faxId", "attemptSeqNo", "keyTimestamp"), "keyTimestamp", "guessed"),
    "smsInUdrReport": Key(("smsId", "receivedTs"), "receivedTs", "documented"),
    "smsOutUdrReport": Key(("smsId", "deliveryProcessedTs"), "deliveryProcessedTs", "documented"),
    "transactionalEmailUdrReport": Key(("metaId", "usageId")),
    "transactionalEmailEventReport": Key(),
}

_SCALARS = {
    Kind.INT: ("Int", "Long", "BigInt", "Short", "Byte"),
    Kind.FLOAT: ("Float",),
    Kind.BOOLEAN: ("Boolean",),
    Kind.TEXT: ("String", "ID"),
    Kind.INSTANT: ("DateTime", "Instant", "OffsetDateTime", "ZonedDateTime", "Timestamp"),
}
_KIND_OF_SCALAR = {name: kind for kind, names in _SCALARS.items() for name in names}
_INSTANT_NAME = re.compile(r"[a-z0-9](At|Ts|Time|Timestamp)$")

_DTYPES = {
    Kind.INT: "Int64",
    Kind.FLOAT: "float64",
    Kind.BOOLEAN: "boolean",
    Kind.TEXT: "str",
    Kind.INSTANT: "datetime64[us, UTC]",
    Kind.OBJECT: "nested columns",
    Kind.UNDECLARED: "from the values",
}


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

    def reports(self) -> tuple[str, ...]:
        """The names of the queries that answer with pages of records."""
        return tuple(self._reports)

    def result_type(self, report: str) -> GraphQLObjectType | None:
        """The type of one page of the report, None for an unknown report."""
        field = self._reports.get(report)
        return get_named_type(field.type) if field else None  # type: ignore[return-value]

    def record_type(self, report: str) -> GraphQLObjectType | None:
        """The type of one record of the report, None for an unknown report."""
        field = self._reports.get(report)
        return _content(field) if field else None

    def argument_type(self, report: str, argument: str) -> GraphQLInputType | None:
        """The type of an argument of the report, None where there is no such argument."""
        field = self._reports.get(report)
        found = field.args.get(argument) if field else None
        return found.type if found else None

    def known_fields(self, report: str) -> tuple[str, ...]:
        """The fields of a record that can be selected by their bare names; empty where none are known."""
        record = self.record_type(report)
        return tuple(name for name, field in record.fields.items() if _is_plain(field)) if record else ()

    def key(self, report: str) -> Key:
        """The key of the report's records, as far as this schema has its fields."""
        key = KEYS.get(report, Key())
        known = self.known_fields(report)
        return Key(
            key.fields if set(key.fields) <= set(known) else (),
            key.timestamp if key.timestamp in known else None,
            key.evidence,
        )

    def kind(self, declared: GraphQLType | None, field_name: str) -> tuple[Kind, int]:
        """What a field of this type and name holds, and in how many lists.

        A text is an instant where the field's name says so: ``…At``, ``…Ts``, ``…Time``, ``…Timestamp``.
        """
        if declared is None:
            return Kind.UNDECLARED, 0
        lists = 0
        inner = declared
        while isinstance(inner, GraphQLWrappingType):
            lists += is_list_type(inner)
            inner = inner.of_type
        kind = _named_kind(inner)
        dated = lists == 0 and getattr(inner, "name", "") == "String" and _INSTANT_NAME.search(field_name)
        return (Kind.INSTANT if dated else kind), lists


def _named_kind(named: GraphQLType) -> Kind:
    if isinstance(named, GraphQLEnumType):
        return Kind.TEXT
    if isinstance(named, GraphQLScalarType):
        return _KIND_OF_SCALAR.get(named.name, Kind.UNDECLARED)
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


# ---------------------------------------------------------------- sources


def sdl() -> str:
    """The bundled schema as text."""
    return resources.files(__package__).joinpath("schema.graphql").read_text(encoding="utf-8")


@cache
def bundled() -> Schema:
    """The schema that comes with the package."""
    # Some of its types are empty because nothing is known of them, which strict validation would refuse.
    return Schema(build_schema(sdl(), assume_valid=True), bundled=True, source="bundled")


def load(source: str | Path | Mapping[str, Any]) -> Schema:
    """A schema of the user's own.

    Parameters
    ----------
    source : str, pathlib.Path or mapping
        A file with SDL or with the JSON answer to an introspection query; or the text or the answer itself.

    Returns
    -------
    Schema

    Raises
    ------
    InputError
        It cannot be read, or has no reports.
    """
    if isinstance(source, Mapping):
        return from_introspection(source, source="introspection")
    if isinstance(source, str) and "{" in source:
        return _from_text(source, "text")
    return _from_text(_read(Path(source)), f"file {Path(source)}")


def from_introspection(answer: Mapping[str, Any], *, source: str = "live") -> Schema:
    """The schema that an introspection answer describes.

    Parameters
    ----------
    answer : mapping
        The answer to `INTROSPECTION_QUERY`, with or without its ``data`` level.
    source : str, default "live"
        Where it came from, in words.

    Returns
    -------
    Schema
    """
    data = answer.get("data", answer)
    if not isinstance(data, Mapping) or not isinstance(data.get("__schema"), Mapping):
        raise InputError(
            f"The introspection answer ({source}) holds no schema{_first_error(answer)}. "
            "The service may not allow introspection: give a schema file it offers for download as schema=."
        )
    try:
        graphql = build_client_schema(IntrospectionQuery(__schema=data["__schema"]), assume_valid=True)
    except (GraphQLError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise _unusable(source, error) from None
    return _checked(graphql, source)


def _first_error(answer: Mapping[str, Any]) -> str:
    match answer.get("errors"):
        case [{"message": str(message)}, *_]:
            return f": {message!r}"
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(
            f"The schema file {str(path)!r} cannot be read: {reason}. "
            "Give the path of an SDL file (.graphql) or of an introspection answer (.json)."
        ) from None


def _from_text(text: str, source: str) -> Schema:
    try:
        if text.lstrip().startswith(("{", "[")):
            answer = json.loads(text)
            return from_introspection(answer if isinstance(answer, Mapping) else {}, source=source)
        return _checked(build_schema(text, assume_valid=True), source)
    except InputError:
        raise
    except (GraphQLError, TypeError, ValueError, RecursionError) as error:
        raise _unusable(source, error) from None


def _unusable(source: str, error: Exception) -> InputError:
    return InputError(
        f"The schema ({source}) cannot be used: {str(error) or type(error).__name__}. "
        "Give the SDL or the introspection answer as the service offers it, unchanged."
    )


def _checked(graphql: GraphQLSchema, source: str) -> Schema:
    schema = Schema(graphql, bundled=False, source=source)
    if not schema.reports():
        raise InputError(
            f"The schema ({source}) has no reports: none of its queries answers with a list called 'content'. "
            "Is it the schema of the Retarus reporting API?"
        )
    return schema


# ---------------------------------------------------------------- descriptions


class ReportFacts(NamedTuple):
    """One report, described."""

    report: str
    meaning: str
    fields: int
    key: str
    period_tests: str
    period_evidence: str
    filter: bool
    description: str


class FieldFacts(NamedTuple):
    """One field of a report's records, described."""

    field: str
    type: str
    dtype: str
    unit: str
    meaning: str
    evidence: str


def describe_reports(schema: Schema) -> list[ReportFacts]:
    """What each report of the schema is about."""
    return [_report_facts(schema, report) for report in schema.reports()]


def _report_facts(schema: Schema, report: str) -> ReportFacts:
    key = schema.key(report)
    description = _own_or_bundled(schema, report)
    return ReportFacts(
        report=report,
        meaning=description.partition("\n")[0],
        fields=len(schema.known_fields(report)),
        key=", ".join(key.fields),
        period_tests=key.timestamp or "",
        period_evidence=key.evidence,
        filter=schema.argument_type(report, "filter") is not None,
        description=description,
    )


def _own_or_bundled(schema: Schema, report: str, field: str | None = None) -> str:
    """The schema's own description, or ours where it has none."""
    for known in (schema, bundled()):
        found = known._reports.get(report)
        if found and field:
            found = getattr(known.record_type(report), "fields", {}).get(field)
        if found and found.description:
            return found.description
    return ""


def describe(schema: Schema, report: str) -> list[FieldFacts]:
    """What each field of a report's records is.

    Parameters
    ----------
    schema : Schema
        The schema in use.
    report : str
        The name of the report.

    Returns
    -------
    list of FieldFacts
        ``evidence`` is how the type is known: "documented", "sampled" or "guessed" of the bundled schema,
        "service" of any other.

    Raises
    ------
    InputError
        There is no such report.
    """
    record = schema.record_type(report)
    if record is None:
        near = get_close_matches(report, schema.reports(), n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(schema.reports())}."
        raise InputError(f"There is no report {report!r} in the schema ({schema.source}). {hint}")
    return [_field_facts(schema, report, name, field) for name, field in record.fields.items()]


def _field_facts(schema: Schema, report: str, name: str, field: GraphQLField) -> FieldFacts:
    kind, lists = schema.kind(field.type, name)
    ours = getattr(bundled().record_type(report), "fields", {}).get(name)
    unit = _mark(ours, "unit") if ours else {}
    return FieldFacts(
        field=name,
        type=str(field.type),
        dtype="object" if lists else _DTYPES[kind],
        unit=f"{unit['of']} ({unit['by'].lower()})" if unit else "",
        meaning=_own_or_bundled(schema, report, name),
        evidence=_mark(field, "known")["by"].lower() if schema.bundled else "service",
    )


def _mark(field: GraphQLField, directive: str) -> dict[str, Any]:
    definition = bundled().graphql.get_directive(directive)
    assert definition is not None
    return (field.ast_node and get_directive_values(definition, field.ast_node)) or {}


# ---------------------------------------------------------------- comparison


class Change(NamedTuple):
    """One difference between two schemas; ``before`` or ``after`` is empty where there is nothing."""

    report: str
    path: str
    change: str
    before: str
    after: str


def difference(old: Schema, new: Schema) -> list[Change]:
    """What changes for the reports from one schema to another.

    Parameters
    ----------
    old, new : Schema
        The schemas to compare.

    Returns
    -------
    list of Change
        ``change`` is "new", "gone" or "changed"; a report that only one of them has is one row.
    """
    rows = []
    for report in dict.fromkeys(old.reports() + new.reports()):
        before, after = _outline(old, report), _outline(new, report)
        paths = [path for path in dict.fromkeys([*before, *after]) if before.get(path) != after.get(path)]
        for path in paths if before and after else paths[:1]:
            was, now = before.get(path, ""), after.get(path, "")
            rows.append(Change(report, path, "changed" if was and now else "new" if now else "gone", was, now))
    return rows


def _outline(schema: Schema, report: str) -> dict[str, str]:
    """Every path of the report with its type."""
    field = schema._reports.get(report)
    if field is None:
        return {}
    outline = {"": str(field.type)}
    for name, argument in field.args.items():
        outline |= dict(_paths(f"({name})", argument.type, ()))
    for name, part in schema.result_type(report).fields.items():  # type: ignore[union-attr]
        outline |= dict(_paths(name, part.type, ()))
    return outline


def _paths(path: str, declared: GraphQLType, above: tuple[GraphQLType, ...]) -> Iterator[tuple[str, str]]:
    yield path, str(declared)
    named = get_named_type(declared)
    if named in above:
        return
    if isinstance(named, GraphQLEnumType):
        yield from ((f"{path}.{value}", "enum value") for value in named.values)
    if isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        for name, field in named.fields.items():
            yield from _paths(f"{path}.{name}", field.type, (*above, named))
