"""What changes for the reports from one schema to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLType,
    get_named_type,
)

from retarus_pandas.schema.model import Schema

__all__ = ["Change", "difference"]


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
    field, result = schema.report_field(report), schema.result_type(report)
    if field is None or result is None:
        return {}
    outline = {"": str(field.type)}
    for name, argument in field.args.items():
        outline |= dict(_paths(f"({name})", argument.type, ()))
    for name, part in result.fields.items():
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
