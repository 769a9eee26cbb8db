"""Whatever the service does, a read comes to the whole frame, to a named warning, or to one clear error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import catalogue_run
from support.catalogue import CATALOGUE
from support.catalogue_run import Seen, run_fault, table
from support.elsewhere import missing
from support.trials import hearing, losing_names

HERE = Path(__file__).parent
OUTCOMES = HERE / "OUTCOMES.md"
WRITE = bool(os.environ.get("RETARUS_WRITE_OUTCOMES"))
UNSAFE = [name for name, fault in CATALOGUE.items() if fault.unsafe]


class Runs:
    """Every fault is tried once; those that might end the process, in another one, at the same time."""

    def __init__(self) -> None:
        self._done: dict[str, list[Seen]] = {}
        long = {"RETARUS_LONG_TESTS": "1"} if catalogue_run.LONG else {}
        self._child = subprocess.Popen(
            [sys.executable, "-W", "error", catalogue_run.__file__],
            env=os.environ | {"PYTHONPATH": str(HERE.parent)} | long,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._child.stdin
        json.dump(UNSAFE, self._child.stdin)
        self._child.stdin.close()

    def of(self, name: str) -> list[Seen]:
        """What came of a fault."""
        while name not in self._done:
            if CATALOGUE[name].unsafe:
                self._read_child()
            else:
                self._done[name] = run_fault(CATALOGUE[name])
        return self._done[name]

    def _read_child(self) -> None:
        assert self._child.stdout
        began = self._child.stdout.readline()
        ended = self._child.stdout.readline()
        if not ended:
            pytest.fail(f"the process ended with {self._child.wait()} at {began or 'its start'}")
        name, seen = json.loads(ended)
        self._done[name] = [Seen(*one) for one in seen]

    def close(self) -> None:
        assert self._child.stdout
        self._child.kill()
        self._child.stdout.close()
        self._child.wait()


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    made = Runs()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _hearing() -> Iterator[None]:
    with hearing(), losing_names():
        yield


@pytest.fixture(autouse=True, scope="module")
def _temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """In a directory of their own, so that it is seen if one is left."""
    with pytest.MonkeyPatch.context() as patch:
        directory = tmp_path_factory.mktemp("temporary")
        patch.setenv("TMPDIR", str(directory))
        patch.setattr(tempfile, "tempdir", str(directory))
        yield
        assert list(directory.iterdir()) == []


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_fault_comes_to_what_the_catalogue_says(name: str, runs: Runs) -> None:
    """On any page and at any concurrency, once or for ever; and nothing is left of the read."""
    assert [seen for seen in runs.of(name) if not seen.allowed] == []


def test_the_table_of_outcomes_is_what_the_run_gives(runs: Runs) -> None:
    """The table in the repository is never older than the code."""
    text = table({name: runs.of(name) for name in CATALOGUE})
    if WRITE:
        OUTCOMES.write_text(text, encoding="utf-8")
    assert OUTCOMES.read_text(encoding="utf-8") == text


def test_what_is_said_to_be_proved_elsewhere_has_a_test() -> None:
    assert missing() == []
