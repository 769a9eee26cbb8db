"""Where the tables of a read are kept, and what becomes of the room they leave."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import pyarrow as pa

__all__ = ["POOL", "Passing", "make_room"]

# Arrow's usual allocator keeps, for each thread, what was freed in it; pages are decoded in many threads and let
# go in another. With the system's, a read of 200,000 rows peaks at two thirds of the memory, and what a page gave
# back is there for the next.
POOL = pa.system_memory_pool()

# Below, to look for what is free would cost more than it brings.
_MUCH = 32 << 20
# Bytes of tables that pass before it is looked for: about one page of all columns, which came as three times as much.
_A_PAGE = 4 << 20


def make_room(size: int) -> None:
    """Give what is free back to the system before something of so many bytes is made, where that is possible.

    The system's allocator keeps it for the threads that freed it, which read pages; a frame made in another one
    would come on top of it.
    """
    if size > _MUCH and _trim is not None:
        _trim(0)


class Passing:
    """Gives back what tables leave behind that are handed on and not kept.

    Each thread that reads pages frees them into a share of the allocator's own, so that without it a long read holds
    in all of them together a multiple of what it needs at a time.
    """

    def __init__(self) -> None:
        self._passed = 0

    def passed(self, size: int) -> None:
        """A table of so many bytes was handed on."""
        self._passed += size
        if self._passed >= _A_PAGE and _trim is not None:
            self._passed = 0
            _trim(0)


def _find_trim() -> Callable[[int], object] | None:
    """The function of the GNU C library; others have none, or need none."""
    try:
        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return found


_trim = _find_trim()
