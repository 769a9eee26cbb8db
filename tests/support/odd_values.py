"""Values of every kind that somebody may hand over, sensible and not."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import pathlib
import uuid
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

__all__ = ["ODD", "PERIODS", "PLAIN", "SPANS", "VALUES", "ZONES", "deep", "without_end"]


class _Color(enum.Enum):
    RED = "red"
    NESTED = (1, {"a": float("nan")})


def without_end() -> list[Any]:
    around: list[Any] = []
    around.append({"x": around})
    return around


def deep() -> Any:
    value: Any = 1
    for _ in range(3000):
        value = [value]
    return value


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text(st.characters(), max_size=5)
ODD = (
    pd.NA,
    pd.NaT,
    np.nan,
    np.int64(2**62),
    np.float32("inf"),
    np.datetime64("NaT", "ns"),
    np.datetime64("2026-11-01"),
    np.timedelta64(5, "D"),
    np.array([1, 2]),
    np.array(5),
    np.array([[1], [2]]),
    pd.Series(["a", None]),
    pd.DataFrame({"a": [1]}),
    pd.Index([1]),
    pd.Categorical(["a"]),
    pd.Interval(0, 1),
    pd.Period("2026-10"),
    pd.Period("9999-12", freq="M"),
    pd.Timestamp("2026-11-01", tz="Europe/Berlin"),
    pd.Timestamp("2026-10-25 02:30"),
    pd.Timestamp.max,
    pd.Timedelta("7D"),
    pd.offsets.MonthEnd(2),
    dt.date(2026, 11, 1),
    dt.date.max,
    dt.datetime.max,
    dt.datetime(1, 1, 1, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 29, 2, 30),
    dt.timedelta.max,
    dt.time(1),
    decimal.Decimal("NaN"),
    decimal.Decimal("1.5"),
    uuid.UUID(int=1),
    pathlib.Path("x"),
    _Color.RED,
    _Color.NESTED,
    b"bytes",
    bytearray(b"x"),
    memoryview(b"x"),
    1j,
    range(3),
    frozenset({1}),
    {1, "a"},
    (),
    object,
    len,
    Ellipsis,
)
_FRESH = st.sampled_from([without_end, deep, object, lambda: iter([1]), lambda: (x for x in "ab")]).map(
    lambda make: make()
)
VALUES = st.recursive(
    PLAIN | st.sampled_from(ODD) | _FRESH,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=3),
    max_leaves=6,
)

ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/St_Johns",
        "Pacific/Apia",
        "+05:30",
        "UTC+1",
        "nowhere",
        "",
        "../etc/passwd",
        " UTC",
    ]
) | st.text(max_size=8)

_PIECES = st.sampled_from(
    [
        "2026",
        "2026-11",
        "2026-11-20",
        "2026-10-25T02:30",
        "2026-03-29T02:30",
        "2026Q3",
        "2026-W40",
        "yesterday",
        "today",
        "now",
        "last",
        "month",
        "7D",
        "90D",
        "91D",
        "-3D",
        "36h",
        "1.5D",
        "1e400D",
        "inf",
        "nan",
        "NaT",
        "20261120",
        "11/12/2026",
        "2262-04-12",
        "9999-12-31",
        "0001-01-01",
        "99999-01-01",
        "Z",
        "+01:00",
        "+99:99",
        "T",
        "10:00",
        "24:00",
        ".123456789",
        "P1D",
        "PT5M",
        "days",
        "week",
        "W",
        "M",
        "ME",
        "Y",
        "B",
        "0",
        "00",
        "-",
        "/",
        "٣",
    ]
)
PERIODS = st.lists(_PIECES, min_size=1, max_size=3).flatmap(
    lambda pieces: st.sampled_from(["".join(pieces), " ".join(pieces)])
)
SPANS = st.fixed_dictionaries({}, optional=dict.fromkeys(("period", "start", "end", "last"), PERIODS | VALUES))
