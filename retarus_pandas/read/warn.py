"""Warnings that point at the line of the caller, whatever the way from there was."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from typing import Any

from retarus_pandas.errors import RetarusWarning

__all__ = ["warn_caller"]

# Between a cell and a magic lies IPython, which is not who wrote the query.
_NOT_THE_CALLER = ("retarus_pandas", "IPython")


def warn_caller(text: str, category: type[RetarusWarning]) -> None:
    """Warn at the innermost line that is neither the package's nor IPython's."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and _package(frame.f_globals) in _NOT_THE_CALLER:
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)


def _package(names: Mapping[str, Any]) -> str:
    return str(names.get("__name__", "")).partition(".")[0]
