"""Where a file goes: checked before anything is read, and filled only when all of it is there.

A file is made in a folder beside its place, whose name begins with a dot. When it is complete, it takes the name
of the target, with the permissions of the file that was there. The folder's lock tells a later export whether the
one that made it still runs; if not, it is what a killed process left behind, and is removed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from retarus_pandas.errors import ExportError, InputError, RetarusError
from retarus_pandas.values import show

__all__ = ["check_target", "reason", "staged", "telling"]

_LONGEST_NAME = 255  # where the file system does not say
_LOCK = "lock"
# Not on Windows, where a file that is open cannot be removed, which tells as much.
_HAS_LOCKS = find_spec("fcntl") is not None

# What is meant by endings that are not written.
_NEAR = {
    **dict.fromkeys((".xls", ".xlsm", ".xlsb", ".excel", ".ods"), ".xlsx"),
    **dict.fromkeys((".txt", ".tsv"), ".csv"),
    **dict.fromkeys((".pq", ".parq", ".feather", ".arrow"), ".parquet"),
}


def check_target(path: object, endings: Collection[str]) -> Path:
    """Check a file name before anything is read for it.

    Parameters
    ----------
    path : str or path
        As the caller gave it; ``~`` stands for the home folder.
    endings : collection of str
        What it may end in.

    Raises
    ------
    InputError
        No file can ever be written there.
    """
    target = _named(path)
    if target.suffix.lower() not in endings:
        near = _NEAR.get(target.suffix.lower())
        raise InputError(
            f"The name {show(str(path))} ends in none of {', '.join(endings)}. "
            + (
                f"Write {show(target.stem + near)}."
                if near
                else "Give it one of these endings, which says what to write."
            )
        )
    with _refusing(target):
        _check_place(target)
    return target


def _named(path: object) -> Path:
    if not isinstance(path, str | os.PathLike) or not isinstance(name := os.fspath(path), str):
        raise InputError(f"The target {show(path)} is not the name of a file. Give a text or a pathlib.Path.")
    if "\0" in name:
        raise InputError(f"The name {show(name)} holds a NUL character, which no file name can. Leave it out.")
    if "://" in name:
        raise InputError(f"The name {show(name)} is an address. Give the name of a file on this computer, and copy it.")
    try:
        os.fsencode(name)
    except UnicodeError:
        raise InputError(f"The name {show(name)} holds half a character, which no file name can.") from None
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise InputError(f"The name {show(name)} begins with '~', and no home folder is known. Write it out.") from None


@contextmanager
def _refusing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"No file can be written to {show(str(target))}: {reason(error)}. Give another name."
        ) from None


def _check_place(target: Path) -> None:
    folder = target.parent
    if not folder.is_dir():
        raise InputError(f"The folder {show(str(folder))} of {show(target.name)} does not exist. Make it first.")
    if len(os.fsencode(target.name)) > _longest_name(folder):
        raise InputError(f"The name {show(target.name)} is longer than the file system allows. Give a shorter one.")
    if target.is_dir():
        raise InputError(f"{show(str(target))} is a folder. Give the name of a file in it.")
    if Path(os.path.realpath(target)).is_symlink():
        raise InputError(f"{show(str(target))} is a link that leads to itself. Give another name.")
    if target.exists():
        _check_present(target)


def _longest_name(folder: Path) -> int:
    with suppress(AttributeError, OSError, ValueError):
        return os.pathconf(folder, "PC_NAME_MAX")
    return _LONGEST_NAME


def _check_present(target: Path) -> None:
    """A file that is there can be replaced, as far as can be seen from here."""
    if not target.is_file():
        raise InputError(f"{show(str(target))} is a device or a pipe, not a file. Give the name of a file.")
    for mark in (f"~${target.name}", f".~lock.{target.name}#"):
        if target.with_name(mark).exists():
            raise InputError(
                f"The file {show(str(target))} is open in Excel or LibreOffice. Close it there; if it is open "
                f"nowhere, delete {show(mark)} beside it."
            )
    # On Windows this is also how one learns that another program has it open.
    with target.open("r+b"):
        pass


def reason(error: OSError) -> str:
    """What the system says about a failure, in its own words."""
    return error.strerror or str(error) or type(error).__name__


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Make one clear error of whatever the file system refuses."""
    try:
        yield
    except RetarusError:
        raise
    except OSError as error:
        raise ExportError(
            f"The file {show(str(path))} could not be written: {reason(error)}. What was there before is unchanged, "
            "and nothing of the new file was kept."
        ) from None


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """Give the name of a file to fill; when all went well it takes the place of `path`, else it is removed.

    Raises
    ------
    ExportError
        The folder takes no file, or the complete file could not take its place; then it is kept, and the message
        says where.
    """
    target = Path(os.path.realpath(path))
    _remove_abandoned(target)
    with telling(path):
        folder = Path(tempfile.mkdtemp(prefix=_prefix(target), suffix=".part", dir=target.parent))
    try:
        with _lock(folder, path):
            part = folder / "file"
            yield part
            _put(part, target)
    finally:
        if (folder / _LOCK).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _prefix(target: Path) -> str:
    """How the folders for one target begin; short, however long its name is."""
    return f".retarus-{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]}-"


def _lock(folder: Path, path: Path) -> IO[bytes]:
    """A file that is locked as long as it is open."""
    with telling(path):
        lock = (folder / _LOCK).open("wb")
    # Some network file systems have no locks: then nothing of ours is ever taken for abandoned there.
    with suppress(OSError):
        if _HAS_LOCKS:
            _take(lock)
    return lock


def _take(lock: IO[bytes]) -> None:
    import fcntl

    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove_abandoned(target: Path) -> None:
    for folder in target.parent.glob(f"{_prefix(target)}*.part"):
        if _is_abandoned(folder / _LOCK):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(lock: Path, *, has_locks: bool = _HAS_LOCKS) -> bool:
    """Whether nobody holds a lock; where there are none, whether its file can be removed, which is done."""
    try:
        if not has_locks:
            lock.unlink()
            return True
        with lock.open("rb") as held:
            _take(held)
    except OSError:
        return False
    return True


def _put(part: Path, target: Path) -> None:
    try:
        _make_alike(part, target)
        part.replace(target)
    except OSError as error:
        kept = _keep(part, target)
        raise ExportError(
            f"The file is complete, but could not take the name {show(str(target))}: {reason(error)}. "
            f"It is kept as {str(kept)!r}."
        ) from None


def _make_alike(part: Path, target: Path) -> None:
    """Give the new file the permissions of the one it replaces, and its owner where that is allowed."""
    if not target.is_file():
        return
    before = target.stat()
    part.chmod(stat.S_IMODE(before.st_mode))
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(part, before.st_uid, before.st_gid)


def _keep(part: Path, target: Path) -> Path:
    """Move a complete file to a name beside the target that is free."""
    kept = _free_name(target)
    try:
        return part.replace(kept)
    except OSError:
        # Without its lock the folder is left alone, by us and by later exports.
        part.with_name(_LOCK).unlink(missing_ok=True)
        return part


def _free_name(target: Path) -> Path:
    number = 2
    while (name := target.with_name(f"{target.stem[:200]} ({number}){target.suffix}")).exists():
        number += 1
    return name
