"""What a caller must know after a sync."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from retarus_pandas.archive.syncing import Tally
from retarus_pandas.errors import ArchiveWarning
from retarus_pandas.read import warn_caller

__all__ = ["tell"]


def tell(path: Path, tallies: Sequence[Tally]) -> None:
    """Warn of all that is not as it should be."""
    for tally in tallies:
        for text in _texts(tally, path):
            warn_caller(text, ArchiveWarning)
        for text, category in tally.warnings.items():
            warn_caller(text, category)


def _texts(tally: Tally, path: Path) -> list[str]:
    texts = []
    said = "; ".join(tally.trouble[:3])
    if tally.trouble and not tally.failed:
        texts.append(f"{tally.report}: {said}")
    if tally.failed:
        texts.append(
            f"{tally.report}: the answers for {tally.failed:,} days were not taken, and their files are as they were. "
            f"{said}"
        )
    if tally.gone:
        texts.append(
            f"{tally.report}: {tally.gone:,} archived records are no longer in the service's answers; they are kept in "
            f"the folder _gone below {str(path)!r}."
        )
    if tally.left:
        texts.append(
            f"{tally.report}: {_span(tally.left)} left the service's history before they could be sealed; records that "
            "came late may be missing. Sync more often."
        )
    if tally.unseen:
        texts.append(
            f"{tally.report}: {_span(tally.unseen)} left the service's history before they were ever asked, and are "
            "missing. Sync more often."
        )
    return texts


def _span(days: Sequence[date]) -> str:
    return f"{len(days):,} days from {min(days)} to {max(days)}"
