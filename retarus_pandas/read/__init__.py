"""A call becomes a plan, the plan is run, the result is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.read.asked import ASKED_ARGUMENTS, asked_command
    from retarus_pandas.read.described import with_options
    from retarus_pandas.read.discovery import fields, reports
    from retarus_pandas.read.export import ENDINGS_IN_WORDS
    from retarus_pandas.read.line import OptionParser, add_options, configured, reading_arguments
    from retarus_pandas.read.masking import check_mask
    from retarus_pandas.read.option import Flag, Option, Part
    from retarus_pandas.read.plan import Piece, Plan
    from retarus_pandas.read.progress import observer, told_elsewhere
    from retarus_pandas.read.reader import (
        export_retarus,
        plan_pieces,
        plan_retarus,
        read_piece,
        read_retarus,
        scan_retarus,
    )
    from retarus_pandas.read.request import Reading
    from retarus_pandas.read.scan import Scan
    from retarus_pandas.read.splitting import join_line, split_line
    from retarus_pandas.read.stray import refuse_secrets
    from retarus_pandas.read.stream import Chunks
    from retarus_pandas.read.surroundings import Surroundings, here
    from retarus_pandas.read.table import Table, minutes
    from retarus_pandas.read.taken import EXPORTING, OPTIONS, PIECEWISE
    from retarus_pandas.read.voice import SHELL, in_words_of_a_line, table_on_a_line, told_on_a_line
    from retarus_pandas.read.warn import warn_caller
    from retarus_pandas.read.whole import Whole, WholeRead
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "ASKED_ARGUMENTS": "retarus_pandas.read.asked",
            "ENDINGS_IN_WORDS": "retarus_pandas.read.export",
            "EXPORTING": "retarus_pandas.read.taken",
            "OPTIONS": "retarus_pandas.read.taken",
            "Chunks": "retarus_pandas.read.stream",
            "Flag": "retarus_pandas.read.option",
            "Option": "retarus_pandas.read.option",
            "OptionParser": "retarus_pandas.read.line",
            "PIECEWISE": "retarus_pandas.read.taken",
            "Part": "retarus_pandas.read.option",
            "Piece": "retarus_pandas.read.plan",
            "Plan": "retarus_pandas.read.plan",
            "Reading": "retarus_pandas.read.request",
            "Scan": "retarus_pandas.read.scan",
            "Surroundings": "retarus_pandas.read.surroundings",
            "SHELL": "retarus_pandas.read.voice",
            "Table": "retarus_pandas.read.table",
            "Whole": "retarus_pandas.read.whole",
            "WholeRead": "retarus_pandas.read.whole",
            "add_options": "retarus_pandas.read.line",
            "asked_command": "retarus_pandas.read.asked",
            "check_mask": "retarus_pandas.read.masking",
            "configured": "retarus_pandas.read.line",
            "export_retarus": "retarus_pandas.read.reader",
            "fields": "retarus_pandas.read.discovery",
            "here": "retarus_pandas.read.surroundings",
            "in_words_of_a_line": "retarus_pandas.read.voice",
            "join_line": "retarus_pandas.read.splitting",
            "split_line": "retarus_pandas.read.splitting",
            "minutes": "retarus_pandas.read.table",
            "plan_pieces": "retarus_pandas.read.reader",
            "observer": "retarus_pandas.read.progress",
            "plan_retarus": "retarus_pandas.read.reader",
            "read_piece": "retarus_pandas.read.reader",
            "read_retarus": "retarus_pandas.read.reader",
            "reading_arguments": "retarus_pandas.read.line",
            "refuse_secrets": "retarus_pandas.read.stray",
            "reports": "retarus_pandas.read.discovery",
            "scan_retarus": "retarus_pandas.read.reader",
            "table_on_a_line": "retarus_pandas.read.voice",
            "told_elsewhere": "retarus_pandas.read.progress",
            "told_on_a_line": "retarus_pandas.read.voice",
            "with_options": "retarus_pandas.read.described",
            "warn_caller": "retarus_pandas.read.warn",
        },
    )

__all__ = [
    "ASKED_ARGUMENTS",
    "ENDINGS_IN_WORDS",
    "EXPORTING",
    "OPTIONS",
    "PIECEWISE",
    "SHELL",
    "Chunks",
    "Flag",
    "Option",
    "OptionParser",
    "Part",
    "Piece",
    "Plan",
    "Reading",
    "Scan",
    "Surroundings",
    "Table",
    "Whole",
    "WholeRead",
    "add_options",
    "asked_command",
    "check_mask",
    "configured",
    "export_retarus",
    "fields",
    "here",
    "in_words_of_a_line",
    "join_line",
    "minutes",
    "observer",
    "plan_pieces",
    "plan_retarus",
    "read_piece",
    "read_retarus",
    "reading_arguments",
    "refuse_secrets",
    "reports",
    "scan_retarus",
    "split_line",
    "table_on_a_line",
    "told_elsewhere",
    "told_on_a_line",
    "warn_caller",
    "with_options",
]
