"""What a notebook shows of an error: the line that its reader wrote."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable
from typing import Any

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import PeriodError


def through(filename: str) -> Callable[[Callable[[], object]], object]:
    """A function of another program that calls what it is given."""
    names: dict[str, Callable[[Callable[[], object]], object]] = {}
    exec(compile("\n\n\ndef call(it):\n    return it()\n", filename, "exec"), names)
    return names["call"]


def fail() -> object:
    return rt.plan_retarus("faxOutUdrReport", last="nonsense", customer_id="1")


def shown(call: Callable[[], object]) -> str:
    with pytest.raises(PeriodError) as caught:
        call()
    return "\n".join(caught.value._render_traceback_())


@pytest.mark.parametrize(
    "filename", ["/v/lib/python3.11/site-packages/dask/base.py", f"{sysconfig.get_path('stdlib')}/threading.py"]
)
def test_the_line_is_the_reader_s_and_not_that_of_a_program_between(filename: str) -> None:
    """Dask, an executor, pandas: whatever calls the package for him."""
    called = shown(lambda: through(filename)(fail))
    assert __file__ in called
    assert filename not in called


def test_a_cell_is_called_one() -> None:
    assert shown(lambda: through("/tmp/ipykernel_7/123.py")(fail)).startswith("PeriodError (line ")
    in_a_cell: dict[str, Any] = {"rt": rt}
    code = "\n\ndef cell():\n    rt.plan_retarus('faxOutUdrReport', last='nonsense', customer_id='1')"
    exec(compile(code, "/tmp/ipykernel_7/123.py", "exec"), in_a_cell)
    assert "(line 4 of the cell)" in shown(in_a_cell["cell"])
