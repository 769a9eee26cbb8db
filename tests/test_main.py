"""The command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

import retarus_pandas as rt
from retarus_pandas.__main__ import main
from retarus_pandas.schema.bundle import sdl


@pytest.fixture(scope="module")
def box() -> Iterator[rt.sandbox.Sandbox]:
    with rt.sandbox.Sandbox(rows=400) as made:
        yield made


@pytest.fixture
def signed_in(box: rt.sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in box.environment.items():
        monkeypatch.setenv(name, value)


def test_the_demo_reads_over_several_windows_and_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    said = capsys.readouterr()
    assert "25,000 rows × 45 columns, read in 3 windows" in said.out
    assert "rt.login()" in said.out
    assert "rows/s" in said.err


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_export_writes_a_file(signed_in: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str) -> None:
    target = tmp_path / f"faxes.{ending}"
    words = ["export", "faxOutUdrReport", "--last", "60D", "--filter", "statusName=OK", "--out", str(target)]
    assert main(words) == 0
    frame = pd.read_parquet(target) if ending == "parquet" else pd.read_csv(target)
    assert set(frame["statusName"]) == {"OK"}
    assert f"{len(frame):,} rows written to {target}" in capsys.readouterr().out


def test_export_masks_and_writes_as_the_line_says(
    signed_in: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETARUS_MASK_KEY", "a key that is long enough for tests")
    how = ["--mask", "personal", "--mask", "recipient=last4", "--csv", "excel-de"]
    line = ["export", "smsInUdrReport", "--last", "60D", *how, "--out"]
    assert main([*line, str(tmp_path / "x.csv")]) == 0
    frame = pd.read_csv(tmp_path / "x.csv", sep=";", encoding="utf-8-sig", dtype="str")
    assert frame["recipient"].str.startswith("…").all()
    assert frame["sender"].str.fullmatch("[0-9a-f]{32}").all()
    assert "messageContent" not in frame
    assert "receivedTs (UTC)" in frame


def test_export_reads_what_is_archived_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody need be signed in for it; where days are missing that is said, and no file is made."""
    rt.logout()
    for name in ("RETARUS_CUSTOMER_ID", "RETARUS_CLIENT_ID", "RETARUS_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    with rt.Session.sandbox(rows={"smsInUdrReport": 90}) as session:
        rt.Archive(tmp_path / "texts", session).sync("smsInUdrReport", progress=False)
    today = datetime.now(UTC).date()
    span = ["--start", f"{today - timedelta(days=50)}", "--end", f"{today - timedelta(days=20)}T00:00:00Z"]
    words = ["export", "smsInUdrReport", "--archive", str(tmp_path / "texts"), "--out", str(tmp_path / "x.parquet")]
    assert main([*words, *span]) == 0
    assert len(pd.read_parquet(tmp_path / "x.parquet"))
    (tmp_path / "x.parquet").unlink()
    assert main([*words, "--last", "200D"]) == 2
    assert "are nowhere" in capsys.readouterr().err
    assert not (tmp_path / "x.parquet").exists()


def test_export_goes_by_the_schema_that_is_given(
    signed_in: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that it does not have is refused with its place, before anything is sent."""
    schema = tmp_path / "own.graphql"
    schema.write_text(sdl().replace("statusName: String", "statusWord: String"), encoding="utf-8")
    words = ["export", "{ faxOutUdrReport { faxId statusName } }", "--last", "7D", "--out", str(tmp_path / "x.csv")]
    assert main([*words, "--schema", str(schema)]) == 2
    assert "statusName" in capsys.readouterr().err
    assert main([*words, "--schema", str(tmp_path / "gone.graphql")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_export_takes_a_document_from_a_file(signed_in: None, tmp_path: Path) -> None:
    query = tmp_path / "query.graphql"
    query.write_text("{ smsInUdrReport { smsId } }", encoding="utf-8")
    assert main(["export", str(query), "--last", "60D", "--out", str(tmp_path / "x.parquet")]) == 0
    assert list(pd.read_parquet(tmp_path / "x.parquet").columns) == ["smsId"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export", "faxOutUdrReport", "--last", "7D"], "--out"),
        (["export", "faxOutUdrReport", "--last", "7D", "--out", "faxes.xls"], "faxes.xls"),
        (["export", "faxOutUdrReport", "--last", "7D", "--out", "no/such/folder/x.csv"], "no/such/folder"),
        (["export", "faxOutUdrReport", "--out", "x.csv"], "--last 7D"),
        (["nonsense"], "nonsense"),
        (["export", "faxOutUdrReport", "--client-secret", "hush", "--out", "x.csv"], "history"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_status(
    signed_in: None, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(words) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert "hush" not in printed.err
    assert "Traceback" not in printed.err


def test_a_warning_is_one_line_without_a_place_in_the_program(
    signed_in: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = (pd.Timestamp.now("UTC") - pd.Timedelta("3D")).date()
    words = ["export", "smsInUdrReport", "--start", str(day), "--end", str(day + pd.Timedelta("1D"))]
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert main([*words, "--out", str(tmp_path / "x.csv")]) == 0
    [line] = [each for each in capsys.readouterr().err.splitlines() if "Warning" in each]
    assert line.startswith("PeriodWarning: ")
    assert ".py" not in line


def test_signed_out_it_says_which_variables_to_set(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["export", "faxOutUdrReport", "--last", "7D", "--out", str(tmp_path / "x.csv")]) == 3
    said = capsys.readouterr().err
    assert "RETARUS_CLIENT_SECRET in the environment." in said
    assert "login" not in said


def test_without_a_command_it_prints_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out
    for command in ("demo", "sandbox", "reports", "fields", "schema", "export", "doctor"):
        assert command in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["reports"], "smsInUdrReport"),
        (["fields", "smsInUdrReport"], "numberOfParts"),
        (["schema"], "type Query"),
        (["schema", "--live", "--diff"], "the service's own"),
    ],
)
def test_what_can_be_asked_is_told(
    signed_in: None, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(words) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [["doctor"], ["doctor", "--probe"], ["export", "noReport", "--last", "1D", "--out", "x.csv"], ["schema", "--live"]],
)
def test_a_shell_is_told_nothing_of_notebooks_and_calls(
    signed_in: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.delenv("RETARUS_CLIENT_SECRET")
    main(words)
    said = "".join(capsys.readouterr())
    assert "RETARUS_CLIENT_SECRET" in said
    assert "%retarus" not in said
    assert "login()" not in said


def test_the_doctor_prints_its_checks(signed_in: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "pyarrow" in said
    assert "what to do" in said
    assert "the API accepts the token" in said


def test_the_sandbox_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "retarus_pandas", "sandbox", "--rows", "50"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    exports = [process.stdout.readline().split(" ", 1)[1] for _ in range(5)]
    names = dict(line.strip().replace("'", "").split("=", 1) for line in exports)
    words = [sys.executable, "-m", "retarus_pandas", "export", "smsInUdrReport", "--last", "90D"]
    done = subprocess.run([*words, "--out", str(tmp_path / "x.csv")], env=os.environ | names, check=False, timeout=120)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    process.stdout.close()
    assert done.returncode == 0
    assert len(pd.read_csv(tmp_path / "x.csv")) > 40


def test_the_notebooks_are_found() -> None:
    from retarus_pandas.__main__ import _notebooks

    assert (_notebooks() / "quickstart.ipynb").is_file()


@pytest.mark.parametrize("encoding", ["cp437", "cp1251", "latin-1"])
def test_output_that_goes_elsewhere_never_ends_a_command(
    box: rt.sandbox.Sandbox, tmp_path: Path, encoding: str
) -> None:
    """Whatever characters it has: what it lacks is written in ASCII, and the work is done."""
    target = tmp_path / "größe …€ж.csv"
    for words, said in (
        (["export", "faxOutUdrReport", "--last", "60D", "--out", str(target)], "rows written to "),
        (["export", "--help"], "A month, quarter, day"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "retarus_pandas", *words],
            env=os.environ | box.environment | {"PYTHONIOENCODING": encoding},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert said in done.stdout.decode(encoding)
    assert target.is_file()


_LAB = """
import json, os, pathlib, signal, sys, threading
pathlib.Path(os.environ["SAID"]).write_text(json.dumps([sys.argv[1:], dict(os.environ)]), encoding="utf-8")
again = threading.Event()
def asked(number, frame):
    if again.is_set():
        sys.exit(7)
    again.set()
    print("Shut down?", flush=True)
signal.signal(signal.SIGINT, asked)
print("ready", flush=True)
if os.environ["WAITS"]:
    threading.Event().wait(60)
"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A module in the place of JupyterLab's, which writes down how it was started and asks before it ends."""
    module = tmp_path / "modules" / "jupyterlab"
    module.mkdir(parents=True)
    (module / "__init__.py").touch()
    (module / "__main__.py").write_text(_LAB, encoding="utf-8")
    (tmp_path / "here").mkdir()
    return tmp_path


def _start_lab(lab: Path, *, waits: bool) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(lab / "modules"), str(Path(__file__).parent.parent)])
    return subprocess.Popen(
        [sys.executable, "-m", "retarus_pandas", "demo", "--lab"],
        cwd=lab / "here",
        env=os.environ | {"PYTHONPATH": path, "SAID": str(lab / "said.json"), "WAITS": "yes" if waits else ""},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_the_demo_in_jupyterlab_keeps_the_work_and_signs_nobody_in(lab: Path) -> None:
    """In a folder with a name; what is changed there stays; and no secret typed later would go to the sandbox."""
    said, _ = _start_lab(lab, waits=False).communicate(timeout=60)
    folder = lab / "here" / "retarus-demo"
    assert str(folder) in said
    (notebook,), environment = json.loads((lab / "said.json").read_text(encoding="utf-8"))
    assert Path(notebook) == folder / "quickstart.ipynb"
    assert not [name for name in environment if name.startswith("RETARUS")]
    Path(notebook).write_text("mine", encoding="utf-8")
    (folder / "monthly_bill.ipynb").unlink()
    _start_lab(lab, waits=False).communicate(timeout=60)
    assert Path(notebook).read_text(encoding="utf-8") == "mine"
    assert (folder / "monthly_bill.ipynb").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups as terminals have them")
def test_ctrl_c_is_jupyterlab_s_alone(lab: Path) -> None:
    """It asks whether it is meant; until then the command stays, and ends as JupyterLab does."""
    running = _start_lab(lab, waits=True)
    assert running.stdout is not None
    with running:
        while "ready" not in (line := running.stdout.readline()):
            assert line
        os.killpg(running.pid, signal.SIGINT)
        assert running.stdout.readline() == "Shut down?\n"
        assert running.poll() is None
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(60) == 7


def test_where_no_folder_can_be_made_it_is_told(lab: Path) -> None:
    (lab / "here" / "retarus-demo").write_text("a file", encoding="utf-8")
    running = _start_lab(lab, waits=False)
    running.communicate(timeout=60)
    assert running.returncode == 2
