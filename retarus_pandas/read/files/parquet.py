"""Parquet, with all that pandas needs to give back the same frame."""

from __future__ import annotations

import base64
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from retarus_pandas.read.files.about import About

__all__ = ["ParquetFile"]


class ParquetFile:
    """A Parquet file that is being written.

    Arrow would write its schema, in which pandas looks for a frame's ``attrs``, before the facts of the run are
    known; so it is written here, at the end, in the same way.
    """

    def __init__(self, part: Path, schema: pa.Schema, about: About) -> None:
        self._schema, self._about = schema, about
        self._writer = pq.ParquetWriter(part, schema, compression="zstd", store_schema=False)
        self.write = self._writer.write_table

    def finish(self) -> None:
        """Write what is at the end of the file."""
        facts = {"PANDAS_ATTRS": self._about.attrs()}
        schema = self._schema.with_metadata({**(self._schema.metadata or {}), **facts})
        text = base64.b64encode(schema.serialize().to_pybytes())
        self._writer.add_key_value_metadata({"ARROW:schema": text, **facts})
        self._writer.close()

    def abandon(self) -> None:
        """Let go of a file that will not be completed."""
        self._writer.close()
