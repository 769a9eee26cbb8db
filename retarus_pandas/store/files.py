"""Day files: a table as the bytes of a file, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from retarus_pandas.store.names import SCHEMA

__all__ = ["DamagedError", "Written", "read_schema", "read_table", "read_whole", "written"]


class DamagedError(Exception):
    """A file is not as it was written."""


@dataclass(frozen=True, slots=True)
class Written:
    """The bytes of a file, and their SHA-256."""

    data: memoryview
    digest: str


def written(table: pa.Table) -> Written:
    """A table as the bytes of a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    data = memoryview(sink.getvalue())
    return Written(data, hashlib.sha256(data).hexdigest())


def read_table(path: Path, columns: Sequence[str] | None = None, *, size: int | None = None) -> pa.Table:
    """The table of a file.

    Raises
    ------
    DamagedError
        It has another size.
    OSError, pyarrow.ArrowException
        It cannot be read.
    """
    with path.open("rb") as file:
        if size is not None and file.seek(0, 2) != size:
            raise DamagedError(f"the file {str(path)!r} has another size than it was written with")
        file.seek(0)
        return pq.ParquetFile(file).read(columns)


def read_whole(path: Path, digest: str) -> pa.Table:
    """The table of a file that is as it was written.

    Raises
    ------
    DamagedError
        It is not.
    """
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise DamagedError(f"the file {str(path)!r} is not as it was written")
    return pq.ParquetFile(pa.BufferReader(data)).read()


def read_schema(folder: Path) -> pa.Schema:
    """What all files of a folder have in common."""
    return pa.ipc.read_schema(pa.py_buffer((folder / SCHEMA).read_bytes()))
