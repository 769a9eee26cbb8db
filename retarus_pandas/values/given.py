"""What somebody gives where a list of values is expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["lasting", "several"]

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
    if hasattr(values, "value_counts") and _may_be_counts(values):
        raise TypeError("counts or sums; give their index, or the values as a list if they are meant")
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable) or getattr(values, "ndim", 1) == 0:
        return [values]
    return list(values)


def lasting(values: Any, depth: int = 2) -> Any:
    """The same, with lists in place of what gives its values only once, such as a generator."""
    if isinstance(values, Mapping) and depth:
        return {name: lasting(value, depth - 1) for name, value in values.items()}
    return list(values) if isinstance(values, Iterator) and not hasattr(values, "read") else values


def _may_be_counts(column: Any) -> bool:
    """Whether a column tells how often or how much, by group, rather than what."""
    is_number = getattr(getattr(column, "dtype", None), "kind", "O") in "iuf"
    groups = getattr(getattr(column, "index", None), "names", None) or ()
    # What groupby() counts or sums has the groups' columns as its index; its own name is often that of another column.
    by_groups = any(name is not None for name in groups)
    return getattr(column, "name", None) in _COUNTS or (is_number and by_groups)
