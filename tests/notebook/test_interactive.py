"""The interactive table: when it is shown, what is in it, and the sentence where it cannot be."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import retarus_pandas as rt
from retarus_pandas.errors import InputError
from retarus_pandas.notebook.interactive import show_table
from retarus_pandas.session import make_current
from retarus_pandas.values import how_to_install

pytest.importorskip("itables")

CELL = "%%retarus {line} --last 40D --no-progress\n{body}"
BODY = "{ smsOutUdrReport { smsId status numberOfParts } }"


@pytest.fixture(autouse=True)
def shell() -> Iterator[InteractiveShell]:
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    made: InteractiveShell = InteractiveShell.instance(config=config)
    made.run_cell("%load_ext retarus_pandas")
    with rt.Session.sandbox(rows=60) as session:
        make_current(session)
        yield made
        rt.logout()
    made.run_cell("%unload_ext retarus_pandas")
    InteractiveShell.clear_instance()


@pytest.fixture
def notebook(shell: InteractiveShell) -> InteractiveShell:
    """As in a kernel, but that outputs can be looked at here."""
    setattr(shell, "kernel", SimpleNamespace(_allow_stdin=True))  # noqa: B010 - a terminal's shell declares none
    return shell


def run(shell: InteractiveShell, line: str, body: str = BODY) -> tuple[Any, str, list[dict[str, Any]]]:
    with capture_output() as captured:
        outcome: Any = shell.run_cell(CELL.format(line=line, body=body))
    outcome.raise_error()
    return outcome.result, captured.stdout, [output.data for output in captured.outputs]


def html_of(frame: pd.DataFrame) -> str:
    with capture_output() as captured:
        show_table(frame)
    return str(captured.outputs[0].data["text/html"])


def test_with_and_without_a_name_the_table_is_shown_under_the_line(notebook: InteractiveShell) -> None:
    for line in ("--table", "sms --table"):
        result, said, shown = run(notebook, line)
        assert result is None
        assert "rows × 3 columns" in said
        assert ["retarus-interactive" in each["text/html"] for each in shown] == [True]
        assert "smsId" in shown[0]["text/plain"]
    assert len(notebook.user_ns["sms"]) > 10


def test_of_several_reports_each_is_shown_under_its_name(notebook: InteractiveShell) -> None:
    _, said, shown = run(notebook, "--table", "{ a: smsInUdrReport { smsId } b: smsOutUdrReport { smsId } }")
    assert re.findall(r"^\w+: \w+", said, re.MULTILINE) == ["a: smsInUdrReport", "b: smsOutUdrReport"]
    assert len(shown) == 2


def test_a_semicolon_silences_it(notebook: InteractiveShell) -> None:
    assert run(notebook, "sms --table", f"{BODY};") == (None, "", [])


def test_without_itables_a_sentence_says_what_to_install_and_the_frame_is_the_result(
    notebook: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "itables", None)
    result, said, _ = run(notebook, "--table")
    assert f"takes the package itables, which is not installed. Run: {how_to_install(package='itables')}" in said
    assert isinstance(result, pd.DataFrame)
    result, said, shown = run(notebook, "sms --table")
    assert result is None
    assert how_to_install(package="itables") in said
    assert shown == []


def test_in_a_terminal_a_sentence_says_that_it_takes_a_notebook(shell: InteractiveShell) -> None:
    result, said, _ = run(shell, "--table")
    assert "--table takes a notebook" in said
    assert isinstance(result, pd.DataFrame)


def test_what_makes_no_frame_has_no_table(notebook: InteractiveShell) -> None:
    with pytest.raises(InputError, match="--table shows a frame, and --save makes none"):
        run(notebook, "--table --save x.csv")


def test_values_are_texts_with_all_their_digits_and_escaped() -> None:
    frame = pd.DataFrame(
        {
            "<img src=x>": pd.array([9_007_199_254_740_993, None], "Int64"),
            "price": [Decimal("0.10"), None],
            "list": [["</script>"], None],
            "at": pd.to_datetime(["2026-10-25T00:30Z", "NaT"]).tz_convert("Europe/Berlin"),
            "took": pd.to_timedelta([1500, None], unit="ms"),
            "yes": pd.array([True, None], "boolean"),
        }
    )
    for each in (frame, frame.head(0), frame.convert_dtypes(dtype_backend="pyarrow")):
        shown = html_of(each)
        assert "<img" not in shown
        assert "&lt;/script&gt;" in shown or not len(each)
    shown = html_of(frame)
    for text in ("9007199254740993", "0.10", "2026-10-25 02:30:00+02:00", "0 days 00:00:01.500000", "True"):
        assert rf"\"{text}\"" in shown
    assert r"\"\", \"\", \"\", \"\", \"\", \"\"" in shown  # what is missing


@pytest.mark.parametrize("backend", ["numpy_nullable", "pyarrow"])
def test_instants_stand_below_each_other(backend: Any) -> None:
    """With as many digits of a second each, as in a plain frame."""
    times = ["2026-10-25T00:30:00.240Z", "2026-10-25T00:30:00Z", "NaT"]
    at = pd.to_datetime(times, format="ISO8601").tz_convert("Europe/Berlin")
    shown = html_of(pd.DataFrame({"at": at}).convert_dtypes(dtype_backend=backend))
    for text in ("2026-10-25 02:30:00.240+02:00", "2026-10-25 02:30:00.000+02:00", ""):
        assert rf"\"{text}\"" in shown


def test_a_long_frame_says_how_much_of_it_is_in_the_table() -> None:
    frame = pd.DataFrame({"a": range(40_000), "b": 1})
    shown = html_of(frame)
    assert "The first 15,000 of 40,000 rows; the others are not searched." in shown
    assert "downsampled" not in shown.partition("retarus-interactive")[2]
    assert "The first" not in html_of(frame.head(10)).partition("retarus-interactive")[2]
