"""What the service allows, as data: each limit with how well it is known.

Sources: the vendor's page of GraphQL examples, and the pages of the fax, SMS and e-mail reporting APIs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

__all__ = ["HISTORY", "LONGEST_SPAN", "LONGEST_WINDOW", "MARGIN", "MOST_RECORDS_A_PAGE", "Limit"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limit(Generic[T]):
    """A limit of the service, or one of ours that keeps clear of it."""

    value: T
    evidence: str


LONGEST_SPAN = Limit(timedelta(days=45), "Documented for one query; whether the 45th day still counts is not.")
LONGEST_WINDOW = Limit(timedelta(days=44), "Ours: a day less than is documented, so that it fits either way.")
HISTORY = Limit(timedelta(days=90), "Documented: back from the current instant in UTC.")
# The history's edge moves on while pages are read, so a start at the edge is kept this far inside it.
MARGIN = Limit(timedelta(minutes=15), "Ours: longer than a read of the whole history has taken.")
MOST_RECORDS_A_PAGE = Limit(10_000, "Documented.")
