"""The ways to mask a column, once; what each does to the values stands in `frame.shape.mask`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["WAYS", "Way"]


@dataclass(frozen=True, slots=True)
class Way:
    """What is left of a column.

    Attributes
    ----------
    is_shown : bool
        Whether there still is a column.
    tells_apart : bool
        Whether values that differed still differ, so that it can be part of a record's key.
    takes_key : bool
        Whether it is made with a key.
    """

    is_shown: bool = True
    tells_apart: bool = False
    takes_key: bool = False


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "hash": Way(tells_apart=True, takes_key=True),
        "last4": Way(),
        "drop": Way(is_shown=False),
        "keep": Way(tells_apart=True),
    }
)
