"""Where a schema comes from, and what it says of each report.

A *bundled* schema comes with the package; it holds what is known of the API from outside and only advises.
A schema from a file of the user's, or from the service itself, decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    IntrospectionQuery,
    build_client_schema,
    build_schema,
    get_introspection_query,
    get_named_type,
)
from graphql.execution.values import get_directive_values

from retarus_pandas.errors import InputError
from retarus_pandas.schema.model import KEYS, Key, Schema

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
        found = known.report_field(report)
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
        dtype="object" if lists else kind.dtype,
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
        ``change`` is "new", "gone" or "changed". What is new or gone as a whole is one row.
    """
    reports = dict.fromkeys(old.reports() + new.reports())
    return [change for report in reports for change in _changes(report, _outline(old, report), _outline(new, report))]


def _changes(report: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    both = before.keys() & after.keys()
    for path in dict.fromkeys([*before, *after]):
        was, now = before.get(path, ""), after.get(path, "")
        if was != now and (not path or path.rpartition(".")[0] in both):
            yield Change(report, path, "changed" if was and now else "new" if now else "gone", was, now)


def _outline(schema: Schema, report: str) -> dict[str, str]:
    """Every path of the report with its type."""
    field = schema.report_field(report)
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
