"""Two faults in one read: which pairs, and what a read may come to.

As a program it tries the pairs whose numbers are on standard input and prints a line of JSON before and after each.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import NamedTuple

from retarus_pandas.errors import AuthenticationError, IncompleteRead, PartialDataWarning, QueryError, RetarusWarning
from support.catalogue import CATALOGUE, Fault, Outcome
from support.catalogue_run import CONCURRENCIES, FOR_EVER
from support.report_service import PLACES
from support.trials import Trial, hearing, leftovers, losing_names

__all__ = ["PAIRS", "Pair", "sample"]

_AT_A_TIME = 40
_LONG_PAUSES = {"429, Retry-After 31 years", "429, Retry-After the year 2999"}


class Pair(NamedTuple):
    """Two faults, each on a page, once or for ever; of two on one page the first is met first, and once."""

    faults: tuple[Fault, Fault]
    positions: tuple[str, str]
    times: tuple[float, float]
    concurrency: int

    def __str__(self) -> str:
        each = zip(self.faults, self.positions, self.times, strict=True)
        told = " and ".join(f"{fault.name!r} on the {position} page, {times} times" for fault, position, times in each)
        return f"{told}, at concurrency {self.concurrency}"

    def outcomes(self) -> set[Outcome]:
        """What the read may come to: an error of either, or else a frame if both allow for one."""
        one, other = (self._side(number) for number in (0, 1))
        errors, frames = _errors(one | other), (one | other) - _errors(one | other)
        if self.faults[0].refuses_token and self.faults[1].refuses_token:
            # A token is refused, and so is the next.
            errors.add(AuthenticationError)
        return errors | frames if one - _errors(one) and other - _errors(other) else errors

    def _side(self, number: int) -> set[Outcome]:
        fault, partner = self.faults[number], self.faults[1 - number]
        found = set(fault.outcomes(self.times[number]))
        if partner.timeout < fault.timeout or partner.name in _LONG_PAUSES:
            # There may be no time left to try again.
            found |= set(fault.outcomes(FOR_EVER))
        if partner.options and QueryError in found:
            # The partner's errors="warn" counts for both.
            found |= {PartialDataWarning, IncompleteRead}
        return found

    def run(self) -> str:
        """What came, if that is not allowed; else nothing."""
        places = [PLACES[position] for position in self.positions]
        result = Trial(tuple(zip(self.faults, places, self.times, strict=True)), self.concurrency).run()
        return "" if result.is_one_of(tuple(self.outcomes())) else str(result)


def _errors(outcomes: set[Outcome]) -> set[Outcome]:
    return {one for one in outcomes if not isinstance(one, str) and not issubclass(one, RetarusWarning)}


def _made(one: Fault, other: Fault) -> Pair | None:
    """A pair of these two, the same in every run; None where both cannot be told apart or do not fit."""
    chance = random.Random(f"{one.name} and {other.name}")
    faults = (one, other) if chance.random() < 0.5 else (other, one)
    positions = (chance.choice(list(PLACES)), chance.choice(list(PLACES)))
    times = tuple(chance.choice(_tried(fault)) for fault in faults)
    if positions[0] == positions[1] and times[0] > 1:
        faults, times = faults[::-1], times[::-1]
    if positions[0] == positions[1] and times[0] > 1:
        return None
    # The one waits for longer than the other allows.
    if min(fault.timeout for fault in faults) < 1 and any("a date soon" in fault.name for fault in faults):
        return None
    return Pair(faults, positions, (times[0], times[1]), chance.choice(CONCURRENCIES))


def _tried(fault: Fault) -> list[float]:
    return [times for times in (1, FOR_EVER) if fault.outcomes(times)]


PAIRS = [pair for two in combinations(CATALOGUE.values(), 2) if (pair := _made(*two)) is not None]


def sample(size: int) -> list[int]:
    """The numbers of some pairs, the same in every run."""
    return random.Random(0).sample(range(len(PAIRS)), size)


def _try(number: int) -> None:
    _say(number, None)
    _say(number, PAIRS[number].run())


def _say(number: int, came: str | None) -> None:
    """In one piece, for others speak at the same time."""
    print(f"{json.dumps([number, came])}\n", end="", flush=True)


def _in_parts(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), _AT_A_TIME):
        yield numbers[start : start + _AT_A_TIME]


def _main() -> None:
    with hearing(), losing_names():
        for part in _in_parts(json.load(sys.stdin)):
            with leftovers(), ThreadPoolExecutor(4) as pool:
                list(pool.map(_try, part))


if __name__ == "__main__":
    _main()
