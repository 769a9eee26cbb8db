"""Where the tables of a read are kept."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["POOL"]

# Arrow's usual allocator keeps, for each thread, what was freed in it; pages are decoded in many threads and let
# go in another. With the system's, a read of 200,000 rows peaks at two thirds of the memory, and what a page gave
# back is there for the next.
POOL = pa.system_memory_pool()
