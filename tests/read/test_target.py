"""Where a file goes: refused early where it never could, and one clear error where it turns out late."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import retarus_pandas as rt
from retarus_pandas.errors import ExportError, InputError
from retarus_pandas.read.files.target import _is_abandoned
from retarus_pandas.values import Progress
from support.files import write

TABLE = pa.table({"a": ["x"]})


@pytest.fixture(scope="module")
def box() -> Iterator[rt.sandbox.Sandbox]:
    with rt.sandbox.Sandbox(rows=200) as made:
        yield made


@pytest.fixture(scope="module")
def session(box: rt.sandbox.Sandbox) -> Iterator[rt.Session]:
    with rt.Session(
        box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
    ) as made:
        yield made


def folder(tmp_path: Path) -> Path:
    (tmp_path / "x.csv").mkdir()
    return tmp_path / "x.csv"


def below_a_file(tmp_path: Path) -> Path:
    (tmp_path / "file").touch()
    return tmp_path / "file" / "x.csv"


def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "x.csv")
    return tmp_path / "x.csv"


def open_in(mark: str) -> Callable[[Path], Path]:
    def made(tmp_path: Path) -> Path:
        (tmp_path / "x.csv").touch()
        (tmp_path / mark).touch()
        return tmp_path / "x.csv"

    return made


def loop(tmp_path: Path) -> Path:
    (tmp_path / "x.csv").symlink_to("x.csv")
    return tmp_path / "x.csv"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (folder, "is a folder"),
        (below_a_file, "does not exist"),
        (pipe, "device or a pipe"),
        (loop, "leads to itself"),
        (open_in("~$x.csv"), "open in Excel or LibreOffice"),
        (open_in(".~lock.x.csv#"), "open in Excel or LibreOffice"),
        (lambda tmp_path: tmp_path / ("x" * 300 + ".csv"), "longer than"),
        (lambda tmp_path: tmp_path / ("x" * 5000) / "x.csv", "x"),
        (lambda tmp_path: f"{tmp_path}/a\0b.csv", "NUL"),
        (lambda tmp_path: f"{tmp_path}/\ud800.csv", "half a character"),
        (lambda tmp_path: "s3://bucket/x.csv", "is an address"),
        (lambda tmp_path: io.BytesIO(), "BytesIO"),
        (lambda tmp_path: b"x.csv", "b'x.csv'"),
        (lambda tmp_path: None, "None"),
        (lambda tmp_path: tmp_path / "x.txt", r"\.parquet, \.csv, \.xlsx"),
        (lambda tmp_path: "~nobody-of-that-name/x.csv", "no home folder"),
    ],
)
def test_what_can_never_be_written_is_refused_before_anything_is_sent(
    box: rt.sandbox.Sandbox, session: rt.Session, tmp_path: Path, make: Callable[[Path], Any], message: str
) -> None:
    before = box.requests.api
    with pytest.raises(InputError, match=message) as caught:
        rt.export_retarus("faxOutUdrReport", make(tmp_path), last="7D", session=session)
    assert box.requests.api == before
    assert str(caught.value)[0] in "TAN'"
    assert str(caught.value).endswith(".")


@pytest.mark.skipif(
    not Path("/sys/kernel").is_dir(), reason="the system has no folder that takes no files from anybody"
)
def test_a_folder_that_takes_no_files_is_told_before_anything_is_sent(
    box: rt.sandbox.Sandbox, session: rt.Session
) -> None:
    before = box.requests.api
    with pytest.raises(ExportError, match=r"'/sys/kernel/x\.csv' could not be written: [A-Z][a-z ]+\. What"):
        rt.export_retarus("faxOutUdrReport", "/sys/kernel/x.csv", last="7D", session=session)
    assert box.requests.api == before


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
def test_a_disk_that_is_full_is_one_clear_error(tmp_path: Path, ending: str) -> None:
    """A limit of the size of files stands for the disk: the system refuses to write on either way."""
    source = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import pyarrow as pa
from retarus_pandas.errors import ExportError
from support.files import write
import os
texts = [os.urandom(30).hex() for _ in range(40_000)]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    write(Path(sys.argv[1]), *[pa.table({"a": texts})] * 4)
except ExportError as error:
    print(error, error.__cause__)
"""
    path = tmp_path / f"x{ending}"
    path.write_text("before")
    tests = str(Path(__file__).parent.parent)
    line = [sys.executable, "-W", "error", "-c", source, str(path), tests]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "could not be written: " in done.stdout
    assert "File too large" in done.stdout
    assert done.stdout.endswith("None\n")
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_file_that_cannot_take_its_place_is_kept_under_a_name_that_is_told(
    session: rt.Session, tmp_path: Path
) -> None:
    target = tmp_path / "x.parquet"
    (tmp_path / "x (2).parquet").touch()

    def get_in_the_way(progress: Progress) -> None:
        target.mkdir(exist_ok=True)

    with pytest.raises(ExportError, match=r"complete.*x \(3\)\.parquet") as caught:
        rt.export_retarus("faxOutUdrReport", target, last="60D", session=session, progress=get_in_the_way)
    assert isinstance(caught.value, OSError)
    assert len(pd.read_parquet(tmp_path / "x (3).parquet")) > 50
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["x (2).parquet", "x (3).parquet", "x.parquet"]


def test_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.touch()
    path.chmod(0o640)
    write(path, TABLE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text() == '"a"\n"x"\n'


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    path = write(tmp_path / "x.csv", TABLE)
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_followed_and_stays(tmp_path: Path, there: bool) -> None:
    (tmp_path / "data").mkdir()
    real = tmp_path / "data" / "version-2"
    if there:
        real.write_text("before")
    (tmp_path / "x.csv").symlink_to(real)
    write(tmp_path / "x.csv", TABLE)
    assert (tmp_path / "x.csv").is_symlink()
    assert real.read_text() == '"a"\n"x"\n'
    assert [entry.name for entry in real.parent.iterdir()] == ["version-2"]


def test_the_home_folder_may_be_written_as_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write(Path("~/x.csv"), TABLE)
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.csv"]


def test_a_name_as_long_as_the_file_system_takes_will_do(tmp_path: Path) -> None:
    name = "x" * (os.pathconf(tmp_path, "PC_NAME_MAX") - 4) + ".csv"
    write(tmp_path / name, TABLE)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_without_locks_what_can_be_removed_is_abandoned_and_what_cannot_is_not(tmp_path: Path) -> None:
    """As on Windows, where a file that a program has open cannot be removed; a folder stands for such a file."""
    left, held = tmp_path / "left", tmp_path / "held"
    left.touch()
    held.mkdir()
    assert _is_abandoned(left, has_locks=False)
    assert not left.exists()
    assert not _is_abandoned(held, has_locks=False)
    assert not _is_abandoned(tmp_path / "gone", has_locks=False)
    assert held.exists()


_WAITING = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import pyarrow as pa
from retarus_pandas.read.export import open_sink
from support.files import about
table = pa.table({"a": ["x"]})
with open_sink(Path(sys.argv[1]), lambda: (table.schema, about())) as write:
    write(table)
    print("waiting", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_export_left_is_removed_by_the_next_one_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    line = [sys.executable, "-c", _WAITING, str(path), str(Path(__file__).parent.parent)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "waiting\n"
        [left] = tmp_path.iterdir()
        write(tmp_path / "other.csv", TABLE)
        write(path, TABLE)
        assert left.exists()
        other.kill()
    assert left.exists()
    write(tmp_path / "other.csv", TABLE)
    assert left.exists()
    write(path, TABLE)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["other.csv", "x.xlsx"]
