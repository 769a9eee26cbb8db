"""What comes back: bytes become Arrow tables, tables become one DataFrame."""

from retarus_pandas.frame.decode import Decoder, Learned, Passing, as_text, relist, restruct
from retarus_pandas.frame.shape import (
    Mask,
    check_options,
    durations_as_seconds,
    final_schema,
    flat_names,
    from_records,
    instants_as_text,
    lists_as_json,
    masked_rows,
    to_frame,
    to_table,
    wall_time,
    with_texts,
)

__all__ = [
    "Decoder",
    "Learned",
    "Mask",
    "Passing",
    "as_text",
    "check_options",
    "durations_as_seconds",
    "final_schema",
    "flat_names",
    "from_records",
    "instants_as_text",
    "lists_as_json",
    "masked_rows",
    "relist",
    "restruct",
    "to_frame",
    "to_table",
    "wall_time",
    "with_texts",
]
