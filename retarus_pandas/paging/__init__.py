"""Many pages, in order."""

from retarus_pandas.paging.pages import Arrived, Counts, Finished, Restarted, Source, read_pages

__all__ = [
    "Arrived",
    "Counts",
    "Finished",
    "Restarted",
    "Source",
    "read_pages",
]
