"""What one answer says, whichever way it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

__all__ = ["Decoded"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """The records, whether more follow, and what the service says of number and size of the page, if it does."""

    rows: pa.Table
    more: bool
    index: Any = None
    size: Any = None
    errors: tuple[Mapping[str, Any], ...] = ()
