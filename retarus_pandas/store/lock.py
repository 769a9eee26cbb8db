"""One writer at a time, held by the file system: it lets go when a process ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retarus_pandas.errors import ArchiveError, ArchiveLocked

__all__ = ["locked"]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file's lock.

    Raises
    ------
    ArchiveLocked
        Somebody else holds it.
    ArchiveError
        The file system has no locks that can be relied on.
    """
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _hold(held, path)
        _try_again(path)
        yield
    finally:
        os.close(held)


def _hold(opened: int, path: Path) -> None:
    try:
        _take(opened)
    except (BlockingIOError, PermissionError):
        raise ArchiveLocked(
            f"Somebody else writes into the archive {str(path.parent)!r} just now. Try again when they have finished; "
            "reading needs no waiting.",
            path,
        ) from None
    except OSError as error:
        raise _no_place(path, str(error)) from None


def _try_again(path: Path) -> None:
    """Where a lock that is held can be taken once more, it would keep nobody away."""
    again = os.open(path, os.O_RDWR)
    try:
        _take(again)
    except OSError:
        return
    finally:
        os.close(again)
    raise _no_place(path, "a lock that was taken could be taken again")


def _no_place(path: Path, reason: str) -> ArchiveError:
    return ArchiveError(
        f"The file system of {str(path.parent)!r} cannot keep two writers apart: {reason}. Put the archive on a local "
        "disk, and copy it from there.",
        path,
    )


def _take(opened: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
