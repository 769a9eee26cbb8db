"""What comes back: bytes become Arrow tables, tables become one DataFrame."""

from retarus_pandas.frame.decode import Decoder, Learned
from retarus_pandas.frame.shape import (
    Mask,
    check_options,
    durations_as_seconds,
    final_schema,
    instants_as_text,
    lists_as_json,
    to_frame,
    to_table,
    wall_time,
)

__all__ = [
    "Decoder",
    "Learned",
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
