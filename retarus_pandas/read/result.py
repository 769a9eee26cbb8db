"""What a read brings, as values: rows in Arrow, how they are to look, and the facts of the run.

Every way out is made from here: a frame, the frames of a dict or of an iterator, and the parts of a file. Another
way out is one more method of `Result`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from retarus_pandas.errors import SchemaWarning
from retarus_pandas.frame import check_options, final_schema, to_frame, to_table
from retarus_pandas.read.given import Request
from retarus_pandas.read.option import Part
from retarus_pandas.read.warn import warn_caller
from retarus_pandas.values import Column, RunFacts

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["Result", "Shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of one report are to look, whatever is made of them.

    Attributes
    ----------
    columns : tuple of Column
        The report's.
    of_table, of_frame : mapping
        The options for a table, and those that only a frame has.
    """

    columns: tuple[Column, ...]
    of_table: Mapping[str, Any]
    of_frame: Mapping[str, Any]

    @classmethod
    def of(cls, request: Request, columns: tuple[Column, ...]) -> Self:
        """The shape that a request asks for."""
        return cls(columns, request.part(Part.TABLE), request.part(Part.FRAME))

    def check(self) -> None:
        """Find options that do not fit the columns, before anything is sent."""
        check_options(self.columns, **self.of_table, **self.of_frame)

    def frame(
        self, tables: Iterable[pa.Table], *, fixed: bool, tell: Callable[[str], object] = lambda note: None
    ) -> pd.DataFrame:
        """The rows as one frame; `fixed` if its dtypes may not depend on the rows, else `tell` hears where they do."""
        return to_frame(tables, self.columns, fixed=fixed, tell=tell, **self.of_table, **self.of_frame)

    def table(self, tables: Iterable[pa.Table]) -> pa.Table:
        """The rows as one table with fixed types."""
        return to_table(tables, self.columns, **self.of_table)

    def schema(self) -> pa.Schema:
        """The schema of all such tables, with the notes by which pandas restores the dtypes.

        Numbers that are kept as they were written, and so are text in a table, have the metadata ``digits``.
        """
        import pyarrow as pa

        declared = final_schema(self.columns, **self.of_table)
        as_written = to_table((), self.columns, fixed=False, **self.of_table).schema
        fields = [_with_digits(*pair) for pair in zip(declared, as_written, strict=True)]
        return pa.schema(fields, metadata=pa.Schema.from_pandas(self.frame((), fixed=True)).metadata)


def _with_digits(declared: pa.Field, as_written: pa.Field) -> pa.Field:
    import pyarrow as pa

    return declared.with_metadata({"digits": "as written"}) if pa.types.is_large_string(as_written.type) else declared


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of one report.

    Attributes
    ----------
    tables : sequence of pyarrow.Table
        The rows as they came, hidden columns included.
    shape : Shape
        How they are to look.
    facts : RunFacts, optional
        What happened; None for a part, whose dtypes are those of all parts.
    """

    tables: Sequence[pa.Table]
    shape: Shape
    facts: RunFacts | None = None

    def to_frame(self) -> pd.DataFrame:
        """The rows as a frame; a whole one has the facts in its ``attrs``."""
        told: list[str] = []
        frame = self.shape.frame(self.tables, fixed=self.facts is None, tell=told.append)
        if self.facts is not None:
            facts = replace(self.facts, notes=(*self.facts.notes, *told))
            frame.attrs["retarus"] = facts.to_attrs()
        for note in told:
            warn_caller(note, SchemaWarning)
        return frame

    def to_table(self) -> pa.Table:
        """The rows as a table with fixed types."""
        return self.shape.table(self.tables)
