"""Warnings that point at the line of the caller, whatever the way from there was."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from typing import Any

from retarus_pandas.errors import RetarusWarning

__all__ = ["warn_caller"]

# Between the caller and the package lie IPython, of a magic, and parts of Python itself, of a context manager.
_NOT_THE_CALLER = frozenset(("retarus_pandas", "IPython", *sys.stdlib_module_names)) - {"__main__"}


def warn_caller(text: str, category: type[RetarusWarning]) -> None:
    """Warn at the innermost line that is neither the package's, nor IPython's, nor Python's own."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and _package(frame.f_globals) in _NOT_THE_CALLER:
        level, frame = level + 1, frame.f_back
    if _package(frame.f_globals) in _NOT_THE_CALLER - {"IPython"}:
        # A thread of a program that is not Python, or a worker: there is no line that somebody wrote.
        warnings.warn_explicit(text, category, "retarus_pandas", 0)
    else:
        warnings.warn(text, category, stacklevel=level)


def _package(names: Mapping[str, Any]) -> str:
    return str(names.get("__name__", "")).partition(".")[0]
