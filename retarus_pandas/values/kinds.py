"""What a column can hold."""

from __future__ import annotations

from enum import Enum

__all__ = ["Kind"]


class Kind(Enum):
    """What a column holds, by declaration."""

    INT = "Int"
    FLOAT = "Float"
    BOOLEAN = "Boolean"
    TEXT = "String"
    INSTANT = "instant"
    OBJECT = "object"
    UNDECLARED = "undeclared"
