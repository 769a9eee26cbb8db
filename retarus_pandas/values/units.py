"""The units that numbers are counted in, and what they are in SI units."""

from __future__ import annotations

from dataclasses import dataclass

from retarus_pandas.values.kinds import Kind

__all__ = ["Conversion", "Unit"]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a number of some unit becomes: so many microseconds, which are a duration, or so many bytes."""

    factor: int
    is_duration: bool


_MICROSECONDS = {
    "microseconds": 1,
    "milliseconds": 1_000,
    "seconds": 1_000_000,
    "minutes": 60_000_000,
    "hours": 3_600_000_000,
    "days": 86_400_000_000,
}
_BYTES = {"bytes": 1, "kilobytes": 10**3, "megabytes": 10**6, "kibibytes": 2**10, "mebibytes": 2**20}
_CONVERSIONS = {
    **{name: Conversion(factor, is_duration=True) for name, factor in _MICROSECONDS.items()},
    **{name: Conversion(factor, is_duration=False) for name, factor in _BYTES.items()},
}
_COUNTABLE = (Kind.INT, Kind.FLOAT)


@dataclass(frozen=True, slots=True)
class Unit:
    """What the numbers of a field count.

    Attributes
    ----------
    name : str
        As the schema calls it.
    evidence : str
        How that is known: "documented", "sampled" or "guessed".
    """

    name: str
    evidence: str

    @property
    def is_certain(self) -> bool:
        """Whether it may be calculated with: an order of magnitude in a sample is no proof."""
        return self.evidence == "documented"

    def to_si(self, kind: Kind) -> Conversion | None:
        """What values of this kind become in SI units; None where they stay as they are."""
        return _CONVERSIONS.get(self.name) if self.is_certain and kind in _COUNTABLE else None

    def __str__(self) -> str:
        return f"{self.name} ({self.evidence})"
