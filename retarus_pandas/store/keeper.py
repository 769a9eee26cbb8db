"""Who writes into an archive: one at a time, and what somebody left half done is carried out first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from retarus_pandas.errors import ArchiveError, InputError
from retarus_pandas.store.disk import Disk
from retarus_pandas.store.folder import named_folder, read_json
from retarus_pandas.store.lock import locked
from retarus_pandas.store.names import ACCOUNT, ARCHIVE, JOURNAL, LOCK, STAGED, account_folder
from retarus_pandas.store.report import ReportKeeper
from retarus_pandas.values import show

__all__ = ["Keeper"]

_FORMAT = 1


class Keeper:
    """The one who writes into an archive, as a context manager; the archive is made where there is none.

    Parameters
    ----------
    path : str or path
        The archive's folder.
    mask : mapping, optional
        How records are masked, in plain values that tell nothing of a key. An archive keeps to one way.
    disk : Disk, optional
        What is done to files.

    Raises
    ------
    InputError
        The folder holds something else, or records that are masked in another way.
    ArchiveLocked
        Somebody else writes.
    ArchiveError
        The file system cannot keep an archive.
    """

    def __init__(self, path: object, *, mask: Mapping[str, Any] | None = None, disk: Disk | None = None) -> None:
        self.path = named_folder(path)
        self._mask = None if mask is None else dict(mask)
        self._disk = disk or Disk()
        self._stack = ExitStack()
        self._reports: dict[Path, ReportKeeper] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._make_place()
            stack.enter_context(locked(self.path / LOCK))
            self._begin()
            for journal in self.path.glob(f"*/*/{JOURNAL}"):
                self._open(journal.parent)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if kind is None:
                for report in self._reports.values():
                    report.close()

    def report(self, environment: str, customer_id: str, name: str) -> ReportKeeper:
        """One report of an account.

        Parameters
        ----------
        environment : str
            The service: ``sandbox``, or its host.
        customer_id : str
            Whose records.
        name : str
            The report's.
        """
        account = self.path / account_folder(environment, customer_id)
        said = {"environment": environment, "customer_id": customer_id}
        if not (account / ACCOUNT).is_file():
            self._disk.make_folder(account)
            self._put(account / ACCOUNT, said)
        elif read_json(account / ACCOUNT) != said:
            raise InputError(f"The folder {show(str(account))} is that of another account. Name another archive.")
        return self._open(account / name)

    def _open(self, folder: Path) -> ReportKeeper:
        if folder not in self._reports:
            self._disk.make_folder(folder)
            self._reports[folder] = ReportKeeper(folder, self._disk)
        return self._reports[folder]

    def _make_place(self) -> None:
        try:
            self._check_place()
            if not self.path.is_dir():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._disk.make_folder(self.path)
        except OSError as error:
            raise InputError(
                f"No archive can be made as {show(str(self.path))}: {error}. Name another folder."
            ) from None

    def _check_place(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"{show(str(self.path))} is a file. Name a folder for the archive.")
        if self.path.is_dir() and not (self.path / ARCHIVE).is_file():
            others = [each.name for each in self.path.iterdir() if not _is_ours(each.name)]
            if others:
                raise InputError(
                    f"The folder {show(str(self.path))} is no archive, and holds {show(others[0])}. Name a new folder."
                )

    def _begin(self) -> None:
        """Say how records are masked, or check that they are masked as ever."""
        place = self.path / ARCHIVE
        if not place.is_file():
            self._try_renaming()
            self.path.chmod(0o700)
            self._put(place, {"format": _FORMAT, "mask": self._mask})
            return
        about = read_json(place)
        if about.get("format") != _FORMAT:
            raise ArchiveError(
                f"The archive {show(str(self.path))} has the format {show(about.get('format'))}, which a later version "
                "of this package writes. Upgrade it.",
                place,
            )
        if about.get("mask") != self._mask:
            raise InputError(_mask_differs(self.path, about.get("mask"), self._mask))

    def _try_renaming(self) -> None:
        """Where one file cannot take the place of another, no commit could be carried out."""
        first, second = self.path / f"{STAGED}1", self.path / f"{STAGED}2"
        try:
            self._disk.write(first, b"1")
            self._disk.write(second, b"2")
            self._disk.replace(first, second)
            reason = "" if second.read_bytes() == b"1" else "the old one stayed"
            self._disk.remove(second)
        except OSError as error:
            reason = str(error)
        if reason:
            raise ArchiveError(
                f"The file system of {show(str(self.path))} cannot replace one file by another: {reason}. Put the "
                "archive on a local disk, and copy it from there.",
                self.path,
            )

    def _put(self, place: Path, said: Mapping[str, Any]) -> None:
        staged = place.with_name(f"{STAGED}{place.name}")
        self._disk.write(staged, json.dumps(said, ensure_ascii=False).encode())
        self._disk.replace(staged, place)
        self._disk.settle(place.parent)


def _is_ours(name: str) -> bool:
    return name == LOCK or name.startswith(STAGED)


def _mask_differs(path: Path, was: Mapping[str, Any] | None, given: Mapping[str, Any] | None) -> str:
    archive = f"The archive {show(str(path))}"
    if was is None:
        return f"{archive} holds records that are not masked, and would mix them with masked ones. Name another."
    if given is None:
        return f"{archive} holds masked records, and would mix them with records that are not. Give the same mask=."
    if was.get("named") == given.get("named") and was.get("personal") == given.get("personal"):
        return (
            f"{archive} was masked with another key, so that the same value would get another hash. Set the key of "
            "then as RETARUS_MASK_KEY."
        )
    return f"{archive} was masked in another way: {show(was.get('named'))}, personal={was.get('personal')}. Give that."
