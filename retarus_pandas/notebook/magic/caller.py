"""Whose variables a cell sees."""

from __future__ import annotations

import re
import sys
from collections import ChainMap
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

__all__ = ["caller_names", "is_of_ipython"]

# Besides the last and the numbered inputs and outputs.
_OF_IPYTHON = {"get_ipython", "In", "Out", "exit", "quit", "open", "display"}
_OUTPUT = re.compile(r"_+|_i*\d*|_[ido]h|__\w+__")


def is_of_ipython(name: str) -> bool:
    """Whether a variable of this name is IPython's own, such as its last output."""
    return name in _OF_IPYTHON or _OUTPUT.fullmatch(name) is not None


def caller_names(shell: InteractiveShell) -> Mapping[str, Any]:
    """The notebook's variables, and before them those of the function in it that runs the cell, if one does.

    IPython hands the local ones to line magics only. What is its own is not among them.
    """
    own = {name: value for name, value in shell.user_ns.items() if not is_of_ipython(name)}
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals is not shell.user_global_ns:
        frame = frame.f_back
    return ChainMap(*(dict(each.f_locals) for each in _scopes(frame, shell)), own)


def _scopes(frame: FrameType | None, shell: InteractiveShell) -> Iterator[FrameType]:
    """The functions around a line, the innermost first, as Python looks for names: by where they stand in the text."""
    while frame is not None and frame.f_locals is not shell.user_ns:
        yield frame
        code, frame = frame.f_code, frame.f_back
        while frame is not None and code not in frame.f_code.co_consts:
            frame = frame.f_back
