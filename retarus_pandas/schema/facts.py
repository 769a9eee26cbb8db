"""What a schema says of each report and of each of its fields."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from graphql import GraphQLField

from retarus_pandas.errors import InputError
from retarus_pandas.schema.bundle import mark
from retarus_pandas.schema.model import Schema
from retarus_pandas.schema.sources import bundled

__all__ = ["FieldFacts", "ReportFacts", "describe", "describe_reports"]


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
    personal: str
    evidence: str

    @property
    def about(self) -> str:
        """What it means, and its unit, in one line."""
        return " ".join(filter(None, [*self.meaning.split("\n"), self.unit and f"Unit: {self.unit}."]))

    @property
    def becomes(self) -> str:
        """Its type, the dtype of its column, and how that is known, in one line."""
        return f"{self.type}, becomes {self.dtype}; {self.evidence}"


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
    unit = schema.unit(schema.record_type(report), name)
    return FieldFacts(
        field=name,
        type=str(field.type),
        dtype="object" if lists else kind.dtype,
        unit=str(unit or ""),
        meaning=_own_or_bundled(schema, report, name),
        personal=str(mark(ours, "personal").get("as", "")).lower(),
        evidence=mark(field, "known")["by"].lower() if schema.bundled else "service",
    )
