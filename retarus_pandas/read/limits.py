"""How many rows at a time, and how many at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from retarus_pandas.read.option import Part
from retarus_pandas.read.request import Request

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Limits", "first_rows"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How the pages of a report are asked, as `read_retarus` takes it."""

    concurrency: int
    max_rows: int | None
    errors: str

    @classmethod
    def of(cls, request: Request) -> Self:
        """The limits of a request; the size of a page is the plan's, for the document may know better."""
        given = request.part(Part.PAGES)
        del given["page_size"]
        return cls(**given)

    @property
    def keeps_partial(self) -> bool:
        """Whether data is kept that came together with GraphQL errors."""
        return self.errors == "warn"

    def page_size(self, planned: int) -> int:
        """No more rows a page than are wanted, and the one that tells whether there are more."""
        return planned if self.max_rows is None else min(planned, self.max_rows + 1)

    def pages_ahead(self, planned: int) -> int:
        """What fits on one page is read page by page: asking ahead would ask for rows nobody wants."""
        return 1 if self.max_rows is not None and self.max_rows < planned else self.concurrency


def first_rows(tables: Iterable[pa.Table], most: int | None) -> Iterator[pa.Table]:
    """The first rows of some tables; all, if `most` is None."""
    given = 0
    for table in tables:
        kept = table if most is None or given + table.num_rows <= most else table.slice(0, most - given)
        given += kept.num_rows
        yield kept
