"""What people write where GraphQL is read, and the document that they mean."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retarus_pandas.schema import bundled

__all__ = ["fields_of_reports", "meant"]

_SELECT = re.compile(
    r"\s*select\s+(?P<fields>.+?)\s+from\s+[`\"\[]?(?P<report>\w+)(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_CONDITION = re.compile(r"\b(?:where|having)\b", re.IGNORECASE)
_WORDS = re.compile(r"\s*\w+(?:[\s,;]+\w+)+[\s,;]*", re.ASCII)
# A record's field as other languages name it: report.field, report["field"], report: field.
_FIELD_OF_A_REPORT = re.compile(r"\s*(?P<report>\w+)[\s.:/>\[\"'-]+(?P<field>\w+)[\s\]\"';]*", re.ASCII)
_KEYWORDS = {"query", "mutation", "subscription", "fragment"}
_WITHOUT_BRACES = re.compile(r"\s*(?P<report>\w+)\s*[({].*", re.DOTALL | re.ASCII)
# Nobody types more of it before it is run; and looking at it takes the square of its length.
_LONGEST = 2000


def meant(text: str) -> str:
    """What to write instead of a text that is no GraphQL; empty where that cannot be guessed."""
    if len(text) > _LONGEST:
        return ""
    return _of_sql(text) or _of_words(text) or _of_a_field(text) or _of_a_lone_report(text) or _of_a_file(text)


def _of_sql(text: str) -> str:
    found = _SELECT.fullmatch(text)
    if found is None:
        return ""
    report = _nearest(found["report"])
    known = bundled().reports()
    fields = [each.strip(' \t\n`"[]') for each in found["fields"].split(",")]
    names = [each for each in fields if re.fullmatch(r"[A-Za-z_]\w*", each)]
    if not names and report not in known:
        told = ", ".join(_beginning_with(report) or known)
        return f"This is SQL, and there is no report {report!r} that is known. Write the name of one: {told}."
    document = _document(report, names) if names else report
    condition = ", and its condition as filters={'COLUMN': 'VALUE'}." if _CONDITION.search(found["rest"]) else ""
    return f"This is SQL, and what is read is a report's name or GraphQL. Write: {document}{condition}"


def _of_words(text: str) -> str:
    if not _WORDS.fullmatch(text):
        return ""
    words = re.findall(r"\w+", text)
    reports = [word for word in words if word in bundled().reports()]
    fields = [word for word in words if word not in reports]
    if len(reports) > 1 and not fields:
        return (
            f"Put braces around several reports, and fields into each: {{ {reports[0]} {{ … }} {reports[1]} {{ … }} }}"
        )
    known = reports or fields_of_reports(fields)
    if not known or not fields:
        return ""
    return f"Names of fields stand within those of a report. Write: {_document(known[0], fields)}"


def _of_a_field(text: str) -> str:
    found = _FIELD_OF_A_REPORT.fullmatch(text)
    if found is None or found["field"] not in bundled().known_fields(report := _nearest(found["report"])):
        return ""
    return f"A field stands within its report. Write: {_document(report, [found['field']])}"


def _of_a_lone_report(text: str) -> str:
    found = _WITHOUT_BRACES.fullmatch(text)
    if found is None or found["report"] in _KEYWORDS or _nearest(found["report"]) not in bundled().reports():
        return ""
    return f"Put braces around it all: {{ {text.strip()} }}"


def _of_a_file(text: str) -> str:
    name = text.strip()
    if not re.fullmatch(r"[^\n\r{}]+\.(?:graphql|gql)", name, re.IGNORECASE):
        return _of_a_path(name)
    call = f"retarus_pandas.read_retarus({name!r}, …)"
    return f"This is the name of a file, and here stands what is in it; {call} reads the file."


def _of_a_path(name: str) -> str:
    if name.partition(".")[0] in bundled().reports():
        return ""
    if not re.fullmatch(r"[^\n\r{}()\"#]*[/\\][^\n\r{}()\"#]*|[^\s{}()\"#]+\.\w{1,8}", name):
        return ""
    call = f"retarus_pandas.read_retarus(pathlib.Path({name!r}), …)"
    return f"This looks like the name of a file; {call} reads what is in it."


def fields_of_reports(fields: Sequence[str]) -> list[str]:
    """The reports whose records have most of some fields, and at least one; in the schema's order."""
    schema = bundled()
    counted = {report: len({*fields} & {*schema.known_fields(report)}) for report in schema.reports()}
    most = max(counted.values(), default=0)
    return [report for report, count in counted.items() if count == most > 0]


def _nearest(report: str) -> str:
    """The report of that name, whatever its capitals; else the name itself."""
    known = {each.lower(): each for each in bundled().reports()}
    return known.get(report.lower(), report)


def _beginning_with(name: str) -> list[str]:
    """The reports whose names begin so, whatever the capitals: people say fax for what has two."""
    return [report for report in bundled().reports() if report.lower().startswith(name.lower())]


def _document(report: str, fields: Sequence[str]) -> str:
    return f"{{ {report} {{ {' '.join(fields)} }} }}"
