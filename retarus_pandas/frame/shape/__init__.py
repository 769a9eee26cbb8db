"""The tables of all pages become one table, and one DataFrame."""

from retarus_pandas.frame.shape.dtypes import check_options, final_schema, to_frame, to_table
from retarus_pandas.frame.shape.mask import Mask
from retarus_pandas.frame.shape.text import instants_as_text, lists_as_json, wall_time, without_lists

__all__ = [
    "Mask",
    "check_options",
    "final_schema",
    "instants_as_text",
    "lists_as_json",
    "to_frame",
    "to_table",
    "wall_time",
    "without_lists",
]
