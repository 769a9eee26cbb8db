"""Doors that open when somebody comes: what stands behind them is imported on first use."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["door"]


def door(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Make a package's ``__getattr__``.

    Parameters
    ----------
    package : str
        The package whose door this is.
    homes : mapping
        Each name with the module that it comes from; the name of a module itself comes from its package.

    Returns
    -------
    callable
        Imports a name's module when the name is first asked for, and keeps the value.
    """

    def find(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = (
            importlib.import_module(f"{home}.{name}")
            if home == package
            else getattr(importlib.import_module(home), name)
        )
        setattr(sys.modules[package], name, value)
        return value

    return find
