"""Where the tables of a read are kept, and what becomes of the room they leave."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import pyarrow as pa

__all__ = ["POOL", "make_room"]

# Arrow's usual allocator keeps, for each thread, what was freed in it; pages are decoded in many threads and let
# go in another. With the system's, a read of 200,000 rows peaks at two thirds of the memory, and what a page gave
# back is there for the next.
POOL = pa.system_memory_pool()

# Below, to look for what is free would cost more than it brings.
_MUCH = 32 << 20


def make_room(size: int) -> None:
    """Give what is free back to the system before something of so many bytes is made, where that is possible.

    The system's allocator keeps it for the threads that freed it, which read pages; a frame made in another one
    would come on top of it.
    """
    if size > _MUCH and _trim is not None:
        _trim(0)


def _find_trim() -> Callable[[int], object] | None:
    """The function of the GNU C library; others have none, or need none."""
    try:
        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return found


_trim = _find_trim()
