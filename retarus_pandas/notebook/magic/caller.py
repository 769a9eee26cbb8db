"""Whose variables a cell sees."""

from __future__ import annotations

import sys
from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

__all__ = ["caller_names"]


def caller_names(shell: InteractiveShell) -> Mapping[str, Any]:
    """The notebook's variables, and before them those of the function in it that runs the cell, if one does.

    IPython hands the local ones to line magics only.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals is not shell.user_global_ns:
        frame = frame.f_back
    is_function = frame.f_globals is shell.user_global_ns and frame.f_locals is not shell.user_ns
    return ChainMap(dict(frame.f_locals), shell.user_ns) if is_function else shell.user_ns
