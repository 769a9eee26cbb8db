"""Which of the notebook's variables can stand for a GraphQL variable, and of which type."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["fitting_types"]

# In this order, since a bool is an int, too.
_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    ((bool, np.bool_), "Boolean"),
    ((int, np.integer), "Int"),
    ((float, np.floating), "Float"),
    ((str, date, Enum), "String"),
    (pd.Period, "DatePeriod"),
)
_SEVERAL = (list, tuple, set, frozenset, pd.Series, pd.Index, np.ndarray)


def fitting_types(namespace: Mapping[str, Any], hidden: Collection[str] = ()) -> dict[str, str]:
    """The variables that fit a GraphQL type.

    Parameters
    ----------
    namespace : mapping
        The notebook's variables.
    hidden : collection of str
        Names that the user did not set.

    Returns
    -------
    dict of str to str
        Names and types, the latest first.
    """
    types = {
        name: _type(value)
        for name, value in reversed(list(namespace.items()))
        if name not in hidden and not name.startswith("_")
    }
    return {name: found for name, found in types.items() if found}


def _type(value: Any) -> str:
    if isinstance(value, _SEVERAL):
        inner = _single(_first(value))
        return f"[{inner}!]" if inner else ""
    return _single(value)


def _single(value: Any) -> str:
    return next((name for types, name in _TYPES if isinstance(value, types)), "")


def _first(values: Iterable[Any]) -> Any:
    """An array without dimensions has no first value."""
    return None if isinstance(values, np.ndarray) and values.ndim != 1 else next(iter(values), None)
