"""Tables into a file, part by part, with nothing half-written under the final name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from retarus_pandas.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_path", "open_sink"]

Write = Callable[["pa.Table"], None]


def check_path(path: str | os.PathLike[str]) -> Path:
    """Check a file name before anything is read for it.

    Raises
    ------
    InputError
        The name does not end in ``.parquet`` or ``.csv``, or its folder does not exist.
    """
    target = Path(path)
    if target.suffix.lower() not in _SINKS:
        raise InputError(f"{str(path)!r} ends in neither {' nor '.join(_SINKS)}; the ending says what to write")
    if not target.parent.is_dir():
        raise InputError(f"the folder {str(target.parent)!r} of {target.name!r} does not exist; make it first")
    return target


@contextmanager
def open_sink(path: Path, schema: pa.Schema) -> Iterator[Write]:
    """Give a function that appends a table; the file takes its final name when all went well, else it is gone."""
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with _SINKS[path.suffix.lower()](part, schema) as write:
            yield write
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _parquet(part: Path, schema: pa.Schema) -> Iterator[Write]:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(part, schema, compression="zstd") as writer:
        yield writer.write_table


@contextmanager
def _csv(part: Path, schema: pa.Schema) -> Iterator[Write]:
    from pyarrow import csv

    from retarus_pandas.frame import lists_as_json, without_lists

    with csv.CSVWriter(part, without_lists(schema)) as writer:
        yield lambda table: writer.write_table(lists_as_json(table))


_SINKS = {".parquet": _parquet, ".csv": _csv}
