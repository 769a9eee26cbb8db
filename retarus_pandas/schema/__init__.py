"""What can be asked: the reports, their fields, and how well each fact is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.schema.cache import recall, remember
    from retarus_pandas.schema.model import Schema
    from retarus_pandas.schema.sources import (
        INTROSPECTION_QUERY,
        Change,
        FieldFacts,
        ReportFacts,
        bundled,
        describe,
        describe_reports,
        difference,
        from_introspection,
        load,
        sdl,
    )
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "Change": "retarus_pandas.schema.sources",
            "FieldFacts": "retarus_pandas.schema.sources",
            "INTROSPECTION_QUERY": "retarus_pandas.schema.sources",
            "ReportFacts": "retarus_pandas.schema.sources",
            "Schema": "retarus_pandas.schema.model",
            "bundled": "retarus_pandas.schema.sources",
            "describe": "retarus_pandas.schema.sources",
            "describe_reports": "retarus_pandas.schema.sources",
            "difference": "retarus_pandas.schema.sources",
            "from_introspection": "retarus_pandas.schema.sources",
            "load": "retarus_pandas.schema.sources",
            "recall": "retarus_pandas.schema.cache",
            "remember": "retarus_pandas.schema.cache",
            "sdl": "retarus_pandas.schema.sources",
        },
    )

__all__ = [
    "INTROSPECTION_QUERY",
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
    "recall",
    "remember",
    "sdl",
]
