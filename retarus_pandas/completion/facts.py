"""What is known of the fields of a type, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from graphql import GraphQLNamedType

from retarus_pandas.schema import FieldFacts, Schema, describe

__all__ = ["facts_of", "first_line", "report_of"]


def report_of(schema: Schema, record: GraphQLNamedType | None) -> str:
    """The report whose records have this type; empty if there is none."""
    reports = schema.reports() if record else ()
    return next((report for report in reports if schema.record_type(report) is record), "")


@lru_cache(maxsize=32)
def facts_of(schema: Schema, record: GraphQLNamedType | None) -> Mapping[str, FieldFacts]:
    """What each field of a report's records is, in our words where the schema has none."""
    report = report_of(schema, record)
    return {each.field: each for each in describe(schema, report)} if report else {}


def first_line(description: str | None) -> str:
    """What a description says first."""
    return (description or "").strip().partition("\n")[0]
