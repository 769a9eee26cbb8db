"""The architecture, read from the imports: who may know whom."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "retarus_pandas"
ROOT = Path(__file__).parent.parent / PACKAGE

# From low to high. Parts on one level do not know each other; a part knows only parts below its own.
LEVELS: tuple[tuple[str, ...], ...] = (
    ("errors", "surroundings"),
    ("values", "options"),
    ("progress",),
    ("query", "service", "frame"),
    ("sandbox", "plan", "export", "schema_cache"),
    ("session", "run"),
    ("discovery", "reader"),
    ("notebook",),
    ("__init__",),
    ("__main__",),
)
LEVEL = {part: level for level, parts in enumerate(LEVELS) for part in parts}

# Where less is allowed than the level would.
ONLY = {
    "query": {"errors", "values"},
    "service": {"errors", "values"},
    "frame": {"errors", "values"},
    "sandbox": {"errors", "values", "query.schema"},
}

Imports = Mapping[str, frozenset[str]]


def _imported(tree: ast.AST, package: str, modules: frozenset[str]) -> Iterator[str]:
    """All modules of ours that a module names in an import, wherever in the file the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == PACKAGE)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: 1 - node.level or None]) if node.level else ""
            source = ".".join(filter(None, [base, node.module]))
            if source.split(".")[0] == PACKAGE:
                for alias in node.names:
                    inner = f"{source}.{alias.name}"
                    yield inner if inner in modules else source


def read_imports(root: Path) -> Imports:
    """Each module of the package with the modules of the package it imports; the root's own name is ``PACKAGE``."""
    paths = {
        ".".join([PACKAGE, *path.relative_to(root).with_suffix("").parts]).removesuffix(".__init__"): path
        for path in root.rglob("*.py")
    }
    modules = frozenset(paths)
    return {
        name: frozenset(
            _imported(
                ast.parse(path.read_text(encoding="utf-8")),
                name if path.name == "__init__.py" else name.rpartition(".")[0],
                modules,
            )
        )
        - {name}
        for name, path in paths.items()
    }


def part_of(module: str) -> str:
    """``retarus_pandas.query.period`` belongs to ``query``."""
    return [*module.split("."), "__init__"][1]


def _is_allowed(module: str, target: str) -> bool:
    here, there = part_of(module), part_of(target)
    if here == there:
        return True
    if here in ONLY:
        return bool({there, target.partition(".")[2]} & ONLY[here])
    return LEVEL.get(there, len(LEVELS)) < LEVEL.get(here, len(LEVELS))


def breaches(imports: Imports) -> list[str]:
    """Every import that the levels forbid."""
    pairs = [(module, target) for module, targets in imports.items() for target in targets]
    return sorted(f"{module} imports {target}" for module, target in pairs if not _is_allowed(module, target))


def cycle(imports: Imports) -> list[str]:
    """A circle of imports, empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_every_part_of_the_package_has_a_level() -> None:
    """A new part has to say where it belongs."""
    parts = {part_of(module) for module in read_imports(ROOT)}
    assert parts <= set(LEVEL)
    assert "errors" in parts


def test_no_part_imports_one_on_its_own_level_or_above() -> None:
    """Lower never imports higher, the wings never import each other, nobody reaches back to the root."""
    assert breaches(read_imports(ROOT)) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions and for type checkers count."""
    assert cycle(read_imports(ROOT)) == []


def test_modules_without_io_import_no_means_of_it() -> None:
    """What is asked and what came back are computed, not fetched."""
    network = {"requests", "urllib3", "socket", "http", "urllib.request"}
    for part in ("query", "frame"):
        for path in (ROOT / part).rglob("*.py"):
            names = {
                name
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                for name in (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
            }
            assert not names & network, path


@pytest.mark.parametrize(
    ("files", "breach"),
    [
        (
            {"values.py": "from retarus_pandas.query import period", "query/period.py": ""},
            "values imports .*query.period",
        ),
        ({"frame/rows.py": "def f():\n    import retarus_pandas.query", "query/__init__.py": ""}, "frame.rows imports"),
        ({"frame/rows.py": "from ..service import auth", "service/auth.py": ""}, "frame.rows imports .*service.auth"),
        ({"sandbox/server.py": "from retarus_pandas.query import period", "query/period.py": ""}, "sandbox.server imp"),
        ({"session.py": "import retarus_pandas", "__init__.py": ""}, "session imports retarus_pandas"),
        ({"reader.py": "from retarus_pandas.notebook.login import form", "notebook/login.py": ""}, "reader imports"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, files: Mapping[str, str], breach: str) -> None:
    """The proof above would notice."""
    found = breaches(read_imports(_write(tmp_path, files)))
    assert len(found) == 1
    assert re.search(breach, found[0])


def test_an_allowed_import_is_not_a_breach(tmp_path: Path) -> None:
    """The proof above does not forbid everything."""
    files = {
        "values.py": "",
        "query/schema.py": "from retarus_pandas.values import X",
        "query/period.py": "from . import schema",
        "sandbox/server.py": "from retarus_pandas.query.schema import Schema",
        "notebook/magic.py": "from retarus_pandas import values",
    }
    imports = read_imports(_write(tmp_path, files))
    assert imports["retarus_pandas.query.period"] == {"retarus_pandas.query.schema"}
    assert breaches(imports) == []
    assert cycle(imports) == []


def test_a_circle_through_a_late_import_is_found(tmp_path: Path) -> None:
    """Moving an import into a function hides nothing."""
    files = {
        "query/a.py": "from retarus_pandas.query import b",
        "query/b.py": "def f():\n    from retarus_pandas.query.a import x",
    }
    assert cycle(read_imports(_write(tmp_path, files)))
