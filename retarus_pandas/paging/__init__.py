"""Many pages, in order."""

from retarus_pandas.paging.pages import Arrived, Counts, Finished, Restarted, Source, read_pages
from retarus_pandas.paging.report import Answer, Ask, Facts, Foretold, Heard, Note, Report
from retarus_pandas.paging.slices import read_slices
from retarus_pandas.paging.workers import Limit

__all__ = [
    "Answer",
    "Arrived",
    "Ask",
    "Counts",
    "Facts",
    "Finished",
    "Foretold",
    "Heard",
    "Limit",
    "Note",
    "Report",
    "Restarted",
    "Source",
    "read_pages",
    "read_slices",
]
