"""What a question of the probe is, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from retarus_pandas.doctor.inquiry import Inquiry

__all__ = ["Question", "Told", "question"]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer in words, what was asked and seen, and the answer as a plain value."""

    answer: str
    evidence: str
    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One thing that nobody outside knows of the service.

    ``ask`` sends what it takes, and looks at what others have seen; it raises `UntoldError` rather than guess.
    ``assumed`` is the fact that the package goes by while nothing else is known; None where it goes by none.
    """

    name: str
    text: str
    ask: Callable[[Inquiry], Told]
    assumed: Any = None


def question(name: str, text: str, *, assumed: Any = None) -> Callable[[Callable[[Inquiry], Told]], Question]:
    """Make a question of a function."""
    return lambda ask: Question(name, text, ask, assumed)
