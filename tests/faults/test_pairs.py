"""Two faults in one read come to what one of them comes to, or to a frame that is right in spite of both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from support import pairs
from support.catalogue import CATALOGUE
from support.catalogue_run import LONG
from support.pairs import PAIRS, sample

TESTS = Path(__file__).parent.parent
SAMPLE = 60
# A read that hangs shows by this, long after it has failed.
PATIENCE = 7200 if LONG else 300


def test_two_faults_come_to_what_one_of_them_does(tmp_path: Path) -> None:
    """In another process, because some of them might end it; `RETARUS_LONG_TESTS=1` tries all pairs."""
    chosen = list(range(len(PAIRS))) if LONG else sample(SAMPLE)
    run = subprocess.run(
        [sys.executable, "-W", "error", pairs.__file__],
        input=json.dumps(chosen),
        env=os.environ | {"PYTHONPATH": str(TESTS), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    began, ended = _read(run.stdout)
    lost = began - ended.keys()
    assert run.returncode == 0, f"{run.stderr[-2000:]}\nAt work were: {[str(PAIRS[number]) for number in lost]}"
    assert {str(PAIRS[number]): came for number, came in ended.items() if came} == {}
    assert ended.keys() == set(chosen)
    assert list(tmp_path.iterdir()) == []


def _read(printed: str) -> tuple[set[int], dict[int, str]]:
    """The pairs that were begun, and what came of those that were ended."""
    lines = [json.loads(line) for line in printed.splitlines()]
    return {number for number, came in lines if came is None}, {
        number: came for number, came in lines if came is not None
    }


def test_the_pairs_are_nearly_all_there_are() -> None:
    """Two that both stay on one page are not among them: the second is never met."""
    assert len(PAIRS) > 0.8 * len(CATALOGUE) * (len(CATALOGUE) - 1) / 2
