"""What one answer says, whichever way it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

__all__ = ["Answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The records, whether more follow, and which page the service says this is (None if it does not say)."""

    rows: pa.Table
    more: bool
    echo: Any
    errors: tuple[Mapping[str, Any], ...] = ()
