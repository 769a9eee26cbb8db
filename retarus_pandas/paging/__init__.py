"""A report in slices of time, in order; knows nothing of HTTP or JSON, for it is given a function that asks a page."""

from retarus_pandas.paging.keys import Keys
from retarus_pandas.paging.records import in_order
from retarus_pandas.paging.report import Facts, Foretold, Heard, Report
from retarus_pandas.paging.slices import read_slices
from retarus_pandas.paging.workers import Limit

__all__ = ["Facts", "Foretold", "Heard", "Keys", "Limit", "Report", "in_order", "read_slices"]
