"""Candidates at a place in a document, whole or broken."""

from retarus_pandas.completion.candidates import Candidate, complete, matching
from retarus_pandas.completion.cursor import outline

__all__ = [
    "Candidate",
    "complete",
    "matching",
    "outline",
]
