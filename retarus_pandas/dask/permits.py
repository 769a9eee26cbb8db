"""Permits to ask the service: never more than so many are out, wherever a frame is computed.

In the process that made the frame they are a semaphore's, in the other processes of this machine those of locked
files, and on a cluster the leases of one semaphore that its scheduler keeps. Whoever dies gives his permit back: the
system unlocks his file, and the scheduler takes a lease that is not renewed.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any
from weakref import WeakKeyDictionary

from retarus_pandas.errors import InputError

__all__ = ["Permits", "cluster_worker", "make_permits"]

# Seconds between two looks at whether a file is free.
_LOOK_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Permits:
    """So many permits, as a plain value that goes to the workers.

    Attributes
    ----------
    limit : int
        How many there are.
    process : int
        The process that made them.
    folder : str
        Where the other processes of its machine lock files.
    """

    limit: int
    process: int
    folder: str

    @contextmanager
    def one(self) -> Iterator[None]:
        """Have one of them for the block; wait until there is one.

        Raises
        ------
        InputError
            Nobody here can count who else asks.
        """
        worker = cluster_worker()
        if worker is not None:
            held: Any = _leases(worker, self.limit)
        elif os.getpid() == self.process:
            held = _semaphore(self.process, self.limit)
        else:
            held = _locked_file(Path(self.folder), self.limit)
        with held:
            yield


def make_permits(limit: int) -> Permits:
    """Permits of this process; those with the same limit are the same, whatever is read with them."""
    return Permits(limit, os.getpid(), _folder(os.getpid()))


def cluster_worker() -> Any | None:
    """The worker of a cluster whose task this is, None elsewhere."""
    # Nobody is a worker who has not loaded it.
    if "distributed" not in sys.modules:
        return None
    from distributed import get_worker

    try:
        return get_worker()
    except ValueError:
        return None


# ---------------------------------------------------------------- the process that made the frame


@cache
def _semaphore(process: int, limit: int) -> threading.BoundedSemaphore:
    """One for each number; a forked process has its own."""
    return threading.BoundedSemaphore(limit)


# ---------------------------------------------------------------- other processes of its machine


@cache
def _folder(process: int) -> str:
    """An empty folder, gone when the process ends."""
    folder = tempfile.mkdtemp(prefix="retarus-permits-")

    def remove() -> None:
        if os.getpid() == process:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


@contextmanager
def _locked_file(folder: Path, limit: int) -> Iterator[None]:
    if not folder.is_dir():
        raise InputError(
            "This process is neither a worker of a Dask cluster nor on the machine, or in the lifetime, of the process "
            "that made the frame, so that nobody can count the requests under way. Compute the frame where it was "
            "made, or with dask.distributed."
        )
    with ExitStack() as stack:
        files = [stack.enter_context((folder / f"{limit}-{number}").open("ab")) for number in range(limit)]
        while not any(map(_is_locked, files)):
            time.sleep(_LOOK_EVERY)
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_locked(file: IO[bytes]) -> bool:
    """Whether the file is now locked by us; it is until it is closed."""
    try:
        _lock(file)
    except OSError:
        return False
    return True


# ---------------------------------------------------------------- a cluster

_known: WeakKeyDictionary[Any, dict[int, Any]] = WeakKeyDictionary()
_knowing = threading.Lock()


def _leases(worker: Any, limit: int) -> Any:
    """The cluster's semaphore; a worker has one for each number, which renews all the leases it gave out."""
    import distributed

    make: Any = distributed.Semaphore  # which says nothing of its types
    with _knowing:
        known = _known.setdefault(worker, {})
        if limit not in known:
            known[limit] = make(max_leases=limit, name=f"retarus_pandas-{limit}")
        return known[limit]
