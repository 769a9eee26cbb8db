"""What somebody gives where a list of values is expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["several"]

# The names that pandas gives to the results of value_counts(); those of groupby().size() have none.
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
    if hasattr(values, "value_counts") and _may_be_counts(values):
        raise TypeError("counts; give their index, or the values as a list if they are meant")
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable) or getattr(values, "ndim", 1) == 0:
        return [values]
    return list(values)


def _may_be_counts(column: Any) -> bool:
    """Whether a column tells how often something is there, rather than what."""
    is_number = getattr(getattr(column, "dtype", None), "kind", "O") in "iuf"
    name = getattr(column, "name", None)
    by_groups = name is None and getattr(getattr(column, "index", None), "name", None) is not None
    return name in _COUNTS or (is_number and by_groups)
