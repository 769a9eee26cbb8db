"""Every kind of value in the place of every option: a plan comes of it or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

import retarus_pandas as rt
from retarus_pandas.document.document import declared_variables
from retarus_pandas.notebook.magic.binding import bind
from retarus_pandas.schema.sources import bundled
from support.odd_values import ODD, deep, without_end
from support.trying import told_or_done

DOCUMENT = "query ($x: String) { faxOutUdrReport(other: $x) { faxId docPages } }"
PLAIN: tuple[Any, ...] = (
    *(None, True, 0, -1, 5, 10**20, -(10**20), 10**5000, 1e300, float("inf"), float("nan"), -0.0),
    *("", "x", "faxId", "UTC", "warn", "pyarrow", "ASC", "\0", "\ud800", "a" * 10_000, "{", "nonsense"),
    *([], {}, [None], [1, "a"], [["a"]], [{}], {"a": 1}, {1: 2}, {None: None}, {"values": [object()]}),
    {"a}: 1} x": "y"},
)
OPTIONS = (
    *("variables", "filters", "operation", "customer_id", "page_size", "record_path", "sep", "dtype", "dtype_backend"),
    *("errors", "concurrency", "max_rows", "period", "start", "end", "last", "tz", "session"),
)
TYPES = (
    *("Int", "Int!", "Float", "Boolean", "String", "ID", "[Int]", "[[String!]!]!", "Long", "SortDirection"),
    *("DatePeriod", "FaxOutColumnUdrFilters", "Nothing"),
)
WRAPPED: tuple[Callable[[Any], Any], ...] = (
    lambda value: value,
    lambda value: [value],
    lambda value: {"x": value, "faxId": value},
)


def values() -> Iterator[Any]:
    """Every odd value, plain and inside of others."""
    for value in (*PLAIN, *ODD, without_end(), deep(), iter([1]), object()):
        yield from (wrap(value) for wrap in WRAPPED)


@pytest.mark.parametrize("option", OPTIONS)
def test_any_value_of_an_option(option: str) -> None:
    """Of some a plan is made, so that what comes after the checks is tried, too."""
    given = {"customer_id": "1"} | ({} if option in {"period", "start"} else {"last": "2D"})
    plans = [planned(DOCUMENT, **(given | {option: value})) for value in values()]
    assert any(plans)


def test_any_value_for_a_query() -> None:
    assert not any(planned(value, last="2D") for value in values() if not isinstance(value, str))


@pytest.mark.parametrize("tz", ["Europe/Berlin", "nowhere"])
@pytest.mark.parametrize("declared", TYPES)
def test_any_variable_of_the_notebook(declared: str, tz: str) -> None:
    """What can be made of it can be sent, or the plan says why not."""
    document = f"query ($x: {declared}) {{ faxOutUdrReport(other: $x) {{ faxId }} }}"
    types = declared_variables(document)
    bind_one = partial(bind, types, (), {}, schema=bundled(), tz=tz)
    bound = [told_or_done(partial(bind_one, {"x": value})) for value in values()]
    assert any(planned(document, last="2D", customer_id="1", variables=one[0]) for one in bound if one is not None)


def planned(query: Any, **options: Any) -> str:
    """The plan as text; empty where what was given is refused."""
    plan = told_or_done(partial(rt.plan_retarus, query, **options))
    return str(plan or "")
