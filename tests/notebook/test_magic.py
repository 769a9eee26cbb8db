"""The magics in a real IPython shell, against the embedded service."""

from __future__ import annotations

import gc
import logging
import re
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets import TraitError
from traitlets.config import Config

import retarus_pandas as rt
from retarus_pandas.errors import DocumentError, ExportError, InputError, NotSignedInError, PeriodError, QueryError
from retarus_pandas.notebook.explorer.choice import Choice
from retarus_pandas.notebook.explorer.explorer import Explorer
from retarus_pandas.notebook.explorer.exploring import explorer_for
from retarus_pandas.notebook.magic.commands import COMMANDS, MANUAL
from retarus_pandas.notebook.magic.warned import warnings_on_one_line
from retarus_pandas.session.current import make_current

_TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
_ARCHIVED: dict[str, Any] = {
    name: (_TODAY - timedelta(days=days)).isoformat() for name, days in (("start", 50), ("end", 20))
}
CELL = "%%retarus {line}\n{{ smsOutUdrReport {{ smsId status numberOfParts }} }}"


@pytest.fixture(scope="module")
def box() -> Iterator[rt.sandbox.Sandbox]:
    with rt.sandbox.Sandbox(rows=600) as made:
        yield made


@pytest.fixture(scope="module")
def bare_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    # A shell that keeps results collects all garbage of this process each time it is reset.
    config.InteractiveShell.cache_size = 0
    InteractiveShell.clear_instance()
    made: InteractiveShell = InteractiveShell.instance(
        config=config, ipython_dir=str(tmp_path_factory.mktemp("ipython"))
    )
    yield made
    InteractiveShell.clear_instance()
    gc.collect()


@pytest.fixture
def shell(bare_shell: InteractiveShell) -> Iterator[InteractiveShell]:
    bare_shell.run_cell("%load_ext retarus_pandas")
    yield bare_shell
    bare_shell.run_cell("%unload_ext retarus_pandas")
    bare_shell.config.pop("RetarusMagics", None)
    bare_shell.reset()


@pytest.fixture
def signed_in(box: rt.sandbox.Sandbox) -> Iterator[rt.Session]:
    yield make_current(
        rt.Session(box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url)
    )
    rt.logout()


@pytest.fixture
def signed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rt.logout()
    for name in ("RETARUS_CUSTOMER_ID", "RETARUS_CLIENT_ID", "RETARUS_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)


class Outcome(Protocol):
    """What IPython says of a cell that ran; it leaves the result unannotated."""

    success: bool
    result: Any
    error_in_exec: BaseException | None


def run(shell: InteractiveShell, cell: str) -> Outcome:
    outcome: Outcome = shell.run_cell(cell)
    return outcome


def failure(shell: InteractiveShell, cell: str, capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    """The exception of a failing cell, and what it printed."""
    capsys.readouterr()
    result = run(shell, cell)
    printed = capsys.readouterr()
    assert not result.success
    return result.error_in_exec, printed.out + printed.err


def test_without_a_name_the_frame_is_the_cells_result(shell: InteractiveShell, signed_in: rt.Session) -> None:
    frame = run(shell, CELL.format(line="--last 40D")).result
    expected = rt.read_retarus("{ smsOutUdrReport { smsId status numberOfParts } }", last="40D")
    assert len(frame) > 100
    assert list(frame.columns) == ["smsId", "status", "numberOfParts"]
    assert abs(len(frame) - len(expected)) <= 1


@pytest.mark.parametrize("line", ["sms --last 40D", "sms << --last 40D"])
def test_with_a_name_it_is_stored_and_one_line_says_what_came(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    result = run(shell, CELL.format(line=line))
    assert result.result is None
    frame = shell.user_ns["sms"]
    (said,) = capsys.readouterr().out.splitlines()
    assert f"{len(frame):,} rows × 3 columns" in said
    assert " to " in said
    assert "UTC" in said
    assert said.endswith(" s")


def test_quiet_says_nothing(shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]) -> None:
    run(shell, CELL.format(line="sms --last 4D --quiet --no-progress"))
    assert capsys.readouterr() == ("", "")


def test_a_semicolon_silences_the_result(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(shell, CELL.format(line="--last 4D") + " ;\n")
    assert result.success
    assert result.result is None
    assert capsys.readouterr().out == ""


def test_the_body_may_be_only_a_reports_name(shell: InteractiveShell, signed_in: rt.Session) -> None:
    frame = run(shell, "%%retarus --last 4D\nsmsInUdrReport\n").result
    assert list(frame.columns) == list(rt.fields("smsInUdrReport")["field"])


def test_variables_come_from_the_notebook_and_the_line_says_which(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.user_ns |= {"wanted": pd.Series(["BUSY"]), "page": 5}
    run(
        shell,
        "%%retarus busy --last 60D\n"
        "query ($wanted: [String!]) { faxOutUdrReport(filter: {statusName: {values: $wanted}}) { statusName } }",
    )
    assert set(shell.user_ns["busy"]["statusName"]) == {"BUSY"}
    assert "with $wanted from the notebook" in capsys.readouterr().out


def test_a_function_s_own_variable_goes_before_the_notebooks(shell: InteractiveShell, signed_in: rt.Session) -> None:
    """As anywhere in Python: a global of the same name would give other rows, without a word."""
    code = """
wanted = "OK"
def read(wanted):
    text = '''query ($wanted: [String!]) {
        faxOutUdrReport(filter: {statusName: {values: $wanted}}) { content { statusName } }
    }'''
    return get_ipython().run_cell_magic("retarus", "--last 30D", text)
busy, ok = read("BUSY"), (lambda: read(wanted))()
"""
    shell.run_cell(code).raise_error()
    assert set(shell.user_ns["busy"]["statusName"]) == {"BUSY"}
    assert set(shell.user_ns["ok"]["statusName"]) == {"OK"}


def test_names_are_those_of_the_functions_around_as_python_has_them(
    shell: InteractiveShell, signed_in: rt.Session
) -> None:
    """Of those around in the text, also within a comprehension; not of those that only call."""
    code = """
wanted = "OK"
text = "query ($wanted: [String!]) { faxOutUdrReport(filter: {statusName: {values: $wanted}}) { statusName } }"
def outer(wanted):
    def inner():
        return get_ipython().run_cell_magic("retarus", "--last 30D --quiet", text)
    return inner(), [get_ipython().run_cell_magic("retarus", "--last 30D --quiet", text) for _ in range(1)][0]
def elsewhere():
    return get_ipython().run_cell_magic("retarus", "--last 30D --quiet", text)
def caller(wanted):
    return elsewhere()
inner, listed = outer("BUSY")
called = caller("BUSY")
"""
    shell.run_cell(code).raise_error()
    found = [set(shell.user_ns[name]["statusName"]) for name in ("inner", "listed", "called")]
    assert found == [{"BUSY"}, {"BUSY"}, {"OK"}]


def test_what_is_ipython_s_own_is_no_value(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its last output is a text, and nobody meant it."""
    cell = (
        "%%retarus --last 7D\nquery ($_: [String!]) { faxOutUdrReport(filter: {statusName: {values: $_}}) { faxId } }"
    )
    _, printed = failure(shell, cell, capsys)
    assert "The variable $_ ([String!]) has no value" in printed


def test_a_variable_on_the_line_goes_before_the_notebooks(shell: InteractiveShell, signed_in: rt.Session) -> None:
    shell.user_ns["wanted"] = "OK"
    run(
        shell,
        "%%retarus busy --last 60D --var wanted=BUSY\n"
        "query ($wanted: [String!]) { faxOutUdrReport(filter: {statusName: {values: $wanted}}) { statusName } }",
    )
    assert set(shell.user_ns["busy"]["statusName"]) == {"BUSY"}


def test_dollars_and_braces_on_the_line_are_not_expanded(shell: InteractiveShell, signed_in: rt.Session) -> None:
    shell.user_ns["code"] = "BUSY"
    frame = run(shell, "%%retarus --last 60D --filter statusName=$code\n{ faxOutUdrReport { statusName } }").result
    assert len(frame) == 0


def test_filters_group_by_quotes(shell: InteractiveShell, signed_in: rt.Session) -> None:
    frame = run(
        shell,
        '%%retarus --last 60D --filter jobBillingCode="Pos. 2 Fax"\n{ faxOutUdrReport { jobBillingCode } }',
    ).result
    assert set(frame["jobBillingCode"]) == {"Pos. 2 Fax"}


def test_several_reports_are_stored_as_a_dict_and_shown_one_by_one(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "{ a: smsInUdrReport { smsId } b: smsOutUdrReport { smsId } }"
    run(shell, f"%%retarus both --last 9D\n{body}")
    assert list(shell.user_ns["both"]) == ["a", "b"]
    capsys.readouterr()
    assert run(shell, f"%%retarus --last 9D\n{body}").result is None
    assert "b: " in capsys.readouterr().out


def test_truncation_is_said_even_when_the_frame_is_shown(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = run(shell, CELL.format(line="--last 40D --max-rows 5")).result
    assert len(frame) == 5
    assert "more exist" in capsys.readouterr().out


def test_a_plan_sends_nothing(shell: InteractiveShell, box: rt.sandbox.Sandbox, signed_in: rt.Session) -> None:
    before = box.requests.api
    plan = run(shell, CELL.format(line="--last 90D --plan --concurrency 2 --max-rows 5")).result
    assert box.requests.api == before
    assert len(plan.reports[0].windows) == 3


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_save_streams_to_a_file(
    shell: InteractiveShell,
    signed_in: rt.Session,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    ending: str,
) -> None:
    path = tmp_path / f"sms out.{ending}"
    assert run(shell, CELL.format(line=f'--last 40D --save "{path}"')).result is None
    frame = pd.read_parquet(path) if ending == "parquet" else pd.read_csv(path)
    assert f"{len(frame):,} rows" in capsys.readouterr().out
    assert list(frame.columns) == ["smsId", "status", "numberOfParts"]


def test_save_takes_the_options_of_files(shell: InteractiveShell, signed_in: rt.Session, tmp_path: Path) -> None:
    path = tmp_path / "sms.csv"
    run(shell, CELL.format(line=f"--last 40D --save {path} --csv excel-de --mask smsId=last4"))
    frame = pd.read_csv(path, sep=";", encoding="utf-8-sig")
    assert frame["smsId"].str.fullmatch("….{4}").all()


def test_defaults_come_from_config_and_options_go_before_them(shell: InteractiveShell, signed_in: rt.Session) -> None:
    run(shell, "%config RetarusMagics.max_rows = 3")
    run(shell, "%config RetarusMagics.tz = 'Europe/Berlin'")
    text = "{ smsInUdrReport { receivedTs } }"
    assert len(run(shell, f"%%retarus --last 60D\n{text}").result) == 3
    frame = run(shell, f"%%retarus --last 60D --max-rows 4 --tz Asia/Tokyo\n{text}").result
    assert len(frame) == 4
    assert str(frame["receivedTs"].dtype) == "datetime64[us, Asia/Tokyo]"


def test_a_file_is_written_as_config_says_where_that_fits(
    shell: InteractiveShell, signed_in: rt.Session, tmp_path: Path
) -> None:
    """And nothing else is refused for it."""
    run(shell, "%config RetarusMagics.csv = 'excel-de'")
    for line in (
        "sms",
        f"--save {tmp_path}/x.csv",
        f"--save {tmp_path}/x.parquet",
        f"--save {tmp_path}/y.csv --csv plain",
    ):
        assert run(shell, CELL.format(line=f"{line} --last 40D")).success
    lines = {name: (tmp_path / name).read_text(encoding="utf-8-sig").splitlines()[0] for name in ("x.csv", "y.csv")}
    assert lines == {"x.csv": "smsId;status;numberOfParts", "y.csv": '"smsId","status","numberOfParts"'}
    run(shell, "%config RetarusMagics.csv = {'preset': 'excel', 'sep': '|'}")
    run(shell, CELL.format(line=f"--last 40D --save {tmp_path}/x.csv"))
    assert (tmp_path / "x.csv").read_text(encoding="utf-8-sig").startswith("smsId|status|numberOfParts\n")


def test_masks_and_units_come_from_config_and_the_line_goes_before_them(
    shell: InteractiveShell, signed_in: rt.Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "{ smsOutUdrReport { recipient status } }"
    magics = shell.magics_manager.registry["RetarusMagics"]
    monkeypatch.delenv("RETARUS_MASK_KEY", raising=False)
    with pytest.raises(TraitError, match="takes a key, and there is none"):
        magics.mask = "personal"
    monkeypatch.setenv("RETARUS_MASK_KEY", "a key that is long enough for tests")
    run(shell, "%config RetarusMagics.mask = 'personal'")
    assert run(shell, f"%%retarus --last 40D\n{text}").result["recipient"].str.fullmatch("[0-9a-f]{32}").all()
    line = "--last 40D --mask recipient=last4"
    assert run(shell, f"%%retarus {line}\n{text}").result["recipient"].str.fullmatch("….{4}").all()
    run(shell, "%config RetarusMagics.mask = {'recipient': 'drop'}")
    run(shell, "%config RetarusMagics.units = 'si'")
    assert list(run(shell, f"%%retarus --last 40D\n{text}").result) == ["status"]
    for name, value in (("mask", "all"), ("mask", {"recipient": "sha"}), ("units", "metric"), ("csv", "excel-fr")):
        with pytest.raises(TraitError, match="does not fit"):
            setattr(magics, name, value)


@pytest.mark.parametrize(
    ("cell", "error", "words"),
    [
        ("%%retarus\n{ smsInUdrReport { smsId } }", PeriodError, ["--last 7D"]),
        ("%%retarus --last 7D\n{ smsInUdrReport {\n  smsId", DocumentError, ["line 3", "^"]),
        ("%%retarus --last 7D\nmutation { x }", DocumentError, ["mutation"]),
        ("%%retarus --last 7D\n;", DocumentError, []),
        ("%%retarus --nonsense\nx", InputError, ["--nonsense"]),
        ("%%retarus 2x --last 7D\nsmsInUdrReport", InputError, ["2x"]),
        ("%%retarus --last 7D --client-secret=hush\nsmsInUdrReport", InputError, ["history"]),
        ("%%retarus --last 7D\nnoReport", DocumentError, ["service's own schema ('%retarus schema --live', or a file"]),
        ("%%retarus --last 7D\n{ faxOutUdrReport { zzz } }", QueryError, ["'%retarus fields faxOutUdrReport' lists"]),
        ("%retarus schema --save /no/such/x", ExportError, ["No such file"]),
        ("%retarus archive status x --no-progress", InputError, ["The option --no-progress fits 'archive sync' only"]),
        ("%retarus fields noReport", InputError, ["noReport"]),
        ("%retarus nonsense", InputError, ["nonsense", "login"]),
    ],
)
def test_a_mistake_shows_a_few_lines_and_fails_the_cell(
    shell: InteractiveShell,
    signed_in: rt.Session,
    capsys: pytest.CaptureFixture[str],
    cell: str,
    error: type[Exception],
    words: list[str],
) -> None:
    raised, printed = failure(shell, cell, capsys)
    assert type(raised) is error
    assert "Traceback" not in printed
    assert len(printed.strip().splitlines()) <= 8
    for word in words:
        assert word in printed
    assert "hush" not in printed


def test_a_refusal_of_the_service_shows_its_words(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    raised, printed = failure(shell, "%%retarus --last 7D\n{ smsInUdrReport { nothingLikeIt } }", capsys)
    assert isinstance(raised, QueryError)
    assert raised.errors
    assert "nothingLikeIt" in printed


@pytest.mark.parametrize(
    "blank", ["\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE} \N{THIN SPACE}"]
)
def test_a_blank_that_does_not_break_ends_the_magics_name(
    shell: InteractiveShell, signed_in: rt.Session, blank: str
) -> None:
    """As web pages and word processors write it; elsewhere in a cell it stays what it was."""
    run(shell, f"\n%%retarus{blank}texts --last 60D\n{{ smsInUdrReport {{ smsId }} }}")
    assert list(shell.user_ns["texts"].columns) == ["smsId"]
    assert "smsId" in set(run(shell, f"x = 1\n%retarus{blank}fields smsInUdrReport").result["field"])
    assert run(shell, f"'%retarus{blank}x'").result == f"%retarus{blank}x"
    shell.run_line_magic("unload_ext", "retarus_pandas")
    assert not shell.run_cell(f"%retarus{blank}reports").success
    shell.run_line_magic("load_ext", "retarus_pandas")


def test_a_cell_run_signed_out_fails_and_says_how_to_sign_in(
    shell: InteractiveShell, signed_out: None, capsys: pytest.CaptureFixture[str]
) -> None:
    raised, printed = failure(shell, CELL.format(line="--last 7D"), capsys)
    assert isinstance(raised, NotSignedInError)
    assert "RETARUS_CLIENT_SECRET" in printed
    assert "or run '%retarus login'" in printed


def test_a_missing_archive_is_told_as_the_command_that_makes_one(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ("%retarus archive status nowhere", CELL.format(line="--last 7D --archive nowhere")):
        raised, printed = failure(shell, words, capsys)
        assert isinstance(raised, InputError)
        assert "Make it first: '%retarus archive sync nowhere'." in printed


def test_the_housekeeping_commands_answer(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "faxOutUdrReport" in set(run(shell, "%retarus reports").result["report"])
    assert "faxId" in set(run(shell, "%retarus fields faxOutUdrReport").result["field"])
    assert signed_in.customer_id in str(run(shell, "%retarus status").result)
    assert list(run(shell, "%retarus doctor").result) == ["check", "outcome", "detail", "what to do"]
    run(shell, "%retarus")
    assert "%retarus login" in capsys.readouterr().out
    run(shell, "%retarus logout")
    assert signed_in.customer_id in capsys.readouterr().out
    assert rt.current_session() is None
    run(shell, "%retarus logout")
    assert "Nobody" in capsys.readouterr().out


def test_the_demo_signs_in_to_the_embedded_service(
    shell: InteractiveShell, signed_out: None, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shell, "%retarus demo")
    session = rt.current_session()
    assert session is not None
    assert session.is_sandbox
    asked: dict[str, Any] = {"query": "{ smsInUdrReport { smsId } }", "period": "last month"}
    read = rt.read_retarus(**asked)
    with rt.Session.sandbox(days_ahead=rt.sandbox.LIVE_DAYS) as live, rt.Session.sandbox() as ended:
        pd.testing.assert_frame_equal(read, rt.read_retarus(**asked, session=live), check_flags=False)
        assert not read.equals(rt.read_retarus(**asked, session=ended))
    rt.logout()


def test_a_demonstration_has_records_of_today() -> None:
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    with rt.sandbox.Sandbox(now=noon, days_ahead=rt.sandbox.LIVE_DAYS) as box:
        stamps = [row["keyTimestamp"] for row in box.records("faxOutUdrReport") if row["keyTimestamp"] >= "2026-11-26"]
        assert len(stamps) > 50
        assert max(stamps) < "2026-11-26T12:00:00.001"


def test_the_manual_names_every_option(shell: InteractiveShell) -> None:
    manual = shell.find_cell_magic("retarus").__doc__ or ""
    from retarus_pandas.notebook.magic.line import cell_parser

    for action in cell_parser()._actions:
        names = list(action.option_strings) or [str(action.metavar)]
        assert all(name in manual for name in names)


def test_unloading_removes_all_and_loading_touches_nothing_else(tmp_path: Path) -> None:
    # Not the one that `display` finds, which tests to come want to be that of this file.
    shell = InteractiveShell(ipython_dir=str(tmp_path))

    def state() -> tuple[Any, ...]:
        return (
            sorted(shell.magics_manager.magics["line"]),
            sorted(shell.magics_manager.magics["cell"]),
            list(shell.configurables),
            sorted(shell.magics_manager.registry),
            list(shell.Completer.custom_matchers),
            list(shell.input_transformers_cleanup),
            list(warnings.filters),
            list(logging.getLogger().handlers),
            {name: len(logger.handlers) for name, logger in _loggers()},
            {key: value for key, value in vars(shell).items() if callable(value)},
            set(threading.enumerate()),
            repr(pd.describe_option("display", _print_desc=False)),
        )

    shell.run_cell("%unload_ext retarus_pandas")  # IPython loads its own magics on first use
    before = state()
    shell.run_cell("%load_ext retarus_pandas")
    assert "retarus" in shell.magics_manager.magics["cell"]
    shell.run_cell("%unload_ext retarus_pandas")
    assert state() == before


def _loggers() -> list[tuple[str, logging.Logger]]:
    known = logging.Logger.manager.loggerDict
    return [(name, logger) for name, logger in known.items() if isinstance(logger, logging.Logger) and logger.handlers]


def test_the_schema_can_be_printed_saved_fetched_and_compared(
    shell: InteractiveShell, signed_in: rt.Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shell, "%retarus schema")
    assert "faxOutUdrReport" in capsys.readouterr().out
    assert len(run(shell, "%retarus schema --diff").result) == 0
    run(shell, "%retarus schema --live")
    assert "the service's own" in capsys.readouterr().out
    changes = run(shell, "%retarus schema --diff").result
    assert "transactionalEmailEventReport" in set(changes["report"])
    path = tmp_path / "own.graphql"
    run(shell, f"%retarus schema --save {path}")
    with rt.Session("1", "2", "3", schema=path) as session:
        assert session.schema.known_fields("transactionalEmailEventReport")


def test_the_explorer_says_what_else_there_is_where_no_widgets_are(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    raised, printed = failure(shell, "%retarus explore", capsys)
    assert isinstance(raised, InputError)
    assert "%retarus fields" in printed


def run_and_wait(explorer: Explorer) -> None:
    explorer.run()
    for thread in threading.enumerate():
        if thread.name == "explorer":
            thread.join(60)


def test_the_explorer_reads_as_config_says(shell: InteractiveShell, signed_in: rt.Session) -> None:
    """Its frame is that of the cell it would insert."""
    magics = shell.magics_manager.registry["RetarusMagics"]
    magics.tz = "Europe/Berlin"
    magics.last_choice = Choice("smsInUdrReport", ("smsId", "receivedTs"), "Last 30 days", name="sms")
    run_and_wait(explorer_for(shell, magics))
    assert str(shell.user_ns["sms"]["receivedTs"].dt.tz) == "Europe/Berlin"


def test_the_explorer_stores_its_frame_in_the_shell_and_remembers(
    shell: InteractiveShell, signed_in: rt.Session
) -> None:
    magics = shell.magics_manager.registry["RetarusMagics"]
    choice = Choice("smsInUdrReport", ("smsId", "keyword"), "Last 30 days", name="sms")
    magics.last_choice = choice
    explorer = explorer_for(shell, magics)
    assert explorer.choice == choice
    run_and_wait(explorer)
    assert list(shell.user_ns["sms"].columns) == ["smsId", "keyword"]
    said = explorer.outcome.message.value
    assert re.search(r"rows × \d columns · \d{4}-\d\d-\d\d .* to .* UTC · ", said)
    explorer.name.value = "other"
    assert explorer_for(shell, magics).choice.name == "other"
    explorer.below.click()
    assert "copy the text" in explorer.outcome.message.value


def said(shell: InteractiveShell, capsys: pytest.CaptureFixture[str], cell: str) -> list[str]:
    """All lines that a cell leaves, its warnings as they look for a user."""
    capsys.readouterr()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show_as_python_does
        run(shell, cell)
    printed = capsys.readouterr()
    lines = (line.rpartition("\r")[2] for line in (printed.out + printed.err).split("\n"))
    return [line for line in lines if line.strip()]


def show_as_python_does(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None
) -> None:
    """Unlike pytest, which records."""
    print(warnings.formatwarning(message, category, filename, lineno, line), end="")


def test_a_typo_in_a_field_is_one_message(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    """The field, the caret, did you mean; no warning before it, no path, no line about a read that never began."""
    cell = "%%retarus faxes --last 3D\n{ faxOutUdrReport { content { faxId statusNam } } }"
    first, quoted, caret, *rest = said(shell, capsys, cell)
    assert first.startswith("QueryError: Cannot query field 'statusNam'")
    assert "Did you mean 'statusName'" in first
    assert "(line 2, column 37)" in first
    assert quoted[caret.index("^") :].startswith("statusNam ")
    assert not [line for line in rest if "statusNam" in line or "stopped" in line or ".py" in line]


def test_a_warning_in_a_cell_is_one_line_and_said_once(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a path, without our source, and not again behind the number of rows."""
    day, after = (f"{pd.Timestamp.now('UTC') - pd.Timedelta(days=days):%Y-%m-%d}" for days in (6, 5))
    lines = said(shell, capsys, CELL.format(line=f"sms --start {day} --end {after}"))
    assert len(lines) == 2
    warning, result = lines
    assert warning.startswith(f"PeriodWarning: --end {after} is the beginning of {after}: that day is not included.")
    assert "not included" not in result


def test_warnings_of_others_look_as_they_always_do() -> None:
    before = warnings.formatwarning
    with warnings_on_one_line() as shown:
        looks = warnings.formatwarning("something else", UserWarning, "a.py", 3)
    assert looks == before("something else", UserWarning, "a.py", 3)
    assert shown == []
    assert warnings.formatwarning is before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "Write --last 7D, --period 2026-10, or --start and --end."),
        ("--start 2001-01-01 --tz Asia/Kolkata", "+05:30"),
        ("--max-rows -3 --last 1D", "The option --max-rows -3 does not fit"),
        ("--last 30", '--last 30 has no unit. Write "30D" for days, "30h" for hours, or "30min"'),
    ],
)
def test_a_cell_is_told_in_the_words_of_its_line(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
    text = "\n".join(said(shell, capsys, CELL.format(line=line)))
    assert words in text
    assert not any(f"{name}=" in text for name in ("start", "end", "last", "period", "max_rows"))


def test_a_stored_read_says_one_line_and_the_bar_none(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a bar is shown: what it would say at the end is in the line about the variable."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr.isatty", lambda: True, raising=False)
        (line,) = said(shell, capsys, CELL.format(line="sms --last 4D"))
        assert line.startswith("sms: smsOutUdrReport ")
        (line,) = said(shell, capsys, CELL.format(line="--last 4D") + ";")
        assert "rows/s" in line


@pytest.mark.parametrize(
    ("line", "way_on"),
    [
        ("%retarus faxOutUdrReport --last 3D", "    %%retarus --last 3D\n    faxOutUdrReport"),
        ("%retarus FAXOUTUDRREPORT", "    %%retarus --last 7D\n    faxOutUdrReport"),
        ("%retarus faxOutUdrReprot", "Did you mean 'faxOutUdrReport'? A report is read in a cell"),
        ("%retarus faxOutUdrReprot --last 3D", "    %%retarus --last 3D\n    faxOutUdrReport"),
        ("%retarus { faxOutUdrReport { faxId } }", "    %%retarus --last 7D\n    { faxOutUdrReport { faxId } }"),
        ('%retarus query { f(a: "x) }', '    query { f(a: "x) }'),
        ("%%retarus last=7D\nfaxOutUdrReport", "The option 'last' lacks its dashes: write --last 7D."),
        ("%%retarus faxes last=7D\nfaxOutUdrReport", "The option 'last' lacks its dashes: write --last 7D."),
        ("%retarus logn", "Did you mean 'login'?"),
        ("%retarus --last 3D", "%%retarus --last 3D"),
        ("%%retarus get_ipython --last 3D\nfaxOutUdrReport", "The name 'get_ipython' is one of Python's or IPython's"),
        ("%retarus schema --lve", "Write it as: %retarus schema [--live]"),
        ("%%retarus x --save f.xls --last 3D\nfaxOutUdrReport", "leave out --save to get the frame 'x'"),
        ("%%retarus --save f.xls --last 3D\nfaxOutUdrReport", "Write 'f.xlsx'."),
        ("%%retarus --last 1M\nfaxOutUdrReport", '--period "last month"'),
    ],
)
def test_what_is_written_in_the_wrong_place_is_told_the_right_one(
    shell: InteractiveShell, signed_in: rt.Session, capsys: pytest.CaptureFixture[str], line: str, way_on: str
) -> None:
    _, printed = failure(shell, line, capsys)
    assert way_on in printed
    assert "invalid choice" not in printed


@pytest.mark.parametrize("line", ["%retarus help", "%retarus --help", "%retarus -h"])
def test_help_is_the_manual(shell: InteractiveShell, capsys: pytest.CaptureFixture[str], line: str) -> None:
    """A table where there is HTML, whose columns stay apart in a narrow window."""
    assert run(shell, line).success
    assert "%retarus login" in capsys.readouterr().out
    with capture_output() as captured:
        run(shell, line)
    (shown,) = captured.outputs
    assert shown.data["text/plain"] == MANUAL
    rows = re.findall(r"<td>%retarus (\w+).*?</td>\s*<td>", shown.data["text/html"])
    assert rows == list(COMMANDS)


@pytest.mark.parametrize("period", ["last month", "this month", "Last Month"])
def test_months_can_be_named_from_now(shell: InteractiveShell, signed_in: rt.Session, period: str) -> None:
    assert run(shell, CELL.format(line=f'sms --period "{period}"')).success


def test_the_reports_are_listed_in_a_reader_s_words(shell: InteractiveShell) -> None:
    listed = run(shell, "%retarus reports").result.set_index("report")
    fax = listed.loc["faxOutUdrReport"]
    assert fax["what it lists"] == "Sent faxes."
    assert fax["a period compares"] == "keyTimestamp (guessed)"
    assert fax["--filter"] == "yes"
    assert listed.loc["transactionalEmailEventReport", "known fields"] == "none: name them"
    assert not {"True", "False", ""} & {str(value) for value in listed.to_numpy().ravel()}


def test_an_archive_needs_nobody_signed_in(
    shell: InteractiveShell, signed_out: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whose days are not all in it gets the form, or is told how to sign in."""
    folder = tmp_path / "texts of 2026"
    with rt.Session.sandbox(rows={"smsOutUdrReport": 90}) as session:
        rt.Archive(folder, session).sync("smsOutUdrReport", fields=["status", "numberOfParts"], progress=False)
        live = rt.read_retarus("{ smsOutUdrReport { smsId status } }", **_ARCHIVED, session=session)
    span = f"--start {_ARCHIVED['start']} --end {_ARCHIVED['end']}"
    cell = "%%retarus {line}\n{{ smsOutUdrReport {{ smsId status }} }}"
    result = shell.run_cell(cell.format(line=f'texts {span} --archive "{folder}"'))
    assert result.success
    pd.testing.assert_frame_equal(shell.user_ns["texts"], live, check_flags=False)
    result = shell.run_cell(cell.format(line=f'--last 30D --archive "{folder}"'))
    assert isinstance(result.error_in_exec, NotSignedInError)


def test_a_setting_that_was_refused_lets_no_cell_be_read_otherwise(
    shell: InteractiveShell, signed_in: rt.Session, caplog: pytest.LogCaptureFixture
) -> None:
    """IPython logs the error and goes on: with a mask misspelt, numbers would show in clear."""
    run(shell, "%config RetarusMagics.mask = 'personel'")
    refused = run(shell, CELL.format(line="--last 4D"))
    assert isinstance(refused.error_in_exec, InputError)
    assert "RetarusMagics.mask was refused" in str(refused.error_in_exec)
    run(shell, "%config RetarusMagics.mask = ''")
    assert run(shell, CELL.format(line="--last 4D --quiet")).success


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tz", "Nowhere"), ("tz", "UTC+25"), ("page_size", 0), ("concurrency", 0), ("max_rows", -1), ("units", "SI"),
        ("dtype_backend", "numpy"), ("csv", "excl"), ("mask", "personel"), ("customer_id", "1 2"),
    ],
)  # fmt: skip
def test_a_setting_that_does_not_fit_is_told_at_once_in_its_own_words(
    shell: InteractiveShell, caplog: pytest.LogCaptureFixture, name: str, value: Any
) -> None:
    run(shell, f"%config RetarusMagics.{name} = {value!r}")
    assert caplog.messages[0].startswith(f"RetarusMagics.{name} = {value!r} ")
    assert f"{name}=" not in caplog.text.partition("such as")[0]
    refused = run(shell, CELL.format(line="--last 4D"))
    assert f"RetarusMagics.{name} was refused" in str(refused.error_in_exec)


def test_operations_without_names_are_told_how_to_be_one(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = "%%retarus --last 7D\n{ faxOutUdrReport { faxId } } { smsOutUdrReport { smsId } }"
    _, printed = failure(shell, cell, capsys)
    assert "put their reports into one pair of braces" in printed
