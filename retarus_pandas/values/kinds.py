"""The table of types: what a column can hold, and everything that depends on it.

Types of pyarrow and pandas are given by name, so that nobody has to load either to know a kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

__all__ = ["Kind"]

_Convert = Callable[[Any], Any]

_INSTANT_NAME = re.compile(r"[a-z0-9](At|Ts|Time|Timestamp)$")
# Scalars whose text may stand for an instant; whether it does, the field's name says.
_MAY_BE_INSTANTS = {"String", "Date"}


def _to_text(value: Any) -> str:
    if isinstance(value, Enum):
        return _to_text(value.value)
    # A pandas.Period is no date, but is written like one.
    if isinstance(value, str | date) or type(value).__name__ == "Period":
        return str(value)
    raise TypeError


def _to_id(value: Any) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _to_text(value)


def _to_int(value: Any) -> int:
    if isinstance(value, bool) or int(value) != value:
        raise TypeError
    return int(value)


def _to_float(value: Any) -> float:
    if isinstance(value, bool | str):
        raise TypeError
    return float(value)


def _to_boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _to_decimal(value: Any) -> int | float | str:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, int | float):
        return value
    return str(value if isinstance(value, Decimal) else Decimal(_to_text(value)))


class Kind(Enum):
    """What a column holds, by declaration; one row each.

    Attributes
    ----------
    word : str
        What messages call it; also the member's value.
    scalars : tuple of str
        The GraphQL scalars that declare it.
    wire : tuple of str
        How Arrow may read it from JSON without losing anything, as declared first; ``[x]`` is a list of x, and a
        ``literal`` is read as it is written, which every kind can be.
    arrow : str or None
        Its Arrow type; None where the values decide, or the fields.
    dtype, nullable : str
        Its pandas dtype by default, and with ``dtype_backend="numpy_nullable"``; with ``"pyarrow"`` it is the Arrow
        type. Instants get the zone that the caller wants.
    convert : callable or None
        Makes a variable's value of a Python value, or raises; None where the value's own type decides.
    """

    word: str
    scalars: tuple[str, ...]
    wire: tuple[str, ...]
    arrow: str | None
    dtype: str
    nullable: str
    convert: _Convert | None

    def __new__(
        cls,
        word: str,
        scalars: tuple[str, ...],
        wire: tuple[str, ...],
        arrow: str | None,
        dtypes: tuple[str, str],
        convert: _Convert | None = None,
    ) -> Kind:
        """Make a member of its row."""
        kind = object.__new__(cls)
        kind._value_ = kind.word = word
        kind.scalars, kind.wire, kind.arrow, kind.convert = scalars, wire, arrow, convert
        kind.dtype, kind.nullable = dtypes
        return kind

    INT = (
        "Int",
        ("Int", "Long", "Short", "Byte", "BigInt", "BigInteger", "PositiveInt", "NonNegativeInt"),
        ("int64", "bool", "string"),
        "int64",
        ("Int64", "Int64"),
        _to_int,
    )
    FLOAT = "Float", ("Float",), ("double", "bool", "string"), "double", ("float64", "Float64"), _to_float
    DECIMAL = (
        "Decimal",
        ("Decimal", "BigDecimal", "Numeric", "Money"),
        ("literal",),
        "large_string",  # the digits as they came: a decimal of Arrow has as many places in every row
        ("object", "object"),
        _to_decimal,
    )
    BOOLEAN = "Boolean", ("Boolean",), ("bool", "int64", "string"), "bool", ("boolean", "boolean"), _to_boolean
    TEXT = (
        "String",
        ("String", "ID", "Date", "LocalDate", "LocalTime", "UUID"),
        ("string", "int64", "bool", "[string]"),
        "string",
        ("str", "string"),
        _to_text,
    )
    INSTANT = (
        "instant",
        ("DateTime", "Instant", "LocalDateTime", "OffsetDateTime", "ZonedDateTime", "Timestamp"),
        ("string", "int64", "bool"),
        "timestamp[us, UTC]",
        ("datetime64[us, UTC]", "datetime64[us, UTC]"),
    )
    OBJECT = (
        "object",
        (),
        ("string", "int64", "bool", "[string]", "[int64]", "[bool]"),
        None,
        ("nested columns", "nested columns"),
    )
    UNDECLARED = (
        "undeclared",
        (),
        ("string", "int64", "bool", "[string]", "[int64]", "[bool]"),
        None,
        ("from the values", "from the values"),
    )

    @classmethod
    def of_scalar(cls, scalar: str, field: str = "") -> Kind:
        """What a GraphQL scalar declares, for a field of this name.

        A text or a date is an instant where the field's name says so: ``…At``, ``…Ts``, ``…Time``, ``…Timestamp``.
        """
        if scalar in _MAY_BE_INSTANTS and _INSTANT_NAME.search(field):
            return cls.INSTANT
        return _by_scalar().get(scalar, cls.UNDECLARED)

    @classmethod
    def converter(cls, scalar: str) -> _Convert | None:
        """What makes a variable's value of a Python value; None for a scalar that is not in the table."""
        return _to_id if scalar == "ID" else cls.of_scalar(scalar).convert


@cache
def _by_scalar() -> dict[str, Kind]:
    return {scalar: kind for kind in Kind for scalar in kind.scalars}
