"""An interrupt at a chosen moment: where a signal would have to be sent again and again until it strikes there."""

from __future__ import annotations

import gc
import linecache
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import retarus_pandas

__all__ = ["interrupt"]

_OURS = str(Path(retarus_pandas.__file__).parent)


def interrupt(act: Callable[[], object], after: int) -> KeyboardInterrupt | None:
    """Call `act`, and strike before the line of ours that comes after so many; None if it was done by then.

    Only this thread is struck, as with a signal.
    """
    lines = count()

    def follow(frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(_OURS):
            return None
        if event == "line" and not _is_block(frame) and next(lines) == after:
            raise KeyboardInterrupt
        return follow

    # Else it may strike in what is left of the widgets before.
    gc.disable()
    before = sys.gettrace()
    sys.settrace(follow)
    try:
        act()
    except KeyboardInterrupt as struck:
        return struck
    finally:
        sys.settrace(before)
        gc.enable()
    return None


def _is_block(frame: FrameType) -> bool:
    """Whether the line is a ``with``, which is also told where its block ends: there Python lets no signal in."""
    return linecache.getline(frame.f_code.co_filename, frame.f_lineno).lstrip().startswith("with ")
