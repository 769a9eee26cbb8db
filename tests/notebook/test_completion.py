"""Tab in a real shell and a real kernel: what is offered in our cells, and that other cells are left alone."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.core.completer import Completion, provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import retarus_pandas as rt
from retarus_pandas.completion.variables import fitting_types
from retarus_pandas.notebook.magic.commands import COMMANDS
from retarus_pandas.notebook.magic.completer import register, unregister
from retarus_pandas.session.current import make_current
from support.kernels import Kernel, run_kernel


@pytest.fixture(scope="module")
def bare_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    made: InteractiveShell = InteractiveShell.instance(
        config=config, ipython_dir=str(tmp_path_factory.mktemp("ipython"))
    )
    yield made
    InteractiveShell.clear_instance()
    gc.collect()


@pytest.fixture
def shell(bare_shell: InteractiveShell) -> Iterator[InteractiveShell]:
    bare_shell.user_ns.update(codes=["OK"], prints="x")
    register(bare_shell)
    yield bare_shell
    unregister(bare_shell)


def words(found: Completion) -> str:
    """What stands beside a candidate, whose blanks break no line."""
    assert found.type
    assert " " not in found.type
    return found.type.replace("\N{NO-BREAK SPACE}", " ")


def offered(shell: InteractiveShell, marked: str) -> dict[str, Completion]:
    """What is offered where the cell has ``|``."""
    before, _, after = marked.partition("|")
    with provisionalcompleter():
        return {each.text: each for each in shell.Completer.completions(before + after, len(before))}


# ---------------------------------------------------------------- bodies


def test_a_body_is_offered_what_the_schema_has(shell: InteractiveShell) -> None:
    """The word is replaced, type and meaning stand beside the name, and the order is ours."""
    cell = "%%retarus faxes --last 7D\n{\n  faxOutUdrReport {\n    content { docP|"
    (found,) = offered(shell, cell).values()
    assert (found.text, found.start, found.end) == ("docPages", len(cell) - 5, len(cell) - 1)
    assert words(found) == "Int · Pages of the document."
    assert list(offered(shell, "%%retarus\n{ faxOutUdrReport(|) { faxId } }"))[:2] == ["filter", "sort"]


@pytest.mark.parametrize(
    "start",
    [
        "%%retarus\n",
        "\n  %%retarus x\n",
        "%%retarus --save 'a b.csv\n",
        "%%retarus\t\n\n\n",
        "%%time\n%%retarus\n",
        "%%capture caught --no-stderr\n%%time\n\n%%retarus x --last 7D\n",
    ],
)
def test_the_body_begins_below_the_line(shell: InteractiveShell, start: str) -> None:
    assert set(offered(shell, f"{start}{{ sms|")) == {"smsInUdrReport", "smsOutUdrReport"}
    assert set(offered(shell, f"{start}sms|")) == {"smsInUdrReport", "smsOutUdrReport"}


@pytest.mark.parametrize(
    "body", ["{ faxOutUdrReport { content { print|", '{ faxOutUdrReport(customerId: "pri|', "{ # pri|", "{ a { pri|"]
)
def test_a_body_is_no_python(shell: InteractiveShell, body: str) -> None:
    """Even where there is nothing to offer, nobody offers Python's names, magics or files."""
    assert offered(shell, "pri|")
    assert offered(shell, f"%%retarus\n{body}") == {}


def test_a_declaration_is_offered_the_notebook_s_variables(shell: InteractiveShell) -> None:
    found = offered(
        shell, "%%retarus\nquery ($c|) { faxOutUdrReport(filter: {statusName: {values: $codes}}) { faxId } }"
    )
    assert words(found["codes: [String!]"]) == "[String!] · Used below and set in the notebook."
    assert list(offered(shell, "%%retarus\nquery ($|")) == ["prints: String", "codes: [String!]"]


def test_the_session_s_own_schema_is_offered(shell: InteractiveShell) -> None:
    sdl = "type Query { faxOutUdrReport(page: Int): P } type P { content: [R] } type R { brandNew: Int }"
    make_current(rt.Session("1", "id", "secret", api_url="https://localhost:1/", schema=sdl))
    assert set(offered(shell, "%%retarus\n{ faxOutUdrReport { content { |")) == {"brandNew"}
    rt.logout()


def test_nothing_is_sent_and_nobody_is_signed_in(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a session at hand, and with credentials in the environment that would make one."""
    with rt.sandbox.Sandbox(rows=10) as box:
        for name, value in box.environment.items():
            monkeypatch.setenv(name, value)
        assert offered(shell, "%%retarus --|")
        assert rt.current_session() is None
        make_current(rt.Session.from_env())
        box.requests.clear()
        before = set(threading.enumerate())
        for cell in ("%%retarus --filter |\nfaxOutUdrReport", "%%retarus\n{ fax|", "%retarus fields |", "%retarus |"):
            assert offered(shell, cell)
        assert set(threading.enumerate()) <= before
        assert (box.requests.api, box.requests.tokens) == (0, 0)
        rt.logout()


# ---------------------------------------------------------------- lines


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("%%retarus faxes --la|", {"--last"}),
        ("%%retarus --last 7D --dtype|", {"--dtype-backend"}),
        ("%%retarus --dtype-backend |", {"numpy_nullable", "pyarrow"}),
        ("%%retarus --dtype-backend=pya|", {"pyarrow"}),
        ("%%retarus --tz europe/berl|", {"Europe/Berlin"}),
        ("%%retarus --tz 'europe/berl|", {"Europe/Berlin"}),
        ("%%retarus --last |", {"1D", "7D", "30D", "90D"}),
        ("%%retarus --start |", {"today", "yesterday"}),
        ("%%retarus --end |", {"today", "yesterday", "now"}),
        ("%%retarus --page-size |", {"1000", "10000"}),
        ("%%retarus --filter |\n{ faxOutUdrReport { faxId } }", {"statusName=", "jobBillingCode="}),
        ("%%retarus --filter 'a b'=c --filter st|\nfaxOutUdrReport", {"statusName="}),
        ("%%retarus --filter |\nsmsOutUdrReport", set()),
        ("%%retarus --filter statusName=|\nfaxOutUdrReport", set()),
        ("%%retarus --var |\nquery ($a: Int, $b: Boolean!) { fax", {"a=", "b="}),
        ("%%retarus --var b=|\nquery ($a: Int, $b: Boolean!) { fax", {"true", "false"}),
        ("%%retarus --var s=d|\nquery ($s: SortDirection) { fax", {"DESC"}),
        ("%%retarus --var a=|\nquery ($a: Int) { fax", set()),
        ("%%retarus --operation |\nquery A { fax } query B { fax", {"A", "B"}),
        ("%%retarus --customer |", set()),
        ("%%retarus pri|", set()),
        ("%retarus fie|", {"fields"}),
        ("%retarus |", set(COMMANDS)),
        ("x = 1\nframe = %retarus fie|", {"fields"}),
        ("%retarus fields sms|", {"smsInUdrReport", "smsOutUdrReport"}),
        ("%retarus fields smsInUdrReport |", set()),
        ("%retarus schema |", {"--live", "--diff", "--save"}),
        ("%retarus schema --live --|", {"--diff", "--save"}),
        ("%retarus nothing |", set()),
    ],
)
def test_lines_are_offered_options_values_and_commands(
    shell: InteractiveShell, marked: str, expected: set[str]
) -> None:
    assert set(offered(shell, marked)) == expected


def test_options_are_offered_once_unless_they_repeat(shell: InteractiveShell) -> None:
    found = offered(shell, "%%retarus --last 7D --var a=1 --filter b=2 --quiet |")
    assert {"--var", "--filter", "--period", "--plan"} <= set(found)
    assert not {"--last", "--quiet"} & set(found)
    assert words(found["--max-rows"]) == "N · Stop after so many rows, and say so."


def test_periods_are_such_as_can_be_read(shell: InteractiveShell) -> None:
    found = set(offered(shell, "%%retarus --period |"))
    assert {"today", "yesterday", f"{datetime.now(UTC):%Y-%m}"} <= found
    # Longer ones may begin before all that is kept.
    for period in ("today", "yesterday", f"{datetime.now(UTC):%Y-%m}"):
        assert rt.plan_retarus("faxOutUdrReport", period=period)


def test_every_command_says_what_it_does(shell: InteractiveShell) -> None:
    for found in offered(shell, "%retarus |").values():
        assert words(found).startswith("command · "), found


def test_a_list_of_objects_can_be_the_record_path(shell: InteractiveShell) -> None:
    sdl = (
        "type Query { faxOutUdrReport: P } type P { content: [R] } type R { a: [S!]! b: [Int] c: S } type S { d: Int }"
    )
    make_current(rt.Session("1", "id", "secret", api_url="https://localhost:1/", schema=sdl))
    assert set(offered(shell, "%%retarus --record-path |\nfaxOutUdrReport")) == {"a"}
    rt.logout()


def test_file_names_are_completed_by_ipython(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And only they."""
    (tmp_path / "printed.parquet").touch()
    monkeypatch.chdir(tmp_path)
    for line in ("%%retarus --save pri|", "%retarus schema --save pri|"):
        assert list(offered(shell, line)) == ["printed.parquet"], line


# ---------------------------------------------------------------- other cells


@pytest.mark.parametrize(
    "marked",
    [
        "pri|",
        "prints.upp|",
        "%%reta|",
        "%%retarus|",
        "%reta|",
        "%%retarusx\n{ fax|",
        "%%time\n{ fax|",
        "%%bash\n%retarus fie|",
        "%time pri|",
        "text = '''\n%%retarus\n{ fax|",
        "x = 5 %retarus fie|",
        "import o|\n%retarus fields x",
        "|",
    ],
)
def test_other_cells_are_left_alone(shell: InteractiveShell, marked: str) -> None:
    """What is offered there is what is offered without us."""
    with_us = offered(shell, marked)
    unregister(shell)
    assert list(offered(shell, marked)) == list(with_us)


def test_registering_again_changes_nothing_and_unregistering_leaves_nothing(bare_shell: InteractiveShell) -> None:
    def of_others(context: Any) -> list[str]:
        return []

    matchers = bare_shell.Completer.custom_matchers
    matchers.append(of_others)
    register(bare_shell)
    register(bare_shell)
    assert len(matchers) == 2
    unregister(bare_shell)
    assert matchers == [of_others]
    matchers.clear()


# ---------------------------------------------------------------- the notebook's variables


class _Colour(Enum):
    RED = "red"


def test_what_fits_a_graphql_type_and_what_does_not() -> None:
    namespace = {
        "flag": True,
        "number": 1,
        "numpy_number": np.int64(1),
        "ratio": 0.5,
        "text": "x",
        "instant": pd.Timestamp("2026-10-01", tz="UTC"),
        "colour": _Colour.RED,
        "month": pd.Period("2026-10"),
        "texts": ["x"],
        "column": pd.Series(["x"]),
        "days": pd.DatetimeIndex(["2026-10-01"]),
        "numbers": np.array([1, 2]),
        "several": {1},
        # what cannot be sent, or not be told
        "empty": [],
        "frame": pd.DataFrame({"a": [1]}),
        "matrix": np.zeros((2, 2)),
        "scalar": np.array(1),
        "nested": [[1]],
        "module": np,
        "nothing": None,
        "_private": 1,
        "hidden": 1,
    }
    assert fitting_types(namespace, {"hidden"}) == {
        "flag": "Boolean",
        "number": "Int",
        "numpy_number": "Int",
        "ratio": "Float",
        "text": "String",
        "instant": "String",
        "colour": "String",
        "month": "DatePeriod",
        "texts": "[String!]",
        "column": "[String!]",
        "days": "[String!]",
        "numbers": "[Int!]",
        "several": "[Int!]",
    }
    assert list(fitting_types({"early": 1, "late": 2})) == ["late", "early"]


# ---------------------------------------------------------------- a kernel


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with run_kernel() as running:
        running.printed("%load_ext retarus_pandas\ncodes = ['OK']")
        yield running


def test_a_frontend_gets_texts_types_and_places(kernel: Kernel) -> None:
    before, after = "%%retarus\n{ faxOutUdrReport { content { pag", " faxId } } }"
    reply = kernel.complete(before + after, len(before))
    assert reply["matches"][:2] == ["attemptPages", "docPages"]
    assert (reply["cursor_start"], reply["cursor_end"]) == (len(before) - 3, len(before))
    described = {each["text"]: each["type"] for each in reply["metadata"]["_jupyter_types_experimental"]}
    assert described["docPages"].split("\N{NO-BREAK SPACE}") == ["Int", "·", "Pages", "of", "the", "document."]


def test_a_kernel_s_python_cells_are_python(kernel: Kernel) -> None:
    assert "print" in kernel.complete("pri", 3)["matches"]
    assert kernel.complete("%%retarus\n{ pri", 15)["matches"] == []


def test_the_line_is_completed_below_other_magics_too(shell: InteractiveShell) -> None:
    assert "--last" in offered(shell, "%%time\n%%retarus faxes --la|")
    assert "--last" not in offered(shell, "%%writefile x.txt\n%%retarus faxes --la|")


def test_commands_are_completed_below_other_magics_too(shell: InteractiveShell) -> None:
    assert "fields" in offered(shell, "%%time\n%retarus fie|")
    assert "fields" not in offered(shell, "%%writefile x.txt\n%retarus fie|")


def test_what_is_done_with_an_archive_is_offered(shell: InteractiveShell) -> None:
    assert list(offered(shell, "%retarus archive s|"))[:2] == ["sync", "status"]
    assert "--report" in offered(shell, "%retarus archive sync folder --re|")
