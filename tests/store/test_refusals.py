"""A disk that refuses, a file that somebody keeps open, and a place where no archive can be."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from retarus_pandas.errors import ArchiveError, ArchiveLocked, InputError
from retarus_pandas.store import verify
from retarus_pandas.store.disk import Disk
from support.archives import REPORT, answer, commit, day, ours, record, theirs


class BusyDisk(Disk):
    """A disk on which another program keeps the day files open, as Windows would have it."""

    def replace(self, source: Path, target: Path) -> None:
        if target.suffix == ".parquet":
            raise PermissionError(errno.EACCES, "open elsewhere", str(target))
        super().replace(source, target)


class FullDisk(Disk):
    """A disk with no room for files whose name has this text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def write(self, path: Path, data: bytes | memoryview) -> None:
        self._check(path)
        super().write(path, data)

    def append(self, path: Path, size: int, data: bytes) -> None:
        self._check(path)
        super().append(path, size, data)

    def _check(self, path: Path) -> None:
        if self.text in path.name:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "faxes"
    commit(path, [answer(0, [record(0, "a")])])
    return path


_NEXT = [answer(0, [record(0, "a", 2)]), answer(1, [])]
_AFTER = {day(0): [record(0, "a", 2)], day(1): []}


def test_a_file_that_is_kept_open_is_replaced_by_the_next_writer(archive: Path) -> None:
    """The commit is made, and our readers see it; the others see the day as it was."""
    before = theirs(archive)
    with pytest.raises(ArchiveLocked, match="close the file there"):
        commit(archive, _NEXT, disk=BusyDisk())
    assert ours(archive) == _AFTER
    assert theirs(archive) == before
    assert verify(archive / "sandbox-99999" / REPORT) == []
    commit(archive, [answer(2, [])])
    assert ours(archive) == theirs(archive) == {**_AFTER, day(2): []}


@pytest.mark.parametrize("text", [f"{day(0)}", f"{day(1)}", "journal"])
def test_a_full_disk_leaves_all_as_it_was(archive: Path, text: str) -> None:
    before = ours(archive)
    with pytest.raises(ArchiveError, match="No space left"):
        commit(archive, _NEXT, disk=FullDisk(text))
    assert ours(archive) == theirs(archive) == before
    commit(archive, _NEXT)
    assert ours(archive) == theirs(archive) == _AFTER


def test_a_disk_that_is_full_after_the_commit_loses_nothing(archive: Path) -> None:
    with pytest.raises(ArchiveError, match="The records are safe"):
        commit(archive, _NEXT, disk=FullDisk("ledger"))
    assert ours(archive) == theirs(archive) == _AFTER
    commit(archive, [answer(2, [])])
    assert ours(archive) == {**_AFTER, day(2): []}
    assert verify(archive / "sandbox-99999" / REPORT) == []


class NoRenames(Disk):
    """A disk on which a file that is there cannot be replaced."""

    def replace(self, source: Path, target: Path) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")


def test_where_nothing_can_be_replaced_no_archive_is_made(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"cannot replace one file by another.*local disk"):
        commit(tmp_path / "faxes", _NEXT, disk=NoRenames())
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="No archive can be made"):
        commit(tmp_path / "file" / "faxes", _NEXT)
