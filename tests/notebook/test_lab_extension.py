"""What JupyterLab loads: made of the committed sources, in the wheel, and found where it looks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path

import pytest

from retarus_pandas.notebook.explorer.exploring import INSERT_TARGET

PLACE = "share/jupyter/labextensions/retarus-pandas/"
BUILD = "run `npm install && npm run build` in retarus_pandas/lab"


@pytest.fixture(scope="module")
def lab(project: Path) -> Path:
    return project / "retarus_pandas" / "lab"


def _files(root: Path, folder: str) -> set[str]:
    return {path.relative_to(root).as_posix() for path in (root / folder).rglob("*") if path.is_file()}


def test_what_is_committed_was_built_of_these_sources(lab: Path) -> None:
    lines = (lab / "static" / "built.sha256").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    there = _files(lab, "src") | _files(lab, "static") - {"static/built.sha256"}
    assert set(listed) == there | {"build.mjs", "package.json", "rspack.config.cjs"}, BUILD
    assert listed == {name: sha256((lab / name).read_bytes()).hexdigest() for name in listed}, BUILD


def test_nothing_tells_where_it_was_built(lab: Path) -> None:
    for name in _files(lab, "static"):
        text = (lab / name).read_text(encoding="utf-8")
        assert not re.search(r"https?:|node_modules|sourceMappingURL|/(home|root|tmp|usr)/", text), name
        assert str(lab.parents[1]) not in text


def test_it_is_installed_with_the_package(lab: Path) -> None:
    """In an editable installation too, as copies that the next installation renews."""
    files = {str(path): Path(str(path.locate())) for path in distribution("retarus-pandas").files or ()}
    installed = {name.partition(PLACE)[2]: path for name, path in files.items() if PLACE in name}
    expected = {name.removeprefix("static/"): lab / name for name in _files(lab, "static")}
    expected["install.json"] = lab / "install.json"
    again = "install the package again: pip install -e ."
    assert set(installed) == set(expected), again
    for name, path in expected.items():
        assert installed[name].read_bytes() == path.read_bytes(), again


def test_jupyterlab_finds_it_enabled_and_fit(lab: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "jupyterlab.labextensions", "list"], capture_output=True, text=True, check=True
    )
    lines = (listed.stdout + listed.stderr).splitlines()
    (line,) = [re.sub(r"\x1b\[\d+m", "", each) for each in lines if "retarus-pandas" in each]
    version = distribution("retarus-pandas").version
    assert line.split() == ["retarus-pandas", f"v{version}", "enabled", "OK", "(python,", "retarus-pandas)"]
    assert json.loads((lab / "package.json").read_text(encoding="utf-8"))["version"] == version


def test_both_sides_call_the_comm_the_same(lab: Path) -> None:
    assert f"'{INSERT_TARGET}'" in (lab / "src" / "insertion.js").read_text(encoding="utf-8")
