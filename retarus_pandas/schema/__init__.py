"""What can be asked: the reports, their fields, and how well each fact is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.schema.bundle import personal_class, sdl
    from retarus_pandas.schema.cache import recall, remember
    from retarus_pandas.schema.changes import Change, difference
    from retarus_pandas.schema.facts import FieldFacts, ReportFacts, describe, describe_reports
    from retarus_pandas.schema.limits import HISTORY, LONGEST_SPAN, LONGEST_WINDOW, MARGIN, MOST_RECORDS_A_PAGE
    from retarus_pandas.schema.model import Schema
    from retarus_pandas.schema.sources import INTROSPECTION_QUERY, bundled, from_introspection, load
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "Change": "retarus_pandas.schema.changes",
            "FieldFacts": "retarus_pandas.schema.facts",
            "HISTORY": "retarus_pandas.schema.limits",
            "INTROSPECTION_QUERY": "retarus_pandas.schema.sources",
            "LONGEST_SPAN": "retarus_pandas.schema.limits",
            "LONGEST_WINDOW": "retarus_pandas.schema.limits",
            "MARGIN": "retarus_pandas.schema.limits",
            "MOST_RECORDS_A_PAGE": "retarus_pandas.schema.limits",
            "ReportFacts": "retarus_pandas.schema.facts",
            "Schema": "retarus_pandas.schema.model",
            "bundled": "retarus_pandas.schema.sources",
            "describe": "retarus_pandas.schema.facts",
            "describe_reports": "retarus_pandas.schema.facts",
            "difference": "retarus_pandas.schema.changes",
            "from_introspection": "retarus_pandas.schema.sources",
            "load": "retarus_pandas.schema.sources",
            "personal_class": "retarus_pandas.schema.bundle",
            "recall": "retarus_pandas.schema.cache",
            "remember": "retarus_pandas.schema.cache",
            "sdl": "retarus_pandas.schema.bundle",
        },
    )

__all__ = [
    "HISTORY",
    "INTROSPECTION_QUERY",
    "LONGEST_SPAN",
    "LONGEST_WINDOW",
    "MARGIN",
    "MOST_RECORDS_A_PAGE",
    "Change",
    "FieldFacts",
    "ReportFacts",
    "Schema",
    "bundled",
    "describe",
    "describe_reports",
    "difference",
    "from_introspection",
    "load",
    "personal_class",
    "recall",
    "remember",
    "sdl",
]
