"""All that a writer does to the files of an archive; each method is one step that can be the last."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["Disk"]

_FOLDER, _FILE = 0o700, 0o600


class Disk:
    """The file system of this machine. What a method has done is on the disk when it returns, or after `settle`."""

    def make_folder(self, path: Path) -> None:
        """Make a folder for the owner alone, if there is none."""
        path.mkdir(mode=_FOLDER, exist_ok=True)

    def write(self, path: Path, data: bytes | memoryview) -> None:
        """Write a whole file for the owner alone."""
        with os.fdopen(os.open(path, _flags(os.O_CREAT | os.O_TRUNC | os.O_WRONLY), _FILE), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def append(self, path: Path, size: int, data: bytes) -> None:
        """Let a file go on with `data` after its first `size` bytes; doing so again changes nothing."""
        with os.fdopen(os.open(path, _flags(os.O_CREAT | os.O_RDWR), _FILE), "r+b") as file:
            file.truncate(size)
            file.seek(size)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def replace(self, source: Path, target: Path) -> None:
        """Give a file or a folder its name; a file takes the place of one that has it."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        """Remove a folder with its files, if it is there."""
        if path.is_dir():
            for each in path.iterdir():
                self.remove(each)
            path.rmdir()

    def settle(self, folder: Path) -> None:
        """Have the names in a folder on the disk."""
        if sys.platform != "win32":
            opened = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


def _flags(flags: int) -> int:
    """On Windows, bytes have to be asked for."""
    return flags | getattr(os, "O_BINARY", 0)
