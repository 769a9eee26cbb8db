"""The table of types."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from retarus_pandas.values import Kind

README = Path(__file__).parents[2] / "README.md"


def test_no_scalar_has_two_rows() -> None:
    scalars = [scalar for kind in Kind for scalar in kind.scalars]
    assert len(scalars) == len(set(scalars))


@pytest.mark.parametrize(
    ("scalar", "field", "kind"),
    [
        ("Long", "", Kind.INT),
        ("Decimal", "priceAt", Kind.DECIMAL),
        ("LocalDateTime", "", Kind.INSTANT),
        ("Date", "birthday", Kind.TEXT),
        ("Date", "sentTs", Kind.INSTANT),
        ("String", "keyTimestamp", Kind.INSTANT),
        ("ID", "keyTimestamp", Kind.TEXT),
        ("JSON", "sentAt", Kind.UNDECLARED),
    ],
)
def test_a_scalar_and_the_fields_name_say_what_a_field_holds(scalar: str, field: str, kind: Kind) -> None:
    assert Kind.of_scalar(scalar, field) is kind


@pytest.mark.parametrize(
    ("scalar", "value", "expected"),
    [
        ("String", "a", "a"),
        ("String", date(2026, 1, 31), "2026-01-31"),
        ("String", pd.Period("2026-01"), "2026-01"),
        ("ID", 7, "7"),
        ("Int", 7.0, 7),
        ("Long", 2**60, 2**60),
        ("Float", 7, 7.0),
        ("Boolean", True, True),
        ("Decimal", Decimal("0.10"), "0.10"),
        ("Decimal", "0.10", "0.10"),
        ("BigDecimal", 7, 7),
    ],
)
def test_a_python_value_becomes_what_the_scalar_takes(scalar: str, value: Any, expected: Any) -> None:
    convert = Kind.converter(scalar)
    assert convert is not None
    assert convert(value) == expected
    assert type(convert(value)) is type(expected)


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("String", 7),
        ("ID", True),
        ("Int", 7.5),
        ("Int", True),
        ("Float", "7"),
        ("Boolean", 1),
        ("Decimal", True),
        ("Decimal", "ten"),
        ("Decimal", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_value_that_does_not_fit_is_refused(scalar: str, value: Any) -> None:
    convert = Kind.converter(scalar)
    assert convert is not None
    with pytest.raises((TypeError, ValueError, ArithmeticError)):
        convert(value)


def test_a_scalar_nobody_knows_converts_nothing() -> None:
    assert Kind.converter("JSON") is None


def test_the_readme_shows_the_table() -> None:
    """Each kind's dtypes, in its row."""
    rows = [line.split("|") for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    for kind in (Kind.INT, Kind.FLOAT, Kind.DECIMAL, Kind.BOOLEAN, Kind.TEXT):
        [row] = [row for row in rows if row[1].strip().startswith(kind.scalars[0]) and len(row) == 6]
        assert row[2].strip().split()[0] == kind.dtype
        assert row[3].strip() in {kind.nullable, "the same"}


def test_kinds_are_known_without_pandas_and_arrow() -> None:
    """Whoever imports the values does not wait for them."""
    program = "import sys\nimport retarus_pandas.values\nprint({'pandas', 'pyarrow'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
