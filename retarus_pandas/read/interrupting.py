"""What an interrupt leaves of a read, said in one way."""

from __future__ import annotations

from retarus_pandas.errors import Interrupted

__all__ = ["interrupted"]


def interrupted(rows: int) -> Interrupted:
    """The interrupt of a read that had so many rows."""
    if rows:
        return Interrupted(f"Interrupted after {rows:,} rows; nothing was kept, run it again to read all.")
    return Interrupted("Interrupted before the first rows were there; nothing was kept, run it again.")
