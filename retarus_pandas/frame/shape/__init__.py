"""The tables of all pages become one table, and one DataFrame."""

from retarus_pandas.frame.shape.dtypes import check_options, final_schema, to_frame, to_table
from retarus_pandas.frame.shape.mask import Mask, masked_rows
from retarus_pandas.frame.shape.records import flat_names, from_records, with_texts
from retarus_pandas.frame.shape.text import durations_as_seconds, instants_as_text, lists_as_json, wall_time

__all__ = [
    "Mask",
    "check_options",
    "durations_as_seconds",
    "final_schema",
    "flat_names",
    "from_records",
    "instants_as_text",
    "lists_as_json",
    "masked_rows",
    "to_frame",
    "to_table",
    "wall_time",
    "with_texts",
]
