"""The public names as a type checker sees them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy", reason="mypy is not installed")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy")


def _check(project: Path, cache: Path, path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(cache), str(path)]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_a_type_checker_knows_the_public_names_and_finds_the_mistakes(project: Path, cache: Path) -> None:
    """Every ``type: ignore`` in the file is needed, and every ``assert_type`` holds."""
    ran = _check(project, cache, project / "tests" / "typing" / "api.py")
    assert ran.returncode == 0, ran.stdout


def test_a_mistake_that_nobody_marks_is_an_error(project: Path, cache: Path, tmp_path: Path) -> None:
    """The proof above would notice."""
    path = tmp_path / "misspelt.py"
    path.write_text("import retarus_pandas as rt\n\nrt.read_retarsu('faxOutUdrReport')\n", encoding="utf-8")
    ran = _check(project, cache, path)
    assert ran.returncode == 1
    assert 'has no attribute "read_retarsu"' in ran.stdout
    assert ran.stdout.count("error") == 2  # it, and the count
