"""Whatever stands on a magic line or in a cell, and whatever its variables are: a result or a clear error."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from retarus_pandas.notebook.magic.cell import run_cell
from retarus_pandas.notebook.magic.line import cell_options
from retarus_pandas.read import reading_arguments
from retarus_pandas.read.splitting import join_line, split_line
from support.odd_values import PERIODS, VALUES, ZONES
from support.trying import fuzzed, told_or_done

DEFAULTS: dict[str, Any] = {
    "tz": "UTC",
    "page_size": 10_000,
    "concurrency": 4,
    "max_rows": None,
    "dtype_backend": "",
    "customer_id": "",
    "progress": True,
    "quiet": False,
}
TYPES = st.sampled_from(
    [
        "Int",
        "Int!",
        "Float",
        "Boolean",
        "String",
        "ID",
        "[Int]",
        "[[String!]!]!",
        "Long",
        "SortDirection",
        "DatePeriod",
        "FaxOutColumnUdrFilters",
        "Nothing",
    ]
)
_OPTIONS = [
    "--last",
    "--period",
    "--start",
    "--end",
    "--tz",
    "--var",
    "--filter",
    "--customer",
    "--operation",
    "--record-path",
    "--max-rows",
    "--page-size",
    "--concurrency",
    "--dtype-backend",
    "--save",
    "--plan",
    "--quiet",
    "--no-progress",
    "--secret",
    "--client-secret",
    "--token=x",
    "-h",
    "--help",
    "--",
    "-",
    "<<",
    "faxes",
    "faxes<<",
    "class",
    "2x",
    "statusName=OK",
    "statusName=",
    "=OK",
    "$x=5",
    "x=[1,",
    'x={"a":NaN}',
    "x=1e999",
    "x=[[[[",
    "7D",
    "2026-10",
    "-5",
    "1e3",
    '""',
    "'",
    '"',
    "=",
    "\\",
    "\x00",
    "�",
    "x=99999999999999999999",
    "--last=7D",
    "--max-rows=-1",
    "--max-rows=9999999999999999999999",
    "--page-size=1_0",
    "--filter=a=b",
]
LINES = st.lists(st.sampled_from(_OPTIONS) | PERIODS | st.text(max_size=6), max_size=8).map(" ".join) | st.text()


@fuzzed(300)
@given(LINES)
def test_any_line_is_understood_or_told_what_is_wrong(line: str) -> None:
    options = told_or_done(lambda: cell_options(line))
    if options is not None:
        assert isinstance(options, argparse.Namespace)
        told_or_done(lambda: reading_arguments(options))


@fuzzed(100)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_any_words_are_put_together_and_taken_apart_again(words: list[str]) -> None:
    assert split_line(join_line(words)) == words


@contextmanager
def shell_with(variables: dict[str, Any]) -> Iterator[InteractiveShell]:
    shell = _shell()
    shell.user_ns.update(variables)
    try:
        yield shell
    finally:
        for name in variables:
            shell.user_ns.pop(name, None)


def _shell() -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    made: InteractiveShell = InteractiveShell.instance(config=config)
    return made


@pytest.fixture(scope="module", autouse=True)
def _no_shell_is_left() -> Iterator[None]:
    InteractiveShell.clear_instance()
    yield
    InteractiveShell.clear_instance()


@fuzzed(200)
@given(
    TYPES, VALUES, st.none() | st.text(max_size=8) | st.sampled_from(["[1", "1e999", "{", "null", "[" * 5000]), ZONES
)
def test_any_variable_is_converted_or_told_what_is_wrong(declared: str, value: Any, typed: str | None, tz: str) -> None:
    """From the notebook or from the line."""
    cell = f"query ($x: {declared}) {{ faxOutUdrReport(other: $x) {{ faxId }} }}"
    words = [
        "--plan",
        "--last",
        "2D",
        "--customer",
        "1",
        "--tz",
        tz,
        *(["--var", f"x={typed}"] if typed is not None else []),
    ]
    with shell_with({"x": value}) as shell:
        plan = told_or_done(lambda: run_cell(join_line(words), cell, shell, DEFAULTS))
        assert plan is None or str(plan)


@fuzzed(200)
@given(
    LINES,
    st.sampled_from(["faxOutUdrReport", "{ faxOutUdrReport { faxId } };", "", ";", "nonsense("]) | st.text(max_size=9),
)
def test_any_cell_makes_a_plan_or_is_told_what_is_wrong(line: str, cell: str) -> None:
    with shell_with({}) as shell:
        told_or_done(lambda: run_cell(f"--plan --customer 1 {line}", cell, shell, DEFAULTS))
