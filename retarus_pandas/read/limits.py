"""How many rows at a time, and how many at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from retarus_pandas.read.given import Request
from retarus_pandas.read.option import Part

__all__ = ["Limits"]


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

    def requests_at_once(self, planned: int) -> int:
        """What fits on one page is read slice by slice: asking ahead would ask for rows nobody wants."""
        return 1 if self.max_rows is not None and self.max_rows < planned else self.concurrency
