"""A call becomes a plan, the plan is run, the result is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.read.discovery import fields, reports, schema_changes, schema_text
    from retarus_pandas.read.line import OptionParser, add_options, configured, reading_arguments
    from retarus_pandas.read.masking import check_mask
    from retarus_pandas.read.option import Flag, Option, Part
    from retarus_pandas.read.plan import Plan
    from retarus_pandas.read.progress import observer
    from retarus_pandas.read.reader import export_retarus, plan_retarus, read_retarus
    from retarus_pandas.read.request import EXPORTING, OPTIONS
    from retarus_pandas.read.splitting import join_line, split_line
    from retarus_pandas.read.stream import Chunks
    from retarus_pandas.read.surroundings import Surroundings, here
    from retarus_pandas.read.table import Table, minutes
    from retarus_pandas.read.warn import warn_caller
    from retarus_pandas.read.whole import Whole, WholeRead
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "EXPORTING": "retarus_pandas.read.request",
            "OPTIONS": "retarus_pandas.read.request",
            "Chunks": "retarus_pandas.read.stream",
            "Flag": "retarus_pandas.read.option",
            "Option": "retarus_pandas.read.option",
            "OptionParser": "retarus_pandas.read.line",
            "Part": "retarus_pandas.read.option",
            "Plan": "retarus_pandas.read.plan",
            "Surroundings": "retarus_pandas.read.surroundings",
            "Table": "retarus_pandas.read.table",
            "Whole": "retarus_pandas.read.whole",
            "WholeRead": "retarus_pandas.read.whole",
            "add_options": "retarus_pandas.read.line",
            "check_mask": "retarus_pandas.read.masking",
            "configured": "retarus_pandas.read.line",
            "export_retarus": "retarus_pandas.read.reader",
            "fields": "retarus_pandas.read.discovery",
            "here": "retarus_pandas.read.surroundings",
            "join_line": "retarus_pandas.read.splitting",
            "split_line": "retarus_pandas.read.splitting",
            "minutes": "retarus_pandas.read.table",
            "observer": "retarus_pandas.read.progress",
            "plan_retarus": "retarus_pandas.read.reader",
            "read_retarus": "retarus_pandas.read.reader",
            "reading_arguments": "retarus_pandas.read.line",
            "reports": "retarus_pandas.read.discovery",
            "schema_changes": "retarus_pandas.read.discovery",
            "schema_text": "retarus_pandas.read.discovery",
            "warn_caller": "retarus_pandas.read.warn",
        },
    )

__all__ = [
    "EXPORTING",
    "OPTIONS",
    "Chunks",
    "Flag",
    "Option",
    "OptionParser",
    "Part",
    "Plan",
    "Surroundings",
    "Table",
    "Whole",
    "WholeRead",
    "add_options",
    "check_mask",
    "configured",
    "export_retarus",
    "fields",
    "here",
    "join_line",
    "minutes",
    "observer",
    "plan_retarus",
    "read_retarus",
    "reading_arguments",
    "reports",
    "schema_changes",
    "schema_text",
    "split_line",
    "warn_caller",
]
