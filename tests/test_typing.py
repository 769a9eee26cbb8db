"""The public names as a type checker sees them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy", reason="mypy is not installed")


def test_a_type_checker_knows_the_public_names_and_finds_the_mistakes(project: Path, tmp_path: Path) -> None:
    """Every ``type: ignore`` in the file is needed, every ``assert_type`` holds, and what nobody marks is an error."""
    misspelt = tmp_path / "misspelt.py"
    misspelt.write_text("import retarus_pandas as rt\n\nrt.read_retarsu('faxOutUdrReport')\n", encoding="utf-8")
    # With the cache of the project: mypy itself knows what of it is still true.
    command = [sys.executable, "-m", "mypy", str(project / "tests" / "typing" / "api.py"), str(misspelt)]
    ran = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert ran.stdout.count("error:") == 1, ran.stdout
    assert re.search(r'misspelt\.py:3: error: .*has no attribute "read_retarsu"', ran.stdout), ran.stdout
    assert "Found 1 error in 1 file (checked 2 source files)" in ran.stdout
