"""An archive's folder and its accounts; for readers, who never wait and change nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from retarus_pandas.errors import ArchiveError, InputError
from retarus_pandas.store.head import read_head
from retarus_pandas.store.history import ReportHistory
from retarus_pandas.store.names import ACCOUNT, ARCHIVE
from retarus_pandas.values import show

__all__ = ["Account", "Folder", "named_folder"]


def named_folder(path: object) -> Path:
    """The folder that a caller names.

    Raises
    ------
    InputError
        It is no name of a folder.
    """
    if not isinstance(path, str | os.PathLike) or not isinstance(name := os.fspath(path), str) or not name:
        raise InputError(f"The archive {show(path)} is not the name of a folder. Give a text or a pathlib.Path.")
    if "\0" in name:
        raise InputError(f"The archive's name {show(name)} holds a NUL character, which no file name can.")
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise InputError(f"The name {show(name)} begins with '~', and no home folder is known. Write it out.") from None


class Folder:
    """An archive as it lies on the disk. Reading it creates nothing.

    Parameters
    ----------
    path : str or path
        Where it is.

    Raises
    ------
    InputError
        There is no archive.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = named_folder(path)
        if not self.path.is_dir():
            raise InputError(f"The archive {show(str(self.path))} does not exist. Make it first: {_how(self.path)}.")
        if not (self.path / ARCHIVE).is_file():
            raise InputError(
                f"The folder {show(str(self.path))} is no archive: it has no file {ARCHIVE!r}. Name another, or make "
                f"one in a new folder: {_how(self.path / 'archive')}."
            )
        self.about = read_json(self.path / ARCHIVE)

    def accounts(self) -> list[Account]:
        """All accounts."""
        return [Account(path.parent) for path in sorted(self.path.glob(f"*/{ACCOUNT}"))]

    def account(self, customer_id: str | None = None) -> Account:
        """One account; the only one, if none is named.

        Raises
        ------
        InputError
            There is none, or there are several.
        """
        accounts = self.accounts()
        found = [each for each in accounts if customer_id in (None, each.customer_id)]
        if len(found) == 1:
            return found[0]
        there = ", ".join(each.path.name for each in accounts) or "none yet"
        if not accounts:
            raise InputError(
                f"The archive {show(str(self.path))} has no records yet. Fill it first: {_how(self.path)}."
            )
        if not found:
            raise InputError(
                f"The archive {show(str(self.path))} has no account {show(customer_id)}. There are: {there}."
            )
        raise InputError(
            f"The archive {show(str(self.path))} has several accounts: {there}. Give customer_id=; where that does not "
            "tell them apart, keep them in archives of their own."
        )


class Account:
    """The reports of one account.

    Parameters
    ----------
    path : pathlib.Path
        The account's folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        about = read_json(path / ACCOUNT, "customer_id", "environment")
        self.customer_id, self.environment = str(about["customer_id"]), str(about["environment"])

    def folders(self) -> list[str]:
        """The names of all reports, whether anything of them was archived yet or not."""
        return sorted(path.name for path in self.path.iterdir() if path.is_dir())

    def reports(self) -> list[str]:
        """The names of the reports of which days are archived."""
        return [name for name in self.folders() if read_head(self.path / name).generation]

    def report(self, name: str) -> ReportHistory:
        """One report.

        Raises
        ------
        InputError
            It is not archived.
        """
        there = self.reports()
        if name not in there:
            raise InputError(
                f"The archive {show(str(self.path))} has no report {show(name)}; there are: "
                f"{', '.join(there) or 'none yet'}."
            )
        return ReportHistory(self.path / name)


def read_json(path: Path, *names: str) -> dict[str, Any]:
    """A small file of ours, in which these names stand.

    Raises
    ------
    ArchiveError
        It cannot be read.
    """
    try:
        said = dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise ArchiveError(f"The archive's file {str(path)!r} cannot be read: {error}. Restore it.", path) from None
    for name in names:
        if name not in said:
            raise ArchiveError(f"The archive's file {str(path)!r} does not say {name!r}. Restore it.", path)
    return said


def _how(path: Path) -> str:
    return f"rt.Archive({str(path)!r}).sync()"
