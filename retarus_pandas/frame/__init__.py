"""What comes back: bytes become Arrow tables, tables become one DataFrame."""

from retarus_pandas.frame.decode.decoder import Decoder
from retarus_pandas.frame.decode.learned import Learned
from retarus_pandas.frame.decode.texts import as_text
from retarus_pandas.frame.decode.types import relist, restruct
from retarus_pandas.frame.shape.dtypes import check_options, final_schema, to_frame, to_table
from retarus_pandas.frame.shape.mask import Mask, masked_rows
from retarus_pandas.frame.shape.records import flat_names, from_records, with_texts
from retarus_pandas.frame.shape.text import instants_as_text, lists_as_json, wall_time, without_lists

__all__ = [
    "Decoder",
    "Learned",
    "Mask",
    "as_text",
    "check_options",
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
    "without_lists",
]
