"""Values as text, each in the one form that depends on nothing but the value."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from retarus_pandas.frame.decode.types import DIGITS

__all__ = ["NUMBER", "Written", "as_text", "is_number", "json_text", "to_python"]

NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"  # as decimals are written in texts
_EXACT = 2**53 - 1  # up to here no two integers share a double


class Written(float):
    """A number, and how it was written."""

    __slots__ = ("exact",)
    exact: str

    def __new__(cls, text: str) -> Written:
        number = super().__new__(cls, text)
        number.exact = text
        return number

    def __repr__(self) -> str:
        return self.exact

    def whole(self) -> int | None:
        """The integer it is, None if it is none, or too large for 64 bits."""
        if not abs(self) < 2.0**64:
            return None
        number = Decimal(self.exact)
        return int(number) if number == number.to_integral_value() else None


def is_number(text: str) -> bool:
    """Whether a text is that of a number."""
    return re.fullmatch(NUMBER[1:-1], text) is not None


def as_text(array: pa.Array) -> pa.Array:
    """The values as text; what is text stays as it is."""
    kind = array.type
    if pa.types.is_string(kind):
        return array
    if pa.types.is_timestamp(kind):
        plain = array.cast(pa.timestamp("us")).cast(pa.string())
        return pc.binary_join_element_wise(pc.replace_substring(plain, " ", "T"), "Z", "")
    if kind == DIGITS or pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return array.cast(pa.string())
    return pa.array([None if value is None else _text(value) for value in to_python(array, Written)], pa.string())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def json_text(value: Any) -> str:
    """A value as compact JSON; numbers as they were written, doubles in their shortest form."""
    match value:
        case dict():
            return "{" + ",".join(f"{json_text(key)}:{json_text(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ",".join(map(json_text, value)) + "]"
        case Written():
            return value.exact
        case float():
            return _double_text(value)
        case datetime():
            return json_text(value.isoformat(timespec="microseconds").replace("+00:00", "Z"))
        case _:
            return json.dumps(value, ensure_ascii=False)


def _double_text(value: float) -> str:
    short = math.isfinite(value) and value.is_integer() and abs(value) <= _EXACT
    return str(int(value)) if short else repr(value)


def to_python(array: pa.Array | pa.ChunkedArray, number: Callable[[str], Any]) -> list[Any]:
    """The values as Python has them; `number` makes those of which the digits were kept."""
    values: list[Any] = array.to_pylist()
    return [_revive(value, array.type, number) for value in values] if _holds_digits(array.type) else values


def _holds_digits(kind: pa.DataType) -> bool:
    if pa.types.is_list(kind):
        return _holds_digits(kind.value_type)
    return any(_holds_digits(field.type) for field in kind) if pa.types.is_struct(kind) else kind == DIGITS


def _revive(value: Any, kind: pa.DataType, number: Callable[[str], Any]) -> Any:
    if value is None:
        return None
    if pa.types.is_list(kind):
        return [_revive(each, kind.value_type, number) for each in value]
    if pa.types.is_struct(kind):
        return {field.name: _revive(value[field.name], field.type, number) for field in kind}
    return number(value) if kind == DIGITS else value
