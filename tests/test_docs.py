"""What the README and the docstrings say is run and compared."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest

import retarus_pandas as rt
from retarus_pandas.notebook.magic.commands import COMMANDS, MANUAL
from support.readme import parameter_table

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
MODULES = (
    "archive.archive",
    "dask.frame",
    "doctor.probing",
    "read.plan",
    "read.splitting",
    "read.discovery",
    "read.reader",
    "sandbox.box",
    "session.session",
)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_block_of_the_readme_runs(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with rt.sandbox.Sandbox(rows=2000) as box:
        for name, value in box.environment.items():
            monkeypatch.setenv(name, value)
        exec(compile(block, "README.md", "exec"), {})
    rt.logout()


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_docstrings_give_what_they_say(module: str) -> None:
    results = doctest.testmod(
        importlib.import_module(f"retarus_pandas.{module}"),
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
    )
    assert results.attempted
    assert not results.failed


@pytest.mark.parametrize("name", [name for name in rt.__all__ if callable(getattr(rt, name))])
def test_every_public_function_has_a_docstring(name: str) -> None:
    assert inspect.getdoc(getattr(rt, name))


def test_the_readme_has_the_table_of_all_options() -> None:
    """Printed by ``python -m support.readme`` in the folder of the tests."""
    assert parameter_table() in README


def test_the_readme_and_the_manual_name_every_command() -> None:
    section = README[README.index("| command |") : README.index("`notebooks/quickstart.ipynb`")]
    for command in COMMANDS:
        assert command in section
        assert f"%retarus {command}" in MANUAL


def test_the_readme_names_every_error_that_a_caller_may_meet() -> None:
    for name in rt.errors.__all__:
        kind = getattr(rt.errors, name)
        is_leaf = isinstance(kind, type) and issubclass(kind, BaseException) and not kind.__subclasses__()
        if is_leaf and not issubclass(kind, Warning):
            assert f"`{name}`" in README, name


def test_the_pictures_of_the_readme_exist() -> None:
    for path in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (Path(__file__).parent.parent / path).is_file(), path
