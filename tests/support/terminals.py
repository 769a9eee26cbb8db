"""A program in a terminal, and somebody who types."""

from __future__ import annotations

import os
import pty
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fcntl import ioctl
from pathlib import Path

PATIENCE = 60.0
CTRL_D = "\x04"


class Terminal:
    """What a program shows, and the keys that are pressed."""

    def __init__(self, end: int, process: subprocess.Popen[bytes]) -> None:
        self._end = end
        self._process = process
        self.shown = ""
        self._seen = 0

    def wait_for(self, text: str) -> None:
        """Wait until the text was shown after the one waited for before."""
        while text not in self.shown[self._seen :]:
            if not self._listen():
                raise AssertionError(f"{text!r} was never shown in: {self.shown[-2000:]}")
        self._seen = self.shown.index(text, self._seen) + len(text)

    def enter(self, line: str) -> None:
        """Type a line."""
        self.press(f"{line}\n")

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._end, keys.encode())

    def finish(self) -> str:
        """Wait until the program ends by itself, and return all it showed."""
        while self._listen():
            pass
        assert self._process.wait(PATIENCE) == 0, self.shown
        return self.shown.replace("\r\n", "\n")

    def _listen(self) -> bool:
        if not select.select([self._end], [], [], PATIENCE)[0]:
            return False
        with suppress(OSError):  # how a terminal says that the other side is gone
            piece = os.read(self._end, 4096)
            self.shown += piece.decode(errors="replace")
            return bool(piece)
        return False


@contextmanager
def run_in_terminal(*arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Run Python with these arguments in a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **(env or {})},
    )
    os.close(theirs)
    try:
        yield Terminal(ours, process)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
