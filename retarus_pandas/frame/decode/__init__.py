"""The bytes of an answer become an Arrow table."""

from retarus_pandas.frame.decode.decoder import Decoder
from retarus_pandas.frame.decode.learned import Learned
from retarus_pandas.frame.decode.memory import POOL, Passing, make_room
from retarus_pandas.frame.decode.oddities import Path, place
from retarus_pandas.frame.decode.texts import as_text, to_python
from retarus_pandas.frame.decode.types import DIGITS, declared_type, natural_type, relist, restruct, word_of
from retarus_pandas.frame.decode.unifying import unify

__all__ = [
    "DIGITS",
    "POOL",
    "Decoder",
    "Learned",
    "Passing",
    "Path",
    "as_text",
    "declared_type",
    "make_room",
    "natural_type",
    "place",
    "relist",
    "restruct",
    "to_python",
    "unify",
    "word_of",
]
