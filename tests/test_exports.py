"""The public face: what is offered is what is there, and looking at it costs nothing."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import retarus_pandas as rt

HEAVY = {"IPython", "graphql", "ipywidgets", "pandas", "pyarrow", "requests", "tqdm"}


def _in_a_fresh_interpreter(code: str) -> object:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def _names_for_type_checkers() -> dict[str, str]:
    """The root's names as a type checker finds them, with the module each comes from."""
    tree = ast.parse(Path(str(rt.__file__)).read_text(encoding="utf-8"))
    return {
        alias.name: node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "retarus_pandas"
        for alias in node.names
        if node.module != "retarus_pandas._door" and alias.name not in {"load", "unload"}
    }


def test_all_is_sorted_without_repetition() -> None:
    """So that a name is found, and added, in one place."""
    assert rt.__all__ == sorted(set(rt.__all__))


@pytest.mark.parametrize("name", rt.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """Lazy names load."""
    assert getattr(rt, name) is not None
    assert name in dir(rt)


def test_all_is_the_namespace() -> None:
    """A fresh import offers the names of ``__all__`` and the file's own imports, nothing else."""
    offered = _in_a_fresh_interpreter("import json, retarus_pandas as rt; print(json.dumps(dir(rt)))")
    assert isinstance(offered, list)
    public = {name for name in offered if not name.startswith("_")}
    assert public - {"annotations", "door", "TYPE_CHECKING"} == set(rt.__all__)


def test_type_checkers_see_what_is_loaded() -> None:
    """The two lists of the root's lazy names do not drift apart."""
    seen = _names_for_type_checkers()
    assert set(seen) == set(rt.__all__) - {"load_ipython_extension", "unload_ipython_extension"}
    for name, home in seen.items():
        home_module = importlib.import_module(home)
        there = getattr(home_module, name) if home != "retarus_pandas" else importlib.import_module(f"{home}.{name}")
        assert getattr(rt, name) is there


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As with any module."""
    with pytest.raises(AttributeError, match="no attribute 'read_retarsu'"):
        rt.read_retarsu  # type: ignore[attr-defined] # noqa: B018


def test_errors_offers_all_that_it_defines() -> None:
    """Whoever catches an error can name it."""
    defined = {
        name
        for name, value in vars(rt.errors).items()
        if isinstance(value, type) and value.__module__ == rt.errors.__name__ and not name.startswith("_")
    }
    assert set(rt.errors.__all__) == defined


def test_import_loads_nothing_heavy() -> None:
    """The import costs next to nothing: what is heavy waits until it is used."""
    loaded = _in_a_fresh_interpreter("import json, sys, retarus_pandas; print(json.dumps(list(sys.modules)))")
    assert isinstance(loaded, list)
    assert not HEAVY & set(loaded)


def test_loading_the_extension_loads_what_a_notebook_needs_at_once_only(project: Path) -> None:
    """Documents, requests and archives are loaded by the first cell that has one."""
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as Shell; "
        "Shell.instance().run_line_magic('load_ext', 'retarus_pandas'); "
        "print(sorted({'graphql', 'requests', 'retarus_pandas.store', 'retarus_pandas.paging'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
