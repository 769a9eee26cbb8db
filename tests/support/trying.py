"""Examples by the dozen in every run, by the thousand with ``RETARUS_LONG_TESTS=1``; and what may come of each."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, settings

from retarus_pandas.errors import RetarusError, RetarusWarning

__all__ = ["LONGEST_MESSAGE", "ONE_FIXTURE", "fuzzed", "told_or_done"]

T = TypeVar("T")

LONG = "RETARUS_LONG_TESTS" in os.environ
# For a test whose fixture may serve all its examples; that the machine is slow is no failure there either.
ONE_FIXTURE = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
LONGEST_MESSAGE = 20_000


def fuzzed(examples: int) -> settings:
    """The same examples in every run; many others in a long one."""
    return settings(
        max_examples=examples * 40 if LONG else examples,
        derandomize=not LONG,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def told_or_done(act: Callable[[], T]) -> T | None:
    """What the act returns; None for an error of ours that tells something and not too much; all else is raised.

    Warnings of ours are fine, those of libraries are errors.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", RetarusWarning)
        try:
            return act()
        except RetarusError as error:
            told = str(error)
    assert 10 < len(told) < LONGEST_MESSAGE
    return None
