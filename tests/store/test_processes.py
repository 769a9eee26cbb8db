"""Real processes: one that is killed, two that write, and one that reads all the while."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from retarus_pandas.store import verify
from support.archives import REPORT, day, ours, theirs

ROUNDS = 4
PATIENCE = 60

# Writes one version after the other of the same days; all records of a version have its number.
_WRITE = """
import sys
from pathlib import Path
from retarus_pandas.errors import ArchiveLocked
from support.archives import answer, commit, record
number, locked = int(sys.argv[2]), 0
while True:
    rows = range(1 + number % 3)
    answers = [answer(each, [record(each, chr(97 + row), number) for row in rows]) for each in (0, 1)]
    try:
        commit(Path(sys.argv[1]), answers)
        print("done", flush=True)
    except ArchiveLocked:
        print("locked", flush=True)
    number += 2
"""


def _start(path: Path, number: int, said: Any = subprocess.PIPE) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", _WRITE, str(path), str(number)]
    return subprocess.Popen(words, stdout=said, cwd=Path(__file__).parent.parent)


def _check(path: Path) -> None:
    """All of a commit, or nothing of it, and no day in two versions."""
    found = ours(path, steady=False)
    if found:
        assert set(found) == {day(0), day(1)}
        pages = [[row["pages"] for row in rows] for rows in found.values()]
        assert all(len(set(each)) == 1 for each in pages)
    for rows in theirs(path).values():
        assert len({row["pages"] for row in rows}) == 1


def test_killed_at_any_moment_each_day_is_whole(tmp_path: Path) -> None:
    """By signal 9, between two readers, again and again."""
    path, chance = tmp_path / "faxes", random.Random(0)
    for number in range(ROUNDS):
        with _start(path, number * 1000) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"done\n"
            time.sleep(chance.random() * 0.1)
            writer.kill()
        _check(path)
    assert verify(path / "sandbox-99999" / REPORT) == []


def test_two_write_while_a_third_reads(tmp_path: Path) -> None:
    """Whoever comes second is told; who reads never waits, and never sees two versions of a day."""
    path, said = tmp_path / "faxes", tmp_path / "said"
    with said.open("ab") as sink, _start(path, 0, sink) as first:
        _wait_for(said, "done")
        with _start(path, 1, sink) as second:
            for _ in range(25):
                _check(path)
            _wait_for(said, "locked")
            assert first.poll() is second.poll() is None
            first.kill()
            second.kill()
    _check(path)


def _wait_for(said: Path, word: str) -> None:
    end = time.monotonic() + PATIENCE
    while word not in said.read_text():
        assert time.monotonic() < end, f"nobody says {word!r}"
        time.sleep(0.01)
