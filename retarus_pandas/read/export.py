"""Tables into a file, part by part, with nothing half-written under the final name.

Another format is a class with `write`, `finish` and `abandon` in `retarus_pandas.read.files`, a name at that door, and
a row in `_FORMATS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from retarus_pandas.errors import InputError
from retarus_pandas.read import files
from retarus_pandas.read.files import check_target, staged, telling
from retarus_pandas.values import how_to_install, show

if TYPE_CHECKING:
    import pyarrow as pa

    from retarus_pandas.read.files import About

__all__ = ["ENDINGS", "ENDINGS_IN_WORDS", "check_path", "open_sink", "takes_option"]

Write = Callable[["pa.Table"], None]


class _File(Protocol):
    """A file that is being written."""

    def write(self, table: pa.Table) -> None: ...
    def finish(self) -> None: ...
    def abandon(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Format:
    """How files with one ending are written.

    The class ``name`` is loaded when such a file is written. ``options`` are those of `export_retarus` that it takes,
    each with its default. What it ``needs`` comes with the extra of that name.
    """

    name: str
    options: Mapping[str, Any]
    needs: tuple[str, str] | None = None

    def open(self, part: Path, schema: pa.Schema, about: About, options: Mapping[str, Any]) -> _File:
        """Begin a file."""
        made: Callable[..., _File] = getattr(files, self.name)
        return made(part, schema, about, **{name: options.get(name, default) for name, default in self.options.items()})


_FORMATS = {
    ".parquet": _Format("ParquetFile", {}),
    ".csv": _Format("CsvFile", {"csv": "plain"}),
    ".xlsx": _Format("XlsxFile", {}, ("xlsxwriter", "excel")),
}
ENDINGS = tuple(_FORMATS)
# For texts: all endings, as one says them.
ENDINGS_IN_WORDS = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"


def check_path(path: str | os.PathLike[str], **options: Any) -> Path:
    """Check a file name, and the options for the file, before anything is read for it.

    Raises
    ------
    InputError
        Nothing can be written there, or not so.
    """
    target = check_target(path, ENDINGS)
    ending = target.suffix.lower()
    _check_needs(ending, _FORMATS[ending].needs)
    for name, value in options.items():
        if name not in _FORMATS[ending].options and value != _default(name):
            raise InputError(f"The option {name}={show(value)} does not fit a {ending} file. Leave it out.")
    return target


def takes_option(path: str | None, name: str) -> bool:
    """Whether a file of this name is written in a format that has such an option."""
    made = _FORMATS.get(Path(path or "").suffix.lower())
    return made is not None and name in made.options


def _check_needs(ending: str, needs: tuple[str, str] | None) -> None:
    from importlib.util import find_spec

    if needs is not None and find_spec(needs[0]) is None:
        raise InputError(
            f"A {ending} file takes the package {needs[0]!r}, which is not installed. Run: {how_to_install(needs[1])}"
        )


def _default(name: str) -> Any:
    return next((each.options[name] for each in _FORMATS.values() if name in each.options), None)


@contextmanager
def open_sink(path: Path, begin: Callable[[], tuple[pa.Schema, About]], **options: Any) -> Iterator[Write]:
    """Give a function that appends a table; the file takes its name when all went well, else it is gone.

    Parameters
    ----------
    path : pathlib.Path
        As `check_path` returned it.
    begin : callable
        Returns the schema of all tables to come, and what the file is to say of itself. It is called when there is
        a place for the file, so that nothing is asked of the service if there is none.
    **options
        Those of `export_retarus` that matter to files.

    Raises
    ------
    ExportError
        The disk is full, the folder takes no file, the target is held by another program.
    """
    with staged(path) as part:
        schema, about = begin()
        with telling(path):
            file = _FORMATS[path.suffix.lower()].open(part, schema, about, options)
        try:
            yield _told(path, file.write)
            with telling(path):
                file.finish()
        except BaseException:
            with suppress(OSError):
                file.abandon()
            raise


def _told(path: Path, write: Write) -> Write:
    def told(table: pa.Table) -> None:
        with telling(path):
            write(table)

    return told
