"""What somebody gives where a list of values is expected."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

__all__ = ["is_missing", "several"]

# The names that pandas gives to the results of value_counts().
_COUNTS = ("count", "proportion")


def several(values: Any) -> list[Any]:
    """One value, or those of a list, an array or a column, as a list.

    Raises
    ------
    TypeError
        Iterating over it gives something else than its values, which would find no record, without a word. The
        message says what it is and what to give instead.
    """
    kind = type(values).__name__
    if isinstance(values, bytes | bytearray | memoryview):
        raise TypeError(f"a {kind}; decode it to text first")
    if hasattr(values, "read"):
        raise TypeError(f"an open file ({kind}); read it, and give its lines")
    if getattr(values, "ndim", 1) > 1:
        raise TypeError(f"a {kind} of two dimensions; give one of its columns")
    if isinstance(values, pd.Series) and values.name in _COUNTS:
        raise TypeError("counts; give their index")
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable) or getattr(values, "ndim", 1) == 0:
        return [values]
    return list(values)


def is_missing(value: Any) -> bool:
    """Whether it stands for no value: None, NA, NaT or NaN."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
