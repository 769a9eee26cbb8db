"""What is free is given back before something large is made, and while much passes through."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest

from retarus_pandas.frame.decode.memory import Passing, make_room

STATUS = Path("/proc/self/status")


def resident() -> int:
    [line] = [line for line in STATUS.read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


def with_gaps() -> list[bytearray]:
    """Blocks too small to be mapped on their own stay with the allocator, and so does the gap between two of them."""
    blocks = [bytearray(100_000) for _ in range(1000)]
    del blocks[1::2]
    return blocks


needs_trim = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"),
    reason="only the GNU C library can be told",
)


@needs_trim
def test_room_is_made_for_something_large() -> None:
    blocks = with_gaps()
    before = resident()
    make_room(1_000)
    assert resident() > before - 20_000_000
    make_room(1 << 30)
    assert resident() < before - 20_000_000
    assert blocks


@needs_trim
def test_what_passes_through_leaves_room_behind() -> None:
    blocks, passing = with_gaps(), Passing()
    before = resident()
    passing.passed(1_000)
    assert resident() > before - 20_000_000
    passing.passed(8 << 20)
    assert resident() < before - 20_000_000
    assert blocks
