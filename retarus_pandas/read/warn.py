"""Warnings that point at the line of the caller, whatever the way from there was."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

from retarus_pandas.errors import RetarusWarning

__all__ = ["warn_caller"]

_PACKAGE = str(Path(__file__).parent.parent)


def warn_caller(text: str, category: type[RetarusWarning]) -> None:
    """Warn at the innermost line that is none of the package's."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)
