"""The notebooks that come with the package: committed clean, and running as they stand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from support.kernels import run_notebook

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

# For a machine that does other things too: a notebook that hangs fails, a slow one does not.
PATIENCE = 300

# On such a machine Dask may tell that it ends a process which is slow to end by itself.
OF_A_SLOW_MACHINE = "Worker process still alive after"


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _run(path: Path, where: Path) -> Any:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return run_notebook(notebook, where, timeout=PATIENCE)


def test_the_notebooks_are_there() -> None:
    """Those that the README sends its reader to."""
    lessons = {"quickstart", "login_and_sessions", "queries_and_fields"}
    questions = {"archive", "beyond_one_frame", "monthly_bill", "delivery_quality", "proof_of_delivery"}
    assert {path.stem for path in NOTEBOOKS} == lessons | questions


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_as_if_never_run(path: Path) -> None:
    """No outputs, no counts, no widget state: a difference between two versions is one of the text."""
    notebook = _read(path)
    assert "widgets" not in notebook["metadata"]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid(path: Path) -> None:
    """Any notebook program opens it."""
    nbformat.validate(_read(path))


@pytest.fixture(scope="session")
def matplotlib_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the font cache in it: while it builds one, matplotlib says so where a notebook's reader would see it."""
    path = tmp_path_factory.mktemp("matplotlib")
    environment = os.environ | {"MPLCONFIGDIR": str(path)}
    subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], env=environment, check=True)
    return path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(
    path: Path, tmp_path: Path, project: Path, matplotlib_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a fresh kernel, with no credentials and nothing prepared; nothing is printed as an error."""
    monkeypatch.setenv("PYTHONPATH", str(project))
    monkeypatch.setenv("MPLCONFIGDIR", str(matplotlib_directory))
    ran = _run(path, tmp_path)
    outputs = [output for cell in ran.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    told = [line for output in outputs if output.get("name") == "stderr" for line in output.text.splitlines()]
    assert [line for line in told if OF_A_SLOW_MACHINE not in line] == []


def test_a_notebook_about_signing_in_leaves_no_service_in_the_environment(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who signs in afterwards, in the same kernel, sends a real secret to the real service."""
    monkeypatch.setenv("PYTHONPATH", str(project))
    notebook = nbformat.read(FOLDER / "login_and_sessions.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    look = "import os\n[name for name in os.environ if name.startswith('RETARUS_')]"
    notebook.cells.append(nbformat.v4.new_code_cell(look))  # type: ignore[no-untyped-call]
    run_notebook(notebook, tmp_path, timeout=PATIENCE)
    assert notebook.cells[-1].outputs[0].data["text/plain"] == "[]"
