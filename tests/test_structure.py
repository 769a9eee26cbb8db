"""The architecture, read from the imports: the floors of the house, and its doors."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "retarus_pandas"
ROOT = Path(__file__).parent.parent / PACKAGE

# From the ground up. A room knows only rooms below its own.
FLOORS = (
    "errors",
    "_door",
    "values",
    "schema",
    "document",
    "period",
    "http",
    "paging",
    "frame",
    "sandbox",
    "session",
    "store",
    "read",
    "archive",
    "dask",
    "completion",
    "doctor",
    "notebook",
    "__init__",
    "__main__",
)
FLOOR = {room: floor for floor, room in enumerate(FLOORS)}

# Where less is allowed than the floor would: what is computed without the other rooms of its way.
ONLY = {
    "document": {"errors", "values", "schema"},
    "period": {"errors", "values", "schema"},
    "http": {"errors", "values"},
    "paging": {"errors", "values"},
    "frame": {"errors", "values"},
    "sandbox": {"errors", "values", "schema"},
    "dask": {"errors", "_door", "values", "session", "read"},
    "store": {"errors", "_door", "values", "schema", "frame"},
}

# What rooms must not import, whoever wrote it.
FOREIGN = {
    "document": {"requests", "urllib3", "socket", "http"},
    "period": {"requests", "urllib3", "socket", "http", "graphql"},
    "paging": {"requests", "urllib3", "socket", "http", "json", "graphql"},
    "frame": {"requests", "urllib3", "socket", "http", "graphql"},
    "http": {"graphql", "pandas", "pyarrow"},
    "store": {"requests", "urllib3", "socket", "http", "graphql"},
}

MOST_LINES = 300

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


def _names(root: Path) -> dict[str, Path]:
    return {
        ".".join([PACKAGE, *path.relative_to(root).with_suffix("").parts]).removesuffix(".__init__"): path
        for path in root.rglob("*.py")
    }


@cache
def _parsed(path: Path) -> ast.Module:
    """A file as it is; none changes while the tests run."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def read_imports(root: Path) -> Imports:
    """Each module of the package with the modules of the package it imports; the root's own name is ``PACKAGE``."""
    paths = _names(root)
    modules = frozenset(paths)
    return {
        name: frozenset(
            _imported(
                _parsed(path),
                name if path.name == "__init__.py" else name.rpartition(".")[0],
                modules,
            )
        )
        - {name}
        for name, path in paths.items()
    }


def room_of(module: str) -> str:
    """``retarus_pandas.period.instants`` belongs to ``period``."""
    return [*module.split("."), "__init__"][1]


def _is_allowed(module: str, target: str) -> bool:
    here, there = room_of(module), room_of(target)
    if here == there:
        return True
    if here in ONLY:
        return there in ONLY[here]
    return FLOOR.get(there, len(FLOORS)) < FLOOR.get(here, len(FLOORS))


def climbs(imports: Imports) -> list[str]:
    """Every import that goes up, or to a room that this one has nothing to do with."""
    pairs = [(module, target) for module, targets in imports.items() for target in targets]
    return sorted(f"{module} imports {target}" for module, target in pairs if not _is_allowed(module, target))


def windows(imports: Imports, offered: Mapping[str, list[str]]) -> list[str]:
    """Every import that reaches into another room past its door."""
    ways = {f"{PACKAGE}.{room}.{name}" for room, names in offered.items() for name in names}
    pairs = [(module, target) for module, targets in imports.items() for target in targets]
    return sorted(
        f"{module} imports {target}"
        for module, target in pairs
        if room_of(module) != room_of(target) and target.count(".") > 1 and target not in ways
    )


def inner_windows(imports: Imports, offered: Mapping[str, list[str]]) -> list[str]:
    """Every import that reaches past the door of a room within a room."""
    pairs = [(module, target, inner_room_of(target, offered)) for module in imports for target in imports[module]]
    return sorted(
        f"{module} imports {target}"
        for module, target, inner in pairs
        if inner and target not in {inner, *offered[inner]} and not f"{module}.".startswith(f"{inner}.")
    )


def inner_room_of(module: str, offered: Mapping[str, list[str]]) -> str:
    """``retarus_pandas.frame.decode.types`` belongs to ``retarus_pandas.frame.decode``; "" if it is in none."""
    return next((inner for inner in offered if f"{module}.".startswith(f"{inner}.")), "")


def between_inner_rooms(imports: Imports, offered: Mapping[str, list[str]]) -> Imports:
    """The imports from one room within a room to another."""
    return {
        inner: frozenset(
            inner_room_of(target, offered)
            for module, targets in imports.items()
            if inner_room_of(module, offered) == inner
            for target in targets
        )
        - {inner, ""}
        for inner in offered
    }


def cycle(imports: Imports) -> list[str]:
    """A circle of imports, empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def doors(root: Path) -> dict[str, list[str]]:
    """The ``__all__`` of every room."""
    return {path.parent.name: names for path in root.glob("*/__init__.py") if (names := _offered(path)) is not None}


def inner_doors(root: Path) -> dict[str, list[str]]:
    """The ``__all__`` of every room within a room, by its dotted name."""
    return {
        ".".join([PACKAGE, *path.parent.relative_to(root).parts]): _offered(path) or []
        for path in root.glob("*/*/__init__.py")
    }


def _offered(path: Path) -> list[str] | None:
    for node in _parsed(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def _code_lines(path: Path) -> int:
    """Lines that are neither blank, nor comment, nor docstring."""
    text = path.read_text(encoding="utf-8")
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        line
        for node in ast.walk(_parsed(path))
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    numbered = enumerate(text.splitlines(), 1)
    return sum(
        bool(line.strip()) and not line.strip().startswith("#") and at not in docstrings for at, line in numbered
    )


def _write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_every_room_has_a_floor() -> None:
    """A new room has to say where it belongs, and a room that is gone leaves no floor behind."""
    assert {room_of(module) for module in read_imports(ROOT)} == set(FLOORS)


def test_no_room_imports_one_on_its_own_floor_or_above() -> None:
    """Lower never imports higher, and nobody reaches back to the root."""
    assert climbs(read_imports(ROOT)) == []


def test_nobody_enters_by_the_window() -> None:
    """What a room offers is imported from its ``__init__``, by everybody else."""
    assert windows(read_imports(ROOT), doors(ROOT)) == []


def test_nobody_enters_a_room_within_a_room_by_the_window() -> None:
    """They have doors as well, and no two of them need each other."""
    offered = inner_doors(ROOT)
    assert offered
    assert all(offered.values())
    assert inner_windows(read_imports(ROOT), offered) == []
    assert cycle(between_inner_rooms(read_imports(ROOT), offered)) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions and for type checkers count."""
    assert cycle(read_imports(ROOT)) == []


def test_every_room_has_a_door() -> None:
    """An ``__all__`` says what others may use; the linter sorts it."""
    found = doors(ROOT)
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(found) == rooms
    for room, names in found.items():
        assert len(names) == len(set(names)), room


def test_what_a_door_offers_is_used() -> None:
    """A name that nobody else imports is the room's own business; the public names are the exception."""
    used = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(_parsed(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
                room = (node.module or "").split(".")[1]
                if room not in path.relative_to(ROOT).parts[:1]:
                    used |= {(room, alias.name) for alias in node.names}
    offered = {(room, name) for room, names in doors(ROOT).items() for name in names if room not in {"sandbox"}}
    assert offered - used == set()


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    """The lines that are code; documentation may be as long as it has to."""
    long = {str(path.relative_to(ROOT)): _code_lines(path) for path in ROOT.rglob("*.py")}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def test_rooms_import_no_means_that_are_not_theirs() -> None:
    """What is computed is not fetched, pages know no JSON, and requests know no reports."""
    for room, foreign in FOREIGN.items():
        for path in (ROOT / room).rglob("*.py"):
            names = {
                name.partition(".")[0]
                for node in ast.walk(_parsed(path))
                for name in (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
            }
            assert not names & foreign, path


@pytest.mark.parametrize(
    ("files", "breach"),
    [
        (
            {"values.py": "from retarus_pandas.period import x", "period/__init__.py": ""},
            "values imports .*period",
        ),
        (
            {"frame/rows.py": "def f():\n    import retarus_pandas.period", "period/__init__.py": ""},
            "frame.rows imports",
        ),
        ({"frame/rows.py": "from ..http import auth", "http/__init__.py": ""}, "frame.rows imports .*http"),
        ({"sandbox/server.py": "from retarus_pandas.period import p", "period/__init__.py": ""}, "sandbox.server imp"),
        ({"session/x.py": "import retarus_pandas", "__init__.py": ""}, "session.x imports retarus_pandas"),
        ({"read/x.py": "from retarus_pandas.notebook import form", "notebook/__init__.py": ""}, "read.x imports"),
    ],
)
def test_an_import_that_climbs_is_found(tmp_path: Path, files: Mapping[str, str], breach: str) -> None:
    """The proof above would notice."""
    found = climbs(read_imports(_write(tmp_path, files)))
    assert len(found) == 1
    assert re.search(breach, found[0])


def test_an_import_through_a_window_is_found(tmp_path: Path) -> None:
    """The proof above would notice."""
    files = {
        "values/__init__.py": "",
        "values/text.py": "",
        "read/plan.py": "from retarus_pandas.values.text import quote",
        "read/run.py": "from retarus_pandas.values import text",
    }
    found = windows(read_imports(_write(tmp_path, files)), {})
    assert [each.partition(" ")[0] for each in found] == ["retarus_pandas.read.plan", "retarus_pandas.read.run"]


def test_an_import_through_an_inner_window_is_found(tmp_path: Path) -> None:
    """The proof above would notice, and a circle between two such rooms."""
    files = {
        "frame/decode/__init__.py": "__all__ = ['x']\nfrom retarus_pandas.frame.decode.types import x",
        "frame/decode/types.py": "import retarus_pandas.frame.shape",
        "frame/shape/__init__.py": "__all__ = ['y']",
        "frame/shape/mask.py": "from retarus_pandas.frame.decode.types import x",
    }
    imports, offered = read_imports(_write(tmp_path, files)), inner_doors(tmp_path)
    assert [each.partition(" ")[0] for each in inner_windows(imports, offered)] == ["retarus_pandas.frame.shape.mask"]
    assert cycle(between_inner_rooms(imports, offered))


def test_an_allowed_import_is_not_a_breach(tmp_path: Path) -> None:
    """The proofs above do not forbid everything."""
    files = {
        "values/__init__.py": "",
        "schema/__init__.py": "from retarus_pandas.schema import model",
        "schema/model.py": "from retarus_pandas.values import X",
        "document/parse.py": "from . import words",
        "document/words.py": "",
        "sandbox/server.py": "from retarus_pandas.schema import Schema",
        "notebook/magic.py": "from retarus_pandas import values",
    }
    imports = read_imports(_write(tmp_path, files))
    assert imports["retarus_pandas.document.parse"] == {"retarus_pandas.document.words"}
    assert climbs(imports) == []
    assert windows(imports, {}) == []
    assert cycle(imports) == []


def test_a_circle_through_a_late_import_is_found(tmp_path: Path) -> None:
    """Moving an import into a function hides nothing."""
    files = {
        "document/a.py": "from retarus_pandas.document import b",
        "document/b.py": "def f():\n    from retarus_pandas.document.a import x",
    }
    assert cycle(read_imports(_write(tmp_path, files)))
