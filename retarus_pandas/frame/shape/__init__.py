"""The tables of all pages become one table, and one DataFrame."""

from retarus_pandas.frame.shape.dtypes import check_options, final_schema, to_frame, to_table
from retarus_pandas.frame.shape.mask import Mask
from retarus_pandas.frame.shape.text import durations_as_seconds, instants_as_text, lists_as_json, wall_time

__all__ = [
    "Mask",
    "check_options",
    "durations_as_seconds",
    "final_schema",
    "instants_as_text",
    "lists_as_json",
    "to_frame",
    "to_table",
    "wall_time",
]
