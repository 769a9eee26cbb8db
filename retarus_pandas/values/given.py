"""What somebody gives where a list of values is expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["several"]

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
    # Told by what they can do: whoever imports the values does not wait for pandas.
    kind = type(values).__name__
    if isinstance(values, bytes | bytearray | memoryview):
        raise TypeError(f"a {kind}; decode it to text first")
    if hasattr(values, "read"):
        raise TypeError(f"an open file ({kind}); read it, and give its lines")
    if getattr(values, "ndim", 1) > 1:
        raise TypeError(f"a {kind} of two dimensions; give one of its columns")
    if hasattr(values, "value_counts") and getattr(values, "name", None) in _COUNTS:
        raise TypeError("counts; give their index")
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable) or getattr(values, "ndim", 1) == 0:
        return [values]
    return list(values)
